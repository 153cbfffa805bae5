"""What a course did to the pain, against the reading before its first infusion; and what is said too early."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.course_paper import FIRST, course, day

from infusionroom.domain import events as ev
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.course_response import CourseResponse, response_of, words
from infusionroom.domain.day_before import day_before_lines
from infusionroom.domain.visit import Stated

ZONE = "America/New_York"


def pains(*ratings: tuple[int | None, int | None], of: int = 5) -> tuple[CourseDay, ...]:
    """Days held with their pain before and after; those left over are still planned."""
    held = [day(n, of=of, pain_before=b, pain_after=a) for n, (b, a) in enumerate(ratings, 1)]
    to_come = [day(n, DayState.PLANNED, of=of) for n in range(len(ratings) + 1, of + 1)]
    return (*held, *to_come)


def called(
    one: Course, day_number: int, *, pain: int | None, pgic: int | None = None, reached: bool = True
) -> Course:
    body = ev.FollowUpCalled(day=day_number, reached=reached, pain=pain, pgic=pgic)
    at = FIRST + timedelta(days=5 + day_number)
    return replace(one, calls=(*one.calls, Stated(100 + len(one.calls), at, "Lee", body)))


def response(*ratings: tuple[int | None, int | None], of: int = 5, **made: Any) -> CourseResponse:
    return response_of(course(days=of, **made), pains(*ratings, of=of), ZONE)


# ── the baseline is the first day's, whatever came later ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ratings", "at_30", "at_50"),
    [
        (((7, 6), (6, 5)), False, False),  # 20 of 70 is less than 21
        (((7, 5), (5, 4)), True, False),  # 3 of 7
        (((9, 8), (8, 6)), True, False),  # 3 of 9, a third
        (((9, 7), (6, 5)), True, False),  # 4 of 9: 44 %
        (((5, 5), (4, 3)), True, False),  # 2 of 5: 40 %
        (((5, 4), (4, 2)), True, True),  # 3 of 5
        (((6, 5), (5, 3)), True, True),  # 3 of 6: exactly half
        (((4, 4), (4, 5)), False, False),
        (((10, 9), (9, 7)), True, False),  # exactly 30 %
        (((3, 3), (3, 2)), True, False),  # a third
    ],
)
def test_responders_in_whole_numbers(ratings: tuple[tuple[int, int], ...], at_30: bool, at_50: bool) -> None:
    found = response(*ratings)
    assert (found.responder_30, found.responder_50) == (at_30, at_50)


def test_later_days_never_move_the_baseline() -> None:
    found = response((8, 7), (4, 4), (9, 6))
    assert found.baseline == 8
    assert found.latest is not None
    assert (found.latest.nrs, found.latest.day) == (6, 3)
    assert found.responder_30 is False, "2 of 8, though today it fell by a third"
    assert [(d.number, d.before, d.after) for d in found.days] == [(1, 8, 7), (2, 4, 4), (3, 9, 6)]


def test_a_day_without_a_rating_after_it_leaves_the_last_known() -> None:
    found = response((8, 4), (5, None))
    assert found.latest is not None
    assert (found.latest.nrs, found.latest.day) == (4, 1)


def test_a_first_day_without_a_rating_is_no_reason_to_take_another() -> None:
    found = response((None, 4), (8, 2))
    assert (found.baseline, found.responder_30, found.relief) == (None, None, None)
    assert words(found) == "no answer: pain before the first infusion was not rated"


def test_no_pain_before_has_no_answer() -> None:
    found = response((0, 0), (0, 3))
    assert (found.responder_30, found.responder_50, found.too_early) == (None, None, False)
    assert words(found) == "no answer: no pain before"


# ── one day says little ─────────────────────────────────────────────────────────────────────────────────────


def test_one_day_without_effect_is_too_early_to_say() -> None:
    found = response((8, 7))
    assert found.too_early
    assert words(found) == "pain 8 → 7 after day 1: too early to say"


def test_one_day_with_effect_is_no_longer_early() -> None:
    found = response((8, 3))
    assert not found.too_early
    assert words(found) == "pain 8 → 3 after day 1, 62 % less: substantial relief (at least 50 %)"


def test_a_second_day_or_a_call_is_no_longer_early() -> None:
    assert not response((8, 7), (7, 7)).too_early
    single = called(course(days=1), 1, pain=8)
    found = response_of(single, pains((8, 7), of=1), ZONE)
    assert not found.too_early
    assert words(found) == "pain 8 → 8 at the call of day 1, unchanged: no response (less than 30 %)"


def test_while_days_are_to_come_nothing_is_final() -> None:
    assert words(response((8, 7), (7, 6))) == "pain 8 → 6 after day 2, 25 % less: no response so far"
    done = response((8, 7), (7, 6), of=2)
    assert words(done) == "pain 8 → 6 after day 2, 25 % less: no response (less than 30 %)"


def test_before_anything_was_infused_or_rated() -> None:
    assert words(response()) == "nothing infused yet"
    assert words(response((8, None))) == "pain 8 before the first infusion, none rated since"


def test_worse_is_said_as_it_is() -> None:
    assert words(response((5, 5), (5, 7), of=2)).startswith("pain 5 → 7 after day 2, 40 % more: no response")


# ── after the course ────────────────────────────────────────────────────────────────────────────────────────


def test_a_later_call_is_the_follow_up() -> None:
    one = called(called(course(days=2), 1, pain=3), 7, pain=6)
    found = response_of(one, pains((8, 5), (5, 2), of=2), ZONE)
    assert found.latest is not None
    assert (found.latest.nrs, found.latest.call) == (6, 7)
    assert (found.responder_30, found.responder_50) == (False, False)


def test_a_call_that_reached_nobody_says_nothing() -> None:
    one = called(course(days=2), 1, pain=9, pgic=7, reached=False)
    found = response_of(one, pains((8, 5), (5, 2), of=2), ZONE)
    assert found.latest is not None
    assert (found.latest.nrs, found.pgic) == (2, None)


def test_the_last_pgic_holds_whoever_asked() -> None:
    one = called(course(days=2), 7, pain=2, pgic=2)
    rated = ev.PgicRated(pgic=4, rated_on=date(2026, 11, 27))
    # Entered after the call, but given before it.
    one = replace(one, pgics=(Stated(200, FIRST + timedelta(days=20), "Lee", rated),))
    found = response_of(one, pains((8, 5), (5, 2), of=2), ZONE)
    assert (found.pgic, found.pgic_responder) == (2, True)
    assert words(found).endswith("; PGIC 2, much improved")


@pytest.mark.parametrize(("pgic", "responder"), [(1, True), (2, True), (3, False), (7, False)])
def test_pgic_responders_are_one_and_two(pgic: int, responder: bool) -> None:
    found = response_of(called(course(days=1), 1, pain=None, pgic=pgic), pains((8, 2), of=1), ZONE)
    assert found.pgic_responder is responder


# ── the day before, beside the order ────────────────────────────────────────────────────────────────────────


def test_the_day_before_tells_dose_tolerance_and_pain() -> None:
    before = day(
        2,
        percent=80,
        ordered_mg_h="33.4",
        ordered_mg_per_kg_h="0.4004",
        highest_mg_h="33.4",
        given_mg="98.54",
        side_effect="moderate nausea",
        stopped_early=True,
        stop_why="nausea",
        pain_before=8,
        pain_after=4,
    )
    assert day_before_lines(before) == (
        "Day 2 of 5 (80 %): 33.4 mg/h = 0.4 mg/kg/h, 98.5 mg given",
        "Pain 8 → 4; worst: moderate nausea; stopped early: nausea",
    )


def test_a_quiet_day_before_says_that_too() -> None:
    before = day(1, ordered_mg_h="25", ordered_mg_per_kg_h="0.3", highest_mg_h="28", given_mg="104")
    assert day_before_lines(before) == (
        "Day 1 of 5 (60 %): 25 mg/h = 0.3 mg/kg/h, raised to 28 mg/h, 104 mg given",
        "Pain not rated; no side effect charted",
    )


def test_before_the_first_day_there_is_nothing() -> None:
    assert day_before_lines(None) == ()
