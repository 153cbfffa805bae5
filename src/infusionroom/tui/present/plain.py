"""The look of a terminal that shows no UTF-8: every character as one ASCII letter for each cell that it fills."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from infusionroom.tui.present.cells import width_of

_SIGNS: Final[dict[str, str]] = {
    "·": "-",
    "…": "~",
    "•●": "*",
    "○": "o",
    "◔": "c",
    "◐": "d",
    "◇": "+",
    "■█": "#",
    "▓": "%",
    "□░": ".",
    "▪▒": ":",
    "▲↑˄": "^",
    "▼↓˅": "v",
    "▶▸→›≥": ">",
    "←≤⏎": "<",
    "↗": "/",
    "↘": "\\",
    "↳": "`",
    "≠": "!",
    "≈": "~",
    "‖━▅▆": "=",
    "▁▂": "_",
    "▃▄╸▀–—−─": "-",
    "▇": "#",
    "│┃╎": "|",
    "┌┐└┘├┤┬┴┼": "+",
    "“”„«»": '"',
    "‘’‚": "'",
    "×": "x",
    "°": "o",
    "æ": "a",
    "ð": "d",
    "ø": "o",
    "þ": "t",
    "đ": "d",
    "ı": "i",
    "ł": "l",
    "œ": "o",
    "ß": "s",
    "Æ": "A",
    "Ð": "D",
    "Ø": "O",
    "Þ": "T",
    "Đ": "D",
    "Ł": "L",
    "Œ": "O",
}
_PLAIN: Final = {sign: letter for signs, letter in _SIGNS.items() for sign in signs}


def plain(text: str) -> str:
    """The text in ASCII, as wide as it was; letters keep their shape without accents, other scripts become `?`."""
    return text if text.isascii() else "".join(map(_plain, text))


@lru_cache(maxsize=2000)
def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign in _PLAIN:
        return _PLAIN[sign]
    if "\u2500" <= sign <= "\u259f":
        # Other lines and blocks: what frames are made of.
        return "+" if sign < "\u2580" else "|"
    width = width_of(sign)
    shape = unicodedata.normalize("NFKD", sign)[0]
    return shape if shape.isascii() and shape.isprintable() and width == 1 else "?" * width
