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
    """The visit at `at`, for the books of clinic day `day`; `entries` stays the whole stream.

    What was said afterwards of the plan for that very day still counts: a no-show entered the next morning is
    a no-show of the day. A plan moved to another day afterwards does not take the visit out of the day.
    """
    if all(entry.happened_at <= at for entry in visit.entries):
        return visit
    then = fold(_until(effective(visit.entries), at, day, timezone))
    return replace(then, entries=visit.entries, version=visit.version)


def _until(entries: list[Entry], at: datetime, day: date, timezone: str) -> list[Entry]:
    kept: list[Entry] = []
    planned_elsewhere = False
    for entry in entries:
        body = entry.body
        plan = body.plan if isinstance(body, ev.VisitPlanned | ev.PlanChanged) else None
        elsewhere = plan is not None and clinic_day(plan.start, timezone) != day
        if isinstance(body, ev.VisitPlanned) or entry.happened_at <= at:
            planned_elsewhere = elsewhere if plan else planned_elsewhere
            kept.append(entry)
        elif plan is not None:
            planned_elsewhere = elsewhere
            if not elsewhere:
                kept.append(entry)
        elif isinstance(body, _NOT_COMING) and not planned_elsewhere:
            kept.append(entry)
    return kept
