"""Forms of a patient's file: register, change, a weight that was told."""

from __future__ import annotations

from dataclasses import replace as with_field
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.icd import icd_normal, icd_problem, icd_text
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
from infusionroom.tui.forms.typed_lists import read_contacts, read_list, written_contacts, written_list
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.patient_file import escort_words
from infusionroom.tui.present.times import day_words

FLAGS: Final[tuple[ev.Contraindication, ...]] = get_args(ev.Contraindication)
_ASKED: Final = (
    Choice("1", "none", "none known"),
    Choice("2", "some", "these:"),
    Choice("0", "unasked", "not asked yet"),
)
_TOO_MANY_BEFORE: Final = 1000


def _file(context: FormContext) -> ev.PatientFile | None:
    return context.history.patient.file if context.history else None


def _known(read: Any) -> Any:
    """The default of a field: what the file has."""

    def default(context: FormContext) -> str:
        file = _file(context)
        value = read(file) if file is not None else None
        return "" if value is None else str(value)

    return default


def _asked(context: FormContext) -> str:
    file = _file(context)
    if file is None:
        return ""
    return "2" if file.allergies else "1" if file.no_known_allergies else "0"


def _ticked(context: FormContext) -> str:
    file = _file(context)
    return " ".join(
        str(n) for n, flag in enumerate(FLAGS, 1) if file is not None and flag in file.contraindications
    )


def _code_words(values: Values, context: FormContext) -> str:
    code = stated(values, "icd10")
    if not code:
        return ""
    return icd_text(code) or ("" if icd_problem(code) else "code taken as it is")


def _from_code(values: Values, context: FormContext) -> Suggestion | None:
    code = stated(values, "icd10")
    said, file = icd_text(code), _file(context)
    # What is on file stays as it is, so that a form that was only looked at changes nothing.
    if said is None or (file is not None and (file.indication or icd_normal(file.icd10) == icd_normal(code))):
        return None
    return Suggestion(said, "what the code means")


def _checked(values: Values, context: FormContext) -> dict[str, str]:
    problems = {}
    code = stated(values, "icd10")
    if code and (problem := icd_problem(code)):
        problems["icd10"] = problem
    if values.get("asked") == "some" and not read_list(stated(values, "allergies")):
        problems["allergies"] = "Name the allergies, or choose none known."
    if bool(values.get("kg")) != bool(values.get("weighed_on")):
        missing = "weighed_on" if values.get("kg") else "kg"
        problems[missing] = "A weight needs both: how much, and on which day."
    if stated(values, "physician_contact") and not stated(values, "physician"):
        problems["physician"] = "Whose address is it? Give the pain physician's name."
    return problems


def _live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    lines = []
    code = stated(values, "icd10")
    if code and (problem := icd_problem(code)):
        lines.append(LiveLine(problem, "warn"))
    allergies = read_list(stated(values, "allergies")) if values.get("asked") == "some" else ()
    if len(allergies) > 1:
        lines.append(LiveLine(f"{len(allergies)} allergies: " + " · ".join(map(clean, allergies)), "dim"))
    if escorts := read_contacts(stated(values, "escorts")):
        lines.append(LiveLine("Escort: " + " · ".join(map(escort_words, escorts)), "dim"))
    return tuple(lines)


def _weight(values: Values) -> ev.WeightOnFile | None:
    kg, on = values.get("kg"), values.get("weighed_on")
    return ev.WeightOnFile(kg=kg, on=on) if kg is not None and on is not None else None


def typed_file(values: Values) -> ev.PatientFile:
    """The file that the answers make."""
    asked = values.get("asked")
    physician = stated(values, "physician")
    return ev.PatientFile(
        family=values["family"],
        given=stated(values, "given"),
        birth_date=values.get("birth_date"),
        record_number=stated(values, "record_number"),
        weight=_weight(values),
        allergies=read_list(stated(values, "allergies")) if asked == "some" else (),
        no_known_allergies=asked == "none",
        indication=stated(values, "indication"),
        icd10=stated(values, "icd10"),
        contraindications=tuple(values.get("flags") or ()),
        pain_physician=ev.PainPhysician(physician, stated(values, "physician_contact"))
        if physician
        else None,
        escorts=read_contacts(stated(values, "escorts")),
        infusions_elsewhere=values.get("elsewhere"),
        note=stated(values, "note"),
    )


def _register(values: Values, context: FormContext) -> cmd.Command:
    return cmd.RegisterPatient(file=typed_file(values))


def _change(values: Values, context: FormContext) -> cmd.Command:
    assert context.history is not None
    return cmd.ChangePatient(
        patient=context.history.patient.id, file=typed_file(values), why=stated(values, "why")
    )


def _weigh(values: Values, context: FormContext) -> cmd.Command:
    assert context.history is not None
    patient = context.history.patient
    weight = ev.WeightOnFile(kg=values["kg"], on=values["weighed_on"])
    return cmd.ChangePatient(patient=patient.id, file=replace(patient.file, weight=weight), why="weight")


def _weight_limits(context: FormContext) -> Limits:
    plausible = context.rules.plausible
    return Limits(plausible.possible_weight_kg, plausible.likely_weight_kg)


