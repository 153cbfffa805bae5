"""What holds of every proposal, whatever the clinic, its holidays and whoever is booked already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import combinations, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain.bookings import CLINIC, at, booked, request, rows_of

from infusionroom.domain.booking import Wanted, problems
from infusionroom.domain.clinic import BookingRules, Clinic, Rules
from infusionroom.domain.day import at_local, clinic_day, local
from infusionroom.domain.proposal import AHEAD_MIN, Proposal, Request, propose, slots_on
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import Stay, recovery_min, stay_of
from infusionroom.domain.working_days import closed_because, working_days

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Fridays before the clocks change in New York and in Berlin, before Thanksgiving, and before New Year.
FIRST_DAYS = st.sampled_from(
    [date(2026, 3, 5), date(2026, 3, 26), date(2026, 10, 22), date(2026, 10, 29), date(2026, 11, 23)]
).flatmap(lambda day: st.integers(0, 6).map(lambda more: day + timedelta(days=more)))


@st.composite
def clinics(draw: st.DrawFn, first: date) -> tuple[Clinic, dict[date, str]]:
    """A small room that is soon full, with holidays, closing days, and holidays on which it works."""
    near = st.integers(0, 20).map(lambda more: first + timedelta(days=more))
    holidays = dict.fromkeys(draw(st.sets(near, max_size=5)), "Founders' Day")
    rules = BookingRules(
        start_gap_min=draw(st.sampled_from([0, 10, 15, 20, 60])),
        first_timers_min=draw(st.sampled_from([0, 60, 90])),
    )
    clinic = Clinic(
        "Northside Infusion",
        draw(st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata"])),
        draw(st.sampled_from([time(7), time(8, 30)])),
        draw(st.sampled_from([time(16), time(18), time(21, 20)])),
        draw(st.integers(1, 3)),
        Rules(booking=rules, chair_turnover_min=draw(st.sampled_from([0, 10, 25]))),
        closed_days=dict.fromkeys(draw(st.sets(near, max_size=2)), "training"),
        opened_days=frozenset(draw(st.sets(near, max_size=2))),
    )
    return clinic, holidays


@st.composite
def rooms(draw: st.DrawFn) -> tuple[Clinic, dict[date, str], list[VisitRecord], Request]:
    """A clinic with visits from files (anywhere, in any chair), and what somebody asks of it."""
    first = draw(FIRST_DAYS)
    clinic, holidays = draw(clinics(first))
    known = []
    for name in range(draw(st.integers(0, 10))):
        day = first + timedelta(days=draw(st.integers(0, 5)))
        start = at_local(
            day, time(draw(st.integers(7, 14)), draw(st.sampled_from([0, 7, 15, 45]))), clinic.timezone
        )
        known.append(
            booked(
                start,
                draw(st.none() | st.integers(1, 4)),
                visit=f"known/{name}",
                minutes=draw(st.none() | st.sampled_from([30, 240])),
                experienced=draw(st.booleans()),
                patient=draw(st.sampled_from(["", "rae", "sam"])),
                clinic=clinic,
                off=draw(st.sampled_from([False, False, False, True])),
            )
        )
    asked = request(
        first,
        draw(st.sampled_from([1, 2, 5, 10])),
        infusion_min=draw(st.sampled_from([60, 240, 300])),
        experienced=draw(st.booleans()),
        after=at_local(first, time(draw(st.integers(0, 15)), 3), clinic.timezone),
        patient_ids=("rae",),
    )
    return clinic, holidays, known, asked


def wanted(proposal: Proposal, clinic: Clinic, asked: Request) -> list[Wanted]:
    recovery = recovery_min(clinic, experienced=asked.experienced)
    return [Wanted(day.start, asked.infusion_min, recovery, day.chair) for day in proposal.days]


def days_of(proposal: Proposal, clinic: Clinic) -> list[date]:
    return [clinic_day(day.start, clinic.timezone) for day in proposal.days]


@given(rooms())
@SETTINGS
def test_what_is_proposed_can_be_booked(
    room: tuple[Clinic, dict[date, str], list[VisitRecord], Request],
) -> None:
    clinic, holidays, known, asked = room
    proposal = propose(clinic, holidays, known, asked)
    said = problems(
        clinic,
        holidays,
        known,
        wanted(proposal, clinic, asked),
        patient_ids=asked.patient_ids,
        now=asked.after,
    )
    assert said == ()
    assert len(proposal.days) == asked.days or proposal.missing
    assert all(day.reasons for day in proposal.days)


@given(rooms())
@SETTINGS
def test_the_days_are_working_days_within_the_opening_hours_and_later_than_now(
    room: tuple[Clinic, dict[date, str], list[VisitRecord], Request],
) -> None:
    # Told anew from the rules, not by the code that proposes.
    clinic, holidays, known, asked = room
    proposal = propose(clinic, holidays, known, asked)
    length = timedelta(minutes=asked.infusion_min + (60 if asked.experienced else 120))
    for day, proposed in zip(days_of(proposal, clinic), proposal.days, strict=True):
        assert day.weekday() < 5
        assert day not in holidays or day in clinic.opened_days
        assert day not in clinic.closed_days
        assert proposed.start >= at_local(day, clinic.opens, clinic.timezone)
        assert proposed.start + length <= at_local(day, clinic.closes, clinic.timezone)
        assert proposed.start >= asked.after + timedelta(minutes=AHEAD_MIN)
        assert proposed.chair in range(1, clinic.chairs + 1)
    assert all(a < b for a, b in pairwise(days_of(proposal, clinic)))


@given(rooms())
@SETTINGS
def test_every_working_day_that_is_passed_over_is_named(
    room: tuple[Clinic, dict[date, str], list[VisitRecord], Request],
) -> None:
    clinic, holidays, known, asked = room
    proposal = propose(clinic, holidays, known, asked)
    found = days_of(proposal, clinic)
    passed = dict(proposal.skipped)
    if found:
        for day, closed in working_days(clinic, holidays, asked.first_day, found[-1]):
            assert (day in found) != (day in passed) or day.weekday() >= 5
            if closed is None and day in passed:
                assert slots_on(clinic, holidays, known, day, asked) == ()


@given(FIRST_DAYS.flatmap(clinics), st.data())
@SETTINGS
def test_an_empty_calendar_gives_consecutive_working_days_at_one_time_in_one_chair(
    clinic_and_holidays: tuple[Clinic, dict[date, str]], data: st.DataObject
) -> None:
    clinic, holidays = clinic_and_holidays
    asked = request(data.draw(FIRST_DAYS), 10, experienced=data.draw(st.booleans()))
    proposal = propose(clinic, holidays, [], asked)
    found = days_of(proposal, clinic)
    open_days = [
        day for day, closed in working_days(clinic, holidays, asked.first_day, found[-1]) if closed is None
    ]
    assert found == open_days
    assert len(found) == 10
    assert len({local(day.start, clinic.timezone).time() for day in proposal.days}) == 1
    assert len({day.chair for day in proposal.days}) == 1


def at_once(stays: Sequence[Stay]) -> int:
    return max((sum(s.since <= m.since < s.until for s in stays) for m in stays), default=0)


@given(
    FIRST_DAYS.flatmap(lambda first: st.tuples(st.just(first), clinics(first))),
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([1, 3, 5]), st.booleans(), st.booleans()), max_size=12
    ),
)
@SETTINGS
def test_patients_booked_one_after_another_never_share_a_chair_nor_a_nurse(
    place: tuple[date, tuple[Clinic, dict[date, str]]], wishes: list[tuple[int, int, bool, bool]]
) -> None:
    first, (clinic, holidays) = place
    calendar: list[VisitRecord] = []
    for number, (later, days, experienced, from_file) in enumerate(wishes):
        asked = request(first + timedelta(days=later), days, experienced=experienced)
        proposal = propose(clinic, holidays, calendar, asked)
        rows = rows_of(proposal.days, asked, str(number), clinic)
        if from_file:
            # A sender's appointment names no chair: it is booked only where it leaves everybody a chair.
            anywhere = [replace(w, chair=None) for w in wanted(proposal, clinic, asked)]
            if problems(clinic, holidays, calendar, anywhere):
                continue
            rows = [replace(row, planned_chair=None) for row in rows]
        calendar += rows
    stays = [stay_of(row, clinic) for row in calendar]
    assert at_once(stays) <= clinic.chairs
    for one, other in combinations(stays, 2):
        assert not (one.chair == other.chair is not None and one.overlaps(other))
        assert one.begins is not None
        assert other.begins is not None
        assert abs(one.begins - other.begins) >= timedelta(minutes=clinic.rules.booking.start_gap_min)


@given(rooms())
@SETTINGS
def test_a_first_infusion_never_begins_after_one_of_somebody_with_experience(
    room: tuple[Clinic, dict[date, str], list[VisitRecord], Request],
) -> None:
    clinic, holidays, known, asked = room
    # The same usual recovery for both: only the order of preference differs.
    same = replace(clinic.rules, recovery=replace(clinic.rules.recovery, usual_min=60))
    clinic = replace(clinic, rules=same)
    new = propose(clinic, holidays, known, replace(asked, experienced=False, days=1))
    again = propose(clinic, holidays, known, replace(asked, experienced=True, days=1))
    assert [day.start for day in new.days] <= [day.start for day in again.days]


@given(rooms())
@SETTINGS
def test_the_first_hour_goes_to_experience_only_where_the_day_has_nothing_later(
    room: tuple[Clinic, dict[date, str], list[VisitRecord], Request],
) -> None:
    clinic, holidays, known, asked = room
    asked = replace(asked, experienced=True)
    for proposed in propose(clinic, holidays, known, asked).days:
        day = clinic_day(proposed.start, clinic.timezone)
        kept_until = at_local(day, clinic.opens, clinic.timezone) + timedelta(
            minutes=clinic.rules.booking.first_timers_min
        )
        if proposed.start < kept_until:
            later = slots_on(clinic, holidays, known, day, asked)
            assert not [slot for slot in later if slot.start >= kept_until]


@given(rooms(), st.integers(0, 30))
@SETTINGS
def test_every_slot_a_day_can_be_moved_to_is_accepted(
    room: tuple[Clinic, dict[date, str], list[VisitRecord], Request], later: int
) -> None:
    clinic, holidays, known, asked = room
    proposal = propose(clinic, holidays, known, asked)
    day = asked.first_day + timedelta(days=later)
    fixed = tuple((d.number, d.start, d.chair) for d in proposal.days[1:])
    moving = replace(asked, fixed=fixed)
    others = wanted(proposal, clinic, asked)[1:]
    slots = slots_on(clinic, holidays, known, day, moving)
    recovery = recovery_min(clinic, experienced=asked.experienced)
    for slot in slots:
        one = Wanted(slot.start, asked.infusion_min, recovery, slot.chair)
        assert clinic_day(slot.start, clinic.timezone) == day
        assert problems(clinic, holidays, known, [one, *others], patient_ids=asked.patient_ids) == ()
    assert [slot.start for slot in slots] == sorted({slot.start for slot in slots})
    if closed_because(clinic, holidays, day) is not None:
        assert slots == ()


@given(st.sampled_from([date(2026, 3, 6), date(2026, 10, 30)]), st.integers(7 * 4, 13 * 4))
@SETTINGS
def test_a_change_of_the_clocks_never_moves_the_wall_clock(friday: date, quarter: int) -> None:
    start: datetime = at(friday, f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
    proposal = propose(CLINIC, {}, [], request(friday, 3, fixed=((1, start, 2),)))
    walls = {local(day.start, CLINIC.timezone).time() for day in proposal.days}
    assert len(walls) == 1
    assert len(proposal.days) == 3
