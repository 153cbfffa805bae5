"""The two lines on top: the room, the moment and the counts; the highest alarm, or what is wrong with the store."""

from __future__ import annotations

from datetime import datetime

from infusionroom.domain.board import Alarm, Board
from infusionroom.tui.present.cells import Cell, Line, clean, cut, fit_line, line_width, width_of
from infusionroom.tui.present.marks import ALARM_MARK
from infusionroom.tui.present.people import name_of
from infusionroom.tui.present.times import ago_words, clock_time, day_words, zone


def room_line(board: Board, width: int, *, user: str, nobody: bool = False) -> Line:
    """Room, date and time, how many people stand where, the last start, and who is at the keys.

    Who is goes before the room's name: hands come and go. That `nobody` is, and what to press, is said before
    anything else is.
    """
    moment = board.now.astimezone(zone(board.timezone))
    name = Cell(f" {clean(board.clinic)} ", "room")
    when = Cell(f"  {day_words(moment.date())}  ")
    time_cell = Cell(moment.strftime("%H:%M"), "strong")
    counts = Cell("   " + count_words(board, short=False))
    brief = Cell("   " + count_words(board, short=True))
    last = Cell(
        f"   last start {clock_time(board.last_start, board.timezone)}"
        if _may_start(board)
        else "   no more starts"
    )
    who = Cell(f"   {clean(user)} ", "dim")
    # What matters least is shortened first; the time and the counts stay.
    short_date = day_words(moment.date())[:-5]
    attempts: tuple[Line, ...] = (
        (name, when, time_cell, counts, last, who),
        (name, Cell(f"  {short_date}  "), time_cell, counts, last, who),
        (
            name,
            Cell(f" {short_date[4:]}  "),
            time_cell,
            *(Cell(c.text[1:], c.style) for c in (counts, last, who)),
        ),
        (name, Cell(f"  {short_date}  "), time_cell, brief, last, who),
        (name, Cell("  "), time_cell, brief, last, who),
        (Cell(" "), time_cell, Cell("  " + count_words(board, short=True)), last, who),
        (name, Cell("  "), time_cell, Cell("  " + count_words(board, short=True)), last),
        (Cell(" "), time_cell, Cell("  " + count_words(board, short=True)), last),
    )
    if nobody:
        shortest = (Cell(" "), time_cell, Cell("  " + count_words(board, short=True)), who)
        attempts = (*(attempt for attempt in attempts if who in attempt), shortest)
    line = next((attempt for attempt in attempts if line_width(attempt) <= width), attempts[-1])
    space = width - line_width(line)
    if space > 0 and line[-1].style == who.style:
        line = (*line[:-1], Cell(" " * space), line[-1])
    return fit_line(tuple(Cell(cell.text, f"strip.{cell.style}") for cell in line), width, "strip.text")


def _may_start(board: Board) -> bool:
    return board.now <= board.last_start


def count_words(board: Board, *, short: bool) -> str:
    """`3 infusing  2 recovering  1 ready  4 to come`, leaving out what is zero; `3 inf` and so on when short."""
    counts = board.counts
    words = (
        (counts.waiting, "waiting", "wait"),
        (counts.infusing, "infusing", "inf"),
        (counts.paused, "paused", "paus"),
        (counts.recovering, "recovering", "rec"),
        (counts.ready, "ready", "rdy"),
        (counts.to_come, "to come", "to come"),
        (len(board.carried_over), "of an earlier day", "earlier"),
    )
    said = [f"{number} {brief if short else word}" for number, word, brief in words if number]
    return "  ".join(said) or "nobody here"


def alarm_line(board: Board, width: int, *, lit: bool = True, reverse: bool = False) -> Line:
    """The highest alarm that needs a hand, `1 of n`, and the keys; silenced ones are still counted."""
    if not board.alarms:
        return fit_line((), width, "quiet")
    top = board.alarms[0]
    others = len(board.alarms)
    keys = (
        Cell(f"1 of {others}   " if others > 1 else "", "text"),
        *((Cell("k", "key"), Cell(" acknowledge   ", "word")) if needs_hand(top) else ()),
        Cell("K", "key"),
        Cell(" all alarms ", "word"),
    )
    style = f"{top.priority}.{'reverse' if reverse else 'lit' if lit else 'unlit'}"
    if not needs_hand(top):
        style = "dim"
    room = width - line_width(keys)
    mark = Cell(f" {ALARM_MARK[top.priority]} ", style)
    words = alarm_words(top, board.timezone)
    said = Cell(cut(f" {words}", room - width_of(mark.text) - 1), top.priority if needs_hand(top) else "dim")
    gap = Cell(" " * max(1, room - width_of(mark.text) - width_of(said.text)))
    return fit_line((mark, said, gap, *keys), width)


def needs_hand(alarm: Alarm) -> bool:
    """Whether an alarm still waits for an acknowledgement."""
    return not alarm.silenced


def alarm_words(alarm: Alarm, timezone: str) -> str:
    """`ch 3 Halvorsen K  vitals 11 min late`, with who has seen it."""
    where = f"ch {alarm.chair} " if alarm.chair is not None else ""
    words = f"{where}{name_of(alarm.who)}  {clean(alarm.text)}"
    if alarm.silenced and alarm.acknowledged_by:
        words += f"  (seen by {clean(alarm.acknowledged_by)})"
    if not alarm.active:
        words += "  (over)"
    return words


def out_of_reach_line(since: datetime, read_at: datetime, now: datetime, timezone: str, width: int) -> Line:
    """The banner while the store cannot be reached; the board stays, with its age."""
    age = int((now - read_at).total_seconds())
    lost = f" !! store out of reach since {clock_time(since, timezone)}, board"
    words = f"{lost} is {ago_words(age)} old. Entries are refused until it is back."
    if width_of(words) > width:
        words = f"{lost} {ago_words(age)} old: entries refused"
    return fit_line((Cell(words, "medium.reverse"),), width, "medium.reverse")


def flash_half_period_s(alarms: tuple[Alarm, ...]) -> float | None:
    """Seconds between two changes of a flashing mark: high 2 Hz, medium 0.5 Hz; None where nothing flashes.

    After the meaning of IEC 60601-1-8; low alarms and those somebody has seen are steady.
    """
    waiting = {a.priority for a in alarms if needs_hand(a) and (a.active or a.priority == "high")}
    if "high" in waiting:
        return 0.25
    return 1.0 if "medium" in waiting else None
