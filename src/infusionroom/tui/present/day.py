"""The day drawn as chairs × time: what was, what is usual, and where now is."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from infusionroom.domain.board import Board, DayBar, Who
from infusionroom.tui.present.cells import SAID_BEFORE, Cell, Line, Row, cut, width_of
from infusionroom.tui.present.frame import chair_key
from infusionroom.tui.present.people import name_of
from infusionroom.tui.present.times import zone

DAY_LEGEND = "█ infusion  ▪ pause  ▓ recovery  ● ready  ▒ to the end  ░ usual recovery  ╎ planned  ┃ now"
DAY_LEGEND_SHORT = "█ infusion ▪ pause ▓ recovery ▒ to end ░ usual recovery ┃ now"
DAY_EMPTY = ("The day's chairs are drawn here once the room is set up.",)
NOW = "┃"
_LABEL = 4

_SIGN: dict[str, tuple[str, str]] = {
    "waiting": ("·", "dim"),
    "infusion": ("█", "day.infusion"),
    "pause": ("▪", "paused"),
    "recovery": ("▓", "day.recovery"),
    "ready": ("●", "ready"),
    "cleaning": ("~", "dim"),
    "out": ("×", "dim"),
    "planned": ("▒", "planned"),
    "forecast": ("░", "day.recovery"),
}


class Span(NamedTuple):
    """The stretch of time that is drawn and how many cells it has."""

    since: datetime
    until: datetime
    cells: int

    def column(self, at: datetime) -> int:
        """The cell that holds `at`; outside the span, the cell just before or after it."""
        whole = (self.until - self.since).total_seconds()
        return int((at - self.since).total_seconds() * self.cells // whole) if whole else 0


def span_of(board: Board, width: int) -> Span:
    """From the hour before opening, or the first bar, to the hour after the last, in `width` cells."""
    moments = [
        board.opens_at,
        board.closes_at,
        *(b.since for b in board.bars),
        *(b.until for b in board.bars),
    ]
    local = zone(board.timezone)
    first = min(moments).astimezone(local).replace(minute=0, second=0, microsecond=0)
    last = max(moments)
    # A stray bar, of somebody carried over, must not squeeze the day into a corner.
    since = max(first, board.opens_at - timedelta(hours=3))
    until = min(max(last, board.closes_at), board.closes_at + timedelta(hours=4))
    whole_hours = -(-(until - since).total_seconds() // 3600)
    return Span(since, since + timedelta(hours=whole_hours), max(1, width - _LABEL))


def day_head(board: Board, width: int) -> Line:
    """The hours, with `┃` where now is."""
    span = span_of(board, width)
    cells = [" "] * span.cells
    local = zone(board.timezone)
    at = span.since
    free = 0
    while at < span.until:
        column = span.column(at)
        if column >= free and column + 2 <= span.cells:
            cells[column : column + 2] = at.astimezone(local).strftime("%H")
            free = column + 4
        at += timedelta(hours=1)
    now = span.column(board.now)
    if not 0 <= now < span.cells:
        return (Cell(" " * _LABEL + "".join(cells), "head"),)
    text = "".join(cells)
    return (Cell(" " * _LABEL + text[:now], "head"), Cell(NOW, "now"), Cell(text[now + 1 :], "head"))


def day_rows(board: Board, width: int) -> tuple[Row, ...]:
    """One row per chair."""
    span = span_of(board, width)
    by_chair: dict[int, list[DayBar]] = {}
    for bar in board.bars:
        by_chair.setdefault(bar.chair, []).append(bar)
    rows = []
    for chair in board.chairs:
        bars = tuple(by_chair.get(chair.number, ()))
        key = chair.who.visit if chair.who else chair_key(chair.number)
        drawn = _drawn(bars, chair.next_who, chair.next_at, span, span.column(board.now))
        rows.append(Row(key, (Cell(f"{chair.number:>3} ", "chair"), *drawn), chair.number))
    return tuple(rows)


@lru_cache(maxsize=SAID_BEFORE)
def _drawn(
    bars: tuple[DayBar, ...],
    next_who: Who | None,
    next_at: datetime | None,
    span: Span,
    now: int,
) -> Line:
    signs: list[tuple[str, str]] = [(" ", "text")] * span.cells
    begun: set[str] = set()
    for bar in bars:
        visit = bar.who.visit if bar.who else ""
        start, end = max(0, span.column(bar.since)), min(span.cells, span.column(bar.until))
        if start >= span.cells or end < 0:
            continue
        end = max(end, start + 1)  # Something short still shows.
        signs[start:end] = [_sign(bar.kind, visit in begun)] * (end - start)
        if bar.kind == "planned" and visit not in begun:
            _label(signs, bar.who, start, end)
        begun.add(visit)
    if next_who is not None and next_at is not None:
        start = span.column(next_at)
        if 0 <= start < span.cells and signs[start][0] == " ":
            _label(signs, next_who, start, span.cells)
    if 0 <= now < span.cells and signs[now][0] in (" ", "▒", "░"):
        signs[now] = (NOW, "now")
    return _runs(signs)


def _sign(kind: str, begun: bool) -> tuple[str, str]:
    """What a stretch is drawn with; the rest of somebody's infusion looks like it, a booking does not."""
    return ("▒", "day.infusion") if kind == "planned" and begun else _SIGN[kind]


def _label(signs: list[tuple[str, str]], who: Who | None, start: int, end: int) -> None:
    """Writes a name where somebody is booked, over nothing but blank and the booking itself."""
    words = cut("╎" + (name_of(who) if who else ""), end - start)
    at = start
    for char in words:
        size = width_of(char)
        if any(sign not in (" ", "▒") for sign, _ in signs[at : at + size]):
            return
        if size == 0:
            signs[at - 1] = (signs[at - 1][0] + char, "planned")
            continue
        # A wide character stands in its first cell and leaves nothing in the second.
        signs[at : at + size] = [(char, "planned"), *[("", "planned")] * (size - 1)]
        at += size


def _runs(signs: list[tuple[str, str]]) -> Line:
    by_style = groupby(signs, key=itemgetter(1))
    return tuple(Cell("".join(char for char, _ in run), style) for style, run in by_style)
