"""The two gates of a visit: what a start needs, and what keeps a person from going home. Every point is named.

The lists are those of the clinic's reference (two identifiers, ISMP's high-alert double check; for the way home
Aldrete 1995 and Chung 1995 with the clinic's own additions). The program lists; people decide.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from infusionroom.domain import events as ev
from infusionroom.domain.background import Background
from infusionroom.domain.board import Point
from infusionroom.domain.clinic import Rules, VitalLimits
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.scores import aldrete_gaps, aldrete_total, padss_gaps, padss_total
from infusionroom.domain.visit import Body, Stated, Visit
from infusionroom.domain.vitals import Breach, in_range

START_LABELS: Final[dict[str, str]] = {
    "identity": "Two identifiers",
    "consent": "Consent",
    "weight": "Weight",
    "baseline_vitals": "Baseline vitals",
    "baseline_pain": "Baseline pain",
    "responsible_adult": "Responsible adult named",
    "iv_site": "IV site",
    "order": "Order",
    "double_check": "Double check",
}

DISCHARGE_LABELS: Final[dict[str, str]] = {
    "aldrete": "Aldrete",
    "padss": "PADSS",
    "vitals": "Vitals in range twice",
    "moaas": "MOAA/S 5",
    "oriented": "Oriented",
    "minimum_stay": "Minimum stay",
    "iv_out": "IV out, site checked",
    "escort": "Responsible adult present",
    "instructions": "Written instructions",
    "oral_ketamine": "Oral ketamine",
    "next_visit": "Next visit or follow-up",
    "signed": "Nurse's sign-off",
}

Verdict = tuple[bool, str]


def start_points(visit: Visit, background: Background, rules: Rules, at: datetime) -> tuple[Point, ...]:
    """What a start `at` needs, in the order of the work; a point is met by what had happened by then."""
    verdicts: dict[str, Verdict] = {
        "identity": _identity(visit, at),
        "consent": _consent(visit, background, rules, at),
        "weight": _weight(visit, rules, at),
        "baseline_vitals": _baseline_vitals(visit, rules, at),
        "baseline_pain": _baseline_pain(visit, at),
        "responsible_adult": _stated(visit.adult, at, "nobody named", lambda b: b.name),
        "iv_site": _iv(visit, at),
        "order": _order(visit, at),
        "double_check": _double_check(visit, at),
    }
    return tuple(
        _point("start", key, START_LABELS[key], verdict, visit, rules.start.overridable, at)
        for key, verdict in verdicts.items()
    )


def discharge_points(visit: Visit, background: Background, rules: Rules, at: datetime) -> tuple[Point, ...]:
    """What the way home needs `at` a moment; points that do not apply are not needed."""
    verdicts: dict[str, Verdict | None] = {
        "aldrete": _aldrete(visit, rules, at),
        "padss": _padss(visit, rules, at),
        "vitals": _vitals_twice(visit, rules, at),
        "moaas": _moaas(visit, at),
        "oriented": _oriented(visit, at),
        "minimum_stay": _minimum_stay(visit, rules, at),
        "iv_out": _stated(visit.iv_out, at, "not taken out", lambda b: b.site_check),
        "escort": _escort(visit, at),
        "instructions": _stated(visit.instructions, at, "not given", lambda b: b.phone),
        "oral_ketamine": _oral_ketamine(visit, background, at),
        "next_visit": _stated(visit.next_visit, at, "not arranged", lambda b: b.what),
        "signed": _stated(visit.signed_off, at, "not signed", lambda b: "", signed=True),
    }
    return tuple(
        _point("discharge", key, DISCHARGE_LABELS[key], verdict, visit, rules.discharge.overridable, at)
        for key, verdict in verdicts.items()
    )


def _point(
    gate: str,
    key: str,
    label: str,
    verdict: Verdict | None,
    visit: Visit,
    overridable: tuple[str, ...],
    at: datetime,
) -> Point:
    if verdict is None:
        return Point(key, label, met=True, detail="not needed", needed=False)
    by = next(
        (
            o.body.physician
            for o in reversed(visit.overrides)
            if o.body.gate == gate and o.body.point == key and o.at <= at
        ),
        "",
    )
    met, detail = verdict
    return Point(key, label, met, detail, overridable=key in overridable, overridden_by="" if met else by)


def _minutes(seconds: float) -> int:
    return int(seconds // 60)


def _stated(
    stated: Stated[Body] | None,
    at: datetime,
    missing: str,
    detail: Callable[[Body], str],
    *,
    signed: bool = False,
) -> Verdict:
    if stated is None or stated.at > at:
        return False, missing
    return True, stated.by if signed else detail(stated.body)


# ── before the start ────────────────────────────────────────────────────────────────────────────────────────


def _identity(visit: Visit, at: datetime) -> Verdict:
    if visit.identified is None or visit.identified.at > at:
        return False, "not checked"
    by = set(visit.identified.body.by)
    if "name" in by and by & {"birth_date", "record_number"}:
        return True, " and ".join(i.replace("_", " ") for i in visit.identified.body.by)
    return False, "needs the name and the birth date or record number"


def _consent(visit: Visit, background: Background, rules: Rules, at: datetime) -> Verdict:
    given, text = background.acknowledged(visit, at), background.consent(at)
    if given is None:
        return False, "not acknowledged"
    # Before consents had versions only their date was kept.
    before_versions = not given.version and text.since is None
    if given.version != text.version and not before_versions:
        return False, f"version {text.version} is in force, {given.version or 'none'} was signed: ask again"
    asked = background.clauses_asked(rules.start, at)
    if missing := [c.key for c in asked if c.key not in given.clauses and not before_versions]:
        return False, f"not acknowledged: {', '.join(missing)}"
    # It was signed on a day of the clinic's calendar, which is at most half a day behind UTC's.
    age = ((at - timedelta(hours=12)).date() - given.signed_on).days
    if age > rules.start.consent_max_age_days:
        return False, f"signed {age} days ago, at most {rules.start.consent_max_age_days}"
    return True, f"signed {given.signed_on.isoformat()}" + (f", {given.name}" if given.name else "")


def _weight(visit: Visit, rules: Rules, at: datetime) -> Verdict:
    known = [w for w in visit.weights if w.at <= at]
    if not known:
        return False, "not weighed"
    if at - known[-1].at > timedelta(days=rules.dose.weight_max_age_days) and not _meant_though_old(
        visit, known[-1], rules
    ):
        return False, f"older than {rules.dose.weight_max_age_days} days"
    return True, f"{dose_text(known[-1].body.kg)} kg"


def _meant_though_old(visit: Visit, weight: Stated[ev.Weighed], rules: Rules) -> bool:
    """Whether the weight was already too old when it was entered, was asked about for that, and confirmed."""
    entered = next((e.recorded_at for e in visit.entries if e.id == weight.entry), weight.at)
    return weight.body.confirmed and entered - weight.at > timedelta(days=rules.dose.weight_max_age_days)


def _baseline_vitals(visit: Visit, rules: Rules, at: datetime) -> Verdict:
    sets = [s for s in visit.full_sets() if s.at <= at]
    if not sets:
        partial = any(v.at <= at for v in visit.vitals)
        return False, "no full set: pressure, pulse, breathing and SpO₂" if partial else "not taken"
    age_s = (at - sets[-1].at).total_seconds()
    if age_s > rules.vitals.baseline_max_age_min * 60:
        return False, f"{_minutes(age_s)} min old, at most {rules.vitals.baseline_max_age_min}"
    return True, f"{_minutes(age_s)} min old"


def _baseline_pain(visit: Visit, at: datetime) -> Verdict:
    known = [p for p in visit.pains if p.at <= at]
    if not known:
        return False, "not rated"
    return True, "unable to say" if known[-1].body.nrs is None else f"NRS {known[-1].body.nrs}"


def _iv(visit: Visit, at: datetime) -> Verdict:
    out = visit.iv_out is not None and visit.iv_out.at <= at
    if visit.iv is None or visit.iv.at > at or out:
        return False, "no IV in place"
    return True, visit.iv.body.site


def _order(visit: Visit, at: datetime) -> Verdict:
    if visit.order is None or visit.order.at > at:
        return False, "no order"
    order = visit.order.body
    weights = [w.body.kg for w in visit.weights if w.at <= at]
    if order.basis == "mg_per_kg_h" and weights and weights[-1] != order.weight_kg:
        return False, f"ordered for another weight than {dose_text(weights[-1])} kg: order again"
    return True, f"{dose_text(order.rate_ml_h)} mL/h = {dose_text(order.rate_mg_h)} mg/h"


def _double_check(visit: Visit, at: datetime) -> Verdict:
    if visit.double_check is None or visit.double_check.at > at:
        return False, "no second person has checked"
    if visit.order is None or visit.double_check.body.order != visit.order.entry:
        return False, "the order changed since"
    return True, visit.double_check.by


# ── the way home ────────────────────────────────────────────────────────────────────────────────────────────


def _since_stop(visit: Visit, stated: tuple[Stated[Body], ...], at: datetime) -> list[Stated[Body]]:
    stopped = visit.stopped_at
    return [s for s in stated if stopped is not None and stopped <= s.at <= at]


def _aldrete(visit: Visit, rules: Rules, at: datetime) -> Verdict:
    taken = _since_stop(visit, visit.aldretes, at)
    if not taken:
        return False, "not taken"
    score = taken[-1].body
    if gaps := aldrete_gaps(score, rules.discharge):
        return False, "; ".join(gaps)
    return True, str(aldrete_total(score))


def _padss(visit: Visit, rules: Rules, at: datetime) -> Verdict:
    taken = _since_stop(visit, visit.padsses, at)
    if not taken:
        return False, "not taken"
    score = taken[-1].body
    if gaps := padss_gaps(score, rules.discharge):
        return False, "; ".join(gaps)
    return True, str(padss_total(score))


def _vitals_twice(visit: Visit, rules: Rules, at: datetime) -> Verdict:
    sets = _since_stop(visit, visit.full_sets(), at)
    if not sets:
        return False, "no set taken in recovery"
    baseline, last = visit.baseline(), sets[-1]
    age_s = (at - last.at).total_seconds()
    if age_s > rules.vitals.discharge_max_age_min * 60:
        return False, f"{_minutes(age_s)} min old, at most {rules.vitals.discharge_max_age_min}"
    if breaches := _out_of_range(last.body, baseline, rules.limits):
        return False, breaches[0].text
    apart = timedelta(minutes=rules.discharge.vitals_apart_min)
    for earlier in reversed(sets[:-1]):
        if _out_of_range(earlier.body, baseline, rules.limits):
            break
        if last.at - earlier.at >= apart:
            return True, f"{_minutes(age_s)} min old"
    return False, f"one more set in range, {rules.discharge.vitals_apart_min} min apart"


def _out_of_range(v: ev.VitalsTaken, baseline: ev.VitalsTaken | None, limits: VitalLimits) -> list[Breach]:
    """What is out of range for this person: whoever came with a high pressure may leave with it (choice)."""
    came_high = baseline is not None and baseline.sbp is not None and baseline.sbp > limits.sbp_low_above
    breaches = in_range(v, baseline, limits)
    if not came_high or baseline is None or baseline.sbp is None or v.sbp is None:
        return breaches
    within_own = 100 * (v.sbp - baseline.sbp) <= limits.sbp_low_rise_percent * baseline.sbp
    return [b for b in breaches if not (b.sign == "sbp" and b.priority == "low" and within_own)]


def _moaas(visit: Visit, at: datetime) -> Verdict:
    taken = [v for v in _since_stop(visit, visit.vitals, at) if v.body.moaas is not None]
    if not taken:
        return False, "not taken"
    return taken[-1].body.moaas == 5, f"MOAA/S {taken[-1].body.moaas}"


def _oriented(visit: Visit, at: datetime) -> Verdict:
    taken = _since_stop(visit, visit.orientations, at)
    if not taken:
        return False, "not checked"
    return taken[-1].body.oriented, "oriented" if taken[-1].body.oriented else "not oriented"


def _escort(visit: Visit, at: datetime) -> Verdict:
    """Here to take the person home: who brought them in the morning may have gone since."""
    if visit.escort and visit.stopped_at and visit.escort.at < visit.stopped_at:
        return False, "seen before the end of the infusion: are they here now?"
    return _stated(visit.escort, at, "nobody here", lambda b: b.name)


def _minimum_stay(visit: Visit, rules: Rules, at: datetime) -> Verdict | None:
    minimum = rules.discharge.minimum_stay_min
    if not minimum or visit.stopped_at is None:
        return None
    stayed = _minutes((at - visit.stopped_at).total_seconds())
    return stayed >= minimum, f"{stayed} of {minimum} min"


def _oral_ketamine(visit: Visit, background: Background, at: datetime) -> Verdict | None:
    """On the last day of a course, early end included; what was arranged from the course's side counts as well."""
    if not background.last_day(visit):
        return None
    stated, oral = visit.oral_ketamine, background.oral
    if oral is not None and oral.prescribed and oral.taught:
        return True, oral.prescribed_by
    if stated is None or stated.at > at:
        return False, "not taught" if oral is not None and oral.prescribed else "not prescribed"
    return stated.body.taught, stated.body.prescribed_by if stated.body.taught else "not taught"
