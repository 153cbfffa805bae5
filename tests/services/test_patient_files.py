"""Patients' files in a store: what a command is about is read first, whatever day its visits are on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.patients import patient_id_of
from infusionroom.domain.outcome import Done, Refused
from infusionroom.domain.visit import visit_id_of
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
RUTH = ev.PatientFile(family="Marlowe", given="Ruth", birth_date=date(1984, 3, 7), record_number="R12")
TWICE = ev.PatientFile(family="Marlow", given="Ruthie", record_number="X1")


@pytest.fixture
def room(store_url: str) -> Iterator[RoomService]:
    service = open_room(store_url, clock=FrozenClock(NOW))
    done(
        service,
        cmd.SetUpRoom(
            name="North",
            timezone="America/New_York",
            opens=time(7),
            closes=time(18),
            chairs=4,
            first_user="Lee",
        ),
    )
    yield service
    service.close()


def done(room: RoomService, command: cmd.Command) -> Done:
    outcome = room.execute(command, actor="Lee", terminal="desk")
    assert isinstance(outcome, Done), outcome
    return outcome


def refused(room: RoomService, command: cmd.Command) -> list[str]:
    outcome = room.execute(command, actor="Lee", terminal="desk")
    assert isinstance(outcome, Refused), outcome
    return [reason.rule for reason in outcome.reasons]


def registered(room: RoomService, file: ev.PatientFile) -> str:
    return patient_id_of(done(room, cmd.RegisterPatient(file=file, confirmed=True)).command)


def planned(room: RoomService, patient: str, number: int, in_days: int) -> str:
    plan = ev.Plan(
        patient=ev.Patient("Marlow"),
        start=NOW + timedelta(days=in_days),
        appointment=ev.Appointment("P", str(number)),
        patient_id=patient,
        source="hospital",
    )
    done(room, cmd.PlanVisit(plan=plan))
    return visit_id_of(f"P/{number}")


def plan_of(room: RoomService, visit: str) -> ev.Plan:
    known = room.visit(visit)
    assert known is not None
    return known.plan


def test_a_file_is_known_to_whoever_registers_the_next_one(room: RoomService) -> None:
    registered(room, RUTH)
    room.reload()
    assert refused(room, cmd.RegisterPatient(file=replace(RUTH, record_number="R13"))) == ["alike"]
    abel = replace(RUTH, family="Abel", record_number="r12")
    assert refused(room, cmd.RegisterPatient(file=abel)) == ["record_number"]


def test_a_new_name_reaches_a_visit_of_next_week(room: RoomService) -> None:
    patient = registered(room, RUTH)
    visit = planned(room, patient, 1, in_days=7)
    room.reload()
    done(room, cmd.ChangePatient(patient=patient, file=replace(RUTH, family="Abel")))
    assert plan_of(room, visit).patient.family == "Abel"


def test_a_merge_moves_the_visits_to_come_and_parting_takes_them_back(room: RoomService) -> None:
    into, duplicate = registered(room, RUTH), registered(room, TWICE)
    theirs, own = planned(room, duplicate, 1, in_days=7), planned(room, into, 2, in_days=8)
    before = plan_of(room, theirs)
    done(room, cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    assert plan_of(room, theirs).patient_id == into
    room.reload()
    done(room, cmd.PartPatients(patient=duplicate, why="two people"))
    assert plan_of(room, theirs) == before
    assert plan_of(room, own).patient_id == into


def test_files_without_any_visit_are_merged_and_parted_too(room: RoomService) -> None:
    into, duplicate = registered(room, RUTH), registered(room, TWICE)
    room.reload()
    done(room, cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    done(room, cmd.PartPatients(patient=duplicate, why="two people"))
    assert refused(room, cmd.PartPatients(patient=duplicate, why="two people")) == ["not_merged"]


def test_a_number_that_somebody_else_took_meanwhile_is_not_given_back(room: RoomService) -> None:
    into, duplicate = registered(room, RUTH), registered(room, TWICE)
    done(room, cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    registered(room, replace(RUTH, family="Abel", record_number="x1"))
    room.reload()
    assert refused(room, cmd.PartPatients(patient=duplicate, why="two people")) == ["record_number"]
