"""An appointment for a known patient becomes the day of the course that it is; in doubt, a visit to be assigned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest
from tests.intake.paper_room import NOW, ZONE, PaperRoom, actions
from tests.intake.samples import appointment, bundle, patient, rows, siu

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course import Course
from infusionroom.domain.course_days import CourseDay, DayState, days_of
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import Phase, Visit, visit_id_of
from infusionroom.intake import importing
from infusionroom.intake.real_room import RealRoom
from infusionroom.services.clock import FrozenClock

# Monday is today; the course lies on Tuesday, Wednesday, Friday, and the next Monday and Tuesday, always at 9.
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (24, 25, 26, 27))
DAYS: Final = (TUESDAY, WEDNESDAY, FRIDAY, date(2026, 11, 30), date(2026, 12, 1))
ROSA: Final = ev.PatientFile(
    family="Marlowe", given="Rosa", birth_date=date(1980, 2, 29), record_number="R-77", infusions_elsewhere=2
)


def nine(day: date, clock: str = "14:00") -> datetime:
    """Nine o'clock in New York, in the winter; or another time, in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), UTC)


def row(on: date = TUESDAY, clock: str = "08:30", key: str = "A-17", **said: Any) -> str:
    cells = {
        "family": "Marlowe",
        "given": "Rosa",
        "born": "1980-02-29",
        "number": "R-77",
        "minutes": "300",
        "day": "",
        "of": "",
        "status": "planned",
    } | said
    who = f"{cells['family']},{cells['given']},{cells['born']},{cells['number']}"
    return f"{key},{who},{on},{clock},{cells['minutes']},{cells['day']},{cells['of']},{cells['status']},"


class Room(PaperRoom):
    """A room with Rosa's file and course; it tells what became of the days."""

    def __init__(self, *days: date) -> None:
        super().__init__()
        self.rosa = self.files(ROSA)
        self.course_id = self.books(self.rosa, *(days or DAYS))

    def files(self, file: ev.PatientFile, name: str = "rosa") -> str:
        self.give(cmd.RegisterPatient(id=name, file=file, confirmed=True))
        return visit_id_of(f"patient/{name}")

    def books(self, whose: str, *days: date, name: str = "course") -> str:
        wanted = tuple(cmd.DayWanted(day=n, start=nine(day), chair=n) for n, day in enumerate(days, 1))
        kind = "up to five days" if len(days) <= 5 else "ten weekdays"
        self.give(
            cmd.BookCourse(
                id=name,
                patient=whose,
                archetype=kind,
                days=wanted,
                prescriber="Dr Osei",
                overbooked="small test",
            )
        )
        return visit_id_of(f"course/{name}")

    def opens(self, day: int) -> None:
        self.give(
            cmd.DeferDay(id=f"open{day}", course=self.course_id, day=day, why="the sender will book it")
        )

    @property
    def course(self) -> Course:
        return self.room.courses[self.course_id]

    def day(self, number: int) -> CourseDay:
        days = days_of(self.course, self.room.visits_of(self.rosa).values())
        return days[number - 1]

    def visit_of(self, number: int) -> Visit:
        row = self.day(number).visit
        assert row is not None
        return self.known[row.visit]

    def single(self, key: str = "A-17/") -> Visit:
        """The appointment's visit, which is of no course."""
        visit = self.known[visit_id_of(key)]
        assert visit.plan.course_id == ""
        return visit


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def written(content: str, name: str = "day") -> Path:
        path = tmp_path / name
        path.write_text(content, newline="")
        return path

    return written


def sent(day: int) -> str:
    return f"202611{day:02}0900-0500"


BOOKED: Final = {
    "csv": rows(row(key="A-17/F-17")),
    "hl7": siu(start="202611240830-0500"),
    "fhir": bundle(patient(), appointment(start="2026-11-24T13:30:00Z", end="2026-11-24T17:30:00Z")),
}


