"""A room played by commands: what `decide` allows is folded on, what it refuses is answered with its rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.consenting import consent

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Board
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.fold_board import board_of
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.outcome import Reason
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit, visit_id_of

MONDAY = date(2026, 11, 23)
NEW_YORK = "America/New_York"
LEE, PARK, DR_X = "Lee", "Park", "Dr X"

FULL_SET = {
    "sbp": 120,
    "dbp": 80,
    "hr": 70,
    "rr": 14,
    "spo2": 98,
    "temp_c": Decimal("36.6"),
    "moaas": 5,
    "rass": 0,
}


def vitals(**changed: Any) -> ev.VitalsTaken:
    """A full, calm set of vitals, but for what is said."""
    return ev.VitalsTaken(**{**FULL_SET, **changed})


def person(number: int = 1, **changed: Any) -> ev.Patient:
    known: dict[str, Any] = {
        "family": f"Marlowe{number}",
        "given": "Rae",
        "birth_date": date(1980, 1, number),
        "record_number": f"R{number}",
        "infusions_before": 0,
    }
    return ev.Patient(**{**known, **changed})


BASELINE: tuple[ev.Event, ...] = (
    ev.Identified(by=("name", "birth_date")),
    consent(date(2026, 11, 20)),
    ev.Weighed(kg=Decimal(80)),
    vitals(),
    ev.PainRated(nrs=7),
    ev.AdultNamed(name="Pat"),
    ev.IvPlaced(site="left forearm"),
)
GOOD_ALDRETE = ev.AldreteScored(activity=2, respiration=2, circulation=2, consciousness=2, spo2=2)
GOOD_PADSS = ev.PadssScored(vital_signs=2, walking=2, nausea=2, pain=2, nrs=3, bleeding=2)
HOME_LIST: tuple[ev.Event, ...] = (
    GOOD_ALDRETE,
    GOOD_PADSS,
    ev.OrientationChecked(oriented=True),
    ev.IvRemoved(site_check="clean"),
    ev.EscortPresent(name="Pat"),
    ev.InstructionsGiven(phone="555 0100"),
    ev.OralKetamineArranged(prescribed_by="Dr X", taught=True),
    ev.NextVisitArranged(what="call on Friday"),
)


class Play:
    """One room of a clinic. `at("8:05")` moves its clock; everything else happens then, unless said otherwise."""

    def __init__(self, *, chairs: int = 8, day: date = MONDAY, timezone: str = NEW_YORK) -> None:
        self.room = Room()
        self.entries: list[Entry] = []
        self.timezone = timezone
        self.day = day
        self.now = self.time("6:00")
        self.do(
            cmd.SetUpRoom(
                name="North",
                timezone=timezone,
                opens=time(7),
                closes=time(18),
                chairs=chairs,
                first_user=LEE,
            )
        )
        self.do(cmd.AddPerson(name=PARK, role="nurse"))

    def time(self, wall: str, day: date | None = None) -> datetime:
        """The instant of a wall-clock time of the clinic; `8:05+1` is the second 8:05 of a repeated hour."""
        text, _, fold = wall.partition("+")
        hour, minute = map(int, text.split(":"))
        moment = datetime.combine(
            day or self.day, time(hour, minute, fold=int(fold or 0)), ZoneInfo(self.timezone)
        )
        return moment.astimezone(UTC)

    def at(self, wall: str, day: date | None = None) -> Play:
        self.now = self.time(wall, day)
        if day:
            self.day = day
        return self

    def later(self, minutes: float = 0, seconds: float = 0) -> Play:
        self.now += timedelta(minutes=minutes, seconds=seconds)
        return self

    def drafts(self, command: cmd.Command, by: str = LEE) -> list[Draft]:
        return decide(self.room, command, now=self.now, actor=by, command_id=f"command {len(self.entries)}")

    def do(self, command: cmd.Command, by: str = LEE) -> list[Entry]:
        """Raises `NotAllowed` where the room refuses."""
        command_id = f"command {len(self.entries)}"
        new: list[Entry] = []
        versions: dict[str, int] = {}
        for part, draft in enumerate(self.drafts(command, by)):
            known = versions.get(draft.stream, self.room.versions.get(draft.stream, 0))
            versions[draft.stream] = known + 1
            new.append(
                Entry(
                    id=len(self.entries) + part + 1,
                    stream=draft.stream,
                    version=known + 1,
                    happened_at=draft.happened_at,
                    recorded_at=self.now,
                    actor=by,
                    terminal="desk",
                    command=command_id,
                    part=part,
                    body=draft.body,
                )
            )
        self.entries += new
        self.room = evolve(self.room, new)
        return new

    def refused(self, command: cmd.Command, by: str = LEE) -> tuple[Reason, ...]:
        """Why the room refuses; fails where it does not."""
        before = self.room
        try:
            self.drafts(command, by)
        except NotAllowed as no:
            assert self.room is before
            return no.reasons
        raise AssertionError(f"the room allows {command}")

    def rules(self, command: cmd.Command, by: str = LEE) -> list[str]:
        return [reason.rule for reason in self.refused(command, by)]

    def visit(self, visit: str) -> Visit:
        return self.room.visits[visit]

    def board(self, day: date | None = None) -> Board:
        return board_of(self.room, day or self.day, self.now)

    def last(self, visit: str) -> Entry:
        return self.visit(visit).entries[-1]

    # ── the stretches of a visit ────────────────────────────────────────────────────────────────────────────

    def plan(self, number: int = 1, start: str = "8:00", **changed: Any) -> str:
        plan: dict[str, Any] = {
            "patient": changed.pop("patient", None) or person(number),
            "start": self.time(start),
            "appointment": ev.Appointment(placer="P", filler=str(number)),
        }
        self.do(cmd.PlanVisit(plan=ev.Plan(**{**plan, **changed})))
        return visit_id_of(f"P/{number}")

    def record(self, visit: str, *facts: ev.Event, by: str = LEE, at: str | None = None) -> list[Entry]:
        entries: list[Entry] = []
        for fact in facts:
            moment = self.time(at) if at else None
            entries += self.do(cmd.Record(visit=visit, fact=fact, at=moment), by)  # type: ignore[arg-type]
        return entries

    def arrived(self, number: int = 1, **changed: Any) -> str:
        visit = self.plan(number, **changed)
        self.do(cmd.Arrive(visit=visit))
        return visit

    def seated(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        visit = self.arrived(number, **changed)
        self.do(cmd.Seat(visit=visit, chair=chair or number))
        return visit

    def order(self, visit: str, **changed: Any) -> Entry:
        asked: dict[str, Any] = {"basis": "mg_per_h", "dose": Decimal(25), "prescriber": DR_X}
        [entry] = self.do(cmd.Order(visit=visit, **{**asked, **changed}))
        return entry

    def check(self, visit: str, by: str = PARK, **changed: Any) -> list[Entry]:
        order = self.visit(visit).order
        assert order is not None
        asked: dict[str, Any] = {
            "drug": order.body.drug,
            "concentration_mg_ml": order.body.concentration_mg_ml,
            "rate_ml_h": order.body.rate_ml_h,
            "patient": self.visit(visit).patient.record_number,
        }
        return self.do(cmd.DoubleCheck(visit=visit, **{**asked, **changed}), by)

    def prepared(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        visit = self.seated(number, chair, **changed)
        self.record(visit, *BASELINE)
        self.order(visit)
        self.check(visit)
        return visit

    def infusing(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        visit = self.prepared(number, chair, **changed)
        self.do(cmd.Start(visit=visit))
        return visit

    def recovering(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        visit = self.infusing(number, chair, **changed)
        self.later(240).do(cmd.Stop(visit=visit))
        return visit

    def almost_ready(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        """Two sets of vitals, both scores and the list: only the signature is missing."""
        visit = self.recovering(number, chair, **changed)
        self.record(visit, vitals())
        self.later(30).record(visit, vitals(), *HOME_LIST)
        return visit

    def ready(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        visit = self.almost_ready(number, chair, **changed)
        self.do(cmd.SignOff(visit=visit))
        return visit

    def left(self, number: int = 1, chair: int | None = None, **changed: Any) -> str:
        visit = self.ready(number, chair, **changed)
        self.do(cmd.Leave(visit=visit))
        return visit
