"""How long a chair is kept, and whether everybody of a day finds one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.bookings import CLINIC, at, booked, shows

from infusionroom.domain.clinic import DoseRules, Rules
from infusionroom.domain.stays import ChairPlan, Stay, stay_of

MONDAY = date(2026, 11, 23)


def clock(hours: str) -> datetime:
    return at(MONDAY, hours)


def test_a_stay_lasts_for_infusion_usual_recovery_and_cleaning() -> None:
    first = stay_of(booked(clock("08:00"), 3, experienced=False), CLINIC)
    again = stay_of(booked(clock("08:00"), 3, experienced=True), CLINIC)
    assert (shows(first.since), shows(first.until)) == ("Mon 08:00", "Mon 14:10")
    assert (shows(again.since), shows(again.until)) == ("Mon 08:00", "Mon 13:10")
    assert again.chair == 3
    assert again.begins == clock("08:00")


def test_a_visit_from_a_file_counts_with_the_clinics_usual_duration_in_any_chair() -> None:
    short = replace(CLINIC, rules=Rules(dose=DoseRules(duration_min=90)))
    stay = stay_of(booked(clock("08:00"), None, minutes=None, clinic=short), short)
    assert stay.chair is None
    assert shows(stay.until) == "Mon 10:40"


def test_a_chair_that_the_room_has_no_more_is_any_chair() -> None:
    assert stay_of(booked(clock("08:00"), 9), CLINIC).chair is None


def test_who_started_late_stays_longer_and_in_the_chair_they_sit_in() -> None:
    row = booked(
        clock("08:00"),
        3,
        is_open=True,
        arrived_at=clock("07:50"),
        seated_at=clock("07:55"),
        started_at=clock("08:40"),
        sits_in=5,
    )
    stay = stay_of(row, CLINIC)
    assert (shows(stay.since), shows(stay.until), stay.chair) == ("Mon 07:55", "Mon 13:50", 5)
    assert stay.begins == clock("08:40")


def test_an_infusion_that_was_stopped_early_frees_the_chair_earlier() -> None:
    row = booked(
        clock("08:00"), is_open=True, started_at=clock("08:00"), stopped_at=clock("09:00"), sits_in=5
    )
    assert shows(stay_of(row, CLINIC).until) == "Mon 10:10"


def test_who_is_still_here_keeps_the_chair_until_it_could_be_clean() -> None:
    row = booked(
        clock("08:00"), is_open=True, started_at=clock("08:00"), stopped_at=clock("09:00"), sits_in=5
    )
    assert shows(stay_of(row, CLINIC, now=clock("11:30")).until) == "Mon 11:40"
    assert shows(stay_of(row, CLINIC, now=clock("09:30")).until) == "Mon 10:10"


def test_who_has_left_has_freed_the_chair() -> None:
    row = booked(
        clock("08:00"),
        seated_at=clock("08:00"),
        started_at=clock("08:00"),
        stopped_at=clock("09:00"),
        left_at=clock("09:30"),
        sits_in=5,
    )
    assert shows(stay_of(row, CLINIC).until) == "Mon 09:30"


def test_who_was_sent_home_before_sitting_down_kept_no_chair() -> None:
    stay = stay_of(booked(clock("08:00"), 3, left_at=clock("07:50")), CLINIC)
    assert ChairPlan([stay], 1).free_chairs(clock("07:00"), clock("15:00")) == (1,)
    assert stay.begins is None


def test_a_stay_across_the_end_of_summer_time_is_as_long_as_any_other() -> None:
    night = date(2026, 11, 1)
    stay = stay_of(booked(at(night, "00:30"), 1), CLINIC)
    assert stay.until - stay.since == timedelta(minutes=310)
    assert shows(stay.until) == "Sun 04:40"


# ── who sits where ──────────────────────────────────────────────────────────────────────────────────────────


def stay(since: int, until: int, chair: int | None = None) -> Stay:
    """From one hour of Monday to another."""
    seven = clock("07:00") - timedelta(hours=7)
    return Stay(seven + timedelta(hours=since), seven + timedelta(hours=until), chair)


def free(plan: ChairPlan, since: int, until: int) -> tuple[int, ...]:
    wanted = stay(since, until)
    return plan.free_chairs(wanted.since, wanted.until)


def test_a_chair_is_free_again_at_the_moment_the_stay_ends() -> None:
    plan = ChairPlan([stay(8, 12, 1)], 1)
    assert free(plan, 12, 15) == (1,)
    assert free(plan, 6, 8) == (1,)
    assert free(plan, 11, 15) == ()


def test_without_given_chairs_everybody_finds_one_where_there_are_enough() -> None:
    plan = ChairPlan([stay(8, 12), stay(9, 13), stay(12, 16), stay(13, 17)], 2)
    assert plan.without == ()
    assert free(plan, 8, 9) == (1, 2)
    assert free(plan, 8, 10) == ()


def test_who_may_sit_anywhere_makes_room_for_a_chair_that_is_wanted() -> None:
    anywhere = ChairPlan([stay(8, 12)], 2)
    assert anywhere.seats[1], "it would be put into the first chair"
    assert free(anywhere, 9, 10) == (1, 2)
    assert free(ChairPlan([stay(8, 12, 1)], 2), 9, 10) == (2,)


def test_room_is_not_made_where_it_would_leave_somebody_without_a_chair() -> None:
    # Chair 2 has a gap from 10 to 14; whoever may sit anywhere from 8 to 14 needs chair 1.
    plan = ChairPlan([stay(8, 10, 2), stay(14, 16, 2), stay(8, 14)], 2)
    assert free(plan, 10, 14) == (2,)


def test_an_over_booked_moment_is_full_although_a_chair_looks_free() -> None:
    plan = ChairPlan([stay(8, 12, 1), stay(8, 12, 1)], 2)
    assert [len(seated) for seated in plan.seats.values()] == [1, 1]
    assert free(plan, 9, 10) == ()
    assert free(plan, 12, 15) == (1, 2)


def test_one_person_too_many_is_named_and_takes_no_chair_of_another() -> None:
    plan = ChairPlan([stay(8, 12), stay(8, 12), stay(9, 10)], 2)
    assert plan.without == (stay(9, 10),)
    assert free(plan, 12, 14) == (1, 2)


def test_who_has_no_chair_counts_all_the_same() -> None:
    # From 8 to 14 no chair is free for a third person; at 10 two chairs look free, but only one is.
    plan = ChairPlan([stay(8, 10, 1), stay(12, 14, 2), stay(8, 14)], 2)
    assert plan.without == (stay(8, 14),)
    assert free(plan, 10, 12) == (1, 2)
    over = ChairPlan([*plan.stays, stay(10, 12, 1)], 2)
    assert free(over, 10, 12) == ()
    assert not over.seats_anywhere(stay(10, 12).since, stay(10, 12).until)


def test_a_long_stay_is_seated_before_a_short_one_that_could_sit_elsewhere() -> None:
    plan = ChairPlan([stay(12, 14, 2), stay(8, 10), stay(9, 14)], 2)
    assert plan.without == ()
    assert plan.seats == {1: (stay(9, 14),), 2: (stay(12, 14, 2), stay(8, 10))}


def test_only_the_chairs_that_are_asked_for_are_looked_at() -> None:
    asked = stay(8, 12)
    assert ChairPlan([], 8).free_chairs(asked.since, asked.until, among={3, 5, 99}) == (3, 5)


HOURS = st.integers(0, 20).flatmap(lambda since: st.tuples(st.just(since), st.integers(since + 1, 24)))


@st.composite
def stays(draw: st.DrawFn, chairs: int = 4) -> Stay:
    since, until = draw(HOURS)
    return stay(since, until, draw(st.none() | st.integers(1, chairs)))


def moments(known: list[Stay]) -> set[datetime]:
    return {s.since for s in known}


@given(st.lists(stays(), max_size=14))
def test_never_two_in_one_chair_whatever_was_booked(known: list[Stay]) -> None:
    plan = ChairPlan(known, 4)
    for seated in plan.seats.values():
        for place, one in enumerate(seated):
            assert not any(one.overlaps(other) for other in seated[place + 1 :])
    seated_or_not = [s for seated in plan.seats.values() for s in seated] + list(plan.without)
    assert sorted(map(repr, seated_or_not)) == sorted(map(repr, known))


@given(st.lists(stays(), max_size=30))
@settings(max_examples=200)
def test_bookings_accepted_one_by_one_never_exceed_the_chairs_and_all_can_be_seated(
    wishes: list[Stay],
) -> None:
    accepted: list[Stay] = []
    for wish in wishes:
        plan = ChairPlan(accepted, 4)
        if wish.chair is None:
            accept = plan.seats_anywhere(wish.since, wish.until)
        else:
            accept = wish.chair in plan.free_chairs(wish.since, wish.until)
        if accept:
            accepted.append(wish)
    plan = ChairPlan(accepted, 4)
    assert plan.without == ()
    assert all(wish in plan.seats[wish.chair] for wish in accepted if wish.chair is not None)
    for moment in moments(accepted):
        assert sum(s.since <= moment < s.until for s in accepted) <= 4


@given(st.lists(HOURS.map(lambda h: stay(*h)), max_size=14), HOURS)
def test_without_given_chairs_there_is_room_exactly_where_not_all_chairs_are_taken_at_once(
    known: list[Stay], hours: tuple[int, int]
) -> None:
    wanted = stay(*hours)
    kept: list[Stay] = []
    for one in known:
        if ChairPlan(kept, 3).free_chairs(one.since, one.until):
            kept.append(one)
    fullest = max(
        sum(s.since <= m < s.until for s in kept)
        for m in {wanted.since, *(m for m in moments(kept) if wanted.since <= m < wanted.until)}
    )
    assert bool(ChairPlan(kept, 3).free_chairs(wanted.since, wanted.until)) == (fullest < 3)


@pytest.mark.parametrize("chairs", [1, 8])
def test_an_empty_room_offers_every_chair(chairs: int) -> None:
    assert len(ChairPlan([], chairs).free_chairs(clock("08:00"), clock("13:00"))) == chairs
