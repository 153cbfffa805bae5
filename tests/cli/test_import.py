"""`infusionroom import`: a stranger's schedule through the command line, and what of it was put aside."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.a_day import ask
from tests.cli.command_line import Desk

HEADER = "appointment_id,family,given,birth_date,record_number,date,start,minutes,status"


@pytest.fixture
def schedule(tmp_path: Path) -> Path:
    path = tmp_path / "monday.csv"
    write(
        path,
        "A-1,Abara,Chidi,1980-01-31,K-1,2026-11-23,09:00,240,planned",
        "A-2,Silva,Ana,1975-07-01,K-2,2026-11-23,10:00,240,planned",
    )
    return path


def write(path: Path, *rows: str) -> None:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")


BROKEN = "A-3,Ward,Kim,1990-02-30,K-3,2026-11-23,11:00,240,planned"


def test_a_schedule_is_shown_first_then_applied_then_changes_nothing(desk: Desk, schedule: Path) -> None:
    looked = desk.ask("import", "--check", str(schedule))
    assert looked.status == 0
    assert looked.out.endswith("Would be: 2 new.\n")
    assert desk.status()["visits"] == []

    applied = desk.ask("import", str(schedule))
    assert (applied.status, applied.err) == (0, "")
    assert applied.out.endswith("Imported: 2 new.\n")
    assert [v["patient"]["family"] for v in desk.status()["visits"]] == ["Abara", "Silva"]
    assert "Abara" not in applied.out

    again = desk.ask("import", str(schedule))
    assert again.out.endswith("Imported: 2 unchanged.\n")


def test_a_cancellation_in_a_later_file_is_followed(desk: Desk, schedule: Path) -> None:
    desk.ask("import", str(schedule))
    write(schedule, "A-2,Silva,Ana,1975-07-01,K-2,2026-11-23,10:00,240,cancelled")

    assert desk.ask("import", str(schedule)).status == 0

    assert [v["phase"] for v in desk.status()["visits"]] == ["planned", "cancelled"]


def test_what_is_not_understood_is_put_aside_and_the_rest_imported(desk: Desk, schedule: Path) -> None:
    with schedule.open("a", encoding="utf-8") as file:
        file.write(BROKEN + "\n")

    answer = desk.ask("import", str(schedule))

    assert answer.status == 1
    assert "1 entry was put aside" in answer.out
    assert len(desk.status()["visits"]) == 2
    listed = desk.ask("import", "--quarantine")
    assert listed.status == 0
    assert "monday.csv, line 4" in listed.out
    assert "Ward" not in listed.out
    (kept,) = desk.ask("import", "--quarantine", "--json").json["quarantine"]
    assert "Ward" in kept["raw"]
    assert kept["received_by"] == "vega"


def test_what_was_put_aside_is_tried_again_or_dropped(desk: Desk, schedule: Path) -> None:
    write(schedule, BROKEN)
    desk.ask("import", str(schedule))

    again = desk.ask("import", "--retry")
    assert again.status == 1
    assert "still put aside" in again.out
    assert desk.ask("import", "--retry", "99").status == 1

    (kept,) = desk.ask("import", "--quarantine", "--json").json["quarantine"]
    assert desk.ask("import", "--dismiss", str(kept["id"])).status == 0
    assert desk.ask("import", "--quarantine").out == "Nothing is put aside.\n"
    assert desk.ask("import", "--retry").status == 0


def test_a_file_that_is_no_schedule_stops_everything(desk: Desk, schedule: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)) * 100)

    answer = desk.ask("import", str(schedule), str(noise))

    assert (answer.status, answer.out) == (1, "")
    assert "noise.csv" in answer.err
    assert answer.err.endswith("Nothing was imported.\n")
    assert desk.status()["visits"] == []


def test_the_answer_as_json_names_appointments(desk: Desk, schedule: Path) -> None:
    answer = desk.ask("import", "--json", "--check", str(schedule)).json

    assert answer["written"] is False
    assert answer["counts"] == {"new": 2}
    assert answer["changes"][0]["appointment"]["filler"] or answer["changes"][0]["appointment"]["placer"]
    refused = desk.ask("import", "--json", "/nowhere.csv")
    assert (refused.status, refused.json["refused"]["file"]) == (1, "nowhere.csv")


def test_the_template_can_be_filled_in_and_imported(desk: Desk, tmp_path: Path) -> None:
    filled = tmp_path / "template.csv"
    template = Desk("sqlite:////nowhere/at/all").ask("import", "--template").out
    filled.write_text(template.replace("# A-1001", "A-1001"), encoding="utf-8")

    assert desk.ask("import", str(filled)).status == 0
    assert desk.visit()["patient"]["family"] == "Example"


def test_somebody_who_is_here_is_not_cancelled_by_a_file(desk: Desk, schedule: Path) -> None:
    desk.ask("import", str(schedule))
    key = "{placer}/{filler}".format(**desk.status()["visits"][0]["appointment"])
    assert desk.do([ask("08:50", "arrive", key)]).status == 0
    write(schedule, "A-1,Abara,Chidi,1980-01-31,K-1,2026-11-23,09:00,240,cancelled")

    answer = desk.ask("import", str(schedule))

    assert answer.status == 1
    assert desk.status()["visits"][0]["phase"] == "arrived"


@pytest.mark.parametrize("words", [(), ("--dismiss",), ("--check", "--retry"), ("--check",)])
def test_what_asks_for_nothing_is_wrong_usage(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.ask("import", *words).status == 2
