"""What a nurse who looks at the board can take over next: the open work of a room, as commands ready to be given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec.structs import replace
from tests.consenting import consent
from tests.domain.playing import GOOD_ALDRETE, GOOD_PADSS, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Rules
from infusionroom.domain.fold_person import vitals_due
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.room import ChairState, Room
from infusionroom.domain.visit import NOT_COMING, Phase, Visit

EARLY = timedelta(minutes=20)
APART = timedelta(minutes=15)
INFUSED_MIN = 60

_FACTS_BEFORE: dict[str, Callable[[datetime], ev.Fact]] = {
    "identity": lambda _: ev.Identified(by=("name", "birth_date")),
    "consent": lambda at: consent((at - timedelta(days=3)).date()),
    "weight": lambda _: ev.Weighed(kg=Decimal(80)),
    "baseline_vitals": lambda _: vitals(),
    "baseline_pain": lambda _: ev.PainRated(nrs=7),
    "responsible_adult": lambda _: ev.AdultNamed(name="Pat"),
    "iv_site": lambda _: ev.IvPlaced(site="left forearm"),
}
_FACTS_AFTER: dict[str, ev.Fact] = {
    "aldrete": GOOD_ALDRETE,
    "padss": GOOD_PADSS,
    "oriented": ev.OrientationChecked(oriented=True),
    "iv_out": ev.IvRemoved(site_check="clean"),
    "escort": ev.EscortPresent(name="Pat"),
    "instructions": ev.InstructionsGiven(phone="555 0100"),
    "oral_ketamine": ev.OralKetamineArranged(prescribed_by="Dr Roy", taught=True),
    "next_visit": ev.NextVisitArranged(what="call on Friday"),
}


def over(room: Room) -> bool:
    """Whether everybody has come and gone, and every chair is clean again."""
    return all(visit.phase in {Phase.LEFT, *NOT_COMING} for visit in room.visits.values()) and not _dirty(
        room
    )


def open_work(
    room: Room,
    at: datetime,
    nurse: str | None,
    chance: Random,
    takes_over: Callable[[str], bool] = lambda of: True,
) -> list[cmd.Command]:
    """All that `nurse` (or anybody) could do now, each with the version of what it was seen on.

    `takes_over` says of whose visit, or of which chair (its number), work is looked for at all.
    """
    assert room.clinic is not None
    work: list[cmd.Command] = [
        cmd.CleanChair(chair=number, at=at, expected_version=room.chair(number).version)
        for number in _dirty(room)
        if takes_over(str(number))
    ]
    for visit in room.visits.values():
        if takes_over(visit.id):
            found = _next(room, visit, room.clinic.rules, at, nurse, chance)
            work += [replace(command, at=at, expected_version=visit.version) for command in found]
    return work


def _dirty(room: Room) -> list[int]:
    assert room.clinic is not None
    return [n for n in range(1, room.clinic.chairs + 1) if _state(room, n) is ChairState.CLEANING]


def _state(room: Room, chair: int) -> ChairState:
    return ChairState.OCCUPIED if room.occupant(chair) else room.state_unless_taken(chair)


def _next(
    room: Room, visit: Visit, rules: Rules, at: datetime, nurse: str | None, chance: Random
) -> Iterator[cmd.Command]:
    match visit.phase:
        case Phase.PLANNED if at >= visit.plan.start - EARLY:
            yield cmd.Arrive(visit=visit.id)
        case Phase.ARRIVED:
            assert room.clinic is not None
            free = [n for n in range(1, room.clinic.chairs + 1) if _state(room, n) is ChairState.OPEN]
            if free:
                yield cmd.Seat(visit=visit.id, chair=chance.choice(free))
        case Phase.SEATED:
            yield from _before_the_start(room, visit, rules, at, nurse)
        case Phase.INFUSING:
            yield from _while_it_runs(visit, rules, at, chance)
        case Phase.PAUSED:
            yield cmd.Resume(visit=visit.id)
        case Phase.RECOVERING:
            yield from _before_the_way_home(room, visit, rules, at)
        case Phase.READY:
            if at - visit.vitals[-1].at > timedelta(minutes=rules.vitals.discharge_max_age_min - 5):
                yield cmd.Record(visit=visit.id, fact=vitals())
            yield cmd.Leave(visit=visit.id, accompanied_by="Pat")
        case _:
            return


def _before_the_start(
    room: Room, visit: Visit, rules: Rules, at: datetime, nurse: str | None
) -> Iterator[cmd.Command]:
    missing = [p.key for p in start_points(visit, room.background(visit), rules, at) if p.open]
    for point in missing:
        if point in _FACTS_BEFORE:
            yield cmd.Record(visit=visit.id, fact=_FACTS_BEFORE[point](at))
    if "order" in missing and "weight" not in missing:
        yield cmd.Order(
            visit=visit.id, basis="mg_per_h", dose=Decimal(25), prescriber="Dr Roy", duration_min=INFUSED_MIN
        )
    elif "double_check" in missing and visit.order is not None and visit.order.by != nurse:
        order = visit.order.body
        yield cmd.DoubleCheck(
            visit=visit.id,
            drug=order.drug,
            concentration_mg_ml=order.concentration_mg_ml,
            rate_ml_h=order.rate_ml_h,
            patient=visit.patient.record_number,
        )
    if not missing:
        yield cmd.Start(visit=visit.id)


def _while_it_runs(visit: Visit, rules: Rules, at: datetime, chance: Random) -> Iterator[cmd.Command]:
    assert visit.infusion is not None
    if visit.infusion.left_s(at) <= 0:
        yield cmd.Stop(visit=visit.id)
    elif vitals_due(visit, rules, at).kind not in ("none", "in"):
        yield cmd.Record(visit=visit.id, fact=vitals())
    elif not visit.infusion.pauses and chance.random() < 0.02:
        yield cmd.Pause(visit=visit.id, why="nausea")


def _before_the_way_home(room: Room, visit: Visit, rules: Rules, at: datetime) -> Iterator[cmd.Command]:
    missing = [p.key for p in discharge_points(visit, room.background(visit), rules, at) if p.open]
    for point in missing:
        if point in _FACTS_AFTER:
            yield cmd.Record(visit=visit.id, fact=_FACTS_AFTER[point])
    taken = [v.at for v in visit.vitals if visit.stopped_at is not None and v.at >= visit.stopped_at]
    if {"vitals", "moaas"} & {*missing} and (not taken or at - taken[-1] >= APART):
        yield cmd.Record(visit=visit.id, fact=vitals())
    if missing == ["signed"]:
        yield cmd.SignOff(visit=visit.id)
