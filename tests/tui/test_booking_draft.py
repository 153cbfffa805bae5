"""A course on paper: proposed, moved day by day, and judged as the room will judge it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests import rooms

from infusionroom.domain import events as ev
from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.day import at_local, clinic_day, local
from infusionroom.domain.patient import Patient
from infusionroom.tui import booking_draft as drafting
from infusionroom.tui.booking_draft import Calendar, CannotMove, Draft, Wish

ZONE = "America/New_York"
CLINIC = Clinic(name="Northside", timezone=ZONE, opens=time(7), closes=time(18), chairs=2)
MONDAY = date(2026, 11, 23)
THANKSGIVING = date(2026, 11, 26)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return at_local(day, time(hour, minute), ZONE)


NOW = at(MONDAY, 6)
HISTORY = PatientHistory(Patient("p1", 1, ev.PatientFile(family="Weld"), NOW), (), ())


def calendar(*booked: Any, now: datetime = NOW) -> Calendar:
    return Calendar(CLINIC, {THANKSGIVING: "Thanksgiving"}, booked, now)


def somebody(day: date, hour: int, minute: int = 0, chair: int | None = None, **more: Any) -> Any:
    """Another person's visit, with its usual recovery."""
    start = at(day, hour, minute)
    name = f"{day}-{hour}-{minute}-{chair}"
    return rooms.visit(name, day=day, planned_start=start, planned_chair=chair, planned_min=240, **more)


def wish(kind: str = "up to five days", **more: Any) -> Wish:
    archetype = ARCHETYPES[kind]
    asked: dict[str, Any] = {
        "history": HISTORY,
        "archetype": archetype,
        "days": archetype.days,
        "first_day": MONDAY,
        "target": archetype.target,
        "prescriber": "Dr Roy",
        "infusions_before": 0,
    }
    return Wish(**asked | more)


def dates(draft: Draft) -> list[int]:
    """The days of the month, in their order."""
    return [clinic_day(day.start, ZONE).day for day in draft.days]


def clocks(draft: Draft) -> list[str]:
    return [f"{local(day.start, ZONE):%H:%M}" for day in draft.days]


def rules(draft: Draft, cal: Calendar) -> dict[int, list[str]]:
    return {n: [r.rule for r in found] for n, found in drafting.problems_of(draft, cal).items()}


def test_what_is_proposed_can_be_booked_and_names_the_holiday() -> None:
    cal = calendar()
    draft = drafting.proposed(wish(), cal)
    assert dates(draft) == [23, 24, 25, 27, 30]
    assert rules(draft, cal) == {}
    assert [day for day, _ in draft.skipped] == [THANKSGIVING]


def test_a_day_moved_takes_the_later_ones_along_and_leaves_the_earlier_ones() -> None:
    cal = calendar()
    draft = drafting.on_other_date(drafting.proposed(wish(), cal), 3, 1, cal)
    assert dates(draft) == [23, 24, 27, 30, 1], "Thanksgiving is passed over"
    assert [day.by_hand for day in draft.days] == [False, False, True, False, False]
    back = drafting.on_other_date(draft, 3, -1, cal)
    assert dates(back) == [23, 24, 25, 27, 30]


def test_no_day_comes_before_the_one_before_it_or_before_today() -> None:
    cal = calendar()
    draft = drafting.proposed(wish(), cal)
    with pytest.raises(CannotMove, match="Day 2 comes after day 1, which is on Mon 23 Nov"):
        drafting.on_other_date(draft, 2, -1, cal)
    with pytest.raises(CannotMove, match="as early as it can be"):
        drafting.on_other_date(draft, 1, -1, cal)


def test_on_a_full_day_the_time_stays_and_says_that_it_is_full() -> None:
    tuesday = MONDAY + timedelta(days=1)
    cal = calendar(*(somebody(tuesday, 7, 15 * n, chair=n + 1) for n in range(2)))
    draft = drafting.proposed(wish("single day"), cal)
    moved = drafting.on_other_date(draft, 1, 1, cal)
    assert (dates(moved), clocks(moved)) == ([24], ["07:00"])
    assert rules(moved, cal) == {1: ["full", "two_starts"]}
    assert drafting.asks_reason(drafting.problems_of(moved, cal))
    assert drafting.hard(drafting.problems_of(moved, cal)) == ()


