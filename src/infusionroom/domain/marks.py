"""What marks people on a board at a moment: the alarms that stand, and how their vitals stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from infusionroom.domain.alarms import alarms_of
from infusionroom.domain.fold_person import vitals_due
from infusionroom.domain.room import Room

Mark = tuple[str, str, str, bool]


def marks_of(room: Room, now: datetime) -> frozenset[Mark]:
    """Who is marked by what at `now`: the visit, the mark, how loud it is, and whether it is silenced."""
    return frozenset(_marks(room, now))


def _marks(room: Room, now: datetime) -> Iterator[Mark]:
    if room.clinic is None:
        return
    rules = room.clinic.rules
    for visit in room.visits.values():
        if visit.here:
            yield visit.id, "vitals", vitals_due(visit, rules, now).kind, False
            for alarm in alarms_of(visit, rules, now):
                yield visit.id, alarm.key, alarm.priority, alarm.silenced
