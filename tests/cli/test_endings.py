"""How commands end: by the documented statuses, with one sentence, and never with a traceback."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest
from tests.cli.a_day import plan
from tests.cli.command_line import Desk

from infusionroom import __version__
from infusionroom.__main__ import run
from infusionroom.cli import endings
from infusionroom.cli.endings import guarded
from infusionroom.domain.events import UnreadableEvent

NEEDS_A_ROOM = [
    ("status",),
    ("do",),
    ("log",),
    ("check",),
    ("summary",),
    ("import", "x.csv"),
    ("import", "--retry"),
]


@pytest.fixture
def nowhere(tmp_path: Path) -> Desk:
    """A desk whose store is not there yet."""
    return Desk(f"sqlite:///{tmp_path / 'new.sqlite'}")


def test_a_room_is_set_up_once(nowhere: Desk) -> None:
    first = nowhere.set_up()
    assert (first.status, first.err) == (0, "")
    assert "8 chairs" in first.out

    again = nowhere.set_up()
    assert (again.status, again.out) == (1, "")
    assert "already holds the room “Northside”" in again.err
    assert nowhere.status()["room"]["name"] == "Northside"
    people = [e["body"]["name"] for e in nowhere.ask("log", "--json").lines if e["kind"] == "person_added"]
    assert people == ["vega"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--timezone", "Mars/Olympus"), 1),
        (("--opens", "19:00"), 1),
        (("--chairs", "0"), 1),
        (("--opens", "early"), 2),
        (("--chairs", "many"), 2),
        (("--name", " "), 2),
    ],
)
def test_a_room_that_cannot_be_is_refused_and_leaves_no_store(
    nowhere: Desk, tmp_path: Path, words: tuple[str, str], status: int
) -> None:
    option, value = words
    named = {"--name": "North", "--timezone": "UTC", option: value}

    answer = nowhere.ask("setup", *(word for pair in named.items() for word in pair))

    assert answer.status == status
    assert answer.err
    assert not (tmp_path / "new.sqlite").exists()


@pytest.mark.parametrize("words", NEEDS_A_ROOM, ids=" ".join)
def test_without_a_room_every_command_says_to_set_one_up(
    nowhere: Desk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    answer = nowhere.ask(*words)

    assert (answer.status, answer.out) == (1, "")
    assert "infusionroom setup" in answer.err
    assert not (tmp_path / "new.sqlite").exists()


@pytest.mark.parametrize("words", NEEDS_A_ROOM, ids=" ".join)
def test_an_empty_store_is_no_room_yet(sqlite_url: str, words: tuple[str, ...]) -> None:
    answer = Desk(sqlite_url).ask(*words)

    assert answer.status == 1
    assert "infusionroom setup" in answer.err


@pytest.mark.parametrize(
    "store",
    [
        "sqlite:////nowhere/at/all.sqlite",
        "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1",
        "mysql://here",
        "nonsense",
    ],
)
def test_a_store_out_of_reach_ends_with_3(store: str) -> None:
    for words in (("status",), ("do",), ("check",)):
        answer = Desk(store).ask(*words)

        assert (answer.status, answer.out) == (3, "")
        assert answer.err.count("\n") == 1


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Dr. Osei")

    assert Desk(f"sqlite:///{letter}").ask("status").status == 3
    assert Desk(f"sqlite:///{letter}").set_up().status == 3
    assert letter.read_text() == "Dear Dr. Osei"


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("status", "--fly"),
        ("status", "extra"),
        ("setup",),
        ("log", "--after", "x"),
        ("status", "--user"),
    ],
)
def test_wrong_usage_ends_with_2(desk: Desk, words: tuple[str, ...]) -> None:
    answer = desk.ask(*words)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err


def test_without_a_terminal_there_is_no_board(desk: Desk) -> None:
    for words in ((), ("demo",)):
        answer = desk.ask(*words)

        assert (answer.status, answer.out) == (2, "")
        assert answer.err.count("\n") == 1


def test_store_and_user_may_stand_before_or_after_the_command(desk: Desk) -> None:
    elsewhere = Desk("sqlite:////nowhere/at/all.sqlite", user="lee")

    answer = elsewhere.ask("log", "--json", f"--store={desk.store}", "--user", "kim")

    assert answer.status == 0
    assert desk.do([plan()], "--user=kim").lines[0]["entries"][0]["actor"] == "kim"


def test_a_user_is_a_name(desk: Desk) -> None:
    for name in ("", "  ", "x" * 101, "a\x1b[31m", "a\nb"):
        assert desk.ask("do", "--user", name, stdin=b'{"command":"arrive","visit":"x"}').status == 2


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"infusionroom {__version__}\n"


def test_an_error_in_the_program_shows_a_number_and_no_patient(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail() -> int:
        patient = "Abara"
        raise KeyError(patient)

    assert guarded(fail) == 1

    said = capsys.readouterr().err
    assert "Reference" in said
    log = next((tmp_path / "state").rglob("crash.log")).read_text()
    assert "KeyError" in log
    assert "Abara" not in said + log
    assert "Traceback" not in said


def test_an_entry_of_another_version_is_for_check_to_explain(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise UnreadableEvent("Abara")

    assert guarded(fail) == 3
    assert capsys.readouterr().err.endswith("run “infusionroom check” to see which.\n")


def test_ctrl_c_is_quiet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endings, "_write_no_more", lambda: None)

    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert capsys.readouterr() == ("", "")


def test_a_full_disk_under_the_output_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "_write_no_more", lambda: None)

    def full() -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert guarded(full) == 1
    assert "No space left" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("status",), ("do",), ("import", "--template")])
def test_who_cannot_be_answered_is_refused_before_anything_is_done(
    desk: Desk, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    assert run(["--store", desk.store, *words]) == 1
    assert capsys.readouterr().err == "There is no standard output to answer on.\n"


def test_without_an_input_there_is_nothing_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert run(["--store", desk.store, "--user", "vega", "do"]) == 1
    assert "no standard input" in capsys.readouterr().err


def test_a_number_that_no_journal_reaches_is_wrong_usage(desk: Desk) -> None:
    assert desk.ask("log", "--after", "9" * 30).status == 2
