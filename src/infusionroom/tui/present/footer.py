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
    """`lead` and as many verbs as fit, in order, closer together in a small window; the last verb always fits."""
    gap = 2 if width >= 100 else 1
    cells: list[Cell] = [Cell(" ")]
    placed: list[Placed] = []
    used = 1
    if lead:
        shown = cut(clean(lead), max(8, width // 4))
        cells += [Cell(shown, "footer.lead"), Cell("  ")]
        used += width_of(shown) + 2
    for verb in _that_fit(verbs, width - used, gap):
        step = _verb_width(verb)
        placed.append(Placed(verb.action, used, used + step))
        off = "" if verb.why_not is None else ".off"
        cells += [Cell(verb.key, f"key{off}"), Cell(f" {verb.word}", f"word{off}"), Cell(" " * gap)]
        used += step + gap
    return fit_line(tuple(cells), width, "text"), tuple(placed)


def _that_fit(verbs: tuple[Verb, ...], room: int, gap: int) -> tuple[Verb, ...]:
    """The first verbs, and always the last one."""
    if sum(_verb_width(verb) + gap for verb in verbs) - gap <= room:
        return verbs
    kept: list[Verb] = []
    left = room - sum(_verb_width(verb) for verb in verbs[-1:])
    for verb in verbs[:-1]:
        left -= _verb_width(verb) + gap
        if left < 0:
            break
        kept.append(verb)
    return (*kept, *verbs[-1:])


def _verb_width(verb: Verb) -> int:
    return width_of(verb.key) + 1 + width_of(verb.word)


def action_at(placed: tuple[Placed, ...], column: int) -> str | None:
    """The verb under a column."""
    return next((place.action for place in placed if place.left <= column < place.right), None)
