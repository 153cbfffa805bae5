"""Two weeks of the schedule at a glance, on a real room: across Thanksgiving, a clock change, and a closed day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.tui.clinic_days import (
    MONDAY,
    NOW,
    TUESDAY,
    at_clinic,
    booked,
    clinic_at,
    courses,
    give,
    registered,
)
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.services.room import RoomService
from infusionroom.tui.booking_screen import BookingScreen
from infusionroom.tui.forms.screen import FormScreen
from infusionroom.tui.patients_screen import PatientsScreen
from infusionroom.tui.schedule_screen import ScheduleScreen
from infusionroom.tui.two_weeks import columns_of, more_that_fit
from infusionroom.tui.two_weeks_screen import TwoWeeksScreen

WEDNESDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 27)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomService]:
    service = clinic_at(tmp_path / "room.sqlite", chairs=4)
    yield service
    service.close()


def imported(room: RoomService, family: str, day: date, hour: int, minute: int = 0) -> None:
    """Somebody whom another system has booked: nobody has said which chair, or whose course it is."""
    plan = ev.Plan(
        patient=ev.Patient(family=family, given="Ada"),
        start=at_clinic(day, hour, minute),
        source="EHR",
        appointment=ev.Appointment(placer=family),
    )
    give(room, cmd.PlanVisit(plan=plan, id=f"from-{family}"))


async def two_weeks(app: StagedApp, pilot: Pilot[int]) -> TwoWeeksScreen:
    await pilot.press("t", "v")
    await until(app, pilot, lambda: isinstance(app.screen, TwoWeeksScreen) and bool(app.screen.free))
    assert isinstance(app.screen, TwoWeeksScreen)
    return app.screen


def row_of(app: StagedApp, label: str) -> list[str]:
    """The words of the sheet's row that begins with a label."""
    line = next(x for x in screen_text(app).splitlines() if x.lstrip("│ ").startswith(label))
    return line.strip("│ ").replace("░", " ").split()


async def test_two_weeks_over_thanksgiving_from_the_board(room: RoomService) -> None:
    patient = registered(room)
    booked(
        room, patient, *(at_clinic(day, 8) for day in (TUESDAY, WEDNESDAY, FRIDAY)), kind="up to five days"
    )
    imported(room, "Osei", TUESDAY, 9)
    async with on_stage(room) as (app, pilot):
        await two_weeks(app, pilot)
        shown = screen_text(app)
        assert "Two weeks  Mon 23 Nov – Sun 6 Dec 2026" in shown
        assert "Thu 26 ×" in shown
        assert "Thanksgivi" in shown
        assert row_of(app, "1 ")[:4] == ["1", "Weld", "I*", "Weld"], "a first day is marked, a second is not"
        assert "08:00 1/3" in shown
        assert "08:00 3/3" in shown
        assert row_of(app, "2 ") == ["2", "Osei", "A?"], "who has no chair is put where the planner would"
        # An empty clinic of four chairs takes as many as there are chairs: each is kept for over six hours.
        assert row_of(app, "free") == ["free", "4", "2", "3", "–", "3", "4", "4", "4", "4", "4"]


async def test_a_small_window_shows_one_week_and_turns_the_page(room: RoomService) -> None:
    patient = registered(room)
    booked(room, patient, at_clinic(TUESDAY, 8))
    async with on_stage(room, (80, 24)) as (app, pilot):
        screen = await two_weeks(app, pilot)
        assert "Week  Mon 23 Nov – Sun 29 Nov 2026" in screen_text(app)
        assert "Weld I*" in screen_text(app)
        await pilot.press("pagedown")
        await until(app, pilot, lambda: "Mon 30 Nov – Sun 6 Dec 2026" in screen_text(app))
        assert screen.place.day == MONDAY + timedelta(days=7)
        await pilot.press("left")
        await until(app, pilot, lambda: "Week  Mon 23 Nov" in screen_text(app))
        assert screen.place.day == FRIDAY


async def test_a_clock_change_between_two_weeks_moves_no_time(tmp_path: Path) -> None:
    """In Chicago the clocks go forward on 14 March 2027."""
    march = date(2027, 3, 8)
    room = clinic_at(tmp_path / "march.sqlite", now=at_clinic(march, 6), chairs=4)
    patient = registered(room)
    days = [march + timedelta(days=n) for n in (1, 2, 3, 4, 7)]
    booked(room, patient, *(at_clinic(day, 7, 30) for day in days), kind="up to five days")
    async with on_stage(room) as (app, pilot):
        await two_weeks(app, pilot)
        shown = screen_text(app)
        for n in range(1, 6):
            assert f"07:30 {n}/5" in shown
        assert row_of(app, "free") == ["free", "4", *["3"] * 5, *["4"] * 4]
    room.close()


