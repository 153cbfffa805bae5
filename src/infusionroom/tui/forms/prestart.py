"""Forms of the list before the start: identity, consent, weight, responsible adult, IV site, and the list."""

from __future__ import annotations

from datetime import datetime
from typing import Final, get_args

from infusionroom.domain import events as ev
from infusionroom.domain.dose import weight_concerns
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.weight_before import EarlierWeight, weight_before
from infusionroom.tui.forms.questions import record, stated, typed_again
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.present.times import day_words

_IDENTIFIER_LABELS: Final[dict[str, str]] = {
    "name": "name",
    "birth_date": "date of birth",
    "record_number": "record number",
}
_GAUGES: Final = ("20 G", "22 G", "24 G", "18 G")


def _identifiers(context: FormContext) -> tuple[Choice, ...]:
    patient = context.person.patient
    shown = {
        "name": f"{patient.family}, {patient.given}",
        "birth_date": day_words(patient.birth_date)[4:] if patient.birth_date else "not on record",
        "record_number": patient.record_number or "not on record",
    }
    return tuple(
        Choice(str(n), name, _IDENTIFIER_LABELS[name], shown[name])
        for n, name in enumerate(get_args(ev.Identifier), 1)
    )


def _identity_checked(values: Values, context: FormContext) -> dict[str, str]:
    by = set(values.get("by") or ())
    if "name" in by and by & {"birth_date", "record_number"}:
        return {}
    return {
        "by": "Two identifiers: the name, and the date of birth or the record number. A chair never counts."
    }


def _keys_of(by: tuple[str, ...]) -> str:
    names = get_args(ev.Identifier)
    return " ".join(str(names.index(name) + 1) for name in by)


def _weight_limits(context: FormContext) -> Limits:
    plausible = context.rules.plausible
    return Limits(plausible.possible_weight_kg, plausible.likely_weight_kg)


def _last_weight(context: FormContext) -> str:
    """The last weight of this visit, else the one before it with its age: `82.4 kg on 12 Oct 2026, 42 days ago`."""
    weights = context.visit.weights if context.visit else ()
    if weights:
        day = weights[-1].at.astimezone(context.zone).date()
        return f"last {dose_text(weights[-1].body.kg)} on {day.isoformat()}"
    earlier = _earlier(context)
    if earlier is None:
        return ""
    age = earlier.age_days(context.day)
    ago = {0: "today", 1: "yesterday"}.get(age, f"{age} days ago")
    old = ": too old" if age > context.rules.dose.weight_max_age_days else ""
    return f"{dose_text(earlier.kg)} kg on {day_words(earlier.on)[4:]}, {ago}{old}"


def _earlier(context: FormContext) -> EarlierWeight | None:
    if context.visit is None:
        return None
    return weight_before(context.room.background(context.visit), context.day, context.timezone)


def _weight_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    kg = values.get("kg")
    if not kg or kg <= 0:
        return ()
    earlier, weights = _earlier(context), context.person.weights
    previous = weights[-1].body.kg if weights else earlier.kg if earlier else None
    pounds = f"{dose_text(kg)} kg = {float(kg) * 2.20462:.0f} lb"
    at: datetime = values.get("at") or context.now
    concerns = weight_concerns(kg, at, previous, context.now, context.rules.dose)
    return (LiveLine(pounds, "dim"), *(LiveLine(reason.text, "warn") for reason in concerns))


PRESTART: Final = (
    FormSpec(id="prestart", title="Before the start", gate="start"),
    FormSpec(
        id="identify",
        title="Check identity",
        kind="identified",
        intro="Ask the person, or read the wristband; tick what agrees.",
        fields=(
            Field(id="by", label="Agrees", kind="many", choices=_identifiers, column=True, required=True),
        ),
        check=_identity_checked,
        fill=lambda body, context: {"by": _keys_of(body.by)},
        build=lambda values, context: record(ev.Identified(by=values["by"]), context),
    ),
    FormSpec(
        id="weight",
        title="Weight",
        kind="weighed",
        fields=(
            Field(
                id="kg",
                label="Weight",
                kind="decimal",
                unit="kg",
                width=9,
                required=True,
                limits=_weight_limits,
                reference=_last_weight,
            ),
        ),
        live=_weight_live,
        fill=lambda body, context: {"kg": dose_text(body.kg)},
        build=lambda values, context: record(ev.Weighed(kg=values["kg"]), context),
    ),
    FormSpec(
        id="adult",
        title="Responsible adult",
        kind="adult_named",
        intro="Who will take the person home. A ride-share driver is transport, not an escort.",
        fields=(
            Field(id="name", label="Name", required=True, width=34),
            Field(id="phone", label="Phone", width=20),
            Field(id="relation", label="Relation", width=20),
        ),
        fill=typed_again("name", "phone", "relation"),
        build=lambda values, context: record(
            ev.AdultNamed(
                name=values["name"], phone=stated(values, "phone"), relation=stated(values, "relation")
            ),
            context,
        ),
    ),
    FormSpec(
        id="iv",
        title="IV placed",
        kind="iv_placed",
        fields=(
            Field(
                id="site",
                label="Site",
                required=True,
                width=34,
                help="e.g. left forearm",
                names=lambda _: (
                    "left forearm",
                    "left hand",
                    "left antecubital",
                    "right forearm",
                    "right hand",
                    "right antecubital",
                ),
            ),
            Field(
                id="gauge",
                label="Gauge",
                kind="choice",
                choices=lambda _: tuple(Choice(g[:2], g, g) for g in _GAUGES),
            ),
        ),
        fill=lambda body, context: {"site": body.site, "gauge": body.gauge[:2]},
        build=lambda values, context: record(
            ev.IvPlaced(site=values["site"], gauge=stated(values, "gauge")), context
        ),
    ),
)
