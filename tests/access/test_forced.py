"""What a key may ask for: the board in a terminal, a few answers word by word, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.access.forced import (
    ALLOWED,
    DUMB,
    Answer,
    Board,
    NotServed,
    asked_for,
    sound_term,
    terminal_environment,
    terminal_of,
)

SERVED = [
    "version",
    "status",
    "status --json",
    "summary --date 2026-11-23 --format csv",
    "summary --date 2026-11-23 --format json",
    "summary --date 2028-02-29 --format md",
    "next-day",
    "next-day --date 2026-11-24",
    "next-day --format text",
    "next-day --date 2026-11-24 --format text",
]
NOT_SERVED = [
    "summary",
    "summary --date 2026-11-23",
    "summary --format csv --date 2026-11-23",
    "summary --date 2026-11-23 --format html",
    "summary --date 2026-11-23 --format csv,json",
    "summary --date 2026-11-23 --format csv --output /tmp",
    "summary --date today --format csv",
    "summary --date 2026-02-30 --format csv",
    "summary --date ２０２６-11-23 --format csv",
    "summary --date 2026-11-23  --format csv",
    "summary --date=2026-11-23 --format csv",
    "status --json --at -10",
    "status --schema",
    "status\n",
    "status\n--json",
    " status",
    "status ",
    "STATUS",
    "status;id",
    "status --json # x",
    "next-day --format pdf",
    "next-day --out x",
    "next-day --date 2026-13-01",
    "--version",
    "version --help",
    "access list",
    "do",
    "log",
    "infusionroom status",
    "/bin/sh",
    "internal-sftp",
    "\x1b[31mstatus",
    "status" * 100,
]


@pytest.mark.parametrize("has_terminal", [True, False])
@pytest.mark.parametrize("command", SERVED)
def test_what_is_on_the_list_is_answered(command: str, has_terminal: bool) -> None:
    assert asked_for(command, has_terminal=has_terminal, term="dumb") == Answer(tuple(command.split()))


@pytest.mark.parametrize("has_terminal", [True, False])
@pytest.mark.parametrize("command", NOT_SERVED)
def test_whatever_else_is_told_what_is_on_the_list(command: str, has_terminal: bool) -> None:
    assert asked_for(command, has_terminal=has_terminal, term="xterm") == NotServed(ALLOWED)


def test_a_terminal_without_a_command_gets_the_board() -> None:
    assert asked_for("", has_terminal=True, term="xterm") == Board()
    assert asked_for("", has_terminal=True, term="dumb") == NotServed(DUMB)
    assert asked_for("", has_terminal=False, term="xterm") == NotServed(ALLOWED)


@given(
    st.text(max_size=60) | st.sampled_from(SERVED).flatmap(lambda s: st.text(max_size=3).map(lambda t: s + t))
)
def test_only_what_is_on_the_list_is_ever_answered(command: str) -> None:
    answer = asked_for(command, has_terminal=False, term="xterm")
    if isinstance(answer, Answer):
        assert " ".join(answer.words) == command
        assert re.fullmatch(r"[a-z0-9 -]+", command)
        assert answer.words[0] in {"version", "status", "summary", "next-day"}
    else:
        assert answer == NotServed(ALLOWED)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("xterm-256color", "xterm-256color"),
        ("", "xterm"),
        ("../../etc/terminfo", "etcterminfo"),
        ("\x1b[31m", "31m"),
        ("$(id)", "id"),
        ("x" * 1000, "x" * 64),
        ("日本", "xterm"),
    ],
)
def test_a_terminals_kind_is_a_name_and_nothing_else(sent: str, kept: str) -> None:
    assert sound_term(sent) == kept


def test_a_terminal_that_says_so_has_all_colours() -> None:
    assert terminal_environment("xterm-direct")["COLORTERM"] == "truecolor"
    assert "COLORTERM" not in terminal_environment("xterm-256color")


@pytest.mark.parametrize(
    ("connection", "name"),
    [
        ("10.0.0.7 50022 10.0.0.1 22", "ssh 10.0.0.7 pts/3"),
        ("2001:0db8::1 50022 ::1 22", "ssh 2001:db8::1 pts/3"),
        ("fe80::1%eth0 5 ::1 22", "ssh fe80::1 pts/3"),
        ("", "ssh ? pts/3"),
        ("\x1b[31m 1 2 3", "ssh ? pts/3"),
    ],
)
def test_a_terminal_is_named_by_the_callers_address_and_its_line(connection: str, name: str) -> None:
    assert terminal_of(connection, "pts/3") == name
