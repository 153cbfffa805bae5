"""Whether a patient's file can be true, and how it is written down: trimmed, the code in its one spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, TypeVar

from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Plausible
from infusionroom.domain.decide.person import person_problems
from infusionroom.domain.dose_words import plain
from infusionroom.domain.icd import icd_normal, icd_problem
from infusionroom.domain.outcome import Reason
from infusionroom.domain.vitals import implausible_weight

LONGEST_TEXT: Final = 2000
LONGEST_LINE: Final = 200
LONGEST_LIST: Final = 50

Said = TypeVar("Said")


def file_problems(
    file: ev.PatientFile, known: ev.PatientFile | None, today: date, plausible: Plausible
) -> list[Reason]:
    """Why the file cannot be true, or is unlikely and asked once. `today` is the clinic's day.

    Of a file that is `known` already, a weight that stays as it was is not asked about again.
    Contraindications are flags for whoever decides, and never a reason to refuse.
    """
    reasons = [
        *person_problems(file.family, file.given, file.birth_date, today),
        *_too_long(file),
        *_unnamed(file),
    ]
    if file.icd10.strip() and (problem := icd_problem(file.icd10)):
        reasons.append(Reason("icd10", f"Indication: {problem}"))
    if file.no_known_allergies and any(a.strip() for a in file.allergies):
        reasons.append(Reason("allergies", "Allergies: either they are named, or none is known."))
    if file.weight is not None and (known is None or file.weight != known.weight):
        reasons += implausible_weight(file.weight.kg, plausible)
        if file.weight.on > today:
            reasons.append(Reason("weight", "Weight: nobody was weighed in the future; correct the date."))
        elif file.birth_date and file.weight.on < file.birth_date:
            reasons.append(Reason("weight", "Weight: nobody was weighed before birth; correct the date."))
    return reasons


def as_kept(file: ev.PatientFile) -> ev.PatientFile:
    """A sound file as it is written down, so that the same said in another spelling is no change."""
    physician, weight = file.pain_physician, file.weight
    return replace(
        file,
        family=file.family.strip(),
        given=file.given.strip(),
        record_number=file.record_number.strip(),
        weight=replace(weight, kg=plain(weight.kg)) if weight else None,
        allergies=_once(a.strip() for a in file.allergies),
        indication=file.indication.strip(),
        icd10=icd_normal(file.icd10),
        contraindications=_once(file.contraindications),
        pain_physician=ev.PainPhysician(physician.name.strip(), physician.contact.strip())
        if physician
        else None,
        escorts=_once(ev.Contact(e.name.strip(), e.phone.strip(), e.relation.strip()) for e in file.escorts),
        note=file.note.strip(),
    )


def _once(said: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(one for one in said if one != ""))


def _unnamed(file: ev.PatientFile) -> Iterator[Reason]:
    if any(not escort.name.strip() for escort in file.escorts):
        yield Reason("escort", "Escort: a name is needed; leave out who has none.")
    if file.pain_physician is not None and not file.pain_physician.name.strip():
        yield Reason("physician", "Pain physician: a name is needed, or leave the physician out.")


def _too_long(file: ev.PatientFile) -> Iterator[Reason]:
    """What no screen and no letter has room for."""
    physician = file.pain_physician or ev.PainPhysician(name="-")
    lines: dict[str, Iterable[str]] = {
        "Record number": [file.record_number],
        "Code": [file.icd10],
        "Indication": [file.indication],
        "Allergy": file.allergies,
        "Pain physician": [physician.name, physician.contact],
        "Escort": [text for e in file.escorts for text in (e.name, e.phone, e.relation)],
    }
    for name, texts in lines.items():
        if any(len(text) > LONGEST_LINE for text in texts):
            yield Reason("too_long", f"{name}: at most {LONGEST_LINE} characters.")
    if len(file.note) > LONGEST_TEXT:
        yield Reason("too_long", f"Note: at most {LONGEST_TEXT} characters.")
    if max(len(file.allergies), len(file.escorts)) > LONGEST_LIST:
        yield Reason("too_long", f"At most {LONGEST_LIST} allergies and {LONGEST_LIST} escorts.")
