"""A course as it is being booked: what the planner proposed, moved day by day, judged day by day. Pure.

Nothing here is entered: a draft becomes a command when somebody accepts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.booking import Wanted, problems
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course import BookedDay, Course
from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.day import at_local, clinic_day, local
from infusionroom.domain.events import Archetype, Target
from infusionroom.domain.outcome import Reason
from infusionroom.domain.proposal import Proposal, Request, Slot, propose, slots_on
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import recovery_min
from infusionroom.domain.working_days import closed_because, day_text

# How far ←→ looks for a working day (choice): nobody is away for longer than that in a row.
_LONGEST_CLOSED: Final = timedelta(days=60)


class Calendar(msgspec.Struct, frozen=True):
    """What a booking is measured against: the clinic, its holidays, who else is booked, and now."""

    clinic: Clinic
    holidays: Mapping[date, str]
    booked: tuple[VisitRecord, ...]
    now: datetime

    @property
    def today(self) -> date:
        return clinic_day(self.now, self.clinic.timezone)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be booked: for whom, what kind of course, of how many days, from when on, and how much.

    `infusions_before` counts here and elsewhere. `visit` is one that exists already and becomes day 1, at `stands`.
    """

    history: PatientHistory
    archetype: Archetype
    days: int
    first_day: date
    target: Target
    prescriber: str
    infusions_before: int
    visit: str = ""
    stands: tuple[datetime, int | None] | None = None

    @property
    def patient_ids(self) -> tuple[str, ...]:
        return (self.history.patient.id, *(p.id for p in self.history.duplicates))


class DraftDay(msgspec.Struct, frozen=True):
    """Day `number` as it stands in the draft; `by_hand` once somebody has chosen its time or chair."""

    number: int
    start: datetime
    chair: int | None
    reasons: tuple[str, ...] = ()
    by_hand: bool = False


class Draft(msgspec.Struct, frozen=True):
    """The days of a course, in their order; `skipped` and `missing` as the planner says them."""

    wish: Wish
    days: tuple[DraftDay, ...] = ()
    skipped: tuple[tuple[date, str], ...] = ()
    missing: tuple[str, ...] = ()

    def day(self, number: int) -> DraftDay | None:
        return next((d for d in self.days if d.number == number), None)


class CannotMove(ValueError):
    """The day cannot go there; the sentence says why."""


# ── proposing ───────────────────────────────────────────────────────────────────────────────────────────────


def experienced(wish: Wish, clinic: Clinic) -> bool:
    return wish.infusions_before >= clinic.rules.recovery.experienced_after_infusions


def request_of(
    wish: Wish,
    calendar: Calendar,
    *,
    fixed: Iterable[DraftDay] = (),
    numbers: Sequence[int] = (),
    first_day: date | None = None,
) -> Request:
    """The planner's question; `fixed` are days that stand as they are."""
    stand = tuple((d.number, d.start, d.chair) for d in fixed)
    if wish.stands is not None and 1 not in {number for number, _, _ in stand}:
        stand = ((1, *wish.stands), *stand)
    return Request(
        first_day=first_day or wish.first_day,
        days=wish.days,
        infusion_min=wish.archetype.chair_min,
        experienced=experienced(wish, calendar.clinic),
        after=calendar.now,
        fixed=stand,
        numbers=tuple(numbers),
        visits=(wish.visit,) if wish.visit else (),
        patient_ids=wish.patient_ids,
    )


def draft_of(wish: Wish, proposal: Proposal) -> Draft:
    """The planner's proposal as a draft that can be moved about."""
    days = tuple(DraftDay(d.number, d.start, d.chair, d.reasons) for d in proposal.days)
    return Draft(wish, days, proposal.skipped, proposal.missing)


def proposed(wish: Wish, calendar: Calendar) -> Draft:
    """What the planner proposes for a wish."""
    request = request_of(wish, calendar)
    return draft_of(wish, propose(calendar.clinic, calendar.holidays, calendar.booked, request))


# ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────


def on_other_date(draft: Draft, number: int, step: int, calendar: Calendar) -> Draft:
    """Day `number` on the next (`step` 1) or the last (-1) working day, and the later days after it.

    It keeps its time and chair where they are free, else takes the nearest that is. Raises `CannotMove`.
    """
    day = _day(draft, number)
    return on_date(draft, number, _next_open(draft, day, step, calendar), calendar)


def on_date(draft: Draft, number: int, to: date, calendar: Calendar) -> Draft:
    """Day `number` on that date, and the later days after it. Raises `CannotMove`."""
    day = _day(draft, number)
    timezone = calendar.clinic.timezone
    _must_follow(draft, number, to, calendar)
    earlier = tuple(d for d in draft.days if d.number < number)
    wall = at_local(to, local(day.start, timezone).time(), timezone)
    slot = _nearest(_slots(draft, earlier, to, calendar), wall, day.chair)
    moved = (
        DraftDay(number, slot.start, slot.chair, slot.reasons, by_hand=True)
        if slot is not None
        else DraftDay(number, wall, day.chair, (), by_hand=True)
    )
    return _followed(draft, (*earlier, moved), calendar)


