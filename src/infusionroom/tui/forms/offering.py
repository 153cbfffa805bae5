"""Forms of what the clinic offers: kinds of course, days that are closed or opened, the consent's text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace as with_field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.domain.consent_text import FIRST_CONSENT, ConsentText
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.planned_order import UNITS
from infusionroom.tui.forms.questions import stated
from infusionroom.tui.forms.spec import (
    Choice,
    Field,
    FormContext,
    FormSpec,
    Limits,
    LiveLine,
    Suggestion,
    Values,
)
from infusionroom.tui.present.booking import archetype_words
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.times import day_words, h_mm

_ANOTHER: Final = "another one"
_KEYS: Final = "123456789abcdefgimnopqrstuvwxyz"
_PERCENTS: Final = re.compile(r"[\s,;/%→>-]+")
_AMOUNTS: Final = Limits(possible=Band(Decimal("0.001"), Decimal(1000)))
_MINUTES: Final = Limits(possible=Band(Decimal(15), Decimal(1440)))
BASES: Final = (
    Choice("k", "mg_per_kg_h", UNITS["mg_per_kg_h"]),
    Choice("h", "mg_per_h", UNITS["mg_per_h"]),
)


def basis_key(basis: ev.DoseBasis) -> str:
    """The key that a basis is picked by."""
    return next(choice.key for choice in BASES if choice.value == basis)


def _kinds(context: FormContext) -> tuple[ev.Archetype, ...]:
    clinic = context.room.clinic
    return tuple(clinic.archetypes.values()) if clinic else ()


def kind_choices(kinds: tuple[ev.Archetype, ...]) -> tuple[Choice, ...]:
    """The clinic's kinds of course, each with what it is."""
    return tuple(
        Choice(key, kind.name, clean(kind.name), archetype_words(kind))
        for key, kind in zip(_KEYS, kinds, strict=False)
    )


# ── kinds of course ─────────────────────────────────────────────────────────────────────────────────────────


def _kind_of(values: Values, context: FormContext) -> ev.Archetype | None:
    return next((kind for kind in _kinds(context) if kind.name == values.get("which")), None)


def _now(read: Callable[[ev.Archetype], str]) -> Callable[[Values, FormContext], Suggestion | None]:
    """What the chosen kind of course says now, until somebody types over it."""

    def suggest(values: Values, context: FormContext) -> Suggestion | None:
        kind = _kind_of(values, context)
        return Suggestion(read(kind), "as now") if kind is not None else None

    return suggest


def _optional(value: Decimal | None) -> str:
    return "" if value is None else dose_text(value)


def ramp_of(text: str) -> tuple[int, ...] | None:
    """`50 75 100`, `50/75/100 %` or `50, 75, 100` as per cents of 1 to 100; None for anything else."""
    parts = [part for part in _PERCENTS.split(text.strip()) if part]
    if not parts or not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 100 for part in parts):
        return None
    return tuple(map(int, parts))


def _kind_checked(values: Values, context: FormContext) -> dict[str, str]:
    found = {}
    if ramp_of(values["ramp"]) is None:
        found["ramp"] = "Write the ramp as per cents of the target, day by day: 50 75 100."
    known = [kind.name.casefold() for kind in _kinds(context)]
    if values.get("which") == _ANOTHER and values["name"].casefold() in known:
        found["name"] = f"There is a kind of course “{clean(values['name'])}” already: choose it above."
    return found


def _kind_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    ramp, days = ramp_of(values.get("ramp") or ""), values.get("days")
    if ramp is None or not days:
        return ()
    last = f"day {len(ramp)} and later" if days > len(ramp) else f"day {len(ramp)}"
    steps = [f"day {n} {step} %" for n, step in enumerate(ramp[:-1], 1)]
    words = ", ".join([*steps[:6], *(["…"] if len(steps) > 6 else []), f"{last} {ramp[-1]} %"])
    return (LiveLine(words, "good"), LiveLine("Courses that are booked already keep theirs.", "dim"))


