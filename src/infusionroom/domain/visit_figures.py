"""What one visit comes to: its times, what was given, pain and scores, what was overridden and why.

Instants are aware UTC, durations whole seconds named `_s`, amounts exact decimals. Everything follows from the
visit and the moment `at`; nothing is rounded here.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.billing import BillingHint, billing_hint
from infusionroom.domain.dose import RateSpan
from infusionroom.domain.evolve import effective
from infusionroom.domain.news2 import news2
from infusionroom.domain.readiness import DISCHARGE_LABELS, START_LABELS
from infusionroom.domain.response import responder_30, responder_50
from infusionroom.domain.scores import aldrete_total, padss_total
from infusionroom.domain.visit import ChairStay, PauseSpan, Phase, Stated, Visit
from infusionroom.domain.visit import Wait as VisitWait
from infusionroom.domain.visit_figure_parts import AdjunctFigure as AdjunctFigure
from infusionroom.domain.visit_figure_parts import BolusFigure as BolusFigure
from infusionroom.domain.visit_figure_parts import DoseReason as DoseReason
from infusionroom.domain.visit_figure_parts import Leaving as Leaving
from infusionroom.domain.visit_figure_parts import OrderFigure as OrderFigure
from infusionroom.domain.visit_figure_parts import OverrideFigure as OverrideFigure
from infusionroom.domain.visit_figure_parts import PadssFigure as PadssFigure
from infusionroom.domain.visit_figure_parts import PainFigure as PainFigure
from infusionroom.domain.visit_figure_parts import PauseFigure as PauseFigure
from infusionroom.domain.visit_figure_parts import Response as Response
from infusionroom.domain.visit_figure_parts import ScoreFigure as ScoreFigure
from infusionroom.domain.visit_figure_parts import SideEffectFigure as SideEffectFigure
from infusionroom.domain.visit_figure_parts import Times as Times
from infusionroom.domain.visit_figure_parts import VisitOutcome as VisitOutcome
from infusionroom.domain.visit_figure_parts import VitalsFigure as VitalsFigure
from infusionroom.domain.visit_figure_parts import WaitFigure as WaitFigure


class VisitFigures(msgspec.Struct, frozen=True):
    """Everything the back office asks of one visit, at one moment.

    `recovery_s` runs from the stop to the sign-off (ready), `stop_to_left_s` to the door. `pain_change` is
    today's last reading after the stop minus today's before the start; negative is relief. `patient_id` and
    `course_id` are empty while nobody has said whose visit it is, and of which course.
    """

    visit: str
    appointment: ev.Appointment | None
    patient: ev.Patient
    walk_in: bool
    course: ev.CourseDay | None
    infusions_before: int | None
    outcome: VisitOutcome
    phase: Phase
    ended_why: str
    times: Times
    stays: tuple[ChairStay, ...]
    order: OrderFigure | None
    running_s: int | None
    wall_s: int | None
    paused_s: int | None
    stopped_early: bool
    stop_why: str
    pauses: tuple[PauseFigure, ...]
    rates: tuple[RateSpan, ...]
    given_mg: Decimal | None
    given_ml: Decimal | None
    boluses: tuple[BolusFigure, ...]
    adjuncts: tuple[AdjunctFigure, ...]
    side_effects: tuple[SideEffectFigure, ...]
    pain_before: PainFigure | None
    pain_after: PainFigure | None
    pain_change: int | None
    response: Response | None
    last_vitals: VitalsFigure | None
    last_aldrete: ScoreFigure | None
    last_padss: PadssFigure | None
    recovery_s: int | None
    stop_to_left_s: int | None
    ready_to_left_s: int | None
    waits: tuple[WaitFigure, ...]
    overrides: tuple[OverrideFigure, ...]
    dose_reasons: tuple[DoseReason, ...]
    leaving: Leaving | None
    corrections: int
    billing: BillingHint | None
    patient_id: str = ""
    course_id: str = ""


def visit_figures(visit: Visit, at: datetime, *, course_baseline: int | None = None) -> VisitFigures:
    """The figures of a visit as it stands `at`; what still runs is counted up to then.

    `course_baseline` is the pain (NRS) before the course's first infusion, where that was another day.
    """
    infusion = visit.infusion
    before, after = _pain_before(visit), _pain_after(visit)
    counted = [e for e in effective(visit.entries) if e.happened_at <= at]
    running = infusion.running_s(at) if infusion else None
    pauses = tuple(_pause(p, visit.stopped_at or at) for p in infusion.pauses) if infusion else ()
    return VisitFigures(
        visit=visit.id,
        appointment=visit.plan.appointment,
        patient=visit.patient,
        walk_in=visit.plan.walk_in,
        course=visit.plan.course,
        infusions_before=visit.infusions_before,
        outcome=outcome_of(visit),
        phase=visit.phase,
        ended_why=visit.ended_why,
        times=Times(
            planned_start=visit.plan.start,
            arrived_at=visit.arrived_at,
            seated_at=visit.seated_at,
            started_at=infusion.started_at if infusion else None,
            stopped_at=visit.stopped_at,
            ready_at=visit.ready_at,
            left_at=visit.left_at,
            ended_at=visit.ended_at,
        ),
        stays=visit.stays,
        order=_order(visit),
        running_s=running,
        wall_s=infusion.wall_s(at) if infusion else None,
        paused_s=sum(p.lasted_s for p in pauses) if infusion else None,
        stopped_early=infusion.stopped_early if infusion else False,
        stop_why=infusion.stop_why if infusion else "",
        pauses=pauses,
        rates=infusion.spans if infusion else (),
        given_mg=infusion.given_mg(at) if infusion else None,
        given_ml=infusion.given_ml(at) if infusion else None,
        boluses=tuple(
            BolusFigure(b.at, b.body.mg, b.body.ml, b.body.why, b.body.reason, b.by)
            for b in (infusion.boluses if infusion else ())
        ),
        adjuncts=tuple(
            AdjunctFigure(e.happened_at, e.body.drug, e.body.dose, e.body.route, e.body.why, e.actor)
            for e in sorted(counted, key=lambda e: (e.happened_at, e.id))
            if isinstance(e.body, ev.AdjunctGiven)
        ),
        side_effects=tuple(
            SideEffectFigure(s.at, s.body.what, s.body.grade, s.body.note, s.by)
            for s in visit.side_effects
            if s.at <= at
        ),
        pain_before=before,
        pain_after=after,
        pain_change=_change(before, after),
        response=_response(visit, before, after, course_baseline),
        patient_id=visit.plan.patient_id,
        course_id=visit.plan.course_id,
        last_vitals=_last_vitals(visit),
        last_aldrete=_last_aldrete(visit),
        last_padss=_last_padss(visit),
        recovery_s=_between(visit.stopped_at, visit.ready_at),
        stop_to_left_s=_between(visit.stopped_at, visit.left_at),
        ready_to_left_s=_between(visit.ready_at, visit.left_at),
        waits=tuple(_wait(w, visit.left_at or at) for w in visit.waits),
        overrides=tuple(_override(o) for o in visit.overrides),
        dose_reasons=tuple(
            DoseReason(
                e.happened_at,
                e.kind,
                e.body.reason,
                getattr(e.body, "override_by", ""),
                getattr(e.body, "override_reason", ""),
                e.actor,
            )
            for e in counted
            if isinstance(e.body, ev.Ordered | ev.RateChanged | ev.BolusGiven)
            and (e.body.reason or getattr(e.body, "override_by", ""))
        ),
        leaving=_leaving(visit),
        corrections=sum(isinstance(e.body, ev.Undone | ev.Corrected) for e in visit.entries),
        billing=billing_hint(infusion.spans, infusion.stopped_at) if infusion else None,
    )


def outcome_of(visit: Visit) -> VisitOutcome:
    """How the visit ended. Who is still in the room is still here, whatever was stopped before."""
    match visit.phase:
        case Phase.PLANNED:
            return VisitOutcome.STILL_TO_COME
        case Phase.CANCELLED:
            return VisitOutcome.CANCELLED
        case Phase.NO_SHOW:
            return VisitOutcome.NO_SHOW
        case Phase.ENTERED_IN_ERROR:
            return VisitOutcome.ENTERED_IN_ERROR
        case Phase.LEFT:
            if visit.infusion is None:
                return VisitOutcome.NOT_TREATED
            early = visit.infusion.stopped_early
            return VisitOutcome.STOPPED_EARLY if early else VisitOutcome.COMPLETED
        case _:
            return VisitOutcome.STILL_HERE


def _between(since: datetime | None, until: datetime | None) -> int | None:
    return int((until - since).total_seconds()) if since and until else None


def _lasted(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds()))


def _pause(pause: PauseSpan, end: datetime) -> PauseFigure:
    return PauseFigure(pause.since, pause.until, pause.why, _lasted(pause.since, pause.until or end))


def _wait(wait: VisitWait, end: datetime) -> WaitFigure:
    return WaitFigure(wait.since, wait.until, wait.reason, wait.note, _lasted(wait.since, wait.until or end))


def _order(visit: Visit) -> OrderFigure | None:
    if visit.order is None:
        return None
    body = visit.order.body
    return OrderFigure(
        drug=body.drug,
        basis=body.basis,
        dose=body.dose,
        cap_mg_h=body.cap_mg_h,
        duration_min=body.duration_min,
        concentration_mg_ml=body.concentration_mg_ml,
        rate_ml_h=body.rate_ml_h,
        rate_mg_h=body.rate_mg_h,
        weight_kg=body.weight_kg,
        prescriber=body.prescriber,
        entered_by=visit.order.by,
        double_checked_by=visit.double_check.by if visit.double_check else "",
    )


def _pain(stated: Stated[ev.PainRated]) -> PainFigure:
    body = stated.body
    return PainFigure(stated.at, body.nrs, body.unable, body.average_24h, body.worst, body.least)


def _pain_before(visit: Visit) -> PainFigure | None:
    limit = visit.infusion.started_at if visit.infusion else None
    pains = [p for p in visit.pains if limit is None or p.at <= limit]
    return _pain(pains[-1]) if pains else None


def _pain_after(visit: Visit) -> PainFigure | None:
    stopped = visit.stopped_at
    pains = [p for p in visit.pains if stopped is not None and p.at >= stopped]
    return _pain(pains[-1]) if pains else None


def _change(before: PainFigure | None, after: PainFigure | None) -> int | None:
    if before is None or after is None or before.nrs is None or after.nrs is None:
        return None
    return after.nrs - before.nrs


def _response(
    visit: Visit, before: PainFigure | None, after: PainFigure | None, course_baseline: int | None
) -> Response | None:
    """Only the first day of a course may be compared with itself."""
    first_day = visit.plan.course is None or visit.plan.course.day == 1
    baseline = before.nrs if before and first_day else course_baseline
    if baseline is None or after is None or after.nrs is None:
        return None
    return Response(baseline, after.nrs, responder_30(baseline, after.nrs), responder_50(baseline, after.nrs))


def _last_vitals(visit: Visit) -> VitalsFigure | None:
    if not visit.vitals:
        return None
    last = visit.vitals[-1]
    return VitalsFigure(last.at, last.body, news2(last.body))


def _last_aldrete(visit: Visit) -> ScoreFigure | None:
    if not visit.aldretes:
        return None
    last = visit.aldretes[-1]
    return ScoreFigure(last.at, aldrete_total(last.body), last.by)


def _last_padss(visit: Visit) -> PadssFigure | None:
    if not visit.padsses:
        return None
    last = visit.padsses[-1]
    return PadssFigure(last.at, padss_total(last.body), last.body.nrs, last.body.acceptable, last.by)


def _override(stated: Stated[ev.PointOverridden]) -> OverrideFigure:
    body = stated.body
    labels = START_LABELS if body.gate == "start" else DISCHARGE_LABELS
    label = labels.get(body.point, body.point)
    return OverrideFigure(stated.at, body.gate, body.point, label, body.physician, body.reason, stated.by)


def _leaving(visit: Visit) -> Leaving | None:
    if visit.left is None:
        return None
    body = visit.left.body
    return Leaving(
        accompanied_by=body.accompanied_by,
        against_advice=body.against_advice,
        missing=tuple(DISCHARGE_LABELS.get(key, key) for key in body.missing),
        signed_off_by=visit.signed_off.by if visit.signed_off else "",
    )
