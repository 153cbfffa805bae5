"""One visit in words: labelled lines, only of what there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infusionroom.domain.billing import BillingHint
from infusionroom.domain.dose_words import dose_text, drug_text
from infusionroom.domain.events import VitalsTaken
from infusionroom.domain.names import readable
from infusionroom.domain.visit_figures import VisitFigures, VisitOutcome
from infusionroom.domain.words import entry_word
from infusionroom.report.wording import LocalClock, amount, h_mm, identity, listed, pain, signed, yes_no

Line = tuple[str, tuple[str, ...]]

_BASIS: Final = {"mg_per_kg_h": "mg/kg/h", "mg_per_h": "mg/h"}


def visit_lines(visit: VisitFigures, clock: LocalClock) -> tuple[Line, ...]:
    """What there is to say of the visit: a label and its texts, in the order of the day."""
    lines: list[Line] = [
        ("Person", (_who(visit),)),
        ("Times", (_times(visit, clock),)),
        ("Order", _order(visit)),
        ("Given", _given(visit)),
        ("Pauses", tuple(_pauses(visit, clock))),
        ("Rates", tuple(_rates(visit, clock))),
        ("Boluses", tuple(_boluses(visit, clock))),
        ("Adjuncts", tuple(_adjuncts(visit, clock))),
        ("Side effects", tuple(_side_effects(visit, clock))),
        ("Pain", _pain(visit, clock)),
        ("Last scores", _scores(visit, clock)),
        ("Last vitals", _vitals(visit, clock)),
        ("Recovery", _recovery(visit)),
        ("Ready to left", _waits(visit, clock)),
        ("Overridden", tuple(_overrides(visit, clock))),
        ("Dose limits", tuple(_dose_reasons(visit, clock))),
        ("Against advice", _against_advice(visit)),
        ("Home", _home(visit)),
        ("Why", _why(visit)),
        ("Corrections", (str(visit.corrections),) if visit.corrections else ()),
        ("Billing hint", _billing(visit.billing, clock)),
    ]
    return tuple((label, kept) for label, texts in lines if (kept := tuple(t for t in texts if t)))


def _who(visit: VisitFigures) -> str:
    course = f"day {visit.course.day} of {visit.course.of}" if visit.course else ""
    sender = f"appointment {readable(visit.appointment.key)}" if visit.appointment else ""
    before = visit.infusions_before
    plural = "" if before == 1 else "s"
    known = "" if before is None else "first infusion" if before == 0 else f"{before} infusion{plural} before"
    return listed((identity(visit.patient), course, known, "walk-in" if visit.walk_in else "", sender))


def _times(visit: VisitFigures, clock: LocalClock) -> str:
    times = visit.times
    named = [
        ("planned", times.planned_start),
        ("arrived", times.arrived_at),
        ("seated", times.seated_at),
        ("start", times.started_at),
        ("stop", times.stopped_at),
        ("ready", times.ready_at),
        ("left", times.left_at),
    ]
    if times.ended_at and not times.left_at:
        named.append((visit.outcome.value, times.ended_at))
    moves = [f"chair {stay.chair} from {clock.time(stay.since)}" for stay in visit.stays[1:]]
    seats = [f"chair {visit.stays[0].chair}", *moves] if visit.stays else []
    return listed([*(f"{word} {clock.time(at)}" for word, at in named if at), *seats])


def _order(visit: VisitFigures) -> tuple[str, ...]:
    order = visit.order
    if order is None:
        return ()
    asked = f"{drug_text(readable(order.drug))} {dose_text(order.dose)} {_BASIS[order.basis]}"
    cap = f", at most {dose_text(order.cap_mg_h)} mg/h" if order.cap_mg_h is not None else ""
    pump = (
        f"{dose_text(order.rate_ml_h)} mL/h of {dose_text(order.concentration_mg_ml)} mg/mL "
        f"({dose_text(order.rate_mg_h)} mg/h) over {h_mm(order.duration_min * 60)}"
    )
    weight = f"{dose_text(order.weight_kg)} kg" if order.weight_kg is not None else ""
    people = [f"prescribed by {readable(order.prescriber)}", f"entered by {readable(order.entered_by)}"]
    checked = readable(order.double_checked_by)
    people.append(f"double-checked by {checked}" if checked else "not double-checked")
    return (listed((asked + cap, pump, weight)), listed(people))


def _given(visit: VisitFigures) -> tuple[str, ...]:
    if visit.given_mg is None:
        return ()
    paused = f"paused {h_mm(visit.paused_s)}" if visit.paused_s else ""
    amounts = f"{amount(visit.given_mg, 'mg')} in {amount(visit.given_ml, 'mL')}"
    early = f"stopped early: {readable(visit.stop_why)}" if visit.stopped_early else ""
    times = (f"running {h_mm(visit.running_s)}", f"wall {h_mm(visit.wall_s)}", paused, early)
    return (listed((amounts, *times)),)


def _pauses(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    for pause in visit.pauses:
        yield f"{clock.span(pause.since, pause.until)} ({h_mm(pause.lasted_s)}) {readable(pause.why)}"


def _rates(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    if len({span.ml_h for span in visit.rates}) < 2 or visit.order is None:
        return
    for span in visit.rates:
        mg_h = amount(span.ml_h * visit.order.concentration_mg_ml, "mg/h")
        yield f"{clock.span(span.from_, span.until)} {dose_text(span.ml_h)} mL/h ({mg_h})"


def _boluses(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    for bolus in visit.boluses:
        amounts = f"{dose_text(bolus.mg)} mg ({dose_text(bolus.ml)} mL)"
        yield listed((f"{clock.time(bolus.at)} {amounts}", readable(bolus.why), f"by {readable(bolus.by)}"))


def _adjuncts(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    for given in visit.adjuncts:
        what = " ".join((drug_text(readable(given.drug)), readable(given.dose), readable(given.route)))
        yield listed(
            (f"{clock.time(given.at)} {what.strip()}", readable(given.why), f"by {readable(given.by)}")
        )


def _side_effects(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    for seen in visit.side_effects:
        what = f"{clock.time(seen.at)} {seen.grade} {seen.what}"
        yield listed((what, readable(seen.note), f"by {readable(seen.by)}"))


def _pain(visit: VisitFigures, clock: LocalClock) -> tuple[str, ...]:
    before, after = visit.pain_before, visit.pain_after
    said = [
        f"before {pain(before)} ({clock.time(before.at)})" if before else "",
        f"after {pain(after)} ({clock.time(after.at)})" if after else "",
        f"change {signed(visit.pain_change)}" if visit.pain_change is not None else "",
    ]
    answer = visit.response
    relief = (
        f"against {answer.baseline} before the course's first infusion: "
        f"at least 30 % less {yes_no(answer.responder_30)}, at least 50 % less {yes_no(answer.responder_50)}"
        if answer
        else ""
    )
    return (listed(said), relief)


def _scores(visit: VisitFigures, clock: LocalClock) -> tuple[str, ...]:
    texts = []
    if aldrete := visit.last_aldrete:
        texts.append(f"Aldrete {_total(aldrete.total)} ({clock.time(aldrete.at)})")
    if padss := visit.last_padss:
        raw = f", pain {padss.nrs}" if padss.nrs is not None else ""
        accepted = " acceptable to the patient" if padss.acceptable else ""
        texts.append(f"PADSS {_total(padss.total)} ({clock.time(padss.at)}{raw}{accepted})")
    if vitals := visit.last_vitals:
        score = vitals.news2
        texts.append(f"NEWS2 {score.total} {score.band}" if score.total is not None else "NEWS2 incomplete")
    return (listed(texts),)


def _total(total: int | None) -> str:
    return "incomplete" if total is None else str(total)


def _vitals(visit: VisitFigures, clock: LocalClock) -> tuple[str, ...]:
    if visit.last_vitals is None:
        return ()
    return (f"{clock.time(visit.last_vitals.at)}: {vitals_text(visit.last_vitals.vitals)}",)


def vitals_text(vitals: VitalsTaken) -> str:
    """`120/80 mmHg · pulse 70 · RR 14 · SpO₂ 98 % on air · 36.6 °C · MOAA/S 5 · RASS 0`, as far as taken."""
    pressure = f"{vitals.sbp or '?'}/{vitals.dbp or '?'} mmHg" if vitals.sbp or vitals.dbp else ""
    air = "on oxygen" if vitals.on_oxygen else "on air"
    return listed(
        (
            pressure,
            f"pulse {vitals.hr}" if vitals.hr is not None else "",
            f"RR {vitals.rr}" if vitals.rr is not None else "",
            f"SpO₂ {vitals.spo2} % {air}" if vitals.spo2 is not None else "",
            f"{dose_text(vitals.temp_c)} °C" if vitals.temp_c is not None else "",
            f"MOAA/S {vitals.moaas}" if vitals.moaas is not None else "",
            f"RASS {signed(vitals.rass)}" if vitals.rass is not None else "",
        )
    )


def _recovery(visit: VisitFigures) -> tuple[str, ...]:
    ready = f"{h_mm(visit.recovery_s)} to ready" if visit.recovery_s is not None else ""
    left = f"{h_mm(visit.stop_to_left_s)} to the door" if visit.stop_to_left_s is not None else ""
    return (listed((ready, left)),)


def _waits(visit: VisitFigures, clock: LocalClock) -> tuple[str, ...]:
    whole = h_mm(visit.ready_to_left_s) if visit.ready_to_left_s is not None else ""
    waits = (
        f"{clock.span(wait.since, wait.until)} ({h_mm(wait.lasted_s)}) waiting for "
        f"{listed((wait.reason, readable(wait.note)), ': ')}"
        for wait in visit.waits
    )
    return (whole, *waits)


def _overrides(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    for override in visit.overrides:
        yield listed(
            (
                f"{clock.time(override.at)} {override.gate}: {override.label}",
                f"{readable(override.physician)}: {readable(override.reason)}",
                f"recorded by {readable(override.recorded_by)}",
            )
        )


def _dose_reasons(visit: VisitFigures, clock: LocalClock) -> Iterator[str]:
    for given in visit.dose_reasons:
        override = f"override by {readable(given.override_by)}: {readable(given.override_reason)}"
        yield listed(
            (
                f"{clock.time(given.at)} {entry_word(given.what)}",
                readable(given.reason),
                override if given.override_by else "",
                f"recorded by {readable(given.recorded_by)}",
            )
        )


def _against_advice(visit: VisitFigures) -> tuple[str, ...]:
    leaving = visit.leaving
    if leaving is None or not leaving.against_advice:
        return ()
    return (readable(leaving.against_advice), f"missing: {', '.join(leaving.missing)}")


def _home(visit: VisitFigures) -> tuple[str, ...]:
    if visit.leaving is None:
        return ()
    escort, nurse = readable(visit.leaving.accompanied_by), readable(visit.leaving.signed_off_by)
    return (listed((f"with {escort}" if escort else "", f"signed off by {nurse}" if nurse else "")),)


def _why(visit: VisitFigures) -> tuple[str, ...]:
    """Why a visit that was not treated was not; other reasons have lines of their own."""
    treated = visit.outcome in (VisitOutcome.COMPLETED, VisitOutcome.STOPPED_EARLY)
    return () if treated else (readable(visit.ended_why),)


def _billing(hint: BillingHint | None, clock: LocalClock) -> tuple[str, ...]:
    if hint is None:
        return ()
    codes = ", ".join(f"{line.code} × {line.units}" for line in hint.lines)
    ran = ", ".join(clock.span(since, until) for since, until in hint.intervals)
    return (f"{codes} for {hint.running_min} running minutes ({ran}): a hint, {hint.note}",)