def at_other_time(draft: Draft, number: int, step: int, calendar: Calendar) -> Draft:
    """Day `number` at the next later (`step` 1) or earlier (-1) time of its date that has room.

    Raises `CannotMove` where there is none.
    """
    day = _day(draft, number)
    on = clinic_day(day.start, calendar.clinic.timezone)
    others = tuple(d for d in draft.days if d.number != number)
    slots = _slots(draft, others, on, calendar)
    later = [s for s in slots if s.start > day.start] if step > 0 else []
    earlier = [s for s in slots if s.start < day.start] if step < 0 else []
    if not later and not earlier:
        word = "later" if step > 0 else "earlier"
        raise CannotMove(f"{day_text(on)}: no {word} time has room. e sets any time, with a reason.")
    slot = later[0] if later else earlier[-1]
    kept = _free_at(slot.start, day.chair, draft, calendar)
    return _with_day(
        draft,
        DraftDay(number, slot.start, kept or slot.chair, slot.reasons if not kept else (), by_hand=True),
    )


def in_other_chair(draft: Draft, number: int, calendar: Calendar) -> Draft:
    """Day `number` in the next chair that is free then; where no other is, in the next one, to be over-booked."""
    day = _day(draft, number)
    chairs = calendar.clinic.chairs
    if chairs < 2:
        raise CannotMove("There is one chair only.")
    begin = day.chair or 0
    ring = [(begin + n - 1) % chairs + 1 for n in range(1, chairs)] if begin else list(range(1, chairs + 1))
    free = next((c for c in ring if _free_at(day.start, c, draft, calendar)), None)
    return _with_day(draft, DraftDay(number, day.start, free or ring[0], (), by_hand=True))


def by_hand(draft: Draft, number: int, start: datetime, chair: int | None) -> Draft:
    """Day `number` exactly there, whatever stands against it; the other days stay. It may be one without a place."""
    days = [d for d in draft.days if d.number != number]
    days.append(DraftDay(number, start, chair, (), by_hand=True))
    missing = () if len(days) >= draft.wish.days else draft.missing
    return replace(draft, days=tuple(sorted(days, key=lambda d: d.number)), missing=missing)


def _day(draft: Draft, number: int) -> DraftDay:
    day = draft.day(number)
    if day is None:
        raise CannotMove(f"Day {number} has no date yet: e sets one.")
    return day


def _with_day(draft: Draft, day: DraftDay) -> Draft:
    return replace(draft, days=tuple(day if d.number == day.number else d for d in draft.days))


def _next_open(draft: Draft, day: DraftDay, step: int, calendar: Calendar) -> date:
    clinic, own = calendar.clinic, _own_days(draft, calendar)
    to = clinic_day(day.start, clinic.timezone) + timedelta(days=step)
    last = to + _LONGEST_CLOSED
    while calendar.today <= to <= last and (
        closed_because(clinic, calendar.holidays, to) is not None or to in own
    ):
        to += timedelta(days=step)
    if to < calendar.today:
        raise CannotMove(f"Day {day.number} is as early as it can be.")
    return to


def _own_days(draft: Draft, calendar: Calendar) -> frozenset[date]:
    ids = draft.wish.patient_ids
    return frozenset(
        row.day for row in calendar.booked if row.patient_id in ids and row.visit != draft.wish.visit
    )


def _must_follow(draft: Draft, number: int, to: date, calendar: Calendar) -> None:
    timezone = calendar.clinic.timezone
    before = max((d for d in draft.days if d.number < number), key=lambda d: d.number, default=None)
    if before is not None and to <= (held := clinic_day(before.start, timezone)):
        raise CannotMove(
            f"Day {number} comes after day {before.number}, which is on {day_text(held)}: move that one first."
        )


def _followed(draft: Draft, standing: tuple[DraftDay, ...], calendar: Calendar) -> Draft:
    """The draft with these days as they stand, and the later ones proposed anew behind them."""
    wish, last = draft.wish, standing[-1]
    later = tuple(range(last.number + 1, wish.days + 1))
    first = clinic_day(last.start, calendar.clinic.timezone) + timedelta(days=1)
    between = clinic_day(standing[0].start, calendar.clinic.timezone), first - timedelta(days=1)
    kept = tuple(s for s in draft.skipped if between[0] < s[0] < between[1])
    if not later:
        return replace(draft, days=standing, skipped=kept, missing=())
    request = request_of(wish, calendar, fixed=standing, numbers=later, first_day=first)
    proposal = propose(calendar.clinic, calendar.holidays, calendar.booked, request)
    rest = tuple(DraftDay(d.number, d.start, d.chair, d.reasons) for d in proposal.days)
    return replace(
        draft, days=(*standing, *rest), skipped=(*kept, *proposal.skipped), missing=proposal.missing
    )


