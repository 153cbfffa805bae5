"""Each pane's rows, made from a board built by hand, and the frame around them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from tests.tui.boards import DAY, NOW, ZONE, at, eight_chairs, forty_chairs

from infusionroom.domain.board import Board, DayBar, Mark, TaskLine, VitalsDue
from infusionroom.domain.masking import masked
from infusionroom.tui.panes.contents import CONTENTS
from infusionroom.tui.present.alarm_list import alarm_rows
from infusionroom.tui.present.cells import line_width, text_of
from infusionroom.tui.present.footer import Verb, action_at, verb_line
from infusionroom.tui.present.frame import PaneText, PaneView, frame, top_for
from infusionroom.tui.present.layout import plan
from infusionroom.tui.present.strip import (
    alarm_line,
    flash_half_period_s,
    needs_hand,
    out_of_reach_line,
    room_line,
)
from infusionroom.tui.present.tabs import tab_at, tab_line
from infusionroom.tui.present.to_come import to_come_rows

BOARD = eight_chairs()


def rows(name: str, width: int = 80, board: Board = BOARD) -> list[str]:
    return [text_of(row.line).rstrip() for row in CONTENTS[name](board, width).rows]


@pytest.mark.parametrize("name", list(CONTENTS))
@pytest.mark.parametrize("board", [eight_chairs(), forty_chairs()], ids=["eight", "forty"])
@pytest.mark.parametrize(("width", "height"), [(30, 8), (43, 12), (77, 9), (120, 30)])
def test_a_pane_fills_its_box_exactly(name: str, board: Board, width: int, height: int) -> None:
    text = CONTENTS[name](board, width - 2)
    lines = frame(text, PaneView(width, height, selected="halvorsen", focused=True))
    assert len(lines) == height
    assert {line_width(line) for line in lines} == {width}


def test_chairs_say_who_sits_where_and_in_what_state() -> None:
    assert rows("chairs", 43) == [
        " 1 ▶ Marlowe R     infusing    2:14 left",
        " 2 ▶ Okafor T      infusing    0:09 left  !",
        " 3 ‖ Halvorsen K   paused 0:06  nausea   !!",
        " 4 ◔ Bishop A      recovering  1:41       !",
        " 5 ◔ Nakamura J    recovering  0:22",
        " 6 ● Duarte L      ready       0:11",
        " 7 ~ cleaning                  0:08",
        " 8 · open        next 11:00 Petrov I",
    ]


def test_infusions_say_how_far_at_what_rate_until_when() -> None:
    first, second, third = rows("infusions", 75)
    assert "1:46   25.0   44.2  12:56    in 7" in first
    assert "3:51   35.0  134.8  10:51     due   !" in second
    assert "0:50‖   0.0   10.4" in third
    assert third.endswith("11 late  !!")


@pytest.mark.parametrize("late", [59, 75, 404, 725])
def test_an_alarm_mark_is_never_cut_however_late_vitals_are(late: int) -> None:
    due = VitalsDue("medium", late)
    infusions = tuple(msgspec.structs.replace(line, vitals=due) for line in BOARD.infusions)
    recovery = tuple(
        msgspec.structs.replace(line, vitals=due, alarm=BOARD.infusions[2].alarm) for line in BOARD.recovery
    )
    board = msgspec.structs.replace(BOARD, infusions=infusions, recovery=recovery)
    for name, row in (("infusions", 2), ("recovery", 0)):
        line = frame(CONTENTS[name](board, 75), PaneView(77, 9))[2 + row]
        assert text_of(line).rstrip(" │").endswith(" !!")


def test_a_name_of_wide_characters_stands_in_the_day_where_it_is_booked() -> None:
    chair = next(line for line in BOARD.chairs if line.next_who is not None)
    assert chair.next_who is not None
    who = msgspec.structs.replace(chair.next_who, short="王 小")
    chairs = tuple(
        msgspec.structs.replace(line, next_who=who) if line is chair else line for line in BOARD.chairs
    )
    board = msgspec.structs.replace(BOARD, chairs=chairs, bars=())
    row = CONTENTS["day"](board, 110).rows[chair.number - 1]
    assert "╎王 小" in text_of(row.line)
    plain = CONTENTS["day"](msgspec.structs.replace(BOARD, bars=()), 110).rows[chair.number - 1]
    assert line_width(row.line) == line_width(plain.line)


def test_recovery_counts_up_beside_the_usual_and_is_never_late() -> None:
    first, second = rows("recovery", 75)
    assert "1:41   2:00 1st   8 ▂▅▆▇ ↗  11:05 – 12:20" in first
    assert "0:22   1:00 14th  5 ▅" in second
    slow = msgspec.structs.replace(BOARD.recovery[0], elapsed_s=5 * 3600, home_from=None, home_to=None)
    (row,) = rows("recovery", 75, msgspec.structs.replace(BOARD, recovery=(slow,)))
    assert "5:00   2:00 1st" in row
    assert "cannot be said" in row
    assert "late" not in row
    assert "over" not in row


def test_discharge_names_what_is_missing() -> None:
    ready, bishop = rows("discharge", 110)
    assert "10 ●  ●" in ready
    assert "ready, escort in car" in ready
    assert " 8 ○  ●" in bishop
    assert "score, IV, escort, teaching" in bishop
    assert "sign-off" not in bishop, "the signature is what comes after the points"


def test_to_come_says_what_is_special_about_the_next() -> None:
    wide = rows("to_come", 90)
    assert wide[0] == (" 11:00 Petrov I    1/1  0.5 mg/kg/h · consent missing · allergy: latex · first time")
    assert any("late arrival?" in row for row in wide)


def test_where_it_is_narrow_what_is_special_follows_in_lines_of_its_own() -> None:
    assert rows("to_come", 41)[:4] == [
        " 11:00 Petrov I    1/1  0.5 mg/kg/h",
        "       consent missing · allergy: latex",
        "       first time",
        " 11:30 Abara C     2/5  0.4 mg/kg/h",
    ]
    text = CONTENTS["to_come"](BOARD, 41)
    assert [row.key for row in text.rows[:4]] == ["petrov", "petrov", "petrov", "abara"]


def test_nobody_takes_more_than_three_lines() -> None:
    many = tuple(Mark("allergy", f"allergy: substance {number}", "mind") for number in range(9))
    crowded = (msgspec.structs.replace(BOARD.to_come[0], marks=many), *BOARD.to_come[1:])
    shown = rows("to_come", 41, msgspec.structs.replace(BOARD, to_come=crowded))
    assert shown[2].endswith(" …"), "what is left out is said"
    full = (
        Mark("allergy", "x" * 34, "mind"),
        Mark("allergy", "y" * 34, "mind"),
        Mark("first time", "z", "mind"),
    )
    tight = (msgspec.structs.replace(BOARD.to_come[0], marks=full), *BOARD.to_come[1:])
    assert rows("to_come", 41, msgspec.structs.replace(BOARD, to_come=tight))[2].endswith("… …")
    assert shown[3].startswith(" 11:30 Abara")


def test_where_names_are_masked_nobody_reads_doses_or_what_they_suffer_from() -> None:
    shown = "".join(text_of(row.line) for row in to_come_rows(masked(BOARD), 90))
    assert "IP" in shown
    assert "consent missing" in shown
    assert "first time" in shown
    for hidden in ("Petrov", "latex", "mg/kg/h", "late arrival"):
        assert hidden not in shown


def test_what_is_due_of_courses_stands_under_the_people_and_in_the_title() -> None:
    tasks = (
        TaskLine(
            BOARD.to_come[1].who, "call", "call of day 7, tried 2 ×", DAY - timedelta(days=4), "c1", "p1", 7
        ),
        TaskLine(BOARD.to_come[2].who, "prescribe", "oral ketamine is not prescribed", DAY, "c2", "p2"),
    )
    board = msgspec.structs.replace(BOARD, tasks=tasks)
    text = CONTENTS["to_come"](board, 60)
    assert text.title == "To come · 2 to do"
    assert [text_of(row.line).rstrip() for row in text.rows[-3:]] == [
        " To do",
        " · call Abara C, day 7, tried 2 ×, since Thu",
        " · Lindqvist M: prescribe oral ketamine, today",
    ]
    assert "To do" not in "".join(rows("to_come", 60))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("decide", "Abara C: day 3 missed, decide"),
        ("prescribe", "Abara C: prescribe oral ketamine"),
        ("teach", "Abara C: teach oral ketamine"),
        ("started", "Abara C: oral ketamine started?"),
    ],
)
def test_a_task_begins_with_whose_it_is(kind: Any, words: str) -> None:
    task = TaskLine(BOARD.to_come[1].who, kind, "in full", DAY - timedelta(days=20), "c1", "p1", day=3)
    board = msgspec.structs.replace(BOARD, tasks=(task,))
    assert rows("to_come", 60, board)[-1] == f" · {words}, since 3 Nov"


def test_names_and_reasons_take_the_room_that_is_there() -> None:
    long = msgspec.structs.replace(BOARD.infusions[0].who, short="Lindqvist-Berg Mia", alike=True)
    infusions = (msgspec.structs.replace(BOARD.infusions[0], who=long), *BOARD.infusions[1:])
    board = msgspec.structs.replace(BOARD, infusions=infusions)
    assert "Lindqvist-Berg Mia ≈" in rows("infusions", 90, board)[0]
    assert "Lindqvist" not in rows("infusions", 60, board)[0], "the bar and the figures come first"
    late = tuple(msgspec.structs.replace(line, course="", late_s=23_340) for line in BOARD.to_come)
    first = rows("to_come", 41, msgspec.structs.replace(BOARD, to_come=late))[0]
    assert "6:29 late" in first, "who is late is late in the first line"


def test_the_day_is_drawn_with_now_and_what_usually_follows() -> None:
    drawn = rows("day", 118)
    assert "█┃▒" in drawn[0]
    assert "▒░" in drawn[0]
    assert "▓┃░" in drawn[3]
    assert "╎Petrov I" in drawn[7]
    head = text_of(CONTENTS["day"](BOARD, 118).head)
    assert head.index("┃") == drawn[0].index("┃")


def test_somebody_carried_over_does_not_squeeze_the_day_into_a_corner() -> None:
    stray = DayBar(1, "recovery", NOW - timedelta(days=2), NOW, BOARD.chairs[0].who)
    board = msgspec.structs.replace(BOARD, bars=(stray,))
    assert " 12 " in text_of(CONTENTS["day"](board, 118).head)


def test_an_empty_pane_says_what_appears_and_which_key_makes_it_happen() -> None:
    nobody = msgspec.structs.replace(BOARD, infusions=(), recovery=(), discharge=(), to_come=())
    for name, key in (
        ("infusions", "a says"),
        ("recovery", "e ends"),
        ("discharge", "d opens"),
        ("to_come", "t books"),
    ):
        lines = "\n".join(text_of(line) for line in frame(CONTENTS[name](nobody, 90), PaneView(92, 8)))
        assert key in lines, name


def test_what_an_empty_pane_says_goes_on_in_its_next_line() -> None:
    nobody = msgspec.structs.replace(BOARD, infusions=())
    lines = [text_of(line) for line in frame(CONTENTS["infusions"](nobody, 60), PaneView(62, 9))]
    assert not any("…" in line for line in lines)
    assert any("vitals are due." in line for line in lines)


def test_the_frame_says_how_much_is_above_and_below() -> None:
    text = CONTENTS["infusions"](forty_chairs(), 75)
    lines = frame(text, PaneView(77, 10, top=4))
    assert "▲ 4 ▼ 19 more" in text_of(lines[-1])


def test_the_view_moves_as_little_as_it_must() -> None:
    text = PaneText("x", CONTENTS["infusions"](forty_chairs(), 75).rows)
    view = PaneView(77, 10)
    assert top_for(text, view, 3) == 0
    assert top_for(text, view, 8) == 1
    assert top_for(text, view._replace(top=20), 19) == 19
    assert top_for(text, view._replace(top=20), -1) == 20, "nobody moved: nothing scrolls"
    assert top_for(text, view._replace(top=500), -1) == 22


def test_the_selected_row_is_marked_by_a_sign_and_not_only_by_colour() -> None:
    text = CONTENTS["chairs"](BOARD, 43)
    focused = frame(text, PaneView(45, 12, selected="bishop", focused=True))
    beside = frame(text, PaneView(45, 12, selected="bishop"))
    assert text_of(focused[4]).startswith("▸")
    assert text_of(beside[4]).startswith("›")


def test_the_strip_says_room_moment_counts_last_start_and_user() -> None:
    line = text_of(room_line(BOARD, 140, user="RN Lee"))
    for words in (
        "Northside Infusion",
        "10:42",
        "2 infusing",
        "1 paused",
        "4 to come",
        "last start 12:10",
        "RN Lee",
    ):
        assert words in line
    narrow = text_of(room_line(BOARD, 80, user="RN Lee"))
    assert "10:42" in narrow
    assert "2 inf" in narrow
    assert "last start 12:10" in narrow
    after = msgspec.structs.replace(BOARD, now=at(12, 11))
    assert "no more starts" in text_of(room_line(after, 140, user="RN Lee"))


def test_the_highest_alarm_stands_on_the_strip_with_its_keys() -> None:
    line = text_of(alarm_line(BOARD, 120))
    assert line.startswith(" !!  ch 3 Halvorsen K  vitals 11 min late")
    assert "1 of 3   k acknowledge   K all alarms" in line
    seen = tuple(msgspec.structs.replace(a, silenced=True, acknowledged_by="RN Cho") for a in BOARD.alarms)
    quiet = text_of(alarm_line(msgspec.structs.replace(BOARD, alarms=seen), 120))
    assert "Halvorsen" in quiet, "acknowledging hides nothing"
    assert "seen by RN Cho" in quiet
    assert "k acknowledge" not in quiet
    assert text_of(alarm_line(msgspec.structs.replace(BOARD, alarms=()), 120)).strip() == ""


def test_only_what_waits_for_a_hand_flashes() -> None:
    medium, low, _ = BOARD.alarms
    high = msgspec.structs.replace(medium, priority="high")
    over = msgspec.structs.replace(medium, active=False)
    assert flash_half_period_s((high, medium)) == 0.25
    assert flash_half_period_s((medium,)) == 1.0
    assert flash_half_period_s((low,)) is None
    assert flash_half_period_s((msgspec.structs.replace(high, silenced=True),)) is None
    assert flash_half_period_s((over,)) is None
    assert flash_half_period_s((msgspec.structs.replace(high, active=False),)) == 0.25, "high latches"
    assert needs_hand(high)


def test_the_banner_says_since_when_and_how_old_the_board_is() -> None:
    line = text_of(out_of_reach_line(at(10, 42), at(10, 40), at(10, 51), ZONE, 120))
    assert "store out of reach since 10:42, board is 11 min old" in line
    assert "refused" in line
    for read in (at(10, 51), at(10, 40), at(2, 1)):
        narrow = text_of(out_of_reach_line(at(10, 42), read, at(10, 51), ZONE, 80)).rstrip()
        assert narrow.endswith("old: entries refused"), "the sentence ends in a small window too"


def test_who_is_at_the_keys_stands_in_a_small_window_too() -> None:
    assert text_of(room_line(BOARD, 80, user="RN Lee")).endswith("RN Lee ")


def test_the_list_of_alarms_has_state_begin_value_limit_and_who_saw_it() -> None:
    shown = [text_of(row.line) for row in alarm_rows(BOARD, 118)]
    assert "needs a hand" in shown[0]
    assert "10:31" in shown[0]
    assert all(words in shown[2] for words in ("seen", "10:12", "164", "above 160", "RN Lee"))
    narrow = [text_of(row.line) for row in alarm_rows(BOARD, 78)]
    assert "164 mmHg (above" in narrow[2], "what does not fit is cut, the value stays"


def test_tabs_summarise_what_is_not_shown() -> None:
    line = text_of(tab_line(BOARD, 100, 1))
    assert " 1 Chairs 1 open" in line
    assert "[2 Infusions 3 next 10:51 !!]" in line
    assert "4 Discharge 1 ready" in line
    short = text_of(tab_line(BOARD, 80, 0))
    assert "4 Discharge 1 ready" in short
    assert tab_at(BOARD, 100, line.index("Discharge"), 1) == 3
    assert tab_at(BOARD, 100, 2, 1) == 0


def test_a_footer_keeps_help_however_small_and_knows_where_its_words_are() -> None:
    verbs = (*tuple(Verb(f"a{n}", "x", "Something") for n in range(20)), Verb("help", "?", "Help"))
    line, placed = verb_line("ch 3 Halvorsen K", verbs, 60)
    text = text_of(line)
    assert len(text) == 60
    assert "? Help" in text
    assert action_at(placed, text.index("Help")) == "help"
    assert action_at(placed, placed[0].right) is None, "between two words there is nothing to click"


@pytest.mark.parametrize("chairs", [1, 8, 40])
@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60), (60, 15)])
@pytest.mark.parametrize("tab", ["chairs", "recovery"])
def test_the_boxes_lie_side_by_side_inside_the_screen(size: tuple[int, int], chairs: int, tab: str) -> None:
    width, height = size
    taken: set[tuple[int, int]] = set()
    for name, box in plan(width, height, chairs, tab).boxes.items():
        assert min(box) >= 0, name
        cells = {(x, y) for x in range(box.x, box.x + box.width) for y in range(box.y, box.y + box.height)}
        assert not cells & taken, name
        assert all(0 <= x < width and 0 <= y < height for x, y in cells), name
        taken |= cells


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
def test_all_panes_are_on_the_big_screens(size: tuple[int, int]) -> None:
    boxes = plan(*size, 8).boxes
    assert set(CONTENTS) <= set(boxes)
    assert all(boxes[name].height >= 5 for name in CONTENTS)
