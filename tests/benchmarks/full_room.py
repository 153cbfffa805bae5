"""A big room that is full right now: forty chairs, thirty infusing, six in recovery, nobody's alarm open."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from tests.benchmarks.stage import Today
from tests.consenting import consent
from tests.domain.playing import GOOD_ALDRETE, GOOD_PADSS, vitals
from tests.tui.boards import _FAMILIES as FAMILIES

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import visit_id_of
from infusionroom.services.clock import SystemClock

CHAIRS, PEOPLE, RECOVERING = 40, 36, 6
LEE, CHO = "RN Lee", "RN Cho"
FIRST = FAMILIES[0]


def nurse(number: int) -> str:
    """One of twenty more."""
    return f"nurse{number:02}"


class FullRoom:
    """The store at `url` is filled; `visits` are the people's, by chair, from 1."""

    def __init__(self, url: str) -> None:
        self.url, self.now = url, SystemClock().now()
        self.stage = Today(self.now)
        self.visits: dict[int, str] = {}
        self._room = open_room(url)
        self._do(
            cmd.SetUpRoom(
                name="Southside Infusion", timezone=self.stage.timezone, opens=time(7), closes=time(18),
                chairs=CHAIRS, first_user=LEE,
            )
        )  # fmt: skip
        for name in (CHO, *(nurse(number) for number in range(20))):
            self._do(cmd.AddPerson(name=name, role="nurse"))
        for chair in range(1, PEOPLE + 1):
            self._seated(chair)
        self._room.close()

    def _do(self, command: cmd.Command, by: str = LEE) -> None:
        outcome = self._room.execute(command, actor=by, terminal="desk")
        assert isinstance(outcome, Done), outcome

    def _seated(self, chair: int) -> None:
        started = self.now - timedelta(minutes=100 + chair)
        family = FAMILIES[chair - 1] if chair <= len(FAMILIES) else f"Zett{chair}"
        appointment = ev.Appointment(placer="B", filler=str(chair))
        who = ev.Patient(family=family, given="Kim", record_number=f"K-{chair}", infusions_before=3)
        plan = ev.Plan(patient=who, start=started, appointment=appointment, source="hospital")
        self._do(cmd.PlanVisit(plan=plan))
        visit = self.visits[chair] = visit_id_of(appointment.key)
        before = started - timedelta(minutes=10)
        self._do(cmd.Arrive(visit=visit, at=before))
        self._do(cmd.Seat(visit=visit, chair=chair, at=before))
        for fact in (
            ev.Identified(by=("name", "record_number")),
            consent(self.stage.day - timedelta(days=3)),
            ev.Weighed(kg=Decimal(80)),
            vitals(),
            ev.PainRated(nrs=7),
            ev.AdultNamed(name="Pat"),
            ev.IvPlaced(site="left forearm"),
        ):
            self._do(cmd.Record(visit=visit, fact=fact, at=before))
        self._do(cmd.Order(visit=visit, basis="mg_per_h", dose=Decimal(25), prescriber="Dr Roy", at=before))
        self._do(
            cmd.DoubleCheck(
                visit=visit, drug="ketamine", concentration_mg_ml=Decimal(2), rate_ml_h=Decimal("12.5"),
                patient=f"K-{chair}", at=before,
            ),
            by=CHO,
        )  # fmt: skip
        self._do(cmd.Start(visit=visit, at=started))
        if chair > PEOPLE - RECOVERING:
            stopped = self.now - timedelta(minutes=30)
            self._do(cmd.Stop(visit=visit, why="asked to stop", at=stopped))
            self._taken(visit, stopped)
            for score in (GOOD_ALDRETE, GOOD_PADSS):
                self._do(cmd.Record(visit=visit, fact=score, at=self.now))
        self._taken(visit, self.now)

    def _taken(self, visit: str, at: datetime) -> None:
        self._do(cmd.Record(visit=visit, fact=vitals(), at=at))
