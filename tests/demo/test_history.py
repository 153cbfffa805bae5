"""A made-up past: written fast, and yet as sound as if every command had been given by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from infusionroom.bootstrap import open_room
from infusionroom.demo.history import VISITS_A_DAY, write_history
from infusionroom.demo.people import CHARGE_NURSE
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Board
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import Phase, visit_id_of
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

MONDAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)


@pytest.fixture
def room(sqlite_url: str) -> RoomService:
    return open_room(sqlite_url, clock=FrozenClock(MORNING))


def _board(room: RoomService) -> Board:
    return room.board()


def test_whole_days_leave_a_sound_store_with_nobody_in_a_chair(room: RoomService) -> None:
    written = write_history(room, 60, until=MONDAY)
    assert written == 5 * VISITS_A_DAY
    records = room.store.records()
    assert len(records) == written
    assert {r.day.weekday() for r in records} == {0, 1, 2, 3, 4}
    assert max(r.day for r in records) == MONDAY - timedelta(days=3)
    assert sum(r.phase == Phase.LEFT for r in records) == 5 * 11
    assert room.store.seats() == {}
    assert room.store.problems() == []
    assert _board(room).counts.to_come == 0
    room.close()


def test_a_brief_past_is_sound_too_and_the_day_goes_on_after_it(room: RoomService) -> None:
    assert write_history(room, 120, until=MONDAY, brief=True) == 120
    assert room.store.problems() == []
    assert {r.phase for r in room.store.records()} == {Phase.NO_SHOW}
    plan = ev.Plan(
        patient=ev.Patient("Petrov", "Ilya"), start=MORNING, appointment=ev.Appointment(placer="today")
    )
    assert isinstance(room.execute(cmd.PlanVisit(plan=plan), actor=CHARGE_NURSE, terminal="desk"), Done)
    room.refresh()
    assert room.state.visits.keys() == {visit_id_of("today/")}
    assert _board(room).counts.to_come == 1
    room.close()


def test_what_was_projected_is_what_a_rebuild_projects(room: RoomService) -> None:
    from infusionroom.domain.record import record_of

    write_history(room, 13, until=MONDAY)
    clinic = room.state.clinic
    assert clinic
    for record in room.store.records():
        visit = room.visit(record.visit)
        assert visit
        assert record_of(visit, clinic) == record
    room.close()
