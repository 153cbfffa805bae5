"""The wall view in lines: a clock, and a tile for each chair in the largest letters that all of them fit in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final, Literal, NamedTuple

from infusionroom.domain.wall import WallBoard, WallChair, WallState
from infusionroom.tui.present.big_letters import big, big_width, rows_of
from infusionroom.tui.present.cells import Cell, Line, clean, fit, fit_line, line_width
from infusionroom.tui.present.marks import ALARM_MARK
from infusionroom.tui.present.times import day_words, h_mm, zone

SIGN: Final[dict[WallState, str]] = {
    "open": "·",
    "seated": "◇",
    "infusing": "▶",
    "paused": "‖",
    "recovering": "◔",
    "ready": "●",
    "cleaning": "~",
    "out": "×",
}
STYLE: Final[dict[WallState, str]] = {
    "infusing": "infusing",
    "paused": "paused",
    "recovering": "recovering",
    "ready": "ready",
    "open": "dim",
    "cleaning": "dim",
    "out": "dim",
}
TIMER_WORDS: Final = {"none": "", "left": "to go", "over": "past the end", "since": "for"}

# The state's word stands in large letters at the end where it is `told`, else in plain text beneath.
Arrangement = Literal["told", "row", "bare", "stacked"]
_ARRANGEMENTS: Final[tuple[Arrangement, ...]] = ("told", "row", "bare", "stacked")

# In dots: what each part takes at most, and what lies between two parts.
_BETWEEN, _INITIALS, _TIMER, _SIGN, _MARK = 2, 11, 13, 5, 5
_LARGEST: Final = 12
_BETWEEN_TILES: Final = 2
_LONGEST_WORD: Final = "recovering"
_LONGEST_HOURS: Final = 99
# Letters of this share of a usual screen's height are read from four metres; larger ones only take room.
_READABLE: Final = 0.07


class Tiles(NamedTuple):
    """How the chairs are laid out: `scale` 0 is plain text. `width` and `height` are a tile's, in cells."""

    scale: int
    arrangement: Arrangement
    big_word: bool
    columns: int
    width: int
    height: int


def wall_lines(wall: WallBoard | None, width: int, height: int, notice: str = "") -> tuple[Line, ...]:
    """The whole wall as exactly `height` lines of `width` cells; `notice` is a sentence of the program's own."""
    if wall is None:
        lines: list[Line] = [(), (Cell(f" {clean(notice)}", "warn"),)]
    else:
        lines = [*_head(wall, width, height, notice)]
        lines += _grid(wall, width, height - len(lines))
    lines = [fit_line(line, width) for line in lines[:height]]
    return (*lines, *(fit_line((), width) for _ in range(height - len(lines))))


# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────


def _head(wall: WallBoard, width: int, height: int, notice: str) -> list[Line]:
    moment = wall.now.astimezone(zone(wall.timezone))
    said = (
        Cell(day_words(moment.date()), "text"),
        Cell(_counts(wall), "strong"),
        Cell(clean(notice), "medium.reverse"),
    )
    scale = 2 if height >= 48 and width >= 100 else 1
    if height < 16 or width < 50:
        first = (Cell(f" {moment:%H:%M}  ", "strong"), said[1])
        return [first, (said[2],)] if notice else [first]
    clock = big(f"{moment:%H:%M}", scale)
    lines: list[Line] = [(Cell(" "), Cell(row, "strong"), Cell("   ")) for row in clock]
    first_row = (len(lines) - len(said)) // 2
    for y, cell in enumerate(said, start=first_row):
        lines[y] = (*lines[y], cell)
    return [*lines, ()] if height >= 36 else lines


def _counts(wall: WallBoard) -> str:
    counts = wall.counts
    words = (
        (counts.waiting, "waiting"),
        (counts.infusing, "infusing"),
        (counts.paused, "paused"),
        (counts.recovering, "recovering"),
        (counts.ready, "ready"),
        (counts.to_come, "to come"),
    )
    return "  ".join(f"{number} {word}" for number, word in words if number) or "nobody here"