def _slots(draft: Draft, others: tuple[DraftDay, ...], on: date, calendar: Calendar) -> tuple[Slot, ...]:
    request = request_of(draft.wish, calendar, fixed=others, first_day=on)
    if request.fixed and draft.wish.stands is not None and not any(d.number == 1 for d in others):
        request = replace(request, fixed=request.fixed[1:])
    return slots_on(calendar.clinic, calendar.holidays, calendar.booked, on, request)


def _nearest(slots: Sequence[Slot], wall: datetime, chair: int | None) -> Slot | None:
    return min(slots, key=lambda s: (abs(s.start - wall), s.chair != chair), default=None)


def _free_at(start: datetime, chair: int | None, draft: Draft, calendar: Calendar) -> int | None:
    """The chair, where it is free at that time."""
    found = problems(
        calendar.clinic, calendar.holidays, calendar.booked, (_wanted(draft, start, chair, calendar),)
    )
    taken = any(reason.rule in ("full", "chair_booked", "no_chair") for reason in found)
    return None if taken else chair


# ── judging ─────────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(draft: Draft, start: datetime, chair: int | None, calendar: Calendar, visit: str = "") -> Wanted:
    recovery = recovery_min(calendar.clinic, experienced=experienced(draft.wish, calendar.clinic))
    return Wanted(start, draft.wish.archetype.chair_min, recovery, chair, visit)


def wanted_of(draft: Draft, day: DraftDay, calendar: Calendar) -> Wanted:
    """A day of the draft as the calendar is asked for it."""
    held = draft.wish.visit if day.number == 1 else ""
    return _wanted(draft, day.start, day.chair, calendar, held)


def home_at(draft: Draft, day: DraftDay, calendar: Calendar) -> tuple[datetime, datetime]:
    """When the infusion of a day ends, and when the usual recovery is over."""
    wanted = _wanted(draft, day.start, day.chair, calendar)
    return day.start + timedelta(minutes=wanted.infusion_min), wanted.home


def problems_of(draft: Draft, calendar: Calendar) -> dict[int, tuple[Reason, ...]]:
    """What stands against each day, by its number; a day of which nothing does is not in it."""
    timezone = calendar.clinic.timezone
    found: dict[int, tuple[Reason, ...]] = {}
    before: DraftDay | None = None
    for day in draft.days:
        held = draft.wish.visit if day.number == 1 else ""
        reasons = list(
            problems(
                calendar.clinic,
                calendar.holidays,
                calendar.booked,
                (wanted_of(draft, day, calendar),),
                patient_ids=draft.wish.patient_ids,
                now=calendar.now,
            )
        )
        on = clinic_day(day.start, timezone)
        if day.start < calendar.now and not (held and on == calendar.today):
            reasons.append(Reason("past", f"{day_text(on)} at that time is over: choose a later start."))
        if before is not None and on <= clinic_day(before.start, timezone):
            reasons.append(
                Reason("order", f"Day {day.number} must lie on a later day than day {before.number}.")
            )
        before = day
        if reasons:
            found[day.number] = tuple(reasons)
    return found


def asks_reason(found: Mapping[int, Sequence[Reason]]) -> bool:
    """Whether it can only be booked over others, with a reason."""
    return any(reason.overridable for reasons in found.values() for reason in reasons)


def hard(found: Mapping[int, Sequence[Reason]]) -> tuple[tuple[int, Reason], ...]:
    """What no reason for over-booking helps against, with the day's number."""
    return tuple((n, r) for n, reasons in sorted(found.items()) for r in reasons if not r.overridable)


def command_of(draft: Draft, overbooked: str = "") -> cmd.BookCourse:
    """The command that books the draft as it stands."""
    wish = draft.wish
    return cmd.BookCourse(
        patient=wish.history.patient.id,
        archetype=wish.archetype.name,
        days=tuple(
            cmd.DayWanted(d.number, d.start, d.chair, wish.visit if d.number == 1 else "") for d in draft.days
        ),
        prescriber=wish.prescriber,
        target=None if wish.target == wish.archetype.target else wish.target,
        overbooked=overbooked,
    )


def course_on_paper(draft: Draft) -> Course:
    """The course as it would be, so that its orders can be worked out before it is booked."""
    wish, days = draft.wish, {d.number: d for d in draft.days}
    return Course(
        id="",
        version=0,
        patient=wish.history.patient.id,
        archetype=wish.archetype,
        target=wish.target,
        prescriber=wish.prescriber,
        booked_at=draft.days[0].start if draft.days else wish.history.patient.registered_at,
        days=tuple(BookedDay(n, start=days[n].start if n in days else None) for n in range(1, wish.days + 1)),
    )
