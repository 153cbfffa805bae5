"""What is open after courses: calls due, never started, not prescribed or taught, undecided days, nobody's visits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from infusionroom.domain.day import clinic_day
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.follow_up_list import (
    AHEAD_DAYS,
    FOLLOW_UP_EMPTY,
    Open,
    follow_up_head,
    follow_up_rows,
    open_things,
)
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.reading_files import Asking, Files
from infusionroom.tui.role_reasons import action_not_theirs, not_theirs, said_why

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.course_file import CourseFile
    from infusionroom.domain.record import VisitRecord
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit

# How far back a visit of no course is still asked about.
UNASSIGNED_SINCE_DAYS = 30


class FollowUpScreen(ListScreen):
    """One row per open thing, the earliest due first; `⏎` opens the course or the visit, `k` records the call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", show=False),
        Binding("k", "call", show=False),
        Binding("P", "patient", show=False),
        Binding("F", "leave", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._files: tuple[CourseFile, ...] = ()
        self._unassigned: tuple[VisitRecord, ...] = ()
        self._read = False
        self._read_up_to: int | None = None
        self._asking: Asking | None = None

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        super().show(room, board, now)
        if room is not None and room.head != self._read_up_to:
            self._read_up_to = room.head
            self._asking = self._asking or Asking(self.app)
            self.run_worker(self._reading(self._asking))

    @property
    def _today(self) -> date:
        timezone = self.board.timezone if self.board is not None else "UTC"
        assert self.now is not None
        return clinic_day(self.now, timezone)

    async def _reading(self, asking: Asking) -> None:
        today = self._today

        def question(files: Files) -> tuple[list[CourseFile], list[VisitRecord]]:
            due = files.courses_due(today + timedelta(days=AHEAD_DAYS))
            known = {file.course.id: file for file in (*due, *files.courses_in_follow_up())}
            return list(known.values()), files.unassigned(today - timedelta(days=UNASSIGNED_SINCE_DAYS))

        found = await asking.ask(question)
        if found is None:
            # Out of reach, or asked anew meanwhile: the next tick tries again.
            self._read_up_to = None
        else:
            self._files, self._unassigned, self._read = tuple(found[0]), tuple(found[1]), True
            self.repaint()

    def _things(self) -> tuple[tuple[Open, ...], int]:
        return open_things(self._files, self._unassigned, self._today)

    def content(self, width: int) -> PaneText:
        if self.now is None or not self._read:
            return PaneText("Follow-up", (), empty=("reading …",))
        things, later = self._things()
        due = sum(1 for thing in things if thing.due_on <= self._today)
        title = f"Follow-up  {due} due" + (
            f", {len(things) - due} in the next {AHEAD_DAYS} days" if things else ""
        )
        more = f"{later} later" if later else ""
        rows = follow_up_rows(things, width, self._today)
        return PaneText(title, rows, follow_up_head(width) if rows else (), FOLLOW_UP_EMPTY, more)

    def _chosen(self) -> Open | None:
        things = self._things()[0] if self.now is not None else ()
        return next((thing for thing in things if thing.key == self.selected), None)

    def _file(self) -> CourseFile | None:
        chosen = self._chosen()
        return next((f for f in self._files if chosen and f.course.id == chosen.course), None)

    def target(self) -> tuple[Visit | None, int | None]:
        chosen = self._chosen()
        visit = self.room.visits.get(chosen.visit) if self.room is not None and chosen is not None else None
        return visit, visit.chair if visit is not None and visit.here else None

    def verbs(self) -> tuple[Verb, ...]:
        chosen = self._chosen()
        nothing = None if chosen is not None else "Nothing is open."
        visit = chosen is not None and bool(chosen.visit)
        return (
            Verb("open", "⏎", "Assign" if visit else "Open the course", self._why_not_open() or nothing),
            Verb("call", "k", "Record the call", self._why_no_call()),
            Verb("patient", "P", "Patient", self._why_no_patient() or nothing),
            Verb("leave", "Esc", "Back"),
        )

    def _why_not_open(self) -> str | None:
        chosen = self._chosen()
        assigns = chosen is not None and bool(chosen.visit)
        return action_not_theirs(self.app, "assign" if assigns else "course")

    def _why_no_patient(self) -> str | None:
        chosen = self._chosen()
        nobodys = chosen is not None and bool(chosen.visit)
        return action_not_theirs(self.app, "file") or ("It is nobody's yet." if nobodys else None)

    def _why_no_call(self) -> str | None:
        from infusionroom.tui.course_verbs import BY_ID

        if (theirs := not_theirs(self.app, "record_call")) is not None:
            return theirs
        file = self._file()
        return BY_ID["call"].why_not(file, None) if file is not None else "Call: choose a course first."

    async def action_open(self) -> None:
        """The course; of a visit that is nobody's, the assigning."""
        from infusionroom.tui.file_forms import show_course

        chosen = self._chosen()
        if said_why(self.app, self._why_not_open()):
            return
        if chosen is not None and chosen.visit:
            await self.app.perform("assign", chosen.visit)
        elif chosen is not None:
            await show_course(self.app, chosen.course)

    async def action_call(self) -> None:
        """Records a call; the one under the cursor is the one that is filled in."""
        from infusionroom.tui.file_forms import lost, open_file_form

        chosen, file = self._chosen(), self._file()
        if said_why(self.app, self._why_no_call()):
            return
        if file is not None and chosen is not None and not lost(self.app, "Call"):
            await open_file_form(self.app, "record_call", course=file, day=chosen.call)

    async def action_patient(self) -> None:
        """Whose course it is."""
        from infusionroom.tui.file_forms import show_patient

        if said_why(self.app, self._why_no_patient()):
            return
        if (file := self._file()) is not None:
            await show_patient(self.app, file.patient.id)

    async def opened(self, key: str) -> None:
        await self.action_open()
