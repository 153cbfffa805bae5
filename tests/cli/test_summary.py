"""`infusionroom summary`: the day on standard output or in files of its own."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.cli.a_day import plan, whole_day
from tests.cli.command_line import Desk


@pytest.mark.parametrize("format", ["json", "csv", "md", "html"])
def test_each_format_goes_to_standard_output_and_the_same_day_gives_the_same_bytes(
    desk: Desk, format: str
) -> None:
    desk.do(whole_day())

    first = desk.ask("summary", "--format", format)

    assert (first.status, first.err) == (0, "")
    assert "Abara" in first.out
    assert desk.ask("summary", "--format", format, "--date", "2026-11-23").out == first.out


def test_a_folder_takes_all_formats_readable_by_their_owner_alone(desk: Desk, tmp_path: Path) -> None:
    desk.do(whole_day())

    answer = desk.ask("summary", "--output", str(tmp_path / "out"))

    paths = [Path(line) for line in answer.out.splitlines()]
    assert [path.suffix for path in paths] == [".json", ".csv", ".md", ".html"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert paths[0].read_text(encoding="utf-8") == desk.ask("summary", "--format", "json").out


def test_another_day_has_a_summary_of_its_own(desk: Desk) -> None:
    desk.do([plan(start="2026-11-24T09:00:00-05:00")])

    assert json.loads(desk.ask("summary", "--format", "json").out)["visits"] == []
    tomorrow = desk.ask("summary", "--format", "json", "--date", "tomorrow")
    assert len(tomorrow.json["visits"]) == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--format", "pdf"), 2),
        (("--format", "csv,md"), 2),
        (("--date", "someday"), 2),
        (("--output", "/dev/null/here"), 1),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(desk: Desk, words: tuple[str, ...], status: int) -> None:
    answer = desk.ask("summary", *words)

    assert (answer.status, answer.out) == (status, "")
    assert answer.err.count("\n") == 1