def test_a_later_time_is_the_next_that_has_room_and_there_is_an_end_to_it() -> None:
    cal = calendar(somebody(MONDAY, 7, 20, chair=2))
    draft = drafting.proposed(wish("single day"), cal)
    assert clocks(draft) == ["07:00"]
    later = drafting.at_other_time(draft, 1, 1, cal)
    assert clocks(later) == ["07:35"], "a quarter of an hour after the start at 07:20"
    assert clocks(drafting.at_other_time(later, 1, -1, cal)) == ["07:00"]
    with pytest.raises(CannotMove, match="Mon 23 Nov: no earlier time has room"):
        drafting.at_other_time(draft, 1, -1, cal)


def test_another_chair_is_a_free_one_and_only_then_a_taken_one() -> None:
    three = replace(CLINIC, chairs=3)
    cal = replace(calendar(somebody(MONDAY, 8, chair=2)), clinic=three)
    draft = drafting.proposed(wish("single day"), cal)
    assert draft.days[0].chair == 1
    assert drafting.in_other_chair(draft, 1, cal).days[0].chair == 3
    full = replace(cal, booked=(somebody(MONDAY, 8, chair=2), somebody(MONDAY, 8, 30, chair=3)))
    taken = drafting.in_other_chair(draft, 1, full)
    assert taken.days[0].chair == 2
    assert rules(taken, full) == {1: ["chair_booked"]}


def test_two_days_on_one_date_and_a_time_gone_by_are_refused_for_good() -> None:
    cal = calendar(now=at(MONDAY, 10))
    draft = drafting.proposed(wish(), cal)
    same = drafting.by_hand(draft, 2, draft.days[0].start + timedelta(hours=1), 2)
    assert rules(same, cal)[2] == ["order"]
    gone = drafting.by_hand(draft, 1, at(MONDAY, 9), 1)
    assert rules(gone, cal)[1] == ["past"]
    assert drafting.hard(drafting.problems_of(gone, cal))[0][0] == 1


def test_a_person_who_comes_already_is_not_booked_twice_on_that_day() -> None:
    tuesday = MONDAY + timedelta(days=1)
    cal = calendar(somebody(tuesday, 9, chair=2, patient_id="p1"))
    draft = drafting.proposed(wish(), cal)
    assert 24 not in dates(draft)
    assert rules(drafting.by_hand(draft, 2, at(tuesday, 13), 1), cal)[2][0] == "after_closing"
    assert "same_day" in rules(drafting.by_hand(draft, 2, at(tuesday, 7), 1), cal)[2]


def test_what_found_no_place_can_be_set_by_hand() -> None:
    rows = [
        somebody(MONDAY + timedelta(days=n), 7, 15 * c, chair=c + 1) for n in range(400) for c in range(2)
    ]
    cal = calendar(*rows)
    draft = drafting.proposed(wish("single day"), cal)
    assert draft.days == ()
    assert draft.missing
    by_hand = drafting.by_hand(draft, 1, at(MONDAY, 9), 1)
    assert by_hand.missing == ()
    assert drafting.asks_reason(drafting.problems_of(by_hand, cal))


def test_the_command_carries_the_target_only_where_it_is_not_the_kinds_own() -> None:
    cal = calendar()
    usual = drafting.command_of(drafting.proposed(wish(), cal))
    assert usual.target is None
    assert [day.day for day in usual.days] == [1, 2, 3, 4, 5]
    lower = ev.Target("mg_per_kg_h", ARCHETYPES["up to five days"].target.dose / 2)
    assert drafting.command_of(drafting.proposed(wish(target=lower), cal)).target == lower


def test_a_visit_that_stands_is_the_first_day_and_counts_once() -> None:
    row = somebody(MONDAY, 9, chair=2)
    cal = calendar(row)
    asked = wish(visit=row.visit, stands=(row.planned_start, 2))
    draft = drafting.proposed(asked, cal)
    assert (draft.days[0].start, draft.days[0].chair) == (row.planned_start, 2)
    assert rules(draft, cal) == {}, "its own booking stands in nobody's way"
    assert drafting.command_of(draft).days[0].visit == row.visit
    assert drafting.command_of(draft).days[1].visit == ""


def test_across_a_clock_change_the_wall_clock_stays() -> None:
    """In New York the clocks go forward on 14 March 2027."""
    friday = date(2027, 3, 12)
    cal = calendar(now=at(friday, 6))
    draft = drafting.proposed(wish(first_day=friday, infusions_before=3), cal)
    assert clocks(draft) == ["08:00"] * 5
    moved = drafting.on_other_date(draft, 1, 1, cal)
    assert clocks(moved) == ["08:00"] * 5
    assert moved.days[0].start - draft.days[0].start == timedelta(days=3, hours=-1)
