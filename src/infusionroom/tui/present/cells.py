"""Styled text as plain values: what a pane is made of, before any toolkit knows of it.

A `Cell` is a run of text with the name of a style, a `Line` is a row of cells, a `Row` is a line that stands for
somebody or something. Widths are terminal cells.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

ELLIPSIS = "…"

# How many lines of the board are kept as they were worded last: after an entry all but one say the same. More than a
# room of the greatest size has in a pane, at two widths.
SAID_BEFORE = 256

# Shown in place of what would steer the terminal or turn the reading direction around.
REPLACEMENT = "·"

_BIDI_AND_INVISIBLE = frozenset(
    chr(point)
    for point in (
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE01F0),
        0x00AD,
        0x061C,
        0x180E,
        0xFEFF,
    )
)


class Cell(NamedTuple):
    """A run of text and the name of its style."""

    text: str
    style: str = "text"


Line = tuple[Cell, ...]


class Row(NamedTuple):
    """A line that stands for something that can be selected: a visit's id, or `chair:N` for an empty chair."""

    key: str
    line: Line
    chair: int | None = None


@lru_cache(maxsize=4096)
def char_width(char: str) -> int:
    """Terminal cells of one character: 0 for combining marks, 2 for wide and full-width ones, else 1."""
    if char < "\u0300":
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def width_of(text: str) -> int:
    """Terminal cells of `text`."""
    if text.isascii():
        return len(text)
    return sum(map(char_width, text))


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """`text` on one line and harmless to a terminal.

    Control characters, escape sequences, line breaks and direction overrides lose their power; characters that
    cannot be seen are taken out; a mark without a letter before it goes; everything else stays as the patient
    spells it.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        if char in _BIDI_AND_INVISIBLE or kind == "Cf":
            continue
        if kind in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp"):
            shown.append(" " if char in "\t\n\r\v\f" else REPLACEMENT)
        elif char_width(char) == 0 and (not shown or sum(char_width(c) == 0 for c in shown[-3:]) >= 2):
            continue
        else:
            shown.append(" " if kind == "Zs" else char)
    return "".join(shown)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; what is cut off ends in `…`."""
    if width <= 0:
        return ""
    if width_of(text) <= width:
        return text
    kept: list[str] = []
    used = 0
    for char in text:
        step = char_width(char)
        if used + step > width - 1:
            break
        kept.append(char)
        used += step
    return "".join(kept) + ELLIPSIS


def join_cut(parts: Sequence[str], width: int) -> str:
    """`a, b, c` in at most `width` cells, cut between parts where that is possible: `a, b …`."""
    whole = ", ".join(parts)
    if width_of(whole) <= width:
        return whole
    for count in range(len(parts) - 1, 0, -1):
        shorter = f"{', '.join(parts[:count])} {ELLIPSIS}"
        if width_of(shorter) <= width:
            return shorter
    return cut(parts[0], width)


def fit(text: str, width: int, align: Literal["left", "right", "centre"] = "left") -> str:
    """`text` in exactly `width` cells, cut or padded."""
    short = cut(text, width)
    space = width - width_of(short)
    if align == "right":
        return " " * space + short
    if align == "centre":
        return " " * (space // 2) + short + " " * (space - space // 2)
    return short + " " * space


def line_width(line: Iterable[Cell]) -> int:
    """Terminal cells of a line."""
    return sum(width_of(cell.text) for cell in line)


def fit_line(line: Line, width: int, style: str = "text") -> Line:
    """The line in exactly `width` cells, cut or padded with `style`."""
    kept: list[Cell] = []
    left = width
    for cell in line:
        step = width_of(cell.text)
        if step > left:
            if left > 0:
                blank = not cell.text.strip()
                kept.append(Cell(" " * left if blank else fit(cell.text, left), cell.style))
            left = 0
            break
        kept.append(cell)
        left -= step
    if left > 0:
        kept.append(Cell(" " * left, style))
    return tuple(kept)


def changed_span(before: Line, after: Line) -> tuple[int, int] | None:
    """The columns, first and one past the last, in which two lines differ; None where they do not."""
    if before == after:
        return None
    # A key changes a cell or two of a line: what is the same before and behind them is not taken apart.
    first, shortest = 0, min(len(before), len(after))
    while first < shortest and before[first] == after[first]:
        first += 1
    while first and (_joins(before[first:]) or _joins(after[first:])):
        first -= 1
    last = 0
    if line_width(before) == line_width(after):
        while last < shortest - first and before[-1 - last] == after[-1 - last]:
            last += 1
    offset = line_width(before[:first])
    was, now = before[first : len(before) - last], after[first : len(after) - last]
    if was and now and _unlike(was[0], now[0]) and _unlike(was[-1], now[-1]):
        return offset, offset + max(line_width(was), line_width(now))
    old, new = _columns(was), _columns(now)
    shorter, right = sorted((len(old), len(new)))
    left = next((x for x in range(shorter) if old[x] != new[x]), shorter)
    while shorter == right and right > left and old[right - 1] == new[right - 1]:
        shorter = right = right - 1
    return (offset + left, offset + right) if right > left else None


def _unlike(one: Cell, other: Cell) -> bool:
    """Whether two plain cells differ in every column, their styles being others."""
    return one.style != other.style and bool(one.text and other.text) and (one.text + other.text).isascii()


def _joins(rest: Line) -> bool:
    """Whether what comes next may stand in the column before it: a mark does, whatever cell it begins."""
    return bool(rest) and (not rest[0].text or char_width(rest[0].text[0]) == 0)


def _columns(line: Line) -> list[tuple[str, str]]:
    """What stands in each column; a wide character stands in its first and leaves the next one to itself."""
    columns: list[tuple[str, str]] = []
    for text, style in line:
        if text.isascii():
            columns += [(char, style) for char in text]
            continue
        for char in text:
            width = char_width(char)
            if width == 0 and columns:
                columns[-1] = (columns[-1][0] + char, style)
            elif width:
                columns.append((char, style))
                columns.extend([(char + ELLIPSIS, style)] * (width - 1))
    return columns


def notice_line(words: str, width: int) -> Line:
    """One sentence across a line: what the program is doing, or why it cannot."""
    return fit_line((Cell(f" {clean(words)}", "warn"),), width, "quiet")


def text_of(line: Iterable[Cell]) -> str:
    """What a line says, without its styles."""
    return "".join(cell.text for cell in line)


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """`text`, harmless to a terminal, in lines of at most `width` cells."""
    lines: list[str] = []
    for word in clean(text).split(" "):
        if lines and width_of(lines[-1]) + 1 + width_of(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(cut(word, width))
    return tuple(lines)
