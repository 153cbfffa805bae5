"""The chairs pane."""

from __future__ import annotations

from functools import lru_cache

from infusionroom.domain.board import Board, ChairLine
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase
from infusionroom.tui.present.cells import SAID_BEFORE, Cell, Line, Row, clean, fit
from infusionroom.tui.present.frame import chair_key
from infusionroom.tui.present.marks import (
    CHAIR_SIGN,
    CHAIR_WORD,
    PHASE_SIGN,
    PHASE_STYLE,
    PHASE_WORD,
    alarm_mark,
)
from infusionroom.tui.present.people import name_cell, name_of
from infusionroom.tui.present.times import clock_time, h_mm, left_words

CHAIRS_EMPTY = ("No chairs yet.", "The room's settings say how many there are.")

MARK_WIDTH = 3
TIME_WIDTH = 9


def chair_rows(board: Board, width: int) -> tuple[Row, ...]:
    """One row per chair, in `width` cells: number, sign, name, state, its time and the alarm mark."""
    return tuple(_chair_row(line, board.timezone, width) for line in board.chairs)


@lru_cache(maxsize=SAID_BEFORE)
def _chair_row(line: ChairLine, timezone: str, width: int) -> Row:
    number = Cell(f"{line.number:>2} ", "chair")
    room = width - 3 - 2 - MARK_WIDTH
    if line.who is None:
        return Row(chair_key(line.number), (number, *_empty_chair(line, timezone, room)), line.number)
    phase = line.phase or Phase.SEATED
    style = PHASE_STYLE.get(phase, "text")
    time_width = TIME_WIDTH if room >= 30 else 5
    state_width = 11 if room >= 30 else 0
    name_width = max(6, room - state_width - time_width - 2)
    cells: Line = (
        number,
        Cell(PHASE_SIGN[phase] + " ", style),
        name_cell(line.who, name_width),
        Cell(" "),
        *_state(line, phase, state_width, time_width),
        alarm_mark(line.alarm, MARK_WIDTH),
    )
    return Row(line.who.visit, tuple(cell for cell in cells if cell.text), line.number)


def _state(line: ChairLine, phase: Phase, state_width: int, time_width: int) -> Line:
    """The state in a word and the time that matters in it; a pause names its reason."""
    style = PHASE_STYLE.get(phase, "text")
    words, time_style = h_mm(line.elapsed_s), "text"
    if phase is Phase.INFUSING and line.left_s is not None:
        words = left_words(line.left_s)
        time_style = "strong" if line.left_s < 600 else "text"
        if time_width < TIME_WIDTH:
            words = words.removesuffix(" left")
    if not state_width:
        return (Cell(fit(words, time_width), time_style),)
    if line.note:
        said = f"{PHASE_WORD[phase]} {words}  {clean(line.note)}"
        return (Cell(fit(said, state_width + 1 + time_width), style),)
    return (
        Cell(fit(PHASE_WORD[phase], state_width), style),
        Cell(" "),
        Cell(fit(words, time_width), time_style),
    )


def _empty_chair(line: ChairLine, timezone: str, room: int) -> Line:
    if line.state is ChairState.OPEN:
        words = "open"
        if line.next_who is not None and line.next_at is not None:
            at = clock_time(line.next_at, timezone)
            words = f"{fit('open', 11)} next {at} {name_of(line.next_who)}"
        return (Cell(CHAIR_SIGN[line.state] + " ", "dim"), Cell(fit(words, room + MARK_WIDTH), "dim"))
    since = h_mm(line.elapsed_s)
    note = f"{CHAIR_WORD[line.state]} {clean(line.note)}".strip()
    lead = max(6, room - TIME_WIDTH)
    return (
        Cell(CHAIR_SIGN[line.state] + " ", "dim"),
        Cell(fit(note, lead), "dim"),
        Cell(fit(since, room - lead + MARK_WIDTH), "dim"),
    )