@pytest.mark.parametrize("kind", BOOKED)
def test_an_appointment_on_a_planned_day_becomes_that_day_whatever_wrote_it(
    room: Room, file: Callable[..., Path], kind: str
) -> None:
    path = file(BOOKED[kind])
    (change,) = room.look(path).changes
    assert change.sentence == "appointment A-17/F-17: new, 2026-11-24 08:30; lands on day 1 of 5"
    assert change.day == ev.CourseDay(1, 5)
    assert actions(room.take(path)) == ["new"]
    plan = room.visit_of(1).plan
    assert plan.appointment == ev.Appointment("A-17", "F-17")
    assert (plan.start, plan.source != "") == (nine(TUESDAY, "13:30"), True)
    assert (plan.patient_id, plan.course_id, plan.course) == (room.rosa, room.course_id, ev.CourseDay(1, 5))
    assert room.course.days[0].start == plan.start
    assert len(room.known) == 5
    before = list(room.entries)
    assert actions(room.take(path)) == ["unchanged"]
    assert room.entries == before


def test_an_open_day_takes_an_appointment_that_its_neighbours_leave_room_for(
    room: Room, file: Callable[..., Path]
) -> None:
    room.opens(3)
    schedule = file(rows(row(THURSDAY)))
    assert "lands on day 3 of 5" in room.look(schedule).sentences()[0]
    room.take(schedule)
    landed = room.visit_of(3)
    assert (landed.id, landed.plan.start) == (visit_id_of("A-17/"), nine(THURSDAY, "13:30"))
    assert (landed.plan.course, landed.plan.patient.infusions_before) == (ev.CourseDay(3, 5), 2)
    assert room.day(3).state is DayState.PLANNED
    assert actions(room.take(schedule)) == ["unchanged"]


def test_without_a_length_the_chair_is_kept_as_long_as_the_course_says(
    room: Room, file: Callable[..., Path]
) -> None:
    room.opens(3)
    room.take(file(rows(row(THURSDAY, minutes=""), row(THURSDAY, "09:15", minutes=""))))
    assert (room.visit_of(3).plan.duration_min, room.visit_of(3).plan.start) == (240, nine(THURSDAY, "14:15"))


def test_open_days_are_filled_in_the_order_of_their_dates_wherever_the_rows_stand(
    file: Callable[..., Path],
) -> None:
    room = Room(TUESDAY, THURSDAY, FRIDAY, date(2026, 12, 4))
    room.opens(2)
    room.opens(3)
    room.take(file(rows(row(FRIDAY, key="late"), row(WEDNESDAY, key="early"))))
    assert [room.visit_of(n).plan.appointment for n in (2, 3)] == [
        ev.Appointment("early"),
        ev.Appointment("late"),
    ]


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 12, 2), "no day of the course fits this date"),
        (date(2026, 11, 20), "no day of the course fits this date"),
    ],
)
def test_a_date_outside_the_order_of_the_days_is_a_single_visit_of_this_patient(
    room: Room, file: Callable[..., Path], on: date, why: str
) -> None:
    room.opens(3)
    report = room.take(file(rows(row(on))))
    assert report.sentences()[0].endswith(f"08:30; to be assigned: {why}")
    assert (room.single().plan.patient_id, room.day(3).state) == (room.rosa, DayState.OPEN)
    assert actions(room.take(file(rows(row(on))))) == ["unchanged"]


def test_a_date_before_the_first_day_or_before_today_takes_no_open_day(file: Callable[..., Path]) -> None:
    early = Room(WEDNESDAY, FRIDAY, date(2026, 11, 30))
    early.opens(2)
    early.take(file(rows(row(TUESDAY))))
    assert (early.day(2).state, early.single().plan.patient_id) == (DayState.OPEN, early.rosa)
    past = Room()
    past.opens(1)
    past.take(file(rows(row(date(2026, 11, 20)))))
    assert (past.day(1).state, past.single().plan.patient_id) == (DayState.OPEN, past.rosa)


def test_another_appointment_for_a_day_that_has_one_is_a_visit_of_its_own(
    room: Room, file: Callable[..., Path]
) -> None:
    room.take(file(rows(row())))
    room.take(file(rows(row(clock="09:30", key="A-18"))))
    assert room.visit_of(1).plan.appointment == ev.Appointment("A-17")
    assert room.single("A-18/").plan.patient_id == room.rosa


def test_a_planned_day_keeps_its_number_whatever_the_sender_calls_it(
    room: Room, file: Callable[..., Path]
) -> None:
    schedule = file(rows(row(day="2", of="9")))
    room.take(schedule)
    assert room.visit_of(1).plan.course == ev.CourseDay(1, 5)
    assert actions(room.take(schedule)) == ["unchanged"]


