"""A day told in a few lines: people come, are seated, infused, recover and go home, through the real rules.

Times are the clinic's wall clock on the story's day, `"08:05"`, or `"+1 00:30"` on the next one; of a time that
the clock shows twice the second is `"01:30 again"`. Whatever the rules refuse fails the test with the reasons.

    story = Story()
    rae = story.person("Marlowe", "Rae", planned="08:00")
    rae.arrives("07:50").sits("07:55", chair=1).is_prepared("08:00").starts("08:05")
    rae.pauses("09:05", "nausea").resumes("09:15").stops("12:15").is_ready("13:42").leaves("13:50")
    story.room.visits[rae.visit]
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.consenting import consent

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import GENESIS, Entry, seal
from infusionroom.domain.outcome import Done
from infusionroom.domain.room import CHAIR_STREAM, Room
from infusionroom.domain.visit import Visit, visit_id_of
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

MONDAY: Final = date(2026, 11, 23)
HEALTHY: Final[dict[str, Any]] = {
    "sbp": 120,
    "dbp": 80,
    "hr": 70,
    "rr": 14,
    "spo2": 98,
    "temp_c": Decimal("36.6"),
    "moaas": 5,
    "rass": 0,
    "acvpu": "A",
}


class Story:
    """A room on paper, or in a store where a `service` with a `FrozenClock` is given."""

    def __init__(
        self,
        day: date = MONDAY,
        *,
        timezone: str = "America/New_York",
        opens: time = time(7),
        closes: time = time(18),
        chairs: int = 8,
        name: str = "Northside Infusion",
        known: str = "-1 12:00",
        service: RoomService | None = None,
    ) -> None:
        """A room that was set up at `known`, the day before unless told otherwise."""
        self.day = day
        self.timezone = timezone
        self.room = Room()
        self.entries: list[Entry] = []
        self.service = service
        self._commands = 0
        self._people = 0
        self.do(
            cmd.SetUpRoom(
                name=name, timezone=timezone, opens=opens, closes=closes, chairs=chairs, first_user="Lee"
            ),
            known,
        )
        self.do(cmd.AddPerson(name="Park", role="nurse"), known)

    def moment(self, when: str) -> datetime:
        """The UTC instant of a wall-clock time of the story."""
        words = when.split()
        fold = int(words[-1] == "again")
        shift = int(words[0]) if len(words) > 1 and words[0][0] in "+-" else 0
        clock = next(w for w in words if ":" in w)
        local = datetime.combine(self.day + timedelta(days=shift), time.fromisoformat(clock))
        return local.replace(tzinfo=ZoneInfo(self.timezone), fold=fold).astimezone(UTC)

    def do(self, command: cmd.Command, when: str, by: str = "Lee") -> list[Entry]:
        """Gives a command at a moment; fails the test where it is refused."""
        now = self.moment(when)
        self._commands += 1
        return self._in_store(command, now, by) if self.service else self._on_paper(command, now, by)

    def person(
        self,
        family: str,
        given: str = "Rae",
        *,
        planned: str = "08:00",
        course: tuple[int, int] | None = None,
        before: int | None = 0,
        record: str | None = None,
        walk_in: bool = False,
        known: str = "-1 13:00",
    ) -> Person:
        """Somebody with a visit, planned since `known`. Each has an appointment and a record number."""
        self._people += 1
        number = str(self._people)
        plan = ev.Plan(
            patient=ev.Patient(
                family=family,
                given=given,
                birth_date=date(1980, 1, self._people),
                record_number=f"R{number}" if record is None else record,
                infusions_before=before,
            ),
            start=self.moment(planned),
            duration_min=360,
            appointment=ev.Appointment(placer=f"P{number}", filler=f"F{number}"),
            course=ev.CourseDay(*course) if course else None,
            walk_in=walk_in,
            # A sender has booked them: how full the room is, is not asked then.
            source="" if walk_in else "hospital",
        )
        self.do(cmd.PlanVisit(plan=plan), known)
        return Person(self, plan)

    @property
    def chair_entries(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.stream.startswith(CHAIR_STREAM)]

    def _on_paper(self, command: cmd.Command, now: datetime, by: str) -> list[Entry]:
        name = f"c{self._commands}"
        try:
            drafts = decide(self.room, command, now=now, actor=by, command_id=name)
        except NotAllowed as no:
            raise AssertionError("; ".join(reason.text for reason in no.reasons)) from None
        made = []
        for part, draft in enumerate(drafts):
            last = self.entries[-1] if self.entries else None
            entry = seal(
                draft,
                id=len(self.entries) + 1,
                version=1 + sum(e.stream == draft.stream for e in self.entries),
                recorded_at=now,
                actor=by,
                terminal="desk",
                command=name,
                part=part,
                prev_hash=last.hash if last else GENESIS,
            ).entry()
            self.entries.append(entry)
            made.append(entry)
        self.room = evolve(self.room, made)
        return made

    def _in_store(self, command: cmd.Command, now: datetime, by: str) -> list[Entry]:
        assert self.service
        assert isinstance(self.service.clock, FrozenClock)
        self.service.clock.move_to(now)
        outcome = self.service.execute(command, actor=by, terminal="desk")
        assert isinstance(outcome, Done), outcome
        self.service.refresh()
        self.room = self.service.state
        self.entries += outcome.entries
        return list(outcome.entries)


class Person:
    """One person's way through the room; every step is told by when it happened and gives the person back."""

    def __init__(self, story: Story, plan: ev.Plan) -> None:
        self.story = story
        self.plan = plan
        assert plan.appointment
        self.visit = visit_id_of(plan.appointment.key)

    @property
    def now(self) -> Visit:
        """The visit as it stands."""
        return self.story.room.visits[self.visit]

    def does(self, command: cmd.Command, when: str, by: str = "Lee") -> Person:
        self.story.do(command, when, by)
        return self

    def has(self, when: str, *facts: ev.Fact, by: str = "Lee") -> Person:
        """These observations were made of the person."""
        for fact in facts:
            self.does(cmd.Record(visit=self.visit, fact=fact), when, by)
        return self

    # ── before the infusion ─────────────────────────────────────────────────────────────────────────────────

    def cancels(self, when: str, why: str = "ill") -> Person:
        return self.does(cmd.CancelVisit(visit=self.visit, why=why), when)

    def does_not_show(self, when: str) -> Person:
        return self.does(cmd.MarkNoShow(visit=self.visit), when)

    def was_entered_in_error(self, when: str) -> Person:
        return self.does(cmd.MarkEnteredInError(visit=self.visit), when)

    def arrives(self, when: str) -> Person:
        return self.does(cmd.Arrive(visit=self.visit), when)

    def sits(self, when: str, chair: int) -> Person:
        return self.does(cmd.Seat(visit=self.visit, chair=chair), when)

    def moves(self, when: str, chair: int) -> Person:
        return self.does(cmd.Move(visit=self.visit, chair=chair), when)

    def is_sent_home(self, when: str, why: str = "fever") -> Person:
        return self.does(cmd.TurnAway(visit=self.visit, why=why), when)

    def has_vitals(self, when: str, **changed: Any) -> Person:
        return self.has(when, ev.VitalsTaken(**(HEALTHY | changed)))

    def has_pain(self, when: str, nrs: int | None) -> Person:
        return self.has(when, ev.PainRated(nrs=nrs, unable=nrs is None))

    def is_prepared(self, when: str, *, pain: int | None = 7, kg: str = "80", mg_h: str = "25") -> Person:
        """Everything before the start: the list, the order of `mg_h` at 2 mg/mL over 4 h, the double check."""
        self.has(
            when,
            ev.Identified(by=("name", "birth_date")),
            consent(self.story.day - timedelta(days=3)),
            ev.Weighed(kg=Decimal(kg)),
            ev.AdultNamed(name="Pat"),
            ev.IvPlaced(site="left forearm"),
        )
        self.has_vitals(when).has_pain(when, pain)
        self.does(
            cmd.Order(visit=self.visit, basis="mg_per_h", dose=Decimal(mg_h), prescriber="Dr Osei"), when
        )
        order = self.now.order
        assert order
        check = cmd.DoubleCheck(
            visit=self.visit,
            drug=order.body.drug,
            concentration_mg_ml=order.body.concentration_mg_ml,
            rate_ml_h=order.body.rate_ml_h,
            patient=self.plan.patient.record_number or str(self.plan.patient.birth_date),
        )
        return self.does(check, when, by="Park")

    # ── the infusion ────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, when: str) -> Person:
        return self.does(cmd.Start(visit=self.visit), when)

    def pauses(self, when: str, why: str = "nausea") -> Person:
        return self.does(cmd.Pause(visit=self.visit, why=why), when)

    def resumes(self, when: str) -> Person:
        return self.does(cmd.Resume(visit=self.visit), when)

    def changes_rate(self, when: str, ml_h: str, why: str = "tolerated well") -> Person:
        return self.does(cmd.ChangeRate(visit=self.visit, to_ml_h=Decimal(ml_h), why=why), when)

    def gets_bolus(self, when: str, mg: str, why: str = "loading dose") -> Person:
        return self.does(cmd.GiveBolus(visit=self.visit, mg=Decimal(mg), why=why), when)

    def stops(self, when: str, why: str = "") -> Person:
        return self.does(cmd.Stop(visit=self.visit, why=why), when)

    # ── the way home ────────────────────────────────────────────────────────────────────────────────────────

    def earns_scores(self, when: str, *, nrs: int = 3, acceptable: bool = False) -> Person:
        pain = None if acceptable else 2 if nrs <= 3 else 1 if nrs <= 6 else 0
        return self.has(
            when,
            ev.AldreteScored(activity=2, respiration=2, circulation=2, consciousness=2, spo2=2),
            ev.PadssScored(
                vital_signs=2, walking=2, nausea=2, pain=pain, bleeding=2, nrs=nrs, acceptable=acceptable
            ),
        )

    def is_ready(self, when: str, *, pain: int | None = 3) -> Person:
        """Everything the way home needs, and the nurse's sign-off; two sets of vitals, 15 min apart."""
        ready = self.story.moment(when)
        local = (ready - timedelta(minutes=15)).astimezone(ZoneInfo(self.story.timezone))
        shift = (local.date() - self.story.day).days
        self.has_vitals(f"{shift:+d} {local:%H:%M}{' again' if local.fold else ''}").has_vitals(when)
        self.has_pain(when, pain).earns_scores(when)
        self.has(
            when,
            ev.OrientationChecked(oriented=True),
            ev.IvRemoved(site_check="clean"),
            ev.EscortPresent(name="Pat"),
            ev.InstructionsGiven(phone="555 0100"),
            ev.NextVisitArranged(what="call on Friday"),
            ev.OralKetamineArranged(prescribed_by="Dr Osei", taught=True),
        )
        return self.does(cmd.SignOff(visit=self.visit), when)

    def waits_for(self, when: str, reason: ev.WaitReason, note: str = "") -> Person:
        return self.does(cmd.Wait(visit=self.visit, reason=reason, note=note), when)

    def leaves(self, when: str, *, against_advice: str = "") -> Person:
        """Goes home; not against advice, so that a set of vitals too old for the door is taken again."""
        age = self.story.moment(when) - self.now.vitals[-1].at
        if not against_advice and age > timedelta(minutes=15):
            self.has_vitals(when)
        return self.does(cmd.Leave(visit=self.visit, against_advice=against_advice), when)

    def is_infused(self, start: str, stop: str, *, chair: int, pain: int | None = 7) -> Person:
        """In through the door, seated and started at `start`, run down by `stop`."""
        self.arrives(start).sits(start, chair).is_prepared(start, pain=pain).starts(start)
        ends = self.story.moment(stop) - self.story.moment(start)
        return self.stops(stop, "" if ends >= timedelta(hours=4) else "asked to stop")
