"""From a story to the commands of one visit, in the order in which the room would give them."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

import msgspec

from infusionroom.demo.bedside import Bedside
from infusionroom.demo.enrolled import Enrolled
from infusionroom.demo.people import CLERK, NURSES, PHONE, PHYSICIAN
from infusionroom.demo.story import Pause, Story
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import DEFAULT_RULES
from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.day import at_local
from infusionroom.domain.dose import rate_from_mg_h
from infusionroom.domain.order_rate import order_rate
from infusionroom.domain.visit import visit_id_of
from infusionroom.domain.vitals_due import Anchors, next_due

SEATED_AFTER: Final = 6
_RULES: Final = DEFAULT_RULES
_SITES: Final = ("left forearm", "right forearm", "left hand", "right hand")


class Step(msgspec.Struct, frozen=True):
    """One act of the day: when, by whom, and the command that says so."""

    at: datetime
    actor: str
    command: cmd.Command


class Life:
    """One visit's day. `steps` are unsorted; `free_at` is when its chair is clean again.

    With `enrolled` it is a day of that course; without, a visit that only its sender knows of.
    """

    def __init__(
        self,
        story: Story,
        day: date,
        midnight: datetime,
        seed: int | str,
        key: str = "DEMO",
        *,
        enrolled: Enrolled | None = None,
    ) -> None:
        self.story, self.day = story, day
        self._midnight = midnight
        self._dice = random.Random(f"{seed}/{story.number}")  # noqa: S311 - a play, not a secret
        self._bedside = Bedside(story.person, self._dice)
        number = f"{day:%Y%m%d}-{story.number:02d}"
        self._appointment = ev.Appointment(placer=f"{key}-{number}", filler=f"A{number}")
        self._enrolled = enrolled
        self.visit = (
            enrolled.visit(story.course.day)
            if enrolled is not None and story.course is not None
            else visit_id_of(self._appointment.key)
        )
        self._nurse = NURSES[story.number % len(NURSES)]
        self._second = NURSES[(story.number + 1) % len(NURSES)]
        self.steps: list[Step] = []
        self.free_at = midnight

    # ── writing down ────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, at: datetime, command: cmd.Command, actor: str = "") -> None:
        self.steps.append(Step(at, actor or self._nurse, command))

    def _record(self, at: datetime, fact: ev.Fact, actor: str = "") -> None:
        self._do(at, cmd.Record(visit=self.visit, fact=fact), actor)

    def _clock(self, minute: float) -> datetime:
        return self._midnight + timedelta(minutes=minute)

    def _moment(self, at: datetime) -> datetime:
        """Within the minute: nobody measures on the full minute."""
        return at + timedelta(seconds=self._dice.randint(2, 40))

    # ── the plan ────────────────────────────────────────────────────────────────────────────────────────────

    def plan(self, sent_at: datetime) -> None:
        """What the referring system knows beforehand, and what was settled on the phone."""
        story, person = self.story, self.story.person
        plan = ev.Plan(
            patient=ev.Patient(
                person.family,
                person.given,
                person.birth_date,
                person.record_number,
                story.infusions_before,
            ),
            start=self._clock(story.planned),
            duration_min=story.dose.minutes + (0 if self._enrolled else 120),
            appointment=self._appointment,
            course=story.course,
            source="demonstration",
            sent_at=sent_at,
            note=story.note,
            chair=story.chair if self._enrolled else None,
        )
        planned: cmd.Command = cmd.PlanVisit(plan=plan)
        if self._enrolled is not None:
            planned = cmd.ChangePlan(visit=self.visit, plan=plan, why="the sender's appointment")
        self._do(sent_at, planned, CLERK)
        adult = ev.AdultNamed(name=person.adult, phone=PHONE, relation=person.relation)
        self._record(sent_at, adult, CLERK)
        if not story.consent_at_the_door and self._enrolled is None:
            self._record(sent_at, self._consent(self.day - timedelta(days=3)), CLERK)
        ended_at, of_a_course = self._clock(story.ended_at), self._enrolled is not None
        if story.ends == "no_show":
            missed = cmd.MarkNoShow(
                visit=self.visit, why=story.ended_why, rest="undecided" if of_a_course else None
            )
            self._do(ended_at, missed)
        elif story.ends == "cancelled":
            cancelled = cmd.CancelVisit(
                visit=self.visit, why=story.ended_why, rest="later" if of_a_course else None
            )
            self._do(ended_at, cancelled, CLERK)

    @property
    def wants_chair_at(self) -> datetime:
        return self._clock(self.story.arrives + SEATED_AFTER)

    # ── the day ─────────────────────────────────────────────────────────────────────────────────────────────

    def live(self, chair: int, seated: datetime) -> None:
        """From the door to the way home, in this chair from this moment on."""
        story = self.story
        self._do(self._clock(story.arrives), cmd.Arrive(visit=self.visit))
        self._record(self._clock(story.arrives + 3), ev.Weighed(kg=story.person.weight_kg))
        self._do(seated, cmd.Seat(visit=self.visit, chair=chair))
        started = max(self._clock(story.start), seated + timedelta(minutes=16))
        self._prepare(seated, started)
        stopped = self._infuse(started)
        ready = self._recover(started, stopped)
        self._go_home(ready, chair)

    def _consent(self, signed_on: date) -> ev.Consented:
        person = self.story.person
        return ev.Consented(
            signed_on=signed_on,
            text_version=FIRST_CONSENT.version,
            clauses=tuple(clause.key for clause in FIRST_CONSENT.asked(off_guideline=False)),
            name=f"{person.given} {person.family}",
        )

    def _prepare(self, seated: datetime, started: datetime) -> None:
        story, person, visit = self.story, self.story.person, self.visit
        before = partial(_earlier, started)
        self._record(seated + timedelta(minutes=2), ev.Identified(by=("name", "birth_date")))
        if story.consent_at_the_door and self._enrolled is None:
            self._record(seated + timedelta(minutes=4), self._consent(self.day))
        elif story.consent_at_the_door and self._enrolled is not None:
            self._do(seated + timedelta(minutes=4), self._enrolled.consents(self.day))
        self._record(before(10), self._bedside.baseline())
        self._record(before(9), self._bedside.pain_before())
        dose = story.dose
        order = cmd.Order(
            visit=visit,
            basis=dose.basis,
            dose=dose.amount,
            prescriber=PHYSICIAN,
            cap_mg_h=dose.cap_mg_h,
            duration_min=dose.minutes,
            reason=dose.reason,
            percent=self._enrolled.percent(story.course.day) if self._enrolled and story.course else None,
        )
        self._do(before(7), order)
        self._record(before(5), ev.IvPlaced(site=self._dice.choice(_SITES), gauge="22 G"))
        check = cmd.DoubleCheck(
            visit=visit,
            drug=_RULES.dose.drug,
            concentration_mg_ml=_RULES.dose.concentration_mg_ml,
            rate_ml_h=self._ordered_ml_h(),
            patient=person.record_number,
        )
        self._do(before(2), check, self._second)
        self._do(started, cmd.Start(visit=visit))

    def _ordered_ml_h(self) -> Decimal:
        dose = self.story.dose
        return order_rate(
            dose.basis,
            dose.amount,
            weight_kg=self.story.person.weight_kg,
            cap_mg_h=dose.cap_mg_h,
            concentration_mg_ml=_RULES.dose.concentration_mg_ml,
            rules=_RULES.dose,
            target=self._enrolled.target if self._enrolled else None,
        ).ml_h

    def _infuse(self, started: datetime) -> datetime:
        story, visit = self.story, self.visit
        stopped = started + timedelta(minutes=story.dose.minutes + sum(p.minutes for p in story.pauses))
        if story.early:
            stopped = started + timedelta(minutes=story.early.after)
        rises = [self._pause(started, pause) for pause in story.pauses]
        rises += self._change_rates(started)
        for seen in story.unwanted:
            fact = ev.SideEffectSeen(what=seen.what, grade=seen.grade)
            self._record(started + timedelta(minutes=seen.after), fact)
        taken = self._odd_sets(started)
        self._planned_sets(started, stopped, rises, taken)
        for hour in range(1, int((stopped - started).total_seconds() // 3600) + 1):
            at = self._moment(started + timedelta(minutes=60 * hour - 7))
            share = 60 * hour / story.dose.minutes
            self._record(at, ev.PainRated(nrs=self._bedside.pain(share)))
            if hour % 2 == 0:
                self._record(at, ev.LineChecked(finding="site clean, line runs freely"))
        if story.mistaken_note:
            at = started + timedelta(minutes=25)
            self._record(at, ev.Noted(text=story.mistaken_note))
            self._do(at + timedelta(seconds=50), cmd.Undo(visit=visit))
        why = story.early.why if story.early else ""
        self._do(stopped, cmd.Stop(visit=visit, why=why))
        return stopped

    def _pause(self, started: datetime, pause: Pause) -> datetime:
        """Pauses the pump; the moment at which it runs again."""
        since = started + timedelta(minutes=pause.after)
        self._do(since, cmd.Pause(visit=self.visit, why=pause.why))
        if pause.adjunct:
            drug, dose = pause.adjunct
            given = ev.AdjunctGiven(drug=drug, dose=dose, route="IV", why=pause.why)
            self._record(since + timedelta(minutes=4), given)
        again = since + timedelta(minutes=pause.minutes)
        self._do(again, cmd.Resume(visit=self.visit))
        return again

    def _change_rates(self, started: datetime) -> list[datetime]:
        """Sets other rates, never above the ordered one; the moments of rises."""
        rises = []
        percent_now, ordered = 100, self._ordered_ml_h()
        for step in self.story.rates:
            at = started + timedelta(minutes=step.after)
            rate = rate_from_mg_h(
                ordered * _RULES.dose.concentration_mg_ml * step.percent / 100,
                weight_kg=self.story.person.weight_kg,
                concentration_mg_ml=_RULES.dose.concentration_mg_ml,
                step_ml_h=_RULES.dose.pump_step_ml_h,
                cap_mg_h=self.story.dose.cap_mg_h,
            )
            self._do(at, cmd.ChangeRate(visit=self.visit, to_ml_h=rate.ml_h, why=step.why))
            if step.percent > percent_now:
                rises.append(at)
            percent_now = step.percent
        return rises

    def _odd_sets(self, started: datetime) -> list[datetime]:
        """Sets out of the ordinary, looked at again where somebody did; when they were taken."""
        taken = []
        for odd in self.story.odd:
            at = started + timedelta(minutes=odd.after)
            self._record(at, self._bedside.running(odd.after, **{odd.sign: odd.value}))
            taken.append(at)
            if odd.recheck is not None:
                again = at + timedelta(minutes=2)
                self._record(again, self._bedside.running(odd.after + 2, **{odd.sign: odd.recheck}))
                taken.append(again)
            if self.story.early and odd.recheck is not None:
                self._do(again + timedelta(minutes=1), cmd.Acknowledge(visit=self.visit))
        return taken

    def _planned_sets(
        self, started: datetime, stopped: datetime, rises: list[datetime], odd: list[datetime]
    ) -> None:
        """Vitals as they fall due, taken a little late as people do."""
        late = dict(self.story.late_sets)
        taken: list[datetime] = []
        while True:
            last = max(taken, default=started)
            known = [*taken, *(at for at in odd if at <= last + timedelta(minutes=30))]
            due = next_due(Anchors(started, tuple(rises), None, tuple(known)), _RULES.vitals)
            assert due is not None
            behind = late.get(len(taken) + 1, self._dice.choice((0, 0, 1, 1, 2, 3)))
            at = max(due, last + timedelta(minutes=1)) + timedelta(minutes=behind)
            if at >= stopped - timedelta(minutes=1):
                return
            when = at if len(taken) + 1 in late else self._moment(at)
            taken.append(when)
            self._record(when, self._bedside.running((at - started).total_seconds() / 60))

    # ── the way home ────────────────────────────────────────────────────────────────────────────────────────

    def _recover(self, started: datetime, stopped: datetime) -> datetime:
        """Vitals, scores and the list of the way home; the moment of the sign-off."""
        story = self.story
        minutes = max(story.recovery, (story.escort_after or 0) + 4)
        ready = stopped + timedelta(minutes=minutes)
        self._recovery_sets(stopped, ready)
        self._record(stopped + timedelta(minutes=3), ev.PainRated(nrs=self._bedside.pain(1.0)))
        for after in (4, 21):
            self._record(stopped + timedelta(minutes=after), self._bedside.aldrete(after))
        for after in range(18, story.recovery - 12, 25):
            score = self._bedside.padss(min(0.9, after / story.recovery))
            self._record(stopped + timedelta(minutes=after), score)
        done = stopped + timedelta(minutes=story.recovery)
        before = partial(_earlier, done)
        self._record(before(9), ev.OrientationChecked(oriented=True))
        self._record(before(8), ev.IvRemoved(site_check="dry, no swelling"))
        self._record(before(6), ev.InstructionsGiven(phone=PHONE))
        if story.course is None or story.course.last:
            oral = ev.OralKetamineArranged(
                prescribed_by=PHYSICIAN, taught=True, dose="very low dose, two weeks"
            )
            self._record(before(5), oral)
        self._record(before(5), ev.NextVisitArranged(what=self._what_next()), CLERK)
        self._record(before(3), self._bedside.padss(1.0))
        here = before(4)
        if story.escort_after is not None:
            here = stopped + timedelta(minutes=story.escort_after)
            self._record(before(2), ev.Noted(text="All done but the escort; phone not answered yet."))
        self._record(here, ev.EscortPresent(name=story.person.adult))
        self._do(ready, cmd.SignOff(visit=self.visit))
        return ready

    def _recovery_sets(self, stopped: datetime, ready: datetime) -> None:
        """A set at the stop, then as the plan asks, and one shortly before the sign-off."""
        taken: list[datetime] = []
        last_before = ready - timedelta(minutes=2)
        while True:
            due = next_due(Anchors(stopped, (), stopped, tuple(taken)), _RULES.vitals)
            assert due is not None
            at = due + timedelta(minutes=self._dice.choice((0, 1, 1, 2)))
            if at > last_before - timedelta(minutes=12):
                break
            taken.append(at)
        taken.append(last_before)
        for at in taken:
            when = self._moment(at)
            self._record(when, self._bedside.recovering((at - stopped).total_seconds() / 60))

    def _what_next(self) -> str:
        course = self.story.course
        if course is None or course.last:
            return "follow-up call in two weeks"
        return f"day {course.day + 1} of {course.of} as booked"

    def _go_home(self, ready: datetime, chair: int) -> None:
        waiting = self.story.waiting
        leaves = ready + timedelta(minutes=waiting.minutes)
        if waiting.reason:
            wait = cmd.Wait(visit=self.visit, reason=waiting.reason, note=waiting.note)
            self._do(ready + timedelta(minutes=1), wait)
        if waiting.minutes > 11:
            self._record(self._moment(leaves - timedelta(minutes=5)), self._bedside.recovering(120))
        self._do(leaves, cmd.Leave(visit=self.visit, accompanied_by=self.story.person.adult))
        cleaned = leaves + timedelta(minutes=_RULES.chair_turnover_min + self._dice.randint(0, 3))
        self._do(cleaned, cmd.CleanChair(chair=chair))
        self.free_at = cleaned

    # ── days that are long over ─────────────────────────────────────────────────────────────────────────────

    def arrange_escort(self, at: datetime) -> None:
        """What is settled on the telephone, of a day that the clinic booked itself."""
        person = self.story.person
        self._record(at, ev.AdultNamed(name=person.adult, phone=PHONE, relation=person.relation), CLERK)


def _earlier(moment: datetime, minutes: int) -> datetime:
    return moment - timedelta(minutes=minutes)


def midnight_of(day: date, timezone: str) -> datetime:
    """The instant from which the day's minutes are counted.

    Six o'clock less six hours, so that a clock change in the night does not move the day.
    """
    return at_local(day, time(6), timezone) - timedelta(hours=6)