async def test_the_cursor_opens_who_is_there_and_the_day_where_nobody_is(room: RoomService) -> None:
    patient = registered(room)
    booked(room, patient, at_clinic(TUESDAY, 7))
    async with on_stage(room) as (app, pilot):
        screen = await two_weeks(app, pilot)
        await pilot.press("right")
        assert "Tue 24 Nov, chair 1  Weld, Ida" in screen_text(app)
        await pilot.press("enter")
        await until(app, pilot, lambda: type(app.screen).__name__ == "VisitScreen")
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is screen)
        await pilot.press("down", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ScheduleScreen))
        await until(app, pilot, lambda: "Weld, Ida" in screen_text(app))
        assert "Tue 24 Nov 2026" in screen_text(app)


async def test_a_day_is_closed_with_a_reason_and_names_who_is_still_booked(room: RoomService) -> None:
    patient = registered(room)
    booked(room, patient, at_clinic(TUESDAY, 7))
    async with on_stage(room) as (app, pilot):
        screen = await two_weeks(app, pilot)
        await pilot.press("right", "C", *"training", "enter")
        await until(app, pilot, lambda: "Tue 24 ×" in screen_text(app))
        assert "Weld I!" in screen_text(app)
        assert "Tue 24 Nov is a closing day (training); 1 still booked." in screen_text(app)
        await pilot.press("v")
        await until(app, pilot, lambda: "Still booked and to be moved: Weld." in screen_text(app))
        await pilot.press("O", "enter")
        await until(app, pilot, lambda: "closing day" not in screen_text(app))
    assert room.state.clinic is not None
    assert not room.state.clinic.closed_days
    assert screen.columns


async def test_a_course_is_booked_from_the_day_under_the_cursor(room: RoomService) -> None:
    registered(room, "Boyd")
    patient = registered(room)
    async with on_stage(room) as (app, pilot):
        await two_weeks(app, pilot)
        await pilot.press("right", "right", "b")
        await until(app, pilot, lambda: isinstance(app.screen, PatientsScreen) and "Boyd" in screen_text(app))
        await pilot.press(*"wel")
        await until(app, pilot, lambda: "Boyd" not in screen_text(app) and "Weld, Ida" in screen_text(app))
        await pilot.press("enter")
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
        await pilot.press("1", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, BookingScreen))
        await pilot.press("enter")
        await until(
            app, pilot, lambda: isinstance(app.screen, TwoWeeksScreen) and "Weld I*" in screen_text(app)
        )
    (course,) = courses(room, patient)
    assert course.days[0].start == at_clinic(WEDNESDAY, 7)


async def test_a_visit_is_cancelled_from_the_sheet_and_says_what_becomes_of_the_day(
    room: RoomService,
) -> None:
    patient = registered(room)
    booked(room, patient, at_clinic(TUESDAY, 7), at_clinic(WEDNESDAY, 7), kind="up to five days")
    async with on_stage(room) as (app, pilot):
        await two_weeks(app, pilot)
        await pilot.press("right", "x")
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
        await pilot.press(*"ill", "tab", "2", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, TwoWeeksScreen) and "2/2" in screen_text(app))
        await until(app, pilot, lambda: "1/2" not in screen_text(app))
    (course,) = courses(room, patient)
    assert course.days[0].open, "the day is left open until it has another date"


def test_how_many_more_fit_is_what_the_planner_says(room: RoomService) -> None:
    clinic = room.state.clinic
    assert clinic is not None
    patient = registered(room)
    booked(room, patient, at_clinic(TUESDAY, 7))
    rows = room.booked(TUESDAY, TUESDAY)
    assert more_that_fit(clinic, {}, [], TUESDAY, NOW) == 4
    assert more_that_fit(clinic, {}, rows, TUESDAY, NOW) == 3
    assert more_that_fit(clinic, {TUESDAY: "a feast"}, rows, TUESDAY, NOW) == 0
    late = at_clinic(TUESDAY, 11, 40)
    assert more_that_fit(clinic, {}, [], TUESDAY, late) == 1, (
        "from 12:00 on nobody is home before the door closes"
    )


def test_somebody_over_booked_stands_apart(room: RoomService) -> None:
    clinic = room.state.clinic
    assert clinic is not None
    for n, name in enumerate(("Adair", "Boyd", "Craig", "Drew")):
        booked(room, registered(room, name), at_clinic(TUESDAY, 7, 15 * n), chair=n + 1)
    booked(room, registered(room, "Eddy"), at_clinic(TUESDAY, 8), chair=None, overbooked="urgent")
    (column,) = columns_of(clinic, {}, room.booked(TUESDAY, TUESDAY), TUESDAY, 1, NOW)
    (eddy,) = column.chairs[0]
    assert (eddy.row.family, eddy.wrong) == ("Eddy", "over-booked: no chair is free then")
    assert column.count == 5
