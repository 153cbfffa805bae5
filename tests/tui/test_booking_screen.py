"""Booking a course by keys, on a real room: proposed, moved day by day, over-booked, or lost to another terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.tui.clinic_days import TUESDAY, at_clinic, booked, clinic_at, courses, give, registered
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Outcome
from infusionroom.services.errors import RoomUnreachable
from infusionroom.services.room import RoomService
from infusionroom.tui.booking_screen import BookingScreen
from infusionroom.tui.forms.screen import FormScreen


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomService]:
    service = clinic_at(tmp_path / "room.sqlite")
    yield service
    service.close()


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one by one; a whole word is typed letter by letter when it is no key's name."""
    await pilot.press(*keys)
    await pilot.pause()


async def booking(
    app: StagedApp, pilot: Pilot[int], patient: str, kind: str, *more: str, **known: Any
) -> BookingScreen:
    """The proposal for a kind of course (its digit), after the first form; `more` are keys before Enter."""
    screen = BookingScreen(patient, **known)
    await app.push_screen(screen)
    await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
    await press(pilot, kind, *more)
    await press(pilot, "enter")
    await until(app, pilot, lambda: screen.draft is not None and app.screen is screen)
    return screen


@pytest.mark.parametrize(
    ("kind", "name", "days"), [("1", "single day", 1), ("2", "up to five days", 5), ("3", "ten weekdays", 10)]
)
async def test_each_kind_of_course_is_booked_by_a_few_keys(
    room: RoomService, kind: str, name: str, days: int
) -> None:
    patient = registered(room)
    async with on_stage(room, (80, 24)) as (app, pilot):
        await booking(app, pilot, patient, kind)
        assert "1/" in screen_text(app)
        await press(pilot, "enter")
        await until(app, pilot, lambda: app.screen is app.home)
    found = courses(room, patient)
    assert [(c.archetype.name, len(c.days), c.prescriber) for c in found] == [(name, days, "Dr Roy")]
    assert len(room.booked(TUESDAY, date(2026, 12, 31))) == days


async def test_thanksgiving_is_passed_over_by_name(room: RoomService) -> None:
    patient = registered(room)
    async with on_stage(room) as (app, pilot):
        await booking(app, pilot, patient, "2")
        shown = screen_text(app)
        assert "Thu 26 Nov is Thanksgiving Day: skipped" in shown
        assert "3/5" in shown
        assert "Fri 27 Nov" in shown
        assert "60 %" in shown
        assert "0.3 mg/kg/h" in shown


async def test_a_day_on_another_date_takes_the_later_ones_along_over_the_holiday(room: RoomService) -> None:
    patient = registered(room)
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "2")
        await press(pilot, "down", "right")
        assert screen.draft is not None
        on = [d.start.astimezone(at_clinic(TUESDAY, 8).tzinfo).date() for d in screen.draft.days]
        assert on == [TUESDAY, date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)]
        assert "chosen by hand" in screen_text(app)
        await press(pilot, "left", "left")
        assert "Day 2 comes after day 1, which is on Tue 24 Nov" in screen_text(app)
        await press(pilot, "r")
        assert "chosen by hand" not in screen_text(app)


async def test_a_day_takes_a_later_time_and_another_chair(room: RoomService) -> None:
    patient = registered(room)
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "2")
        assert screen.draft is not None
        first = screen.draft.days[0]
        await press(pilot, "t", "c")
        moved = screen.draft.days[0]
        assert (moved.start - first.start).total_seconds() == 15 * 60
        assert moved.chair != first.chair
        assert screen.draft.days[1].start.time() == first.start.time(), "only the day under the cursor moves"
        await press(pilot, "T", "enter")
        await until(app, pilot, lambda: app.screen is app.home)
    (course,) = courses(room, patient)
    assert course.days[0].start == first.start
    assert course.days[0].chair == moved.chair


