"""What a booking reads of the room before and while it is open, and what its days look like. Blocks; no Textual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.day import clinic_day
from infusionroom.domain.outcome import Reason, Taken
from infusionroom.domain.planned_order import planned_order
from infusionroom.domain.proposal import looks_until
from infusionroom.domain.proposal_words import BY_HAND
from infusionroom.tui import booking_draft as drafting
from infusionroom.tui.booking_draft import Calendar, Draft, Wish
from infusionroom.tui.booking_race import newly_in_the_way
from infusionroom.tui.present.booking import DayShown

if TYPE_CHECKING:
    from infusionroom.services.room import RoomService

# Beyond the last day that a proposal looks at, a day moved by hand may still come to lie.
_FURTHER: Final = timedelta(days=60)
# How far ahead the next working day is looked for.
_SOON: Final = timedelta(days=60)


class Beginning(NamedTuple):
    """Whose course it is, the holidays to come, and where the visit stands that is to become its first day."""

    history: PatientHistory
    holidays: Mapping[date, str]
    stands: tuple[datetime, int | None] | None


def beginning(service: RoomService, patient_id: str, visit_id: str) -> Beginning | None:
    """What the first page needs; None where the patient is not on file. Raises `RoomError`, `UnknownRegion`."""
    history, today = service.patient(patient_id), service.day()
    if history is None:
        return None
    visit = service.visit(visit_id) if visit_id else None
    stands = (visit.plan.start, visit.chair or visit.plan.chair) if visit is not None else None
    return Beginning(history, service.holidays(today, today + _SOON), stands)


def calendar_of(service: RoomService, wish: Wish) -> Calendar:
    """Everything that the days of a wish are measured against, as far ahead as they can come to lie."""
    clinic, now = service.state.clinic, service.clock.now()
    assert clinic is not None
    bare = Calendar(clinic, {}, (), now)
    last = looks_until(drafting.request_of(wish, bare), clinic.timezone) + _FURTHER
    first = min(bare.today, wish.first_day)
    return Calendar(clinic, service.holidays(first, last), tuple(service.booked(first, last)), now)


class Again(NamedTuple):
    """The calendar read once more, and who gave away the places of days that others stand in the way of now."""

    calendar: Calendar
    taken: Mapping[int, tuple[Taken, ...]]


def read_again(service: RoomService, draft: Draft, before: Calendar | None) -> Again:
    """What others have booked since `before`. Raises `RoomError`, `UnknownRegion`."""
    calendar = calendar_of(service, draft.wish)
    new = newly_in_the_way(drafting.problems_of(draft, calendar), before, calendar)
    return Again(calendar, {number: service.taken_by(visits) for number, visits in new.items()})


def proposal_for(service: RoomService, wish: Wish) -> tuple[Calendar, Draft]:
    """The planner's days for a wish, with the calendar that they were found in."""
    calendar = calendar_of(service, wish)
    return calendar, drafting.proposed(wish, calendar)


def wish_of(
    command: cmd.BookCourse,
    history: PatientHistory,
    clinic: Clinic,
    visit: str,
    stands: tuple[datetime, int | None] | None,
) -> Wish:
    """What the first page asked for."""
    archetype = clinic.archetypes[command.archetype]
    return Wish(
        history=history,
        archetype=archetype,
        days=len(command.days),
        first_day=clinic_day(command.days[0].start, clinic.timezone),
        target=command.target or archetype.target,
        prescriber=command.prescriber,
        infusions_before=(history.patient.file.infusions_elsewhere or 0) + history.infusions_here,
        visit=visit,
        stands=stands,
    )


def last_weight(history: PatientHistory, timezone: str) -> tuple[Decimal, date] | None:
    """The last weight known, on file or from a visit, and its day."""
    told = history.patient.file.weight
    known = [(told.on, told.kg)] if told is not None else []
    known += [
        (clinic_day(row.weighed_at, timezone), Decimal(row.weight_kg))
        for row in history.visits
        if row.weight_kg is not None and row.weighed_at is not None
    ]
    if not known:
        return None
    on, kg = max(known, key=lambda weight: weight[0])
    return kg, on


def days_shown(
    draft: Draft,
    calendar: Calendar,
    problems: Mapping[int, Sequence[Reason]],
    taken: Mapping[int, Sequence[Taken]],
    weight: tuple[Decimal, date] | None,
) -> tuple[DayShown, ...]:
    """Every day of the course with its order, what speaks for it and what stands against it."""
    course, rules = drafting.course_on_paper(draft), calendar.clinic.rules.dose
    shown = []
    for number in range(1, draft.wish.days + 1):
        day = draft.day(number)
        if day is None:
            shown.append(DayShown(number, draft.wish.days))
            continue
        ends, home = drafting.home_at(draft, day, calendar)
        shown.append(
            DayShown(
                number,
                draft.wish.days,
                day.start,
                ends,
                home,
                day.chair,
                planned_order(course, number, weight[0] if weight is not None else None, rules),
                tuple(dict.fromkeys((BY_HAND, *day.reasons) if day.by_hand else day.reasons)),
                tuple(problems.get(number, ())),
                number in taken,
                next(iter(taken.get(number, ())), None),
            )
        )
    return tuple(shown)
