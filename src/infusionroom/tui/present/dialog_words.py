"""What the small dialogs say: a lost race with both versions and the ways on, and reasons of a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from infusionroom.domain.flowsheet import flowsheet
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Conflict, Reason, Taken
from infusionroom.domain.visit import Visit
from infusionroom.domain.words import entry_word
from infusionroom.tui.present.cells import Cell, Line, clean, fit_line, wrapped
from infusionroom.tui.present.flowsheet import words_of
from infusionroom.tui.present.form_words import key_line
from infusionroom.tui.present.said_entries import entry_words, place_words
from infusionroom.tui.present.times import ago_words, clock_time

SHOWN_OF_THEIRS = 6
Answers = Sequence[tuple[str, str]]


class Lost(NamedTuple):
    """A race that was lost, as the person is told of it.

    `headline` says who did what, from where; `theirs` is what stands now and `mine` what I wanted, under `title`;
    `redo` is what one key does now, empty where there is nothing that it could do; `drop` what Esc means.
    """

    headline: tuple[str, str]
    when: datetime
    theirs: tuple[Line, ...]
    title: str
    mine: tuple[tuple[str, str], ...]
    redo: str = "enter mine after theirs"
    drop: str = "drop mine"
    again: bool = False


def lost_words(
    conflict: Conflict,
    *,
    title: str,
    mine: Answers,
    visit: Visit | None,
    stands: Answers,
    timezone: str,
) -> Lost:
    """A race for the same thing: everything that bears on mine and is new since; `stands` are answers changed."""
    theirs = (*_entries(conflict, visit, timezone), *(_answer(label, text) for label, text in stands))
    said = (f"{clean(conflict.by)} at {clean(conflict.terminal)} entered", entry_word(conflict.what))
    if conflict.same:
        return Lost(
            said, conflict.when, theirs, title, tuple(mine), "enter mine too", "theirs is enough", True
        )
    return Lost(said, conflict.when, theirs, title, tuple(mine))


def lost_place_words(
    taken: Sequence[Taken], *, title: str, mine: Answers, next_place: str, timezone: str
) -> Lost:
    """A place that somebody else was given meanwhile, and the next one like it, where there is one."""
    first = taken[0]
    theirs = tuple(
        (
            Cell(f"  {clock_time(one.when, timezone)}  ", "dim"),
            Cell(clean(f"{one.family}: {_lies(one, timezone)}")),
            Cell(f"  {clean(one.by)} at {clean(one.terminal)}", "dim"),
        )
        for one in taken[:SHOWN_OF_THEIRS]
    )
    said = (f"{clean(first.by)} at {clean(first.terminal)} took", "this place")
    redo = f"take {next_place}" if next_place else ""
    return Lost(said, first.when, theirs, title, tuple(mine), redo, "choose myself")


def _lies(taken: Taken, timezone: str) -> str:
    if taken.start is None:
        return f"chair {taken.chair}" if taken.chair is not None else "a place"
    return place_words(taken.start, taken.chair, timezone)


def lost_lines(lost: Lost, timezone: str, now: datetime | None, width: int) -> tuple[Line, ...]:
    """Who did what from where and when, all that is new since, what I wanted, and the ways on."""
    ago = f", {ago_words(max(0, int((now - lost.when).total_seconds())))} ago" if now is not None else ""
    at = f"at {clock_time(lost.when, timezone)}{ago}"
    head = (Cell(f"{lost.headline[0]} "), Cell(lost.headline[1], "strong"))
    after = "" if lost.again else ", after you had opened this"
    lines: list[Line] = [fit_line(head, width)]
    lines += [(Cell(words),) for words in wrapped(f"{at}{after}. Nothing of yours was written.", width)]
    if lost.again:
        lines.append((Cell("It is the same thing: perhaps it need not stand twice.", "warn"),))
    lines += [(), (Cell("Theirs", "title"),), *(fit_line(line, width) for line in lost.theirs)]
    lines += [(), (Cell(f"Mine: {clean(lost.title)}", "title"),)]
    lines += [fit_line(_answer(label, text), width) for label, text in lost.mine]
    if not lost.mine:
        lines.append((Cell("  nothing to fill in", "dim"),))
    redo = (("r", lost.redo),) if lost.redo else ()
    return (*lines, (), key_line((*redo, ("Esc", lost.drop))))


def _answer(label: str, text: str) -> Line:
    return (Cell(f"  {clean(label):<18}", "dim"), Cell(clean(text)))


def _entries(conflict: Conflict, visit: Visit | None, timezone: str) -> list[Line]:
    by_id = {line.entry.id: line for line in flowsheet(visit)} if visit is not None else {}

    def said(entry: Entry) -> str:
        line = by_id.get(entry.id)
        words = words_of(line, by_id, timezone) if line is not None else entry_words(entry.body, timezone)
        return f"{entry_word(entry.kind)} {clean(words)}".strip()

    new = [(entry.happened_at, said(entry), entry.actor) for entry in conflict.since]
    return [
        (Cell(f"  {clock_time(at, timezone)}  ", "dim"), Cell(words), Cell(f"  {clean(by)}", "dim"))
        for at, words, by in (new or [(conflict.when, entry_word(conflict.what), conflict.by)])[
            -SHOWN_OF_THEIRS:
        ]
    ]


def reason_lines(reasons: Sequence[Reason], width: int) -> tuple[Line, ...]:
    """Every reason, each beginning on a line of its own."""
    lines: list[Line] = []
    for reason in reasons:
        for n, words in enumerate(wrapped(reason.text, width - 2)):
            lines.append((Cell("× " if n == 0 else "  ", "high"), Cell(words)))
    return (*lines, (), key_line((("Esc", "close"),)))
