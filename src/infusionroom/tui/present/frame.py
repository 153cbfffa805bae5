"""A pane's frame: title, column heads, the rows that fit, how many are above and below, or what will appear here."""

from __future__ import annotations

from functools import lru_cache
from textwrap import wrap
from typing import NamedTuple

from infusionroom.tui.present.cells import SAID_BEFORE, Cell, Line, Row, cut, fit, fit_line, width_of

SELECTED_MARK = "▸"
BACKGROUND_MARK = "›"


def chair_key(number: int) -> str:
    """What an empty chair is selected by."""
    return f"chair:{number}"


class PaneText(NamedTuple):
    """What a pane has to say: its rows, its heads, and what teaches while there are none."""

    title: str
    rows: tuple[Row, ...]
    head: Line = ()
    empty: tuple[str, ...] = ()
    legend: str = ""


class PaneView(NamedTuple):
    """How a pane is looked at: size in cells, first row shown, selected key, and whether keys move here."""

    width: int
    height: int
    top: int = 0
    selected: str = ""
    focused: bool = False
    joined: bool = False


def rows_that_fit(text: PaneText, height: int) -> int:
    """How many rows a frame of `height` shows."""
    return max(0, height - 2 - (1 if text.head else 0))


def top_for(text: PaneText, view: PaneView, index: int) -> int:
    """The first row to show so that row `index` is visible, moving as little as possible."""
    shown = rows_that_fit(text, view.height)
    if shown <= 0 or index < 0:
        return max(0, min(view.top, max(0, len(text.rows) - shown)))
    top = view.top
    if index < top:
        top = index
    elif index >= top + shown:
        top = index - shown + 1
    return max(0, min(top, max(0, len(text.rows) - shown)))


def frame(text: PaneText, view: PaneView) -> tuple[Line, ...]:
    """The pane as exactly `view.height` lines of exactly `view.width` cells."""
    if view.width < 4 or view.height < 2:
        return tuple(fit_line((), view.width) for _ in range(view.height))
    style = "frame.focus" if view.focused else "frame"
    inner = view.width - 2
    shown = rows_that_fit(text, view.height)
    visible = text.rows[view.top : view.top + shown]
    lines = [_top_line(text, view, style)]
    if text.head:
        lines.append(_side(fit_line(text.head, inner, "head"), style))
    if text.rows:
        lines += [_row_line(row, view, inner, style) for row in visible]
    else:
        teaching = [part for words in text.empty for part in wrap(words, max(8, inner - 2))]
        lines += [_side((Cell(" " + fit(words, inner - 1), "dim"),), style) for words in teaching[:shown]]
    blank = _side((Cell(" " * inner),), style)
    lines += [blank] * (view.height - 1 - len(lines))
    lines.append(_bottom_line(text, view, shown, style))
    return tuple(lines)


def _side(line: Line, style: str) -> Line:
    return (Cell("│", style), *line, Cell("│", style))


@lru_cache(maxsize=4 * SAID_BEFORE)
def _unmarked(line: Line, inner: int, style: str) -> Line:
    return _side(fit_line(line, inner), style)


def _row_line(row: Row, view: PaneView, inner: int, style: str) -> Line:
    if not row.key or row.key != view.selected:
        return _unmarked(row.line, inner, style)
    cells = fit_line(row.line, inner)
    if view.focused:
        marked = tuple(Cell(cell.text, "sel." + cell.style) for cell in cells)
        return (Cell(SELECTED_MARK, "cursor"), *marked, Cell("│", style))
    # Elsewhere the same person is marked by sign, chair and name alone: the eye stays where the keys are.
    marked = tuple(
        Cell(c.text, "mark." + c.style if c.style in ("chair", "name") else c.style) for c in cells
    )
    return (Cell(BACKGROUND_MARK, "cursor"), *marked, Cell("│", style))


def _top_line(text: PaneText, view: PaneView, style: str) -> Line:
    left, right = ("├", "┤") if view.joined else ("┌", "┐")
    title = cut(f" {text.title} ", view.width - 3)
    rest = "─" * (view.width - 2 - width_of(title))
    title_style = "title.focus" if view.focused else "title"
    return (Cell(left, style), Cell(title, title_style), Cell(rest + right, style))


def _bottom_line(text: PaneText, view: PaneView, shown: int, style: str) -> Line:
    above, below = view.top, max(0, len(text.rows) - view.top - shown)
    words = " ".join(
        part for part in (f"▲ {above}" if above else "", f"▼ {below} more" if below else "") if part
    )
    room = view.width - 4
    label = cut(f" {words} ", room) if words else ""
    legend = f" {text.legend} " if text.legend and width_of(text.legend) + 2 + width_of(label) <= room else ""
    rest = "─" * (view.width - 3 - width_of(legend) - width_of(label))
    return (Cell("└" + rest, style), Cell(legend, "dim"), Cell(label, "title"), Cell("─┘", style))
