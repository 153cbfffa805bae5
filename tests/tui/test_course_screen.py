"""A course by keyboard: a missed day decided on, days moved, consent, calls, the letter, and what cannot be done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.services.clinic_days import NEW_YORK
from tests.tui.boards import NOW
from tests.tui.course_days import Clinic, clinic_of_courses, press
from tests.tui.stage import StagedApp, on_stage, screen_text, until

from infusionroom.domain import commands as cmd
from infusionroom.domain.course_days import DayState
from infusionroom.domain.course_file import CourseFile
from infusionroom.services.room import RoomService
from infusionroom.tui.course_screen import CourseScreen
from infusionroom.tui.course_verbs import VERBS


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


def course(room: RoomService, course_id: str) -> CourseFile:
    found = room.course(course_id)
    assert found is not None
    return found


def state(room: RoomService, course_id: str, number: int) -> DayState:
    return course(room, course_id).days[number - 1].state


async def test_what_nobody_has_decided_is_asked_first(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "Day 2 did not take place (no-show on Fri 20 Nov 2026)"))
        shown = screen_text(app)
        assert "▸ 2/5" in shown, "the cursor stands on it"
        assert "0.3 mg/kg/h" in shown
        assert "8 → 6" in shown
        assert "too early to say" in shown
        assert "version 1, signed by Ada" in shown
        await press(pilot, "o", "patient is abroad", "enter")
        await until(app, pilot, lambda: state(room, clinic.stumbling, 2) is DayState.OMITTED)
        await until(app, pilot, lambda: "did not take place" not in screen_text(app))


async def test_a_missed_day_gets_another_date_and_the_later_ones_move_along(
    room: RoomService, clinic: Clinic
) -> None:
    before = [day.start for day in course(room, clinic.stumbling).days]
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "What becomes of it?"))
        await pilot.press("D")
        await until(app, pilot, says(app, "Book day 2 of 5", "move along: day 3, 4, 5", "Day 5: "))
        await press(pilot, "enter")
        await until(app, pilot, lambda: top(app) == "CourseScreen")
        days = course(room, clinic.stumbling).days
        assert [day.state for day in days[1:]] == [DayState.PLANNED] * 4
        starts = [day.start for day in days if day.start is not None]
        assert starts == sorted(starts)
        assert starts[1] > NOW
        assert [day.start for day in days][2:] != before[2:]


async def test_a_course_is_extended_at_a_time_of_ones_own(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "What becomes"))
        await press(pilot, "X")
        await until(app, pilot, says(app, "Further days", "Day 6: Fri 27 Nov 2026", "chair "))
        await press(pilot, "2", "tab", "tab", "25:00", "enter")
        assert top(app) == "FormScreen", "no day has 25 hours"
        await press(pilot, "ctrl+u", "9:30", "enter")
        assert top(app) == "FormScreen", "it asks why"
        await press(pilot, "still better", "enter")
        await until(app, pilot, lambda: top(app) == "CourseScreen")
        days = course(room, clinic.stumbling).days
        assert len(days) == 7
        assert [day.start.astimezone(NEW_YORK).strftime("%a %H:%M") for day in days[5:] if day.start] == [
            "Fri 09:30",
            "Mon 09:30",
        ]
        assert {day.chair for day in days[5:]} != {None}


async def test_a_day_is_left_open_and_says_why(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "What becomes"))
        await press(pilot, "down", "down", "down")
        await pilot.press("D")
        await until(app, pilot, says(app, "Defer day 5 of 5"))
        await press(pilot, "2", "enter")
        assert top(app) == "FormScreen", "it asks why"
        await press(pilot, "travels", "enter")
        await until(app, pilot, lambda: state(room, clinic.stumbling, 5) is DayState.OPEN)
        await until(app, pilot, says(app, "○ open"))


async def test_a_course_that_is_stopped_frees_its_days_and_begins_the_follow_up(
    room: RoomService, clinic: Clinic
) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "What becomes"))
        await press(pilot, "x")
        await until(app, pilot, says(app, "Days 2, 3, 4, 5 are taken off the schedule"))
        await press(pilot, "6", "enter")
        assert "Say what the other reason is." in screen_text(app)
        await press(pilot, "moves away", "enter")
        await until(app, pilot, says(app, "stopped, follow-up: other, moves away", "! due: "))
        await press(pilot, "o")
        assert app.said[-1] == "Omit: the course was stopped; X extends it."


async def test_every_verb_of_a_course_that_is_over_acts_or_says_why(
    room: RoomService, clinic: Clinic
) -> None:
    over = course(room, clinic.over)
    refused = {verb.id: verb.why_not(over, over.days[0]) for verb in VERBS}
    assert {name for name, why in refused.items() if why} == {"defer", "omit", "stop", "target"}
    for why in refused.values():
        assert why is None or (why[0].isupper() and why.endswith("."))


async def test_a_call_is_recorded_and_its_pain_stands_in_the_chart(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.over))
        await until(app, pilot, says(app, "day 1: 18 days late"))
        await press(pilot, "k")
        await until(app, pilot, says(app, "Follow-up call", "● day 1"))
        await press(pilot, "tab", "y", "much better", "tab", "3", "tab", "2026-11-05", "tab", "2", "enter")
        await until(app, pilot, lambda: top(app) == "CourseScreen")
        await until(app, pilot, says(app, "day 1: much better, pain 3, PGIC 2 (RN Lee)", "c call"))
        assert "started Thu 5 Nov 2026" in screen_text(app)
        await press(pilot, "u")
        await until(app, pilot, says(app, "Take back what was said"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "day 1: 18 days late"))


async def test_a_call_in_vain_stays_due(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.over))
        await until(app, pilot, says(app, "18 days late"))
        await press(pilot, "k", "tab", "n", "enter")
        await until(app, pilot, says(app, "tried 1 ×"))


async def test_the_letter_is_drafted_kept_and_sealed(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.over))
        await until(app, pilot, says(app, "none yet; L drafts it"))
        await press(pilot, "L")
        await until(app, pilot, says(app, "To Dr Weiss", "not kept yet"))
        await pilot.press("f6")
        assert app.said[-1] == "Seal: keep the draft first, F2."
        await press(pilot, "Dear ")
        await pilot.press("f2")
        await until(app, pilot, says(app, "version 1, draft by RN Lee"))
        await pilot.press("f6")
        await pilot.pause()
        assert "F6 again seals it" in app.said[-1]
        await pilot.press("f6")
        await until(app, pilot, says(app, "version 1, sealed by RN Lee"))
        letter = course(room, clinic.over).course.letter
        assert letter is not None
        assert letter.text.startswith("Dear ")
        assert letter.sealed_at == NOW
        await press(pilot, "escape")
        await until(app, pilot, lambda: top(app) == "CourseScreen")


async def test_unkept_text_is_left_only_at_the_second_asking(room: RoomService, clinic: Clinic) -> None:
    async with on_stage(room) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.over))
        await until(app, pilot, says(app, "none yet; L drafts it"))
        await press(pilot, "L")
        await until(app, pilot, says(app, "To Dr Weiss"))
        await press(pilot, "x", "escape")
        assert top(app) == "LetterScreen"
        await press(pilot, "escape")
        assert top(app) == "CourseScreen"


async def test_two_terminals_decide_on_one_course(
    terminal: Callable[[], RoomService], clinic: Clinic
) -> None:
    desk, back = terminal(), terminal()
    async with on_stage(desk) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "What becomes"))
        await press(pilot, "a")
        await until(app, pilot, says(app, "Plan agreed with their pain physician"))
        back.execute(
            cmd.StopCourse(course=clinic.stumbling, reason="physician"), actor="Kim", terminal="back"
        )
        await press(pilot, "tab", "tab", "five days", "enter")
        await until(app, pilot, says(app, "Somebody else was quicker", "Kim", "course stopped"))
        await press(pilot, "escape")
        await until(app, pilot, says(app, "stopped, follow-up: physician"))
        assert course(desk, clinic.stumbling).course.agreed is None


async def test_from_the_board_to_the_course_and_its_patient(room: RoomService, clinic: Clinic) -> None:
    visit = course(room, clinic.stumbling).days[2].visit
    assert visit is not None
    async with on_stage(room) as (app, pilot):
        await app.perform("open", visit.visit)
        await until(app, pilot, lambda: top(app) == "VisitScreen")
        await press(pilot, "D")
        await until(app, pilot, lambda: top(app) == "CourseScreen")
        await until(app, pilot, says(app, "Marlowe, Ruth"))
        await press(pilot, "P")
        await until(app, pilot, lambda: top(app) == "PatientScreen")
        await press(pilot, "escape", "escape")
        await until(app, pilot, lambda: top(app) == "VisitScreen")
        await press(pilot, "H")
        await until(app, pilot, lambda: top(app) == "PatientScreen")


async def test_a_no_show_asks_what_becomes_of_the_course(room: RoomService, clinic: Clinic) -> None:
    visit = course(room, clinic.stumbling).days[2].visit
    assert visit is not None
    async with on_stage(room) as (app, pilot):
        await app.perform("no_show", visit.visit)
        await until(app, pilot, says(app, "day 3 of 5 of a course: say what becomes of it"))
        await press(pilot, "ill", "enter")
        assert top(app) == "FormScreen", "nobody has said it yet"
        await press(pilot, "2", "enter")
        await until(app, pilot, lambda: state(room, clinic.stumbling, 3) is DayState.OPEN)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_pane_of_the_course_fits(
    room: RoomService, clinic: Clinic, size: tuple[int, int]
) -> None:
    async with on_stage(room, size) as (app, pilot):
        await app.push_screen(CourseScreen(clinic.stumbling))
        await until(app, pilot, says(app, "What becomes"))
        for key, words in (("1", "▸ 2/5"), ("2", "agreed plan"), ("3", "b before")):
            await press(pilot, key)
            await until(app, pilot, says(app, words))
        lines = screen_text(app).splitlines()
        assert "Esc Back" in lines[-2]
        assert lines[-1].strip().endswith("Tab Pane")
