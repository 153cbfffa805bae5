"""How a person is named where others can read it: surname and initial, or initials alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from infusionroom.domain.board import Who
from infusionroom.domain.patient import Patient
from infusionroom.domain.visit import Visit

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Bidirectional overrides and isolates could reorder what stands beside a name; so could a line separator.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Persian and Indic spelling needs them, nobody sees them, and terminals disagree on their width.
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")


# Letters that no normal form takes apart into a base and a mark.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def readable(text: str) -> str:
    """The text on one line, without anything that could steer a terminal or reorder a screen."""
    return "".join(
        " " if char in "\t\r\n" else REPLACEMENT if unicodedata.category(char) in _UNSAFE else char
        for char in text
        if char not in _JOINERS
    ).strip()


def folded(text: str) -> str:
    """What names are searched by: without case, accents and doubled spaces: “muller” finds Müller, “sor” Sørensen."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())


def who_of(visit: Visit, *, alike: bool = False) -> Who:
    """The visit's person as the board names them; two alike get a mark and more letters of the given name."""
    return _named(visit.id, visit.patient.family, visit.patient.given, alike=alike)


@lru_cache(maxsize=4096)
def _named(visit: str, family: str, given: str, *, alike: bool) -> Who:
    family, given = readable(family), readable(given)
    letters = given[:3] if alike else given[:1]
    return Who(
        visit=visit,
        family=family,
        given=given,
        short=f"{family} {letters}".strip(),
        initials=(given[:1] + family[:1]).upper(),
        alike=alike,
    )


def people(visits: Iterable[Visit]) -> Mapping[str, Who]:
    """How each of these visits' people is named, by visit id, with those who look alike told apart."""
    known = list(visits)
    seen: dict[str, set[tuple[str, str]]] = {}
    for visit in known:
        seen.setdefault(_look(visit), set()).add(_person(visit))
    return {v.id: who_of(v, alike=len(seen[_look(v)]) > 1) for v in known}


def people_on_file(patients: Iterable[Patient], visits: Iterable[Visit] = ()) -> Mapping[str, Who]:
    """How these patients are named, by patient id and without a visit; told apart from who looks alike among
    themselves and these visits' people.
    """
    known = list(patients)
    seen: dict[str, set[str]] = {}
    for patient in known:
        look = look_of(patient.file.family, patient.file.given)
        seen.setdefault(look, set()).add(patient.id)
    for visit in visits:
        seen.setdefault(_look(visit), set()).add(visit.plan.patient_id or visit.id)
    return {
        p.id: _named(
            "",
            p.file.family,
            p.file.given,
            alike=len(seen[look_of(p.file.family, p.file.given)]) > 1,
        )
        for p in known
    }


@lru_cache(maxsize=4096)
def look_of(family: str, given: str) -> str:
    """What one sees of a name at a glance, and two similar names share: the surname's first letters, the initial."""
    return f"{folded(readable(family))[:4]} {folded(readable(given))[:1]}".strip()


def _look(visit: Visit) -> str:
    return look_of(visit.patient.family, visit.patient.given)


def _person(visit: Visit) -> tuple[str, str]:
    patient = visit.patient
    name = f"{patient.family} {patient.given}".casefold()
    return name, patient.record_number or str(patient.birth_date or visit.id)
