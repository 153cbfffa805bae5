"""What a clinic day comes to: every visit's figures, the room's own, and what is still open with the reason.

One fold of (room, day, at). A visit belongs to the day on which the person came, else to the one it is planned
for. Whoever came on an earlier day and was still here is listed as carried over: in no outcome and in no
recovery of this day, but in the chairs they sat in and the drug that was given since midnight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from infusionroom.domain.as_of import visit_as_of
from infusionroom.domain.board import DayBar
from infusionroom.domain.chair_history import ChairSpan, ChairUse, chair_bars, chair_spans, chair_use
from infusionroom.domain.day import at_local, day_bounds
from infusionroom.domain.day_bars import bars_of
from infusionroom.domain.fold_board import NoRoom, belongs_to
from infusionroom.domain.journal import GENESIS, Entry
from infusionroom.domain.names import people
from infusionroom.domain.open_matters import OpenMatter, SetAside, open_matters
from infusionroom.domain.recovery_figures import RecoveryFigures, recovery_figures
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.domain.visit_figures import VisitFigures as VisitFigures
from infusionroom.domain.visit_figures import VisitOutcome as VisitOutcome
from infusionroom.domain.visit_figures import outcome_of
from infusionroom.domain.visit_figures import visit_figures as visit_figures


class OutcomeCount(msgspec.Struct, frozen=True):
    outcome: VisitOutcome
    visits: int


class DrugGiven(msgspec.Struct, frozen=True):
    """What was given of one drug within the day's bounds, exact."""

    drug: str
    mg: Decimal
    ml: Decimal


class Seal(msgspec.Struct, frozen=True):
    """The last journal entry that these figures rest on: with it they can be checked, or made again."""

    entry: int = 0
    hash: str = GENESIS


class DayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A clinic day at the moment `at`. `over` says that the whole day had passed by then.

    `visits` are in the order of their planned starts; `outcomes` holds every outcome, also those that nobody
    had. `bars` is the drawing chairs × time, up to `at`.
    """

    schema: int = 1
    clinic: str
    timezone: str
    day: date
    at: datetime
    over: bool
    begins_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    chairs: int
    outcomes: tuple[OutcomeCount, ...]
    chair_use: ChairUse
    recovery: RecoveryFigures
    given: tuple[DrugGiven, ...]
    open: tuple[OpenMatter, ...]
    visits: tuple[VisitFigures, ...]
    carried_over: tuple[VisitFigures, ...]
    bars: tuple[DayBar, ...]
    seal: Seal


def day_figures(
    room: Room,
    day: date,
    at: datetime,
    *,
    chair_entries: Iterable[Entry] = (),
    set_aside: Iterable[SetAside] = (),
    course_firsts: Mapping[str, Visit] | None = None,
) -> DayFigures:
    """The figures of a clinic day at `at`, by everything the room knows of it. Raises `NoRoom`.

    `chair_entries` are the chairs' own streams, without which nothing is known of cleaning and service;
    `set_aside` what an import could not place; `course_firsts` the visit of each course's first infusion, by
    the visit of this day, where that was another one.
    """
    if room.clinic is None:
        raise NoRoom("no room is set up yet")
    clinic, timezone = room.clinic, room.clinic.timezone
    begin, end = day_bounds(day, timezone)
    at = min(at, end)
    mine, carried = _visits_of(room, day, at, begin, timezone)
    everyone = [*mine, *carried]
    entries = [e for e in chair_entries if e.happened_at <= at]
    opens_at, closes_at = (at_local(day, t, timezone) for t in (clinic.opens, clinic.closes))
    chairs = max([clinic.chairs, *(s.chair for v in everyone for s in v.stays)])
    spans = tuple(s for s in chair_spans(entries, at) if s.chair <= chairs)
    firsts = course_firsts or {}
    lived = spans if begin <= at else ()
    return DayFigures(
        clinic=clinic.name,
        timezone=timezone,
        day=day,
        at=at,
        over=at >= end,
        begins_at=begin,
        ends_at=end,
        opens_at=opens_at,
        closes_at=closes_at,
        chairs=chairs,
        outcomes=_outcomes(mine),
        chair_use=chair_use(everyone, spans, chairs, (opens_at, closes_at), (begin, at)),
        recovery=recovery_figures(mine, at),
        given=_given(everyone, begin, at),
        open=open_matters(
            everyone, lived, tuple(set_aside), clinic, at, behind=room.background, over=at >= end
        ),
        visits=tuple(_figures(v, at, firsts) for v in mine),
        carried_over=tuple(_figures(v, at, firsts) for v in carried),
        bars=_bars(room, everyone, spans, day, at),
        seal=_seal([*(e for v in (*everyone, *firsts.values()) for e in v.entries), *entries]),
    )


def _visits_of(
    room: Room, day: date, at: datetime, begin: datetime, timezone: str
) -> tuple[list[Visit], list[Visit]]:
    """The visits of the day, and those of earlier days whose people were still here when it began."""
    mine: list[Visit] = []
    carried: list[Visit] = []
    for known in room.visits.values():
        visit = visit_as_of(known, at, day, timezone)
        if belongs_to(visit, day, timezone):
            mine.append(visit)
        elif (
            visit.arrived_at
            and visit.arrived_at < begin <= at
            and (visit.ended_at is None or visit.ended_at > begin)
        ):
            carried.append(visit)
    for visits in (mine, carried):
        visits.sort(key=lambda v: (v.plan.start, v.patient.family, v.id))
    return mine, carried


def _figures(visit: Visit, at: datetime, firsts: Mapping[str, Visit]) -> VisitFigures:
    first = firsts.get(visit.id)
    pain = first.pain_before() if first else None
    return visit_figures(visit, at, course_baseline=pain.nrs if pain else None)


def _outcomes(visits: Iterable[Visit]) -> tuple[OutcomeCount, ...]:
    by = Counter(outcome_of(v) for v in visits)
    return tuple(OutcomeCount(outcome, by[outcome]) for outcome in VisitOutcome)


def _given(visits: Iterable[Visit], begin: datetime, at: datetime) -> tuple[DrugGiven, ...]:
    """By drug; of an infusion that ran over midnight only what this day gave, so that days add up."""
    mg: dict[str, Decimal] = {}
    ml: dict[str, Decimal] = {}
    for visit in visits:
        if infusion := visit.infusion:
            drug = infusion.drug
            mg[drug] = mg.get(drug, Decimal(0)) + infusion.given_mg(at) - infusion.given_mg(begin)
            ml[drug] = ml.get(drug, Decimal(0)) + infusion.given_ml(at) - infusion.given_ml(begin)
    return tuple(DrugGiven(drug, mg[drug], ml[drug]) for drug in sorted(mg) if mg[drug] or ml[drug])


def _bars(
    room: Room, visits: list[Visit], spans: tuple[ChairSpan, ...], day: date, at: datetime
) -> tuple[DayBar, ...]:
    assert room.clinic is not None
    then = replace(room, chairs={}, visits={v.id: v for v in visits})
    seen = bars_of(then, room.clinic, visits, people(visits), day, at)
    lived = [bar for bar in seen if bar.kind not in ("forecast", "planned")]
    own = chair_bars(spans, visits, day_bounds(day, room.clinic.timezone), at)
    return tuple(sorted([*lived, *own], key=lambda b: (b.chair, b.since, b.until)))


def _seal(entries: Iterable[Entry]) -> Seal:
    last = max(entries, key=lambda e: e.id, default=None)
    return Seal(last.id, last.hash) if last else Seal()
