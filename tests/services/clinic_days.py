"""A clinic that books courses and lives their days, command by command, through the room's own service."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.stories import HEALTHY

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.outcome import Done, Outcome, Refused
from infusionroom.domain.planned_order import PlannedOrder, planned_order
from infusionroom.domain.proposal import Proposal, Request
from infusionroom.domain.visit import Visit
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

NEW_YORK = ZoneInfo("America/New_York")


def wall(day: date, clock: str) -> datetime:
    """A time of the clinic's own clock on a day."""
    return datetime.combine(day, time.fromisoformat(clock.zfill(5)), NEW_YORK).astimezone(UTC)


class ClinicDays:
    """Eight chairs, open from seven to six, in New York; `today` and its clock are moved by hand."""

    def __init__(self, url: str, opened_on: date) -> None:
        self.clock = FrozenClock(wall(opened_on, "6:30"))
        self.room: RoomService = open_room(url, clock=self.clock)
        self.done(
            cmd.SetUpRoom(
                name="North",
                timezone="America/New_York",
                opens=time(7),
                closes=time(18),
                chairs=8,
                first_user="Lee",
            )
        )
        self.done(cmd.AddPerson(name="Park", role="nurse"))

    # ── giving commands ─────────────────────────────────────────────────────────────────────────────────────

    def gives(self, command: cmd.Command, by: str = "Lee") -> Outcome:
        outcome = self.room.execute(command, actor=by, terminal="desk")
        self.room.refresh()
        return outcome

    def done(self, command: cmd.Command, by: str = "Lee") -> Done:
        outcome = self.gives(command, by)
        assert isinstance(outcome, Done), outcome
        return outcome

    def refused(self, command: cmd.Command, by: str = "Lee") -> list[str]:
        outcome = self.gives(command, by)
        assert isinstance(outcome, Refused), outcome
        return [reason.rule for reason in outcome.reasons]

    def is_at(self, day: date, clock: str) -> None:
        self.clock.move_to(wall(day, clock))
        self.room.refresh()

    # ── patients and courses ────────────────────────────────────────────────────────────────────────────────

    def registers(self, family: str, *, icd10: str = "G90.511", elsewhere: int = 0) -> str:
        file = ev.PatientFile(
            family=family,
            given="Ada",
            birth_date=date(1980, 2, 3),
            record_number=f"N-{family}",
            icd10=icd10,
            no_known_allergies=True,
            infusions_elsewhere=elsewhere,
            pain_physician=ev.PainPhysician("Dr Weiss", "fax 555 0199"),
            escorts=(ev.Contact("Pat", "555 0101"),),
        )
        entry = self.done(cmd.RegisterPatient(file=file, confirmed=True)).entries[0]
        return entry.stream.removeprefix("patient:")

    def proposes(self, patient: str, days: int, first: date, *, experienced: bool = False) -> Proposal:
        proposal = self.room.propose(
            Request(
                first_day=first,
                days=days,
                infusion_min=240,
                experienced=experienced,
                after=self.clock.now(),
                patient_ids=(patient,),
            )
        )
        assert proposal is not None
        return proposal

    def books(self, patient: str, kind: str, days: int, first: date, *, experienced: bool = False) -> str:
        """Books what is proposed; the course's id."""
        proposal = self.proposes(patient, days, first, experienced=experienced)
        wanted = tuple(cmd.DayWanted(d.number, d.start, d.chair) for d in proposal.days)
        booked = self.done(cmd.BookCourse(patient=patient, archetype=kind, days=wanted, prescriber="Dr Osei"))
        return booked.entries[0].stream.removeprefix("course:")

    def course(self, course: str) -> CourseFile:
        found = self.room.course(course)
        assert found is not None
        return found

    def visit_of(self, course: str, number: int) -> str:
        day = self.course(course).course.day(number)
        assert day is not None
        return day.visit

    def visit(self, visit: str) -> Visit:
        found = self.room.visit(visit)
        assert found is not None
        return found

    def consents(self, course: str, *clauses: str, version: str = "1") -> None:
        self.done(
            cmd.AcknowledgeConsent(
                course=course,
                version=version,
                clauses=clauses or ("no guarantee",),
                name="Ada",
                signed_on=self.clock.now().astimezone(NEW_YORK).date(),
            )
        )

    # ── a day ───────────────────────────────────────────────────────────────────────────────────────────────

    def is_seated(self, course: str, number: int, *, chair: int = 1, kg: str = "80", pain: int = 8) -> str:
        """Day `number` has come: arrived, seated, everything noted that the start needs but order and check."""
        visit = self.visit_of(course, number)
        self.is_at(self.visit(visit).plan.start.astimezone(NEW_YORK).date(), "8:00")
        self.done(cmd.Arrive(visit=visit))
        if self.room.state.chair(chair).cleaning_since:
            self.done(cmd.CleanChair(chair=chair))
        self.done(cmd.Seat(visit=visit, chair=chair))
        for fact in (
            ev.Identified(by=("name", "birth_date")),
            ev.Weighed(kg=Decimal(kg)),
            ev.AdultNamed(name="Pat"),
            ev.IvPlaced(site="left forearm"),
            ev.VitalsTaken(**HEALTHY),
            ev.PainRated(nrs=pain),
        ):
            self.done(cmd.Record(visit=visit, fact=fact))
        return visit

    def ramp_says(self, course: str, number: int, kg: str) -> PlannedOrder:
        clinic = self.room.state.clinic
        assert clinic is not None
        file = self.course(course)
        percent = file.days[number - 1].percent
        order = planned_order(file.course, number, Decimal(kg), clinic.rules.dose, percent=percent)
        assert order is not None
        return order

    def orders(self, visit: str, order: PlannedOrder) -> None:
        self.done(
            cmd.Order(
                visit=visit,
                basis=order.basis,
                dose=order.dose,
                cap_mg_h=order.cap_mg_h,
                duration_min=order.duration_min,
                concentration_mg_ml=order.concentration_mg_ml,
                prescriber=order.prescriber,
                reason="the course's target",
                percent=order.percent,
            )
        )

    def checks(self, visit: str, *, by: str = "Park", **different: object) -> Outcome:
        """The second person enters everything again; `different` is what they read differently."""
        order = self.visit(visit).order
        assert order is not None
        entered = {
            "drug": order.body.drug,
            "concentration_mg_ml": order.body.concentration_mg_ml,
            "rate_ml_h": order.body.rate_ml_h,
            "patient": "1980-02-03",
        } | different
        return self.gives(cmd.DoubleCheck(visit=visit, **entered), by)  # type: ignore[arg-type]

    def starts(self, course: str, number: int, *, chair: int = 1, kg: str = "80", pain: int = 8) -> str:
        visit = self.is_seated(course, number, chair=chair, kg=kg, pain=pain)
        self.orders(visit, self.ramp_says(course, number, kg))
        assert isinstance(self.checks(visit), Done)
        self.done(cmd.Start(visit=visit))
        return visit

    def recovers(self, visit: str, *, after_min: int = 240, pain: int = 5, why: str = "") -> None:
        """The infusion has ended, and everything is noted that going home needs but the oral ketamine."""
        self.clock.advance(minutes=after_min)
        self.done(cmd.Stop(visit=visit, why=why))
        for wait_min in (15, 45):
            self.clock.advance(minutes=wait_min)
            self.done(cmd.Record(visit=visit, fact=ev.VitalsTaken(**HEALTHY)))
        for fact in (
            ev.PainRated(nrs=pain),
            ev.AldreteScored(activity=2, respiration=2, circulation=2, consciousness=2, spo2=2),
            ev.PadssScored(
                vital_signs=2, walking=2, nausea=2, pain=2 if pain <= 3 else 1, bleeding=2, nrs=pain
            ),
            ev.OrientationChecked(oriented=True),
            ev.IvRemoved(site_check="clean"),
            ev.EscortPresent(name="Pat"),
            ev.InstructionsGiven(phone="555 0100"),
            ev.NextVisitArranged(what="tomorrow"),
        ):
            self.done(cmd.Record(visit=visit, fact=fact))

    def goes_home(self, visit: str) -> None:
        self.done(cmd.SignOff(visit=visit))
        self.done(cmd.Leave(visit=visit))
        self.clock.advance(minutes=1)

    def lives_through(self, course: str, number: int, *, pain_before: int = 8, pain_after: int = 5) -> str:
        """A whole day of the course; with oral ketamine where the gate asks for it."""
        visit = self.starts(course, number, pain=pain_before)
        self.recovers(visit, pain=pain_after)
        if "discharge.oral_ketamine" in _rules(self.gives(cmd.SignOff(visit=visit))):
            self.done(
                cmd.Record(
                    visit=visit,
                    fact=ev.OralKetamineArranged(prescribed_by="Dr Osei", taught=True, dose="10 mg twice"),
                )
            )
            self.done(cmd.SignOff(visit=visit))
        self.done(cmd.Leave(visit=visit))
        self.clock.advance(minutes=1)
        return visit

    def days_later(self, days: int) -> date:
        """Some calendar days after the room's today, at eight."""
        day = self.clock.now().astimezone(NEW_YORK).date() + timedelta(days=days)
        self.is_at(day, "8:00")
        return day


def _rules(outcome: Outcome) -> list[str]:
    return [reason.rule for reason in outcome.reasons] if isinstance(outcome, Refused) else []
