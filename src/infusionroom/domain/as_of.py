"""A visit as it stood at an instant, by everything that has been written since.

Time travel by *happened at*: a correction entered tomorrow counts in today's summary, what happened tomorrow
does not. (Time travel by *recorded at*, what was known then, is reading less of the journal.)
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.day import clinic_day
from infusionroom.domain.evolve import effective, fold
from infusionroom.domain.journal import Entry
from infusionroom.domain.visit import Visit

_NOT_COMING = (ev.VisitCancelled, ev.NotShown, ev.EnteredInError)


def visit_as_of(visit: Visit, at: datetime, day: date, timezone: str) -> Visit:
    """The visit at `at`, for the books of clinic day `day`; `entries` are those that count, and what corrects them.

    What was said afterwards of the plan for that very day still counts: a no-show entered the next morning is
    a no-show of the day. It stays one when the visit is then planned for another day, on whichever day that
    is done: the new plan is in the other day's books.
    """
    entries = effective(visit.entries)
    kept = _in_the_books(entries, at, day, timezone)
    if len(kept) == len(entries):
        return visit
    return replace(fold(kept), entries=_with_corrections(visit.entries, kept, at))


def _with_corrections(entries: tuple[Entry, ...], kept: list[Entry], at: datetime) -> tuple[Entry, ...]:
    counted = {entry.id for entry in kept}
    for entry in entries:
        body = entry.body
        corrects = body.target if isinstance(body, ev.Undone | ev.Corrected) else None
        if entry.happened_at <= at or corrects in counted:
            counted.add(entry.id)
    return tuple(entry for entry in entries if entry.id in counted)


def _in_the_books(entries: list[Entry], at: datetime, day: date, timezone: str) -> list[Entry]:
    kept: list[Entry] = []
    of_this_day = came_to_nothing = away = False
    for entry in entries:
        body, late = entry.body, entry.happened_at > at
        if isinstance(body, ev.VisitPlanned | ev.PlanChanged):
            here = clinic_day(body.plan.start, timezone) == day
            late = late and isinstance(body, ev.PlanChanged)
            away = not here and (late or came_to_nothing)
            if not away:
                of_this_day, came_to_nothing = here, False
                kept.append(entry)
        elif away and (late or came_to_nothing):
            continue
        elif isinstance(body, _NOT_COMING) and of_this_day:
            came_to_nothing = True
            kept.append(entry)
        elif not late:
            kept.append(entry)
    return kept
