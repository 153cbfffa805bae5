"""What the screens of patients and courses say, without a terminal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.domain.course_paper import FIRST, course, row

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import DEFAULT_RULES, FollowUpRules
from infusionroom.domain.course_days import days_of
from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.course_response import response_of
from infusionroom.domain.follow_up import Call, follow_up_of, oral_of, tasks_of
from infusionroom.domain.patient import Patient
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.domain.record import VisitRecord
from infusionroom.tui.present.cells import line_width, text_of, width_of
from infusionroom.tui.present.course_facts import call_words
from infusionroom.tui.present.course_head import ask_line
from infusionroom.tui.present.course_table import day_rows, days_head, pain_of_the_day
from infusionroom.tui.present.course_words import response_word, span_words, state_of, target_words
from infusionroom.tui.present.follow_up_list import due_words, open_things
from infusionroom.tui.present.pain_trend import trend_lines
from infusionroom.tui.present.patient_file import allergies_fact, escort_words, file_rows
from infusionroom.tui.present.patients import age_words, patient_rows

ZONE = "America/New_York"
TODAY = date(2026, 11, 27)


def file_of(*rows: VisitRecord, days: int = 5) -> CourseFile:
    paper = course(days=days)
    known, rules = days_of(paper, rows), FollowUpRules()
    patient = Patient("p1", 1, ev.PatientFile(family="Marlowe", given="Ruth"), FIRST)
    return CourseFile(
        paper,
        patient,
        known,
        oral_of(paper, known, ZONE),
        follow_up_of(paper, known, rules, ZONE),
        tasks_of(paper, known, rules, ZONE),
    )


def planned(number: int) -> VisitRecord:
    return row(number, phase="planned", started_at=None, stopped_at=None, left_at=None, day=day(number))


def day(number: int) -> date:
    return (FIRST + timedelta(days=number - 1)).date()


def held(number: int, before: int, after: int) -> VisitRecord:
    return row(number, phase="left", pain_before=before, pain_after=after, day=day(number))


def test_three_states_of_allergies_are_never_confused() -> None:
    for file, words, style in (
        (ev.PatientFile(family="A", allergies=("latex", "nuts")), "latex; nuts", "warn"),
        (ev.PatientFile(family="A", no_known_allergies=True), "no known allergies", "text"),
        (ev.PatientFile(family="A"), "not asked yet", "warn"),
    ):
        assert allergies_fact(file) == ("allergies", words, style)


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(1980, 11, 28), "45 years"),
        (date(1980, 11, 27), "46 years"),
        (date(2025, 10, 28), "12 months"),
        (date(2026, 11, 26), "0 months"),
    ],
)
def test_age(born: date, words: str) -> None:
    assert age_words(born, TODAY) == words


def test_an_old_weight_asks_for_another_and_a_flag_comes_first() -> None:
    file = ev.PatientFile(
        family="A",
        weight=ev.WeightOnFile(Decimal("71.50"), date(2026, 9, 1)),
        contraindications=("pregnancy",),
    )
    history = PatientHistory(Patient("p", 1, file, FIRST), (), ())
    rows = [text_of(row.line) for row in file_rows(history, DEFAULT_RULES, TODAY, ZONE, 90)]
    assert rows[0].split() == ["!", "mind", "pregnancy"]
    assert any("71.5 kg, Tue 1 Sep 2026, 87 days ago, older than 30 days: weigh again" in row for row in rows)
    assert any("0 here, elsewhere not asked: recovery usually 2:00 h" in row for row in rows)


def test_an_escort_with_and_without_a_number() -> None:
    assert escort_words(ev.Contact("Sam", "555", "son")) == "Sam (son), 555"
    assert escort_words(ev.Contact("Sam")) == "Sam, no number"


def test_only_similar_names_are_marked_and_the_last_row_registers() -> None:
    records = [
        PatientRecord(str(n), 1, family, given, None, "", "", "", "", look, "")
        for n, (family, given, look) in enumerate(
            [("Marlowe", "Ruth", "marl r"), ("Marlin", "Rosa", "marl r"), ("Osei", "Peter", "osei p")]
        )
    ]
    said = [text_of(row.line) for row in patient_rows(records, 90, "mar")]
    assert ["≈" in line for line in said] == [True, True, False, False]
    assert "Register a new patient “mar”" in said[-1]
    assert all(width_of(line) <= 90 for line in said)


def test_where_a_course_stands() -> None:
    running = file_of(held(1, 8, 6), planned(2), planned(3), planned(4), planned(5))
    assert state_of(running)[0] == "running"
    assert response_word(running, ZONE) == "too early"
    assert span_words(running, ZONE) == "23 – 27 Nov 2026"
    missed = row(2, phase="no_show", off=True, started_at=None, stopped_at=None, left_at=None, day=day(2))
    stumbled = file_of(held(1, 8, 6), missed, planned(3), planned(4), planned(5))
    assert state_of(stumbled) == ("undecided", "high")
    asked = text_of(ask_line(stumbled, TODAY, ZONE))
    assert asked.startswith("? Day 2 did not take place (no-show on Tue 24 Nov 2026). What becomes of it?")
    over = file_of(*(held(n, 8, 4) for n in range(1, 6)))
    assert state_of(over)[0] == "follow-up"
    assert response_word(over, ZONE) == "substantial"


def test_a_planned_day_that_is_past_says_so() -> None:
    forgotten = file_of(held(1, 8, 6), held(2, 7, 6), planned(3), planned(4), planned(5))
    table = [
        text_of(r.line)
        for r in day_rows(forgotten, DEFAULT_RULES, Decimal(80), date(2026, 11, 26), 118, ZONE)
    ]
    assert ["past: nobody" in line for line in table] == [False, False, True, False, False]
    assert "0.3 mg/kg/h" in table[0]
    asked = text_of(ask_line(forgotten, date(2026, 11, 26), ZONE))
    assert "Day 3 is past and nobody has said what became of it" in asked


@pytest.mark.parametrize("width", [60, 78, 118, 160])
def test_the_table_is_never_wider_than_its_pane(width: int) -> None:
    rows = day_rows(file_of(held(1, 8, 6), planned(2)), DEFAULT_RULES, None, TODAY, width, ZONE)
    assert line_width(days_head(width)) == width
    if width >= 78:
        assert {line_width(r.line) for r in rows} == {width}


@pytest.mark.parametrize(("width", "height"), [(24, 5), (44, 10), (76, 14)])
def test_the_chart_fits_and_reads_without_colour(width: int, height: int) -> None:
    pains = ((8, 6), (7, 7), (6, 3), (5, 2), (4, 2))
    over = file_of(*(held(n, *pain) for n, pain in enumerate(pains, 1)))
    lines = trend_lines(response_of(over.course, over.days, ZONE), over.follow_up, 5, width, height)
    drawn = "\n".join(map(text_of, lines))
    assert len(lines) <= height
    assert all(line_width(line) <= width for line in lines)
    assert set(drawn) <= set("0123456789+ \n┤│└─┬·abx")
    assert drawn.count("b") + drawn.count("x") == 5
    assert "+14" in drawn or width < 40


def test_a_chart_without_room_or_readings_is_none() -> None:
    over = file_of(held(1, 8, 6), days=1)
    answer = response_of(over.course, over.days, ZONE)
    assert trend_lines(answer, over.follow_up, 1, 20, 10) == ()
    assert trend_lines(answer, over.follow_up, 1, 60, 4) == ()


def test_a_call_counts_days_late_and_tries() -> None:
    due = Call(7, date(2026, 11, 25), tried=2)
    assert call_words(due, TODAY) == ("day 7: 2 days late, due Wed 25 Nov 2026, tried 2 ×", "warn")
    assert call_words(Call(7, TODAY), TODAY) == ("day 7: due today", "strong")


def test_what_is_due_is_said_in_days() -> None:
    assert due_words(TODAY, TODAY) == ("today", "strong")
    assert due_words(TODAY - timedelta(days=1), TODAY) == ("1 day late", "high")
    assert due_words(TODAY + timedelta(days=2), TODAY) == ("in 2 days", "dim")


def test_the_list_of_open_things_is_sorted_and_leaves_the_far_ones_out() -> None:
    over = file_of(*(held(n, 8, 4) for n in range(1, 6)))
    things, later = open_things([over, over], (), date(2026, 11, 28))
    assert [thing.what for thing in things] == [
        "oral ketamine is not prescribed",
        "call of day 1",
        "call of day 7",
    ]
    assert later == 1


def test_a_target_with_its_cap() -> None:
    target = ev.Target("mg_per_kg_h", Decimal("0.350"), Decimal("25.0"), duration_min=240)
    assert target_words(target) == "0.35 mg/kg/h, at most 25 mg/h, over 4:00 h"


def test_pain_over_the_day_is_said_as_far_as_it_was_asked() -> None:
    assert pain_of_the_day(row(1, pain_average=6, pain_worst=8, pain_least=0)) == (
        "pain in 24 h: average 6, worst 8, least 0"
    )
    assert pain_of_the_day(row(1, pain_worst=8)) == "pain in 24 h: worst 8"
    assert pain_of_the_day(row(1)) == ""
