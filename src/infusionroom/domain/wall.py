"""What a screen on the wall may know of the room: a value that has no place for anything else.

Whoever walks past reads it. So it is made of numbers, times and closed sets of words; the only text about a person
is two letters.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final, Literal

import msgspec

from infusionroom.domain.board import Board, ChairLine, Counts, Priority
from infusionroom.domain.names import readable
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase

WallState = Literal["open", "seated", "infusing", "paused", "recovering", "ready", "cleaning", "out"]
TimerKind = Literal["none", "left", "over", "since"]

NO_INITIAL: Final = "–"

_STATES: Final[dict[Phase, WallState]] = {
    Phase.INFUSING: "infusing",
    Phase.PAUSED: "paused",
    Phase.RECOVERING: "recovering",
    Phase.READY: "ready",
}
_EMPTY: Final[dict[ChairState, WallState]] = {
    ChairState.OPEN: "open",
    ChairState.CLEANING: "cleaning",
    ChairState.OUT_OF_SERVICE: "out",
}


class WallChair(msgspec.Struct, frozen=True):
    """One chair. `initials` is empty where nobody sits; `timer_s` is whole seconds, never below zero."""

    number: int
    state: WallState
    initials: str = ""
    timer: TimerKind = "none"
    timer_s: int = 0
    alarm: Priority | None = None


class WallBoard(msgspec.Struct, frozen=True):
    """The room as the wall shows it at `now` (aware UTC). Two people with the same initials have two chairs."""

    now: datetime
    timezone: str
    counts: Counts
    chairs: tuple[WallChair, ...]


def wall_of(board: Board) -> WallBoard:
    """What of a board may hang on the wall."""
    return WallBoard(
        now=board.now,
        timezone=board.timezone,
        counts=board.counts,
        chairs=tuple(_chair(line) for line in board.chairs),
    )


def initials_of(given: str, family: str) -> str:
    """The first letter of each name. A name that is a single letter would be told in full: it gives a dash."""
    return _initial(given) + _initial(family)


def _initial(name: str) -> str:
    letters = [char for char in unicodedata.normalize("NFC", readable(name)) if char.isalpha()]
    if len(letters) < 2:
        return NO_INITIAL
    # A capital may be several letters (ß): the first of them.
    return next((char for char in letters[0].upper() if char.isalpha()), NO_INITIAL)


def _chair(line: ChairLine) -> WallChair:
    if line.who is None:
        state = _EMPTY.get(line.state, "open")
        timed = state == "cleaning"
        return WallChair(
            line.number, state, timer="since" if timed else "none", timer_s=line.elapsed_s if timed else 0
        )
    state = _STATES.get(line.phase, "seated") if line.phase is not None else "seated"
    timer, seconds = _timer(state, line)
    return WallChair(
        number=line.number,
        state=state,
        initials=initials_of(line.who.given, line.who.family),
        timer=timer,
        timer_s=seconds,
        alarm=line.alarm,
    )


def _timer(state: WallState, line: ChairLine) -> tuple[TimerKind, int]:
    if state == "infusing" and line.left_s is not None:
        return ("left", line.left_s) if line.left_s > 0 else ("over", -line.left_s)
    return "since", max(0, line.elapsed_s)
