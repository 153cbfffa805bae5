"""Courses as a clinic lives them: booked across holidays and clock changes, cut short, moved, and followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from tests.services.clinic_days import NEW_YORK, ClinicDays, wall

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_days import DayState
from infusionroom.domain.outcome import Conflict, Done, Refused
from infusionroom.domain.stays import stay_of

# Thursday; the clocks go back on Sunday the 1st, Veterans Day is Wednesday the 11th of November.
THURSDAY = date(2026, 10, 29)
KINDS = (("single day", 1), ("up to five days", 5), ("ten weekdays", 10))


@pytest.fixture
def clinic(sqlite_url: str) -> Iterator[ClinicDays]:
    days = ClinicDays(sqlite_url, THURSDAY - timedelta(days=1))
    yield days
    assert days.room.store.problems() == []
    days.room.close()


def test_twenty_patients_are_booked_across_a_holiday_and_a_clock_change(clinic: ClinicDays) -> None:
    courses = [
        clinic.books(clinic.registers(f"Fam{n:02}"), *KINDS[n % 3], THURSDAY, experienced=n % 2 == 0)
        for n in range(20)
    ]
    for course, (_, days) in zip(courses, KINDS * 7, strict=False):
        starts = [d.start.astimezone(NEW_YORK) for d in clinic.course(course).days if d.start]
        assert len(starts) == days
        assert all(s.weekday() < 5 and s.date() != date(2026, 11, 11) for s in starts)
        assert len({s.date() for s in starts}) == days
    room = clinic.room.state.clinic
    assert room is not None
    booked = clinic.room.booked(THURSDAY, date(2026, 12, 31))
    by_day = Counter(row.day for row in booked)
    assert (
        sum(by_day.values())
        == len(booked)
        == sum(days for _, (_, days) in zip(courses, KINDS * 7, strict=False))
    )
    for day in by_day:
        stays = [stay_of(row, room) for row in booked if row.day == day]
        began = sorted(stay.since for stay in stays)
        assert all(later - earlier >= timedelta(minutes=15) for earlier, later in pairwise(began))
        for stay in stays:
            assert sum(s.since <= stay.since < s.until for s in stays) <= 8
            assert sum(s.chair == stay.chair and s.since <= stay.since < s.until for s in stays) == 1
            assert stay.until - timedelta(minutes=room.rules.chair_turnover_min) <= wall(day, "18:00")


def test_a_course_keeps_its_time_of_day_when_the_clocks_change(clinic: ClinicDays) -> None:
    course = clinic.books(clinic.registers("Marlowe"), "ten weekdays", 10, THURSDAY)
    starts = [d.start for d in clinic.course(course).days if d.start]
    local = [s.astimezone(NEW_YORK) for s in starts]
    assert {s.time() for s in local} == {local[0].time()}
    assert starts[2] - starts[1] == timedelta(days=3, hours=1)
    assert [s.date().isoformat()[5:] for s in local] == [
        "10-29", "10-30", "11-02", "11-03", "11-04", "11-05", "11-06", "11-09", "11-10", "11-12",
    ]  # fmt: skip


def test_a_course_stopped_on_day_three_frees_the_rest_and_asks_for_the_oral_ketamine(
    clinic: ClinicDays,
) -> None:
    course = clinic.books(clinic.registers("Okafor"), "up to five days", 5, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    clinic.consents(course)
    clinic.lives_through(course, 1)
    clinic.lives_through(course, 2)
    visit = clinic.starts(course, 3)
    later = clinic.course(course).days[4].start
    assert later is not None
    clinic.done(cmd.StopCourse(course=course, reason="result reached"))
    assert [d.state for d in clinic.course(course).days] == [
        DayState.HELD, DayState.HELD, DayState.HERE, DayState.OMITTED, DayState.OMITTED,
    ]  # fmt: skip
    assert clinic.room.booked(later.date(), later.date()) == []
    clinic.recovers(visit, pain=2)
    assert clinic.refused(cmd.SignOff(visit=visit)) == ["discharge.oral_ketamine"]
    clinic.done(cmd.PrescribeOral(course=course, by="Dr Osei", on=date(2026, 11, 2), dose="10 mg at night"))
    assert clinic.refused(cmd.SignOff(visit=visit)) == ["discharge.oral_ketamine"]
    clinic.done(cmd.TeachOral(course=course, on=date(2026, 11, 2)))
    clinic.goes_home(visit)
    follow_up = clinic.course(course).follow_up
    assert follow_up is not None
    assert follow_up.ended_on == date(2026, 11, 2)
    assert follow_up.day_14 == date(2026, 11, 16)
    assert [c.due_on.isoformat()[5:] for c in follow_up.calls] == ["11-03", "11-09", "11-16"]


def test_a_course_stopped_by_telephone_becomes_a_task_on_the_board(clinic: ClinicDays) -> None:
    course = clinic.books(clinic.registers("Petrov"), "up to five days", 5, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    clinic.consents(course)
    for number in (1, 2, 3, 4):
        clinic.lives_through(course, number)
    assert clinic.room.board().tasks == ()
    clinic.done(cmd.StopCourse(course=course, reason="patient's wish", why="called at four"))
    clinic.room.refresh()
    [task] = clinic.room.board().tasks
    assert (task.who.family, task.text) == ("Petrov", "oral ketamine is not prescribed")
    clinic.done(
        cmd.PrescribeOral(
            course=course, by="Dr Osei", on=date(2026, 11, 3), dose="10 mg", taught_on=date(2026, 11, 3)
        )
    )
    clinic.days_later(1)
    assert [t.text for t in clinic.room.board().tasks] == ["oral ketamine: started?", "call of day 1"]
    clinic.done(
        cmd.RecordCall(
            course=course, day=1, reached=True, outcome="sleeps well", pain=4, started_on=date(2026, 11, 3)
        )
    )
    clinic.room.refresh()
    assert clinic.room.board().tasks == ()
    clinic.days_later(6)
    assert [t.text for t in clinic.room.board().tasks] == ["call of day 7"]


def test_a_consent_that_changes_overnight_is_asked_again(clinic: ClinicDays) -> None:
    course = clinic.books(clinic.registers("Duarte", icd10="A69.20"), "up to five days", 5, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    missing = cmd.AcknowledgeConsent(
        course=course, version="1", clauses=("no guarantee",), name="Ada", signed_on=THURSDAY
    )
    assert clinic.refused(missing) == ["clause"]
    clinic.consents(course, "no guarantee", "off guideline")
    clinic.lives_through(course, 1)
    clauses = clinic.room.state.clinic.consent.clauses if clinic.room.state.clinic else ()
    clinic.done(cmd.PublishConsent(version="2", text="A new text.", clauses=clauses))
    visit = clinic.is_seated(course, 2)
    clinic.orders(visit, clinic.ramp_says(course, 2, "80"))
    clinic.checks(visit)
    assert clinic.refused(cmd.Start(visit=visit)) == ["start.consent"]
    clinic.consents(course, "no guarantee", "off guideline", version="2")
    clinic.done(cmd.Start(visit=visit))


def test_the_ramp_follows_the_weight_and_never_passes_the_target(clinic: ClinicDays) -> None:
    course = clinic.books(clinic.registers("Bishop"), "up to five days", 5, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    clinic.consents(course)
    clinic.lives_through(course, 1)
    visit = clinic.is_seated(course, 2, kg="84")
    before = clinic.visit(visit)
    behind = clinic.room.background(before)
    earlier = behind.day_before(before)
    assert earlier is not None
    assert earlier.visit is not None
    # 0.5 mg/kg/h, 60 % of it for 80 kg on the first day.
    assert (earlier.number, earlier.visit.ordered_mg_h, earlier.visit.pain_after) == (1, "24", 5)
    order = clinic.ramp_says(course, 2, "84")
    assert order.rate is not None
    assert (order.percent, order.dose, order.rate.mg_h) == (80, Decimal("0.4"), Decimal("33.6"))
    clinic.orders(visit, order)
    clinic.done(cmd.Record(visit=visit, fact=ev.Weighed(kg=Decimal("86"))))
    clinic.checks(visit)
    assert clinic.refused(cmd.Start(visit=visit)) == ["start.order"]
    assert clinic.ramp_says(course, 3, "84").dose == Decimal("0.5")


def test_doses_over_each_limit_and_a_second_person_who_disagrees(clinic: ClinicDays) -> None:
    course = clinic.books(clinic.registers("Abara"), "single day", 1, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    clinic.consents(course)
    visit = clinic.is_seated(course, 1)
    soft = cmd.Order(visit=visit, basis="mg_per_kg_h", dose=Decimal("0.51"), prescriber="Dr Osei")
    hard = cmd.Order(
        visit=visit, basis="mg_per_kg_h", dose=Decimal("1.01"), prescriber="Dr Osei", reason="asked for"
    )
    assert clinic.refused(soft) == ["soft_limit"]
    assert clinic.refused(hard) == ["hard_limit"]
    clinic.orders(visit, clinic.ramp_says(course, 1, "80"))
    assert clinic.refused(
        cmd.DoubleCheck(
            visit=visit,
            drug="ketamine",
            concentration_mg_ml=Decimal(2),
            rate_ml_h=Decimal(20),
            patient="1980-02-03",
        )
    ) == ["same_person"]
    disagrees = clinic.checks(visit, rate_ml_h=Decimal("2.0"))
    assert isinstance(disagrees, Refused)
    assert [r.rule for r in disagrees.reasons] == ["disagree"]
    assert "20" not in disagrees.reasons[0].text
    assert isinstance(clinic.checks(visit), Done)


def test_a_deferred_day_takes_the_later_ones_along_and_an_omitted_one_makes_no_jump(
    clinic: ClinicDays,
) -> None:
    course = clinic.books(clinic.registers("Lindqvist"), "ten weekdays", 10, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    clinic.consents(course)
    clinic.lives_through(course, 1)
    to_monday = cmd.DayWanted(2, wall(date(2026, 11, 2), "8:15"), 1)
    alone = cmd.DeferDay(course=course, day=2, to=(to_monday,), why="a cold")
    assert clinic.refused(alone)
    days = [d for d in clinic.course(course).days if d.number > 1]
    dates = [d.start for d in days if d.start][1:]
    moved = [*dates, wall(date(2026, 11, 13), "8:15")]
    along = tuple(cmd.DayWanted(d.number, start, 1) for d, start in zip(days, moved, strict=True))
    clinic.done(cmd.DeferDay(course=course, day=2, to=along, why="a cold"))
    clinic.done(cmd.OmitDay(course=course, day=3, why="travels"))
    after = clinic.course(course).days
    assert [d.percent for d in after if d.state is not DayState.OMITTED][:3] == [50, 75, 100]
    assert after[-1].start == wall(date(2026, 11, 13), "8:15")


def test_a_no_show_asks_what_becomes_of_the_rest_and_an_undecided_one_stays_a_task(
    clinic: ClinicDays,
) -> None:
    course = clinic.books(clinic.registers("Osei"), "up to five days", 5, THURSDAY)
    clinic.is_at(THURSDAY, "12:00")
    visit = clinic.visit_of(course, 1)
    assert clinic.refused(cmd.MarkNoShow(visit=visit)) == ["rest"]
    clinic.done(cmd.MarkNoShow(visit=visit, rest="undecided"))
    clinic.room.refresh()
    assert ["what becomes of it" in t.text for t in clinic.room.board().tasks] == [True]
    clinic.done(cmd.OmitDay(course=course, day=1, why="did not come"))
    clinic.room.refresh()
    assert clinic.room.board().tasks == ()


def test_a_day_that_was_missed_makes_the_dose_jump_no_step(clinic: ClinicDays) -> None:
    undecided = clinic.books(clinic.registers("Quist"), "up to five days", 5, THURSDAY)
    later = clinic.books(clinic.registers("Rossi"), "up to five days", 5, THURSDAY)
    clinic.is_at(THURSDAY, "12:00")
    assert clinic.ramp_says(undecided, 2, "80").percent == 80
    clinic.done(cmd.MarkNoShow(visit=clinic.visit_of(undecided, 1), rest="undecided"))
    clinic.done(cmd.MarkNoShow(visit=clinic.visit_of(later, 1), rest="later"))
    for course in (undecided, later):
        assert [d.percent for d in clinic.course(course).days][1:4] == [60, 80, 100]
        assert clinic.ramp_says(course, 2, "80").dose == Decimal("0.3")


def test_two_terminals_change_one_course_and_the_second_is_told_who(clinic: ClinicDays) -> None:
    course = clinic.books(clinic.registers("Halvorsen"), "up to five days", 5, THURSDAY)
    shown = clinic.course(course).course.version
    clinic.done(cmd.OmitDay(course=course, day=5, why="travels", expected_version=shown))
    late = clinic.gives(cmd.OmitDay(course=course, day=4, why="travels", expected_version=shown), by="Park")
    assert isinstance(late, Conflict)
    assert (late.by, late.terminal) == ("Lee", "desk")


def test_another_terminal_sees_courses_and_tasks_as_the_first_does(
    clinic: ClinicDays, sqlite_url: str
) -> None:
    other = open_room(sqlite_url, clock=clinic.clock)
    other.refresh()
    course = clinic.books(clinic.registers("Nakamura"), "single day", 1, THURSDAY)
    clinic.is_at(THURSDAY, "7:30")
    clinic.consents(course)
    clinic.lives_through(course, 1)
    clinic.room.refresh()
    other.refresh()
    fresh = open_room(sqlite_url, clock=clinic.clock)
    fresh.refresh()
    assert clinic.room.board() == other.board() == fresh.board()
    assert clinic.room.state.courses == other.state.courses == fresh.state.courses
    assert clinic.room.state.past == other.state.past == fresh.state.past
    other.close()
    fresh.close()
