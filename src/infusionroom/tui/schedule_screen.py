"""The schedule of a day: book, change, cancel, no-show, arrive; the days around it, and two weeks at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from infusionroom.tui import actions
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.schedule import (
    SCHEDULE_EMPTY,
    closed_rows,
    schedule_head,
    schedule_rows,
    visits_on,
)
from infusionroom.tui.present.times import day_words

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.coming import Coming
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit
    from infusionroom.tui.forms.spec import FormSpec

# Keys of this screen, and the entry of the table of actions that each gives.
KEYS = {
    "a": "arrive",
    "b": "plan",
    "B": "book_course",
    "c": "change_plan",
    "x": "cancel",
    "n": "no_show",
    "w": "walk_in",
    "u": "undo",
}

_WORDS = {"plan": "Book a visit", "book_course": "a course", "cancel": "Cancel"}


class ScheduleScreen(ListScreen):
    """A day's planned visits. `←` and `→` change the day, `t` goes back to today."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"give('{entry}')", show=False) for key, entry in KEYS.items()),
        Binding("left,h", "day(-1)", show=False),
        Binding("right,l", "day(1)", show=False),
        Binding("t", "today", show=False),
        Binding("v,2", "weeks", show=False),
        Binding("C", "close", show=False),
        Binding("O", "open_day", show=False),
        Binding("enter", "give('open')", show=False),
    ]

    def __init__(self, day: date | None = None) -> None:
        super().__init__()
        self.day = day
        self._visits: tuple[Visit, ...] = ()
        self._special: Mapping[str, Coming] = {}
        self._closings: dict[date, str | None] = {}
        self._asked = 0
        self._reading = False

    @property
    def _timezone(self) -> str:
        return self.room.clinic.timezone if self.room and self.room.clinic else "UTC"

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        before = self.room.head if self.room else None
        super().show(room, board, now)
        if board is not None and self.day is None:
            self.day = board.day
        if room is not None and room.head != before:
            self._read()

    def _read(self) -> None:
        """Reads the day: today's visits are at hand, another day's are asked of the store in a thread."""
        if self.room is None or self.board is None or self.day is None:
            return
        self._asked += 1
        self.run_worker(self._read_closed(self.room, self.day), exclusive=False)
        if self.day == self.board.day:
            self._reading = False
            self._take(self.room)
            return
        self._reading = True
        self.repaint()
        self.run_worker(self._read_other(self._asked, self.day), exclusive=False)

    async def _read_other(self, asked: int, day: date) -> None:
        from infusionroom.services.errors import RoomUnreachable

        if self.app.room is None:
            return
        try:
            room = await asyncio.to_thread(self.app.room.room_on, day)
        except RoomUnreachable as lost:
            self.app.say(f"Schedule: {lost}", warn=True)
            return
        # A newer question has been asked since: its answer is the one that counts.
        if asked == self._asked:
            self._reading = False
            self._take(room)

    def _take(self, room: Room) -> None:
        assert self.day is not None
        self._visits = visits_on(room.visits.values(), self.day, self._timezone)
        self._special = self._special_of(room)
        self.repaint()

    def _special_of(self, room: Room) -> Mapping[str, Coming]:
        """What is special about those still to come."""
        from infusionroom.domain.booking import opening
        from infusionroom.domain.coming import special_of

        clinic, now, day = room.clinic, self.now, self.day
        if clinic is None or now is None or day is None:
            return {}
        closes = opening(clinic, day)[1]
        return {
            visit.id: special_of(
                visit, room.background(visit), clinic.rules, now, clinic.timezone, closes_at=closes
            )
            for visit in self._visits
            if visit.phase == "planned" or (visit.here and visit.infusion is None)
        }

    async def _read_closed(self, room: Room, day: date) -> None:
        """Whether, and why, the clinic is closed on a day; the calendar is slow to load the first time."""
        from infusionroom.domain.working_days import closed_because
        from infusionroom.services.holiday_calendar import UnknownRegion, holidays_between

        clinic = room.clinic
        if clinic is None:
            return
        try:
            names = await asyncio.to_thread(holidays_between, clinic.rules.booking.holiday_region, day, day)
        except UnknownRegion:
            names = {}
        closed = closed_because(clinic, names, day)
        if self._closings.get(day) != closed:
            self._closings[day] = closed
            self.repaint()

    def content(self, width: int) -> PaneText:
        if self.day is None or self.board is None:
            return PaneText("Schedule", ())
        today = "  today" if self.day == self.board.day else ""
        title = f"Schedule  {day_words(self.day)}{today}  {len(self._visits) or 'nobody'} planned"
        if self._reading:
            return PaneText(f"Schedule  {day_words(self.day)}", (), empty=("reading …",))
        rows = schedule_rows(self._visits, width, self._timezone, self._special)
        head = schedule_head(width) if rows else ()
        if closed := self._closings.get(self.day):
            rows = (*closed_rows(self.day, closed, self._visits, width), *rows)
        return PaneText(title, rows, head, SCHEDULE_EMPTY)

    def _selected_visit(self) -> Visit | None:
        return next((visit for visit in self._visits if visit.id == self.selected), None)

    def target(self) -> tuple[Visit | None, int | None]:
        visit = self._selected_visit()
        return visit, visit.chair if visit is not None and visit.here else None

    def verbs(self) -> tuple[Verb, ...]:
        visit = self._selected_visit()
        said = []
        for key, entry in KEYS.items():
            action = actions.BY_ID[entry]
            reason = None
            if self.room is not None and self.now is not None:
                reason = actions.why_not(action, self.room, visit, self.now, None, actor=self.app.actor)
            said.append(Verb(f"give('{entry}')", key, _WORDS.get(entry, action.word), reason))
        return (*said, Verb("give('open')", "⏎", "Open"))

    def more_verbs(self) -> tuple[Verb, ...]:
        closed = self.day is not None and bool(self._closings.get(self.day))
        return (
            Verb("weeks", "v", "Two weeks"),
            Verb("day(-1)", "←", "Day before"),
            Verb("day(1)", "→", "Day after"),
            Verb("today", "t", "Today"),
            Verb("open_day", "O", "Open the day") if closed else Verb("close", "C", "Close the day"),
            Verb("leave", "Esc", "Back"),
        )

    def action_day(self, step: int) -> None:
        if self.day is not None:
            self.day += timedelta(days=step)
            self.selected = ""
            self._read()

    def action_today(self) -> None:
        if self.board is not None:
            self.day = self.board.day
            self._read()

    def action_weeks(self) -> None:
        from infusionroom.tui.two_weeks_screen import TwoWeeksScreen

        if self.day is not None:
            self.app.switch_screen(TwoWeeksScreen(self.day))

    async def action_close(self) -> None:
        from infusionroom.tui.forms.offering import close_day_form

        await self._day_form("Close day", close_day_form)

    async def action_open_day(self) -> None:
        from infusionroom.tui.forms.offering import open_day_form

        await self._day_form("Open day", open_day_form)

    async def _day_form(self, word: str, form: Callable[[date], FormSpec]) -> None:
        from infusionroom.tui.file_forms import lost, open_made_form

        if self.day is not None and not lost(self.app, word):
            await open_made_form(self.app, form(self.day))

    async def action_give(self, entry: str) -> None:
        needs_person = actions.BY_ID[entry].where == "person"
        visit = self._selected_visit() if needs_person else None
        await self.app.perform(entry, visit.id if visit else "")

    async def opened(self, key: str) -> None:
        await self.action_give("open")
