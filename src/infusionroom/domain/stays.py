"""How long each booked person keeps a chair, and whether all stays of a day can be put on the chairs.

A stay lasts for the infusion, the usual recovery and the time until the chair is clean. Intervals are half-open and
compared in UTC: a day of 23 or 25 hours needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from math import inf

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.record import VisitRecord


class Stay(msgspec.Struct, frozen=True):
    """A chair kept from `since` until before `until`, aware UTC; any chair while `chair` is None.

    `begins` is when the infusion begins: that needs a nurse. It is None for somebody who went without one.
    """

    since: datetime
    until: datetime
    chair: int | None = None
    visit: str = ""
    begins: datetime | None = None

    def overlaps(self, other: Stay) -> bool:
        return self.since < other.until and other.since < self.until


def recovery_min(clinic: Clinic, *, experienced: bool) -> int:
    """The usual recovery in minutes: nobody can predict it, this much is booked."""
    usual = clinic.rules.recovery
    return usual.usual_experienced_min if experienced else usual.usual_min


def stay_of(row: VisitRecord, clinic: Clinic, now: datetime | None = None) -> Stay:
    """The stay of a visit as booked, or as it turned out; who has left has freed the chair then.

    A visit without `planned_min` is booked for the clinic's usual duration. Where `now` is given, somebody still
    here keeps the chair at least until it could be clean.
    """
    rules = clinic.rules
    infusion = timedelta(minutes=row.planned_min or rules.dose.duration_min)
    recovery = timedelta(minutes=recovery_min(clinic, experienced=row.experienced))
    turnover = timedelta(minutes=rules.chair_turnover_min)
    chair = row.chair or row.planned_chair
    if chair is not None and not 1 <= chair <= clinic.chairs:
        chair = None
    if row.left_at is not None:
        since = min(row.seated_at or row.left_at, row.left_at)
        return Stay(since, row.left_at, chair, row.visit, row.started_at)
    begins = row.started_at or max(row.planned_start, row.seated_at or row.planned_start)
    until = (row.stopped_at or begins + infusion) + recovery + turnover
    if now is not None and row.is_open:
        until = max(until, now + turnover)
    return Stay(min(row.seated_at or begins, begins), until, chair, row.visit, begins)


class ChairPlan:
    """Who sits where on one stretch of time: every stay in a chair of its own, as far as there are chairs.

    A stay with a chair keeps it; of two that were booked into one chair at once, the later takes any. The others are
    put, one after another, where they leave the shortest gap. Without given chairs this finds room whenever there is
    some; among given chairs it may miss a way of seating everybody, but never seats two in one chair. `without` are
    those for whom no chair was found: they were over-booked.
    """

    def __init__(self, stays: Iterable[Stay], chairs: int) -> None:
        self.chairs = chairs
        self.stays = tuple(stay for stay in stays if stay.since < stay.until)
        self._pinned: _Seats = {chair: [] for chair in range(1, chairs + 1)}
        in_order = sorted((_span(stay) for stay in self.stays), key=_by_begin)
        self._others = [span for span in in_order if not self._keeps(span)]
        seats, without = _seated(self._pinned, self._others)
        self.seats = {chair: tuple(stay for _, _, stay in taken) for chair, taken in seats.items()}
        self.without = tuple(without)

    def free_chairs(
        self, since: datetime, until: datetime, among: Collection[int] | None = None
    ) -> tuple[int, ...]:
        """The chairs (of those in `among`, where it is given) that one more stay could keep, everybody else seated
        as before; none where the room is full."""
        wanted = Stay(since, until)
        if self.most_at_once(wanted) >= self.chairs:
            return ()
        asked = (chair for chair in self._pinned if among is None or chair in among)
        return tuple(chair for chair in asked if self._has_room(_span(wanted), chair))

    def most_at_once(self, wanted: Stay) -> int:
        """How many are there at the fullest moment of this time, seated or not."""
        there = [s for s in self.stays if s.overlaps(wanted)]
        moments = [wanted.since, *(s.since for s in there if s.since > wanted.since)]
        return max(sum(1 for s in there if s.since <= m < s.until) for m in moments)

    def holder(self, chair: int, since: datetime, until: datetime) -> Stay | None:
        """The first stay that has this chair for any part of the time."""
        wanted = Stay(since, until)
        return next((s for s in self.seats.get(chair, ()) if s.overlaps(wanted)), None)

    def seats_anywhere(self, since: datetime, until: datetime) -> bool:
        """Whether one more stay finds room that may sit anywhere, its chair being chosen only on the day."""
        wanted = Stay(since, until)
        if self.most_at_once(wanted) >= self.chairs:
            return False
        others = sorted([*self._others, _span(wanted)], key=_by_begin)
        return len(_seated(self._pinned, others)[1]) <= len(self.without)

    def _has_room(self, wanted: _Span, chair: int) -> bool:
        if _takes(self._pinned[chair], wanted):
            return False
        if not self._others:
            return True
        # Who may sit anywhere makes room; asked even where the chair is free, so that the next plan finds them all.
        pinned = {**self._pinned, chair: [*self._pinned[chair], wanted]}
        return len(_seated(pinned, self._others)[1]) <= len(self.without)

    def _keeps(self, span: _Span) -> bool:
        chair = span[2].chair
        if chair not in self._pinned or _takes(self._pinned[chair], span):
            return False
        self._pinned[chair].append(span)
        return True


# Seconds since 1970 instead of instants: a busy day is arranged a thousand times for one proposal.
_Span = tuple[float, float, Stay]
_Seats = dict[int, list[_Span]]


def _span(stay: Stay) -> _Span:
    return stay.since.timestamp(), stay.until.timestamp(), stay


def _takes(taken: Iterable[_Span], wanted: _Span) -> bool:
    return any(since < wanted[1] and wanted[0] < until for since, until, _ in taken)


def _seated(pinned: _Seats, others: Sequence[_Span]) -> tuple[_Seats, list[Stay]]:
    """Everybody put on a chair, and those for whom there was none.

    In the order of their beginnings is best where few chairs are given, the longest first where many are.
    """
    seats, without = _put(pinned, others)
    if without:
        again, left = _put(pinned, sorted(others, key=_by_length))
        if len(left) < len(without):
            return again, left
    return seats, without


def _put(pinned: _Seats, others: Iterable[_Span]) -> tuple[_Seats, list[Stay]]:
    seats = {chair: list(kept) for chair, kept in pinned.items()}
    without = []
    for span in others:
        since, until, stay = span
        best, best_end = None, -inf
        for chair, taken in seats.items():
            # The chair that became free last is best; one that nobody had yet comes after all others.
            end = -inf
            for begun, ended, _ in taken:
                if begun < until and since < ended:
                    break
                if end < ended <= since:
                    end = ended
            else:
                if best is None or end > best_end:
                    best, best_end = chair, end
        if best is None:
            without.append(stay)
        else:
            seats[best].append(span)
    return seats, without


def _by_begin(span: _Span) -> tuple[float, float, str]:
    return span[0], -span[1], span[2].visit


def _by_length(span: _Span) -> tuple[float, float, str]:
    return span[0] - span[1], span[0], span[2].visit


def too_near(stays: Sequence[Stay], begins: datetime, gap_min: int) -> Stay | None:
    """The first of these stays whose infusion begins less than `gap_min` minutes from `begins`."""
    gap = timedelta(minutes=gap_min)
    return next((s for s in stays if s.begins is not None and abs(s.begins - begins) < gap), None)
