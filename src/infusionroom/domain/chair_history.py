"""What became of the chairs: when each was cleaned or out of service, and how much of its day was used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.board import DayBar
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import CHAIR_STREAM
from infusionroom.domain.visit import Visit

Interval = tuple[datetime, datetime]
ChairSpanKind = Literal["cleaning", "out"]


class ChairSpan(msgspec.Struct, frozen=True):
    """A stretch in which nobody could be seated; `until` None while it lasts."""

    chair: int
    kind: ChairSpanKind
    since: datetime
    until: datetime | None = None
    why: str = ""


class ChairUse(msgspec.Struct, frozen=True):
    """Chair time in whole seconds, within the opening hours and up to the moment of the figures.

    `available_s` is chairs × opening hours without the time out of service; `used_s` somebody sat there.
    `outside_s` was used outside the opening hours and is in neither. `cleaning_s` is part of what is
    available and not used.
    """

    available_s: int
    used_s: int
    outside_s: int
    out_of_service_s: int
    cleaning_s: int


def chair_spans(entries: Iterable[Entry], at: datetime) -> tuple[ChairSpan, ...]:
    """The stretches that the chairs' own streams tell of, by chair and time."""
    running: dict[tuple[int, ChairSpanKind], ChairSpan] = {}
    spans: list[ChairSpan] = []

    def end(chair: int, kind: ChairSpanKind, moment: datetime) -> None:
        if begun := running.pop((chair, kind), None):
            spans.append(ChairSpan(chair, kind, begun.since, max(begun.since, moment), begun.why))

    for entry in sorted(entries, key=lambda e: (e.stream, e.version)):
        chair, moment = int(entry.stream.removeprefix(CHAIR_STREAM)), entry.happened_at
        match entry.body:
            case ev.ChairVacated():
                running[chair, "cleaning"] = ChairSpan(chair, "cleaning", moment)
            case ev.ChairCleaned():
                end(chair, "cleaning", moment)
            case ev.ChairOutOfService(why=why):
                running[chair, "out"] = ChairSpan(chair, "out", moment, why=why)
            case ev.ChairInService():
                end(chair, "out", moment)
            case _:
                pass
    spans += running.values()
    return tuple(sorted(spans, key=lambda s: (s.chair, s.since, s.kind)))


def chair_use(
    visits: Iterable[Visit], spans: Sequence[ChairSpan], chairs: int, opening: Interval, lived: Interval
) -> ChairUse:
    """How the chairs were used within `opening`, as far as the day has been `lived`."""
    begin, at = lived
    open_until = min(opening[1], at)
    opened = [(opening[0], open_until)] if opening[0] < open_until else []
    sat: dict[int, list[Interval]] = {}
    for visit in visits:
        for stay in visit.stays:
            sat.setdefault(stay.chair, []).append((stay.since, stay.until or at))
    available = used = outside = out = cleaning = 0
    for chair in range(1, chairs + 1):
        taken = _union(_cut(sat.get(chair, ()), begin, at))
        idle = _without(opened, taken)
        gone = _common(idle, _own(spans, chair, "out", at))
        used_here = _seconds(_common(taken, opened))
        used += used_here
        outside += _seconds(taken) - used_here
        out += _seconds(gone)
        cleaning += _seconds(_common(_without(idle, gone), _own(spans, chair, "cleaning", at)))
        available += _seconds(opened) - _seconds(gone)
    return ChairUse(available, used, outside, out, cleaning)


def chair_bars(
    spans: Iterable[ChairSpan], visits: Iterable[Visit], day: Interval, at: datetime
) -> list[DayBar]:
    """The stretches as bars of the day's drawing, cut to the day and to when nobody sat there."""
    begin, end = day
    taken: dict[int, list[Interval]] = {}
    for visit in visits:
        for stay in visit.stays:
            taken.setdefault(stay.chair, []).append((stay.since, stay.until or at))
    bars: list[DayBar] = []
    for span in spans:
        stretch = _cut([(span.since, span.until or at)], begin, end)
        free = _without(stretch, taken.get(span.chair, ()))
        bars += [DayBar(span.chair, span.kind, since, until) for since, until in free]
    return bars


def _own(spans: Iterable[ChairSpan], chair: int, kind: ChairSpanKind, at: datetime) -> list[Interval]:
    return _union([(s.since, s.until or at) for s in spans if s.chair == chair and s.kind == kind])


def _cut(intervals: Iterable[Interval], low: datetime, high: datetime) -> list[Interval]:
    return [(max(a, low), min(b, high)) for a, b in intervals if max(a, low) < min(b, high)]


def _union(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for since, until in sorted(intervals):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return joined


def _common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    return _union((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def _without(whole: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    left = list(whole)
    for low, high in holes:
        left = [
            piece
            for since, until in left
            for piece in ((since, min(until, low)), (max(since, high), until))
            if piece[0] < piece[1]
        ]
    return left


def _seconds(intervals: Iterable[Interval]) -> int:
    return sum(int((until - since).total_seconds()) for since, until in intervals)
