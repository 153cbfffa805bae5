"""The footer: who the next verb is for, the verbs, and those that do not apply dimmed."""

from __future__ import annotations

from typing import NamedTuple

from infusionroom.tui.present.cells import Cell, Line, clean, cut, fit_line, width_of


class Verb(NamedTuple):
    """One word of the footer; `why_not` is the sentence that dims it."""

    action: str
    key: str
    word: str
    why_not: str | None = None


class Placed(NamedTuple):
    """Where a verb stands on its line, for the mouse."""

    action: str
    left: int
    right: int


def verb_line(lead: str, verbs: tuple[Verb, ...], width: int) -> tuple[Line, tuple[Placed, ...]]:
    """`lead` and as many verbs as fit, in order; the last verb always fits."""
    cells: list[Cell] = [Cell(" ")]
    placed: list[Placed] = []
    used = 1
    if lead:
        shown = cut(clean(lead), max(8, width // 4))
        cells += [Cell(shown, "footer.lead"), Cell("  ")]
        used += width_of(shown) + 2
    last = verbs[-1:] if verbs else ()
    reserve = sum(_verb_width(verb) for verb in last)
    for position, verb in enumerate(verbs):
        step = _verb_width(verb)
        is_last = position == len(verbs) - 1
        if used + step + (0 if is_last else reserve) > width + 2:
            continue
        placed.append(Placed(verb.action, used, used + step - 2))
        dim = verb.why_not is not None
        cells += [
            Cell(verb.key, "key.off" if dim else "key"),
            Cell(f" {verb.word}", "word.off" if dim else "word"),
            Cell("  "),
        ]
        used += step
    return fit_line(tuple(cells), width, "text"), tuple(placed)


def _verb_width(verb: Verb) -> int:
    return width_of(verb.key) + 1 + width_of(verb.word) + 2


def action_at(placed: tuple[Placed, ...], column: int) -> str | None:
    """The verb under a column."""
    return next((place.action for place in placed if place.left <= column < place.right), None)
