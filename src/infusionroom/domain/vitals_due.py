"""When the next full set of vitals falls due, and how late it is.

The plan is the clinic's (`VitalsPlan`; choice, an NHS ward plan has 15 minutes in the first hour, then 30).
The choices made here, so that they can be tested:

- Only full sets count, and each starts the wait for the next: a late set moves those after it.
- The interval is the one in force when that wait began, at the last set or, before any, at the start or the
  stop. At the very end of the first hour, or of the time after a rise, the longer interval is in force.
- A rise or restart after the last set brings the next set forward, never back.
- The stop asks for a set of its own. One taken before it, even a minute before, does not count as that; one
  that was due before it and is still missing is due at the stop.
- A pause changes nothing: the drug is in the body.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from infusionroom.domain.clinic import VitalsPlan

MINUTE: Final = timedelta(minutes=1)


class Anchors(msgspec.Struct, frozen=True):
    """What the plan hangs on, aware instants: start, rate rises and restarts, stop, full sets."""

    started_at: datetime | None
    rises: tuple[datetime, ...] = ()
    stopped_at: datetime | None = None
    taken: tuple[datetime, ...] = ()


class DueState(msgspec.Struct, frozen=True):
    """How the next set stands. `minutes` are until it is due (`in`, rounded up) or since, rounded down."""

    kind: Literal["in", "due", "low", "medium"]
    minutes: int


def next_due(anchors: Anchors, plan: VitalsPlan) -> datetime | None:
    """When the next full set is due, in UTC; None before the start: the baseline is a point of the start."""
    if anchors.started_at is None:
        return None
    taken = [at.astimezone(UTC) for at in anchors.taken]
    if anchors.stopped_at is not None:
        return _in_recovery(anchors.stopped_at.astimezone(UTC), taken, plan)
    rises = [at.astimezone(UTC) for at in anchors.rises]
    return _while_infusing(anchors.started_at.astimezone(UTC), rises, taken, plan)


def due_state(due: datetime, now: datetime, plan: VitalsPlan) -> DueState:
    """How late a set is: due at the time itself, then low and medium from the plan's minutes on."""
    late = now.astimezone(UTC) - due.astimezone(UTC)
    if late < timedelta(0):
        return DueState("in", -(late // MINUTE))
    minutes = late // MINUTE
    if minutes >= plan.medium_after_min:
        return DueState("medium", minutes)
    return DueState("low" if minutes >= plan.low_after_min else "due", minutes)


def _while_infusing(
    started: datetime, rises: list[datetime], taken: list[datetime], plan: VitalsPlan
) -> datetime:
    often, later = timedelta(minutes=plan.often_min), timedelta(minutes=plan.later_min)
    since = max([started, *(at for at in taken if at >= started)])
    watched = since < started + timedelta(minutes=plan.first_hour_min) or any(
        rise <= since < rise + timedelta(minutes=plan.after_rise_min) for rise in rises
    )
    after_rises = (rise + often for rise in rises if rise > since)
    return min([since + (often if watched else later), *after_rises])


def _in_recovery(stopped: datetime, taken: list[datetime], plan: VitalsPlan) -> datetime:
    sets = [at for at in taken if at >= stopped]
    if not sets:
        return stopped
    since = max(sets)
    watched = since < stopped + timedelta(minutes=plan.recovery_often_min)
    return since + timedelta(minutes=plan.often_min if watched else plan.later_min)
