"""The words of a course that is being booked, of two weeks at a glance, and of a day's schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from tests.rooms import visit
from tests.tui.paper_room import PaperRoom

from infusionroom.domain import events as ev
from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.background import Background
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.coming import special_of
from infusionroom.domain.outcome import Reason
from infusionroom.tui.present.booking import (
    DayShown,
    archetype_words,
    booked_words,
    booking_head,
    booking_rows,
    detail_lines,
    refusal_words,
)
from infusionroom.tui.present.cells import line_width, text_of
from infusionroom.tui.present.schedule import closed_rows, schedule_head, schedule_rows
from infusionroom.tui.present.two_weeks import Place, days_that_fit, place_lines, sheet_lines
from infusionroom.tui.two_weeks import columns_of

ZONE = "America/New_York"
DAY = date(2026, 11, 24)
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FULL = Reason("full", "Tue 24 Nov 07:00: no chair is free until 13:10.", overridable=True)
CLOSED = Reason("closed_day", "Thu 26 Nov is Thanksgiving Day: choose a working day.")
CLINIC = Clinic("Northside", ZONE, time(7), time(18), 2)


def shown(**more: Any) -> DayShown:
    day = DayShown(1, 5, START, START + timedelta(hours=4), START + timedelta(hours=6), 3, None, ("by hand",))
    return day._replace(**more)


def test_a_kind_of_course_is_told_in_a_line() -> None:
    assert archetype_words(ARCHETYPES["single day"]) == "1 day, 0.5 mg/kg/h"
    ten = "10 days, 50→75→100 % of 0.35 mg/kg/h, cap 25 mg/h"
    assert archetype_words(ARCHETYPES["ten weekdays"]) == ten


@pytest.mark.parametrize("width", [78, 118])
def test_a_day_says_when_where_and_what_stands_against_it(width: int) -> None:
    (row,) = booking_rows([shown(problems=(FULL,))], (), (), width, ZONE)
    words = text_of(row.line).split()
    assert words[:7] == ["1/5", "Tue", "24", "Nov", "07:00–11:00", "13:00", "3"]
    assert words[-2:] == ["!", "full"]
    assert line_width(row.line) == line_width(booking_head(width)) == width
    (hard,) = booking_rows([shown(problems=(CLOSED,))], (), (), width, ZONE)
    assert text_of(hard.line).rstrip().endswith("× closed")


def test_skipped_days_stand_between_and_what_has_no_place_at_the_end() -> None:
    days = [shown(), shown(number=2, start=START + timedelta(days=3)), DayShown(3, 5)]
    skipped = ((date(2026, 11, 26), "Thu 26 Nov is Thanksgiving Day: skipped"),)
    rows = booking_rows(days, skipped, ("day 3: no room on 60 working days",), 100, ZONE)
    assert [row.key for row in rows] == ["day:1", "", "day:2", "day:3", ""]
    assert "no date yet" in text_of(rows[3].line)
    assert "× day 3: no room" in text_of(rows[4].line)


def test_below_the_list_the_sentences_come_before_the_reasons() -> None:
    lines = [text_of(line) for line in detail_lines(shown(problems=(FULL, CLOSED), taken=True), 100, ZONE)]
    assert lines[0] == "! Somebody else has just taken this place."
    assert lines[1].startswith("! Tue 24 Nov 07:00: no chair")
    assert lines[2].startswith("× Thu 26 Nov is Thanksgiving Day")
    assert lines[3] == "· by hand"


def test_why_a_draft_cannot_be_booked() -> None:
    assert refusal_words({2: (FULL,), 3: (CLOSED,)}, 0) == f"Day 3: {CLOSED.text}"
    assert refusal_words({}, 2) == "2 days have no date yet: e sets it by hand, b asks for fewer days."
    assert refusal_words({2: (FULL,)}, 0) == ""


def test_what_was_booked_is_said_in_a_sentence() -> None:
    file = ev.PatientFile(family="Weld", given="Ida")
    assert booked_words(file, "single day", [START], ZONE) == "Booked: single day for Weld, Ida, Tue 24 Nov."
    several = booked_words(file, "up to five days", [START, START + timedelta(days=6)], ZONE)
    assert several == "Booked: up to five days for Weld, Ida, 2 days, Tue 24 Nov to Mon 30 Nov."


# ── two weeks ───────────────────────────────────────────────────────────────────────────────────────────────


def test_one_week_in_a_small_window_two_at_home() -> None:
    assert (days_that_fit(80), days_that_fit(120), days_that_fit(200)) == (7, 14, 14)


@pytest.mark.parametrize("size", [(80, 19), (120, 33), (200, 53)])
def test_the_sheet_fills_its_frame_exactly(size: tuple[int, int]) -> None:
    rows = [visit("a", day=DAY, planned_start=START, planned_chair=1, family="Ōe\u0301\x1b[31m", given="健")]
    columns = columns_of(CLINIC, {}, rows, date(2026, 11, 23), days_that_fit(size[0]), START)
    lines = sheet_lines(columns, 2, {DAY: 3}, Place(DAY, 1), today=DAY, size=size, timezone=ZONE)
    assert len(lines) == size[1]
    assert {line_width(line) for line in lines} == {size[0]}
    assert "\x1b" not in "".join(map(text_of, lines))


def test_the_cell_under_the_cursor_is_told_in_words() -> None:
    seen = visit("a", day=DAY, planned_start=START, family="Weld", given="Ida", course_day=1, course_of=5)
    columns = columns_of(CLINIC, {}, [seen], date(2026, 11, 23), 7, START)
    told = [text_of(line).rstrip() for line in place_lines(columns, {DAY: 2}, Place(DAY, 1), 200, ZONE)]
    assert told[0].startswith(
        "Tue 24 Nov, chair 1  Weld, Ida  07:00, home about 13:00, day 1 of 5, first time"
    )
    assert told[0].endswith(
        "to be assigned to a patient and course, any chair: put here as the planner would"
    )
    narrow = [text_of(line) for line in place_lines(columns, {DAY: 2}, Place(DAY, 1), 78, ZONE)]
    assert narrow[0] == "Tue 24 Nov, chair 1  Weld, Ida"
    assert narrow[1].startswith("07:00, home about 13:00")
    assert told[1] == "1 booked on this day, room for 2 more usual infusions."
    empty = [text_of(line) for line in place_lines(columns, {DAY: 0}, Place(DAY, 2), 200, ZONE)]
    assert empty == ["Tue 24 Nov, chair 2  nobody", "1 booked on this day, no room for another."]


def test_a_closed_day_marks_those_who_are_still_booked() -> None:
    seen = visit("a", day=DAY, planned_start=START, planned_chair=1, family="Weld", given="Ida")
    columns = columns_of(CLINIC, {DAY: "Feast"}, [seen], date(2026, 11, 23), 7, START)
    told = [text_of(line) for line in place_lines(columns, {}, Place(DAY, 1), 78, ZONE)]
    assert told[1] == "! the day is Feast: to be moved"
    assert told[-1] == "Tue 24 Nov is Feast; 1 still booked."


# ── a day ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [78, 118])
def test_a_planned_visit_shows_its_booked_chair_and_what_is_special(width: int) -> None:
    paper = PaperRoom()
    planned = paper.planned(infusions_before=0)
    assert paper.room.clinic is not None
    special = special_of(planned, Background(), paper.room.clinic.rules, paper.now, ZONE)
    (row,) = schedule_rows([planned], width, ZONE, {planned.id: special})
    words = text_of(row.line)
    assert "3/5" in words
    assert "to be assigned" in words
    assert line_width(row.line) == line_width(schedule_head(width)) == width


def test_a_closed_day_names_who_is_still_booked() -> None:
    paper = PaperRoom()
    seen = [paper.planned(), paper.arrived("Okafor", "Tunde")]
    text = " ".join(
        text_of(row.line).strip() for row in closed_rows(DAY, "a closing day (training)", seen, 118)
    )
    assert text == (
        "× Tue 24 Nov is a closing day (training): nobody is treated. Still booked and to be moved: Marlowe."
    )
