"""What is special about the next patient, worked out once for the board, the schedule and the next-day list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from infusionroom.domain.background import Background
from infusionroom.domain.board import Mark
from infusionroom.domain.clinic import Rules
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.planned_order import PlannedOrder, planned_order
from infusionroom.domain.readiness import start_points
from infusionroom.domain.visit import Visit


class Escort(msgspec.Struct, frozen=True):
    """Who takes the person home; `confirmed` says that they were named for this visit and not only on file."""

    name: str
    phone: str = ""
    relation: str = ""
    confirmed: bool = False


class Coming(msgspec.Struct, frozen=True):
    """A visit to come with everything special about it; `marks` in their order of urgency.

    `expected_min` is how long recovery is reckoned: the usual, or the longest this person has taken. `home_by` is
    when that is over. `early_start` is why the visit should begin early, empty where it need not. `oral_due` says
    that it is the last day and the oral ketamine is not yet prescribed and taught. `weight_kg` is the last known.
    """

    visit: Visit
    course: str
    order: PlannedOrder | None
    dose: str
    marks: tuple[Mark, ...]
    infusions_before: int | None
    weight_kg: Decimal | None
    weight_age_days: int | None
    escorts: tuple[Escort, ...]
    expected_min: int
    home_by: datetime
    early_start: str
    last_day: bool
    oral_due: bool


def special_of(
    visit: Visit,
    background: Background,
    rules: Rules,
    now: datetime,
    timezone: str,
    *,
    closes_at: datetime | None = None,
) -> Coming:
    """What is special about a visit to come, judged at its planned start, or at `now` where that is later.

    With `closes_at`, the end of the clinic day, a visit whose recovery would outlast it says so.
    """
    before = background.infusions_before
    before = visit.infusions_before if before is None else before
    weight, age = _weight(visit, background, timezone)
    number = visit.plan.course.day if visit.plan.course else 1
    day = background.day(visit)
    order = (
        planned_order(background.course, number, weight, rules.dose, percent=day.percent if day else None)
        if background.course is not None
        else None
    )
    usual = _usual_min(before, rules)
    expected = max(usual, background.longest_recovery_min or 0)
    infusion = visit.plan.duration_min or rules.dose.duration_min
    home_by = visit.plan.start + timedelta(minutes=infusion + expected)
    last = background.last_day(visit)
    oral = background.oral
    early = _early_start(before, usual, background.longest_recovery_min)
    late = closes_at is not None and home_by > closes_at
    marks = (
        *_missing(visit, background, rules, now),
        *_weight_mark(background, age, rules),
        *_allergies(background),
        *_experience(before),
        *_early_mark(early, late=late),
        *_off_guideline(background, rules),
    )
    return Coming(
        visit=visit,
        course=course_text(visit),
        order=order,
        dose=_dose_text(order) if order is not None else "",
        marks=tuple(sorted(marks, key=lambda mark: _URGENCY.index(mark.tone))),
        infusions_before=before,
        weight_kg=weight,
        weight_age_days=age,
        escorts=_escorts(visit, background),
        expected_min=expected,
        home_by=home_by,
        early_start=early,
        last_day=last,
        oral_due=last and not (oral is not None and oral.prescribed and oral.taught),
    )


def _dose_text(order: PlannedOrder) -> str:
    if order.lowered_by == "cap" and order.cap_mg_h is not None:
        return dose_text(order.cap_mg_h, "mg/h")
    return dose_text(quantity(order.dose, 3), order.unit)


def course_text(visit: Visit) -> str:
    """`3/5`; a single visit has none."""
    course = visit.plan.course
    return f"{course.day}/{course.of}" if course else ""


_URGENCY = ("must", "mind", "know")


def _missing(visit: Visit, background: Background, rules: Rules, now: datetime) -> Iterator[Mark]:
    if not background.assigned:
        yield Mark("unassigned", "to be assigned", "must")
    at = max(now, visit.plan.start)
    points = start_points(visit, background, rules, at)
    if any(point.key == "consent" and point.open for point in points):
        given = background.acknowledged(visit, at)
        yield Mark("consent", "consent missing" if given is None else "new consent", "must")
    if background.patient is not None:
        for flag in background.patient.file.contraindications:
            yield Mark("contraindication", flag, "must")
    escorts = _escorts(visit, background)
    if not escorts:
        yield Mark("escort", "no escort", "mind")
    elif not escorts[0].confirmed:
        yield Mark("escort", f"escort {escorts[0].name}?", "know")


def _escorts(visit: Visit, background: Background) -> tuple[Escort, ...]:
    if visit.adult is not None:
        named = visit.adult.body
        return (Escort(named.name, named.phone, named.relation, confirmed=True),)
    if background.patient is None:
        return ()
    return tuple(Escort(e.name, e.phone, e.relation) for e in background.patient.file.escorts)


def _weight(visit: Visit, background: Background, timezone: str) -> tuple[Decimal | None, int | None]:
    """The last weight known, and how many calendar days old it is at the planned start."""
    start = clinic_day(visit.plan.start, timezone)
    known = [(clinic_day(w.at, timezone), w.body.kg) for w in visit.weights]
    if background.weight is not None:
        kg, at = background.weight
        known.append((clinic_day(at, timezone), kg))
    if background.patient is not None and (told := background.patient.file.weight) is not None:
        known.append((told.on, told.kg))
    if not known:
        return None, None
    on, kg = max(known, key=lambda weight: weight[0])
    return kg, max(0, (start - on).days)


def _weight_mark(background: Background, age: int | None, rules: Rules) -> Iterator[Mark]:
    if age is None and background.patient is not None:
        yield Mark("weight", "no weight", "mind")
    elif age is not None and age > rules.dose.weight_max_age_days:
        yield Mark("weight", f"weight {age} days old", "mind")


def _allergies(background: Background) -> Iterator[Mark]:
    named = background.patient.file.allergies if background.patient is not None else ()
    if named:
        yield Mark("allergy", f"{'allergy' if len(named) == 1 else 'allergies'}: {', '.join(named)}", "mind")


def _experience(before: int | None) -> Iterator[Mark]:
    if before == 0:
        yield Mark("first time", "first time", "mind")
    elif before is not None:
        yield Mark("experienced", f"{ordinal(before + 1)} infusion", "know")


def _usual_min(before: int | None, rules: Rules) -> int:
    usual = rules.recovery
    knows_it = (before or 0) >= usual.experienced_after_infusions
    return usual.usual_experienced_min if knows_it else usual.usual_min


def _early_start(before: int | None, usual: int, longest: int | None) -> str:
    if longest is not None and longest > usual:
        return f"took {longest // 60}:{longest % 60:02} to recover"
    return "first time" if before == 0 else ""


def _early_mark(early: str, *, late: bool) -> Iterator[Mark]:
    if late:
        yield Mark("early start", "start earlier: home after closing", "mind")
    elif early == "first time":
        yield Mark("early start", "early start", "know")
    elif early:
        yield Mark("early start", f"early start: {early}", "know")


def _off_guideline(background: Background, rules: Rules) -> Iterator[Mark]:
    if background.off_guideline(rules.start):
        yield Mark("off guideline", "off guideline", "know")


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`, `112th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
