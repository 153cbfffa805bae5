"""The days of a course that is being booked: each with what stands against it, moved by keys, judged anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Done, Outcome, Reason, Taken
from infusionroom.tui import booking_draft as drafting
from infusionroom.tui.booking_draft import Calendar, CannotMove, Draft
from infusionroom.tui.booking_reading import days_shown, last_weight
from infusionroom.tui.forms.booking_forms import day_form
from infusionroom.tui.forms.paper import Said
from infusionroom.tui.forms.screen import FormScreen, Submit
from infusionroom.tui.forms.spec import FormContext, FormSpec
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.booking import (
    NO_PLACE,
    READING,
    DayShown,
    booking_head,
    booking_rows,
    detail_lines,
    patient_line,
    weight_words,
)
from infusionroom.tui.present.cells import Cell, Line, clean, wrapped
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.role_reasons import not_theirs

if TYPE_CHECKING:
    from infusionroom.domain.course_file import PatientHistory


class DaysScreen(ListScreen):
    """A draft as a list of days, with everything about the day under the cursor below it.

    Nothing is entered here. Subclasses make the draft and book it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "date(-1)", show=False),
        Binding("right,l", "date(1)", show=False),
        Binding("t", "time(1)", show=False),
        Binding("T", "time(-1)", show=False),
        Binding("c", "chair", show=False),
        Binding("e", "by_hand", show=False),
        Binding("r", "propose", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self._history: PatientHistory | None = None
        self._calendar: Calendar | None = None
        self._problems: dict[int, tuple[Reason, ...]] = {}
        self._taken: Mapping[int, tuple[Taken, ...]] = {}
        self._answer: tuple[tuple[str, str], ...] = ()
        self._saving = self._unanswered = False
        self._told, self._told_height = Said(id="told"), 0

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._pane
        yield self._told
        yield self._footer

    @property
    def _timezone(self) -> str:
        return self.room.clinic.timezone if self.room and self.room.clinic else "UTC"

    def _open(self, form: FormSpec, submit: Submit, closed: Any) -> None:
        now = self.app.now()
        assert now is not None
        assert self.room is not None
        context = FormContext(room=self.room, visit=None, chair=None, now=now, actor=self.app.actor)
        self.app.clear_notifications()
        self.app.push_screen(FormScreen(form, context, submit), closed)

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _number(self) -> int:
        return int(self.selected.partition(":")[2] or 0)

    def content(self, width: int) -> PaneText:
        draft = self.draft
        if draft is None:
            return PaneText("Book a course", (), empty=READING)
        rows = booking_rows(self._shown(), draft.skipped, draft.missing, width, self._timezone)
        kind = draft.wish.archetype.name
        title = f"Book {clean(kind)}  {patient_line(draft.wish.history, draft.wish.infusions_before)}"
        return PaneText(title, rows, booking_head(width), NO_PLACE)

    def _shown(self) -> tuple[DayShown, ...]:
        draft, calendar = self.draft, self._calendar
        if draft is None or calendar is None:
            return ()
        return days_shown(draft, calendar, self._problems, self._taken, self._weight())

    def _weight(self) -> tuple[Decimal, date] | None:
        return last_weight(self._history, self._timezone) if self._history is not None else None

    def list_height(self, height: int) -> int:
        return super().list_height(height) - self._told_height

    def repaint(self, *, follow: bool = False) -> None:
        width, height = self.app.size
        told = self._told_lines(width - 2)
        room = max(3, super().list_height(height))
        self._told_height = min(max(5, len(told)), max(5, room // 3)) if self.draft else 0
        self._told.say(tuple((Cell(" "), *line) for line in told[: self._told_height]))
        self._told.styles.height = self._told_height
        self._pane.styles.height = room - self._told_height
        super().repaint(follow=follow)

    def _told_lines(self, width: int) -> list[Line]:
        answer: list[Line] = [
            (Cell(words, style),) for text, style in self._answer for words in wrapped(text, width)
        ]
        shown = next((d for d in self._shown() if d.number == self._number), None)
        lines = [*answer, *detail_lines(shown, width, self._timezone)]
        if self.draft is not None:
            lines.append((Cell("· ", "dim"), Cell(weight_words(self._weight()), "dim")))
        return lines

    def verbs(self) -> tuple[Verb, ...]:
        if self._saving:
            return (Verb("leave", "⏎", "saving …"),)
        return (
            Verb("book", "⏎", "Book", not_theirs(self.app, "book_course")),
            Verb("date(1)", "←→", "Date"),
            Verb("time(1)", "t/T", "Later/earlier"),
            Verb("chair", "c", "Chair"),
            Verb("by_hand", "e", "By hand"),
            Verb("propose", "r", "Proposal"),
            Verb("wish", "b", "Kind"),
            Verb("leave", "Esc", "Leave"),
        )

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────

    def action_move(self, step: int) -> None:
        self._answer = ()
        super().action_move(step)

    def action_date(self, step: int) -> None:
        """The day under the cursor, and those after it, on another date."""
        self._move(lambda draft, number, cal: drafting.on_other_date(draft, number, step, cal))

    def action_time(self, step: int) -> None:
        self._move(lambda draft, number, cal: drafting.at_other_time(draft, number, step, cal))

    def action_chair(self) -> None:
        self._move(drafting.in_other_chair)

    def action_propose(self) -> None:
        """Back to what was proposed, with what others have booked since."""
        if self.draft is not None and not self._saving:
            assert self._calendar is not None
            self._became(drafting.proposed(self.draft.wish, self._calendar), everything=True)

    def _move(self, how: Any) -> None:
        draft, calendar = self.draft, self._calendar
        if draft is None or calendar is None or self._saving:
            return
        try:
            self._became(how(draft, self._number, calendar))
        except CannotMove as cannot:
            self._answer = ((str(cannot), "warn"),)
            self.repaint()

    def _became(self, draft: Draft, *, everything: bool = False) -> None:
        before = {d.number: d for d in self.draft.days} if self.draft is not None else {}
        moved = {d.number for d in draft.days if before.get(d.number) != d}
        self.draft, self._answer, self._unanswered = draft, (), False
        self._taken = {n: who for n, who in self._taken.items() if not everything and n not in moved}
        self._judge()
        self.repaint(follow=True)

    def action_by_hand(self) -> None:
        """Asks for date, time and chair of the day under the cursor."""
        draft, calendar, number = self.draft, self._calendar, self._number
        if draft is None or calendar is None or self._saving or not number:
            return
        form = day_form(draft, number, calendar)

        async def taken_over(command: cmd.Command) -> Outcome:
            assert isinstance(command, cmd.TakeDay)
            wanted = command.wanted
            assert self.draft is not None
            self._became(drafting.by_hand(self.draft, wanted.day, wanted.start, wanted.chair))
            return Done(command.id or "", ())

        self._open(form, taken_over, lambda _: self.repaint(follow=True))

    def _judge(self) -> None:
        assert self.draft is not None
        assert self._calendar is not None
        self._problems = drafting.problems_of(self.draft, self._calendar)

    async def opened(self, key: str) -> None:
        self.action_by_hand()
