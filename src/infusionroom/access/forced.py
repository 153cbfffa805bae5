"""What somebody with a key may ask for: the board in a terminal, or one of a few answers, word by word.

Pure, and light: it is on the way to the first paint.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

LONGEST_COMMAND: Final = 200
ALLOWED: Final = (
    "With a terminal this key shows the board; without one it answers “summary --date YYYY-MM-DD --format csv” "
    "(or json, md), “status”, “status --json”, “next-day” (--date YYYY-MM-DD, --format text) and “version”, "
    "and nothing else."
)
DUMB: Final = "This terminal cannot show a board (TERM is “dumb”): use another, or ask for “status”."
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_GRAMMAR: Final = re.compile(
    rf"version|status(?: --json)?|summary --date (?P<summary>{_DAY}) --format (?:csv|json|md)"
    rf"|next-day(?: --date (?P<next>{_DAY}))?(?: --format text)?"
)
_NO_TERM: Final = re.compile(r"[^A-Za-z0-9._+-]")
_DUMB: Final = frozenset({"dumb", "unknown"})
LONGEST_TERM: Final = 64
USUAL_TERM: Final = "xterm"


class Board(NamedTuple):
    """The live board, in the caller's terminal."""


class Answer(NamedTuple):
    """One command of the program's own, as its words."""

    words: tuple[str, ...]


class NotServed(NamedTuple):
    """What the caller is told; nothing of what they sent is in it."""

    sentence: str


def asked_for(original: str, *, has_terminal: bool, term: str) -> Board | Answer | NotServed:
    """What the caller gets who sent `original` (empty: no command)."""
    if not original:
        if not has_terminal:
            return NotServed(ALLOWED)
        return NotServed(DUMB) if term in _DUMB else Board()
    found = _GRAMMAR.fullmatch(original) if len(original) <= LONGEST_COMMAND else None
    if found is None or not all(_is_day(day) for day in found.groups() if day is not None):
        return NotServed(ALLOWED)
    return Answer(tuple(original.split(" ")))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def sound_term(term: str) -> str:
    """A TERM that is a name and nothing else; whoever names none is believed to have the usual kind."""
    return _NO_TERM.sub("", term)[:LONGEST_TERM].strip(".") or USUAL_TERM


def terminal_environment(term: str) -> Mapping[str, str]:
    """What the screen may know about the caller's terminal. SSH does not carry COLORTERM; TERM can say as much."""
    return {"TERM": term, "COLORTERM": "truecolor"} if term.endswith("-direct") else {"TERM": term}


def terminal_of(connection: str, line: str) -> str:
    """`ssh 10.0.0.7 pts/3`: the caller's address as sshd tells it in SSH_CONNECTION, and the line here."""
    words = connection.split(" ")
    try:
        address = str(ipaddress.ip_address(words[0].partition("%")[0]))
    except ValueError:
        address = "?"
    return f"ssh {address} {line}"