def test_what_was_never_meant_takes_no_day(room: Room, file: Callable[..., Path]) -> None:
    room.take(file(rows(row(status="entered-in-error"))))
    assert (room.visit_of(1).plan.appointment, room.visit_of(1).phase) == (None, Phase.PLANNED)
    assert room.single().phase is Phase.ENTERED_IN_ERROR


def test_a_second_appointment_on_one_day_is_not_taken_for_the_first(
    room: Room, file: Callable[..., Path]
) -> None:
    report = room.take(file(rows(row(), row(clock="14:00", key="A-18"))))
    assert room.visit_of(1).plan.appointment == ev.Appointment("A-17")
    assert "to be assigned" in report.sentences()[1]
    assert room.single("A-18/").plan.patient_id == room.rosa


def test_the_senders_own_count_of_the_days_must_agree_before_a_day_is_taken(
    room: Room, file: Callable[..., Path]
) -> None:
    room.opens(3)
    report = room.take(file(rows(row(THURSDAY, day="4", of="5"))))
    assert "the sender calls it day 4 of 5, and the open day is 3 of 5" in report.sentences()[0]
    assert room.single().plan.course == ev.CourseDay(4, 5)


def test_of_two_running_courses_none_is_guessed(file: Callable[..., Path]) -> None:
    room = Room(TUESDAY, WEDNESDAY, FRIDAY)
    room.books(room.rosa, *(date(2026, 12, day) for day in (7, 8)), name="later")
    room.opens(2)
    report = room.take(file(rows(row(THURSDAY), row(date(2026, 12, 8), key="A-18"))))
    assert "several courses could be meant" in report.sentences()[0]
    assert room.single().plan.patient_id == room.rosa
    assert "lands on day 2 of 2" in report.sentences()[1]


# ── who it is ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        {"number": " r-77 ", "family": "MARLOWE"},
        {"family": "Okonjo"},
        {"born": "1981-01-01"},
        {"number": "", "given": "rosa"},
    ],
    ids=["case and spaces", "married", "a wrong birth date", "no number"],
)
def test_the_same_person_by_other_words(room: Room, file: Callable[..., Path], said: dict[str, Any]) -> None:
    schedule = file(rows(row(**said)))
    room.take(schedule)
    plan = room.visit_of(1).plan
    assert plan.appointment == ev.Appointment("A-17")
    assert plan.patient.family == "Marlowe"
    before = list(room.entries)
    assert actions(room.take(schedule)) == ["unchanged"]
    assert room.entries == before


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"family": "Okafor", "born": "1991-01-01"}, "; to be assigned: its record number is on file here"),
        ({"family": "Okafor", "born": ""}, "; to be assigned: its record number is on file here"),
        ({"number": "R-78"}, "08:30"),
        ({"number": "", "given": "Rosalind"}, "08:30"),
        ({"number": "", "born": ""}, "08:30"),
    ],
    ids=["number of another", "number alone", "unknown number", "another given name", "name alone"],
)
def test_whoever_is_not_certain_is_a_visit_without_a_patient(
    room: Room, file: Callable[..., Path], said: dict[str, Any], why: str
) -> None:
    (change,) = room.take(file(rows(row(**said)))).applied
    assert why in change.sentence
    assert room.single().plan.patient_id == ""
    assert room.visit_of(1).plan.appointment is None


def test_of_two_with_the_same_name_and_birth_date_neither_is_guessed(
    room: Room, file: Callable[..., Path]
) -> None:
    twin = room.files(ev.PatientFile(family="Marlowe", given="Rosa", birth_date=ROSA.birth_date), "twin")
    report = room.take(file(rows(row(number=""))))
    assert "several people on file could be meant" in report.sentences()[0]
    assert room.single().plan.patient_id == ""
    room.give(cmd.MergePatients(id="one", patient=twin, into=room.rosa, why="one person"))
    room.take(file(rows(row(number="", key="A-18"))))
    assert room.visit_of(1).plan.appointment == ev.Appointment("A-18")


def test_a_patient_without_a_course_is_known_all_the_same(room: Room, file: Callable[..., Path]) -> None:
    tariq = room.files(ev.PatientFile(family="Okafor", given="Tariq", record_number="R-78"), "tariq")
    report = room.take(file(rows(row(family="Okafor", given="Tariq", number="R-78"))))
    assert report.sentences()[0].endswith("to be assigned: no course is running")
    assert room.single().plan.patient_id == tariq


# ── what the sender says later ──────────────────────────────────────────────────────────────────────────────


