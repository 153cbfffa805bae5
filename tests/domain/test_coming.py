"""What is special about the next patient, and what is to do of courses that are over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.domain.course_paper import booked, course
from tests.domain.playing import MONDAY, Play

from infusionroom.domain import events as ev
from infusionroom.domain.board import ToComeLine
from infusionroom.domain.coming import Coming, ordinal, special_of
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.record import record_of
from infusionroom.domain.room import Room

USUAL: dict[str, Any] = {
    "family": "Marlowe",
    "given": "Ruth",
    "birth_date": date(1971, 3, 14),
    "record_number": "K-Mar",
    "infusions_elsewhere": 0,
    "indication": "CRPS I, right arm",
    "icd10": "G90.511",
    "weight": ev.WeightOnFile(kg=Decimal(70), on=date(2026, 11, 20)),
    "escorts": (ev.Contact(name="Ada Marlowe", phone="555-0100", relation="sister"),),
}


class Clinic:
    """A room in which one patient's course of five days is booked from Monday on; asked the Sunday before."""

    def __init__(self, start: str = "8:00", **said: Any) -> None:
        self.play = Play()
        target = {key: said.pop(key) for key in ("dose", "cap", "basis") if key in said}
        self.course = course(**target)
        starts = [self.play.time(start, MONDAY + timedelta(days=day)) for day in range(5)]
        self.tell(
            booked(
                self.play.room,
                self.course,
                starts,
                entries=len(self.play.entries),
                file=ev.PatientFile(**{**USUAL, **said}),
            )
        )

    def tell(self, entries: list[Any]) -> None:
        self.play.entries += entries
        self.play.room = evolve(self.play.room, entries)

    def happens(self, stream: str, body: ev.Event) -> None:
        version = self.play.room.versions.get(stream, 0)
        last = self.play.entries[-1]
        self.tell(
            [
                msgspec.structs.replace(
                    last,
                    id=last.id + 1,
                    stream=stream,
                    version=version + 1,
                    happened_at=self.play.now,
                    recorded_at=self.play.now,
                    body=body,
                    command=f"told {last.id}",
                )
            ]
        )

    def special(self, visit: str = "v1", room: Room | None = None, **changed: Any) -> Coming:
        room = room or self.play.room
        clinic = room.clinic
        assert clinic is not None
        found = room.visits[visit]
        background = msgspec.structs.replace(room.background(found), **changed)
        closes = self.play.time("18:00")
        return special_of(found, background, clinic.rules, self.play.now, clinic.timezone, closes_at=closes)

    def marks(self, **changed: Any) -> list[str]:
        return [mark.text for mark in self.special(**changed).marks]


def test_the_next_patient_with_everything_special_about_them_the_most_urgent_first() -> None:
    clinic = Clinic(
        weight=ev.WeightOnFile(kg=Decimal(70), on=MONDAY - timedelta(days=42)),
        allergies=("latex",),
        contraindications=("pregnancy",),
        icd10="A69.2",
        escorts=(),
    )
    special = clinic.special()
    assert [(mark.text, mark.tone) for mark in special.marks] == [
        ("consent missing", "must"),
        ("pregnancy", "must"),
        ("no escort", "mind"),
        ("weight 42 days old", "mind"),
        ("allergy: latex", "mind"),
        ("first time", "mind"),
        ("early start", "know"),
        ("off guideline", "know"),
    ]
    assert (special.course, special.dose) == ("1/5", "0.3 mg/kg/h")


def test_what_is_good_to_know_stands_after_what_is_to_be_thought_of() -> None:
    clinic = Clinic(weight=None, infusions_elsewhere=3)
    assert [mark.text for mark in clinic.special(longest_recovery_min=190).marks] == [
        "consent missing",
        "no weight",
        "escort Ada Marlowe?",
        "4th infusion",
        "early start: took 3:10 to recover",
    ]


def test_who_belongs_to_no_course_is_to_be_assigned_and_never_guessed() -> None:
    play = Play()
    play.plan(1)
    [line] = play.board().to_come
    assert line.marks[0].text == "to be assigned"
    assert line.dose == ""


# ── consent ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_consent_counts_until_another_version_is_in_force() -> None:
    clinic = Clinic()
    clinic.happens(
        "course:c1",
        ev.ConsentAcknowledged(version="1", clauses=("no guarantee",), name="R", signed_on=MONDAY),
    )
    assert "consent missing" not in clinic.marks()
    assert "new consent" not in clinic.marks()
    clinic.play.later(5)
    assert clinic.play.room.clinic is not None
    clauses = clinic.play.room.clinic.consent.clauses
    clinic.happens("room", ev.ConsentPublished(version="2", text="New words.", clauses=clauses))
    assert "new consent" in clinic.marks()


# ── escort ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_escort_on_file_is_shown_softly_until_named_for_the_day() -> None:
    clinic = Clinic()
    [mark] = [mark for mark in clinic.special().marks if mark.kind == "escort"]
    assert (mark.text, mark.tone) == ("escort Ada Marlowe?", "know")
    clinic.happens("visit:v1", ev.AdultNamed(name="Ben", phone="555-0111"))
    special = clinic.special()
    assert not [mark for mark in special.marks if mark.kind == "escort"]
    assert [(e.name, e.confirmed) for e in special.escorts] == [("Ben", True)]


