"""What the planner proposes for a course: consecutive working days, each at a time and in a chair, with its reasons.

First infusions begin early, the others after the first hour where there is room; later days keep the time and the
chair of the day before where they can. Whatever is proposed, `booking.problems` accepts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from infusionroom.domain import proposal_words as words
from infusionroom.domain.booking import Wanted, counts_as_day, on_day, opening, problems
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import at_local, clinic_day, local
from infusionroom.domain.proposal_words import Before
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import ChairPlan, recovery_min, stay_of, too_near
from infusionroom.domain.working_days import closed_because, is_weekend, next_working_day, working_days

SEARCH_WORKING_DAYS: Final = 60
# Further ahead nobody books; a year is mistyped (choice).
FURTHEST_DAYS: Final = 5 * 366
# Nobody is asked to come at once (choice).
AHEAD_MIN: Final = 15
_GRID: Final = timedelta(minutes=15)
_ROUND: Final = timedelta(minutes=5)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be booked: `days` days from `first_day` on, each of `infusion_min`; nothing before `after` (aware).

    `fixed` are days that stand: (number, start, chair), chosen by hand or held already; the others keep their order
    around them. `numbers` are the days to propose, 1 to `days` where it is empty. `visits` are being moved, so that
    what is booked for them counts no more. `patient_ids` are the person's: no day is proposed on which they come
    already.
    """

    first_day: date
    days: int
    infusion_min: int
    experienced: bool
    after: datetime
    fixed: tuple[tuple[int, datetime, int | None], ...] = ()
    numbers: tuple[int, ...] = ()
    visits: tuple[str, ...] = ()
    patient_ids: tuple[str, ...] = ()


class Slot(msgspec.Struct, frozen=True):
    """A start (aware UTC) and a chair that can be booked, with what speaks for it."""

    start: datetime
    chair: int
    reasons: tuple[str, ...] = ()


class ProposedDay(msgspec.Struct, frozen=True):
    """Day `number` of the course; one that was fixed keeps its start and chair, its reasons name what is wrong."""

    number: int
    start: datetime
    chair: int | None
    reasons: tuple[str, ...] = ()


class Proposal(msgspec.Struct, frozen=True):
    """The days in their order. `skipped` says which days were passed over and why; `missing` which days of the
    course found no place, and what to do."""

    days: tuple[ProposedDay, ...]
    skipped: tuple[tuple[date, str], ...] = ()
    missing: tuple[str, ...] = ()


def looks_until(request: Request, timezone: str) -> date:
    """The last day a proposal looks at: visits and holidays are needed from the first day until this one."""
    numbers = request.numbers or range(1, request.days + 1)
    latest = max((clinic_day(start, timezone) for _, start, _ in request.fixed), default=request.first_day)
    first = max(latest, request.first_day, clinic_day(request.after, timezone))
    return first + timedelta(days=2 * (SEARCH_WORKING_DAYS + len(numbers)))


def propose(
    clinic: Clinic, holidays: Mapping[date, str], booked: Iterable[VisitRecord], request: Request
) -> Proposal:
    """Days for a course. It never fails: what finds no place is said in `missing`."""
    return _Search(clinic, holidays, booked, request).run()


def slots_on(
    clinic: Clinic, holidays: Mapping[date, str], booked: Iterable[VisitRecord], day: date, request: Request
) -> tuple[Slot, ...]:
    """Every start on this day that can be booked, in the order of the day, each with its best chair.

    The day before is the last of the request's fixed days before `day`.
    """
    search = _Search(clinic, holidays, booked, request)
    return tuple(search.slots(day))


def why_no_slot(
    clinic: Clinic, holidays: Mapping[date, str], booked: Iterable[VisitRecord], day: date, request: Request
) -> str:
    """Why `slots_on` has nothing on this day, as a sentence."""
    return _Search(clinic, holidays, booked, request).why_none(day)


