"""Billing minutes of an infusion as US CPT lines: a hint for the coder to review, never a claim.

CPT 96374 (push), 96365 (first hour), 96366 (each further hour, once more than 30 minutes into it). Sources
conflict on paused time, so the hint counts running minutes and lists the intervals beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from infusionroom.domain.dose import RateSpan, running_s

FOR_REVIEW: Final = "for the coder to review"

PUSH: Final = "96374"
FIRST_HOUR: Final = "96365"
FURTHER_HOUR: Final = "96366"


class CptLine(msgspec.Struct, frozen=True):
    """A code and its units."""

    code: str
    units: int


class BillingHint(msgspec.Struct, frozen=True):
    """What a coder looks at: whole running minutes, when the pump ran, and the lines that follow."""

    running_min: int
    intervals: tuple[tuple[datetime, datetime], ...]
    lines: tuple[CptLine, ...]
    note: str = FOR_REVIEW


def cpt_hint(running_min: int | None) -> tuple[CptLine, ...] | None:
    """The lines for whole running minutes; None where start or stop is not charted.

    ≤ 15 is a push, 16–90 the first hour alone, 91 the first further hour, 151 the second.
    """
    if running_min is None:
        return None
    if running_min < 0:
        raise ValueError("running minutes cannot be negative")
    if running_min <= 15:
        return (CptLine(PUSH, 1),)
    further = 0 if running_min < 91 else 1 + (running_min - 91) // 60
    first = CptLine(FIRST_HOUR, 1)
    return (first, CptLine(FURTHER_HOUR, further)) if further else (first,)


def running_minutes(seconds: int) -> int:
    """Whole minutes that are over: 90 min 59 s are 90, so that no unit is earned by rounding up."""
    return seconds // 60


def billing_hint(spans: Iterable[RateSpan], stopped_at: datetime | None) -> BillingHint | None:
    """The hint for an infusion's spans; None while nothing was started or the stop is not charted."""
    ran = tuple(span for span in spans if span.ml_h)
    if stopped_at is None or not ran:
        return None
    minutes = running_minutes(running_s(ran, stopped_at))
    lines = cpt_hint(minutes)
    assert lines is not None
    return BillingHint(minutes, _intervals(ran, stopped_at), lines)


def _intervals(ran: tuple[RateSpan, ...], stopped_at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    # A rate change splits a span, not the running of the pump.
    joined: list[tuple[datetime, datetime]] = []
    for span in ran:
        until = stopped_at if span.until is None else span.until
        if joined and joined[-1][1] == span.from_:
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((span.from_, until))
    return tuple(joined)
