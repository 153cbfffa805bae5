"""How long each booked person keeps a chair, and whether all stays of a day can be put on the chairs.

A stay lasts for the infusion, the usual recovery and the time until the chair is clean. Intervals are half-open and
compared in UTC: a day of 23 or 25 hours needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

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
        in_order = sorted(self.stays, key=_by_begin)
        self.pinned: dict[int, list[Stay]] = {chair: [] for chair in range(1, chairs + 1)}
        self._others = [stay for stay in in_order if not self._keeps(stay)]
        self.seats, self.without = self._seated(self._others)
        if self.without:
            # By their beginnings is best where few chairs are given, the longest first where many are.
            seats, without = self._seated(sorted(self._others, key=_by_length))
            if len(without) < len(self.without):
                self.seats, self.without = seats, without

    def free_chairs(self, since: datetime, until: datetime) -> tuple[int, ...]:
        """The chairs that one more stay could keep, everybody else seated as before; none where the room is full."""
        wanted = Stay(since, until)
        if self.most_at_once(wanted) >= self.chairs:
            return ()
        return tuple(chair for chair in self.seats if self._has_room(replace(wanted, chair=chair)))

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
        return self.most_at_once(wanted) < self.chairs and self._seats_all_with(wanted)

    def _has_room(self, wanted: Stay) -> bool:
        assert wanted.chair is not None
        if any(s.overlaps(wanted) for s in self.pinned[wanted.chair]):
            return False
        # Who may sit anywhere makes room; asked even where the chair is free, so that the next plan finds them all.
        return not self._others or self._seats_all_with(wanted)

    def _seats_all_with(self, wanted: Stay) -> bool:
        return len(ChairPlan((*self.stays, wanted), self.chairs).without) <= len(self.without)

    def _keeps(self, stay: Stay) -> bool:
        if stay.chair not in self.pinned or any(s.overlaps(stay) for s in self.pinned[stay.chair]):
            return False
        self.pinned[stay.chair].append(stay)
        return True

    def _seated(self, others: Iterable[Stay]) -> tuple[dict[int, list[Stay]], tuple[Stay, ...]]:
        seats = {chair: list(kept) for chair, kept in self.pinned.items()}
        without = []
        for stay in others:
            free = [chair for chair, seated in seats.items() if not any(s.overlaps(stay) for s in seated)]
            if free:
                seats[max(free, key=lambda chair: _fit(chair, seats[chair], stay))].append(stay)
            else:
                without.append(stay)
        return seats, tuple(without)


def _by_begin(stay: Stay) -> tuple[datetime, timedelta, str]:
    return stay.since, stay.since - stay.until, stay.visit


def _by_length(stay: Stay) -> tuple[timedelta, datetime, str]:
    return stay.since - stay.until, stay.since, stay.visit


def _fit(chair: int, seated: Iterable[Stay], stay: Stay) -> tuple[bool, datetime, int]:
    """The chair that became free last is best; one that nobody had yet comes after all others."""
    before = max((s.until for s in seated if s.until <= stay.since), default=None)
    return before is not None, before or stay.since, -chair


def too_near(stays: Sequence[Stay], begins: datetime, gap_min: int) -> Stay | None:
    """The first of these stays whose infusion begins less than `gap_min` minutes from `begins`."""
    gap = timedelta(minutes=gap_min)
    return next((s for s in stays if s.begins is not None and abs(s.begins - begins) < gap), None)
