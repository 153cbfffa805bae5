"""The room as a service: one way in (`execute`), one way out (`refresh` after the feed)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.board import Board
from infusionroom.domain.day import clinic_day, day_bounds
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.evolve import fold
from infusionroom.domain.fold_board import belongs_to, board_of
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Conflict, Done, Outcome, Reason, Refused
from infusionroom.domain.record import VisitRecord, days_of, record_of
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM, STAFF_STREAM, Room
from infusionroom.domain.visit import VISIT_STREAM, Visit, stream_of, visit_id_of
from infusionroom.domain.words import entry_word
from infusionroom.services.clock import Clock
from infusionroom.services.errors import translated
from infusionroom.store import Feed, SeatTaken, Store, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.store import Writing

MOST_CHAIRS: Final = 99
# How a chair stands is said by its last entries: while it is out of service it is cleaned once at most.
CHAIR_ENTRIES: Final = 8
# A clock that was set back a little never makes an entry older than the one before it.
CLOCK_SLACK: Final = timedelta(minutes=2)


class _Journal(Protocol):
    """Where entries are read from: the store, or the transaction a command runs in."""

    def entries(
        self, *, after: int = 0, until: int | None = None, streams: Collection[str] | None = None
    ) -> list[Entry]: ...


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
        self._feed_lock = threading.Lock()

    # ── what is ─────────────────────────────────────────────────────────────────────────────────────────────

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

    def visit(self, visit_id: str) -> Visit | None:
        """The visit of this id or of this appointment, of whatever day."""
        known = self._state.visits.get(visit_id)
        if known is not None:
            return known
        with translated():
            resolved = self._resolved(visit_id, self.store)
            entries = self.store.entries(streams=[stream_of(resolved)])
        return fold(entries) if entries else None

    def find(self, text: str, limit: int = 50) -> list[VisitRecord]:
        """Visits whose person's name or record number begins with the text, the latest first."""
        with translated():
            return self.store.find_visits(text, limit)

    def room_on(self, day: date, at: datetime | None = None) -> Room:
        """The room with the visits of a day; with `at`, as it was known at that instant."""
        with translated():
            return self._load(day, at)

    # ── the way out ─────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> bool:
        """Reads what the journal has beyond `state`; True if anything changed."""
        with self._lock, translated():
            before = self._state
            if self._day is None or self.day() != self._day:
                self._state = self._load(None, None)
                self._day = self.day()
            else:
                new = self.store.entries(after=before.head)
                if new:
                    self._state = self._relevant(self._evolved(before, new, self.store))
            return self._state is not before

    def reload(self) -> None:
        """Reads the state anew, after more was written than is worth folding entry by entry."""
        with self._lock:
            self._day = None
            self.refresh()

    def wait(self, timeout: float) -> bool:
        """Blocks until something may have changed, `wake` is called, or the seconds are over."""
        with translated():
            try:
                return self._ready_feed().wait(timeout)
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

    def execute(self, command: cmd.Command, *, actor: str, terminal: str) -> Outcome:
        """Gives a command to the room: done, refused with reasons, or lost to somebody else.

        Raises `RoomUnreachable` (nothing was written, or it was and a repeat with the same id says so) and
        `RoomRefused`.
        """
        command_id = command.id or uuid.uuid4().hex
        who = command.user or actor
        if self._day is None or self.day() != self._day:
            self.refresh()
        with translated():
            try:
                with self.store.writing() as writing:
                    outcome = self._executed(command, command_id, who, terminal, writing)
            except SeatTaken as taken:
                reason = Reason("chair_taken", f"Chair {taken.chair} has just been taken by somebody else.")
                return Refused(command_id, (reason,))
        if isinstance(outcome, Done):
            self.wake()
        return outcome

    def _executed(
        self, command: cmd.Command, command_id: str, actor: str, terminal: str, writing: Writing
    ) -> Outcome:
        before = writing.by_command(command_id)
        if before:
            return Done(command_id, tuple(before), repeated=True)
        command = self._with_resolved_visits(command, writing)
        room = self._caught_up(command, writing)
        if conflict := self._conflict(command, command_id, room, writing):
            return conflict
        now = self._moment(writing)
        if isinstance(command, cmd.Start):
            room = self._with_history(room, command.visit, now, writing)
        try:
            drafts = decide(room, command, now=now, actor=actor, command_id=command_id)
        except NotAllowed as no:
            return Refused(command_id, no.reasons)
        entries = writing.append(drafts, recorded_at=now, actor=actor, terminal=terminal, command=command_id)
        self._project(room, evolve(room, entries), entries, writing)
        return Done(command_id, tuple(entries))

    def _moment(self, writing: Writing) -> datetime:
        """When it is recorded: the server's time where there is a server."""
        now = writing.server_now or self.clock.now()
        head, _ = writing.head()
        last = writing.entries(after=head - 1) if head else []
        if last and now < last[0].recorded_at <= now + CLOCK_SLACK:
            return last[0].recorded_at
        return now

    def _caught_up(self, command: cmd.Command, writing: Writing) -> Room:
        """The room as the transaction sees it, with the visits that the command names."""
        with self._lock:
            known = self._state
            new = writing.entries(after=known.head)
            room = self._evolved(known, new, writing) if new else known
            if self._feed is None:
                # Nobody watches here, so nobody else moves the state on.
                self._state = self._relevant(room)
        named = [v for v in _visits_named(command) if v not in room.visits]
        if named:
            room = _with_streams(room, named, writing)
        return room

    def _conflict(
        self, command: cmd.Command, command_id: str, room: Room, writing: Writing
    ) -> Conflict | None:
        expected = command.expected_version
        stream = _stream_named(command)
        if expected is None or stream is None:
            return None
        version = writing.versions([stream])[stream]
        if version in (expected, 0):
            # Of what does not exist nobody can have been faster: the decision says what is missing.
            return None
        since = [e for e in writing.entries(streams=[stream]) if e.version > expected]
        last = since[-1] if since else None
        return Conflict(
            command=command_id,
            stream=stream,
            expected_version=expected,
            version=version,
            by=last.actor if last else "",
            terminal=last.terminal if last else "",
            what=entry_word(last.kind) if last else "",
            when=last.recorded_at if last else self.clock.now(),
        )

    def _with_history(self, room: Room, visit_id: str, now: datetime, writing: Writing) -> Room:
        visit = room.visits.get(visit_id)
        if visit is None or not visit.patient.record_number:
            return room
        return replace(room, infusions_here=writing.infusions_before([visit.patient.record_number], now))

    def _project(self, before: Room, after: Room, entries: list[Entry], writing: Writing) -> None:
        """Writes the rows that follow from the entries: the visits' own, and who sits where."""
        if after.clinic is None:
            return
        touched = {e.stream.removeprefix(VISIT_STREAM) for e in entries if e.stream.startswith(VISIT_STREAM)}
        seats: dict[str, int | None] = {}
        for visit_id in sorted(touched):
            visit = after.visits[visit_id]
            writing.save_visit(record_of(visit, after.clinic), days_of(visit, after.clinic))
            old = before.visits.get(visit_id)
            if (old.chair if old else None) != visit.chair:
                seats[visit_id] = visit.chair
        if seats:
            writing.set_seats(seats)

    def _with_resolved_visits(self, command: cmd.Command, writing: Writing) -> cmd.Command:
        """The command with visit ids where it named the sender's appointments."""
        if isinstance(command, cmd.VisitCommand):
            command = replace(command, visit=self._resolved(command.visit, writing))
        if isinstance(command, cmd.Swap):
            command = replace(command, with_visit=self._resolved(command.with_visit, writing))
        return command

    def _resolved(self, name: str, journal: Store | Writing) -> str:
        if "/" not in name:
            return name
        return journal.visit_by_appointment(name) or name

    # ── loading ─────────────────────────────────────────────────────────────────────────────────────────────

    def _load(self, day: date | None, at: datetime | None) -> Room:
        """The room from the journal: its own streams, then the visits of the day and whoever is here."""
        head, _ = self.store.head()
        frame = self.store.entries(streams=(ROOM_STREAM, STAFF_STREAM), until=head, recorded_until=at)
        room = evolve(Room(), frame)
        clinic = room.clinic
        if clinic is not None:
            for number in range(1, clinic.chairs + 1):
                stream = f"{CHAIR_STREAM}{number}"
                last = self.store.last_entries(stream, CHAIR_ENTRIES, until=head, recorded_until=at)
                room = evolve(room, last)
            wanted = day or clinic_day(at or self.clock.now(), clinic.timezone)
            visits = set(self.store.visits_on(wanted))
            visits.update(self.store.open_visits() if at is None else self.store.open_visits_at(at))
            entries = self.store.entries(
                streams=[stream_of(v) for v in sorted(visits)], until=head, recorded_until=at
            )
            room = evolve(room, entries)
        return replace(room, head=head) if at is None else room

    def _evolved(self, room: Room, new: list[Entry], journal: _Journal) -> Room:
        """The room after new entries; visits that it did not hold are read from their beginning."""
        first_versions: dict[str, int] = {}
        for entry in new:
            first_versions.setdefault(entry.stream, entry.version)
        unknown = [
            stream.removeprefix(VISIT_STREAM)
            for stream, version in first_versions.items()
            if stream.startswith(VISIT_STREAM)
            and version > 1
            and stream.removeprefix(VISIT_STREAM) not in room.visits
        ]
        return evolve(_with_streams(room, unknown, journal) if unknown else room, new)

    def _relevant(self, room: Room) -> Room:
        """Without the visits of other days that only passed by in the journal."""
        if room.clinic is None:
            return room
        day, timezone = self.day(), room.clinic.timezone
        kept = {k: v for k, v in room.visits.items() if v.here or belongs_to(v, day, timezone)}
        return room if len(kept) == len(room.visits) else replace(room, visits=kept)

    # ── the feed ────────────────────────────────────────────────────────────────────────────────────────────

    def _ready_feed(self) -> Feed:
        with self._feed_lock:
            if self._feed is None:
                self._feed = self.store.feed()
            return self._feed

    def _drop_feed(self) -> None:
        with self._feed_lock:
            feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()


def _with_streams(room: Room, visits: Iterable[str], journal: _Journal) -> Room:
    """The room with these visits as the journal has them, as far as it has."""
    entries = journal.entries(streams=[stream_of(v) for v in visits])
    head = room.head
    return replace(evolve(room, entries), head=head)


def _visits_named(command: cmd.Command) -> list[str]:
    if isinstance(command, cmd.PlanVisit):
        key = command.plan.appointment.key if command.plan.appointment else command.id or ""
        return [visit_id_of(key)]
    named = [command.visit] if isinstance(command, cmd.VisitCommand) else []
    return [*named, command.with_visit] if isinstance(command, cmd.Swap) else named


def _stream_named(command: cmd.Command) -> str | None:
    """The stream whose version the screen showed."""
    if isinstance(command, cmd.VisitCommand):
        return stream_of(command.visit)
    if isinstance(command, cmd.CleanChair | cmd.TakeChairOut | cmd.ReturnChair):
        return f"{CHAIR_STREAM}{command.chair}"
    return None
