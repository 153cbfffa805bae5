"""Whether a day that somebody wants can be booked, and if not, by which rule."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from msgspec.structs import replace
from tests.domain.bookings import CLINIC, HOLIDAYS, at, booked

from infusionroom.domain.booking import Wanted, problems
from infusionroom.domain.clinic import BookingRules, Rules
from infusionroom.domain.outcome import Reason

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
ONE_CHAIR = replace(CLINIC, chairs=1)


def wanted(
    clock: str = "10:00", chair: int | None = 1, day: date = MONDAY, *, minutes: int = 240, visit: str = ""
) -> Wanted:
    return Wanted(at(day, clock), minutes, 60, chair, visit)


def rules(*found: Reason) -> list[str]:
    return [reason.rule for reason in found]


def monday(clock: str) -> datetime:
    return at(MONDAY, clock)


def test_an_empty_working_day_takes_anybody() -> None:
    assert problems(CLINIC, HOLIDAYS, [], [wanted()]) == ()
    assert problems(CLINIC, HOLIDAYS, [], [wanted(chair=None)]) == ()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 26), "Thu 26 Nov is Thanksgiving Day: choose a working day."),
        (date(2026, 11, 28), "Sat 28 Nov is a Saturday: choose a working day."),
    ],
)
def test_a_closed_day_is_named(day: date, why: str) -> None:
    (reason,) = problems(CLINIC, HOLIDAYS, [], [wanted(day=day)])
    assert (reason.rule, reason.text, reason.overridable) == ("closed_day", why, False)


def test_an_opened_holiday_can_be_booked() -> None:
    opened = replace(CLINIC, opened_days=frozenset({date(2026, 11, 26)}))
    assert problems(opened, HOLIDAYS, [], [wanted(day=date(2026, 11, 26))]) == ()


@pytest.mark.parametrize(
    ("clock", "found"),
    [("06:59", ["before_opening"]), ("07:00", []), ("13:00", []), ("13:01", ["after_closing"])],
)
def test_infusion_and_usual_recovery_lie_within_the_opening_hours(clock: str, found: list[str]) -> None:
    reasons = problems(CLINIC, HOLIDAYS, [], [wanted(clock)])
    assert rules(*reasons) == found
    assert not any(reason.overridable for reason in reasons)


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 11, 2)])
def test_after_the_clocks_have_changed_the_wall_clock_still_rules(day: date) -> None:
    assert problems(CLINIC, {}, [], [wanted("07:00", day=day), wanted("13:00", day=MONDAY)]) == ()
    assert rules(*problems(CLINIC, {}, [], [wanted("13:15", day=day)])) == ["after_closing"]


def test_on_the_days_of_23_and_25_hours_it_is_the_hours_that_pass_that_count() -> None:
    # Open all the night through; the clocks of this zone change on a Friday (Cairo, 2026).
    cairo = replace(CLINIC, timezone="Africa/Cairo", opens=time(0), closes=time(8))
    short, usual = date(2026, 4, 24), date(2026, 4, 17)
    for day, found in ((usual, []), (short, ["after_closing"])):
        one = Wanted(at(day, "00:00", cairo), 420, 60, 1)
        assert rules(*problems(cairo, {}, [], [one])) == found


def test_nobody_comes_twice_on_one_day() -> None:
    twice = problems(CLINIC, HOLIDAYS, [], [wanted("07:00"), wanted("13:00")])
    assert rules(*twice) == ["same_day"]
    at_once = problems(ONE_CHAIR, HOLIDAYS, [], [wanted("07:00"), wanted("07:00")])
    assert rules(*at_once) == ["full", "two_starts", "same_day", "full", "two_starts"]
    elsewhere = booked(monday("07:00"), 2, patient="rae")
    assert problems(CLINIC, HOLIDAYS, [elsewhere], [wanted("13:00")]) == ()
    own = problems(CLINIC, HOLIDAYS, [elsewhere], [wanted("13:00")], patient_ids=["rae"])
    assert rules(*own) == ["same_day"]


def test_somebody_sent_home_without_an_infusion_may_come_again_that_day() -> None:
    sent_home = booked(monday("07:00"), 2, patient="rae", left_at=monday("07:20"))
    assert problems(CLINIC, HOLIDAYS, [sent_home], [wanted("13:00")], patient_ids=["rae"]) == ()
    had_one = replace(sent_home, started_at=monday("07:05"))
    assert rules(*problems(CLINIC, HOLIDAYS, [had_one], [wanted("13:00")], patient_ids=["rae"])) == [
        "same_day"
    ]


def test_a_full_room_asks_for_a_reason_to_over_book() -> None:
    (reason,) = problems(ONE_CHAIR, HOLIDAYS, [booked(monday("08:00"), 1)], [wanted("12:00", chair=None)])
    assert (reason.rule, reason.overridable) == ("full", True)
    assert reason.text == (
        "Mon 23 Nov 12:00: no chair is free until 17:10. Choose another time, or over-book with a reason."
    )
    assert problems(ONE_CHAIR, HOLIDAYS, [booked(monday("07:00"), 1)], [wanted("12:10")]) == ()


def test_a_chair_that_is_booked_names_one_that_is_free() -> None:
    (reason,) = problems(CLINIC, HOLIDAYS, [booked(monday("08:00"), 3)], [wanted("10:00", chair=3)])
    assert (reason.rule, reason.overridable) == ("chair_booked", True)
    assert "chair 3 is booked until 13:10. Chair 1 is free" in reason.text


def test_where_only_one_chair_is_left_it_has_to_be_chosen() -> None:
    two = replace(CLINIC, chairs=2)
    known = [
        booked(monday("15:00"), 2, visit="a", minutes=10),
        booked(monday("12:00"), None, visit="b"),
    ]
    (reason,) = problems(two, HOLIDAYS, known, [wanted("07:30", chair=None, minutes=300)])
    assert (reason.rule, reason.overridable) == ("full", True)
    assert "Choose chair 2, which is free" in reason.text
    assert problems(two, HOLIDAYS, known, [wanted("07:30", chair=2, minutes=300)]) == ()


def test_two_starts_need_a_nurse_each() -> None:
    for clock, found in (("09:46", ["two_starts"]), ("09:45", []), ("10:14", ["two_starts"]), ("10:15", [])):
        reasons = problems(CLINIC, HOLIDAYS, [booked(monday("10:00"), 2)], [wanted(clock)])
        assert rules(*reasons) == found, clock
        assert all(reason.overridable for reason in reasons)
    (reason,) = problems(CLINIC, HOLIDAYS, [booked(monday("10:00"), 2)], [wanted("10:05")])
    assert "another infusion begins at 10:00 in chair 2. Starts lie 15 min apart" in reason.text


def test_the_clinic_may_let_infusions_begin_together() -> None:
    together = replace(CLINIC, rules=Rules(booking=BookingRules(start_gap_min=0)))
    assert problems(together, HOLIDAYS, [booked(monday("10:00"), 2)], [wanted("10:00")]) == ()


def test_a_visit_that_is_off_keeps_nothing_free() -> None:
    off = booked(monday("10:00"), 1, off=True)
    assert problems(ONE_CHAIR, HOLIDAYS, [off], [wanted()]) == ()


def test_a_visit_that_is_moved_is_not_in_its_own_way() -> None:
    known = booked(monday("10:00"), 1, visit="day-3", patient="rae")
    later = wanted("10:15", visit="day-3")
    assert problems(ONE_CHAIR, HOLIDAYS, [known], [later], patient_ids=["rae"]) == ()
    assert rules(*problems(ONE_CHAIR, HOLIDAYS, [known], [wanted("10:15")])) == ["full"]


def test_who_has_left_today_has_freed_the_chair_and_who_has_not_keeps_it() -> None:
    left = booked(
        monday("07:00"), 1, sits_in=1, started_at=monday("07:00"), left_at=monday("10:00"), is_open=False
    )
    assert problems(ONE_CHAIR, HOLIDAYS, [left], [wanted("10:00")]) == ()
    recovering = replace(left, left_at=None, stopped_at=monday("08:00"), is_open=True)
    assert problems(ONE_CHAIR, HOLIDAYS, [recovering], [wanted("12:00")]) == ()
    assert rules(*problems(ONE_CHAIR, HOLIDAYS, [recovering], [wanted("12:00")], now=monday("11:55"))) == [
        "full"
    ]


def test_a_chair_that_is_not_there_is_refused() -> None:
    assert rules(*problems(CLINIC, HOLIDAYS, [], [wanted(chair=9)])) == ["no_chair"]


def test_every_day_is_judged_by_itself_and_every_reason_named() -> None:
    days = [wanted("06:00"), wanted("10:00", day=TUESDAY), wanted("17:00", day=date(2026, 11, 28))]
    assert rules(*problems(CLINIC, HOLIDAYS, [], days)) == ["before_opening", "closed_day", "after_closing"]


def test_the_reasons_name_no_patient() -> None:
    known = [booked(monday("10:00"), n, visit=str(n), patient="rae") for n in range(1, 9)]
    said = problems(CLINIC, HOLIDAYS, known, [wanted("10:05")], patient_ids=["rae"])
    assert {"same_day", "full", "two_starts"} <= set(rules(*said))
    assert not any(name in reason.text for reason in said for name in ("Marlowe", "Rae", "rae"))
