"""`evolve` for the whole room: one entry of any stream → the room after it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Clinic, with_rule
from infusionroom.domain.evolve import evolve as evolve_visit
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM, STAFF_STREAM, Chair, Person, Room
from infusionroom.domain.visit import VISIT_STREAM, Visit


def evolve(room: Room, entries: Iterable[Entry]) -> Room:
    """The room after these entries, in journal order. Visits that it did not hold yet begin with their plan.

    An entry of a visit whose beginning was never loaded is passed over: load its stream first.
    """
    clinic = room.clinic
    chairs, visits = dict(room.chairs), dict(room.visits)
    people, versions = dict(room.people), dict(room.versions)
    head = room.head
    for entry in entries:
        head = max(head, entry.id)
        if entry.stream.startswith(VISIT_STREAM):
            _visit(visits, entry)
        elif entry.stream.startswith(CHAIR_STREAM):
            number = int(entry.stream.removeprefix(CHAIR_STREAM))
            chairs[number] = _chair(chairs.get(number, Chair(number)), entry)
        elif entry.stream == ROOM_STREAM:
            clinic = _clinic(clinic, entry.body)
        elif entry.stream == STAFF_STREAM and isinstance(entry.body, ev.PersonAdded):
            people[entry.body.name] = Person(entry.body.name, entry.body.role)
        versions[entry.stream] = entry.version
    return Room(clinic, chairs, visits, people, head, versions, room.infusions_here, room.weights_here)


def _visit(visits: dict[str, Visit], entry: Entry) -> None:
    visit_id = entry.stream.removeprefix(VISIT_STREAM)
    known = visits.get(visit_id)
    if known is None and entry.version != 1:
        return
    if known is None or entry.version > known.version:
        visits[visit_id] = evolve_visit(known, entry)


def _chair(chair: Chair, entry: Entry) -> Chair:
    at = entry.happened_at
    before = replace(chair, last=None, before=None)
    match entry.body:
        case ev.Undone(target=target):
            if chair.last is None or chair.last.id != target or chair.before is None:
                return replace(chair, version=entry.version)
            return replace(chair.before, version=entry.version)
        case ev.ChairVacated():
            chair = replace(chair, cleaning_since=at)
        case ev.ChairCleaned():
            chair = replace(chair, cleaning_since=None)
        case ev.ChairOutOfService(why=why):
            chair = replace(chair, out_since=at, out_why=why)
        case ev.ChairInService():
            chair = replace(chair, out_since=None, out_why="")
        case _:
            pass
    return replace(chair, version=entry.version, changed_at=at, last=entry, before=before)


def _clinic(clinic: Clinic | None, body: ev.Event) -> Clinic | None:
    match body:
        case ev.RoomSetUp():
            return Clinic(body.name, body.timezone, body.opens, body.closes, body.chairs)
        case ev.RoomChanged() if clinic:
            return replace(
                clinic,
                name=body.name or clinic.name,
                opens=body.opens or clinic.opens,
                closes=body.closes or clinic.closes,
                chairs=body.chairs or clinic.chairs,
            )
        case ev.RuleChanged() if clinic:
            return replace(clinic, rules=with_rule(clinic.rules, body.name, body.value))
        case _:
            return clinic
