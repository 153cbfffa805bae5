"""The room as a service: one way in (`execute`), one way out (`refresh` after the feed)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from infusionroom.domain.board import Board
from infusionroom.domain.day import clinic_day, day_bounds
from infusionroom.domain.evolve import fold
from infusionroom.domain.fold_board import board_after, board_of
from infusionroom.domain.names import look_of
from infusionroom.domain.outcome import Done, Outcome, Reason, Refused, Taken
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit, stream_of
from infusionroom.services.clock import Clock, offset_s
from infusionroom.services.errors import translated
from infusionroom.services.loading import evolved, of_day, resolved, room_of
from infusionroom.store import Feed, SeatTaken, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain.background import Background
    from infusionroom.domain.commands import Command
    from infusionroom.domain.course_file import CourseFile, PatientHistory
    from infusionroom.domain.events import PatientFile
    from infusionroom.domain.patient_record import PatientRecord
    from infusionroom.domain.proposal import Proposal, Request
    from infusionroom.store import Writing

MOST_CHAIRS: Final = 99


class RoomService:
    """One store's room. All calls block and are safe from any thread; errors are the services' own.

    `state` is the fold of the journal as of the last `refresh`, holding today's visits and whoever is here.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._state = Room()
        self._day: date | None = None
        self._lock = threading.RLock()
        self._feed: Feed | None = None
        self._clock_offset_s: float | None = None
        self._feed_lock = threading.Lock()

    # ── what is ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def read_only(self) -> bool:
        """Whether this terminal may look and not write, whoever sits at it."""
        return self.store.read_only

    @property
    def state(self) -> Room:
        return self._state

    def day(self) -> date:
        """The clinic day of now; by UTC before a room is set up."""
        clinic = self._state.clinic
        now = self.clock.now()
        return clinic_day(now, clinic.timezone) if clinic else now.date()

    def day_bounds(self, day: date) -> tuple[datetime, datetime]:
        """When the clinic day begins and ends, UTC."""
        clinic = self._state.clinic
        return day_bounds(day, clinic.timezone if clinic else "UTC")

    def board(self, now: datetime | None = None, day: date | None = None) -> Board:
        """The board now, of today or of another day. Raises `NoRoom`."""
        moment = now or self.clock.now()
        wanted = day or self.day()
        room = self._state if wanted == self._day else self.room_on(wanted)
        return board_of(room, wanted, moment)

    def board_after(self, board: Board, before: Room, now: datetime) -> Board:
        """Today's board as `domain.fold_board.board_after` keeps it up, of the room `before` until `state`."""
        return board_after(board, before, self._state, now) if board.day == self.day() else self.board(now)

    def visit(self, visit_id: str) -> Visit | None:
        """The visit of this id or of this appointment, of whatever day."""
        known = self._state.visits.get(visit_id)
        if known is not None:
            return known
        with translated():
            entries = self.store.entries(streams=[stream_of(resolved(visit_id, self.store))])
        return fold(entries) if entries else None

    def find(self, text: str, limit: int = 50) -> list[VisitRecord]:
        """Visits whose person's name or record number begins with the text, the latest first."""
        with translated():
            return self.store.find_visits(text, limit)

    def room_on(self, day: date, at: datetime | None = None) -> Room:
        """The room with the visits of a day; with `at`, as it was known at that instant."""
        with translated():
            return room_of(self.store, day, at, self.clock.now())

    # ── patients and courses ────────────────────────────────────────────────────────────────────────────────

    def patients(self, text: str, limit: int = 50) -> list[PatientRecord]:
        """Patients of whom every word of the text begins something: a name, number, date, code, telephone."""
        with translated():
            return self.store.find_patients(text, limit)

    def alike(self, file: PatientFile) -> list[PatientRecord]:
        """Patients whose names look like this one's."""
        with translated():
            return self.store.alike_patients(look_of(file.family, file.given))

    def patient(self, patient_id: str) -> PatientHistory | None:
        """A patient with all visits and courses; of a duplicate, the patient whose file holds."""
        from infusionroom.services import files

        with translated():
            return files.patient_history(self.store, self._state, patient_id)

    def course(self, course_id: str) -> CourseFile | None:
        """A course with everything that belongs to it."""
        from infusionroom.services import files

        with translated():
            rows = self.store.course_records(courses=[course_id])
            return next(iter(files.course_files(self.store, self._state, rows)), None)

    def courses_due(self, by: date) -> list[CourseFile]:
        """Courses of which something is to be done by a day, the longest due first."""
        from infusionroom.services import files

        with translated():
            rows = self.store.course_records(due_by=by)
            return files.course_files(self.store, self._state, sorted(rows, key=lambda r: r.due_on or by))

    def courses_in_follow_up(self) -> list[CourseFile]:
        """Courses that have ended and whose two weeks are not settled."""
        from infusionroom.services import files

        with translated():
            rows = self.store.course_records(states=("follow-up",))
            return files.course_files(self.store, self._state, rows)

    def unassigned(self, since: date) -> list[VisitRecord]:
        """Visits from a day on, of which nobody has said whose course they are."""
        with translated():
            return self.store.unassigned_visits(since)

    def background(self, visit: Visit) -> Background:
        """What stands behind a visit of whatever day."""
        from infusionroom.services import files

        with translated():
            return files.background_of(self.store, self._state, visit)

    def booked(self, first: date, last: date) -> list[VisitRecord]:
        """The visits of these clinic days that are not off."""
        from infusionroom.services import files

        with translated():
            return files.booked_between(self.store, first, last)

    def taken_by(self, visits: Iterable[str]) -> tuple[Taken, ...]:
        """Who put these visits where they lie, from where and when; the latest first."""
        from infusionroom.services.taking import taken_by

        with translated():
            return taken_by(visits, self.store)

    def holidays(self, first: date, last: date) -> dict[date, str]:
        """The holidays of the clinic's region. Raises `UnknownRegion`."""
        from infusionroom.services.holiday_calendar import holidays_between

        clinic = self._state.clinic
        return dict(holidays_between(clinic.rules.booking.holiday_region if clinic else "", first, last))

    def propose(self, request: Request) -> Proposal | None:
        """Dates, times and chairs for a course, with the reasons. Raises `UnknownRegion`."""
        from infusionroom.services import files

        with translated():
            return files.proposed(self.store, self._state, request)

    # ── the way out ─────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> bool:
        """Reads what the journal has beyond `state`; True if anything changed."""
        with self._lock, translated():
            before = self._state
            if self._day is None or self.day() != self._day:
                self._state = room_of(self.store, None, None, self.clock.now())
                self._day = self.day()
            else:
                new = self.store.entries(after=before.head)
                if new:
                    self._state = of_day(evolved(before, new, self.store), self.day())
            if self._feed is not None:
                self._feed.seen(self._state.head)
            return self._state is not before

    def reload(self) -> None:
        """Reads the state anew, after more was written than is worth folding entry by entry."""
        with self._lock:
            self._day = None
            self.refresh()

    def wait(self, timeout: float) -> bool:
        """Blocks until something may have changed, `wake` is called, or the seconds are over.

        It does not block while nothing was listened for yet: what was committed until then, nobody else tells.
        """
        with translated():
            try:
                feed = self._feed
                if feed is not None:
                    return feed.wait(timeout)
                self._listen()
                return True
            except StoreError:
                self._drop_feed()
                raise

    def wake(self) -> None:
        """Lets a waiting terminal look at once."""
        feed = self._feed
        if feed is not None:
            feed.wake()

    def close(self) -> None:
        self._drop_feed()
        self.store.close()

    # ── the way in ──────────────────────────────────────────────────────────────────────────────────────────

    def execute(
        self,
        command: Command,
        *,
        actor: str,
        terminal: str,
        beside: Callable[[Writing], None] | None = None,
    ) -> Outcome:
        """Gives a command to the room: done, refused with reasons, or lost to somebody else.

        `beside` writes how somebody signs in, which belongs to a command that is done and is not for the journal, in
        the same transaction.
        Raises `RoomUnreachable` (nothing was written, or it was and a repeat with the same id says so) and
        `RoomRefused`.
        """
        return self.execute_all([command], actor=actor, terminal=terminal, beside=beside)[0]

    def execute_all(
        self,
        commands: Sequence[Command],
        *,
        actor: str,
        terminal: str,
        beside: Callable[[Writing], None] | None = None,
    ) -> list[Outcome]:
        """Gives commands in their order, each by the rules of `execute`; an outcome for each.

        They share one transaction, which others wait for: some dozens at a time. What is refused leaves the rest
        as it is. Raises as `execute`: then none of them was written, or all that were done.
        """
        from infusionroom.services.giving import Giving

        if self._day is None or self.day() != self._day:
            self.refresh()
        ids = [command.id or uuid.uuid4().hex for command in commands]
        with translated():
            try:
                with self.store.writing(pins=beside is not None) as writing:
                    giving = Giving(self._caught_up(writing), writing, self.clock)
                    outcomes = [
                        giving.give(command, command_id, actor=command.user or actor, terminal=terminal)
                        for command, command_id in zip(commands, ids, strict=True)
                    ]
                    if beside is not None and all(isinstance(outcome, Done) for outcome in outcomes):
                        beside(writing)
            except SeatTaken as taken:
                if len(commands) > 1:
                    # Nothing was written: given one by one, only who lost the chair is refused.
                    return [self.execute(command, actor=actor, terminal=terminal) for command in commands]
                return [self._seat_lost(ids[0], taken.chair)]
        if any(isinstance(outcome, Done) for outcome in outcomes):
            self.wake()
        return outcomes

    def _seat_lost(self, command_id: str, chair: int) -> Refused:
        """The refusal for a chair that somebody sat down in between looking and writing; names who put them there."""
        self.refresh()
        sitter = self._state.occupant(chair)
        there = (sitter.id,) if sitter is not None else ()
        text = f"Chair {chair} has just been taken by somebody else."
        return Refused(command_id, (Reason("chair_taken", text, visits=there),), self.taken_by(there))

    def _caught_up(self, writing: Writing) -> Room:
        """The room as the transaction finds it."""
        with self._lock:
            known = self._state
            new = writing.entries(after=known.head)
            room = evolved(known, new, writing) if new else known
            if self._feed is None:
                # Nobody watches here, so nobody else moves the state on.
                self._state = of_day(room, self.day())
        return room

    # ── the clock ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def clock_offset_s(self) -> float | None:
        """How far this terminal's clock was ahead of the server's when the feed was last made; None for a file."""
        return self._clock_offset_s

    def measure_clock(self) -> float | None:
        """Compares the clocks anew, by one question. Raises `RoomUnreachable`."""
        with translated():
            before = self.clock.now()
            server = self.store.server_time()
            self._clock_offset_s = None if server is None else offset_s(before, server, self.clock.now())
        return self._clock_offset_s

    # ── the feed ────────────────────────────────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        with self._feed_lock:
            if self._feed is None:
                self._feed = self.store.feed()
        # Not under the lock: on a network that stands still nobody who leaves waits for this answer.
        self.measure_clock()

    def _drop_feed(self) -> None:
        with self._feed_lock:
            feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()
