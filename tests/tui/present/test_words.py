"""Times, marks and names in the board's words."""

from __future__ import annotations

import msgspec
import pytest
from tests.tui.boards import who

from infusionroom.domain.board import VitalsDue
from infusionroom.tui.present.cells import Cell, changed_span, char_width, clean, cut, fit, text_of, width_of
from infusionroom.tui.present.marks import alarm_mark, progress, sparkline, trend
from infusionroom.tui.present.people import name_cell
from infusionroom.tui.present.recovery import ordinal
from infusionroom.tui.present.times import ago_words, due_fit, due_words, h_mm, left_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(8040, "2:14 left"), (540, "0:09 left"), (120, "0:02 left"), (119, "119 s left"), (1, "1 s left"),
     (0, "ends now"), (-59, "ends now"), (-60, "0:01 over"), (-3700, "1:01 over")],
)  # fmt: skip
def test_seconds_are_shown_only_where_they_matter(seconds: int, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.parametrize(
    ("due", "words"),
    [(VitalsDue("in", 7), "in 7"), (VitalsDue("in", 75), "in 1:15"), (VitalsDue("due"), "due"),
     (VitalsDue("due", 3), "due 3"), (VitalsDue("low", 6), "6 late"), (VitalsDue("medium", 11), "11 late"),
     (VitalsDue("medium", 75), "1:15 late"), (VitalsDue("none"), "")],
)  # fmt: skip
def test_what_is_overdue_counts_up(due: VitalsDue, words: str) -> None:
    assert due_words(due) == words


def test_durations_are_hours_and_minutes() -> None:
    assert [h_mm(s) for s in (0, 59, 60, 3599, 3600, 8040, 90000)] == [
        "0:00", "0:00", "0:01", "0:59", "1:00", "2:14", "25:00",
    ]  # fmt: skip
    assert [ago_words(s) for s in (5, 240, 7500)] == ["under a minute", "4 min", "2:05 h"]


def test_the_bar_fills_as_the_infusion_runs() -> None:
    assert text_of(progress(0, 240, 8)) == "────────"
    assert text_of(progress(1, 240, 8)) == "╸───────"
    assert text_of(progress(120, 240, 8)) == "━━━━╸───"
    assert text_of(progress(240, 240, 8)) == "━━━━━━━━"
    assert text_of(progress(300, 240, 8)) == "━━━━━━━━"
    assert all(len(text_of(progress(s, 240, 20))) == 20 for s in range(0, 300, 7))


def test_a_score_climbs_in_columns_with_an_arrow() -> None:
    assert sparkline((2, 5, 7, 8), 5) == "▂▅▆▇"
    assert sparkline(tuple(range(11)), 3) == "▇▇█"
    assert (trend((5,)), trend((5, 7)), trend((7, 5)), trend((7, 7))) == (" ", "↗", "↘", "→")


def test_alarm_marks_are_read_without_colour() -> None:
    assert [alarm_mark(p).text for p in ("high", "medium", "low", None)] == ["!!!", " !!", "  !", "   "]


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "14th", "21st", "22nd", "111th",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Marlowe R", "Marlowe R"),
        ("[/oops]", "[/oops]"),
        ("a\x1b[2Jb", "a·[2Jb"),
        ("a\nb\tc", "a b c"),
        ("\u202eevil\u202c", "evil"),
        ("\u2067abc\u2069", "abc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\u0301", "é"),
        ("\u0301leading", "leading"),
        ("x" + "\u0300\u0301\u0302\u0303", "x\u0300\u0301"),
        ("no\u00a0break", "no break"),
        ("\x9b31m", "·31m"),
        ("李小龙", "李小龙"),
    ],
)
def test_a_name_can_neither_steer_the_terminal_nor_turn_the_line_around(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    "text", ["Marlowe R", "李小龙 and more", "é" * 30, "", "👩 team", "ﾊﾝｶｸ", "a\u0301\u0302bc"]
)
@pytest.mark.parametrize("width", [0, 1, 2, 5, 9, 30])
def test_names_are_cut_by_cells(text: str, width: int) -> None:
    assert width_of(fit(text, width)) == width
    assert width_of(cut(text, width)) <= width


def test_widths_agree_with_the_terminal_toolkit() -> None:
    """A column would lean if the wording and the painting counted differently."""
    from rich.cells import cell_len

    for text in ("Marlowe", "李小龙", "é", "ﾊﾝｶｸ", "한국", "Ω", "▶‖◔●~·━╸─▂▅▆▇↗→↘┃▒░█▸›○◐–…≈"):
        cleaned = clean(text)
        assert width_of(cleaned) == cell_len(cleaned), text


def test_every_sign_of_the_board_is_one_cell() -> None:
    for sign in "▶‖◔●~·◇○◐×━╸─▁▂▃▄▅▆▇█↗→↘┃▒░▓▪▸›╎≈–…⏎▲▼│┌┐└┘":
        assert char_width(sign) == 1, sign


@pytest.mark.parametrize(
    ("short", "alike", "width", "shown"),
    [
        ("Marlowe R", False, 12, "Marlowe R   "),
        ("Featherstonehaugh A", False, 12, "Featherst… A"),
        ("Nakamura Jun", True, 14, "Nakamura Jun ≈"),
        ("Nakamura Jun", True, 11, "Nakam… Jun≈"),
        ("Nakamura Jun", True, 6, "Naka…≈"),
        ("", False, 9, "(no name)"),
    ],
)
def test_what_tells_two_people_apart_is_never_cut(short: str, alike: bool, width: int, shown: str) -> None:
    person = msgspec.structs.replace(who("x", "y"), short=short, alike=alike)
    assert name_cell(person, width).text == shown


@pytest.mark.parametrize(
    ("before", "after", "span"),
    [
        ("2:14 left", "2:14 left", None),
        ("2:14 left", "2:13 left", (3, 4)),
        ("a", "ab", (1, 2)),
        ("", "ab", (0, 2)),
        ("李x", "李y", (2, 3)),
        ("李", "aa", (0, 2)),
        ("e", "e\u0301", (0, 1)),
    ],
)
def test_only_the_columns_that_differ_are_painted(
    before: str, after: str, span: tuple[int, int] | None
) -> None:
    assert changed_span((Cell(before),), (Cell(after),)) == span


def test_a_change_of_style_is_a_change() -> None:
    plain, lit = (Cell("ab"), Cell("c")), (Cell("a"), Cell("b", "high"), Cell("c"))
    assert changed_span(plain, lit) == (1, 2)
    assert changed_span((Cell("a"), Cell("bc")), (Cell("ab"), Cell("c"))) is None, (
        "cut otherwise, painted alike"
    )


def test_hours_late_leave_room_for_the_alarm_mark_behind_them() -> None:
    assert due_fit(VitalsDue("medium", 404), 7) == "6h late"
    assert due_fit(VitalsDue("medium", 59), 7) == "59 late"
    assert len(due_fit(VitalsDue("medium", 720), 7)) == 8
