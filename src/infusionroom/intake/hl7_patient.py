"""Who a PID segment names: which of several names and which of several numbers is meant."""

from __future__ import annotations

from datetime import date
from typing import Final

from infusionroom.domain.events import Patient
from infusionroom.intake.hl7_message import Segment
from infusionroom.intake.localtime import check_birth_date
from infusionroom.intake.notices import NotUnderstood

# HL7 table 0200: names that are not, or no longer, what a wristband says.
_NOT_THE_NAME: Final = frozenset(("A", "B", "BAD", "M", "N", "NOUSE", "R", "S", "U"))
# HL7 table 0203: a medical record number first; what only the state or a bank knows a person by last.
_NUMBER_ORDER: Final = {
    **dict.fromkeys(("MR", "MRN"), 0),
    **dict.fromkeys(("PI", "PT"), 1),
    **dict.fromkeys(("BA", "BC", "CC", "CY", "DI", "DL", "DS", "MC", "MS", "PN", "PPN", "SS", "TAX"), 3),
}
_OTHER: Final = 2


def patient_of(pid: Segment, on: date, today: date) -> Patient:
    """The person as of the day of the visit (`on`). Raises `NotUnderstood` naming the field of PID."""
    name = _name(pid)
    family = pid.readable(5, 1, name)
    if not family:
        raise pid.problem(5, "the family name is missing")
    if pid.touches_end(6) or (pid.touches_end(7) and len(pid.get(7)) < 8):
        raise pid.problem(
            pid.last_field, "the message ends here, before the birth date and without RGS: it may be cut off"
        )
    born = pid.day(7)
    try:
        check_birth_date(born, today, "PID-7")
    except NotUnderstood as problem:
        raise pid.problem(7, problem.why) from None
    return Patient(
        family=family,
        given=pid.readable(5, 2, name),
        birth_date=born,
        record_number=_record_number(pid, on),
    )


def _name(pid: Segment) -> int:
    """Which repetition of PID-5 is meant: a whole name before half of one, a legal one before any, else the first."""

    def order(n: int) -> tuple[bool, bool, bool]:
        kind = pid.get(5, 7, repetition=n).upper()
        return kind in _NOT_THE_NAME, not pid.get(5, 2, repetition=n), kind != "L"

    named = [n for n in range(1, pid.repetitions(5) + 1) if pid.get(5, 1, repetition=n)]
    return min(named, key=order, default=1)


def _record_number(pid: Segment, on: date) -> str:
    """The first medical record number in PID-3 that has not expired by the day of the visit, else its first id.

    Without PID-3 it is PID-2, then PID-4, which older versions used.
    """
    for field in (3, 2, 4):
        found: list[tuple[bool, int, int, str]] = []
        for repetition in range(1, pid.repetitions(field) + 1):
            number = pid.readable(field, 1, repetition)
            if number:
                order = _NUMBER_ORDER.get(pid.get(field, 5, repetition=repetition).upper(), _OTHER)
                found.append((_expired(pid, field, repetition, on), order, repetition, number))
        if found:
            return min(found)[3]
    return ""


def _expired(pid: Segment, field: int, repetition: int, on: date) -> bool:
    try:
        expires = pid.day(field, 8, repetition)
    except NotUnderstood:
        return False
    return expires is not None and expires < on
