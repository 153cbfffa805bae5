"""The questions of one form together: what was typed, what it means, which are asked now, what is said of each."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from textual.widgets import Input

from infusionroom.tui.forms.asking import hint_line, problem_of
from infusionroom.tui.forms.picks import Picks
from infusionroom.tui.forms.question import Question, TypedText
from infusionroom.tui.forms.reading import Reading, read_all
from infusionroom.tui.forms.spec import Field, FormContext, FormSpec


class QuestionSheet:
    """Every question of a form by its field's id. `values` and `readings` are as of the last `read`.

    A question without a reading is not asked: what was answered before it makes it needless.
    """

    def __init__(self, fields: tuple[Field, ...], context: FormContext) -> None:
        self.fields = fields
        self.questions = {field.id: Question(field, context) for field in fields}
        self.values: dict[str, Any] = {}
        self.readings: dict[str, Reading] = {}

    def texts(self) -> dict[str, str]:
        """What stands in every question."""
        return {name: question.text for name, question in self.questions.items()}

    def read(self, context: FormContext) -> None:
        """Reads what is typed; what is suggested is filled in where nobody has answered."""
        self.values, self.readings = read_all(self.fields, self.texts(), context)
        filled = [
            question.take_suggestion(self.values, context, asked=name in self.readings)
            for name, question in self.questions.items()
        ]
        if any(filled):
            self.values, self.readings = read_all(self.fields, self.texts(), context)

    def say(self, spec: FormSpec, context: FormContext, refused: dict[str, str], *, tried: bool) -> None:
        """Shows the questions that are asked now, each with its hint and what is wrong with its answer.

        `refused` are the room's own sentences; `tried` says that a person has pressed Enter before.
        """
        for name, question in self.questions.items():
            shown = name in self.readings
            if question.display != shown:
                question.display = shown
            if not shown:
                continue
            if isinstance(question.control, Picks):
                question.control.set_choices(question.field.options(context))
            reading, here = self.readings[name], question.has_focus_within
            hint = hint_line(
                question.field, self.values, context, spec=spec, here=here, touched=question.touched
            )
            if name in refused:
                question.say(hint, refused[name], "high")
            else:
                problem = problem_of(reading, question.text, here=here, tried=tried)
                question.say(hint, problem, "high" if reading.problem else "warn")

    def problems(self) -> dict[str, str]:
        """What is impossible or missing, by question."""
        return {name: reading.problem for name, reading in self.readings.items() if reading.problem}

    def unlikely(self) -> list[str]:
        """What is asked once whether it was meant."""
        return [reading.unlikely for reading in self.readings.values() if reading.unlikely]

    def sound(self) -> dict[str, Any]:
        """The answers that nothing is wrong with."""
        return {name: value for name, value in self.values.items() if not self.readings[name].problem}

    def shown(self) -> list[Question]:
        """The questions that are on the screen, from top to bottom."""
        return [question for question in self.questions.values() if question.display]

    def in_use(self) -> list[Question]:
        """The questions that the command is made of."""
        return [question for name, question in self.questions.items() if name in self.readings]

    def next_to_here(self, by: int) -> Question | None:
        """The question `by` places from where keys go to, round the ends; None where nothing is asked."""
        shown = self.shown()
        here = next((n for n, q in enumerate(shown) if q.has_focus_within), -1)
        return shown[(here + by) % len(shown)] if shown else None

    @property
    def has_lines(self) -> bool:
        """Whether one of them takes a text of several lines."""
        return any(isinstance(question.control, TypedText) for question in self.questions.values())

    def first_of(self, names: Container[str]) -> Question | None:
        """The first question on the screen that is one of these."""
        return next((question for question in self.shown() if question.field.id in names), None)

    def answered_by_hand(self, picks: Picks) -> None:
        """Somebody has chosen here: nothing is suggested over it any more."""
        for question in self.questions.values():
            if question.control is picks:
                question.touched = True

    def empty(self, name: str) -> None:
        """Wipes an answer out; no person did, so what is said of it stays."""
        with self.questions[name].control.prevent(Input.Changed):
            self.questions[name].fill("")
