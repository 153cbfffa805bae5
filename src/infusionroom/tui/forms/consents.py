"""The form of the consent: which version, clause by clause, by what name and on what day."""

from __future__ import annotations

from typing import Any, Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.background import Background
from infusionroom.domain.consent_text import ConsentText
from infusionroom.tui.forms.questions import record
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Values


def _background(context: FormContext) -> Background:
    if context.visit is not None:
        return context.room.background(context.visit)
    consents = context.room.clinic.consents if context.room.clinic else Background().consents
    course = context.course
    return Background(consents, course.patient, course.course) if course else Background(consents)


def _in_force(context: FormContext) -> ConsentText:
    return _background(context).consent(context.now)


def _clauses(context: FormContext) -> tuple[Choice, ...]:
    asked = _background(context).clauses_asked(context.rules.start, context.now)
    return tuple(Choice(str(n), clause.key, clause.key) for n, clause in enumerate(asked, 1))


def _all_acknowledged(values: Values, context: FormContext) -> dict[str, str]:
    said = set(values.get("clauses") or ())
    missing = [choice.value for choice in _clauses(context) if choice.value not in said]
    return (
        {"clauses": f"Each clause is acknowledged by itself; missing: {', '.join(missing)}."}
        if missing
        else {}
    )


def _name(context: FormContext) -> str:
    if context.visit is not None:
        patient: ev.Patient | ev.PatientFile = context.visit.patient
    elif context.course is not None:
        patient = context.course.patient.file
    else:
        return ""
    return f"{patient.given} {patient.family}".strip()


def _what_is_signed(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    background, text = _background(context), _in_force(context)
    for_what = "for the whole course" if background.course is not None else "for this visit"
    said: list[LiveLine] = [LiveLine(f"Version {text.version} of the consent, {for_what}.", "dim")]
    asked = background.clauses_asked(context.rules.start, context.now)
    said += [LiveLine(f"{n}  {clause.text}") for n, clause in enumerate(asked, 1)]
    signed, most = values.get("signed_on"), context.rules.start.consent_max_age_days
    if signed is not None and (age := (context.day - signed).days) > most:
        said.append(LiveLine(f"Signed {age} days ago: consent holds for {most} days. Ask again.", "warn"))
    return tuple(said)


def _consented(values: Values, context: FormContext) -> ev.Consented:
    return ev.Consented(
        signed_on=values["signed_on"],
        text_version=_in_force(context).version,
        clauses=tuple(values["clauses"]),
        name=values["name"],
    )


def _given(values: Values, context: FormContext) -> cmd.Command:
    """For a visit of a course it is the course that keeps the consent, for all its days."""
    course, said = _background(context).course, _consented(values, context)
    if course is None:
        return record(said, context)
    return cmd.AcknowledgeConsent(
        course=course.id,
        version=said.text_version,
        clauses=said.clauses,
        name=said.name,
        signed_on=said.signed_on,
    )


def _typed_again(body: Any, context: FormContext) -> dict[str, str]:
    keys = [choice.value for choice in _clauses(context)]
    ticked = " ".join(str(keys.index(key) + 1) for key in body.clauses if key in keys)
    return {"clauses": ticked, "name": body.name, "signed_on": body.signed_on.isoformat()}


CONSENTS: Final = (
    FormSpec(
        id="consent",
        title="Consent",
        kind="consented",
        intro="The person has read the text, acknowledged each clause, and signed.",
        fields=(
            Field(
                id="clauses",
                label="Acknowledged",
                kind="many",
                choices=_clauses,
                column=True,
                required=True,
            ),
            Field(id="name", label="Signed as", width=40, required=True, default=_name),
            Field(
                id="signed_on",
                label="Signed on",
                kind="date",
                width=14,
                required=True,
                default=lambda context: context.day.isoformat(),
            ),
        ),
        check=_all_acknowledged,
        live=_what_is_signed,
        fill=_typed_again,
        rebuild=lambda values, context, body: _consented(values, context),
        build=_given,
    ),
)
