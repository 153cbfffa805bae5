"""Two desks want one place: who lost is told who took it, and takes the next one like it with one key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.tui.clinic_days import TUESDAY, at_clinic, booked, clinic_at, courses, registered
from tests.tui.stage import on_stage, screen_text, until
from tests.tui.test_booking_screen import booking, press

from infusionroom.services.room import RoomService
from infusionroom.tui import file_forms
from infusionroom.tui.forms.dialogs import ConflictDialog
from infusionroom.tui.forms.screen import FormScreen

Desk = Callable[[], RoomService]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Another terminal of one clinic, as often as it is asked for."""
    rooms: list[RoomService] = []

    def opened() -> RoomService:
        rooms.append(clinic_at(tmp_path / "room.sqlite"))
        return rooms[-1]

    yield opened
    for room in rooms:
        room.close()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_who_lost_a_place_sees_who_took_it_and_takes_the_next_one_like_it(
    desk: Desk, size: tuple[int, int]
) -> None:
    room, elsewhere = desk(), desk()
    patient, other = registered(elsewhere), registered(elsewhere, "Boyd")
    async with on_stage(room, size) as (app, pilot):
        screen = await booking(app, pilot, patient, "1")
        assert screen.draft is not None
        mine = screen.draft.days[0]
        booked(elsewhere, other, mine.start, chair=mine.chair)
        await press(pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ConflictDialog))
        shown = screen_text(app)
        assert "RN Lee at elsewhere took this place" in shown
        assert "at 10:42, under a minute ago" in shown
        assert "Boyd: Tue 24 Nov 07:00, chair 1" in shown, "theirs"
        assert "Day 1             Tue 24 Nov 07:00, chair 1" in shown, "mine"
        assert "take Tue 24 Nov 07:15" in shown
        await press(pilot, "r")
        await until(app, pilot, lambda: app.screen is app.home)
    (course,) = courses(elsewhere, patient)
    assert course.days[0].start == mine.start + timedelta(minutes=15)
    assert course.overbooked == ""


async def test_escape_goes_back_to_the_days_and_enter_then_asks_for_a_reason(desk: Desk) -> None:
    room, elsewhere = desk(), desk()
    patient, other = registered(elsewhere), registered(elsewhere, "Boyd")
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "1")
        assert screen.draft is not None
        booked(elsewhere, other, screen.draft.days[0].start, chair=screen.draft.days[0].chair)
        await press(pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ConflictDialog))
        await press(pilot, "escape")
        await until(app, pilot, lambda: app.screen is screen)
        assert "RN Lee at elsewhere took this place at 10:42" in screen_text(app)
        await press(pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen))
        assert "Why over-book" in screen_text(app)
    assert courses(elsewhere, patient) == []


async def test_two_desks_that_book_the_same_person_are_told_that_it_is_the_same(desk: Desk) -> None:
    room, elsewhere = desk(), desk()
    patient = registered(elsewhere)
    async with on_stage(room) as (app, pilot):
        screen = await booking(app, pilot, patient, "2")
        assert screen.draft is not None
        booked(elsewhere, patient, *(d.start for d in screen.draft.days), kind="up to five days")
        await press(pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ConflictDialog))
        shown = screen_text(app)
        assert "RN Lee at elsewhere has booked the same person" in shown
        assert "perhaps it need not stand twice" in shown
        await press(pilot, "r")
        assert isinstance(app.screen, ConflictDialog), "there is nothing to take: it would be a second course"
        await press(pilot, "escape")
        await until(app, pilot, lambda: app.screen is screen)
    assert len(courses(elsewhere, patient)) == 1


async def test_a_day_that_is_deferred_to_a_place_just_taken_goes_to_the_next_one_with_one_key(
    desk: Desk,
) -> None:
    room, elsewhere = desk(), desk()
    patient, other = registered(elsewhere), registered(elsewhere, "Boyd")
    course = booked(elsewhere, patient, at_clinic(TUESDAY, 8))
    room.refresh()
    file = room.course(course)
    assert file is not None
    async with on_stage(room) as (app, pilot):
        await file_forms.defer(app, file, 1)
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
        form = app.screen
        assert isinstance(form, FormScreen)
        form._questions["on"].control.value = "2026-11-25"  # type: ignore[union-attr]
        form._questions["start"].control.value = "09:00"  # type: ignore[union-attr]
        form._questions["why"].control.value = "travels"  # type: ignore[union-attr]
        await pilot.pause()
        booked(elsewhere, other, at_clinic(date(2026, 11, 25), 9), chair=1)
        await press(pilot, "f2")
        await until(app, pilot, lambda: isinstance(app.screen, ConflictDialog))
        shown = screen_text(app)
        assert "Boyd: Wed 25 Nov 09:00, chair 1" in shown
        assert "take Wed 25 Nov 08:45" in shown
        await press(pilot, "r")
        await until(app, pilot, lambda: app.screen is app.home)
    moved = elsewhere.course(course)
    assert moved is not None
    start = moved.days[0].start
    assert start is not None
    assert abs(start - at_clinic(date(2026, 11, 25), 9)) == timedelta(minutes=15)
