"""What the planner proposes, told in worked examples."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace
from tests.domain.bookings import CLINIC, HOLIDAYS, NEW_YORK, at, booked, dates, request, rows_of, shows

from infusionroom.domain.booking import Wanted, problems
from infusionroom.domain.clinic import BookingRules, Clinic, Rules
from infusionroom.domain.day import local
from infusionroom.domain.proposal import Proposal, looks_until, propose, slots_on, why_no_slot
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import ChairPlan, stay_of

MONDAY = date(2026, 11, 23)
THANKSGIVING = date(2026, 11, 26)
FRIDAY = date(2026, 11, 27)
SMALL = replace(CLINIC, chairs=1)


def starts(proposal: Proposal, clinic: Clinic = CLINIC) -> list[str]:
    return [shows(day.start, clinic) for day in proposal.days]


def said(proposal: Proposal, number: int) -> tuple[str, ...]:
    return next(day.reasons for day in proposal.days if day.number == number)


# ── which days ──────────────────────────────────────────────────────────────────────────────────────────────


def test_five_days_across_thanksgiving() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 5))
    assert [f"{day:%a} {day.day}" for day in dates(proposal)] == [
        "Mon 23",
        "Tue 24",
        "Wed 25",
        "Fri 27",
        "Mon 30",
    ]
    assert proposal.skipped == ((THANKSGIVING, "Thu 26 Nov is Thanksgiving Day: skipped"),)
    assert proposal.missing == ()
    assert [day.number for day in proposal.days] == [1, 2, 3, 4, 5]


def test_ten_weekdays_across_christmas_and_new_year() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(date(2026, 12, 21), 10))
    assert [day.isoformat() for day in dates(proposal)] == [
        "2026-12-21",
        "2026-12-22",
        "2026-12-23",
        "2026-12-24",
        "2026-12-28",
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-01-04",
        "2027-01-05",
    ]
    assert [why for _, why in proposal.skipped] == [
        "Fri 25 Dec is Christmas Day: skipped",
        "Fri 1 Jan is New Year's Day: skipped",
    ]


@pytest.mark.parametrize("thursday", [date(2026, 3, 5), date(2026, 10, 29)])
def test_the_wall_clock_stays_when_the_clocks_change_within_the_course(thursday: date) -> None:
    # Summer time begins on Sunday 8 March 2026 and ends on Sunday 1 November 2026 in New York.
    proposal = propose(CLINIC, {}, [], request(thursday, 4))
    assert starts(proposal) == ["Thu 08:00", "Fri 08:00", "Mon 08:00", "Tue 08:00"]
    across = proposal.days[2].start - proposal.days[1].start
    assert abs(across - timedelta(days=3)) == timedelta(hours=1)
    assert said(proposal, 3)[0] == "08:00 and chair 1 as the day before"


def test_a_day_on_which_the_clinic_is_closed_is_skipped_and_an_opened_holiday_is_not() -> None:
    clinic = replace(
        CLINIC,
        closed_days={date(2026, 11, 24): "staff training"},
        opened_days=frozenset({THANKSGIVING}),
    )
    proposal = propose(clinic, HOLIDAYS, [], request(MONDAY, 4))
    assert [day.day for day in dates(proposal)] == [23, 25, 26, 27]
    assert [why for _, why in proposal.skipped] == ["Tue 24 Nov is a closing day (staff training): skipped"]


def test_asked_for_a_weekend_it_says_so_and_begins_on_monday() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(date(2026, 11, 21), 1))
    assert dates(proposal) == [MONDAY]
    assert proposal.skipped == ((date(2026, 11, 21), "Sat 21 Nov is a Saturday: skipped"),)


def test_a_day_on_which_the_patient_comes_anyway_is_skipped() -> None:
    own = booked(at(date(2026, 11, 24), "15:00"), 7, patient="rae")
    proposal = propose(CLINIC, HOLIDAYS, [own], request(MONDAY, 2, patient_ids=("rae",)))
    assert [day.day for day in dates(proposal)] == [23, 25]
    assert [why for _, why in proposal.skipped] == [
        "Tue 24 Nov: this person is already booked on this day, skipped"
    ]


def test_a_full_day_is_skipped_and_named() -> None:
    full = [booked(at(date(2026, 11, 24), "07:00"), 1, minutes=540)]
    proposal = propose(SMALL, HOLIDAYS, full, request(MONDAY, 2))
    assert [day.day for day in dates(proposal)] == [23, 25]
    assert [why for _, why in proposal.skipped] == [
        "Tue 24 Nov is full: no chair has room for infusion and usual recovery, skipped"
    ]


# ── at what time ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_infusion_begins_when_the_door_opens() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 2, experienced=False))
    assert starts(proposal) == ["Mon 07:00", "Tue 07:00"]
    assert said(proposal, 1) == (
        "earliest start: first infusion",
        "ends with usual recovery at 13:00, the door closes at 18:00",
    )


def test_somebody_with_experience_leaves_the_first_hour_to_first_infusions() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY))
    assert starts(proposal) == ["Mon 08:00"]
    assert said(proposal, 1) == (
        "from 08:00: the first hour is kept for first infusions",
        "ends with usual recovery at 13:00, the door closes at 18:00",
    )


def test_the_first_hour_is_used_when_there_is_no_room_later() -> None:
    afternoon = booked(at(MONDAY, "12:30"), 1)
    proposal = propose(SMALL, HOLIDAYS, [afternoon], request(MONDAY))
    assert starts(proposal) == ["Mon 07:15"]
    assert "before 08:00: in the first hour, which is kept for first infusions" in said(proposal, 1)


def test_no_first_hour_is_kept_where_the_clinic_keeps_none() -> None:
    clinic = replace(CLINIC, rules=Rules(booking=BookingRules(first_timers_min=0)))
    proposal = propose(clinic, HOLIDAYS, [], request(MONDAY))
    assert starts(proposal) == ["Mon 07:00"]
    assert said(proposal, 1) == ("ends with usual recovery at 12:00, the door closes at 18:00",)


def test_starts_are_staggered_and_say_after_whom() -> None:
    known = [booked(at(MONDAY, "08:00"), 2)]
    proposal = propose(CLINIC, HOLIDAYS, known, request(MONDAY))
    assert starts(proposal) == ["Mon 08:15"]
    assert "08:15, 15 min after the start in chair 2" in said(proposal, 1)


def test_a_start_from_a_file_at_an_odd_minute_moves_the_next_one_to_a_round_one() -> None:
    known = [booked(at(MONDAY, "08:03"), None)]
    proposal = propose(CLINIC, HOLIDAYS, known, request(MONDAY))
    assert starts(proposal) == ["Mon 08:20"]
    assert "08:20, 17 min after the start before it" in said(proposal, 1)


def test_time_and_chair_of_the_day_before_are_kept_where_they_can() -> None:
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    known = [
        booked(at(tuesday, "07:30"), 1, visit="a"),
        booked(at(wednesday, "08:00"), 5, visit="b"),
    ]
    known += [booked(at(MONDAY, "13:00"), 2, visit="c")]
    proposal = propose(CLINIC, HOLIDAYS, known, request(MONDAY, 3, fixed=((1, at(MONDAY, "08:00"), 1),)))
    assert starts(proposal) == ["Mon 08:00", "Tue 08:00", "Wed 08:15"]
    assert [day.chair for day in proposal.days] == [1, 2, 2]
    assert said(proposal, 2)[0] == "08:00 as the day before, chair 1 is taken"
    assert said(proposal, 3)[:3] == (
        "as near to 08:00 of the day before as there is room",
        "chair 2 as the day before",
        "08:15, 15 min after the start in chair 5",
    )


def test_the_first_day_takes_the_chair_that_is_free_longest() -> None:
    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    known = [
        booked(at(tuesday, "10:00"), 1, visit="a"),
        booked(at(wednesday, "10:00"), 2, visit="b"),
    ]
    proposal = propose(CLINIC, HOLIDAYS, known, request(MONDAY, 3))
    assert [day.chair for day in proposal.days] == [3, 3, 3]


# ── today ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_proposed_before_now_and_today_only_some_minutes_ahead() -> None:
    now = at(MONDAY, "09:52")
    proposal = propose(CLINIC, HOLIDAYS, [], request(date(2026, 11, 16), after=now))
    assert starts(proposal) == ["Mon 10:15"]


def test_too_late_for_today_it_is_tomorrow() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, after=at(MONDAY, "12:50")))
    assert starts(proposal) == ["Tue 08:00"]
    assert proposal.skipped == (
        (MONDAY, "Mon 23 Nov: too late to start and be home before the door closes, skipped"),
    )


def test_a_chair_that_was_left_early_today_is_offered_again() -> None:
    gone = booked(
        at(MONDAY, "08:00"),
        1,
        sits_in=1,
        seated_at=at(MONDAY, "08:00"),
        started_at=at(MONDAY, "08:00"),
        left_at=at(MONDAY, "09:00"),
    )
    now = at(MONDAY, "09:10")
    assert starts(propose(SMALL, HOLIDAYS, [gone], request(MONDAY, after=now))) == ["Mon 09:30"]
    here = replace(gone, left_at=None, is_open=True)
    assert dates(propose(SMALL, HOLIDAYS, [here], request(MONDAY, after=now))) == [date(2026, 11, 24)]


def test_somebody_who_recovers_for_long_still_sits_there() -> None:
    long = booked(
        at(MONDAY, "07:00"),
        1,
        sits_in=1,
        is_open=True,
        started_at=at(MONDAY, "07:00"),
        stopped_at=at(MONDAY, "08:00"),
    )
    early = request(MONDAY, infusion_min=60, after=at(MONDAY, "12:00"))
    assert starts(propose(SMALL, HOLIDAYS, [long], early)) == ["Mon 12:15"]
    slow = replace(SMALL, rules=Rules(chair_turnover_min=30))
    assert starts(propose(slow, HOLIDAYS, [long], early)) == ["Mon 12:30"]


def test_who_does_not_come_leaves_the_chair_to_somebody_else() -> None:
    off = booked(at(MONDAY, "08:00"), 1, off=True)
    assert starts(propose(SMALL, HOLIDAYS, [off], request(MONDAY))) == ["Mon 08:00"]


# ── days that stand ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_days_after_one_that_was_moved_follow_it() -> None:
    moved = (2, at(FRIDAY, "10:00"), 4)
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 4, fixed=(moved,)))
    assert starts(proposal) == ["Mon 08:00", "Fri 10:00", "Mon 10:00", "Tue 10:00"]
    assert [day.chair for day in proposal.days] == [1, 4, 4, 4]
    assert said(proposal, 2) == ("chosen by hand",)


def test_a_day_chosen_by_hand_says_what_is_wrong_with_it() -> None:
    moved = (2, at(THANKSGIVING, "17:00"), 4)
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 3, fixed=(moved,)))
    chosen, closed, late = said(proposal, 2)
    assert chosen == "chosen by hand"
    assert closed.startswith("Thu 26 Nov is Thanksgiving Day")
    assert "the door closes at 18:00" in late
    assert proposal.days[2].start == at(FRIDAY, "13:00")


def test_there_is_no_place_for_two_days_before_one_that_stands_on_the_second() -> None:
    fixed = ((3, at(date(2026, 11, 24), "08:00"), 1),)
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 4, fixed=fixed))
    assert [day.number for day in proposal.days] == [1, 3, 4]
    assert proposal.missing == ("day 2: no room before day 3 on Tue 24 Nov; move that day first",)


def test_two_days_chosen_in_the_wrong_order_are_named() -> None:
    fixed = ((1, at(FRIDAY, "08:00"), 1), (2, at(MONDAY, "08:00"), 1))
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 2, fixed=fixed))
    assert "day 2 must be on a later day than day 1" in said(proposal, 2)


def test_days_held_already_stand_before_those_that_are_asked_for() -> None:
    held = ((1, at(MONDAY, "09:00"), 6), (2, at(date(2026, 11, 24), "09:00"), 6))
    asked = request(
        MONDAY, 5, fixed=held, numbers=(3, 5), after=at(date(2026, 11, 25), "16:00"), visits=("day-3",)
    )
    proposal = propose(CLINIC, HOLIDAYS, [booked(at(FRIDAY, "09:00"), 6, visit="day-3")], asked)
    assert [(day.number, shows(day.start), day.chair) for day in proposal.days] == [
        (3, "Fri 09:00", 6),
        (5, "Mon 09:00", 6),
    ]


def test_nothing_is_said_of_days_that_are_over() -> None:
    held = ((1, at(date(2026, 11, 16), "09:00"), 6),)
    asked = request(date(2026, 11, 16), 2, fixed=held, numbers=(2,), after=at(MONDAY, "08:00"))
    proposal = propose(CLINIC, HOLIDAYS, [], asked)
    assert starts(proposal) == ["Mon 09:00"]
    assert proposal.skipped == ()


def test_a_day_chosen_in_the_past_is_named() -> None:
    asked = request(MONDAY, 1, fixed=((1, at(MONDAY, "08:00"), 1),), after=at(MONDAY, "08:01"))
    assert said(propose(CLINIC, HOLIDAYS, [], asked), 1) == ("chosen by hand", "Mon 23 Nov 08:00 has passed")


# ── where there is no room ──────────────────────────────────────────────────────────────────────────────────


def test_an_infusion_longer_than_the_day_is_refused_with_the_reason() -> None:
    proposal = propose(CLINIC, HOLIDAYS, [], request(MONDAY, 5, infusion_min=601))
    assert proposal.days == ()
    assert proposal.missing == (
        "infusion (10:01 h) and usual recovery (1:00 h) do not fit between 07:00 and 18:00: "
        "shorten the infusion or change the opening hours",
    )
    assert len(propose(CLINIC, HOLIDAYS, [], request(MONDAY, 5, infusion_min=600)).days) == 5


def test_after_sixty_working_days_without_room_it_gives_up_and_says_so() -> None:
    day, full = MONDAY, []
    while day < date(2027, 6, 1):
        full.append(booked(at(day, "07:00"), 1, visit=f"{day}", minutes=600))
        day += timedelta(days=1)
    busy = [row for row in full if row.day != FRIDAY]
    proposal = propose(SMALL, HOLIDAYS, busy, request(MONDAY, 3))
    assert dates(proposal) == [FRIDAY]
    assert proposal.missing == (
        "day 2: no room on 60 working days from Sat 28 Nov on; choose a day by hand and over-book with a reason",
    )


def test_a_mistyped_year_is_not_searched() -> None:
    for year in (2126, 9999):
        proposal = propose(CLINIC, HOLIDAYS, [], request(date(year, 11, 23)))
        assert proposal.days == ()
        assert "too far ahead" in proposal.missing[0]


def test_a_course_is_found_within_the_days_it_says_it_looks_at() -> None:
    asked = request(MONDAY, 20, after=at(MONDAY, "06:00"))
    last = looks_until(asked, NEW_YORK)
    assert MONDAY + timedelta(days=140) < last
    assert dates(propose(CLINIC, HOLIDAYS, [], asked))[-1] < last


# ── moving a day by hand ────────────────────────────────────────────────────────────────────────────────────


def test_the_slots_of_a_day_run_from_opening_to_the_last_that_is_home_before_closing() -> None:
    slots = slots_on(CLINIC, HOLIDAYS, [], FRIDAY, request(MONDAY))
    assert [shows(slots[0].start), shows(slots[-1].start)] == ["Fri 07:00", "Fri 13:00"]
    assert len(slots) == 25
    assert "before 08:00: in the first hour, which is kept for first infusions" in slots[3].reasons
    assert slots[-1].reasons == ("ends with usual recovery at 18:00, the door closes at 18:00",)


def test_a_slot_says_what_it_keeps_of_the_day_before() -> None:
    asked = request(MONDAY, fixed=((1, at(MONDAY, "10:10"), 4),))
    slots = {shows(slot.start): slot for slot in slots_on(CLINIC, HOLIDAYS, [], FRIDAY, asked)}
    assert {slot.chair for slot in slots.values()} == {4}
    assert slots["Fri 10:10"].reasons[0] == "10:10 and chair 4 as the day before"
    assert slots["Fri 10:15"].reasons[0] == "chair 4 as the day before"


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (THANKSGIVING, "Thu 26 Nov is Thanksgiving Day: skipped"),
        (MONDAY, "Mon 23 Nov: this person is already booked on this day, skipped"),
        (date(2026, 11, 24), "Tue 24 Nov is full: no chair has room"),
        (date(2026, 11, 20), "Fri 20 Nov: too late"),
        (date(2026, 11, 25), "Wed 25 Nov: no start lies 300 min from all others"),
    ],
)
def test_a_day_without_slots_says_why(day: date, why: str) -> None:
    clinic = replace(SMALL, chairs=2, rules=Rules(booking=BookingRules(start_gap_min=300)))
    known = [
        booked(at(date(2026, 11, 24), "07:00"), n, visit=str(n), minutes=600, experienced=False)
        for n in (1, 2)
    ] + [booked(at(date(2026, 11, 25), "10:00"), 1, visit="w")]
    asked = request(MONDAY, fixed=((1, at(MONDAY, "08:00"), 1),), after=at(date(2026, 11, 22), "08:00"))
    assert slots_on(clinic, HOLIDAYS, known, day, asked) == ()
    assert why_no_slot(clinic, HOLIDAYS, known, day, asked).startswith(why)


# ── a whole room ────────────────────────────────────────────────────────────────────────────────────────────


def test_twenty_patients_are_booked_one_after_another_into_eight_chairs() -> None:
    calendar: list[VisitRecord] = []
    for person in range(20):
        asked = request(
            MONDAY,
            (1, 5, 10)[person % 3],
            experienced=person % 4 != 0,
            patient_ids=(str(person),),
        )
        proposal = propose(CLINIC, HOLIDAYS, calendar, asked)
        assert proposal.missing == ()
        assert len(proposal.days) == asked.days
        days = [Wanted(d.start, 240, 60 if asked.experienced else 120, d.chair) for d in proposal.days]
        assert problems(CLINIC, HOLIDAYS, calendar, days, patient_ids=asked.patient_ids) == ()
        calendar += rows_of(proposal.days, asked, str(person))

    stays = [stay_of(row, CLINIC) for row in calendar]
    plan = ChairPlan(stays, 8)
    assert plan.without == ()
    assert all(stay in plan.seats[stay.chair] for stay in stays if stay.chair is not None)
    begun = sorted(row.planned_start for row in calendar)
    assert all(b - a >= timedelta(minutes=15) for a, b in pairwise(begun))
    assert max(Counter(row.day for row in calendar).values()) == 8
    first_hour = [row for row in calendar if local(row.planned_start, NEW_YORK).time() < time(8)]
    assert first_hour
    assert not any(row.experienced for row in first_hour if row.day == MONDAY)


def test_the_order_of_the_known_visits_does_not_matter() -> None:
    known = [booked(at(MONDAY, f"{hour:02d}:00"), None, visit=str(hour)) for hour in range(7, 13)]
    asked = request(MONDAY, 3)
    assert propose(CLINIC, HOLIDAYS, known, asked) == propose(CLINIC, HOLIDAYS, known[::-1], asked)


def test_a_zone_on_the_other_side_of_the_world_has_its_own_days() -> None:
    sydney = replace(CLINIC, timezone="Australia/Sydney")
    asked = request(MONDAY, 2, after=datetime.fromisoformat("2026-11-22T20:30:00+00:00"))
    assert starts(propose(sydney, {}, [], asked), sydney) == ["Mon 08:00", "Tue 08:00"]
