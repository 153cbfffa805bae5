"""One patient: the file, the courses, the visits; and what is done with them from the keyboard."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from infusionroom.domain.day import clinic_day
from infusionroom.tui.file_screen import FileScreen
from infusionroom.tui.present.cells import Cell, Line
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.patient_file import FILE_TITLE, file_rows, history_head
from infusionroom.tui.present.patient_lists import (
    COURSES_EMPTY,
    VISITS_EMPTY,
    course_rows,
    courses_head,
    visit_rows,
    visits_head,
)
from infusionroom.tui.reading_files import Asking, Files
from infusionroom.tui.role_reasons import PATIENT_VERBS, not_theirs

if TYPE_CHECKING:
    from infusionroom.domain.course_file import PatientHistory
    from infusionroom.domain.visit import Visit


class PatientScreen(FileScreen):
    """The file of one patient; of a duplicate, the file that holds."""

    PANES = ("file", "courses", "visits")
    TITLES = ("File", "Courses", "Visits")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", show=False),
        Binding("w", "weigh", show=False),
        Binding("b", "book", show=False),
        Binding("m", "merge", show=False),
        Binding("p", "part", show=False),
        Binding("enter", "open", show=False),
    ]
    DEFAULT_CSS = """
    PatientScreen #head { height: 2; }
    PatientScreen #left { width: 2fr; }
    PatientScreen #right { width: 3fr; }
    PatientScreen #courses { height: 1fr; max-height: 14; }
    PatientScreen #visits { height: 2fr; }
    PatientScreen #detail { display: none; }
    PatientScreen.-tabs #left, PatientScreen.-tabs #right { width: 1fr; display: none; }
    PatientScreen.-tabs.-file #left { display: block; }
    PatientScreen.-tabs.-courses #right, PatientScreen.-tabs.-visits #right { display: block; }
    PatientScreen.-tabs #courses { max-height: 100%; }
    """

    def __init__(self, patient_id: str) -> None:
        super().__init__()
        self.patient_id = patient_id
        self.history: PatientHistory | None = None
        self.alike = 0
        self._missing = False
        self._asking: Asking | None = None

    def middle(self) -> ComposeResult:
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield self.panes["file"]
            with Vertical(id="right"):
                yield self.panes["courses"]
                yield self.panes["visits"]

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def read(self) -> None:
        self._asking = self._asking or Asking(self.app)
        self.run_worker(self._reading(self._asking))

    async def _reading(self, asking: Asking) -> None:
        def question(files: Files) -> tuple[PatientHistory | None, int]:
            history = files.patient(self.patient_id)
            if history is None:
                return None, 0
            own = {history.patient.id, *(other.id for other in history.duplicates)}
            others = [one for one in files.alike(history.patient.file) if one.patient not in own]
            return history, sum(1 for one in others if not one.merged_into)

        found = await asking.ask(question)
        if found is None:
            self.read_up_to = None
            return
        history, self.alike = found
        self._missing = history is None
        self.history = history or self.history
        self.repaint()

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def head(self, width: int) -> tuple[Line, ...]:
        if self.history is None or self.now is None:
            words = "There is no such patient in this store." if self._missing else "reading …"
            return ((Cell(words, "warn"),),)
        return history_head(self.history, self._today(), width, alike=self.alike)

    def content(self, name: str, width: int, height: int) -> PaneText:
        history, room = self.history, self.room
        if history is None or room is None or room.clinic is None:
            return PaneText(self.TITLES[self.PANES.index(name)], ())
        if name == "file":
            rows = file_rows(history, room.clinic.rules, self._today(), self.timezone, width)
            return PaneText(FILE_TITLE, rows)
        if name == "courses":
            rows = course_rows(history.courses, width, self.timezone)
            return PaneText(f"Courses  {len(rows)}", rows, courses_head(width) if rows else (), COURSES_EMPTY)
        rows = visit_rows(history.visits, width, self.timezone)
        return PaneText(f"Visits  {len(rows)}", rows, visits_head(width) if rows else (), VISITS_EMPTY)

    def _today(self) -> date:
        assert self.now is not None
        return clinic_day(self.now, self.timezone)

    def verbs(self) -> tuple[tuple[Verb, ...], tuple[Verb, ...]]:
        wait = None if self.history is not None else "The file is being read."
        apart = wait or (
            None if self.history and self.history.duplicates else "Part: no file is merged with this one."
        )
        word = "Edit" if self.pane == "file" else "Open"
        nothing = None if self.pane == "file" or self.selected[self.pane] else "Open: nothing is here yet."
        return (
            (
                Verb("open", "⏎", word, wait or nothing),
                Verb("edit", "e", "Edit file", self._not_theirs("edit") or wait),
                Verb("weigh", "w", "Weight", self._not_theirs("weigh") or wait),
                Verb("book", "b", "Book a course", self._not_theirs("book") or wait),
                Verb("merge", "m", "Merge", self._not_theirs("merge") or wait),
                Verb("part", "p", "Part", self._not_theirs("part") or apart),
            ),
            (Verb("tab(1)", "Tab", "Pane"), Verb("move(1)", "↑↓", "Row"), Verb("back", "Esc", "Back")),
        )

    def _not_theirs(self, verb: str) -> str | None:
        return not_theirs(self.app, PATIENT_VERBS[verb])

    def target(self) -> tuple[Visit | None, int | None]:
        """The patient's visit that is here or comes today, if there is one."""
        if self.room is None or self.history is None:
            return None, None
        rows = {row.visit for row in self.history.visits}
        visits = [visit for visit in self.room.visits.values() if visit.id in rows]
        visit = next((v for v in visits if v.here), visits[0] if visits else None)
        return visit, visit.chair if visit is not None and visit.here else None

    # ── doing ───────────────────────────────────────────────────────────────────────────────────────────────

    async def opened(self) -> None:
        await self.action_open()

    async def action_open(self) -> None:
        from infusionroom.tui.file_forms import show_course

        key = self.selected[self.pane]
        if self.pane == "file":
            await self.action_edit()
        elif self.pane == "courses" and key:
            await show_course(self.app, key)
        elif key:
            await self.app.perform("open", key)

    async def action_edit(self) -> None:
        await self._form("change_patient", "Edit")

    async def action_weigh(self) -> None:
        await self._form("weight_on_file", "Weight")

    async def action_part(self) -> None:
        if self.history is not None and not self.history.duplicates:
            self.app.say("Part: no file is merged with this one.", warn=True)
            return
        await self._form("part", "Part")

    async def _form(self, form_id: str, word: str) -> None:
        from infusionroom.tui.file_forms import lost, open_file_form

        if self.history is not None and not lost(self.app, word):
            await open_file_form(self.app, form_id, history=self.history)

    async def action_merge(self) -> None:
        from infusionroom.tui.file_forms import lost, merge

        if self.history is not None and not lost(self.app, "Merge"):
            await merge(self.app, self.history)

    async def action_book(self) -> None:
        from infusionroom.tui.file_forms import book, lost

        if self.history is not None and not lost(self.app, "Book"):
            await book(self.app, self.history.patient.id)