def _kind(values: Values, context: FormContext) -> cmd.Command:
    old = _kind_of(values, context)
    target = ev.Target(
        basis=values["basis"],
        dose=values["dose"],
        cap_mg_h=values.get("cap_mg_h"),
        duration_min=values.get("duration_min"),
        concentration_mg_ml=values.get("concentration_mg_ml"),
        drug=old.target.drug if old is not None else "",
    )
    ramp = ramp_of(values["ramp"])
    assert ramp is not None
    return cmd.SetArchetype(
        archetype=ev.Archetype(
            name=old.name if old is not None else values["name"],
            days=values["days"],
            ramp=ramp,
            chair_min=values["chair_min"],
            target=target,
        )
    )


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────────


def _day_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    day = values.get("day")
    return (LiveLine(day_words(day), "dim"),) if day else ()


_DAY: Final = Field(
    id="day",
    label="Day",
    kind="date",
    required=True,
    width=14,
    help="2026-12-24 or 24 Dec 2026",
    default=lambda context: context.day.isoformat(),
)
_CLOSE_DAY: Final = FormSpec(
    id="close_day",
    title="Close a day",
    intro="What is booked on it stays, and is shown as to be moved.",
    fields=(_DAY, Field(id="why", label="Why", required=True)),
    live=_day_live,
    build=lambda values, context: cmd.CloseDay(day=values["day"], why=values["why"]),
    about_visit=False,
    dated=False,
)
_OPEN_DAY: Final = FormSpec(
    id="open_day",
    title="Open a day",
    intro="The clinic works on this weekday although it is a holiday, or was closed.",
    fields=(_DAY, Field(id="why", label="Why")),
    live=_day_live,
    build=lambda values, context: cmd.OpenDay(day=values["day"], why=stated(values, "why")),
    about_visit=False,
    dated=False,
)


def close_day_form(day: date) -> FormSpec:
    """Closes this day: why is all that is left to say."""
    return _on(_CLOSE_DAY, f"Close {day_words(day)}", day)


def open_day_form(day: date) -> FormSpec:
    """Opens this day."""
    return _on(_OPEN_DAY, f"Open {day_words(day)}", day)


def _on(spec: FormSpec, title: str, day: date) -> FormSpec:
    first, *rest = spec.fields
    filled = with_field(first, default=lambda _: day.isoformat())
    return with_field(spec, title=title, fields=(*rest, filled))


# ── consent ─────────────────────────────────────────────────────────────────────────────────────────────────


def _in_force(context: FormContext) -> ConsentText:
    return context.room.clinic.consent if context.room.clinic else FIRST_CONSENT


def _clause(key: str) -> Callable[[FormContext], str]:
    def text(context: FormContext) -> str:
        clauses = {
            clause.key: clause.text for clause in (*FIRST_CONSENT.clauses, *_in_force(context).clauses)
        }
        return clauses[key]

    return text


_STANDING: Final = {clause.key: clause for clause in FIRST_CONSENT.clauses}


def _consent(values: Values, context: FormContext) -> cmd.Command:
    texts = {"no guarantee": values["guarantee"], "off guideline": values["guideline"]}
    standing = tuple(ev.Clause(key, texts[key], clause.asked_of) for key, clause in _STANDING.items())
    own = tuple(clause for clause in _in_force(context).clauses if clause.key not in _STANDING)
    return cmd.PublishConsent(version=values["version"], text=values["text"], clauses=(*standing, *own))


def _consent_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    own = len(_in_force(context).clauses) - len(_STANDING)
    kept = f" Its {own} other clauses stay." if own > 0 else ""
    return (
        LiveLine(f"In force: version {clean(_in_force(context).version)}.{kept}", "dim"),
        LiveLine("Whoever starts from now on signs the new version, running courses too.", "warn"),
    )


