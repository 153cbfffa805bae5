"""Whatever happens to a course, in whatever order: its days keep their order, its visits keep to its days."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace
from tests.domain.course_playing import FIVE, TEN, Courses

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course import fold
from infusionroom.domain.course_days import DayState
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide import NotAllowed
from infusionroom.domain.evolve import fold as fold_visit
from infusionroom.domain.record import record_of
from infusionroom.domain.visit import AFTER_INFUSION, RUNNING, Phase, Visit

CHAIRS = 2
SETTINGS = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
WAITS = (DayState.OPEN, DayState.UNDECIDED)
LIES = (DayState.HELD, DayState.HERE, DayState.PLANNED)
days = st.integers(1, 12)
ahead = st.integers(0, 9)
walls = st.sampled_from(["7:00", "8:00", "9:15", "11:30"])
rests = st.sampled_from([None, "omit", "later", "stop", "undecided"])


class ACourse(RuleBasedStateMachine):
    """One patient's course among the bookings of another; only what is allowed happens."""

    @initialize(kind=st.sampled_from([(FIVE, 5), (FIVE, 3), (TEN, 10)]))
    def booked(self, kind: tuple[str, int]) -> None:
        self.play = Courses(chairs=CHAIRS)
        self.play.at("6:30")
        other = self.play.registered(family="Abel", record_number="A1")
        self.play.booked(other, FIVE, days=self.play.days(5, "7:15"))
        name, count = kind
        self.course = self.play.booked(self.play.registered(), name, days=self.play.days(count, "8:00"))

    def asked(self, command: cmd.Command) -> bool:
        with contextlib.suppress(NotAllowed):
            self.play.do(command)
            return True
        return False

    def after(self, number: int, offset: int, wall: str, **changed: Any) -> cmd.DayWanted:
        """The day wanted some working days after the last one that lies before it, or from today on."""
        before = [
            clinic_day(day.start, self.play.timezone)
            for day in self.play.file(self.course).days
            if day.number < number and day.state in LIES and day.start
        ]
        first = max((day + timedelta(days=1) for day in before), default=self.play.day)
        day = self.play.working(offset + 1, max(first, self.play.day))[offset]
        return cmd.DayWanted(day=number, start=self.play.time(wall, day), **changed)

    def visit(self, number: int) -> str:
        return self.play.visit_of(self.course, min(number, self.play.course(self.course).of))

    @rule(
        number=days, offset=ahead, along=st.integers(0, 9), wall=walls, reason=st.sampled_from(["", "asked"])
    )
    def defer(self, number: int, offset: int, along: int, wall: str, reason: str) -> None:
        first = self.after(number, offset % 4, wall)
        dates = self.play.working(along + 1, clinic_day(first.start, self.play.timezone))
        of = self.play.course(self.course).of
        to = tuple(
            cmd.DayWanted(day=number + n, start=self.play.time(wall, day))
            for n, day in enumerate(dates)
            if number + n <= of
        )
        self.asked(cmd.DeferDay(course=self.course, day=number, to=to, why="x", overbooked=reason))

    @rule(number=days)
    def leave_open(self, number: int) -> None:
        self.asked(cmd.DeferDay(course=self.course, day=number, why="x"))

    @rule(number=days)
    def omit(self, number: int) -> None:
        self.asked(cmd.OmitDay(course=self.course, day=number, why="x"))

    @rule(pick=days, offset=ahead, wall=walls, walks_in=st.booleans())
    def take(self, pick: int, offset: int, wall: str, walks_in: bool) -> None:
        waiting = [d.number for d in self.play.file(self.course).days if d.state in WAITS]
        if not waiting:
            return
        number, visit = waiting[pick % len(waiting)], ""
        if walks_in:
            plan = ev.Plan(
                patient=ev.Patient("Marlow", record_number="R12"), start=self.play.now, walk_in=True
            )
            [planned, _] = self.play.do(cmd.PlanVisit(plan=plan))
            visit = planned.stream.removeprefix("visit:")
        self.asked(cmd.TakeDay(course=self.course, wanted=self.after(number, offset % 3, wall, visit=visit)))
        if visit and not self.play.visit(visit).plan.course_id:
            self.play.do(cmd.TurnAway(visit=visit, why="fits no day"))

    @rule(reason=st.sampled_from(["result reached", "patient's wish", "side effects"]))
    def stop(self, reason: Any) -> None:
        # Rare, or every course would be a short one.
        if len(self.play.entries) % 4 == 0:
            self.asked(cmd.StopCourse(course=self.course, reason=reason))

    @rule(count=st.integers(1, 2), offset=ahead, wall=walls)
    def extend(self, count: int, offset: int, wall: str) -> None:
        after = self.play.course(self.course).of
        more = tuple(self.after(after + 1 + n, offset % 3 + n, wall) for n in range(count))
        self.asked(cmd.ExtendCourse(course=self.course, days=more, why="x", overbooked="asked"))

    @rule(number=days, rest=rests, ending=st.sampled_from([cmd.CancelVisit, cmd.MarkNoShow]))
    def miss(self, number: int, rest: Any, ending: Any) -> None:
        if visit := self.visit(number):
            self.asked(ending(visit=visit, rest=rest))

    @rule(number=days)
    def enter_in_error(self, number: int) -> None:
        if visit := self.visit(number):
            self.asked(cmd.MarkEnteredInError(visit=visit))

    @rule(number=days, offset=ahead, wall=walls)
    def change_the_plan(self, number: int, offset: int, wall: str) -> None:
        if visit := self.visit(number):
            start = self.after(number, offset % 3, wall).start
            plan = replace(self.play.visit(visit).plan, start=start, overbooked="asked")
            self.asked(cmd.ChangePlan(visit=visit, plan=plan))

    @rule(pick=st.integers(0, 30))
    def undo(self, pick: int) -> None:
        visits = [v for v in self.play.visits_of(self.course) if len(v.entries) > 1]
        if visits:
            self.asked(cmd.Undo(visit=visits[pick % len(visits)].id, why="x"))

    @rule(happens=st.sampled_from(["held", "held", "held", "here", "sent home"]))
    def next_day(self, happens: str) -> None:
        """The next day that is booked comes, unless the one before it is not over yet."""
        states = {day.number: day.state for day in self.play.file(self.course).days}
        number = next((n for n, state in states.items() if state is DayState.PLANNED), None)
        begun = next((n for n, state in states.items() if state is DayState.HERE), None)
        if begun is not None:
            self.goes_home(self.play.visit(self.visit(begun)))
            return
        if number is None:
            self.play.at("6:30", self.play.day + timedelta(days=1))
            return
        before = self.play.now
        self.play.morning_of(self.course, number)
        self.play.now = max(before, self.play.now)
        visit_id = self.visit(number)
        if happens == "sent home":
            self.play.do(cmd.Arrive(visit=visit_id))
            self.play.do(cmd.TurnAway(visit=visit_id, why="x"))
            return
        visit_id = self.play.here(self.course, number)
        if happens == "held":
            self.play.home(visit_id)

    def goes_home(self, visit: Visit) -> None:
        if visit.phase in RUNNING:
            self.play.home(visit.id, why="short")
        elif visit.phase in AFTER_INFUSION:
            self.play.do(cmd.Leave(visit=visit.id, against_advice="x"))
        else:
            self.play.do(cmd.TurnAway(visit=visit.id, why="x"))
        for chair in range(1, CHAIRS + 1):
            self.asked(cmd.CleanChair(chair=chair))

    @invariant()
    def days_are_strictly_increasing(self) -> None:
        lies = [day.start for day in self.play.file(self.course).days if day.state in LIES and day.start]
        dates = [clinic_day(start, self.play.timezone) for start in lies]
        assert all(one < other for one, other in pairwise(dates)), dates

    @invariant()
    def what_is_planned_is_what_the_course_has_planned(self) -> None:
        course, file = self.play.course(self.course), self.play.file(self.course)
        planned = {v.id: v for v in self.play.visits_of(self.course) if v.phase is Phase.PLANNED}
        said = {day.visit.visit: day for day in file.days if day.visit and day.state is DayState.PLANNED}
        assert planned.keys() == said.keys()
        for visit_id, day in said.items():
            booked, plan = course.day(day.number), planned[visit_id].plan
            assert booked is not None
            assert (plan.start, plan.chair) == (booked.start, booked.chair)
            assert plan.course == ev.CourseDay(day.number, course.of)
        if course.stopped is not None:
            assert not planned

    @invariant()
    def the_ramp_never_falls_and_never_passes_the_target(self) -> None:
        steps = [day.percent for day in self.play.file(self.course).days if day.state is not DayState.OMITTED]
        assert steps == sorted(steps)
        assert not steps or 1 <= steps[0] <= steps[-1] <= 100

    @invariant()
    def what_is_folded_is_what_was_evolved(self) -> None:
        course, clinic = self.play.course(self.course), self.play.room.clinic
        assert clinic is not None
        assert fold(course.entries) == course
        for visit in self.play.visits_of(self.course):
            assert fold_visit(visit.entries) == visit
            assert self.play.room.visits_of(course.patient)[visit.id] == record_of(visit, clinic)

    @invariant()
    def a_visit_that_is_here_is_of_a_day_that_is_here(self) -> None:
        here = {v.id for v in self.play.visits_of(self.course) if v.here}
        days_here = [day for day in self.play.file(self.course).days if day.state is DayState.HERE]
        assert here == {day.visit.visit for day in days_here if day.visit}


TestACourse = ACourse.TestCase
TestACourse.settings = SETTINGS
