"""What the small dialogs say: a conflict with both versions, and reasons of a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from infusionroom.domain.flowsheet import flowsheet
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Conflict, Reason
from infusionroom.domain.visit import Visit
from infusionroom.domain.words import entry_word
from infusionroom.tui.present.cells import Cell, Line, clean, fit_line, wrapped
from infusionroom.tui.present.flowsheet import words_of
from infusionroom.tui.present.form_words import key_line
from infusionroom.tui.present.times import clock_time

SHOWN_OF_THEIRS = 6


class Theirs(NamedTuple):
    """What others made of it: the visit as it stands, or newer entries of another stream, and answers changed."""

    visit: Visit | None = None
    newer: tuple[Entry, ...] = ()
    stands: tuple[tuple[str, str], ...] = ()


def conflict_lines(
    conflict: Conflict,
    title: str,
    mine: Sequence[tuple[str, str]],
    theirs: Theirs,
    timezone: str,
    width: int,
) -> tuple[Line, ...]:
    """Who entered what from where and when, all that is new since, what I wanted to enter, and the two ways on."""
    at = clock_time(conflict.when, timezone)
    what = entry_word(conflict.what)
    lines: list[Line] = [
        (
            Cell(clean(conflict.by), "strong"),
            Cell(f" at {clean(conflict.terminal)} entered "),
            Cell(what, "strong"),
        ),
        (Cell(f"at {at}, after this form was opened. Nothing of yours was written."),),
        (),
        (Cell("Theirs", "title"),),
        *_theirs(conflict, theirs, timezone, width),
        *(_answer(label, text, width) for label, text in theirs.stands),
        (),
        (Cell(f"Mine: {title}", "title"),),
    ]
    for label, text in mine:
        lines.append(_answer(label, text, width))
    if not mine:
        lines.append((Cell("  nothing to fill in", "dim"),))
    lines += [(), key_line((("r", "enter mine after theirs"), ("Esc", "drop mine")))]
    return tuple(lines)


def _answer(label: str, text: str, width: int) -> Line:
    return fit_line((Cell(f"  {clean(label):<18}", "dim"), Cell(clean(text))), width)


def _theirs(conflict: Conflict, theirs: Theirs, timezone: str, width: int) -> list[Line]:
    fresh = theirs.visit
    if fresh is not None and fresh.version > conflict.expected_version:
        by_id = {line.entry.id: line for line in flowsheet(fresh)}
        new = [line for line in by_id.values() if line.entry.version > conflict.expected_version]
        said = [
            (line.at, f"{line.word} {clean(words_of(line, by_id, timezone))}".strip(), line.by)
            for line in new
        ]
    elif theirs.newer:
        said = [(entry.recorded_at, entry_word(entry.kind), entry.actor) for entry in theirs.newer]
    else:
        said = [(conflict.when, entry_word(conflict.what), conflict.by)]
    return [
        fit_line(
            (Cell(f"  {clock_time(at, timezone)}  ", "dim"), Cell(words), Cell(f"  {clean(by)}", "dim")),
            width,
        )
        for at, words, by in said[-SHOWN_OF_THEIRS:]
    ]


def reason_lines(reasons: Sequence[Reason], width: int) -> tuple[Line, ...]:
    """Every reason, each beginning on a line of its own."""
    lines: list[Line] = []
    for reason in reasons:
        for n, words in enumerate(wrapped(reason.text, width - 2)):
            lines.append((Cell("× " if n == 0 else "  ", "high"), Cell(words)))
    return (*lines, (), key_line((("Esc", "close"),)))