def _amount(id_: str, label: str, unit: str, read: Any, **more: Any) -> Field:
    return Field(
        id=id_,
        label=label,
        kind="decimal",
        unit=unit,
        width=9,
        limits=lambda _: _AMOUNTS,
        suggest=_now(read),
        **more,
    )


def _length(id_: str, label: str, read: Any, **more: Any) -> Field:
    return Field(
        id=id_, label=label, kind="duration", width=9, limits=lambda _: _MINUTES, suggest=_now(read), **more
    )


OFFERING: Final = (
    FormSpec(
        id="course_kind",
        title="Kind of course",
        fields=(
            Field(
                id="which",
                label="Kind of course",
                kind="choice",
                choices=lambda c: (*kind_choices(_kinds(c)), Choice("0", _ANOTHER, _ANOTHER)),
                required=True,
                column=True,
            ),
            Field(
                id="name",
                label="Name",
                required=True,
                width=30,
                shown=lambda values, context: values.get("which") == _ANOTHER,
            ),
            Field(
                id="days",
                label="Days",
                kind="integer",
                width=6,
                required=True,
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(60))),
                suggest=_now(lambda kind: str(kind.days)),
            ),
            Field(
                id="ramp",
                label="Ramp",
                required=True,
                width=24,
                unit="%",
                help="of the target: 50 75 100",
                suggest=_now(lambda kind: " ".join(map(str, kind.ramp))),
            ),
            _length(
                "chair_min",
                "Chair kept for",
                lambda kind: h_mm(kind.chair_min * 60),
                required=True,
                help="the infusion itself, as 4:00",
            ),
            Field(
                id="basis",
                label="Target in",
                kind="choice",
                choices=lambda _: BASES,
                required=True,
                suggest=_now(lambda kind: basis_key(kind.target.basis)),
            ),
            Field(
                id="dose",
                label="Target",
                kind="decimal",
                width=9,
                required=True,
                limits=lambda _: _AMOUNTS,
                unit_of=lambda values, _: UNITS.get(values.get("basis") or "mg_per_kg_h", ""),
                suggest=_now(lambda kind: dose_text(kind.target.dose)),
            ),
            _amount(
                "cap_mg_h",
                "Cap",
                "mg/h",
                lambda kind: _optional(kind.target.cap_mg_h),
                help="nothing for none",
            ),
            _length(
                "duration_min",
                "Over",
                lambda kind: h_mm(kind.target.duration_min * 60) if kind.target.duration_min else "",
                help="nothing: the clinic's usual",
            ),
            _amount(
                "concentration_mg_ml",
                "Concentration",
                "mg/mL",
                lambda kind: _optional(kind.target.concentration_mg_ml),
                help="nothing: the clinic's",
            ),
        ),
        check=_kind_checked,
        live=_kind_live,
        build=_kind,
        about_visit=False,
        dated=False,
        whole=True,
    ),
    FormSpec(
        id="withdraw_kind",
        title="Withdraw a kind of course",
        intro="Nobody books it any more; courses that are booked keep it.",
        fields=(
            Field(
                id="which",
                label="Kind of course",
                kind="choice",
                choices=lambda c: kind_choices(_kinds(c)),
                required=True,
                column=True,
            ),
        ),
        build=lambda values, context: cmd.WithdrawArchetype(name=values["which"]),
        about_visit=False,
        dated=False,
    ),
    _CLOSE_DAY,
    _OPEN_DAY,
    FormSpec(
        id="consent_text",
        title="New version of the consent",
        fields=(
            Field(id="version", label="Version", required=True, width=20, help="a name never used before"),
            Field(id="text", label="Text", kind="note", required=True, default=lambda c: _in_force(c).text),
            Field(
                id="guarantee",
                label="No guarantee",
                kind="note",
                required=True,
                default=_clause("no guarantee"),
            ),
            Field(
                id="guideline",
                label="Off guideline",
                kind="note",
                required=True,
                default=_clause("off guideline"),
            ),
        ),
        live=_consent_live,
        build=_consent,
        about_visit=False,
        dated=False,
        whole=True,
    ),
)
