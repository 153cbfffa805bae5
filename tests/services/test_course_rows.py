"""The rows of patients and courses in a real store: whatever is asked, they say what the journal says."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace
from tests.domain.course_playing import FIVE, SINGLE, Courses, patient_file
from tests.domain.playing import LEE

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain.course_days import DayState
from infusionroom.domain.course_record import CourseRecord, course_record_of
from infusionroom.domain.decide import NotAllowed
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.outcome import Conflict, Refused
from infusionroom.domain.patient_record import patient_record_of, words_of
from infusionroom.domain.record import VisitRecord
from infusionroom.services import bulk
from infusionroom.services.check import check_store, rebuild
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService
from infusionroom.store import Store

SETTINGS: Final = settings(
    max_examples=4, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)


class StoredCourses(Courses):
    """A room with courses, given to a store; what it comes to is folded on paper too."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock: FrozenClock | None = None
        self.opened: RoomService | None = None
        super().__init__()

    @property
    def store(self) -> Store:
        assert self.opened is not None
        return self.opened.store

    def do(self, command: cmd.Command, by: str = LEE) -> list[Entry]:
        if self.clock is None:
            self.clock = FrozenClock(self.now)
            self.opened = open_room(self.url, clock=self.clock)
        assert self.opened is not None
        self.clock.move_to(self.now)
        # Ids that chance gives would be others in each run of the same play.
        named = replace(command, id=f"command {len(self.entries)}")
        outcome = self.opened.execute(named, actor=by, terminal="desk")
        assert not isinstance(outcome, Conflict)
        if isinstance(outcome, Refused):
            raise NotAllowed(*outcome.reasons)
        self.room = evolve(self.room, outcome.entries)
        self.entries += outcome.entries
        return list(outcome.entries)

    def holding(self, patient: str) -> str:
        """Whose file holds for a patient."""
        while into := self.room.patients[patient].merged_into:
            patient = into
        return patient

    def rows_of(self, patient: str) -> list[VisitRecord]:
        """The rows of everybody who is the same person."""
        return [
            row
            for row in self.store.records()
            if row.patient_id and self.holding(row.patient_id) == self.holding(patient)
        ]

    def course_rows(self) -> list[CourseRecord]:
        """What the courses' rows must say."""
        assert self.room.clinic is not None
        courses = self.room.courses.values()
        return [course_record_of(c, self.rows_of(c.patient), self.room.clinic) for c in courses]

    def close(self) -> None:
        if self.opened is not None:
            self.opened.close()


@pytest.fixture
def play(sqlite_url: str) -> Iterator[StoredCourses]:
    """In a file: a server has a clock of its own, and the play is not of today."""
    play = StoredCourses(sqlite_url)
    yield play
    play.close()


def test_a_course_stands_in_its_row_from_its_booking_to_its_last_call(play: StoredCourses) -> None:
    patient = play.registered()
    course = play.booked(patient, SINGLE, days=play.days(1))
    [booked] = play.store.course_records(patients=[patient])
    assert (booked.state, booked.first_day, booked.due_on) == ("running", play.day, None)
    play.held(course, [1])
    [over] = play.store.course_records(due_by=date(2026, 11, 24))
    assert (over.course, over.state, over.ended_on) == (course, "follow-up", play.day)
    play.at("9:00", date(2026, 12, 8))
    play.do(cmd.CloseFollowUp(course=course, why="moved away"))
    [done] = play.store.course_records(states=["done"])
    assert (done.course, done.due_on) == (course, None)
    assert play.store.course_records() == play.course_rows()
    assert check_store(play.store).problems == ()


def everything(store: Store, people: list[str]) -> tuple[object, ...]:
    """All rows that follow from the journal."""
    rows = (store.records(), store.course_records(), store.seats(), store.patient_records(people))
    return *rows, store.patient_words(people), store.visits_of(people)


def test_the_same_journal_makes_the_same_rows_in_any_store(play: StoredCourses, store: Store) -> None:
    ruth, twice = play.registered(), play.registered(family="Marlow", given="Ruthie", record_number="X1")
    course = play.booked(twice)
    play.held(course, [1])
    play.do(cmd.MergePatients(patient=twice, into=ruth, why="the same person"))
    play.here(course, 2, chair=4)
    written = everything(play.store, [ruth, twice])
    if store.url_for_display != play.store.url_for_display:
        with store.writing() as writing:
            for e in play.entries:
                draft = Draft(e.stream, e.body, e.happened_at)
                said_by = {"actor": e.actor, "terminal": e.terminal, "command": e.command}
                writing.append([draft], recorded_at=e.recorded_at, **said_by)
    rebuild(store)
    assert everything(store, [ruth, twice]) == written
    assert check_store(store).problems == ()
    assert [record.patient for record in store.find_patients("ruthie")] == [ruth]
    assert {row.visit for row in store.visits_of([ruth])[ruth]} == {v.id for v in play.visits_of(course)}
    assert store.visits_of([ruth])[ruth] == store.visits_of([twice])[twice]


