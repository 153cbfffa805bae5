"""What a day leaves open, each with its reason: nothing that is left over is ever closed silently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from infusionroom.domain.background import Background
from infusionroom.domain.chair_history import ChairSpan
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.visit import AFTER_INFUSION, RUNNING, Phase, Visit
from infusionroom.domain.words import PHASE_WORDS

OpenKind = Literal["person_here", "not_arrived", "cleaning", "out_of_service", "set_aside"]


class SetAside(msgspec.Struct, frozen=True):
    """An entry of an imported file that was not understood and waits for somebody: where it stands, and why."""

    file: str
    line: int
    field: str
    why: str
    received_at: datetime | None = None


class OpenMatter(msgspec.Struct, frozen=True):
    """One thing still open: of which visit or chair, since when, and every reason that keeps it open."""

    kind: OpenKind
    reasons: tuple[str, ...]
    since: datetime | None = None
    visit: str = ""
    chair: int | None = None
    phase: Phase | None = None


def open_matters(
    visits: Iterable[Visit],
    spans: Iterable[ChairSpan],
    set_aside: Sequence[SetAside],
    clinic: Clinic,
    at: datetime,
    *,
    behind: Callable[[Visit], Background],
    over: bool,
) -> tuple[OpenMatter, ...]:
    """Everything still open `at`: people, then who never came, chairs, and what an import could not place.

    `behind` is what stands behind a visit: its patient, its course.
    """
    known = list(visits)
    occupied = {v.chair for v in known if v.here}
    here = [v for v in known if v.here]
    to_come = [v for v in known if v.phase is Phase.PLANNED]
    matters = [
        _person(v, behind(v), clinic.rules, at)
        for v in sorted(here, key=lambda v: (v.chair or 0, v.plan.start))
    ]
    matters += [_not_arrived(v, at, over=over) for v in to_come]
    for span in spans:
        if span.until is not None:
            continue
        if span.kind == "out":
            matters.append(OpenMatter("out_of_service", (span.why,), span.since, chair=span.chair))
        elif span.chair not in occupied:
            matters.append(OpenMatter("cleaning", ("not marked clean",), span.since, chair=span.chair))
    matters += [
        OpenMatter("set_aside", (f"{s.why} ({s.file}, line {s.line}, {s.field})",), s.received_at)
        for s in set_aside
    ]
    return tuple(matters)


def _person(visit: Visit, background: Background, rules: Rules, at: datetime) -> OpenMatter:
    return OpenMatter(
        "person_here",
        _what_keeps(visit, background, rules, at),
        visit.arrived_at,
        visit.id,
        visit.chair,
        visit.phase,
    )


def _what_keeps(visit: Visit, background: Background, rules: Rules, at: datetime) -> tuple[str, ...]:
    """What stands between this person and the door."""
    if visit.phase in RUNNING and visit.infusion:
        pause = f", paused for {visit.infusion.pauses[-1].why}" if visit.phase is Phase.PAUSED else ""
        left_s = visit.infusion.left_s(at)
        hours, minutes = divmod(abs(left_s) // 60, 60)
        if left_s < 0:
            return (f"the ordered time was over {hours}:{minutes:02d} ago and no end was entered{pause}",)
        return (f"the infusion has {hours}:{minutes:02d} of running time left{pause}",)
    if visit.phase in AFTER_INFUSION:
        missing = [p for p in discharge_points(visit, background, rules, at) if p.open]
        reasons = [f"{p.label}: {p.detail}" if p.detail else p.label for p in missing]
        if visit.phase is Phase.READY:
            wait = visit.waits[-1] if visit.waits else None
            waiting = f"waiting for {wait.note or wait.reason}" if wait else "no reason entered"
            return (f"ready, {waiting}", *reasons)
        return tuple(reasons) or ("nothing is missing",)
    if visit.phase is Phase.SEATED:
        missing = [p for p in start_points(visit, background, rules, at) if p.open]
        return ("not started", *(f"{p.label}: {p.detail}" if p.detail else p.label for p in missing))
    return (f"{PHASE_WORDS[visit.phase]}, no chair yet",)


def _not_arrived(visit: Visit, at: datetime, *, over: bool) -> OpenMatter:
    if over:
        reason = "never arrived; neither cancelled nor entered as a no-show"
    elif visit.plan.start <= at:
        reason = "late: not arrived, and nothing was entered"
    else:
        reason = "still to come"
    return OpenMatter("not_arrived", (reason,), visit.plan.start, visit.id, phase=visit.phase)
