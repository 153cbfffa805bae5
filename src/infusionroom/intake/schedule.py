"""Files of any kind that is read → everything they say, in the order in which it is to be applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from infusionroom.intake.csv_schedule import read_csv
from infusionroom.intake.detect import kind_of, load, text_of
from infusionroom.intake.notices import Notice, Parsed, Quarantined

LONGEST_NAME: Final = 200


def read_files(paths: Iterable[Path], timezone: str, now: datetime) -> Parsed:
    """What the files say. `timezone` is the clinic's, `now` aware UTC.

    Raises `FileRefused` for the first file that is not understandable as a whole; nothing is applied then.
    """
    zone = ZoneInfo(timezone)
    loaded = [load(path) for path in paths]
    fhir = [(name, text_of(data, name)) for name, data in loaded if kind_of(data, name) == "fhir"]
    bundles = iter(_read_fhir(fhir, zone, now))
    parsed = Parsed()
    for name, data in loaded:
        read = next(bundles) if kind_of(data, name) == "fhir" else _read(data, name, zone, now)
        parsed = parsed.and_then(_short_enough(read))
    return parsed


def read_bytes(data: bytes, file: str, timezone: str, now: datetime) -> Parsed:
    """What one file's content says. Raises `FileRefused`."""
    return _short_enough(_read(data, file, ZoneInfo(timezone), now))


def _read(data: bytes, file: str, zone: ZoneInfo, now: datetime) -> Parsed:
    kind = kind_of(data, file)
    if kind == "hl7":
        from infusionroom.intake.hl7_siu import read_hl7

        return read_hl7(data, file, zone, now)
    text = text_of(data, file)
    if kind == "fhir":
        return _read_fhir([(file, text)], zone, now)[0]
    return read_csv(text, file, zone, now.astimezone(zone).date())


def _read_fhir(files: list[tuple[str, str]], zone: ZoneInfo, now: datetime) -> list[Parsed]:
    if not files:
        return []
    from infusionroom.intake.fhir_bundle import read_fhir

    return read_fhir(files, zone, now)


def _short_enough(parsed: Parsed) -> Parsed:
    """Sets aside the notices with a name or id longer than anybody has."""
    notices: list[Notice] = []
    aside: list[Quarantined] = []
    for notice in parsed.notices:
        named = {"placer's id": notice.appointment.placer, "filler's id": notice.appointment.filler}
        if notice.plan is not None:
            patient = notice.plan.patient
            named |= {
                "family": patient.family,
                "given": patient.given,
                "record number": patient.record_number,
            }
        too_long = next((field for field, text in named.items() if len(text) > LONGEST_NAME), None)
        if too_long is None:
            notices.append(notice)
        else:
            why = f"this is longer than {LONGEST_NAME} characters"
            aside.append(Quarantined(notice.file, notice.line, too_long, why, notice.raw))
    return Parsed(tuple(notices), parsed.quarantined + tuple(aside), parsed.remarks)


def in_order(notices: Iterable[Notice]) -> tuple[tuple[Notice, datetime | None], ...]:
    """The notices as they are to be applied: each appointment's by when its sender wrote them.

    The order of arrival decides where that is unknown or equal: such a notice comes right after the newest
    one that arrived before it. Beside each notice stands the time it counts from, where that is known.
    Appointments keep their order among each other.
    """
    by_appointment: dict[str, list[Notice]] = {}
    for notice in notices:
        by_appointment.setdefault(notice.appointment.key, []).append(notice)
    ordered: list[tuple[Notice, datetime | None]] = []
    for series in by_appointment.values():
        newest: datetime | None = None
        keyed: list[tuple[float, int, Notice, datetime | None]] = []
        for place, notice in enumerate(series):
            if notice.sent_at is not None and (newest is None or notice.sent_at > newest):
                newest = notice.sent_at
            effective = notice.sent_at or newest
            keyed.append((effective.timestamp() if effective else float("-inf"), place, notice, effective))
        ordered += [(notice, at) for _, _, notice, at in sorted(keyed, key=lambda key: key[:2])]
    return tuple(ordered)
