"""Trends, flowsheet and head in words: no screen needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.tui.paper_room import CLINIC, DAY, ZONE, PaperRoom, local

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.flowsheet import flowsheet
from infusionroom.tui.present.cells import line_width, text_of, wrapped
from infusionroom.tui.present.flowsheet import flow_head, flow_rows, late_words, words_of
from infusionroom.tui.present.form_words import blamed
from infusionroom.tui.present.trends import Span, heights, span_of, time_axis, trend_lines
from infusionroom.tui.present.visit_head import head_lines


def _trends(paper: PaperRoom, visit_id: str, width: int = 60, height: int = 31) -> list[str]:
    visit = paper.room.visits[visit_id]
    return [text_of(line) for line in trend_lines(visit, CLINIC.rules, paper.now, ZONE, width, height)]


def test_nothing_measured_is_no_trend() -> None:
    paper = PaperRoom()
    assert _trends(paper, paper.seated().id) == []


@pytest.mark.parametrize("width", [24, 43, 60, 120])
@pytest.mark.parametrize("height", [11, 15, 20, 40])
def test_drawings_fill_their_pane_and_no_more(width: int, height: int) -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    lines = trend_lines(visit, CLINIC.rules, paper.now, ZONE, width, height)
    assert len(lines) <= height
    assert {line_width(line) for line in lines} == {width}


def test_every_drawing_has_at_least_a_row() -> None:
    assert heights(3) == (1, 1, 1, 1, 1)
    assert sum(heights(15)) == 9
    assert heights(100) == (6, 8, 6, 6, 2)


def test_pain_falls_from_left_to_right() -> None:
    paper = PaperRoom()
    lines = _trends(paper, paper.recovering().id)
    start = next(n for n, line in enumerate(lines) if line.startswith(" Pain"))
    assert "4 at 11:20" in lines[start]
    foot = lines[start + heights(31)[0]]
    bars = [char for char in foot[6:] if char != " "]
    assert bars, "each reading stands at the foot of its column"
    top = lines[start + 1]
    assert "┤" in top
    assert top.lstrip().startswith("10┤")


def test_pressure_stands_as_on_a_paper_chart() -> None:
    paper = PaperRoom()
    lines = _trends(paper, paper.recovering().id)
    start = next(n for n, line in enumerate(lines) if line.startswith(" Pressure"))
    drawn = "".join(lines[start + 1 : start + 1 + heights(31)[1]])
    assert drawn.count("v") == drawn.count("^") == 5


def test_a_reading_out_of_its_limits_is_marked() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    visit = paper.record(visit, ev.VitalsTaken(sbp=128, dbp=76, hr=72, rr=14, spo2=86), at=local(9))
    lines = trend_lines(visit, CLINIC.rules, paper.now, ZONE, 60, 31)
    assert any(cell.style == "high" and "86" in cell.text for line in lines for cell in line)


def test_a_taken_back_reading_is_in_no_trend() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=1), at=local(9))
    paper.give(cmd.Undo(visit=visit.id, target=visit.entries[-1].id, why="wrong"))
    (pain,) = [line for line in _trends(paper, visit.id) if line.startswith(" Pain")]
    assert " 8 at 08:00" in pain


def test_the_axis_names_full_hours_in_the_clinics_time() -> None:
    span = Span(local(7, 40), local(12, 10))
    axis = text_of(time_axis(span, ZONE, 60))
    assert axis.split() == ["08h", "09h", "10h", "11h", "12h"]
    assert time_axis(span, ZONE, 26), "where they would touch, every other one is left out"


def test_a_trend_ends_when_the_person_left() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    paper.give(cmd.Leave(visit=visit.id, against_advice="wants to go"), at=local(12, 30))
    span = span_of(paper.fresh(visit), paper.now + timedelta(days=2))
    assert span is not None
    assert span.until == local(12, 30)


def test_flowsheet_rows_are_as_wide_as_their_pane() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    for width in (60, 78, 120):
        rows = flow_rows(flowsheet(visit), width, ZONE, day=DAY, terminal="desk")
        assert {line_width(row.line) for row in rows} == {width}
        assert line_width(flow_head(flowsheet(visit), width, "desk")) == width
        assert [row.key for row in rows] == [str(line.entry.id) for line in flowsheet(visit)]


def test_moments_are_said_in_the_clinics_time() -> None:
    paper = PaperRoom()
    visit = paper.planned()
    (line,) = flowsheet(visit)
    assert words_of(line, {}, ZONE) == "for 23 Nov 08:00; day 3 of 5"


@pytest.mark.parametrize(("late_s", "words"), [(0, ""), (720, "+12"), (7200, "+2 h")])
def test_late_entries_say_how_late(late_s: int, words: str) -> None:
    assert late_words(late_s) == words


def test_the_head_has_four_lines_at_every_width() -> None:
    paper = PaperRoom()
    for make in (PaperRoom.planned, PaperRoom.recovering):
        visit = make(PaperRoom())
        for width in (80, 120):
            lines = head_lines(visit, (), paper.now, ZONE, width)
            assert [line_width(line) for line in lines] == [width] * 4


def test_an_early_stop_says_why_in_the_head() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.give(cmd.Stop(visit=visit.id, why="nausea"), at=local(9))
    text = "\n".join(text_of(line) for line in head_lines(paper.fresh(visit), (), paper.now, ZONE, 120))
    assert "1:00 of 4:00 h" in text
    assert "ended early: nausea" in text


def test_a_reason_stands_beside_the_field_that_it_names() -> None:
    from infusionroom.domain.outcome import Reason

    reasons = (
        Reason("impossible", "SBP 300 is impossible."),
        Reason("disagree", "Double check: the rate does not agree."),
        Reason("phase", "Vitals: the visit is planned."),
    )
    beside, rest = blamed(reasons, {"sbp": "SBP", "rate_ml_h": "Rate"})
    assert beside == {
        "sbp": "SBP 300 is impossible.",
        "rate_ml_h": "Double check: the rate does not agree.",
    }
    assert rest == ("Vitals: the visit is planned.",)


def test_long_words_are_wrapped_and_cut() -> None:
    assert wrapped("one two three", 7) == ("one two", "three")
    assert wrapped("x" * 20, 5) == ("xxxx…",)
