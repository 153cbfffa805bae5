"""Patients' files: one person, one file; a duplicate found, merged, and parted again when it was somebody else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.playing import MONDAY, Play

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.patients import patient_id_of
from infusionroom.domain.patient import Patient
from infusionroom.domain.visit import Phase, visit_id_of

BORN = date(1984, 3, 7)


def ruth(**changed: Any) -> ev.PatientFile:
    known: dict[str, Any] = {
        "family": "Marlowe",
        "given": "Ruth",
        "birth_date": BORN,
        "record_number": "R12",
        "icd10": "G90.511",
    }
    return ev.PatientFile(**{**known, **changed})


class Files(Play):
    """A room whose patients have files."""

    def registered(self, file: ev.PatientFile | None = None, **changed: Any) -> str:
        [entry] = self.do(cmd.RegisterPatient(file=file or ruth(), **changed))
        assert entry.stream == f"patient:{patient_id_of(entry.command)}"
        return patient_id_of(entry.command)

    def file(self, patient: str) -> ev.PatientFile:
        return self.room.patients[patient].file

    def booked(self, patient: str, number: int, start: str = "8:00", **changed: Any) -> str:
        """A visit of this patient, planned with the names of the file."""
        names = self.room.patients[patient].as_planned()
        return self.plan(number, start, patient=names, patient_id=patient, **changed)

    def refused_file(self, **changed: Any) -> list[str]:
        return self.rules(cmd.RegisterPatient(file=ruth(**changed)))


@pytest.fixture
def play() -> Files:
    play = Files(chairs=4)
    play.at("7:00")
    return play


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_kept_trimmed_and_its_code_in_one_spelling(play: Files) -> None:
    patient = play.registered(
        ruth(
            family=" Marlowe ",
            record_number=" R12",
            icd10="g90511",
            allergies=("latex", " latex ", " "),
            weight=ev.WeightOnFile(Decimal("80.50"), MONDAY),
            escorts=(ev.Contact(" Pat ", "555 0100"), ev.Contact("Pat", "555 0100")),
            contraindications=("pregnancy", "pregnancy"),
        )
    )
    file = play.file(patient)
    assert (file.family, file.record_number, file.icd10) == ("Marlowe", "R12", "G90.511")
    assert file.allergies == ("latex",)
    assert str(file.weight.kg if file.weight else "") == "80.5"
    assert file.escorts == (ev.Contact("Pat", "555 0100"),)
    assert file.contraindications == ("pregnancy",)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"family": "  "}, "name"),
        ({"family": "x" * 201}, "name"),
        ({"birth_date": MONDAY + timedelta(days=1)}, "birth_date"),
        ({"birth_date": date(1889, 12, 31)}, "birth_date"),
        ({"icd10": "G90.5"}, "icd10"),
        ({"icd10": "g9051"}, "icd10"),
        ({"icd10": "G90.52"}, "icd10"),
        ({"icd10": "CRPS"}, "icd10"),
        ({"weight": ev.WeightOnFile(Decimal(24), MONDAY)}, "impossible"),
        ({"weight": ev.WeightOnFile(Decimal("NaN"), MONDAY)}, "impossible"),
        ({"weight": ev.WeightOnFile(Decimal("1E+999999"), MONDAY)}, "impossible"),
        ({"weight": ev.WeightOnFile(Decimal(80), MONDAY + timedelta(days=1))}, "weight"),
        ({"weight": ev.WeightOnFile(Decimal(80), BORN - timedelta(days=1))}, "weight"),
        ({"allergies": ("latex",), "no_known_allergies": True}, "allergies"),
        ({"escorts": (ev.Contact(" "),)}, "escort"),
        ({"pain_physician": ev.PainPhysician(" ", "555 0100")}, "physician"),
        ({"note": "x" * 2001}, "too_long"),
        ({"record_number": "1" * 201}, "too_long"),
        ({"allergies": tuple(f"a{n}" for n in range(51))}, "too_long"),
        ({"infusions_elsewhere": -1}, "form"),
    ],
)
def test_what_no_patient_can_have_is_refused(play: Files, changed: dict[str, Any], rule: str) -> None:
    assert play.refused_file(**changed) == [rule]


def test_every_reason_is_named_at_once(play: Files) -> None:
    assert play.refused_file(family=" ", icd10="G90.5", birth_date=date(1700, 1, 1)) == [
        "name",
        "birth_date",
        "icd10",
    ]


def test_a_code_that_is_not_billable_comes_back_with_those_to_use(play: Files) -> None:
    [reason] = play.refused(cmd.RegisterPatient(file=ruth(icd10="G90.52")))
    assert reason.text == (
        "Indication: G90.52 is not billable: use one of G90.521, G90.522, G90.523, G90.529."
    )


def test_lyme_and_other_indications_have_a_file_too(play: Files) -> None:
    assert play.file(play.registered(ruth(icd10="a6920"))).icd10 == "A69.20"


def test_contraindications_are_flags_and_never_refuse(play: Files) -> None:
    patient = play.registered(ruth(contraindications=("pregnancy", "active psychosis")))
    assert play.file(patient).contraindications == ("pregnancy", "active psychosis")


def test_an_unlikely_weight_is_asked_once_and_not_again_with_the_next_change(play: Files) -> None:
    heavy = ruth(weight=ev.WeightOnFile(Decimal(171), MONDAY))
    [reason] = play.refused(cmd.RegisterPatient(file=heavy))
    assert (reason.rule, reason.confirmable) == ("unlikely", True)
    patient = play.registered(heavy, confirmed=True)
    play.do(cmd.ChangePatient(patient=patient, file=replace(heavy, allergies=("latex",))))
    heavier = replace(heavy, weight=ev.WeightOnFile(Decimal(172), MONDAY))
    assert play.rules(cmd.ChangePatient(patient=patient, file=heavier)) == ["unlikely"]


# ── who is it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_number_belongs_to_one_person(play: Files) -> None:
    play.registered()
    other = ruth(family="Abel", birth_date=None, record_number=" r12 ")
    [reason] = play.refused(cmd.RegisterPatient(file=other, confirmed=True))
    assert reason.rule == "record_number"
    assert "Marlowe Ruth, born 1984-03-07, record R12" in reason.text
    abel = play.registered(replace(other, record_number="R13"))
    assert play.rules(cmd.ChangePatient(patient=abel, file=other)) == ["record_number"]


def test_somebody_alike_is_asked_about_once(play: Files) -> None:
    play.registered()
    same = ruth(family="Marlow", given="Rae", record_number="R13")
    [reason] = play.refused(cmd.RegisterPatient(file=same))
    assert (reason.rule, reason.confirmable) == ("alike", True)
    assert reason.text == (
        "There is already Marlowe Ruth, born 1984-03-07, record R12: is it the same person?"
    )
    twin = play.registered(same, confirmed=True)
    play.do(cmd.ChangePatient(patient=twin, file=replace(same, note="twin of Ruth")))


@pytest.mark.parametrize(
    ("ours", "theirs", "asked"),
    [
        (BORN, BORN, True),
        (BORN, None, True),
        (None, BORN, True),
        (None, None, True),
        (BORN, date(1985, 3, 7), False),
    ],
)
def test_a_birth_date_tells_namesakes_apart(
    play: Files, ours: date | None, theirs: date | None, asked: bool
) -> None:
    play.registered(ruth(birth_date=theirs))
    command = cmd.RegisterPatient(file=ruth(birth_date=ours, record_number=""))
    if asked:
        assert play.rules(command) == ["alike"]
    else:
        play.do(command)


def test_whoever_was_looked_up_counts_like_whoever_is_here_today(play: Files) -> None:
    stranger = Patient(id="elsewhere", version=1, file=ruth(), registered_at=play.now)
    play.room = replace(play.room, alike={stranger.id: stranger})
    assert play.refused_file(record_number="") == ["alike"]
    assert play.refused_file(family="Abel") == ["record_number"]
    merged = replace(stranger, merged_into="somebody")
    play.room = replace(play.room, alike={merged.id: merged})
    play.registered()


def test_a_change_of_name_is_looked_at_like_a_new_one(play: Files) -> None:
    play.registered()
    abel = play.registered(ruth(family="Abel", record_number="R13"))
    married = ruth(record_number="R13")
    assert play.rules(cmd.ChangePatient(patient=abel, file=married)) == ["alike"]
    play.do(cmd.ChangePatient(patient=abel, file=married, confirmed=True))


def test_nobody_is_nobody(play: Files) -> None:
    patient = play.registered()
    assert play.rules(cmd.ChangePatient(patient="nobody", file=ruth())) == ["unknown_patient"]
    assert play.rules(cmd.MergePatients(patient=patient, into="nobody", why="x")) == ["unknown_patient"]
    assert play.rules(cmd.MergePatients(patient="nobody", into=patient, why="x")) == ["unknown_patient"]
    assert play.rules(cmd.PartPatients(patient="nobody", why="x")) == ["unknown_patient"]


# ── changing ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_that_changes_nothing_is_refused(play: Files) -> None:
    patient = play.registered()
    assert play.rules(cmd.ChangePatient(patient=patient, file=ruth(icd10="g90.511 "))) == ["unchanged"]


def test_a_new_name_reaches_the_visits_still_to_come_and_no_other(play: Files) -> None:
    patient = play.registered()
    over, off, to_come = (play.booked(patient, n) for n in (1, 2, 3))
    stranger = play.plan(4)
    play.do(cmd.Arrive(visit=over))
    play.do(cmd.TurnAway(visit=over, why="fever"))
    play.do(cmd.CancelVisit(visit=off))
    entries = play.do(
        cmd.ChangePatient(patient=patient, file=ruth(family="Abel", infusions_elsewhere=3), why="married")
    )
    assert [e.stream for e in entries] == [f"patient:{patient}", f"visit:{to_come}"]
    assert play.visit(to_come).patient.family == "Abel"
    assert play.visit(to_come).patient.infusions_before == 3
    assert play.visit(over).patient.family == "Marlowe"
    assert play.visit(off).phase is Phase.CANCELLED
    assert play.visit(stranger).patient.family == "Marlowe4"


def test_a_new_weight_leaves_the_plans_alone(play: Files) -> None:
    patient = play.registered()
    play.booked(patient, 1)
    file = ruth(weight=ev.WeightOnFile(Decimal(80), MONDAY))
    [entry] = play.do(cmd.ChangePatient(patient=patient, file=file))
    assert entry.kind == "patient_changed"


def test_what_a_sender_said_of_infusions_before_outlives_a_file_that_says_nothing(play: Files) -> None:
    patient = play.registered()
    visit = play.plan(1, patient=ev.Patient("Marlow", infusions_before=4), patient_id=patient)
    play.do(cmd.ChangePatient(patient=patient, file=ruth(given="Rae")))
    assert play.visit(visit).patient == ev.Patient("Marlowe", "Rae", BORN, "R12", 4)


# ── merging and parting ─────────────────────────────────────────────────────────────────────────────────────


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


def test_the_id_of_a_patient_follows_from_its_command() -> None:
    assert patient_id_of("abc") == visit_id_of("patient/abc")
