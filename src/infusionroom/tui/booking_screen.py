"""Booking a course: what is wished for, then the proposal day by day, moved by keys, then booked as a whole."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from infusionroom.domain import commands as cmd
from infusionroom.domain.day import clinic_day
from infusionroom.domain.outcome import Done, Outcome, Reason, Refused
from infusionroom.domain.working_days import next_working_day
from infusionroom.services.errors import RoomError
from infusionroom.services.holiday_calendar import UnknownRegion
from infusionroom.tui import booking_draft as drafting
from infusionroom.tui.booking_draft import Calendar, CannotMove, Draft, Wish
from infusionroom.tui.booking_reading import (
    beginning,
    calendar_of,
    days_shown,
    last_weight,
    proposal_for,
    wish_of,
)
from infusionroom.tui.forms.booking_forms import day_form, overbook_form, wish_form
from infusionroom.tui.forms.paper import Said
from infusionroom.tui.forms.screen import FormScreen, Submit
from infusionroom.tui.forms.spec import FormContext, FormSpec
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.booking import (
    NO_PLACE,
    READING,
    DayShown,
    booked_words,
    booking_head,
    booking_rows,
    day_key,
    detail_lines,
    patient_line,
    patient_words,
    refusal_words,
    weight_words,
)
from infusionroom.tui.present.cells import Cell, Line, clean, wrapped
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.course_file import PatientHistory
    from infusionroom.domain.room import Room
    from infusionroom.services.room import RoomService


_JUDGED_FOR = timedelta(minutes=1)


class BookingScreen(ListScreen):
    """Books a course for a patient; with `visit`, around a visit that is to become its first day.

    Nothing is entered before Enter. While it is open, what others enter is read again, and a day whose place was
    taken says so.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "date(-1)", show=False),
        Binding("right,l", "date(1)", show=False),
        Binding("t", "time(1)", show=False),
        Binding("T", "time(-1)", show=False),
        Binding("c", "chair", show=False),
        Binding("e", "by_hand", show=False),
        Binding("r", "propose", show=False),
        Binding("b", "wish", show=False),
        Binding("enter,f2", "book", show=False),
    ]

    def __init__(self, patient_id: str, visit: str = "", *, first_day: date | None = None) -> None:
        super().__init__()
        self.patient_id, self.visit_id = patient_id, visit
        self.draft: Draft | None = None
        self._first_day = first_day
        self._history: PatientHistory | None = None
        self._calendar: Calendar | None = None
        self._stands: tuple[datetime, int | None] | None = None
        self._proposal: Draft | None = None
        self._problems: dict[int, tuple[Reason, ...]] = {}
        self._taken: frozenset[int] = frozenset()
        self._answer: tuple[tuple[str, str], ...] = ()
        self._given: tuple[cmd.Command, str] | None = None
        self._begun = self._saving = self._unanswered = False
        self._asked = 0
        self._told, self._told_height = Said(id="told"), 0

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._pane
        yield self._told
        yield self._footer

    @property
    def keys_wait(self) -> bool:
        """Whether keys have to wait: the patient is being read, or the booking is on its way."""
        return self._saving or not self._begun

    @property
    def _service(self) -> RoomService:
        return cast("RoomService", self.app.room)

    @property
    def _timezone(self) -> str:
        return self.room.clinic.timezone if self.room and self.room.clinic else "UTC"

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._begin(), group="read")

    async def _begin(self) -> None:
        try:
            begun = await asyncio.to_thread(beginning, self._service, self.patient_id, self.visit_id)
        except (RoomError, UnknownRegion) as wrong:
            self._give_up(str(wrong))
            return
        if begun is None:
            self._give_up("This patient is not on file any more.")
            return
        self._history, self._holidays, self._stands = begun
        self._begun = True
        self.action_wish()

    def _give_up(self, why: str) -> None:
        self._begun = True
        self.app.say(f"Book a course: {why}", warn=True)
        self.app.pop_screen()
        self.app.key_done(taken=False)

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        before = self.room.head if self.room else None
        super().show(room, board, now)
        if room is None or before is None or self.draft is None or self._calendar is None:
            return
        # A minute later a start may have gone by, and who should have left may still be here.
        if room.head != before or now - self._calendar.now >= _JUDGED_FOR:
            self._asked += 1
            self.run_worker(self._read_again(self._asked, self.draft.wish), group="read")

    async def _read_again(self, asked: int, wish: Wish) -> None:
        try:
            calendar = await asyncio.to_thread(calendar_of, self._service, wish)
        except (RoomError, UnknownRegion):
            return
        # While it is not known whether it was booked, what is read may be this very booking.
        if asked != self._asked or self._saving or self._unanswered or self.draft is None:
            return
        before, known = (
            set(self._problems),
            {row.visit for row in self._calendar.booked} if self._calendar else set(),
        )
        self._calendar = calendar
        self._judge()
        # Who was taken before stays so until the day is moved; a time gone by was taken by nobody.
        others = any(row.visit not in known for row in calendar.booked)
        new = set(self._problems) - before if others else set()
        self._taken = frozenset((self._taken | new) & set(self._problems))
        self.repaint()

    def _judge(self) -> None:
        assert self.draft is not None
        assert self._calendar is not None
        self._problems = drafting.problems_of(self.draft, self._calendar)

    # ── step one: what is wished for ────────────────────────────────────────────────────────────────────────

    def action_wish(self) -> None:
        """Asks what course it is to be; asked again, with what was answered."""
        history, room = self._history, self.room
        if history is None or room is None or room.clinic is None:
            return
        clinic = room.clinic
        usual = history.courses[0].course.archetype.name if history.courses else ""
        first = self._first_day or next_working_day(clinic, self._holidays, self._service.day())
        form = wish_form(
            clinic,
            self._holidays,
            who=patient_words(history.patient.file),
            first_day=clinic_day(self._stands[0], clinic.timezone) if self._stands else first,
            earlier=self.draft.wish if self.draft is not None else None,
            usual=usual if usual in clinic.archetypes else "",
            for_visit=bool(self._stands),
        )
        self._open(form, self._wished, self._wish_closed)

    def _open(self, form: FormSpec, submit: Submit, closed: Any) -> None:
        now = self.app.now()
        assert now is not None
        assert self.room is not None
        context = FormContext(room=self.room, visit=None, chair=None, now=now, actor=self.app.actor)
        self.app.clear_notifications()
        self.app.push_screen(FormScreen(form, context, submit), closed)

    async def _wished(self, command: cmd.Command) -> Outcome:
        """What the first form is given to: it is done once there are days to show."""
        assert isinstance(command, cmd.BookCourse)
        assert command.target is not None
        assert self._history is not None
        assert self.room is not None
        assert self.room.clinic is not None
        wish = wish_of(command, self._history, self.room.clinic, self.visit_id, self._stands)
        try:
            calendar, draft = await asyncio.to_thread(proposal_for, self._service, wish)
        except UnknownRegion as unknown:
            return Refused(command.id or "", (Reason("region", f"Book: {unknown}."),))
        self._calendar, self.draft, self._proposal = calendar, draft, draft
        self._taken, self._answer, self._given, self._unanswered = frozenset(), (), None, False
        self.selected = day_key(1)
        self._judge()
        return Done(command.id or "", ())

    def _wish_closed(self, outcome: Outcome | None) -> None:
        if outcome is None and self.draft is None:
            self.app.call_later(self.app.pop_screen)
        else:
            self.repaint(follow=True)

    # ── step two: the days ──────────────────────────────────────────────────────────────────────────────────

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
            Verb("book", "⏎", "Book"),
            Verb("date(1)", "←→", "Date"),
            Verb("time(1)", "t/T", "Later/earlier"),
            Verb("chair", "c", "Chair"),
            Verb("by_hand", "e", "By hand"),
            Verb("propose", "r", "Proposal"),
            Verb("wish", "b", "Kind"),
            Verb("leave", "Esc", "Leave"),
        )

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
        self._taken = frozenset() if everything else self._taken - moved
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

    # ── booking ─────────────────────────────────────────────────────────────────────────────────────────────

    def action_book(self) -> None:
        """Books the course as it stands, or says what stands against it."""
        draft = self.draft
        if draft is None or self._saving:
            return
        if self._unanswered:
            self._give(drafting.command_of(draft))
            return
        missing = draft.wish.days - len(draft.days)
        if drafting.hard(self._problems) or missing:
            first = drafting.hard(self._problems)
            self._answer = ((refusal_words(self._problems, missing), "high"),)
            if first:
                self.selected = day_key(first[0][0])
            self.repaint(follow=True)
        elif drafting.asks_reason(self._problems):
            self._open(overbook_form(draft, self._problems), self.app.submit, self._overbooked)
        else:
            self._give(drafting.command_of(draft))

    def _overbooked(self, outcome: Outcome | None) -> None:
        if isinstance(outcome, Done):
            self.app.call_later(self._booked)

    def _give(self, command: cmd.Command) -> None:
        # The same contents keep their id: sent again after a broken connection, they are entered once.
        if self._given is None or self._given[0] != command:
            self._given = (command, uuid.uuid4().hex)
        self._saving, self._unanswered, self._answer = True, False, ()
        self.repaint()
        self.run_worker(self._giving(replace(command, id=self._given[1])), exclusive=True, group="submit")

    async def _giving(self, command: cmd.Command) -> None:
        try:
            outcome = await self.app.submit(command)
        except RoomError as unreachable:
            self._saving, self._unanswered = False, True
            self._answer = ((str(unreachable), "high"), ("Nothing was lost: Enter tries again.", "strong"))
            self.repaint()
            self.app.key_done(taken=False)
            return
        self._saving = False
        assert self.draft is not None
        if isinstance(outcome, Done):
            self._booked()
        elif isinstance(outcome, Refused):
            # Whatever it was refused for may be new: the days are judged again.
            self._asked += 1
            self.run_worker(self._read_again(self._asked, self.draft.wish), group="read")
            self._answer = tuple((reason.text, "high") for reason in outcome.reasons)
            self.repaint()
        else:
            self._given = None
            told = f"Nothing was booked: {outcome.by} at {outcome.terminal} was quicker. Enter books it after that."
            self._answer = ((told, "high"),)
            self.repaint()
        self.app.key_done(taken=isinstance(outcome, Done))

    def _booked(self) -> None:
        assert self.draft is not None
        wish = self.draft.wish
        starts = [day.start for day in self.draft.days]
        self.app.pop_screen()
        self.app.say(booked_words(wish.history.patient.file, wish.archetype.name, starts, self._timezone))

    def action_leave(self) -> None:
        """Leaves nothing behind. While a booking is on its way it waits for the answer."""
        if not self._saving:
            self.app.pop_screen()

    async def opened(self, key: str) -> None:
        self.action_by_hand()