async def test_two_starts_at_once_are_booked_only_with_a_reason(room: RoomService) -> None:
    other = registered(room, "Boyd")
    booked(room, other, at_clinic(TUESDAY, 7))
    patient = registered(room)
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "1")
        await press(pilot, "e", "tab", *"07:05", "tab", "2", "enter")
        await until(app, pilot, lambda: app.screen is screen)
        assert "! two starts" in screen_text(app)
        assert "another infusion begins at 07:00 in chair 1" in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, FormScreen)
        assert "Why over-book" in screen_text(app)
        await press(pilot, "enter")
        assert "Why over-book is needed." in screen_text(app)
        await press(pilot, *"two nurses", "enter")
        await until(app, pilot, lambda: app.screen is app.home)
    (course,) = courses(room, patient)
    assert course.overbooked == "two nurses"


async def test_what_no_reason_helps_against_is_said_and_not_booked(room: RoomService) -> None:
    patient = registered(room)
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "1")
        await press(pilot, "e", *"2026-11-26", "enter")
        await until(app, pilot, lambda: app.screen is screen)
        await press(pilot, "enter")
        assert app.screen is screen
        assert "Day 1: Thu 26 Nov is Thanksgiving Day: choose a working day." in screen_text(app)
    assert courses(room, patient) == []


async def test_escape_leaves_nothing_behind(room: RoomService) -> None:
    patient = registered(room)
    head = room.state.head
    async with on_stage(room) as (app, pilot):
        await booking(app, pilot, patient, "3")
        await press(pilot, "t", "escape")
        await until(app, pilot, lambda: app.screen is app.home)
        await app.push_screen(BookingScreen(patient))
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
        await press(pilot, "escape")
        await until(app, pilot, lambda: app.screen is app.home)
    room.refresh()
    assert room.state.head == head


async def test_a_place_that_another_terminal_takes_is_marked_at_once(
    room: RoomService, tmp_path: Path
) -> None:
    elsewhere = clinic_at(tmp_path / "room.sqlite")
    patient, other = registered(elsewhere), registered(elsewhere, "Boyd")
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "1")
        assert screen.draft is not None
        mine = screen.draft.days[0]
        booked(elsewhere, other, mine.start, chair=mine.chair)
        room.wake()
        await until(app, pilot, lambda: "RN Lee at elsewhere took this place at 10:42" in screen_text(app))
        assert "chair taken, two starts now" in screen_text(app)
        await press(pilot, "r")
        assert "took this place" not in screen_text(app)
        await press(pilot, "enter")
        await until(app, pilot, lambda: app.screen is app.home)
    (course,) = courses(elsewhere, patient)
    assert course.days[0].start > mine.start
    assert course.overbooked == ""


async def test_out_of_reach_keeps_everything_and_the_command_is_sent_again_as_the_same(
    room: RoomService,
) -> None:
    patient = registered(room)
    sent: list[cmd.Command] = []
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "1")
        real = app.submit

        async def lost(command: cmd.Command) -> Outcome:
            sent.append(command)
            if len(sent) == 1:
                await real(command)
                raise RoomUnreachable("The store does not answer.")
            return await real(command)

        app.submit = lost  # type: ignore[method-assign]
        await press(pilot, "enter")
        await until(app, pilot, lambda: "Enter tries again" in screen_text(app))
        assert app.screen is screen
        await press(pilot, "enter")
        await until(app, pilot, lambda: app.screen is app.home)
    assert sent[0].id == sent[1].id
    assert len(courses(room, patient)) == 1, "what had been written already was not written twice"


async def test_a_visit_that_is_there_becomes_the_first_day(room: RoomService) -> None:
    patient = registered(room)
    start = at_clinic(TUESDAY, 9)
    give(
        room,
        cmd.PlanVisit(plan=ev.Plan(patient=ev.Patient(family="Weld", given="Ida"), start=start), id="came"),
    )
    visit = next(row.visit for row in room.booked(TUESDAY, TUESDAY))
    async with on_stage(room) as (app, pilot):
        await booking(app, pilot, patient, "2", visit=visit)
        await press(pilot, "enter")
        await until(app, pilot, lambda: app.screen is app.home)
    (course,) = courses(room, patient)
    assert (course.days[0].visit, course.days[0].start) == (visit, start)
    assert len(course.days) == 5
