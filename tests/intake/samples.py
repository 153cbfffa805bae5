"""Schedules that nobody sent: messages, bundles and rows made up for the importer's tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.intake.paper_room import NOW, ZONE

from infusionroom.intake.notices import Parsed
from infusionroom.intake.schedule import read_bytes

SHARED: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_shared_data: Final = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"needs the real samples in {SHARED}"
)
PAIRS: Final = ("S12", "S13", "S14", "S15", "S16", "S17", "S26")


def real_hl7(trigger: str) -> Path:
    return SHARED / "hl7v2" / f"SIU-{trigger}-01.hl7"


def real_fhir(trigger: str) -> Path:
    return SHARED / "fhir" / f"SIU-{trigger}-01-expected.json"


def siu(
    trigger: str = "S12",
    *,
    ids: str = "A-17|F-17",
    start: str = "202611231430-0500",
    name: str = "Marlowe^Rosa",
    born: str = "19800229",
    sent: str = "202611200900-0500",
    status: str = "Booked",
    charset: str = "",
    number: str = "R-77^^^Northside^MR",
    end: str = "\r",
) -> str:
    """One message of a well-behaved sender, without TQ1; the service lasts four hours."""
    return end.join(
        [
            rf"MSH|^~\&|SCHED|NORTH|ROOM|NORTH|{sent}||SIU^{trigger}^SIU_S12|M1|P|2.5.1||||||{charset}",
            f"SCH|{ids}|||||||||||||||||||||||{status}",
            f"PID|1||{number}||{name}||{born}|F",
            "RGS|1",
            f"AIS|1|A|INF^Infusion|{start}|||4|h",
            "",
        ]
    )


def appointment(**changes: Any) -> dict[str, Any]:
    """A FHIR Appointment of the same visit."""
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": "appt-1",
        "identifier": [
            {"type": {"coding": [{"code": "FILL"}]}, "value": "F-17"},
            {"type": {"coding": [{"code": "PLAC"}]}, "value": "A-17"},
        ],
        "status": "booked",
        "start": "2026-11-23T19:30:00Z",
        "end": "2026-11-23T23:30:00Z",
        "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}],
    }
    return {name: value for name, value in (resource | changes).items() if value is not None}


def patient(**changes: Any) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "R-77"}],
        "name": [{"family": "Marlowe", "given": ["Rosa"]}],
        "birthDate": "1980-02-29",
    }
    return {name: value for name, value in (resource | changes).items() if value is not None}


def bundle(*resources: dict[str, Any], timestamp: str = "2026-11-20T14:00:00Z") -> str:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "timestamp": timestamp, "entry": entries}, indent=1
    )


HEADER: Final = "appointment_id,family,given,birth_date,record_number,date,start,minutes,day,of,status,note"


def rows(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def read(content: str | bytes, zone: str = ZONE) -> Parsed:
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    return read_bytes(data, "day", zone, NOW)


def reasons(parsed: Parsed) -> list[tuple[int, str]]:
    """Line and field of everything set aside."""
    return [(entry.line, entry.field) for entry in parsed.quarantined]
