"""Files of any kind that is read → everything they say, in the order in which it is to be applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from infusionroom.intake.csv_schedule import read_csv
from infusionroom.intake.detect import kind_of, load, text_of
from infusionroom.intake.notices import Notice, Parsed


def read_files(paths: Iterable[Path], timezone: str, now: datetime) -> Parsed:
    """What the files say. `timezone` is the clinic's, `now` aware UTC.

    Raises `FileRefused` for the first file that is not understandable as a whole; nothing is applied then.
    """
    parsed = Parsed()
    for name, data in [load(path) for path in paths]:
        parsed = parsed.and_then(read_bytes(data, name, timezone, now))
    return parsed


def read_bytes(data: bytes, file: str, timezone: str, now: datetime) -> Parsed:
    """What one file's content says. Raises `FileRefused`."""
    zone = ZoneInfo(timezone)
    kind = kind_of(data, file)
    if kind == "hl7":
        from infusionroom.intake.hl7_siu import read_hl7

        return read_hl7(data, file, zone, now)
    text = text_of(data, file)
    if kind == "fhir":
        from infusionroom.intake.fhir_bundle import read_fhir

        return read_fhir(text, file, zone, now)
    return read_csv(text, file, zone, now.astimezone(zone).date())


def in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices as they are to be applied: each appointment's by when its sender wrote them.

    The order of arrival decides where that is unknown or equal: such a notice comes right after the newest
    one that arrived before it. Appointments keep their order among each other.
    """
    by_appointment: dict[str, list[Notice]] = {}
    for notice in notices:
        by_appointment.setdefault(notice.appointment.key, []).append(notice)
    ordered: list[Notice] = []
    for series in by_appointment.values():
        newest: datetime | None = None
        keyed: list[tuple[bool, float, int, Notice]] = []
        for place, notice in enumerate(series):
            if notice.sent_at is not None and (newest is None or notice.sent_at > newest):
                newest = notice.sent_at
            effective = notice.sent_at or newest
            keyed.append((effective is not None, effective.timestamp() if effective else 0.0, place, notice))
        ordered += [notice for *_, notice in sorted(keyed, key=lambda key: key[:3])]
    return tuple(ordered)
