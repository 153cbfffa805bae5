"""The rows of a CSV text with the line of each; one bad quotation mark never swallows the rows after it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

import msgspec

DELIMITERS: Final = (",", ";", "\t")
LONGEST_RECORD_LINES: Final = 50


class Row(msgspec.Struct, frozen=True):
    """One record: its first line, its cells, its text. `broken` says why it is none."""

    line: int
    cells: tuple[str, ...]
    text: str
    broken: str = ""


def delimiter_of(header: str) -> str:
    """The delimiter that the header uses most, outside quotation marks."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def rows_of(text: str) -> Iterator[Row]:
    """The header and then every record of `text`. Blank lines and lines that begin with `# ` are left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter: str | None = None
    width = 0
    at = 0
    while at < len(lines):
        first = lines[at]
        if not first.strip() or first.startswith("# "):
            at += 1
            continue
        if delimiter is None and first.lower().startswith("sep=") and len(first) == 5:
            delimiter = first[4]
            at += 1
            continue
        delimiter = delimiter or delimiter_of(first)
        row, used = _record(lines, at, delimiter, width)
        width = width or len(row.cells)
        at += used
        if row.broken or any(cell.strip() for cell in row.cells):
            yield row


def _record(lines: list[str], at: int, delimiter: str, width: int) -> tuple[Row, int]:
    """The record that begins at index `at`, and how many lines it takes."""
    text = lines[at]
    used = 1
    while text.count('"') % 2 and used < LONGEST_RECORD_LINES and at + used < len(lines):
        text += "\n" + lines[at + used]
        used += 1
    cells = _cells(text, delimiter)
    if text.count('"') % 2 or cells is None or (used > 1 and width and len(cells) != width):
        why = "a quotation mark opens here and is not closed as it should be"
        return Row(at + 1, (), lines[at], why), 1
    if width and len(cells) != width:
        guess = "it may be cut off" if len(cells) < width else "put quotation marks around text"
        why = f"this row has {len(cells)} values where the header has {width}: {guess}"
        return Row(at + 1, cells, text, why), used
    return Row(at + 1, cells, text), used


def _cells(text: str, delimiter: str) -> tuple[str, ...] | None:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(rows[0]) if len(rows) == 1 else None
