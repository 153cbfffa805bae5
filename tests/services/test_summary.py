"""The day's summary asked of a real store: the same every time, whenever it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.report.days import busy_day
from tests.stories import MONDAY, Person, Story

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.visit import visit_id_of
from infusionroom.report import FORMATS, render
from infusionroom.services.clock import FrozenClock
from infusionroom.services.errors import RoomRefused
from infusionroom.services.room import RoomService
from infusionroom.services.summary import DaySummary, day_summary
from infusionroom.store import Quarantined

OpenStory = Callable[[], tuple[Story, RoomService, FrozenClock]]


@pytest.fixture
def told(sqlite_url: str) -> Iterator[OpenStory]:
    opened: list[RoomService] = []

    def opening() -> tuple[Story, RoomService, FrozenClock]:
        clock = FrozenClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
        opened.append(open_room(sqlite_url, clock=clock))
        return Story(service=opened[-1]), opened[-1], clock

    yield opening
    for room in opened:
        room.close()


def families(summary: DaySummary) -> list[str]:
    return [visit.patient.family for visit in summary.visits]


def test_the_summary_of_a_store_is_the_one_of_the_paper_room(told: OpenStory) -> None:
    story, room, clock = told()
    busy_day(story)
    clock.move_to(story.moment("16:30"))
    summary = day_summary(room, MONDAY)
    assert len(summary.visits) == 11
    assert summary.at == story.moment("16:30")
    assert summary.recovery.still_here == 2
    head, digest = room.store.head()
    assert (summary.seal.entry, summary.seal.hash) == (head, digest)


def test_within_a_minute_nothing_changes_and_nothing_is_forgotten(told: OpenStory) -> None:
    story, room, clock = told()
    rae = story.person("Marlowe").is_infused("08:00", "12:00", chair=1)
    clock.move_to(story.moment("12:30") + timedelta(seconds=20))
    room.execute(cmd.Leave(visit=rae.visit, against_advice="bus"), actor="Lee", terminal="desk")
    clock.advance(seconds=5)
    first = day_summary(room, MONDAY)
    clock.advance(seconds=30)
    assert day_summary(room, MONDAY) == first
    # The person went 20 seconds into this minute: the summary does not put them back into the chair.
    assert first.visits[0].times.left_at == story.moment("12:30") + timedelta(seconds=20)
    assert first.visits[0].stop_to_left_s == 30 * 60 + 20


def test_a_past_day_gives_the_same_bytes_however_the_room_goes_on(told: OpenStory) -> None:
    story, room, clock = told()
    story.person("Marlowe").is_infused("08:00", "12:00", chair=1).is_ready("13:00").leaves("13:05")
    story.do(cmd.CleanChair(chair=1), "13:30")
    clock.move_to(story.moment("+1 07:00"))
    first = [render(day_summary(room, MONDAY), each) for each in FORMATS]
    story.person("Okafor", planned="+1 08:00", known="+1 07:10").arrives("+1 07:50").sits("+1 07:55", 1)
    story.do(cmd.ChangeRoom(closes=story.room.clinic.closes.replace(hour=20)), "+1 08:00")  # type: ignore[union-attr]
    clock.move_to(story.moment("+3 12:00"))
    assert [render(day_summary(room, MONDAY), each) for each in FORMATS] == first


def test_a_day_is_judged_by_its_own_opening_hours(told: OpenStory) -> None:
    story, room, clock = told()
    story.do(cmd.ChangeRoom(chairs=4), "+1 08:00")
    clock.move_to(story.moment("+2 08:00"))
    assert day_summary(room, MONDAY).chairs == 8
    assert day_summary(room, MONDAY + timedelta(days=1)).chairs == 4


def test_who_stays_over_midnight_is_in_both_days(told: OpenStory) -> None:
    story, room, clock = told()
    rae = story.person("Night", planned="16:00").is_infused("17:00", "21:00", chair=1)
    rae.is_ready("+1 01:00").leaves("+1 01:30")
    clock.move_to(story.moment("+2 12:00"))
    monday, tuesday = (day_summary(room, MONDAY + timedelta(days=n)) for n in (0, 1))
    assert (families(monday), monday.recovery.still_here) == (["Night"], 1)
    assert [v.patient.family for v in tuesday.carried_over] == ["Night"]
    assert day_summary(room, MONDAY + timedelta(days=2)).carried_over == ()


def test_the_course_began_on_an_earlier_day(told: OpenStory) -> None:
    """Day 1 was cancelled: the first infusion, with pain 8, was day 2 on Monday; Tuesday is compared with it."""
    story, room, clock = told()
    story.person("Rae", course=(1, 5), record="K7", planned="-1 12:00", known="-1 12:01").cancels("-1 12:02")
    monday = story.person("Rae", course=(2, 5), record="K7").is_infused("08:00", "12:00", chair=1, pain=8)
    monday.is_ready("13:00").leaves("13:05")
    story.do(cmd.CleanChair(chair=1), "13:30")
    tuesday = story.person("Rae", course=(3, 5), record="K7", planned="+1 08:00", known="+1 07:00")
    tuesday.is_infused("+1 08:00", "+1 12:00", chair=1, pain=6).is_ready("+1 13:00", pain=4)
    clock.move_to(story.moment("+1 14:00"))
    response = day_summary(room, MONDAY + timedelta(days=1)).visits[0].response
    assert response
    assert (response.baseline, response.after, response.responder_50) == (8, 4, True)
    # Of Monday itself nobody here knows an earlier infusion of this course.
    assert day_summary(room, MONDAY).visits[0].response is None


def _is_infused_on(story: Story, visit: str, day: int, before: int, after: int) -> None:
    """A day of a course, whose consent is the course's own: from the door to the way home."""
    plan = ev.Plan(
        patient=ev.Patient("Rae", record_number="K7"),
        start=story.moment(f"+{day} 08:00"),
        appointment=ev.Appointment("of the day"),
    )
    rae, eight = Person(story, plan), f"+{day} 08:00"
    rae.visit = visit
    rae.arrives(eight).sits(eight, 1).has_vitals(eight).has_pain(eight, before)
    rae.has(
        eight,
        ev.Identified(by=("name", "birth_date")),
        ev.Weighed(kg=Decimal(80)),
        ev.AdultNamed(name="Pat"),
        ev.IvPlaced(site="left forearm"),
    )
    order = cmd.Order(visit=visit, basis="mg_per_h", dose=Decimal(20), prescriber="Dr Osei")
    check = cmd.DoubleCheck(
        visit=visit, drug="ketamine", concentration_mg_ml=Decimal(2), rate_ml_h=Decimal(10), patient="K7"
    )
    rae.does(order, eight).does(check, eight, by="Park").starts(eight).stops(f"+{day} 12:00")
    rae.is_ready(f"+{day} 13:00", pain=after).leaves(f"+{day} 13:05")
    story.do(cmd.CleanChair(chair=1), f"+{day} 13:30")


