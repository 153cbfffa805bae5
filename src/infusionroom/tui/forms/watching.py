"""Forms of watching over a person: vitals, pain, notes, side effects, line checks, adjuncts, bags, alarms seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, get_args

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.domain.news2 import news2
from infusionroom.domain.score_words import pain_word
from infusionroom.domain.vitals import MOAAS, RASS, in_range
from infusionroom.tui.forms.questions import last_sign, last_vitals, record, stated, typed_again
from infusionroom.tui.forms.reading import known_values
from infusionroom.tui.forms.spec import (
    Choice,
    Field,
    FormContext,
    FormSpec,
    Limits,
    LiveLine,
    Suggestion,
    Tone,
    Values,
)
from infusionroom.tui.present.form_words import news2_line
from infusionroom.tui.present.times import clock_time

_SIGNS: Final = ("sbp", "dbp", "hr", "rr", "spo2", "temp_c", "moaas", "rass")
_ACVPU: Final = (
    Choice("a", "A", "alert"),
    Choice("c", "C", "confused"),
    Choice("v", "V", "to voice"),
    Choice("p", "P", "to pain"),
    Choice("u", "U", "unresponsive"),
)
# Letters: there are more kinds than digits.
_UNWANTED: Final = tuple(
    Choice(key, what, what) for key, what in zip("nvdhylaspbio", get_args(ev.SideEffect), strict=True)
)
_GRADES: Final = tuple(Choice(str(n), grade, grade) for n, grade in enumerate(get_args(ev.Severity), 1))
_TONES: Final[dict[str, Tone]] = {"high": "bad", "medium": "warn", "low": "warn"}


def _limits(sign: str) -> Any:
    def limits(context: FormContext) -> Limits:
        plausible = context.rules.plausible
        return Limits(getattr(plausible, f"possible_{sign}"), getattr(plausible, f"likely_{sign}"))

    return limits


def _band(low: int, high: int) -> Any:
    band = Band(Decimal(low), Decimal(high))
    return lambda _: Limits(possible=band)


def _sign(name: str, label: str, unit: str, kind: Any = "integer") -> Field:
    return Field(
        id=name,
        label=label,
        kind=kind,
        unit=unit,
        width=7,
        limits=_limits(name),
        reference=last_sign(name),
    )


def _vitals(values: Values) -> ev.VitalsTaken:
    measured = {name: values[name] for name in _SIGNS if values.get(name) is not None}
    return ev.VitalsTaken(
        **measured,
        acvpu=values.get("acvpu"),
        on_oxygen=bool(values.get("on_oxygen")),
        spo2_scale=values.get("spo2_scale") or 1,
    )


def _vitals_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    if not any(values.get(name) is not None for name in (*_SIGNS, "acvpu")):
        return ()
    taken = _vitals(values)
    lines = []
    baseline = context.visit.baseline() if context.visit and context.visit.infusion else None
    for breach in in_range(taken, baseline, context.rules.limits):
        lines.append(LiveLine(f"{breach.text} ({breach.priority})", _TONES[breach.priority]))
    text, tone = news2_line(news2(taken))
    return (*lines, LiveLine(text, tone))


def _vitals_checked(values: Values, context: FormContext) -> dict[str, str]:
    if not any(values.get(name) is not None for name in (*_SIGNS, "acvpu")):
        return {"sbp": "Enter at least one sign, or leave with Esc."}
    sbp, dbp = values.get("sbp"), values.get("dbp")
    if sbp is not None and dbp is not None and dbp >= sbp:
        return {"dbp": f"Must be below SBP {sbp}."}
    return {}


def _vitals_typed(body: ev.VitalsTaken, context: FormContext) -> dict[str, str]:
    typed = {name: str(getattr(body, name)) for name in _SIGNS if getattr(body, name) is not None}
    return typed | {
        "acvpu": (body.acvpu or "").lower(),
        "on_oxygen": "y" if body.on_oxygen else "n",
        "spo2_scale": str(body.spo2_scale),
    }


def _scale_ordered(context: FormContext) -> str:
    last = last_vitals(context)
    return str(last.spo2_scale) if last else "1"


def _scale_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    lines = []
    if (level := values.get("moaas")) is not None:
        lines.append(LiveLine(f"MOAA/S {level}: {MOAAS[level]}", "dim"))
    if (level := values.get("rass")) is not None:
        lines.append(LiveLine(f"RASS {f'{level:+d}' if level else 0}: {RASS[level]}", "dim"))
    return (*lines, *_vitals_live(values, context))


def _pain(values: Values) -> ev.PainRated:
    unable = bool(values.get("unable"))
    return ev.PainRated(
        nrs=None if unable else values.get("nrs"),
        unable=unable,
        average_24h=values.get("average_24h"),
        worst=values.get("worst"),
        least=values.get("least"),
    )


def _pain_checked(values: Values, context: FormContext) -> dict[str, str]:
    if values.get("nrs") is None and not values.get("unable"):
        return {"nrs": "A whole number from 0 to 10, or say that the person is unable."}
    if values.get("nrs") is not None and values.get("unable"):
        return {"unable": "Either a number, or unable: not both."}
    least, worst = values.get("least"), values.get("worst")
    if least is not None and worst is not None and least > worst:
        return {"least": f"The least cannot be above the worst, {worst}."}
    return {}


def _pain_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    nrs = values.get("nrs")
    if nrs is None or values.get("unable"):
        return ()
    before = context.person.pain_before()
    first = f", before the infusion {before.nrs}" if before and before.nrs is not None else ""
    return (LiveLine(f"{nrs}: {pain_word(nrs)}{first}", "dim"),)


def _last_pain(context: FormContext) -> str:
    pains = context.visit.pains if context.visit else ()
    if not pains:
        return ""
    last = pains[-1].body.nrs
    return "last unable to say" if last is None else f"last {last}"


def _side_effect_checked(values: Values, context: FormContext) -> dict[str, str]:
    if values.get("what") == "other" and not stated(values, "note"):
        return {"note": "Say in words what it was."}
    return {}


def _side_effects_so_far(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    seen = context.visit.side_effects if context.visit else ()
    told = ", ".join(f"{s.body.grade} {s.body.what} at {clock_time(s.at, context.timezone)}" for s in seen)
    return (LiveLine(f"So far: {told}", "dim"),) if told else ()


def _side_effect_typed(body: ev.SideEffectSeen, context: FormContext) -> dict[str, str]:
    return {
        "what": next(choice.key for choice in _UNWANTED if choice.value == body.what),
        "grade": next(choice.key for choice in _GRADES if choice.value == body.grade),
        "note": body.note,
    }


def _rating(name: str, label: str, **more: Any) -> Field:
    return Field(id=name, label=label, kind="integer", width=6, limits=_band(0, 10), **more)


def _patent(values: Values, context: FormContext) -> Suggestion:
    return Suggestion("patent, no redness or swelling", "change it if it is not so")


WATCHING: Final = (
    FormSpec(
        id="vitals",
        title="Vitals",
        kind="vitals_taken",
        fields=(
            _sign("sbp", "SBP", "mmHg"),
            _sign("dbp", "DBP", "mmHg"),
            _sign("hr", "HR", "/min"),
            _sign("rr", "RR", "/min"),
            _sign("spo2", "SpO₂", "%"),
            _sign("temp_c", "Temperature", "°C", "decimal"),
            Field(
                id="moaas",
                label="MOAA/S",
                kind="integer",
                width=7,
                limits=_band(0, 5),
                reference=last_sign("moaas"),
                help="5 readily to name … 0 none",
            ),
            Field(
                id="rass",
                label="RASS",
                kind="integer",
                width=7,
                limits=_band(-5, 4),
                reference=last_sign("rass"),
                help="0 alert and calm",
            ),
            Field(id="acvpu", label="Consciousness", kind="choice", choices=lambda _: _ACVPU),
            Field(id="on_oxygen", label="On oxygen", kind="yes_no", default=lambda _: "n"),
            Field(
                id="spo2_scale",
                label="SpO₂ scale",
                kind="choice",
                choices=lambda _: (Choice("1", 1, "1, usual"), Choice("2", 2, "2, only if ordered")),
                default=_scale_ordered,
            ),
        ),
        check=_vitals_checked,
        live=_scale_live,
        fill=_vitals_typed,
        build=lambda values, context: record(_vitals(values), context),
    ),
    FormSpec(
        id="pain",
        title="Pain",
        kind="pain_rated",
        fields=(
            _rating("nrs", "Pain now", reference=_last_pain),
            Field(
                id="unable",
                label="Unable to say",
                kind="yes_no",
                help="asleep, or cannot",
                default=lambda _: "n",
            ),
            _rating("average_24h", "24 h average"),
            _rating("worst", "Worst"),
            _rating("least", "Least"),
        ),
        check=_pain_checked,
        live=_pain_live,
        fill=lambda body, context: (
            typed_again("nrs", "average_24h", "worst", "least")(body, context)
            | {"unable": "y" if body.unable else "n"}
        ),
        build=lambda values, context: record(_pain(values), context),
    ),
    FormSpec(
        id="note",
        title="Note",
        kind="noted",
        fields=(Field(id="text", label="Note", kind="note", required=True, help="Ctrl+J starts a new line"),),
        fill=typed_again("text"),
        build=lambda values, context: record(ev.Noted(text=values["text"]), context),
    ),
    FormSpec(
        id="side_effect",
        title="Side effect",
        kind="side_effect_seen",
        fields=(
            Field(id="what", label="What", kind="choice", choices=lambda _: _UNWANTED, required=True),
            Field(id="grade", label="At its worst", kind="choice", choices=lambda _: _GRADES, required=True),
            Field(id="note", label="In words", help="needed for other"),
        ),
        check=_side_effect_checked,
        live=_side_effects_so_far,
        fill=_side_effect_typed,
        build=lambda values, context: record(
            ev.SideEffectSeen(what=values["what"], grade=values["grade"], note=stated(values, "note")),
            context,
        ),
    ),
    FormSpec(
        id="line_check",
        title="Line and site check",
        kind="line_checked",
        fields=(Field(id="finding", label="Finding", required=True, suggest=_patent),),
        fill=typed_again("finding"),
        build=lambda values, context: record(ev.LineChecked(finding=values["finding"]), context),
    ),
    FormSpec(
        id="adjunct",
        title="Adjunct given",
        kind="adjunct_given",
        fields=(
            Field(
                id="drug",
                label="Drug",
                required=True,
                width=30,
                names=lambda _: ("ondansetron", "midazolam", "cloNIDine", "LORazepam", "hydrALAZINE"),
            ),
            Field(id="dose", label="Dose", required=True, width=20, help="with its unit: 4 mg"),
            Field(
                id="route", label="Route", width=20, names=lambda _: ("IV", "PO", "IM", "SC", "sublingual")
            ),
            Field(id="why", label="Why"),
        ),
        fill=typed_again("drug", "dose", "route", "why"),
        build=lambda values, context: record(
            ev.AdjunctGiven(
                drug=values["drug"],
                dose=values["dose"],
                route=stated(values, "route"),
                why=stated(values, "why"),
            ),
            context,
        ),
    ),
    FormSpec(
        id="bag",
        title="Bag change",
        kind="bag_changed",
        fields=(
            Field(id="lot", label="Lot", width=24),
            Field(
                id="volume_ml",
                label="Volume",
                kind="decimal",
                unit="mL",
                width=9,
                limits=_band(1, 5000),
            ),
        ),
        fill=typed_again("lot", "volume_ml"),
        build=lambda values, context: record(ev.BagChanged(**known_values(_only(values))), context),
    ),
    FormSpec(
        id="acknowledge",
        title="Alarms seen",
        intro="Silences what is active now for this person, by your name. It hides nothing, and it lapses.",
        build=lambda values, context: cmd.Acknowledge(visit=context.person.id),
        dated=False,
    ),
)


def _only(values: Values) -> dict[str, Any]:
    return {name: values.get(name) for name in ("lot", "volume_ml")}
