"""The flowsheet of a visit: every entry that was ever written, in the order of happening, corrections beside."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.evolve import annulled_by
from infusionroom.domain.journal import Entry
from infusionroom.domain.news2 import news2
from infusionroom.domain.scores import aldrete_total, padss_total
from infusionroom.domain.visit import Visit
from infusionroom.domain.words import entry_word

LATE_S = 60


class FlowLine(msgspec.Struct, frozen=True):
    """One entry as it reads. `at` is when it happened, `late_s` how much later it was recorded.

    `struck` marks what no longer holds: taken back by entry `taken_back_by`, or replaced by `corrected_by`.
    `corrects` is the entry that this one is about.
    """

    entry: Entry
    at: datetime
    recorded_at: datetime
    by: str
    terminal: str
    kind: str
    word: str
    text: str
    struck: bool = False
    taken_back_by: int | None = None
    corrected_by: int | None = None
    corrects: int | None = None
    late_s: int = 0


def flowsheet(visit: Visit) -> tuple[FlowLine, ...]:
    """All entries of the visit, oldest happening first, newest last."""
    annulled = annulled_by(visit.entries)
    corrected = {
        e.body.target: e.id
        for e in visit.entries
        if isinstance(e.body, ev.Corrected) and e.id not in annulled
    }
    lines = [_line(e, annulled, corrected) for e in visit.entries]
    return tuple(sorted(lines, key=lambda line: (line.at, line.entry.id)))


def entry_text(body: ev.Event) -> str:
    """What an entry says, in words and units; its kind is said by `entry_word`."""
    match body:
        case ev.VisitPlanned() | ev.PlanChanged():
            return _plan(body)
        case ev.VitalsTaken():
            return _vitals(body)
        case ev.PainRated():
            return _pain(body)
        case ev.AldreteScored():
            return _total(aldrete_total(body), "of 10")
        case ev.PadssScored():
            return _padss(body)
        case ev.Ordered():
            return _order(body)
        case ev.Corrected():
            return _correction(body)
        case ev.Undone():
            return _joined(f"entry #{body.target}", body.why)
        case ev.InfusionStarted():
            return f"{body.drug} {_rate(body.rate_ml_h, body.concentration_mg_ml)}, {body.duration_min} min"
        case ev.RateChanged():
            change = f"{dose_text(body.from_ml_h)} → {dose_text(body.to_ml_h)} mL/h"
            return _joined(
                change, body.why, body.prescriber, body.reason, body.override_by, body.override_reason
            )
        case ev.BolusGiven():
            amount = f"{dose_text(body.mg)} mg = {dose_text(body.ml)} mL"
            return _joined(amount, body.why, body.reason)
        case ev.SideEffectSeen():
            return _joined(f"{body.grade} {body.what}", body.note)
        case ev.DoubleChecked():
            return f"agrees with order #{body.order}"
        case _:
            return _plain(body)


def _line(entry: Entry, annulled: dict[int, Entry], corrected: dict[int, int]) -> FlowLine:
    body = entry.body
    undone = annulled.get(entry.id)
    late_s = int((entry.recorded_at - entry.happened_at).total_seconds())
    return FlowLine(
        entry=entry,
        at=entry.happened_at,
        recorded_at=entry.recorded_at,
        by=entry.actor,
        terminal=entry.terminal,
        kind=entry.kind,
        word=entry_word(entry.kind),
        text=entry_text(body),
        struck=undone is not None or entry.id in corrected,
        taken_back_by=undone.id if undone else None,
        corrected_by=corrected.get(entry.id),
        corrects=body.target if isinstance(body, ev.Undone | ev.Corrected) else None,
        late_s=late_s if late_s >= LATE_S else 0,
    )


def _joined(*parts: str) -> str:
    return "; ".join(p for p in parts if p)


def _plan(body: ev.VisitPlanned | ev.PlanChanged) -> str:
    plan = body.plan
    day = f"day {plan.course.day} of {plan.course.of}" if plan.course else ""
    why = body.why if isinstance(body, ev.PlanChanged) else ""
    return _joined(f"{plan.start.isoformat(timespec='minutes')}", day, "walk-in" if plan.walk_in else "", why)


def _vitals(v: ev.VitalsTaken) -> str:
    parts = [f"{v.sbp or '–'}/{v.dbp or '–'} mmHg"] if v.sbp is not None or v.dbp is not None else []
    for word, value, unit in (
        ("HR", v.hr, ""),
        ("RR", v.rr, ""),
        ("SpO₂", v.spo2, " %" + (" on O₂" if v.on_oxygen else "")),
        ("T", dose_text(v.temp_c) if v.temp_c is not None else None, " °C"),
        ("MOAA/S", v.moaas, ""),
        ("RASS", f"{v.rass:+d}" if v.rass else v.rass, ""),
    ):
        if value is not None:
            parts.append(f"{word} {value}{unit}")
    total = news2(v).total
    if total is not None:
        parts.append(f"NEWS2 {total}")
    return "  ".join(parts)


def _pain(body: ev.PainRated) -> str:
    now = "unable to say" if body.unable else f"NRS {body.nrs}"
    rest = (("24 h average", body.average_24h), ("worst", body.worst), ("least", body.least))
    return _joined(now, *(f"{word} {value}" for word, value in rest if value is not None))


def _total(total: int | None, of: str) -> str:
    return "incomplete" if total is None else f"{total} {of}"


def _padss(body: ev.PadssScored) -> str:
    nrs = f"NRS {body.nrs}" if body.nrs is not None else ""
    acceptable = "acceptable to the patient" if body.acceptable else ""
    return _joined(_total(padss_total(body), "of 10"), nrs, acceptable)


def _order(body: ev.Ordered) -> str:
    unit = "mg/kg/h" if body.basis == "mg_per_kg_h" else "mg/h"
    step = f"{body.percent} % of the course's target" if body.percent is not None else ""
    cap = f"cap {dose_text(body.cap_mg_h)} mg/h" if body.cap_mg_h is not None else ""
    rate = _rate(body.rate_ml_h, body.concentration_mg_ml)
    return _joined(
        f"{body.drug} {dose_text(body.dose)} {unit}",
        step,
        cap,
        f"{rate} over {body.duration_min} min",
        body.prescriber,
        body.reason,
        body.override_by,
        body.override_reason,
    )


def _rate(ml_h: Decimal, concentration: Decimal) -> str:
    return f"{dose_text(ml_h)} mL/h = {dose_text(ml_h * concentration)} mg/h"


def _correction(body: ev.Corrected) -> str:
    new = entry_text(body.body) if body.body is not None else ""
    moment = f"happened {body.new_happened_at.isoformat(timespec='minutes')}" if body.new_happened_at else ""
    return _joined(f"entry #{body.target}: {new or moment}", moment if new else "", body.why)


def _plain(body: ev.Event) -> str:
    """The fields as they are, for bodies whose fields speak for themselves."""
    parts = []
    for field in body.__struct_fields__:
        value = getattr(body, field)
        if field == "schema" or value in (None, "", (), False):
            continue
        parts.append(_field(field, value))
    return _joined(*parts)


def _field(field: str, value: object) -> str:
    words = field.replace("_", " ")
    if value is True:
        return words
    if isinstance(value, tuple):
        return ", ".join(str(v).replace("_", " ") for v in value)
    if isinstance(value, Decimal):
        return f"{words} {dose_text(value)}"
    if isinstance(value, str):
        return value
    return f"{words} {value}"