# ── the tiles ───────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=16)
def tiles_for(chairs: int, width: int, height: int) -> Tiles:
    """How so many chairs are laid out in a body of `width` × `height` cells.

    First of all the letters and the state's sign can be read from afar; then the letters are as large as can be.
    Plain text where none of them fit.
    """
    fitting = [tiles for tiles in _possible(chairs, width, height) if tiles.scale]
    if fitting:
        return max(fitting, key=lambda tiles: _worth(tiles, height))
    columns = max(1, -(-chairs // max(1, height)))
    return Tiles(0, "row", False, columns, (width + _BETWEEN_TILES) // columns - _BETWEEN_TILES, 1)


def _worth(tiles: Tiles, height: int) -> tuple[bool, int, bool, bool, bool, int]:
    every = tiles.arrangement in ("told", "row") and rows_of(tiles.scale) >= _READABLE * height
    told = tiles.arrangement == "told"
    return every, tiles.scale, tiles.arrangement != "stacked", told or tiles.big_word, told, -tiles.columns


def _possible(chairs: int, width: int, height: int) -> Iterator[Tiles]:
    number = big_width("8" * len(str(chairs)), 1)
    for columns in range(1, chairs + 1):
        tile_width = (width + _BETWEEN_TILES) // columns - _BETWEEN_TILES
        tile_height = height // -(-chairs // columns)
        for arrangement, scale, big_word in product(_ARRANGEMENTS, range(1, _LARGEST + 1), (False, True)):
            if big_word and (scale == 1 or arrangement == "told"):
                # A word as large as the letters above it would be taken for one of them.
                continue
            wide, high = _needs(arrangement, number, scale, big_word=big_word)
            if wide <= tile_width and high <= tile_height:
                yield Tiles(scale, arrangement, big_word, columns, tile_width, tile_height)


def _needs(arrangement: Arrangement, number: int, scale: int, *, big_word: bool) -> tuple[int, int]:
    """The cells, wide and high, that a tile takes."""
    between = _BETWEEN
    row = number + between + _SIGN + between + _INITIALS + between + _TIMER + between + _MARK
    dots = {
        "told": row + between + big_width(_LONGEST_WORD, 1),
        "row": row,
        "bare": number + between + _INITIALS + between + _TIMER + between + _MARK,
        "stacked": max(number + between + _INITIALS, _TIMER + between + _MARK),
    }[arrangement]
    rows = rows_of(scale) * 2 + 1 if arrangement == "stacked" else rows_of(scale)
    if big_word:
        return max(dots * scale, big_width(_LONGEST_WORD, 1)), rows + rows_of(1) + 1
    return dots * scale, rows + 1


def _grid(wall: WallBoard, width: int, height: int) -> list[Line]:
    if not wall.chairs:
        return []
    tiles = tiles_for(len(wall.chairs), width - 1, height)
    rows = -(-len(wall.chairs) // tiles.columns)
    lines: list[Line] = []
    for row in range(rows):
        # From top to bottom and then to the right, as the chairs stand on the board.
        beside = [wall.chairs[n] for n in range(row, len(wall.chairs), rows)]
        shown = [_tile(chair, tiles, len(str(len(wall.chairs)))) for chair in beside]
        for y in range(tiles.height):
            cells = [Cell(" ")]
            for tile in shown:
                cells += [
                    *fit_line(tile[y] if y < len(tile) else (), tiles.width),
                    Cell(" " * _BETWEEN_TILES),
                ]
            lines.append(tuple(cells))
    if len(lines) > height:
        left = f" {len(wall.chairs)} chairs: a larger window shows them all"
        lines[height - 1 :] = [(Cell(left, "warn"),)]
    return lines


def _tile(chair: WallChair, tiles: Tiles, digits: int) -> list[Line]:
    if tiles.scale == 0:
        return [_plain(chair, tiles.width, digits)]
    scale = tiles.scale
    number = _part(str(chair.number).rjust(digits), "chair", big_width("8" * digits, 1) * scale, scale)
    initials = _part(chair.initials, "name", _INITIALS * scale, scale)
    timer = _part(_time(chair), _style(chair), _TIMER * scale, scale)
    mark = _part(ALARM_MARK[chair.alarm] if chair.alarm else "", chair.alarm or "text", _MARK * scale, scale)
    sign = _part(SIGN[chair.state], _style(chair), _SIGN * scale, scale)
    between: list[Line] = [(Cell(" " * (_BETWEEN * scale)),)] * rows_of(scale)
    if tiles.arrangement == "stacked":
        lines = [*_beside(number, between, initials), (), *_beside(timer, between, mark)]
    elif tiles.arrangement == "bare":
        lines = _beside(number, between, initials, between, timer, between, mark)
    else:
        lines = _beside(number, between, sign, between, initials, between, timer, between, mark)
    if tiles.arrangement == "told":
        told = _part(_state_word(chair), _style(chair), big_width(_LONGEST_WORD, 1) * scale, scale)
        before_timer = line_width(_beside(number, between, sign, between, initials, between)[0])
        beneath = (Cell(" " * before_timer), Cell(TIMER_WORDS[chair.timer], "dim"))
        return [*_beside(lines, between, told), beneath]
    word = _word(chair, tiles)
    air = [()] if len(lines) + len(word) + 1 < tiles.height else []
    return [*lines, *air, *word]


def _word(chair: WallChair, tiles: Tiles) -> list[Line]:
    style, word = _style(chair), _state_word(chair)
    if tiles.big_word:
        return [(Cell(row, style),) for row in big(word, 1)]
    words = Cell(f"{SIGN[chair.state]} {word}", style)
    return [(words, Cell(f"  {TIMER_WORDS[chair.timer]}".rstrip(), "dim"))]


def _state_word(chair: WallChair) -> str:
    return "over" if chair.timer == "over" else chair.state


def _beside(*parts: list[Line]) -> list[Line]:
    return [tuple(cell for line in lines for cell in line) for lines in zip(*parts, strict=True)]


def _part(text: str, style: str, width: int, scale: int) -> list[Line]:
    return [(Cell(fit(row, width), style),) for row in big(clean(text), scale)]


def _plain(chair: WallChair, width: int, digits: int) -> Line:
    """A chair on one line; where it is too narrow the state keeps its sign and loses its word."""
    word = _state_word(chair)
    style, mark = (
        _style(chair),
        Cell((ALARM_MARK[chair.alarm] if chair.alarm else "").rjust(3), chair.alarm or "text"),
    )
    lead = (
        Cell(f"{chair.number:>{digits}} ", "chair"),
        Cell(fit(chair.initials, 3), "name"),
        Cell(SIGN[chair.state] + " ", style),
    )
    time = Cell(_time(chair).rjust(5), style)
    room = width - digits - 1 - 3 - 2 - 5 - 3
    if room > len(_LONGEST_WORD):
        return (
            *lead,
            Cell(fit(word, len(_LONGEST_WORD) + 1), style),
            time,
            Cell(" " if room > 12 else ""),
            mark,
        )
    return (*lead, time, mark)


def _style(chair: WallChair) -> str:
    return "strong" if chair.timer == "over" else STYLE.get(chair.state, "text")


def _time(chair: WallChair) -> str:
    """`2:14`; whole hours from ten on, so that it never takes more room."""
    if chair.timer == "none":
        return ""
    hours = chair.timer_s // 3600
    return h_mm(chair.timer_s) if hours < 10 else f"{min(hours, _LONGEST_HOURS)}h"
