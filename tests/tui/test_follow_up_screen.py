"""What is open after courses, and the visit that is nobody's: worked from one list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.tui.boards import NOW
from tests.tui.course_days import clinic_of_courses, press
from tests.tui.stage import StagedApp, on_stage, screen_text, until

from infusionroom.services.room import RoomService


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    """A clinic in which something is open."""
    path = tmp_path / "room.sqlite"
    clinic_of_courses(f"sqlite:///{path}")
    return path


def says(app: StagedApp, *words: str) -> Callable[[], bool]:
    return lambda: all(word in screen_text(app) for word in words)


async def test_the_longest_due_comes_first_and_k_records_its_call(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("F")
        await until(app, pilot, says(app, "Okafor, Tunde", "call of day 1"))
        rows = [line for line in screen_text(app).splitlines() if " late" in line or "today" in line]
        assert "18 days late" in rows[0]
        assert "call of day 14" in rows[3]
        assert "did not take place" in rows[4]
        assert "Petrov, Ivan" in rows[5]
        await press(pilot, "down", "down", "k")
        await until(app, pilot, says(app, "Follow-up call", "● day 7"))
        await press(pilot, "tab", "y", "sleeps well", "enter")
        await until(app, pilot, lambda: "call of day 7" not in screen_text(app))


async def test_enter_opens_the_course_that_has_an_undecided_day(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("F")
        await until(app, pilot, says(app, "Okafor, Tunde"))
        await press(pilot, "down", "down", "down", "down", "enter")
        await until(
            app,
            pilot,
            says(app, "Marlowe, Ruth", "? Day 2: no-show, Fri 20 Nov. What becomes of it?", "x stop"),
        )


async def test_a_visit_that_is_nobodys_is_registered_and_becomes_a_course_of_one_day(
    room: RoomService,
) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("F")
        await until(app, pilot, says(app, "visit of no course yet: assign it"))
        await press(pilot, "end", "enter")
        await until(app, pilot, says(app, "Whose visit is it?", "Nobody found"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "Register a patient", "Petrov", "1971-04-04", "X9"))
        await press(pilot, "enter")
        await until(app, pilot, says(app, "Assign the visit to a course", "a course of its own: single day"))
        await press(pilot, "enter")
        await until(app, pilot, lambda: "assign it" not in screen_text(app))
        (found,) = room.patients("petrov")
        history = room.patient(found.patient)
        assert history is not None
        assert [row.course_of for row in history.visits] == [1]


async def test_a_clinic_without_courses_is_told_what_will_stand_here(empty_room: RoomService) -> None:
    from datetime import time

    from infusionroom.domain import commands as cmd

    empty_room.execute(
        cmd.SetUpRoom(
            name="South", timezone="UTC", opens=time(7), closes=time(18), chairs=3, first_user="Lee"
        ),
        actor="Lee",
        terminal="desk",
    )
    assert empty_room.clock.now() == NOW
    async with on_stage(empty_room) as (app, pilot):
        await pilot.press("F")
        await until(app, pilot, says(app, "Nothing is open. When a course is over"))
        await press(pilot, "k")
        assert app.said[-1] == "Call: choose a course first."
        await press(pilot, "escape", "f")
        await until(app, pilot, says(app, "Nobody is registered yet.", "Register a new patient"))
