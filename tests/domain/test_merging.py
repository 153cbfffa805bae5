"""A duplicate found, merged, and parted again when it was somebody else after all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.filing import Files, ruth

from infusionroom.domain import commands as cmd
from infusionroom.domain.visit import Phase


@pytest.fixture
def play() -> Files:
    play = Files(chairs=4)
    play.at("7:00")
    return play


@pytest.fixture
def twice(play: Files) -> tuple[str, str]:
    """The same person, typed in twice: the duplicate, and whose file is to hold."""
    into = play.registered()
    duplicate = play.registered(ruth(given="Ruthie", record_number="X1", birth_date=None), confirmed=True)
    return duplicate, into


def test_a_duplicate_goes_on_under_the_other_file(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    visit, cancelled = play.booked(duplicate, 1), play.booked(duplicate, 2)
    play.do(cmd.CancelVisit(visit=cancelled))
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    holds = play.room.patient(duplicate)
    assert holds is not None
    assert holds.id == into
    plan = play.visit(visit).plan
    assert (plan.patient_id, plan.patient.given, plan.patient.record_number) == (into, "Ruth", "R12")
    assert play.visit(cancelled).phase is Phase.CANCELLED
    assert play.rules(cmd.ChangePatient(patient=duplicate, file=ruth())) == ["merged"]


def test_a_duplicate_who_is_here_may_be_merged(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    visit = play.booked(duplicate, 1)
    play.do(cmd.Arrive(visit=visit))
    play.do(cmd.Seat(visit=visit, chair=2))
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    assert play.visit(visit).phase is Phase.SEATED
    assert play.visit(visit).patient.record_number == "R12"
    play.do(cmd.PartPatients(patient=duplicate, why="two people"))
    assert play.visit(visit).patient.record_number == "X1"


def test_two_who_both_sit_here_are_two_people(play: Files, twice: tuple[str, str]) -> None:
    for number, patient in enumerate(twice, start=1):
        visit = play.booked(patient, number)
        play.do(cmd.Arrive(visit=visit))
        play.do(cmd.Seat(visit=visit, chair=number))
    duplicate, into = twice
    command = cmd.MergePatients(patient=duplicate, into=into, why="typed twice")
    [reason] = play.refused(command)
    assert reason.text == "Merge: both sit here now, in chairs 1 and 2; they are two people."


def test_the_infusions_of_both_files_count_once_they_are_one(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    first = play.booked(duplicate, 1)
    play.do(cmd.Arrive(visit=first))
    play.do(cmd.Seat(visit=first, chair=1))
    row = next(iter(play.room.past[duplicate].values()))
    infused = replace(row, started_at=play.now - timedelta(days=7))
    theirs, own = replace(infused, visit="theirs"), replace(infused, visit="own")
    play.room = replace(play.room, past={duplicate: {"theirs": theirs}, into: {"own": own}})
    play.do(cmd.TurnAway(visit=first, why="fever"))
    to_come = play.booked(duplicate, 2, "15:00")
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    assert play.visit(to_come).patient.infusions_before == 2


def test_a_file_is_merged_once_and_never_in_a_circle(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    third = play.registered(ruth(family="Abel", record_number="R13"))
    assert play.rules(cmd.MergePatients(patient=into, into=into, why="x")) == ["itself"]
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    assert play.rules(cmd.MergePatients(patient=into, into=duplicate, why="x")) == ["circle"]
    assert play.rules(cmd.MergePatients(patient=third, into=duplicate, why="x")) == ["merged"]
    assert play.rules(cmd.MergePatients(patient=duplicate, into=third, why="x")) == ["merged"]
    assert play.rules(cmd.PartPatients(patient=into, why="x")) == ["not_merged"]


def test_a_chain_of_merges_is_parted_link_by_link(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    third = play.registered(ruth(family="Abel", record_number="R13"))
    visit = play.booked(duplicate, 1)
    before = play.visit(visit).plan
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    play.do(cmd.MergePatients(patient=into, into=third, why="married"))
    assert play.visit(visit).plan.patient_id == third
    play.do(cmd.PartPatients(patient=duplicate, why="a cousin"))
    assert play.visit(visit).plan == before
    play.do(cmd.PartPatients(patient=into, why="a cousin too"))
    assert play.visit(visit).plan == before


def test_a_merged_number_is_free_and_parting_asks_for_it_back(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    play.do(cmd.ChangePatient(patient=into, file=ruth(record_number="X1")))
    assert play.rules(cmd.PartPatients(patient=duplicate, why="x")) == ["record_number"]
    play.do(cmd.ChangePatient(patient=into, file=ruth()))
    play.do(cmd.PartPatients(patient=duplicate, why="two people"))
    assert play.room.patients[duplicate].merged_into == ""


def test_what_was_given_to_somebody_else_since_stays_there(play: Files, twice: tuple[str, str]) -> None:
    duplicate, into = twice
    third = play.registered(ruth(family="Abel", record_number="R13"))
    visit = play.booked(duplicate, 1)
    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    given_on = replace(play.visit(visit).plan, patient_id=third)
    play.do(cmd.ChangePlan(visit=visit, plan=given_on))
    assert play.visit(visit).patient.family == "Abel"
    [entry] = play.do(cmd.PartPatients(patient=duplicate, why="two people"))
    assert entry.kind == "undone"
    assert play.visit(visit).plan.patient_id == third


@settings(max_examples=60, deadline=None)
@given(
    visits=st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.booleans()), max_size=6),
    elsewhere=st.sampled_from([None, 0, 5]),
    moved=st.sets(st.integers(0, 5)),
    renamed=st.booleans(),
)
def test_merging_and_parting_gives_back_the_files_and_every_visit_to_come(
    visits: list[tuple[int, bool]], elsewhere: int | None, moved: set[int], renamed: bool
) -> None:
    """Whatever was moved on the calendar meanwhile stays moved; whose visit it is goes back."""
    play = Files()
    play.at("7:00")
    people = [
        play.registered(
            ruth(given=given, record_number=f"R{given}", infusions_elsewhere=elsewhere), confirmed=True
        )
        for given in ("Ruth", "Ruthie", "Rae")
    ]
    into, duplicate, _ = people
    booked: list[str] = []
    for number, (whose, gone) in enumerate(visits):
        booked.append(play.booked(people[whose], number + 1, duration_min=240))
        if gone:
            play.do(cmd.MarkNoShow(visit=booked[-1]))
    files, plans = (
        {p: play.file(p) for p in people},
        {v: (play.visit(v).plan, play.visit(v).phase) for v in booked},
    )

    play.do(cmd.MergePatients(patient=duplicate, into=into, why="typed twice"))
    for visit in booked:
        if play.visit(visit).phase is Phase.PLANNED:
            assert play.visit(visit).plan.patient_id != duplicate
    late = play.time("11:00")
    for number in sorted(moved):
        if number < len(booked) and play.visit(booked[number]).phase is Phase.PLANNED:
            plan, phase = plans[booked[number]]
            here = play.visit(booked[number]).plan
            play.do(cmd.ChangePlan(visit=booked[number], plan=replace(here, start=late)))
            plans[booked[number]] = (replace(plan, start=late), phase)
    if renamed:
        married = replace(files[into], given="Ruby")
        play.do(cmd.ChangePatient(patient=into, file=married, confirmed=True))
        play.do(cmd.ChangePatient(patient=into, file=files[into], confirmed=True))
    play.do(cmd.PartPatients(patient=duplicate, why="two people"))

    assert {p: play.file(p) for p in people} == files
    assert all(play.room.patients[p].merged_into == "" for p in people)
    assert {v: (play.visit(v).plan, play.visit(v).phase) for v in booked} == plans