def test_a_course_that_was_booked_here_is_compared_with_its_own_first_infusion(told: OpenStory) -> None:
    """Monday was omitted, so Tuesday with pain 8 is the first; Wednesday is compared with it, and it with itself."""
    story, room, clock = told()
    file = ev.PatientFile(family="Rae", given="Kim", birth_date=date(1980, 1, 1), record_number="K7")
    [opened] = story.do(cmd.RegisterPatient(file=file), "-1 12:10")
    wanted = tuple(cmd.DayWanted(day=n + 1, start=story.moment(f"+{n} 08:00")) for n in range(3))
    booking = cmd.BookCourse(
        patient=opened.stream.removeprefix("patient:"),
        archetype="up to five days",
        days=wanted,
        prescriber="Dr Osei",
    )
    course = story.do(booking, "-1 12:20")[0].stream.removeprefix("course:")
    story.do(cmd.OmitDay(course=course, day=1, why="ill"), "-1 12:30")
    clauses = tuple(clause.key for clause in FIRST_CONSENT.clauses)
    signed = cmd.AcknowledgeConsent(
        course=course, version="1", clauses=clauses, name="Kim Rae", signed_on=MONDAY - timedelta(days=1)
    )
    story.do(signed, "-1 12:40")
    for day, before, after in ((1, 8, 6), (2, 7, 4)):
        _is_infused_on(story, visit_id_of(f"{course}/{day + 1}"), day, before, after)
    clock.move_to(story.moment("+2 14:00"))
    summaries = [day_summary(room, MONDAY + timedelta(days=n)) for n in (1, 2)]
    answers = [one.response for summary in summaries for one in summary.visits]
    assert [(a.baseline, a.after, a.responder_30, a.responder_50) for a in answers if a] == [
        (8, 6, False, False),
        (8, 4, True, True),
    ]
    [wednesday] = summaries[1].visits
    assert (wednesday.course_id, wednesday.patient_id) == (course, opened.stream.removeprefix("patient:"))


def test_what_an_import_set_aside_is_still_open(told: OpenStory) -> None:
    story, room, clock = told()
    seen = Quarantined(file="monday.hl7", line=3, field="SCH-11", why="no start", raw="SCH|…")
    room.store.add_quarantine([seen], received_at=story.moment("06:00"), received_by="Lee")
    clock.move_to(story.moment("12:00"))
    assert [matter.kind for matter in day_summary(room, MONDAY).open] == ["set_aside"]
    assert day_summary(room, MONDAY - timedelta(days=1)).open == ()


def test_a_day_to_come_shows_who_is_planned(told: OpenStory) -> None:
    story, room, clock = told()
    story.person("Today").is_infused("08:00", "12:00", chair=1)
    story.person("Tomorrow", planned="+1 08:00", known="12:00")
    clock.move_to(story.moment("12:30"))
    summary = day_summary(room, MONDAY + timedelta(days=1))
    assert (families(summary), summary.carried_over) == (["Tomorrow"], ())
    assert [matter.kind for matter in summary.open] == ["not_arrived"]


def test_a_store_without_a_room_says_what_to_do(sqlite_url: str) -> None:
    room = open_room(sqlite_url, clock=FrozenClock(datetime(2026, 11, 23, 12, 0, tzinfo=UTC)))
    try:
        with pytest.raises(RoomRefused, match="infusionroom setup"):
            day_summary(room, MONDAY)
    finally:
        room.close()
