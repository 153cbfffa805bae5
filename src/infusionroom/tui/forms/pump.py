"""Forms at the pump: start, pause, resume, end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.readiness import start_points
from infusionroom.domain.visit import Infusion
from infusionroom.tui.forms.questions import reason_missing, reason_of, reason_typed, reasons
from infusionroom.tui.forms.spec import FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.times import clock_time, h_mm

PAUSE_REASONS: Final = (
    "nausea",
    "bathroom",
    "pressure",
    "dysphoria",
    "sedation",
    "line or pump",
    "their wish",
)
STOP_REASONS: Final = ("their wish", "nausea", "pressure", "dysphoria", "sedation", "line lost", "time")


def _at(values: Values, context: FormContext) -> datetime:
    at: datetime = values.get("at") or context.now
    return at


def _start_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    visit, at = context.person, _at(values, context)
    missing = [p for p in start_points(visit, context.room.background(visit), context.rules, at) if p.open]
    lines = [LiveLine(f"○ {p.label}: {p.detail}", "warn") for p in missing]
    if visit.order is None:
        return tuple(lines)
    order = visit.order.body
    ends = clock_time(at, context.timezone)
    words = (
        f"{order.drug} {dose_text(order.rate_ml_h)} mL/h = {dose_text(order.rate_mg_h)} mg/h "
        f"for {h_mm(order.duration_min * 60)} from {ends}"
    )
    return (LiveLine(words, "good" if not missing else "plain"), *lines)


def _running_words(infusion: Infusion, at: datetime) -> str:
    mg, ml = quantity(infusion.given_mg(at)), quantity(infusion.given_ml(at))
    ran = h_mm(infusion.running_s(at))
    return f"{ran} of {h_mm(infusion.duration_min * 60)} given: {dose_text(mg)} mg in {dose_text(ml)} mL"


def _running(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    infusion = context.person.infusion
    if infusion is None:
        return (LiveLine("Nothing is running for this person.", "bad"),)
    return (LiveLine(_running_words(infusion, _at(values, context)), "dim"),)


def _resume_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    infusion = context.person.infusion
    lines = _running(values, context)
    if infusion is None or not infusion.paused:
        return lines
    pause = infusion.pauses[-1]
    minutes = int((_at(values, context) - pause.since).total_seconds()) // 60
    again = f"Runs again at {dose_text(infusion.rate_ml_h)} mL/h. Vitals fall due more often for a while."
    return (LiveLine(f"Paused for {minutes} min: {pause.why}"), *lines, LiveLine(again, "dim"))


def _early(values: Values, context: FormContext) -> bool:
    infusion = context.person.infusion
    if infusion is None:
        return False
    return infusion.left_s(_at(values, context)) > context.rules.dose.complete_within_min * 60


def _stop_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    infusion = context.person.infusion
    lines = _running(values, context)
    if infusion is None:
        return lines
    if _early(values, context):
        left = h_mm(infusion.left_s(_at(values, context)))
        return (*lines, LiveLine(f"Early: {left} of the ordered time is left. Say why.", "warn"))
    return (*lines, LiveLine("Complete: the ordered time has been given.", "good"))


def _stop_checked(values: Values, context: FormContext) -> dict[str, str]:
    if _early(values, context) and not values.get("reason"):
        return {"reason": "An early end needs its reason."}
    return reason_missing(values)


def _stop_rebuilt(values: Values, context: FormContext, old: ev.Event) -> ev.Event:
    assert isinstance(old, ev.Stopped)
    return ev.Stopped(early=old.early, why=reason_of(values))


PUMP: Final = (
    FormSpec(
        id="start",
        title="Start the infusion",
        kind="infusion_started",
        live=_start_live,
        build=lambda values, context: cmd.Start(visit=context.person.id),
    ),
    FormSpec(
        id="pause",
        title="Pause",
        kind="paused",
        fields=reasons(*PAUSE_REASONS),
        check=lambda values, context: reason_missing(values),
        live=_running,
        fill=lambda body, context: reason_typed(body.why, PAUSE_REASONS),
        rebuild=lambda values, context, old: ev.Paused(why=reason_of(values)),
        build=lambda values, context: cmd.Pause(visit=context.person.id, why=reason_of(values)),
    ),
    FormSpec(
        id="resume",
        title="Resume",
        kind="resumed",
        live=_resume_live,
        build=lambda values, context: cmd.Resume(visit=context.person.id),
    ),
    FormSpec(
        id="stop",
        title="End the infusion",
        kind="stopped",
        fields=reasons(*STOP_REASONS, required=False),
        check=_stop_checked,
        live=_stop_live,
        fill=lambda body, context: reason_typed(body.why, STOP_REASONS),
        rebuild=_stop_rebuilt,
        build=lambda values, context: cmd.Stop(visit=context.person.id, why=reason_of(values)),
    ),
)
