"""Two weeks of the schedule at a glance, chairs × days; one week in a small window."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from infusionroom.services.errors import RoomError
from infusionroom.services.holiday_calendar import UnknownRegion
from infusionroom.tui.forms.paper import Said
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.cells import Cell
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText, PaneView, frame
from infusionroom.tui.present.layout import FOOTER_HEIGHT, STRIP_HEIGHT
from infusionroom.tui.present.two_weeks import (
    READING,
    Place,
    chairs_of,
    days_that_fit,
    place_lines,
    sheet_lines,
)
from infusionroom.tui.role_reasons import action_not_theirs, said_why
from infusionroom.tui.two_weeks import Booked, Column, columns_of, monday_of, more_that_fit

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.clinic import Clinic
    from infusionroom.domain.record import VisitRecord
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit
    from infusionroom.services.room import RoomService

TOLD_HEIGHT = 4
# Fewer fit as the day goes by.
_HOLDS_FOR = timedelta(minutes=15)
_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

# Keys of this screen that are about the visit under the cursor: their entries in the table of actions, and a word.
KEYS = {"x": ("cancel", "Cancel"), "n": ("no_show", "No-show"), "c": ("change_plan", "Change")}


class TwoWeeksScreen(ListScreen):
    """Who has which chair on which day, and how many more each day takes. It is read again with every change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"give('{entry}')", show=False) for key, (entry, _) in KEYS.items()),
        Binding("left,h", "day(-1)", show=False),
        Binding("right,l", "day(1)", show=False),
        Binding("home", "day(-1000)", show=False),
        Binding("end", "day(1000)", show=False),
        Binding("t", "today", show=False),
        Binding("b", "book", show=False),
        Binding("C", "close", show=False),
        Binding("O", "open_day", show=False),
        Binding("v,2", "list", show=False),
        Binding("enter", "open", show=False),
    ]

    def __init__(self, day: date) -> None:
        super().__init__()
        self.place = Place(day, 1)
        self.columns: tuple[Column, ...] = ()
        self.free: Mapping[date, int] = {}
        self._first = monday_of(day)
        self._asked, self._read_at = 0, _NEVER
        self._counted: dict[tuple[date, datetime | None, tuple[tuple[str, int], ...]], int] = {}
        self._sheet = Lines(id="sheet")
        self._told = Said(id="told")

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._sheet
        yield self._told
        yield self._footer

    @property
    def _service(self) -> RoomService:
        return cast("RoomService", self.app.room)

    @property
    def _clinic(self) -> Clinic | None:
        return self.room.clinic if self.room is not None else None

    @property
    def _days(self) -> int:
        return days_that_fit(self.app.size.width)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        before = self.room.head if self.room else None
        super().show(room, board, now)
        if room is not None and (room.head != before or now - self._read_at >= _HOLDS_FOR):
            self._read_at = now
            self._read()

    def on_resize(self) -> None:
        if self.columns and len(self.columns) != self._days:
            self._show_weeks_of(self.place.day)
        self.repaint()

    def _read(self) -> None:
        if self._clinic is not None and self.now is not None:
            self._asked += 1
            self.run_worker(
                self._reading(self._asked, self._clinic, self._first, self._days, self.now), group="read"
            )

    async def _reading(self, asked: int, clinic: Clinic, first: date, days: int, now: datetime) -> None:
        last = first + timedelta(days=days - 1)
        service = self._service

        def read() -> tuple[dict[date, str], list[VisitRecord]]:
            # Whoever stayed on from the day before keeps the chair over midnight.
            return service.holidays(first, last), service.booked(first - timedelta(days=1), last)

        try:
            holidays, rows = await asyncio.to_thread(read)
        except (RoomError, UnknownRegion) as wrong:
            self.app.say(f"Schedule: {wrong}", warn=True)
            return
        if asked != self._asked:
            return
        self.columns = columns_of(clinic, holidays, rows, first, days, now)
        self._settle()
        self.repaint()
        free = await asyncio.to_thread(self._count, clinic, holidays, rows, first, days, now)
        if asked == self._asked:
            self.free = free
            self.repaint()

    def _count(
        self,
        clinic: Clinic,
        holidays: Mapping[date, str],
        rows: list[VisitRecord],
        first: date,
        days: int,
        now: datetime,
    ) -> dict[date, int]:
        """How many more fit each day; only days on which something has changed are asked of the planner again."""
        found, known = {}, self._counted
        self._counted = {}
        for n in range(days):
            day = first + timedelta(days=n)
            near = [row for row in rows if abs((row.day - day).days) <= 1]
            # What has begun today goes on, and less fits as the day goes by.
            moment = now if day <= self._service.day() else None
            key = (day, moment, tuple(sorted((row.visit, row.version) for row in near)))
            if key not in known:
                known[key] = more_that_fit(clinic, holidays, near, day, now)
            found[day] = self._counted[key] = known[key]
        return found

    def _settle(self) -> None:
        """Keeps the cursor in the sheet."""
        day = min(max(self.place.day, self.columns[0].day), self.columns[-1].day)
        chairs = chairs_of(self.columns, self._clinic.chairs if self._clinic else 1)
        chair = self.place.chair if self.place.chair in chairs else chairs[-1]
        self.place = Place(day, chair, self.place.nth)
        last = max(0, len(self._cell()) - 1)
        self.place = self.place._replace(nth=min(self.place.nth, last))

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def content(self, width: int) -> PaneText:
        return PaneText("Schedule", (), empty=READING)

    def repaint(self, *, follow: bool = False) -> None:
        app = self.app
        width, height = app.size
        self._strip.present(
            self.board,
            width,
            user=app.actor,
            reach=app.reach,
            notice=app.notice,
            flashing=app.flashing,
            paint=app.paint_name,
        )
        room = max(4, height - STRIP_HEIGHT - FOOTER_HEIGHT - TOLD_HEIGHT)
        self._sheet.styles.height = room
        clinic = self._clinic
        if clinic is None or not self.columns:
            self._sheet.show_lines(
                frame(self.content(width), PaneView(width, room, focused=True)), app.paint_name
            )
        else:
            drawn = sheet_lines(
                self.columns,
                clinic.chairs,
                self.free,
                self.place,
                today=self.board.day if self.board else date.min,
                size=(width, room),
                timezone=clinic.timezone,
            )
            self._sheet.show_lines(drawn, app.paint_name)
            told = place_lines(self.columns, self.free, self.place, width - 2, clinic.timezone)
            self._told.say(tuple((Cell(" "), *line) for line in told[:TOLD_HEIGHT]))
        self._told.styles.height = TOLD_HEIGHT
        self._footer.present("", self.verbs(), self.more_verbs(), app.paint_name, width)

    def verbs(self) -> tuple[Verb, ...]:
        one, column = self._one(), self._column()
        nobody = None if one is not None else "Choose a booking first, with the arrows."
        closed = column is not None and bool(column.closed)
        return (
            Verb("open", "⏎", "Open", self._not_theirs("open") if one is not None else None),
            Verb("book", "b", "Book a course", self._not_theirs("book_course")),
            *(
                Verb(f"give('{entry}')", key, word, self._not_theirs(entry) or nobody)
                for key, (entry, word) in KEYS.items()
            ),
            Verb("open_day", "O", "Open the day", self._not_theirs("open_day"))
            if closed
            else Verb("close", "C", "Close the day", self._not_theirs("close_day")),
        )

    def _not_theirs(self, action_id: str) -> str | None:
        return action_not_theirs(self.app, action_id)

    def more_verbs(self) -> tuple[Verb, ...]:
        return (
            Verb("list", "v", "List of the day"),
            Verb("page(-1)", "PgUp", "Before"),
            Verb("page(1)", "PgDn", "After"),
            Verb("today", "t", "Today"),
            Verb("leave", "Esc", "Back"),
        )

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────

    def _column(self) -> Column | None:
        return next((c for c in self.columns if c.day == self.place.day), None)

    def _cell(self) -> tuple[Booked, ...]:
        column = self._column()
        return column.chairs.get(self.place.chair, ()) if column is not None else ()

    def _one(self) -> Booked | None:
        cell = self._cell()
        return cell[min(self.place.nth, len(cell) - 1)] if cell else None

    def target(self) -> tuple[Visit | None, int | None]:
        one = self._one()
        visit = self.room.visits.get(one.row.visit) if one is not None and self.room is not None else None
        return visit, None

    def action_move(self, step: int) -> None:
        """Up and down: through the bookings of a cell, then to the next chair."""
        if not self.columns or self._clinic is None:
            return
        chairs = chairs_of(self.columns, self._clinic.chairs)
        nth = self.place.nth + (1 if step > 0 else -1)
        if 0 <= nth < len(self._cell()):
            self.place = self.place._replace(nth=nth)
        else:
            at = chairs.index(self.place.chair) + (1 if step > 0 else -1)
            if 0 <= at < len(chairs):
                self.place = Place(self.place.day, chairs[at])
                self.place = self.place._replace(nth=max(0, len(self._cell()) - 1) if step < 0 else 0)
        self.repaint()

    def action_day(self, step: int) -> None:
        """Left and right: to the next day that is more than a line; over the edge to the next page."""
        if not self.columns:
            return
        one = 1 if step > 0 else -1
        shown = [c.day for c in self.columns if not c.narrow]
        beyond = [day for day in shown if (day > self.place.day if one > 0 else day < self.place.day)]
        if abs(step) > 1:
            self._go(shown[-1] if one > 0 else shown[0])
        elif beyond:
            self._go(beyond[0] if one > 0 else beyond[-1])
        else:
            self._turn(one, monday_of(self.place.day) + timedelta(days=7 if one > 0 else -3))

    def action_page(self, direction: int) -> None:
        self._turn(direction, self.place.day + timedelta(days=direction * self._days))

    def action_today(self) -> None:
        if self.board is not None:
            self._show_weeks_of(self.board.day)

    def _go(self, day: date) -> None:
        self.place = Place(day, self.place.chair)
        self.repaint()

    def _turn(self, direction: int, day: date) -> None:
        """A page on or back, with the cursor on `day`."""
        self._first += timedelta(days=direction * self._days)
        self.place, self.free = Place(day, self.place.chair), {}
        self._read()

    def _show_weeks_of(self, day: date) -> None:
        """The page that begins with this day's Monday."""
        self._first = monday_of(day)
        self.place, self.free = Place(day, self.place.chair), {}
        self._read()

    # ── doing ───────────────────────────────────────────────────────────────────────────────────────────────

    async def action_give(self, entry: str) -> None:
        one = self._one()
        await self.app.perform(entry, one.row.visit if one is not None else "")

    async def action_open(self) -> None:
        """The visit under the cursor, or the day's list where there is none."""
        one = self._one()
        if one is None:
            self.action_list()
        else:
            await self.app.perform("open", one.row.visit)

    def action_list(self) -> None:
        from infusionroom.tui.schedule_screen import ScheduleScreen

        self.app.switch_screen(ScheduleScreen(self.place.day))

    async def action_book(self) -> None:
        """Asks for whom, then proposes days from the one under the cursor on."""
        from infusionroom.tui.verbs import book_course

        if said_why(self.app, self._not_theirs("book_course")):
            return
        await book_course(self.app, first_day=max(self.place.day, self._service.day()))

    async def action_close(self) -> None:
        from infusionroom.tui.file_forms import lost, open_made_form
        from infusionroom.tui.forms.offering import close_day_form

        if not lost(self.app, "Close day"):
            await open_made_form(self.app, close_day_form(self.place.day))

    async def action_open_day(self) -> None:
        from infusionroom.tui.file_forms import lost, open_made_form
        from infusionroom.tui.forms.offering import open_day_form

        if not lost(self.app, "Open day"):
            await open_made_form(self.app, open_day_form(self.place.day))