# ── weight ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("days", "shown"), [(30, None), (31, "weight 31 days old"), (0, None)])
def test_a_weight_is_too_old_at_the_planned_start(days: int, shown: str | None) -> None:
    clinic = Clinic(weight=ev.WeightOnFile(kg=Decimal(70), on=MONDAY - timedelta(days=days)))
    found = [mark.text for mark in clinic.special().marks if mark.kind == "weight"]
    assert found == ([shown] if shown else [])


def test_the_latest_weight_counts_wherever_it_was_taken() -> None:
    clinic = Clinic(weight=ev.WeightOnFile(kg=Decimal(70), on=MONDAY - timedelta(days=50)))
    here = (Decimal(72), clinic.play.time("9:00", MONDAY - timedelta(days=3)))
    assert clinic.special(weight=here).weight_kg == 72
    assert clinic.special(weight=here).weight_age_days == 3
    clinic.happens("visit:v1", ev.Weighed(kg=Decimal(71)))
    assert clinic.special(weight=here).weight_kg == 71


def test_without_any_weight_the_dose_is_known_per_kilogram_and_the_weight_is_missing() -> None:
    special = Clinic(weight=None).special()
    assert "no weight" in [mark.text for mark in special.marks]
    assert special.dose == "0.3 mg/kg/h"
    assert special.order is not None
    assert special.order.rate is None


def test_a_cap_is_what_will_be_given() -> None:
    assert Clinic(dose="0.35", cap="10").special().dose == "10 mg/h"
    assert Clinic(dose="20", basis="mg_per_h").special().dose == "12 mg/h"


# ── experience and early starts ─────────────────────────────────────────────────────────────────────────────


def test_who_has_been_here_before_is_told_by_number() -> None:
    marks = Clinic(infusions_elsewhere=11).marks()
    assert "12th infusion" in marks
    assert "first time" not in marks
    assert "early start" not in marks


def test_nothing_is_said_of_experience_that_nobody_asked_about() -> None:
    marks = Clinic(infusions_elsewhere=None).marks(infusions_before=None)
    assert not [text for text in marks if "infusion" in text or text == "first time"]


def test_who_is_known_to_recover_slowly_needs_an_early_start() -> None:
    clinic = Clinic(infusions_elsewhere=3)
    assert "early start: took 3:10 to recover" in clinic.marks(longest_recovery_min=190)
    assert clinic.special(longest_recovery_min=190).home_by == clinic.play.time("15:10", MONDAY)
    assert not clinic.special(longest_recovery_min=55).early_start


def test_a_start_from_which_nobody_is_home_before_closing_says_so() -> None:
    assert "start earlier: home after closing" in Clinic("12:15").marks()
    assert "start earlier: home after closing" not in Clinic("12:00").marks()


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st")],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


# ── on the board ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_board_shows_it_and_the_last_day_asks_for_oral_ketamine() -> None:
    clinic = Clinic()
    [line] = clinic.play.board().to_come
    assert isinstance(line, ToComeLine)
    assert line.dose == "0.3 mg/kg/h"
    assert line.marks[0].text == "consent missing"
    assert not clinic.special().last_day
    assert not clinic.special().oral_due


def _gone_home(clinic: Clinic, days_ago: int) -> None:
    """The course was stopped after its first day, so many days before the board's day."""
    room = clinic.play.room
    assert room.clinic is not None
    row = record_of(room.visits["v1"], room.clinic)
    began = clinic.play.time("8:00", MONDAY - timedelta(days=days_ago))
    left = began + timedelta(hours=6)
    row = msgspec.structs.replace(
        row, started_at=began, stopped_at=began + timedelta(hours=4), left_at=left, phase="left"
    )
    clinic.play.now = left
    clinic.happens("course:c1", ev.CourseStopped(reason="result reached", freed=(2, 3, 4, 5)))
    clinic.play.at("8:00")
    clinic.play.room = msgspec.structs.replace(clinic.play.room, past={"p1": {"v1": row}}, visits={})


def test_what_is_due_of_a_course_stands_on_the_board_until_it_is_done() -> None:
    clinic = Clinic()
    _gone_home(clinic, 4)
    tasks = clinic.play.board().tasks
    assert [(task.kind, task.due_on, task.call) for task in tasks] == [
        ("prescribe", MONDAY - timedelta(days=4), None),
        ("call", MONDAY - timedelta(days=3), 1),
    ]
    assert {(task.who.short, task.course, task.patient) for task in tasks} == {("Marlowe R", "c1", "p1")}
    clinic.happens("course:c1", ev.OralNotStarted(why="declined"))
    clinic.happens("course:c1", ev.FollowUpCalled(day=1, reached=True))
    assert clinic.play.board().tasks == ()


def test_a_call_is_not_on_the_board_before_its_day() -> None:
    clinic = Clinic()
    _gone_home(clinic, 4)
    days = [[t.call for t in clinic.play.board(MONDAY + timedelta(days=d)).tasks if t.call] for d in (2, 3)]
    assert days == [[1], [1, 7]]


def test_who_is_to_be_called_is_told_apart_from_somebody_alike_who_comes() -> None:
    clinic = Clinic()
    _gone_home(clinic, 4)
    clinic.play.plan(1, patient=ev.Patient(family="Marlowe", given="Rae", record_number="R9"))
    assert {task.who.short for task in clinic.play.board().tasks} == {"Marlowe Rut"}
    assert all(task.who.alike for task in clinic.play.board().tasks)
