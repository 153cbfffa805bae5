"""A booking that lost a place: whose it is now, who gave it away, and the next place like it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from infusionroom.domain.next_place import spot_like
from infusionroom.domain.outcome import Reason, Taken
from infusionroom.domain.record import VisitRecord
from infusionroom.tui import booking_draft as drafting
from infusionroom.tui.booking_draft import Calendar, CannotMove, Draft
from infusionroom.tui.present.booking import patient_words
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.dialog_words import Lost, lost_place_words
from infusionroom.tui.present.said_entries import place_words

Problems = Mapping[int, Sequence[Reason]]


def newly_in_the_way(
    problems: Problems, before: Calendar | None, after: Calendar
) -> dict[int, tuple[str, ...]]:
    """The days that visits stand against which were not there before, or lay elsewhere; with those visits."""
    lay = {row.visit: _place(row) for row in before.booked} if before is not None else {}
    new = {row.visit for row in after.booked if lay.get(row.visit) != _place(row)}
    found = {n: tuple(v for r in reasons for v in r.visits if v in new) for n, reasons in problems.items()}
    return {number: visits for number, visits in found.items() if visits}


def _place(row: VisitRecord) -> object:
    return row.planned_start, row.chair or row.planned_chair, row.seated_at


def next_like(draft: Draft, numbers: Iterable[int], calendar: Calendar) -> Draft | None:
    """The draft with each of these days in the place most like its own: of the same date, else of the next working
    day with the later days after it. None where something would still stand against one of them."""
    numbers = sorted(numbers)
    for number in numbers:
        day = draft.day(number)
        if day is None:
            return None
        spot = spot_like(
            calendar.clinic,
            calendar.holidays,
            calendar.booked,
            drafting.wanted_of(draft, day, calendar),
            patient_ids=draft.wish.patient_ids,
            now=calendar.now,
        )
        if spot is not None:
            draft = drafting.by_hand(draft, number, spot.start, spot.chair)
            continue
        try:
            draft = drafting.on_other_date(draft, number, 1, calendar)
        except CannotMove:
            return None
    stands_against = drafting.problems_of(draft, calendar)
    return None if set(numbers) & set(stands_against) else draft


def lost_places(
    draft: Draft, taken: Mapping[int, Sequence[Taken]], problems: Problems, calendar: Calendar
) -> tuple[Lost, Draft | None]:
    """What is said of the days of which the place is gone, and what one key makes of the draft, if anything."""
    timezone = calendar.clinic.timezone
    mine = tuple(
        (f"Day {day.number}", place_words(day.start, day.chair, timezone))
        for day in draft.days
        if day.number in taken
    )
    title = f"{draft.wish.archetype.name} for {patient_words(draft.wish.history.patient.file)}"
    by = sorted({one for ones in taken.values() for one in ones}, key=lambda one: one.entry, reverse=True)
    # Where somebody has booked for the same person, another place would be a second course.
    twice = any(reason.rule == "same_day" for number in taken for reason in problems.get(number, ()))
    instead = None if twice else next_like(draft, taken, calendar)
    where = _instead_words(draft, instead, timezone) if instead is not None else ""
    lost = lost_place_words(by, title=title, mine=mine, next_place=where, timezone=timezone)
    if twice:
        who = f"{clean(by[0].by)} at {clean(by[0].terminal)} has booked"
        lost = lost._replace(headline=(who, "the same person"), again=True)
    return lost, instead


def _instead_words(draft: Draft, instead: Draft, timezone: str) -> str:
    new = [day for day in instead.days if draft.day(day.number) != day]
    words = place_words(new[0].start, new[0].chair, timezone)
    return words if len(new) == 1 else f"{words} and {len(new) - 1} more"
