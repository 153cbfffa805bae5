"""The letter to the patient's own pain physician: drafted from the course, edited here, kept and sealed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import TextArea

from infusionroom.domain import commands as cmd
from infusionroom.domain.day import clinic_day
from infusionroom.domain.outcome import Conflict, Done, Outcome
from infusionroom.tui.panes.footer import Footer
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import Cell, Line, fit_line
from infusionroom.tui.present.course_facts import letter_fact
from infusionroom.tui.present.course_head import course_line
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.patients import patient_line
from infusionroom.tui.reading_files import now_read

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.course_file import CourseFile
    from infusionroom.domain.room import Room
    from infusionroom.tui.app import InfusionRoomApp


class LetterScreen(Screen[None]):
    """The text of a course's letter. F2 keeps it as a draft, F6 seals it, F7 drafts it anew; Esc leaves.

    What would lose or end something is asked for twice. The version that was shown is given with every command, so
    that two people at one letter do not overwrite each other.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "keep", show=False, priority=True),
        Binding("f6", "seal", show=False, priority=True),
        Binding("f7", "anew", show=False, priority=True),
        Binding("escape", "leave", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    LetterScreen { layout: vertical; overflow: hidden; background: $background; color: $foreground; }
    LetterScreen #head { height: 3; }
    LetterScreen #footer { height: 2; }
    LetterScreen TextArea, LetterScreen TextArea:focus {
        height: 1fr; border: solid $primary; padding: 0 1; background: $background; color: $foreground;
    }
    """

    app: InfusionRoomApp

    def __init__(self, file: CourseFile) -> None:
        super().__init__()
        self.file = file
        self._head, self._footer = Lines(id="head"), Footer()
        self._area = TextArea(soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        self._area.cursor_blink = False
        self._kept = ""
        self._asked = ""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._area
        yield self._footer

    def on_mount(self) -> None:
        letter = self.file.course.letter
        self._kept = letter.text if letter is not None else ""
        self._area.load_text(self._kept or self._draft())
        self._area.focus()
        self.call_after_refresh(self.repaint)

    def on_resize(self) -> None:
        self.call_after_refresh(self.repaint)

    def _draft(self) -> str:
        from infusionroom.report.letter import draft

        clinic, now = self.app.room_state.clinic, self.app.now()
        assert now is not None
        return draft(self.file, clinic, clinic_day(now, clinic.timezone))

    @property
    def _timezone(self) -> str:
        return self.app.board.timezone if self.app.board is not None else "UTC"

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        """The text is what somebody types: nothing that comes from elsewhere changes it."""
        self.repaint()

    def repaint(self) -> None:
        """Whose letter it is, where it stands, and what the keys do."""
        if not self.is_mounted:
            return
        width, now = self.app.size.width, self.app.now()
        today = clinic_day(now, self._timezone) if now is not None else None
        lines: list[Line] = []
        if today is not None:
            lines = [
                (
                    *patient_line(self.file.patient, today, gap=2),
                    Cell("   "),
                    *course_line(self.file, brief=True),
                )
            ]
        _, words, style = letter_fact(self.file, self._timezone)
        if self.file.course.letter is None:
            words = "drafted from the course"
        unsaved = "   not kept yet" if self._changed else ""
        lines.append((Cell("Letter  ", "title"), Cell(words, style), Cell(unsaved, "warn")))
        shown = tuple(fit_line((Cell(" "), *line), width) for line in lines)
        self._head.show_lines((*shown, fit_line((), width)), self.app.paint_name)
        self._footer.present("", self._verbs(), (Verb("leave", "Esc", "Back"),), self.app.paint_name, width)

    def _verbs(self) -> tuple[Verb, ...]:
        return (
            Verb("keep", "F2", "Keep the draft", None if self._changed else "It is kept as it stands."),
            Verb("seal", "F6", "Seal", self._why_not_seal()),
            Verb("anew", "F7", "Draft anew from the course"),
        )

    @property
    def _changed(self) -> bool:
        return self._area.text != self._kept

    def _why_not_seal(self) -> str | None:
        letter = self.file.course.letter
        if self._changed or letter is None:
            return "Seal: keep the draft first, F2."
        return f"Seal: version {letter.version} is sealed already." if letter.sealed_at is not None else None

    def on_text_area_changed(self) -> None:
        self._asked = ""
        self.repaint()

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────

    def _twice(self, what: str, sentence: str) -> bool:
        """Whether it was asked for twice in a row; the first time says what would happen."""
        if self._asked == what:
            self._asked = ""
            return True
        self._asked = what
        self.app.say(sentence, warn=True)
        return False

    def action_leave(self) -> None:
        untouched = not self._kept and self._area.text == self._draft()
        sentence = "The text is not kept yet. F2 keeps it; Esc again leaves without it."
        if not self._changed or untouched or self._twice("leave", sentence):
            self.dismiss(None)

    def action_anew(self) -> None:
        if not self._changed or self._twice("anew", "F7 again replaces the text by a new draft."):
            self._area.load_text(self._draft())
            self.repaint()

    async def action_keep(self) -> None:
        """Keeps the text as the course's next draft."""
        text = self._area.text
        if not self._changed:
            self.app.say("It is kept as it stands.")
        elif not text.strip():
            self.app.say("A letter needs a text; F7 drafts it from the course.", warn=True)
        elif await self._give(cmd.WriteLetter(course=self.file.course.id, text=text)):
            self._kept = text
            self.app.say("The draft is kept.")
        self.repaint()

    async def action_seal(self) -> None:
        """Makes the kept draft final."""
        why = self._why_not_seal()
        if why is not None:
            self.app.say(why, warn=True)
        elif self._twice("seal", "F6 again seals it: what is written after it is another version.") and (
            await self._give(cmd.SealLetter(course=self.file.course.id))
        ):
            self.app.say("The letter is sealed.")
        self.repaint()

    async def _give(self, command: cmd.WriteLetter | cmd.SealLetter) -> bool:
        from msgspec.structs import replace

        from infusionroom.services.errors import RoomError

        try:
            outcome = await self.app.submit(replace(command, expected_version=self.file.course.version))
        except RoomError as lost:
            self.app.say(f"{lost} Nothing was lost: try again.", warn=True)
            return False
        return await self._answered(command, outcome)

    async def _answered(self, command: cmd.WriteLetter | cmd.SealLetter, outcome: Outcome) -> bool:
        if isinstance(outcome, Done):
            await self._reread()
            return True
        if isinstance(outcome, Conflict):
            await self._reread()
            await self._lost(command, outcome)
            return False
        self.app.say(" ".join(reason.text for reason in outcome.reasons), warn=True)
        return False

    async def _lost(self, command: cmd.WriteLetter | cmd.SealLetter, conflict: Conflict) -> None:
        """Shows who was quicker; one key keeps or seals mine after it."""
        from infusionroom.tui.at_once import show_lost

        keeps = isinstance(command, cmd.WriteLetter)
        text = f"{len(self._area.text.split())} words" if keeps else "the draft that was kept last"

        def decided(redo: bool | None) -> None:
            if redo:
                self.app.call_later(self._after_theirs, command)

        title = "Keep the letter" if keeps else "Seal the letter"
        await show_lost(self.app, conflict, decided, title=title, mine=(("Letter", text),))

    async def _after_theirs(self, command: cmd.WriteLetter | cmd.SealLetter) -> None:
        if await self._give(command):
            if isinstance(command, cmd.WriteLetter):
                self._kept = command.text
            self.app.say(
                "The draft is kept." if isinstance(command, cmd.WriteLetter) else "The letter is sealed."
            )
        self.repaint()

    async def _reread(self) -> None:
        fresh = await now_read(self.app, lambda files: files.course(self.file.course.id))
        if fresh is not None:
            self.file = fresh

    async def on_footer_clicked(self, event: Footer.Clicked) -> None:
        await self.run_action(f"screen.{event.action}")