def _old_weight(context: FormContext) -> str:
    file = _file(context)
    if file is None or file.weight is None:
        return ""
    return f"on file {dose_text(file.weight.kg)} kg, {day_words(file.weight.on)}"


def _physician_names(context: FormContext) -> tuple[str, ...]:
    known = (p.file.pain_physician for p in context.room.patients.values())
    return tuple(dict.fromkeys(physician.name for physician in known if physician is not None))


def _not_before(values: Values, context: FormContext) -> dict[str, str]:
    on: date | None = values.get("weighed_on")
    return {"weighed_on": "Nobody was weighed in the future."} if on is not None and on > context.day else {}


_FIELDS: Final = (
    Field(id="family", label="Surname", required=True, width=30, default=_known(lambda f: f.family)),
    Field(id="given", label="Given name", width=30, default=_known(lambda f: f.given)),
    Field(
        id="birth_date",
        label="Birth date",
        kind="date",
        help="1971-03-14",
        width=14,
        default=_known(lambda f: f.birth_date),
    ),
    Field(id="record_number", label="Record number", width=20, default=_known(lambda f: f.record_number)),
    Field(
        id="icd10",
        label="ICD-10-CM",
        width=12,
        unit_of=_code_words,
        help="as G90.511",
        default=_known(lambda f: f.icd10),
    ),
    Field(id="indication", label="Indication", default=_known(lambda f: f.indication), suggest=_from_code),
    Field(id="asked", label="Allergies", kind="choice", choices=lambda _: _ASKED, default=_asked),
    Field(
        id="allergies",
        label="Which",
        shown=lambda values, _: values.get("asked") == "some",
        default=_known(lambda f: written_list(f.allergies)),
        help="",
    ),
    Field(
        id="kg",
        label="Weight",
        kind="decimal",
        unit="kg",
        width=10,
        limits=_weight_limits,
        default=_known(lambda f: dose_text(f.weight.kg) if f.weight else None),
    ),
    Field(
        id="weighed_on",
        label="weighed on",
        kind="date",
        width=14,
        help="told or measured outside a visit",
        default=_known(lambda f: f.weight.on if f.weight else None),
    ),
    Field(
        id="flags",
        label="Contraindicated",
        kind="many",
        column=True,
        choices=lambda _: tuple(Choice(str(n), flag, flag) for n, flag in enumerate(FLAGS, 1)),
        default=_ticked,
    ),
    Field(
        id="physician",
        label="Pain physician",
        width=34,
        names=_physician_names,
        default=_known(lambda f: f.pain_physician.name if f.pain_physician else None),
    ),
    Field(
        id="physician_contact",
        label="reached by",
        default=_known(lambda f: f.pain_physician.contact if f.pain_physician else None),
    ),
    Field(id="escorts", label="Escorts", default=_known(lambda f: written_contacts(f.escorts))),
    Field(
        id="elsewhere",
        label="Infusions before",
        kind="integer",
        width=6,
        help="elsewhere; 0 for none, nothing where nobody asked",
        limits=lambda _: Limits(possible=Band(Decimal(0), Decimal(_TOO_MANY_BEFORE))),
        default=_known(lambda f: f.infusions_elsewhere),
    ),
    Field(id="note", label="Note", default=_known(lambda f: f.note)),
)
_INTRO: Final = (
    "Lists are typed with semicolons: latex; penicillin. Escorts: Sam Doe (son), 555-0100; Kim Lee, 555-0199."
)


def register_form(typed: str, known: ev.Patient | None = None) -> FormSpec:
    """The form of a new file, begun with what was typed (`surname`, `surname, given`) or what a schedule says."""
    family, _, given = typed.partition(",")
    begun = {
        "family": known.family if known else family.strip() if not any(map(str.isdigit, family)) else "",
        "given": known.given if known else given.strip(),
        "birth_date": str(known.birth_date or "") if known else "",
        "record_number": known.record_number if known else "",
    }

    def filled(field: Field) -> Field:
        text = begun.get(field.id, "")
        return with_field(field, default=lambda _: text) if text else field

    return with_field(PATIENTS[0], fields=tuple(map(filled, _FIELDS)))


PATIENTS: Final = (
    FormSpec(
        id="register",
        title="Register a patient",
        fields=_FIELDS,
        intro=_INTRO,
        check=lambda values, context: _checked(values, context) | _not_before(values, context),
        live=_live,
        build=_register,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="change_patient",
        title="Change the file",
        fields=(*_FIELDS, Field(id="why", label="Why")),
        intro=_INTRO,
        check=lambda values, context: _checked(values, context) | _not_before(values, context),
        live=_live,
        build=_change,
        about_visit=False,
        dated=False,
        whole=True,
    ),
    FormSpec(
        id="weight_on_file",
        title="Weight on file",
        intro="Told on the phone or measured elsewhere. What is measured on a visit is entered there.",
        fields=(
            Field(
                id="kg",
                label="Weight",
                kind="decimal",
                unit="kg",
                width=10,
                required=True,
                limits=_weight_limits,
                reference=_old_weight,
            ),
            Field(
                id="weighed_on",
                label="weighed on",
                kind="date",
                width=14,
                required=True,
                default=lambda context: context.day.isoformat(),
            ),
        ),
        check=_not_before,
        build=_weigh,
        about_visit=False,
        dated=False,
        whole=True,
    ),
)
