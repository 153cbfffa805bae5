"""Booking a course: what is wished for, then the proposal day by day, moved by keys, then booked as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from infusionroom.domain import commands as cmd
from infusionroom.domain.day import clinic_day
from infusionroom.domain.outcome import Done, Outcome, Reason, Refused, Taken
from infusionroom.domain.working_days import next_working_day
from infusionroom.services.errors import RoomError
from infusionroom.services.holiday_calendar import UnknownRegion
from infusionroom.tui import booking_draft as drafting
from infusionroom.tui.booking_draft import Draft
from infusionroom.tui.booking_race import lost_places
from infusionroom.tui.booking_reading import beginning, proposal_for, read_again, wish_of
from infusionroom.tui.days_screen import DaysScreen
from infusionroom.tui.forms.booking_forms import overbook_form, wish_form
from infusionroom.tui.forms.dialogs import ConflictDialog
from infusionroom.tui.forms.same_entry import SameEntry
from infusionroom.tui.present.booking import booked_words, day_key, patient_words, refusal_words
from infusionroom.tui.role_reasons import not_theirs, said_why

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.room import Room
    from infusionroom.services.room import RoomService


_JUDGED_FOR = timedelta(minutes=1)


class BookingScreen(DaysScreen):
    """Books a course for a patient; with `visit`, around a visit that is to become its first day.

    Nothing is entered before Enter. While it is open, what others enter is read again, and a day whose place was
    taken says so.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "wish", show=False),
        Binding("enter,f2", "book", show=False),
    ]

    def __init__(self, patient_id: str, visit: str = "", *, first_day: date | None = None) -> None:
        super().__init__()
        self.patient_id, self.visit_id = patient_id, visit
        self._first_day = first_day
        self._stands: tuple[datetime, int | None] | None = None
        self._shown_lost: Mapping[int, tuple[Taken, ...]] = {}
        self._same = SameEntry()
        self._begun = self._refused = False
        self._asked = 0

    @property
    def keys_wait(self) -> bool:
        """Whether keys have to wait: the patient is being read, or the booking is on its way."""
        return self._saving or not self._begun

    @property
    def _service(self) -> RoomService:
        return cast("RoomService", self.app.room)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._begin(), group="read")

    async def _begin(self) -> None:
        why = not_theirs(self.app, "book_course")
        if why is not None:
            self._give_up(why)
            return
        try:
            begun = await asyncio.to_thread(beginning, self._service, self.patient_id, self.visit_id)
        except (RoomError, UnknownRegion) as wrong:
            self._give_up(f"Book a course: {wrong}")
            return
        if begun is None:
            self._give_up("Book a course: this patient is not on file any more.")
            return
        self._history, self._holidays, self._stands = begun
        self._begun = True
        self.action_wish()

    def _give_up(self, why: str) -> None:
        self._begun = True
        self.app.say(why, warn=True)
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
            self.run_worker(self._read_again(self._asked, self.draft), group="read")

    async def _read_again(self, asked: int, draft: Draft) -> None:
        try:
            again = await asyncio.to_thread(read_again, self._service, draft, self._calendar)
        except (RoomError, UnknownRegion):
            return
        # While it is not known whether it was booked, what is read may be this very booking.
        if asked != self._asked or self._saving or self._unanswered or self.draft is None:
            return
        self._calendar = again.calendar
        self._judge()
        # What was taken before stays so until the day is moved; a time gone by was taken by nobody.
        self._taken = {n: who for n, who in {**self._taken, **again.taken}.items() if n in self._problems}
        self.repaint()
        # Whichever reading comes through first: the feed's own may have overtaken the one after the refusal.
        refused, self._refused = self._refused, False
        if refused and self._taken:
            self._show_lost()

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
        self._calendar, self.draft = calendar, draft
        self._taken, self._answer, self._unanswered = {}, (), False
        self._same.forget()
        self.selected = day_key(1)
        self._judge()
        return Done(command.id or "", ())

    def _wish_closed(self, outcome: Outcome | None) -> None:
        if outcome is None and self.draft is None:
            self.app.call_later(self.app.pop_screen)
        else:
            self.repaint(follow=True)

    # ── booking ─────────────────────────────────────────────────────────────────────────────────────────────

    def action_book(self) -> None:
        """Books the course as it stands, or says what stands against it."""
        draft = self.draft
        if draft is None or self._saving or said_why(self.app, not_theirs(self.app, "book_course")):
            return
        if self._unanswered:
            self._give(drafting.command_of(draft))
            return
        missing = draft.wish.days - len(draft.days)
        if self._taken and self._taken != self._shown_lost:
            self._show_lost()
        elif drafting.hard(self._problems) or missing:
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
        self._saving, self._unanswered, self._refused, self._answer = True, False, False, ()
        self.repaint()
        self.run_worker(self._giving(self._same.named(command)), exclusive=True, group="submit")

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
            self._answer = tuple((reason.text, "high") for reason in outcome.reasons)
            self.repaint()
            # Whatever it was refused for may be new: the days are judged again.
            self._asked += 1
            self._refused = True
            await self._read_again(self._asked, self.draft)
        self.app.key_done(taken=isinstance(outcome, Done))

    def _show_lost(self) -> None:
        """Who took which places, and with one key the next ones like them; Esc leaves the days as they stand."""
        draft, calendar = self.draft, self._calendar
        assert draft is not None
        assert calendar is not None
        self._shown_lost = self._taken
        lost, instead = lost_places(draft, self._taken, self._problems, calendar)

        def decided(redo: bool | None) -> None:
            if redo and instead is not None:
                self._became(instead)
                self.action_book()

        self.app.push_screen(ConflictDialog(lost, self._timezone, self.app.now()), decided)

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
