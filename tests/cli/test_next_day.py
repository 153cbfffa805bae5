"""`infusionroom next-day`: the list of whoever comes next."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.cli.a_course import booking
from tests.cli.a_day import plan
from tests.cli.command_line import Desk


def test_the_next_day_is_the_first_with_somebody_planned(desk: Desk) -> None:
    answer = desk.do(
        [*booking("2026-11-25T09:00:00-05:00"), plan("Okafor", "Tunde", start="2026-12-01T09:00:00-05:00")]
    )
    assert answer.status == 0, answer.out
    listed = desk.ask("next-day")
    assert (listed.status, listed.err) == (0, "")
    assert listed.out.startswith("Northside: Wednesday 25 November 2026\n")
    assert "Abara, Chidi" in listed.out
    assert "consent missing" in listed.out
    assert "0.5 mg/kg/h (100 % of the target)" in listed.out
    assert "Okafor" not in listed.out


def test_without_anybody_it_is_the_next_working_day(desk: Desk) -> None:
    listed = desk.ask("next-day")
    assert listed.out.startswith("Northside: Tuesday 24 November 2026\n")
    assert "Nobody is planned." in listed.out


@pytest.mark.parametrize(
    ("day", "why"), [("2026-11-26", "it is Thanksgiving"), ("2026-11-28", "it is a Saturday")]
)
def test_a_closed_day_says_why(desk: Desk, day: str, why: str) -> None:
    assert why in desk.ask("next-day", "--date", day).out


def test_today_can_be_asked_for(desk: Desk) -> None:
    assert desk.ask("next-day", "--date", "today").out.startswith("Northside: Monday 23 November 2026\n")


@pytest.mark.parametrize("format", ["text", "html", "pdf"])
def test_each_format_becomes_a_file_that_only_its_owner_reads(
    desk: Desk, tmp_path: Path, format: str
) -> None:
    desk.do(booking("2026-11-25T09:00:00-05:00"))
    path = tmp_path / f"list.{format}"
    answer = desk.ask("next-day", "--format", format, "--out", str(path))
    assert (answer.status, answer.out, answer.err) == (0, f"{path}\n", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    assert first.startswith(b"%PDF") if format == "pdf" else b"Abara, Chidi" in first
    desk.ask("next-day", "--format", format, "--out", str(path))
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--format", "docx"), 2, "the formats are text, html, pdf"),
        (("--date", "someday"), 2, "write a day as"),
        (("--out", "/nowhere/list.txt"), 1, "The list cannot be written to /nowhere/list.txt"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    desk: Desk, words: tuple[str, ...], status: int, said: str
) -> None:
    answer = desk.ask("next-day", *words)
    assert (answer.status, answer.out) == (status, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1
