"""Patients by keyboard: found by a few letters, registered, changed, merged and parted again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.tui.course_days import Clinic, clinic_of_courses, press
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from textual.widgets import Input

from infusionroom.domain import commands as cmd
from infusionroom.services.room import RoomService
from infusionroom.tui.forms.screen import FormScreen
from infusionroom.tui.patient_screen import PatientScreen


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Clinic]:
    path = tmp_path_factory.mktemp("courses") / "room.sqlite"
    return path, clinic_of_courses(f"sqlite:///{path}")


@pytest.fixture
def clinic(lived: tuple[Path, Clinic]) -> Clinic:
    return lived[1]


@pytest.fixture
def store_file(lived: tuple[Path, Clinic], tmp_path: Path) -> Path:
    """A test's own copy."""
    return Path(shutil.copy(lived[0], tmp_path / "room.sqlite"))


def top(app: StagedApp) -> str:
    return type(app.screen).__name__


def says(app: StagedApp, *words: str) -> Callable[[], bool]:
    return lambda: all(word in screen_text(app) for word in words)


async def test_a_few_letters_find_everybody_of_a_similar_name(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("f")
        await until(app, pilot, says(app, "Okafor, Tunde"))
        await press(pilot, "marl")
        await until(app, pilot, says(app, "2 found"))
        shown = screen_text(app)
        assert "Marlowe, Rosa ≈" in shown
        assert "Marlowe, Ruth ≈" in shown
        assert "G57.71 CRPS II, right lower limb" in shown
        assert "Okafor" not in shown


async def test_the_file_says_what_is_known_and_what_nobody_has_asked(
    room: RoomService, clinic: Clinic
) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(PatientScreen(clinic.marlowe))
        await until(app, pilot, says(app, "no known allergies"))
        shown = screen_text(app)
        assert "born 3 Feb 1980, 46 years" in shown
        assert "1 other patient has a similar name" in shown
        assert "80 kg, Thu 19 Nov 2026" in shown
        assert "1 here, 0 elsewhere: recovery" in shown
        assert "Dr Weiss, fax 555 0199" in shown
        assert "up to five days" in shown
        assert "no-show" in shown
        await press(pilot, "p")
        assert app.said[-1] == "Part: no file is merged with this one."


async def test_nobody_found_is_registered_from_there(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("f")
        await until(app, pilot, says(app, "Okafor, Tunde"))
        await press(pilot, "Smith")
        await until(app, pilot, says(app, "Nobody found", "Register a new patient “Smith”"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "Register a patient", "Surname"))
        await press(pilot, "tab", "Ann", "tab", "1990-05-06", "tab", "R-77", "tab", "G905")
        await until(app, pilot, says(app, "G90.5 is not billable: use one of G90.50"))
        await press(pilot, "enter")
        assert top(app) == "FormScreen", "a code that cannot be billed is not taken"
        await press(pilot, "11", "tab", "tab", "2", "penicillin; shellfish, raw", "enter")
        await until(app, pilot, lambda: top(app) == "PatientScreen")
        await until(app, pilot, says(app, "Smith, Ann", "penicillin; shellfish, raw", "right upper limb"))


async def test_who_is_named_alike_is_asked_about_once(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("f")
        await until(app, pilot, says(app, "Okafor, Tunde"))
        await pilot.press("f4")
        await until(app, pilot, says(app, "Register a patient"))
        await press(pilot, "Marlowe", "tab", "Ruth", "enter")
        await until(app, pilot, says(app, "is it the same person?", "Enter again to confirm"))
        await press(pilot, "enter")
        await until(app, pilot, lambda: top(app) == "PatientScreen")
        found = room.patients("marlowe ruth")
        assert len(found) == 2


async def test_in_the_list_n_registers_and_esc_goes_back(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("f")
        await until(app, pilot, says(app, "Okafor, Tunde"))
        await press(pilot, "n")
        assert app.screen.query_one(Input).value == "n", "while typing it is a letter"
        await press(pilot, "tab", "n")
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen))
        await press(pilot, "escape", "escape")
        await until(app, pilot, lambda: app.screen is app.home)


async def test_a_file_that_is_accepted_as_it_stands_is_no_change(room: RoomService, clinic: Clinic) -> None:
    """What is on file is typed into its lines and read back from them without a difference."""
    async with on_stage(room) as (app, pilot):
        await app.push_screen(PatientScreen(clinic.okafor))
        await until(app, pilot, says(app, "no known allergies"))
        await press(pilot, "e")
        await until(app, pilot, says(app, "Change the file", "Pat, 555 0101"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "The file already says so."))


async def test_a_weight_told_on_the_phone(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(PatientScreen(clinic.rosa))
        await until(app, pilot, says(app, "never weighed"))
        await press(pilot, "w")
        await until(app, pilot, says(app, "Weight on file"))
        await press(pilot, "700", "enter")
        assert top(app) == "FormScreen", "nobody weighs 700 kg"
        await press(pilot, "backspace", "enter")
        await until(app, pilot, lambda: top(app) == "PatientScreen")
        await until(app, pilot, says(app, "70 kg, Mon 23 Nov 2026, today"))


async def test_two_files_are_merged_side_by_side_and_parted_again(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(PatientScreen(clinic.marlowe))
        await until(app, pilot, says(app, "no known allergies"))
        await press(pilot, "m")
        await until(app, pilot, says(app, "Merge with which file?", "Marlowe, Rosa"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "Merge two files of one person", "≠ Marlowe, Ruth"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "Why is needed."))
        await press(pilot, "registered twice", "enter")
        await until(app, pilot, lambda: top(app) == "PatientScreen")
        await until(app, pilot, says(app, "merged with Marlowe, Rosa (R-9921)"))
        await press(pilot, "p", "tab", "two people", "enter")
        await until(app, pilot, lambda: top(app) == "PatientScreen")
        await until(app, pilot, lambda: "merged with" not in screen_text(app))


async def test_two_terminals_change_one_file(terminal: Callable[[], RoomService], clinic: Clinic) -> None:
    desk, back = terminal(), terminal()
    async with on_stage(desk) as (app, pilot):
        await app.push_screen(PatientScreen(clinic.okafor))
        await until(app, pilot, says(app, "no known allergies"))
        await press(pilot, "w")
        await until(app, pilot, says(app, "Weight on file"))
        history = back.patient(clinic.okafor)
        assert history is not None
        changed = replace(history.patient.file, note="prefers mornings")
        back.execute(cmd.ChangePatient(patient=clinic.okafor, file=changed), actor="Kim", terminal="back")
        await press(pilot, "81", "enter")
        await until(app, pilot, says(app, "Somebody else was quicker", "Kim", "file changed"))
        await press(pilot, "escape")
        await until(app, pilot, says(app, "prefers mornings"))
