"""Text of strangers made harmless: what must not reach a screen is taken out before it is stored."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Persian and Indic names need these two; everything else of their kind only hides or turns text.
_KEPT_FORMAT: Final = frozenset("\u200c\u200d")
_SPACES: Final = re.compile(r"\s+")
_MARKS_IN_A_ROW: Final = 4
UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str, limit: int = 2000) -> str:
    """`text` on one line, without control characters, bidirectional overrides and invisible characters.

    Composed (NFC), runs of white space become one space, at most `limit` characters. Markup such as `[/oops]`
    stays as it is: it is text, and the screen shows it as text.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: limit * 4]):
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if category in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif (category[0] == "C" and character not in _KEPT_FORMAT) or marks > _MARKS_IN_A_ROW:
            continue
        else:
            kept.append(character)
    return _SPACES.sub(" ", "".join(kept)).strip()[:limit].strip()


def clean_file_name(name: str) -> str:
    """A file's name fit for a sentence on a terminal."""
    return clean_text(name.encode("utf-8", "replace").decode("utf-8"), 200) or "(unnamed file)"
