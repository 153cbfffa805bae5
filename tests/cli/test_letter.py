"""`infusionroom letter`: drafted from the journal, edited, sealed, and exported for nobody but its owner to read."""

from __future__ import annotations

import hashlib
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.a_course import COURSE, booking, the_day
from tests.cli.command_line import Desk


@pytest.fixture
def after(desk: Desk) -> Desk:
    """The evening after a course of one day that was booked on Friday."""
    friday = Desk(desk.store, at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    for answer in (friday.do(booking()), desk.do(the_day())):
        assert answer.status == 0, [line["reasons"] for line in answer.lines if line["outcome"] != "done"]
    return desk


def test_the_list_says_whose_letter_is_to_be_written(after: Desk) -> None:
    answer = after.ask("letter", "list")
    assert (answer.status, answer.err) == (0, "")
    [head, line] = answer.out.splitlines()
    assert head.split() == ["course", "who", "ended", "letter"]
    assert line.split() == [COURSE, "Abara", "C", "2026-11-23", "none"]


def test_a_draft_is_printed_and_nothing_is_kept(after: Desk) -> None:
    first, second = (after.ask("letter", "draft", COURSE) for _ in range(2))
    assert first == second
    assert first.status == 0
    for words in (
        "To Dr. Obi",
        "Chidi Abara",
        "| 1/1 | 23 Nov 2026 | 28 | 0.4 | 112 |",
        "pain 7 → 3",
        "day 14",
    ):
        assert words in first.out
    shown = after.ask("letter", "show", COURSE)
    assert (shown.status, shown.out) == (1, "")
    assert "No letter is kept yet" in shown.err


def test_from_the_draft_to_the_sealed_file(after: Desk, tmp_path: Path) -> None:
    assert after.ask("letter", "draft", COURSE, "--keep").out == "Kept as version 1, draft.\n"
    edited = after.ask("letter", "show", COURSE).out + "\nThank you for *your* trust.\n"
    wrote = after.ask("letter", "write", COURSE, "--file", "-", stdin=edited.encode())
    assert wrote.out == "Kept as version 1, draft.\n"
    assert after.ask("letter", "show", COURSE).out == edited

    sealed = after.ask("letter", "seal", COURSE, "--version", "1")
    assert hashlib.sha256(edited.encode()).hexdigest() in sealed.out
    assert "version 1, sealed" in after.ask("letter", "list").out

    folder = tmp_path / "letters"
    out = after.ask("letter", "export", COURSE, "--format", "md,html,pdf", "--out", str(folder))
    paths = [Path(line) for line in out.out.splitlines()]
    assert [path.name for path in paths] == [f"letter-{COURSE}-v1.{end}" for end in ("md", "html", "pdf")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert paths[0].read_text(encoding="utf-8") == edited
    assert "<em>your</em>" in paths[1].read_text(encoding="utf-8")
    assert paths[2].read_bytes().startswith(b"%PDF")
    again = paths[2].read_bytes()
    after.ask("letter", "export", COURSE, "--out", str(folder))
    assert paths[2].read_bytes() == again


def test_what_is_written_after_the_seal_is_another_version(after: Desk) -> None:
    after.ask("letter", "write", COURSE, "--file", "-", stdin=b"one")
    after.ask("letter", "seal", COURSE)
    twice = after.ask("letter", "seal", COURSE)
    assert twice.status == 1
    assert "version 1 is sealed" in twice.err
    assert (
        after.ask("letter", "write", COURSE, "--file", "-", stdin=b"two").out == "Kept as version 2, draft.\n"
    )
    assert after.ask("letter", "show", COURSE, "--version", "1").out == "one\n"
    assert after.ask("letter", "show", COURSE).out == "two\n"


def test_a_text_from_another_system_is_kept_without_its_marks_and_line_ends(after: Desk) -> None:
    after.ask("letter", "write", COURSE, "--file", "-", stdin=b"\xef\xbb\xbfone\r\n\r\ntwo\r\n")
    assert after.ask("letter", "show", COURSE).out == "one\n\ntwo\n"


def test_somebody_elses_newer_draft_is_not_sealed_unread(after: Desk) -> None:
    after.ask("letter", "write", COURSE, "--file", "-", stdin=b"one")
    answer = after.ask("letter", "seal", COURSE, "--version", "3")
    assert answer.status == 1
    assert "The last draft is version 1" in answer.err


@pytest.mark.parametrize(
    ("words", "stdin", "status", "said"),
    [
        (("draft", "0" * 16), b"", 1, "There is no course"),
        (("show", COURSE, "--version", "4"), b"", 1, "No letter is kept yet"),
        (("seal", COURSE), b"", 1, "No letter is kept yet"),
        (("write", COURSE, "--file", "-"), b"  \n", 1, "The letter has no text."),
        (("write", COURSE, "--file", "-"), b"\xff\xfe", 1, "is not UTF-8"),
        (("write", COURSE, "--file", "-"), b"x" * 100_001, 1, "shorten it"),
        (("write", COURSE, "--file", "/nowhere/letter.md"), b"", 1, "No such file"),
        (("export", COURSE, "--out", "/dev/null/here"), b"", 1, "No letter is kept yet"),
        (("export", COURSE, "--out", "x", "--format", "docx"), b"", 2, "the formats are md, html, pdf"),
        (("export", COURSE), b"", 2, "--out"),
        ((), b"", 2, "Missing command"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_cannot_be_is_said_in_a_sentence(
    after: Desk, words: tuple[str, ...], stdin: bytes, status: int, said: str
) -> None:
    answer = after.ask("letter", *words, stdin=stdin)
    assert (answer.status, answer.out) == (status, "")
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_folder_that_cannot_be_made_is_named(after: Desk) -> None:
    after.ask("letter", "write", COURSE, "--file", "-", stdin=b"one")
    answer = after.ask("letter", "export", COURSE, "--out", "/dev/null/here")
    assert (answer.status, answer.out) == (1, "")
    assert "/dev/null/here" in answer.err
