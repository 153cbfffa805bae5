"""A real room on a real store, half-way through a morning: made by the same commands that a nurse would give."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.consenting import consent
from tests.tui.boards import DAY, ZONE, at

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

LEE, CHO = "RN Lee", "RN Cho"


class Morning:
    """A room whose clock is moved by the test; every act says when it happens and must succeed."""

    def __init__(self, url: str, now: datetime) -> None:
        self.clock = FrozenClock(at(6, 30))
        self.room = open_room(url, clock=self.clock)
        self._count = 0
        self.do(
            cmd.SetUpRoom(
                name="Northside Infusion",
                timezone=ZONE,
                opens=time(7),
                closes=time(18),
                chairs=8,
                first_user=LEE,
            )
        )
        self.do(cmd.AddPerson(name=CHO, role="nurse"))
        self._now = now

    def do(self, command: cmd.Command, by: str = LEE) -> Done:
        outcome = self.room.execute(command, actor=by, terminal="desk")
        assert isinstance(outcome, Done), outcome
        self.room.refresh()
        return outcome

    def planned(self, family: str, given: str, start: datetime, day: int = 1, of: int = 1) -> str:
        """Books a visit; returns its id."""
        self._count += 1
        plan = ev.Plan(
            patient=ev.Patient(
                family=family,
                given=given,
                birth_date=date(1970, 1, self._count),
                record_number=f"MRN{self._count:04}",
                infusions_before=day - 1,
            ),
            start=start,
            course=ev.CourseDay(day, of),
            # Booked elsewhere: another system may fill the room.
            source="EHR",
        )
        self.do(cmd.PlanVisit(plan=plan, id=f"plan{self._count}"))
        return next(v.id for v in self.room.state.visits.values() if v.patient.family == family)

    def arrived(self, visit: str, when: datetime) -> None:
        self.clock.move_to(max(when, self.clock.now()))
        self.do(cmd.Arrive(visit=visit, at=when))

    def seated(self, visit: str, chair: int, when: datetime) -> None:
        self.arrived(visit, when - timedelta(minutes=10))
        self.clock.move_to(max(when, self.clock.now()))
        self.do(cmd.Seat(visit=visit, chair=chair, at=when))

    def record(self, visit: str, fact: ev.Fact, when: datetime) -> None:
        self.clock.move_to(max(when, self.clock.now()))
        self.do(cmd.Record(visit=visit, fact=fact, at=when))

    def vitals(self, visit: str, when: datetime, sbp: int = 124, spo2: int = 97) -> None:
        self.record(visit, ev.VitalsTaken(sbp=sbp, dbp=78, hr=76, rr=14, spo2=spo2, moaas=5), when)

    def prepared(self, visit: str, chair: int, when: datetime, mg_h: str = "50") -> None:
        """Seated, with everything that the start needs."""
        self.seated(visit, chair, when)
        state = self.room.state.visits[visit]
        for fact in (
            ev.Identified(by=("name", "birth_date")),
            consent(DAY),
            ev.Weighed(kg=Decimal(70)),
            ev.PainRated(nrs=7),
            ev.AdultNamed(name="Sam"),
            ev.IvPlaced(site="left forearm"),
        ):
            self.record(visit, fact, when)
        self.vitals(visit, when)
        self.do(
            cmd.Order(
                visit=visit, basis="mg_per_h", dose=Decimal(mg_h), prescriber="Dr Roy", reason="plan", at=when
            )
        )
        order = self.room.state.visits[visit].order
        assert order is not None
        check = cmd.DoubleCheck(
            visit=visit,
            drug=order.body.drug,
            concentration_mg_ml=order.body.concentration_mg_ml,
            rate_ml_h=order.body.rate_ml_h,
            patient=state.patient.record_number,
            at=when,
        )
        self.do(check, by=CHO)

    def started(self, visit: str, chair: int, when: datetime, mg_h: str = "30") -> None:
        self.prepared(visit, chair, when - timedelta(minutes=5), mg_h)
        self.clock.move_to(max(when, self.clock.now()))
        self.do(cmd.Start(visit=visit, at=when))

    def stopped(self, visit: str, when: datetime) -> None:
        self.clock.move_to(max(when, self.clock.now()))
        self.do(cmd.Stop(visit=visit, at=when, why="as agreed"))

    def now(self) -> RoomService:
        """The room at the moment that the test looks at it."""
        self.clock.move_to(self._now)
        self.room.refresh()
        return self.room


def busy_morning(url: str, now: datetime | None = None) -> Morning:
    """Eight chairs at 10:42: two infusing, one paused, one recovering, one prepared, one cleaning, four to come."""
    day = Morning(url, now or at(10, 42))
    bishop = day.planned("Bishop", "Ann", at(6, 40))
    okafor = day.planned("Okafor", "Tunde", at(6, 50))
    marlowe = day.planned("Marlowe", "Rosa", at(8, 45), 3, 5)
    halvorsen = day.planned("Halvorsen", "Kari", at(9, 30), 1, 10)
    duarte = day.planned("Duarte", "Luis", at(10), 2, 5)
    day.planned("Petrov", "Ivan", at(11))
    day.planned("Abara", "Chidi", at(11, 30), 2, 5)
    day.planned("Lindqvist", "Maja", at(12), 7, 10)
    day.planned("Osei", "Peter", at(12, 30), 4, 5)
    day.started(bishop, 4, at(6, 51))
    day.started(okafor, 2, at(6, 55))
    day.started(marlowe, 1, at(8, 56))
    day.stopped(bishop, at(9, 1))
    day.started(halvorsen, 3, at(9, 46))
    for visit in (bishop, okafor, marlowe, halvorsen):
        day.vitals(visit, at(10, 20))
    day.prepared(duarte, 6, at(10, 30))
    day.clock.move_to(at(10, 36))
    day.do(cmd.Pause(visit=halvorsen, why="nausea", at=at(10, 36)))
    day.now()
    return day