class _Search:
    """One request against one calendar; each day's chairs are worked out once."""

    def __init__(
        self, clinic: Clinic, holidays: Mapping[date, str], booked: Iterable[VisitRecord], request: Request
    ) -> None:
        self.clinic, self.holidays, self.request = clinic, holidays, request
        self.rows = [row for row in booked if not row.off and row.visit not in request.visits]
        self.stays = [stay_of(row, clinic, request.after) for row in self.rows]
        own = (row for row in self.rows if row.patient_id in request.patient_ids and counts_as_day(row))
        self.own_days = frozenset(row.day for row in own)
        self.fixed = {number: Before(start, chair, True) for number, start, chair in request.fixed}
        self.numbers = request.numbers or tuple(range(1, request.days + 1))
        self.recovery_min = recovery_min(clinic, experienced=request.experienced)
        self.until_home = timedelta(minutes=request.infusion_min + self.recovery_min)
        self.earliest = request.after + timedelta(minutes=AHEAD_MIN)
        self.skipped: dict[date, str] = {}
        self.missing: list[str] = []
        self.useless = False
        self._plans: dict[date, ChairPlan] = {}

    # ── a course ────────────────────────────────────────────────────────────────────────────────────────────

    def run(self) -> Proposal:
        today = clinic_day(self.request.after, self.clinic.timezone)
        cursor = max(self.request.first_day, today)
        before: Before | None = None
        last_number = 0
        found: list[ProposedDay] = []
        if not self._fits_hours():
            self._give_up(words.too_long(self.clinic, self.request.infusion_min, self.recovery_min))
        elif (cursor - today).days > FURTHEST_DAYS:
            self._give_up(words.too_far(cursor))
        for number in sorted({*self.numbers, *self.fixed}):
            stands = self.fixed.get(number)
            if stands is None:
                chosen = self._next(number, cursor, before) if not self.useless else None
                if chosen is None:
                    continue
                found.append(ProposedDay(number, chosen.start, chosen.chair, chosen.reasons))
                before = self._following(chosen, before)
            else:
                if number in self.numbers:
                    found.append(self._as_fixed(number, stands, before, last_number))
                before = stands
            last_number = number
            cursor = max(cursor, self._day(before) + timedelta(days=1))
        return Proposal(tuple(found), tuple(sorted(self.skipped.items())), tuple(self.missing))

    def _give_up(self, why: str) -> None:
        self.missing.append(why)
        self.useless = True

    def _next(self, number: int, cursor: date, before: Before | None) -> Slot | None:
        """The first day from `cursor` on that has room, before the next day that stands."""
        following = min((n for n in self.fixed if n > number), default=None)
        last = looks_until(self.request, self.clinic.timezone)
        if following is not None:
            last = min(last, self._day(self.fixed[following]) - timedelta(days=1))
        left = sum(1 for n in self.numbers if n >= number and (following is None or n < following))
        tried = 0
        for day, closed in working_days(self.clinic, self.holidays, cursor, last):
            if closed is None:
                tried += 1
                slot = self._best(day, before, left)
                if slot is not None:
                    return slot
            if not is_weekend(day) or day == self.request.first_day:
                self.skipped[day] = self.why_none(day)
            if tried == SEARCH_WORKING_DAYS:
                break
        if following is not None and tried < SEARCH_WORKING_DAYS:
            self.missing.append(words.no_room_between(number, following, self._day(self.fixed[following])))
        else:
            self._give_up(words.no_room(number, tried, cursor))
        return None

    def _as_fixed(self, number: int, stands: Before, before: Before | None, last_number: int) -> ProposedDay:
        one = Wanted(stands.start, self.request.infusion_min, self.recovery_min, stands.chair)
        wrong = problems(
            self.clinic,
            self.holidays,
            self.rows,
            [one],
            patient_ids=self.request.patient_ids,
            now=self.request.after,
        )
        reasons = [words.BY_HAND, *(reason.text for reason in wrong)]
        if stands.start < self.request.after:
            reasons.append(words.passed(self.clinic, stands.start))
        if before is not None and self._day(before) >= self._day(stands):
            reasons.append(words.out_of_order(number, last_number))
        return ProposedDay(number, stands.start, stands.chair, tuple(reasons))

    def _following(self, chosen: Slot, before: Before | None) -> Before:
        """The chosen day as the one before the next; a time that a person chose stays theirs while it is kept."""
        kept = before is not None and self._wall(before.start) == self._wall(chosen.start)
        return Before(chosen.start, chosen.chair, kept and before is not None and before.by_hand)

    # ── a day ───────────────────────────────────────────────────────────────────────────────────────────────

    def slots(self, day: date) -> Iterator[Slot]:
        before = self._fixed_before(day)
        if any(self._day(stands) == day for stands in self.fixed.values()):
            return
        for start in sorted(self._starts(day, before)):
            free = self._free(day, start)
            if free:
                chair = before.chair if before is not None and before.chair in free else free[0]
                assert chair is not None
                yield Slot(start, chair, self._reasons(day, start, chair, before))

    def why_none(self, day: date) -> str:
        closed = closed_because(self.clinic, self.holidays, day)
        if closed is not None:
            return words.skipped_closed(day, closed)
        if day in self.own_days or any(self._day(stands) == day for stands in self.fixed.values()):
            return words.skipped_own(day)
        if not self._fits_hours():
            return words.too_long(self.clinic, self.request.infusion_min, self.recovery_min)
        opens, closes = opening(self.clinic, day)
        if max(opens, self.earliest) + self.until_home > closes:
            return words.skipped_late(day)
        apart = self._starts(day, None)
        grid = self._grid(day)
        if any(self._free(day, start) for start in grid - apart):
            return words.skipped_starts(self.clinic, day)
        return words.skipped_full(day)

    def _best(self, day: date, before: Before | None, left: int) -> Slot | None:
        limit = self._first_hour_ends(day)
        wall = at_local(day, self._wall(before.start), self.clinic.timezone) if before else None
        starts = self._starts(day, before)
        same_chair = (before.chair,) if before is not None and before.chair is not None else ()

        def rank(start: datetime) -> tuple[bool, timedelta, datetime]:
            early = self.request.experienced and start < limit
            if before is not None and wall is not None:
                stands = before.by_hand and start == wall
                return early and not stands, abs(start - wall), start
            return early, limit - start if early else start - limit, start

        for start in sorted(starts, key=rank):
            free = self._free(day, start, same_chair) or self._free(day, start)
            if free:
                chair = self._chair(day, start, free, before, left)
                chosen = self._why_chosen(start, min(starts), limit, before, wall)
                return Slot(start, chair, (*chosen, *self._reasons(day, start, chair, before)))
        return None

    def _why_chosen(
        self, start: datetime, first: datetime, limit: datetime, before: Before | None, wall: datetime | None
    ) -> Iterator[str]:
        if before is None and not self.request.experienced and start == first:
            yield words.earliest()
        if before is None and self.request.experienced and start >= limit and self._keeps_first_hour:
            yield words.first_hour(self.clinic, limit, kept=True)
        if before is not None and start != wall:
            yield words.nearest(self.clinic, before)

    def _reasons(self, day: date, start: datetime, chair: int, before: Before | None) -> tuple[str, ...]:
        limit = self._first_hour_ends(day)
        reasons = words.as_before(self.clinic, start, chair, before) if before is not None else []
        if self.request.experienced and start < limit:
            reasons.append(words.first_hour(self.clinic, limit, kept=False))
        after = words.after_another(self.clinic, start, self._plan(day).stays)
        if after is not None:
            reasons.append(after)
        return (*reasons, words.ends(self.clinic, start + self.until_home))

    def _chair(
        self, day: date, start: datetime, free: tuple[int, ...], before: Before | None, left: int
    ) -> int:
        """The chair of the day before, else the one that is free at this time for most of the days to follow."""
        if before is not None and before.chair is not None and before.chair in free:
            return before.chair
        kept, wall = set(free), self._wall(start)
        for _ in range(left - 1):
            day = next_working_day(self.clinic, self.holidays, day)
            still = set(self._free(day, at_local(day, wall, self.clinic.timezone), kept))
            if not still:
                break
            kept = still
        return min(kept)

    # ── what a day offers ───────────────────────────────────────────────────────────────────────────────────

    def _grid(self, day: date) -> set[datetime]:
        """Every quarter of an hour from which infusion and usual recovery end before the door closes."""
        opens, closes = opening(self.clinic, day)
        last = closes - self.until_home
        starts = {opens + n * _GRID for n in range(max(0, (last - opens) // _GRID + 1))}
        return {start for start in starts if start >= self.earliest}

    def _starts(self, day: date, before: Before | None) -> set[datetime]:
        """The starts of an open day that keep their distance from all others; chairs are another matter."""
        if closed_because(self.clinic, self.holidays, day) is not None or day in self.own_days:
            return set()
        opens, closes = opening(self.clinic, day)
        gap = timedelta(minutes=self.clinic.rules.booking.start_gap_min)
        booked = self._plan(day).stays
        starts = self._grid(day) | {_rounded_up(s.begins + gap) for s in booked if s.begins is not None}
        if before is not None:
            wall = self._wall(before.start)
            starts.add(at_local(day, wall, self.clinic.timezone))
        possible = (s for s in starts if max(opens, self.earliest) <= s <= closes - self.until_home)
        return {
            s for s in possible if too_near(self.stays, s, self.clinic.rules.booking.start_gap_min) is None
        }

    def _free(self, day: date, start: datetime, among: Collection[int] | None = None) -> tuple[int, ...]:
        turnover = timedelta(minutes=self.clinic.rules.chair_turnover_min)
        return self._plan(day).free_chairs(start, start + self.until_home + turnover, among)

    def _plan(self, day: date) -> ChairPlan:
        if day not in self._plans:
            self._plans[day] = ChairPlan(on_day(self.stays, day, self.clinic), self.clinic.chairs)
        return self._plans[day]

    def _first_hour_ends(self, day: date) -> datetime:
        opens, _ = opening(self.clinic, day)
        return opens + timedelta(minutes=self.clinic.rules.booking.first_timers_min)

    @property
    def _keeps_first_hour(self) -> bool:
        return self.clinic.rules.booking.first_timers_min > 0

    def _fits_hours(self) -> bool:
        opens, closes = (
            datetime.combine(date.min, moment) for moment in (self.clinic.opens, self.clinic.closes)
        )
        return self.until_home <= closes - opens

    def _fixed_before(self, day: date) -> Before | None:
        earlier = [stands for stands in self.fixed.values() if self._day(stands) < day]
        return max(earlier, key=lambda stands: stands.start, default=None)

    def _wall(self, instant: datetime) -> time:
        return local(instant, self.clinic.timezone).time()

    def _day(self, before: Before) -> date:
        return clinic_day(before.start, self.clinic.timezone)


def _rounded_up(instant: datetime) -> datetime:
    return instant + (_EPOCH - instant) % _ROUND