def test_a_day_that_was_taken_on_is_moved_and_taken_off_by_its_sender(
    room: Room, file: Callable[..., Path]
) -> None:
    steps = [
        siu("S12", sent=sent(10), start="202611240830-0500"),
        siu("S13", sent=sent(11), start="202611241000-0500"),
        siu("S15", sent=sent(12)),
        siu("S12", sent=sent(13), start="202611241100-0500"),
        siu("S26", sent=sent(14)),
    ]
    taken = []
    for step in steps:
        taken += actions(room.take(file(step)))
        taken += actions(room.take(file(step)))
    assert taken[::2] == ["new", "changed", "cancelled", "reinstated", "no-show"]
    assert set(taken[1::2]) == {"unchanged"}
    visit = room.visit_of(1)
    assert (visit.phase, visit.plan.start) == (Phase.NO_SHOW, nine(TUESDAY, "16:00"))
    assert room.course.days[0].start == nine(TUESDAY, "16:00")
    assert room.day(1).state is DayState.UNDECIDED
    assert room.set_aside == {}


def test_what_was_never_meant_leaves_its_day_open(room: Room, file: Callable[..., Path]) -> None:
    room.take(file(siu("S12", sent=sent(10), start="202611240830-0500")))
    room.take(file(siu("S17", sent=sent(11))))
    assert room.day(1).state is DayState.OPEN


LIFE: Final = (
    siu("S12", sent=sent(10), start="202611240830-0500"),
    siu("S13", sent=sent(11), start="202611241000-0500"),
    siu("S15", sent=sent(12), start="202611241000-0500"),
)


@pytest.mark.parametrize("order", permutations(range(3)))
def test_messages_of_a_day_count_by_when_they_were_sent(
    file: Callable[..., Path], order: tuple[int, ...]
) -> None:
    together, one_by_one = Room(), Room()
    together.take(file("".join(LIFE[n] for n in order)))
    for n in order:
        one_by_one.take(file(LIFE[n]))
    assert together.visit_of(1).plan.start == nine(TUESDAY, "15:00")
    for room in (together, one_by_one):
        assert room.visit_of(1).phase is Phase.CANCELLED
        assert room.day(1).state is DayState.UNDECIDED
        assert len(room.known) == 5


def test_a_cancellation_without_a_booking_takes_no_open_day(room: Room, file: Callable[..., Path]) -> None:
    room.opens(3)
    room.take(file(rows(row(THURSDAY, status="cancelled"))))
    assert (room.day(3).state, room.single().phase) == (DayState.OPEN, Phase.CANCELLED)


@pytest.mark.parametrize("kind", ["hl7", "csv"])
def test_a_day_moved_by_hand_stays_where_it_is_when_the_same_message_comes_again(
    room: Room, file: Callable[..., Path], kind: str
) -> None:
    said = {"hl7": siu("S12", sent=sent(10), start="202611270830-0500"), "csv": rows(row(FRIDAY))}
    message = file(said[kind])
    room.take(message)
    to = (cmd.DayWanted(day=3, start=nine(THURSDAY), chair=3),)
    room.give(cmd.DeferDay(id="earlier", course=room.course_id, day=3, to=to, why="her wish"))
    assert "was moved here since this message" in room.take(message).sentences()[0]
    assert room.visit_of(3).plan.start == nine(THURSDAY)
    newer = {"hl7": siu("S13", sent=sent(11), start="202611270800-0500"), "csv": rows(row(FRIDAY, "08:00"))}
    assert actions(room.take(file(newer[kind]))) == ["changed"]
    assert room.visit_of(3).plan.start == nine(FRIDAY, "13:00")


def test_somebody_else_under_a_days_appointment_is_set_aside_with_the_rooms_reason(
    room: Room, file: Callable[..., Path]
) -> None:
    room.take(file(rows(row())))
    report = room.take(file(rows(row(clock="11:00", born="1990-01-01", number="R-99"))))
    assert "somebody else" in report.quarantined[0].why
    assert room.visit_of(1).plan.start == nine(TUESDAY, "13:30")


def test_a_message_for_a_course_that_was_stopped_is_set_aside_with_the_reason(
    room: Room, file: Callable[..., Path]
) -> None:
    room.take(file(siu("S12", sent=sent(10), start="202611240830-0500")))
    room.give(cmd.StopCourse(id="stop", course=room.course_id, reason="patient's wish"))
    report = room.take(file(siu("S13", sent=sent(11), start="202611251000-0500")))
    assert "the course was stopped" in report.quarantined[0].why
    assert len(room.set_aside) == 1


