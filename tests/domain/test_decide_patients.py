"""Patients' files: one person, one file, and what it says can be true."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.filing import BORN, Files, ruth
from tests.domain.playing import MONDAY

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.patients import patient_id_of
from infusionroom.domain.patient import Patient
from infusionroom.domain.visit import Phase, visit_id_of


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


def test_the_id_of_a_patient_follows_from_its_command() -> None:
    assert patient_id_of("abc") == visit_id_of("patient/abc")
