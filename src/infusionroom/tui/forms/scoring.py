"""Forms of the two recovery scores, item by item, with every level in words.

Aldrete 1995 and Chung 1995 as modified by the domain; what follows from the last vitals is suggested and marked
as a suggestion, never entered without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.domain.score_words import ACCEPTABLE_PAIN, ALDRETE, PADSS
from infusionroom.domain.scores import (
    aldrete_gaps,
    aldrete_total,
    padss_pain_consistent,
    padss_total,
    suggest_aldrete_spo2,
    suggest_circulation,
    suggest_padss_pain,
    suggest_padss_vitals,
)
from infusionroom.tui.forms.questions import record
from infusionroom.tui.forms.spec import Field, FormContext, FormSpec, Limits, LiveLine, Suggestion, Values
from infusionroom.tui.present.form_words import total_line
from infusionroom.tui.present.times import clock_time

Suggest = Callable[[Values, FormContext], Suggestion | None]
_SHORT: Final = {"nausea and vomiting": "Nausea, vomiting", "bleeding at the IV site": "IV site bleeding"}
_NRS: Final = Band(Decimal(0), Decimal(10))


# Beyond this a reading says nothing any more of how somebody recovers.
_FRESH: Final = timedelta(minutes=60)


def _vitals_since_start(context: FormContext) -> ev.VitalsTaken | None:
    """The last vitals, if they were taken since the infusion began and not long ago: never the baseline itself."""
    infusion = context.person.infusion
    if infusion is None or not context.person.vitals:
        return None
    last = context.person.vitals[-1]
    fresh = last.at > infusion.started_at and context.now - last.at <= _FRESH
    return last.body if fresh else None


def _suggested(points: int | None, why: str) -> Suggestion | None:
    return None if points is None else Suggestion(str(points), why)


def _circulation(values: Values, context: FormContext) -> Suggestion | None:
    before, now = context.person.baseline(), _vitals_since_start(context)
    if before is None or now is None:
        return None
    return _suggested(suggest_circulation(before.sbp, now.sbp), f"SBP {now.sbp}, baseline {before.sbp}")


def _saturation(values: Values, context: FormContext) -> Suggestion | None:
    now = _vitals_since_start(context)
    if now is None:
        return None
    air = "on oxygen" if now.on_oxygen else "on air"
    return _suggested(suggest_aldrete_spo2(now.spo2, now.on_oxygen), f"SpO₂ {now.spo2} {air}")


def _vital_signs(values: Values, context: FormContext) -> Suggestion | None:
    before, now = context.person.baseline(), _vitals_since_start(context)
    if before is None or now is None:
        return None
    why = f"SBP {now.sbp}, HR {now.hr}; baseline {before.sbp}, {before.hr}"
    return _suggested(suggest_padss_vitals(before, now), why)


def _pain_points(values: Values, context: FormContext) -> Suggestion | None:
    nrs = values.get("nrs")
    if nrs is None:
        return None
    if values.get("acceptable"):
        return Suggestion("2", "acceptable to the patient")
    return _suggested(suggest_padss_pain(nrs), f"NRS {nrs}")


def _items(table: Any, suggestions: dict[str, Suggest]) -> tuple[Field, ...]:
    return tuple(
        Field(
            id=name,
            label=_SHORT.get(item.title) or item.title[0].upper() + item.title[1:],
            kind="score",
            levels=item.levels,
            suggest=suggestions.get(name),
            column=True,
        )
        for name, item in table.items()
    )


def _aldrete(values: Values) -> ev.AldreteScored:
    items: dict[str, Any] = {name: values.get(name) for name in ALDRETE}
    return ev.AldreteScored(**items)


def _padss(values: Values) -> ev.PadssScored:
    items: dict[str, Any] = {name: values.get(name) for name in PADSS}
    return ev.PadssScored(
        **items,
        nrs=values.get("nrs"),
        acceptable=bool(values.get("acceptable")),
    )


def _left(values: Values, table: Any) -> int:
    return sum(values.get(name) is None for name in table)


def _aldrete_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    score, rules = _aldrete(values), context.rules.discharge
    total = aldrete_total(score)
    line = LiveLine(*total_line("Aldrete", total, rules.aldrete_at_least, _left(values, ALDRETE)))
    if total is None:
        return (line,)
    gaps = aldrete_gaps(score, rules)
    return (line, *(LiveLine(f"○ {gap}", "warn") for gap in gaps if "total" not in gap))


def _padss_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    total = padss_total(_padss(values))
    line = total_line("PADSS", total, context.rules.discharge.padss_at_least, _left(values, PADSS))
    return (LiveLine(*line),)


def _baseline_nrs(context: FormContext) -> int | None:
    before = context.person.pain_before()
    return before.nrs if before else None


def _acceptable_arises(values: Values, context: FormContext) -> bool:
    nrs, before = values.get("nrs"), _baseline_nrs(context)
    return nrs is not None and nrs > 3 and before is not None and nrs <= before


def _padss_checked(values: Values, context: FormContext) -> dict[str, str]:
    if values.get("nrs") is None and all(values.get(name) is None for name in PADSS):
        return {"vital_signs": "Score at least one item, or leave with Esc."}
    problem = padss_pain_consistent(_padss(values), _baseline_nrs(context))
    return {"pain": problem.text} if problem else {}


def _aldrete_checked(values: Values, context: FormContext) -> dict[str, str]:
    if all(values.get(name) is None for name in ALDRETE):
        return {"activity": "Score at least one item, or leave with Esc."}
    return {}


def _last_pain(context: FormContext) -> str:
    before = _baseline_nrs(context)
    words = [f"before the infusion {before}"] if before is not None else []
    pains = context.person.pains
    if pains and pains[-1].body.nrs is not None:
        words.append(f"last {pains[-1].body.nrs} at {clock_time(pains[-1].at, context.timezone)}")
    return ", ".join(words)


def _scored(table: Any, *more: str) -> Callable[[Any, FormContext], dict[str, str]]:
    def fill(body: Any, context: FormContext) -> dict[str, str]:
        names = (*table, *more)
        typed = {n: "" if getattr(body, n) is None else str(getattr(body, n)) for n in names}
        if "nrs" in more:
            typed["acceptable"] = "y" if body.acceptable else "n"
        return typed

    return fill


def _padss_fields() -> tuple[Field, ...]:
    items = {field.id: field for field in _items(PADSS, {"vital_signs": _vital_signs, "pain": _pain_points})}
    nrs = Field(
        id="nrs",
        label="Pain now",
        kind="integer",
        width=6,
        limits=lambda _: Limits(possible=_NRS),
        reference=_last_pain,
    )
    acceptable = Field(
        id="acceptable",
        label="Acceptable",
        kind="yes_no",
        help=ACCEPTABLE_PAIN.removeprefix("acceptable "),
        required=True,
        shown=_acceptable_arises,
    )
    first = (items["vital_signs"], items["walking"], items["nausea"])
    return (*first, nrs, acceptable, items["pain"], items["bleeding"])


SCORING: Final = (
    FormSpec(
        id="aldrete",
        title="Aldrete",
        kind="aldrete_scored",
        fields=_items(ALDRETE, {"circulation": _circulation, "spo2": _saturation}),
        check=_aldrete_checked,
        live=_aldrete_live,
        fill=_scored(ALDRETE),
        build=lambda values, context: record(_aldrete(values), context),
    ),
    FormSpec(
        id="padss",
        title="PADSS",
        kind="padss_scored",
        fields=_padss_fields(),
        check=_padss_checked,
        live=_padss_live,
        fill=_scored(PADSS, "nrs"),
        build=lambda values, context: record(_padss(values), context),
    ),
)