def test_another_rule_for_calls_changes_what_is_due(play: StoredCourses) -> None:
    course = play.booked(play.registered(), SINGLE, days=play.days(1))
    play.held(course, [1])
    play.do(cmd.NotStartOral(course=course, why="declined"))
    assert [r.due_on for r in play.store.course_records()] == [date(2026, 11, 24)]
    play.do(cmd.ChangeRule(name="follow_up.call_days", value=[3, 10], signed_off_by="Dr. Osei"))
    assert [r.due_on for r in play.store.course_records()] == [date(2026, 11, 26)]
    assert check_store(play.store).problems == ()


def test_a_course_keeps_its_days_when_its_patient_turns_out_to_be_a_duplicate(play: StoredCourses) -> None:
    ruth, twice = play.registered(), play.registered(family="Marlow", given="Ruthie", record_number="X1")
    play.booked(twice)
    play.do(cmd.MergePatients(patient=twice, into=ruth, why="the same person"))
    [row] = play.store.course_records()
    assert (row.first_day, row.last_day) == (play.day, date(2026, 11, 30))
    play.do(cmd.PartPatients(patient=twice, why="two people"))
    assert play.store.course_records() == [row]
    assert check_store(play.store).problems == ()


class OnPaper(Courses):
    """A play on paper that remembers what was asked, to be told again as a past."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        super().__init__()

    def do(self, command: cmd.Command, by: str = LEE) -> list[Entry]:
        name = f"command {len(self.entries)}"
        self.acts.append(Act(self.now, by, replace(command, id=name)))
        return super().do(command, by)


class Act(NamedTuple):
    """Something that was done."""

    at: datetime
    actor: str
    command: cmd.Command


@pytest.mark.parametrize("together", [4_000, 7])
def test_a_past_with_courses_leaves_the_rows_that_living_through_it_leaves(
    store_url: str, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "COMMANDS_TOGETHER", together)
    paper = OnPaper()
    ruth = paper.registered()
    paper.held(paper.booked(ruth, days=paper.days(5)), [1, 2])
    paper.do(cmd.StopCourse(course=next(iter(paper.room.courses)), reason="result reached"))
    paper.do(cmd.ChangePatient(patient=ruth, file=patient_file(family="Nowak"), confirmed=True))
    with closing(open_room(store_url, clock=FrozenClock(paper.now))) as room:
        assert bulk.append_history(room, paper.acts, terminal="desk") == len(paper.entries)
        [row] = room.store.course_records()
        assert (row.state, row.ended_on, row.due_on) == ("follow-up", paper.day, date(2026, 11, 25))
        assert [record.family for record in room.store.find_patients("now")] == ["Nowak"]
        assert len(room.store.records(patients=[ruth])) == 5
        assert check_store(room.store).problems == ()


TAMPERED: Final = (
    ("UPDATE patient SET family = 'Nobody'", "The row of patient .* family"),
    ("UPDATE patient SET look = 'x'", "The row of patient .* look"),
    ("DELETE FROM patient_word WHERE word = 'marlowe'", "not searched by the words"),
    ("DELETE FROM patient_word", "not searched by the words"),
    ("UPDATE course SET due_on = '2026-01-01'", "The row of course .* due_on"),
    ("UPDATE course SET state = 'done'", "The row of course .* state"),
    ("DELETE FROM course", "Course .* has entries but no row"),
    ("UPDATE visit SET course_day = 9", "The row of visit .* course_day"),
    ("UPDATE course SET course = 'ghost'", "Course ghost has a row but no entries"),
    ("UPDATE visit SET patient_id = ''", "The row of visit .* patient_id"),
)


@pytest.mark.parametrize(("statement", "said"), TAMPERED)
def test_a_row_that_was_touched_is_found_and_mended(sqlite_url: str, statement: str, said: str) -> None:
    play = StoredCourses(sqlite_url)
    play.held(play.booked(play.registered(), FIVE), [1])
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as database:
        assert database.execute(statement).rowcount
    problems = check_store(play.store).problems
    assert any(re.search(said, problem) for problem in problems), problems
    rebuild(play.store)
    assert check_store(play.store).problems == ()
    play.close()


# ── whatever is done ────────────────────────────────────────────────────────────────────────────────────────

picks = st.integers(0, 1_000)


class CourseRooms(RuleBasedStateMachine):
    """Nurses who register, book, hold, move and end what they like."""

    make: Callable[[], StoredCourses]

    def __init__(self) -> None:
        super().__init__()
        self.play = type(self).make()

    @initialize()
    def two_people(self) -> None:
        self.play.registered()
        self.play.booked(self.play.registered(family="Marlow", record_number="X1", given="Ruthie"), FIVE)

    def patient(self, pick: int) -> str:
        known = sorted(self.play.room.patients)
        return known[pick % len(known)]

    def course(self, pick: int) -> str:
        known = sorted(self.play.room.courses)
        return known[pick % len(known)]

    def day(self, course: str, pick: int) -> int:
        return pick % self.play.course(course).of + 1

    def try_(self, command: cmd.Command) -> None:
        try:
            self.play.do(command)
        except NotAllowed:
            # The room refuses much of this: what counts is what the rows say then.
            return

    @rule(pick=picks, kind=st.sampled_from([SINGLE, FIVE]), wall=st.sampled_from(["8:00", "10:00"]))
    def book(self, pick: int, kind: str, wall: str) -> None:
        days = self.play.days(1 if kind == SINGLE else 5, wall)
        self.try_(self.play.booking(self.patient(pick), kind, days=days, overbooked="urgent"))

    @rule(pick=picks)
    def hold(self, pick: int) -> None:
        course = self.course(pick)
        coming = [d.number for d in self.play.file(course).days if d.state is DayState.PLANNED]
        if coming and self.play.visit(self.play.visit_of(course, coming[0])).plan.start > self.play.now:
            try:
                self.play.held(course, coming[:1])
            except NotAllowed:
                return

    @rule(pick=picks, day=picks)
    def omit(self, pick: int, day: int) -> None:
        course = self.course(pick)
        self.try_(cmd.OmitDay(course=course, day=self.day(course, day), why="a cold"))

    @rule(pick=picks, day=picks, dated=st.booleans())
    def defer(self, pick: int, day: int, dated: bool) -> None:
        course = self.course(pick)
        number = self.day(course, day)
        to = self.play.days(1, "12:00", first=date(2026, 12, 14), number=number) if dated else ()
        self.try_(cmd.DeferDay(course=course, day=number, to=to, why="travels"))

    @rule(pick=picks, day=picks, rest=st.sampled_from(["omit", "later", "stop", "undecided"]))
    def cancel(self, pick: int, day: int, rest: cmd.Rest) -> None:
        course = self.course(pick)
        visit = self.play.visit_of(course, self.day(course, day))
        self.try_(cmd.CancelVisit(visit=visit, why="ill", rest=rest))

    @rule(pick=picks)
    def stop(self, pick: int) -> None:
        self.try_(cmd.StopCourse(course=self.course(pick), reason="patient's wish"))

    @rule(pick=picks, reached=st.booleans(), day=st.sampled_from([1, 7, 14]))
    def call(self, pick: int, reached: bool, day: int) -> None:
        self.try_(cmd.RecordCall(course=self.course(pick), day=day, reached=reached, outcome="well"))

    @rule(pick=picks)
    def prescribe(self, pick: int) -> None:
        course = self.course(pick)
        self.try_(cmd.PrescribeOral(course=course, by="Dr X", on=self.play.day, dose="50 mg", taught_on=None))

    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        self.try_(cmd.UndoCourse(course=self.course(pick)))

    @rule(one=picks, other=picks)
    def merge(self, one: int, other: int) -> None:
        self.try_(cmd.MergePatients(patient=self.patient(one), into=self.patient(other), why="the same"))

    @rule(pick=picks)
    def part(self, pick: int) -> None:
        self.try_(cmd.PartPatients(patient=self.patient(pick), why="two people"))

    @rule(pick=picks, family=st.sampled_from(["Ōkawa", "Marlowe", "van Rijn"]))
    def rename(self, pick: int, family: str) -> None:
        file = patient_file(family=family, record_number=f"R{pick}")
        self.try_(cmd.ChangePatient(patient=self.patient(pick), file=file, confirmed=True))

    @rule(days=st.sampled_from([[1, 7, 14], [2], [3, 10]]))
    def change_rule(self, days: list[int]) -> None:
        self.try_(cmd.ChangeRule(name="follow_up.call_days", value=days, signed_off_by="Dr. Osei"))

    @invariant()
    def the_rows_say_what_the_journal_says(self) -> None:
        store, room = self.play.store, self.play.room
        patients = room.patients
        found = {record.patient: record for record in store.patient_records(patients)}
        assert found == {p.id: patient_record_of(p) for p in patients.values()}
        assert store.patient_words(patients) == {p.id: words_of(p) for p in patients.values()}
        rows = {record.course: record for record in store.course_records()}
        for wanted in self.play.course_rows():
            # Of a course that was done, a later rule does not ask for anything again.
            assert rows[wanted.course] == wanted or rows[wanted.course].state == "done"
        assert rows.keys() == room.courses.keys()

    def teardown(self) -> None:
        if self.play.opened is not None:
            assert check_store(self.play.store).problems == ()
            rebuild(self.play.store)
            assert check_store(self.play.store).problems == ()
            self.play.close()


def test_rows_and_journal_agree_whatever_is_done(tmp_path: Path, sqlite_template: Path) -> None:
    folders: list[Path] = []

    def make() -> StoredCourses:
        while folders:
            shutil.rmtree(folders.pop())
        folders.append(Path(tempfile.mkdtemp(dir=tmp_path)))
        path = folders[-1] / "room.sqlite"
        path.touch(mode=0o600)
        path.write_bytes(sqlite_template.read_bytes())
        return StoredCourses(f"sqlite:///{path}")

    class StoredRooms(CourseRooms):
        pass

    StoredRooms.make = staticmethod(make)
    run_state_machine_as_test(StoredRooms, settings=SETTINGS)
