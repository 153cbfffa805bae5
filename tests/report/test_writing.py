"""The summary's files: whole, private, in place of the old ones."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.report.days import summary_of
from tests.stories import Story

from infusionroom.report import FORMATS, UnknownFormat, render
from infusionroom.report.writing import SummaryRefused, write


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_format_becomes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "summaries"
    summary = summary_of(Story())
    paths = write(summary, FORMATS, folder)
    assert [path.name for path in paths] == [f"summary-2026-11-23.{each}" for each in FORMATS]
    assert {mode(path) for path in paths} == {0o600}
    assert mode(folder) == 0o700
    for path, each in zip(paths, FORMATS, strict=True):
        assert path.read_bytes() == render(summary, each).encode()
    assert sorted(folder.iterdir()) == sorted(paths)


def test_a_second_summary_takes_the_place_of_the_first(tmp_path: Path) -> None:
    (path,) = write(summary_of(Story(name="Old")), ["md"], tmp_path)
    path.chmod(0o644)
    write(summary_of(Story(name="New")), ["md"], tmp_path)
    assert path.read_text().startswith("# New")
    assert mode(path) == 0o600


def test_a_folder_that_cannot_be_written_is_named_in_a_sentence(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("not a folder")
    with pytest.raises(SummaryRefused, match=r"cannot be written to .*occupied.*Name another folder"):
        write(summary_of(Story()), ["md"], occupied)


def test_a_file_that_cannot_be_replaced_leaves_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "summary-2026-11-23.md").mkdir()
    with pytest.raises(SummaryRefused):
        write(summary_of(Story()), ["md"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["summary-2026-11-23.md"]


def test_a_wrong_format_writes_none_of_the_right_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        write(summary_of(Story()), ["md", "docx"], tmp_path)
    assert list(tmp_path.iterdir()) == []
