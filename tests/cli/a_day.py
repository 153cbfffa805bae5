"""One visit from the plan to the door, as lines for `infusionroom do`: Monday, by the room's wall clock."""

from __future__ import annotations

from typing import Any, Final

ABARA: Final = "PL-1/FI-1"


def plan(
    family: str = "Abara",
    given: str = "Chidi",
    placer: str = "PL-1",
    filler: str = "FI-1",
    record: str = "K-1001",
    start: str = "2026-11-23T09:00:00-05:00",
) -> dict[str, Any]:
    patient = {"family": family, "given": given, "birth_date": "1980-01-31", "record_number": record}
    appointment = {"placer": placer, "filler": filler}
    return {
        "command": "plan",
        "plan": {
            "patient": patient,
            "start": start,
            "appointment": appointment,
            "course": {"day": 2, "of": 5},
        },
    }


def fact(at: str, kind: str, visit: str = ABARA, **said: Any) -> dict[str, Any]:
    return {"command": "record", "visit": visit, "at": at, "fact": {"kind": kind, **said}}


def ask(at: str, command: str, visit: str = ABARA, **said: Any) -> dict[str, Any]:
    return {"command": command, "visit": visit, "at": at, **said}


def vitals(at: str, visit: str = ABARA, **odd: Any) -> dict[str, Any]:
    signs = {"sbp": 124, "dbp": 78, "hr": 72, "rr": 14, "spo2": 98, "moaas": 5} | odd
    return fact(at, "vitals_taken", visit, **signs)


def before_the_start() -> list[dict[str, Any]]:
    return [
        plan(),
        ask("08:50", "arrive"),
        ask("08:55", "seat", chair=3),
        fact("08:56", "identified", by=["name", "birth_date"]),
        fact(
            "08:57",
            "consented",
            signed_on="2026-11-20",
            text_version="1",
            clauses=["no guarantee"],
            name="Chidi Abara",
        ),
        fact("08:58", "weighed", kg=70),
        vitals("09:00"),
        fact("09:01", "pain_rated", nrs=7),
        fact("09:02", "adult_named", name="Ada Abara", phone="555-0100"),
        fact("09:03", "iv_placed", site="left forearm"),
        ask("09:05", "order", basis="mg_per_h", dose=28, prescriber="Dr. Osei"),
        {
            **ask("09:08", "double_check", drug="ketamine", concentration_mg_ml=2, rate_ml_h=14),
            "patient": "K-1001",
            "user": "lee",
        },
    ]


def infusion() -> list[dict[str, Any]]:
    """Four hours of running time with a pause of ten minutes: 112 mg."""
    return [
        ask("09:10", "start"),
        ask("10:10", "pause", why="bathroom"),
        ask("10:20", "resume"),
        vitals("10:21", sbp=132),
        ask("13:20", "stop"),
    ]


def way_home() -> list[dict[str, Any]]:
    return [
        vitals("13:25"),
        fact("13:40", "aldrete_scored", activity=2, respiration=2, circulation=2, consciousness=2, spo2=2),
        vitals("14:10"),
        fact("14:12", "padss_scored", vital_signs=2, walking=2, nausea=2, pain=2, bleeding=2, nrs=3),
        fact("14:12", "pain_rated", nrs=3),
        fact("14:13", "orientation_checked", oriented=True),
        fact("14:14", "iv_removed", site_check="clean"),
        fact("14:15", "escort_present", name="Ada Abara"),
        fact("14:16", "instructions_given", phone="555-0199"),
        fact("14:17", "next_visit_arranged", what="tomorrow 09:00"),
        ask("14:18", "sign_off"),
        ask("14:25", "leave", accompanied_by="Ada Abara"),
    ]


def whole_day() -> list[dict[str, Any]]:
    return [*before_the_start(), *infusion(), *way_home()]
