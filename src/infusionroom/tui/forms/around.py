"""What stands above and below the questions of a form: who it is about, what follows, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from infusionroom.tui.forms.paper import rows_above
from infusionroom.tui.forms.spec import FormContext, FormSpec, Values
from infusionroom.tui.present.cells import Cell, Line, wrapped
from infusionroom.tui.present.form_words import TONE_STYLES, file_head, form_head, shortened

# A longer answer takes the place of the lines above it.
SHORT_ANSWER: Final = 3
# Rows of a screen that are never the answer's.
LEAST_FOR_QUESTIONS: Final = 11


def around_lines(
    spec: FormSpec,
    context: FormContext,
    values: Values,
    answer: Sequence[tuple[str, str]],
    width: int,
    height: int,
) -> dict[str, tuple[Line, ...]]:
    """The lines of `who`, `live` and `answer` on a form `width` cells wide in a terminal of `height` rows.

    `values` are the answers that are sound; `answer` is sentences with their styles: refused, asked or entered.
    """
    about = context.visit if spec.about_visit else None
    head = form_head(about, context.chair if spec.id == "chair" else None, width, blind=spec.blind)
    if not head:
        head = file_head(context.course, context.history, context.day, width)
    intro = tuple((Cell(words, "dim"),) for words in wrapped(spec.intro, width) if spec.intro)
    live = () if spec.blind else spec.live(values, context)
    follows = tuple(
        (Cell(words, TONE_STYLES[line.tone]),) for line in live for words in wrapped(line.text, width)
    )
    answered = tuple((Cell(words, style),) for text, style in answer for words in wrapped(text, width))
    # Where a refusal names everything that is missing, the same list above it would only push it out.
    if len(answered) > SHORT_ANSWER:
        follows = ()
    room = max(2, height - rows_above(height) - len(intro) - LEAST_FOR_QUESTIONS - len(follows))
    return {
        "who": (*((head,) if head else ()), *intro, ()),
        "live": ((), *follows) if follows else (),
        "answer": ((), *shortened(answered, room)) if answered else (),
    }
