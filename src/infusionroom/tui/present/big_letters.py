"""Letters, digits and signs five dots high, drawn with half blocks: two dots in a cell, to be read across a room.

A dot is a square of `scale` × `scale`; a text of scale 1 takes three rows.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

DOTS_HIGH: Final = 5
LETTER_WIDEST: Final = 5
GAP: Final = 1

# Each letter as five rows of dots from top to bottom.
_DRAWN: Final = """
A .##. #..# #### #..# #..#
B ###. #..# ###. #..# ###.
C .### #... #... #... .###
D ###. #..# #..# #..# ###.
E #### #... ###. #... ####
F #### #... ###. #... #...
G .### #... #.## #..# .###
H #..# #..# #### #..# #..#
I ### .#. .#. .#. ###
J ..## ...# ...# #..# .##.
K #..# #.#. ##.. #.#. #..#
L #... #... #... #... ####
M #...# ##.## #.#.# #...# #...#
N #...# ##..# #.#.# #..## #...#
O .##. #..# #..# #..# .##.
P ###. #..# ###. #... #...
Q .##. #..# #..# #.## .###
R ###. #..# ###. #.#. #..#
S .### #... .##. ...# ###.
T ##### ..#.. ..#.. ..#.. ..#..
U #..# #..# #..# #..# .##.
V #...# #...# .#.#. .#.#. ..#..
W #...# #...# #.#.# ##.## #...#
X #...# .#.#. ..#.. .#.#. #...#
Y #...# .#.#. ..#.. ..#.. ..#..
Z ##### ...#. ..#.. .#... #####
0 ### #.# #.# #.# ###
1 .#. ##. .#. .#. ###
2 ### ..# ### #.. ###
3 ### ..# .## ..# ###
4 #.# #.# ### ..# ..#
5 ### #.. ### ..# ###
6 ### #.. ### #.# ###
7 ### ..# ..# .#. .#.
8 ### #.# ### #.# ###
9 ### #.# ### ..# ###
: . # . # .
+ ... .#. ### .#. ...
– .... .... #### .... ....
! # # # . #
▶ #.... ###.. ##### ###.. #....
‖ ##.## ##.## ##.## ##.## ##.##
◔ .###. #.#.# #.### #...# .###.
● .###. ##### ##### ##### .###.
◇ ..#.. .#.#. #...# .#.#. ..#..
~ ..... .#..# #.#.# #..#. .....
· ..... ..... ..#.. ..... .....
× #...# .#.#. ..#.. .#.#. #...#
"""
_GLYPHS: Final[dict[str, tuple[str, ...]]] = {
    line[0]: tuple(line[2:].split()) for line in _DRAWN.strip().splitlines()
}
_SPACE: Final = ("..",) * DOTS_HIGH


def rows_of(scale: int) -> int:
    """How many rows of cells letters of this scale take."""
    return (DOTS_HIGH * scale + 1) // 2


def drawable(char: str) -> str:
    """The letter that is drawn for this one, without its accents; empty where there is none to draw."""
    if char in _GLYPHS or char == " ":
        return char
    base = unicodedata.normalize("NFKD", char.upper())[:1]
    return base if base in _GLYPHS else ""


def big_width(text: str, scale: int) -> int:
    """How many cells a text of this scale takes."""
    return sum(_columns(char) for char in text) * scale + max(0, len(text) - 1) * GAP * scale


@lru_cache(maxsize=1024)
def big(text: str, scale: int) -> tuple[str, ...]:
    """The text as rows of cells. A letter that cannot be drawn stands as it is in the middle of its place."""
    blank = tuple(" " * (GAP * scale) for _ in range(rows_of(scale)))
    rows = [""] * rows_of(scale)
    for number, char in enumerate(text):
        for y, part in enumerate(_big(char, scale)):
            rows[y] += (blank[y] if number else "") + part
    return tuple(rows)


def _columns(char: str) -> int:
    known = drawable(char)
    return len(_dots(known)[0]) if known else LETTER_WIDEST


def _dots(char: str) -> tuple[str, ...]:
    return _SPACE if char == " " else _GLYPHS[char]


def _big(char: str, scale: int) -> tuple[str, ...]:
    known = drawable(char)
    if not known:
        return _as_it_is(char, LETTER_WIDEST * scale, rows_of(scale))
    dots = ["".join(dot * scale for dot in row) for row in _dots(known) for _ in range(scale)]
    if len(dots) % 2:
        dots.append("." * len(dots[0]))
    return tuple(
        "".join(_HALVES[upper, lower] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(dots[::2], dots[1::2], strict=True)
    )


def _as_it_is(char: str, width: int, height: int) -> tuple[str, ...]:
    from infusionroom.tui.present.cells import fit

    return tuple(fit(char, width, "centre") if y == height // 2 else " " * width for y in range(height))


_HALVES: Final = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}
