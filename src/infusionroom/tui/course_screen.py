"""One course: its days with the doses, what was agreed and consented, the response, and the two weeks after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from infusionroom.domain.course_days import CourseDay, DayState, held
from infusionroom.domain.day import clinic_day
from infusionroom.tui.course_verbs import ABOVE, BELOW, BY_ID, VERBS, word_of
from infusionroom.tui.file_screen import FileScreen
from infusionroom.tui.present.cells import Cell, Line
from infusionroom.tui.present.course_facts import FACTS_TITLE, fact_rows
from infusionroom.tui.present.course_head import course_head, undecided
from infusionroom.tui.present.course_table import DAYS_EMPTY, day_rows, days_head, detail_lines
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.pain_trend import TREND_EMPTY, TREND_TITLE, response_rows
from infusionroom.tui.present.patient_file import latest_weight
from infusionroom.tui.reading_files import Asking, Files
from infusionroom.tui.role_reasons import COURSE_VERBS, not_theirs

if TYPE_CHECKING:
    from infusionroom.domain.course_file import CourseFile, PatientHistory
    from infusionroom.domain.visit import Visit

_KEYS = {verb.key for verb in VERBS}


class CourseScreen(FileScreen):
    """The course of an id. The cursor stands in its days; most verbs are about the course, some about that day."""

    PANES = ("days", "facts", "trend")
    TITLES = ("Days", "Agreed, afterwards", "Response")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(verb.key, f"verb('{verb.id}')", show=False) for verb in VERBS),
    ]
    DEFAULT_CSS = """
    CourseScreen #days { height: 1fr; min-height: 8; max-height: 15; }
    CourseScreen #detail { height: 2; }
    CourseScreen #below { height: 1fr; min-height: 12; }
    CourseScreen #facts { width: 3fr; }
    CourseScreen #trend { width: 2fr; }
    CourseScreen.-tabs #days { max-height: 100%; }
    CourseScreen.-tabs #below { display: none; min-height: 0; }
    CourseScreen.-tabs.-facts #below, CourseScreen.-tabs.-trend #below { display: block; }
    CourseScreen.-tabs.-facts #detail, CourseScreen.-tabs.-trend #detail { display: none; }
    CourseScreen.-tabs #facts, CourseScreen.-tabs #trend { width: 1fr; }
    """

    def __init__(self, course_id: str) -> None:
        super().__init__()
        self.course_id = course_id
        self.file: CourseFile | None = None
        self.weight: Decimal | None = None
        self._missing = False
        self._asking: Asking | None = None

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._head
        yield self._tabs
        with Vertical(id="middle"):
            yield self.panes["days"]
            yield self._detail
            with Horizontal(id="below"):
                yield self.panes["facts"]
                yield self.panes["trend"]
        yield self._footer

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def read(self) -> None:
        self._asking = self._asking or Asking(self.app)
        self.run_worker(self._reading(self._asking))

    async def _reading(self, asking: Asking) -> None:
        def question(files: Files) -> tuple[CourseFile | None, PatientHistory | None]:
            file = files.course(self.course_id)
            return file, files.patient(file.patient.id) if file is not None else None

        found = await asking.ask(question)
        if found is None:
            self.read_up_to = None
            return
        file, history = found
        first = self.file is None
        self._missing = file is None
        self.file = file or self.file
        weight = latest_weight(history, self.timezone) if history is not None else None
        self.weight = weight[0] if weight is not None else None
        if first and file is not None:
            self._to_what_is_asked(file)
        self.repaint(follow=first)

    def _to_what_is_asked(self, file: CourseFile) -> None:
        """The cursor begins on the day that is to be decided, else on the one that comes next."""
        days = file.days
        asked = undecided(file) or next((d for d in days if d.state is DayState.HERE), None)
        asked = asked or next((d for d in days if d.to_come), days[-1] if days else None)
        self.selected["days"] = str(asked.number) if asked is not None else ""

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def head(self, width: int) -> tuple[Line, ...]:
        if self.file is None or self.now is None:
            words = "There is no such course in this store." if self._missing else "reading …"
            return ((Cell(words, "warn"),),)
        return course_head(self.file, self._today(), self.timezone, width)

    def _today(self) -> date:
        assert self.now is not None
        return clinic_day(self.now, self.timezone)

    def content(self, name: str, width: int, height: int) -> PaneText:
        file, room = self.file, self.room
        if file is None or room is None or room.clinic is None or self.now is None:
            return PaneText(self.TITLES[self.PANES.index(name)], ())
        clinic = room.clinic
        if name == "days":
            rows = day_rows(file, clinic.rules, self.weight, self._today(), width, self.timezone)
            title = f"Days  {len(held(file.days))} of {file.course.of} held"
            return PaneText(title, rows, days_head(width), DAYS_EMPTY)
        if name == "facts":
            return PaneText(FACTS_TITLE, fact_rows(file, clinic, self.now, width))
        rows = response_rows(file, self.timezone, width, height)
        return PaneText(TREND_TITLE, rows, empty=TREND_EMPTY)

    def detail(self, width: int) -> tuple[Line, ...]:
        if self.file is None or self.room is None or self.room.clinic is None or self.now is None:
            return ()
        rules, today = self.room.clinic.rules, self._today()
        return detail_lines(self.file, self.day, rules, self.weight, today, width, self.timezone)

    @property
    def day(self) -> CourseDay | None:
        """The day under the cursor."""
        days = self.file.days if self.file is not None else ()
        return next((day for day in days if str(day.number) == self.selected["days"]), None)

    def verbs(self) -> tuple[tuple[Verb, ...], tuple[Verb, ...]]:
        above = [self._verb(name) for name in ABOVE]
        below = [self._verb(name) for name in BELOW]
        return (*above, Verb("back", "Esc", "Back")), (*below, Verb("tab(1)", "Tab", "Pane"))

    def _verb(self, name: str) -> Verb:
        verb = BY_ID[name]
        key = "⏎" if verb.key == "enter" else verb.key
        why = verb.why_not(self.file, self.day) if self.file is not None else "The course is being read."
        why = not_theirs(self.app, COURSE_VERBS[name]) or why
        return Verb(f"verb('{name}')", key, word_of(verb, self.day), why)

    def target(self) -> tuple[Visit | None, int | None]:
        """The visit of the day under the cursor, where it is one of today's."""
        row = self.day.visit if self.day is not None else None
        visit = self.room.visits.get(row.visit) if self.room is not None and row is not None else None
        return visit, visit.chair if visit is not None and visit.here else None

    # ── doing ───────────────────────────────────────────────────────────────────────────────────────────────

    async def opened(self) -> None:
        await self.action_verb("open")

    async def action_verb(self, name: str) -> None:
        """Does what a verb of the table says, or says why it cannot be done."""
        from infusionroom.tui import file_forms

        app, file, day, verb = self.app, self.file, self.day, BY_ID[name]
        if file is None:
            return
        if (why := not_theirs(app, COURSE_VERBS[name]) or verb.why_not(file, day)) is not None:
            app.say(why, warn=True)
        elif name == "open" and day is not None and day.visit is not None:
            await app.perform("open", day.visit.visit)
        elif name == "patient":
            await file_forms.show_patient(app, file.patient.id)
        elif file_forms.lost(app, verb.word):
            return
        elif name == "letter":
            from infusionroom.tui.letter_screen import LetterScreen

            await app.push_screen(LetterScreen(file))
        elif name == "defer" and day is not None:
            await file_forms.defer(app, file, day.number)
        elif name == "extend":
            await file_forms.extend(app, file)
        else:
            number = day.number if name == "omit" and day is not None else None
            await file_forms.open_file_form(app, verb.form, course=file, day=number)