def test_who_is_here_already_is_not_expected_a_second_time(room: Room, file: Callable[..., Path]) -> None:
    room.now = NOW + timedelta(days=1)
    room.give(cmd.Arrive(id="here", visit=room.visit_of(1).id))
    room.take(file(rows(row())))
    visit = room.visit_of(1)
    assert (visit.phase, visit.plan.appointment) == (Phase.ARRIVED, ev.Appointment("A-17"))
    assert visit.plan.start == nine(TUESDAY)


def test_a_lost_race_for_a_day_is_set_aside_and_lands_when_it_is_tried_again(
    room: Room, file: Callable[..., Path]
) -> None:
    schedule = file(rows(row()))
    stale = dict(room.visits([room.visit_of(1).id]))
    kept = room.visits
    room.visits = lambda ids: stale  # type: ignore[method-assign]
    room.give(cmd.Record(id="note", visit=room.visit_of(1).id, fact=ev.Noted(text="telephoned")))
    assert "at the same moment" in room.take(schedule).quarantined[0].why
    room.visits = kept  # type: ignore[method-assign]
    assert actions(room.again()) == ["new"]
    assert room.visit_of(1).plan.appointment == ev.Appointment("A-17")


def test_a_big_schedule_asks_once_about_everybody(room: Room, file: Callable[..., Path]) -> None:
    many = [row(key=f"B-{n}", number=f"R-{n}", family=f"Family{n}") for n in range(200)]
    room.look(file(rows(*many, row())))
    assert room.asked == ["files", "courses"]


# ── in a store ──────────────────────────────────────────────────────────────────────────────────────────────


def test_in_a_store_a_schedule_finds_the_days_of_its_patients(store_url: str, tmp_path: Path) -> None:
    service = open_room(store_url, clock=FrozenClock(NOW))
    real = RealRoom(service, "office")

    def does(command: cmd.Command) -> Done:
        outcome = service.execute(command, actor="Lee", terminal="desk")
        assert isinstance(outcome, Done), outcome
        return outcome

    def imports(*lines: str) -> importing.Report:
        path = tmp_path / "day.csv"
        path.write_text(rows(*lines))
        return importing.run(
            [path], real, timezone=ZONE, now=service.clock.now(), actor="Lee", terminal="desk"
        )

    does(
        cmd.SetUpRoom(
            name="Northside", timezone=ZONE, opens=time(7), closes=time(18), chairs=8, first_user="Lee"
        )
    )
    patient_id = does(cmd.RegisterPatient(file=ROSA)).entries[0].stream.removeprefix("patient:")
    days = (TUESDAY, WEDNESDAY, FRIDAY)
    booking: dict[str, Any] = {"patient": patient_id, "archetype": "up to five days", "prescriber": "Dr Osei"}
    wanted = tuple(cmd.DayWanted(day=n, start=nine(day), chair=n) for n, day in enumerate(days, 1))
    course_id = does(cmd.BookCourse(days=wanted, **booking)).entries[0].stream.removeprefix("course:")
    does(cmd.DeferDay(course=course_id, day=3, why="the sender will book it"))

    lines = (
        row(number="r-77", minutes=""),
        row(date(2026, 11, 30), key="A-18"),
        row(key="A-19", number="R-1"),
    )
    report = imports(*lines)
    said = [sentence.rpartition("; ")[2] for sentence in report.sentences()]
    assert said[:2] == ["lands on day 1 of 3", "lands on day 3 of 3"]
    assert report.clean
    file = service.course(course_id)
    assert file is not None
    assert [day.visit.appointment if day.visit else "" for day in file.days] == ["A-17/", "", "A-18/"]
    assert [day.start for day in file.days] == [
        nine(TUESDAY, "13:30"),
        nine(WEDNESDAY),
        nine(date(2026, 11, 30), "13:30"),
    ]
    assert [r.appointment for r in service.unassigned(TUESDAY)] == ["A-19/"]
    assert set(actions(imports(*lines))) == {"unchanged"}
    assert actions(imports(row(status="no-show"))) == ["no-show"]
    after = service.course(course_id)
    assert after is not None
    assert after.days[0].state is DayState.UNDECIDED
    service.close()
