"""The way in: commands given one after the other inside one transaction, each on the room as the last one left it.

It is imported by the first command and not before: a terminal that only looks on never loads the rules of deciding.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.bearing import bears_on, same_thing
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.outcome import Conflict, Done, Outcome, Reason, Refused, Taken
from infusionroom.domain.roles import refusal, tag_of
from infusionroom.domain.room import Room
from infusionroom.domain.streams import stream_named
from infusionroom.domain.words import entry_word
from infusionroom.services.clock import Clock
from infusionroom.services.for_command import for_command
from infusionroom.services.holiday_calendar import UnknownRegion
from infusionroom.services.loading import resolved, with_new_background
from infusionroom.services.projecting import save_rows
from infusionroom.services.taking import taken_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.store import Writing

# A clock that was set back a little never makes an entry older than the one before it.
CLOCK_SLACK: Final = timedelta(minutes=2)


class Giving:
    """One transaction's commands. `room` is the room as the transaction sees it.

    What a command does shows only in the transaction: whoever made it keeps nothing of it before it has ended well.
    """

    def __init__(self, room: Room, writing: Writing, clock: Clock) -> None:
        self._room = room
        self._writing = writing
        self._clock = clock
        head, _ = writing.head()
        last = writing.entries(after=head - 1) if head else []
        self._last_recorded_at = last[0].recorded_at if last else None

    def give(self, command: cmd.Command, command_id: str, *, actor: str, terminal: str) -> Outcome:
        """Decides on a command and appends what it does. Raises `SeatTaken` and `StoreError`s."""
        before = self._writing.by_command(command_id)
        if before:
            return Done(command_id, tuple(before), repeated=True)
        if reason := refusal(self._room, actor, tag_of(command)):
            return Refused(command_id, (reason,))
        command = self._with_resolved_visits(command)
        try:
            self._room = room = for_command(self._room, command, self._writing, self._clock.now())
        except UnknownRegion as error:
            return Refused(command_id, (Reason("holiday_region", str(error)),))
        if conflict := self._conflict(command, command_id):
            return conflict
        now = self._moment()
        room = self._with_history(room, command, now)
        try:
            drafts = decide(room, command, now=now, actor=actor, command_id=command_id)
        except NotAllowed as no:
            return Refused(command_id, no.reasons, self._taken(no.reasons))
        entries = self._writing.append(
            drafts, recorded_at=now, actor=actor, terminal=terminal, command=command_id
        )
        after = evolve(room, entries)
        save_rows(room, after, entries, self._writing)
        self._room = replace(
            with_new_background(after, entries, self._writing),
            infusions_here={},
            weights_here={},
            booked={},
            holidays={},
            alike={},
        )
        self._last_recorded_at = now
        return Done(command_id, tuple(entries))

    def _moment(self) -> datetime:
        """When it is recorded: the server's time where there is a server."""
        now, last = self._writing.server_now or self._clock.now(), self._last_recorded_at
        return last if last is not None and now < last <= now + CLOCK_SLACK else now

    def _conflict(self, command: cmd.Command, command_id: str) -> Conflict | None:
        expected = command.expected_version
        stream = stream_named(command)
        if expected is None or stream is None:
            return None
        version = self._writing.versions([stream])[stream]
        if version in (expected, 0):
            # Of what does not exist nobody can have been faster: the decision says what is missing.
            return None
        since = [
            entry
            for entry in self._writing.entries(streams=[stream])
            if entry.version > expected and bears_on(entry, command)
        ]
        if version > expected and not since:
            return None
        last = since[-1] if since else None
        return Conflict(
            command=command_id,
            stream=stream,
            expected_version=expected,
            version=version,
            by=last.actor if last else "",
            terminal=last.terminal if last else "",
            what=entry_word(last.kind) if last else "",
            when=last.recorded_at if last else self._clock.now(),
            since=tuple(since),
            same=any(same_thing(entry, command) for entry in since),
        )

    def _taken(self, reasons: tuple[Reason, ...]) -> tuple[Taken, ...]:
        """Who gave away the places that are in the way, the latest first."""
        return taken_by([visit for reason in reasons for visit in reason.visits], self._writing)

    def _with_history(self, room: Room, command: cmd.Command, now: datetime) -> Room:
        """What earlier visits of the person tell, for the commands that ask."""
        visit = room.visits.get(command.visit) if isinstance(command, cmd.VisitCommand) else None
        number = visit.patient.record_number if visit else ""
        if visit is None or not number:
            return room
        if isinstance(command, cmd.Start):
            return replace(room, infusions_here=self._writing.infusions_before([number], now))
        if _weighs(command):
            weight = self._writing.weight_before(number, now, besides=visit.id)
            return room if weight is None else replace(room, weights_here={number: weight})
        return room

    def _with_resolved_visits(self, command: cmd.Command) -> cmd.Command:
        """The command with visit ids where it named the sender's appointments."""
        if isinstance(command, cmd.VisitCommand):
            command = replace(command, visit=resolved(command.visit, self._writing))
        if isinstance(command, cmd.Swap):
            command = replace(command, with_visit=resolved(command.with_visit, self._writing))
        return command


def _weighs(command: cmd.Command) -> bool:
    if isinstance(command, cmd.Record):
        return isinstance(command.fact, ev.Weighed)
    return isinstance(command, cmd.Correct) and isinstance(command.body, ev.Weighed)
