"""The protocol of `infusionroom do`: one JSON command a line in, one JSON outcome a line out, in order.

Nothing here decides anything: every line goes through `RoomService.execute`, as a form's answer does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, Final

import msgspec

from infusionroom.domain.commands import Command
from infusionroom.domain.events import EventBody
from infusionroom.domain.outcome import Conflict, Done, Outcome, Reason, Refused
from infusionroom.domain.visit import VISIT_STREAM
from infusionroom.services.command_lines import LONGEST_LINE, LineRefused, Moment, read_command
from infusionroom.services.errors import RoomRefused
from infusionroom.services.room import RoomService


class EntryAnswer(msgspec.Struct, frozen=True):
    """One entry that was appended. Instants are UTC; amounts in `body` are exact decimals as text."""

    id: int
    stream: str
    version: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    actor: str
    terminal: str
    body: EventBody


class DoneAnswer(msgspec.Struct, frozen=True, tag_field="outcome", tag="done"):
    """It was done. `visit` and `version` are the visit (or else the stream) it was about, as it stands after.

    `repeated` says that the command of this id had been done before: nothing was written now.
    """

    line: int
    command: str
    repeated: bool
    visit: str | None
    stream: str
    version: int
    entries: tuple[EntryAnswer, ...]


class ReasonAnswer(msgspec.Struct, frozen=True):
    """Why it was refused. `field` is the path in the line, where the line itself is wrong.

    `confirmable`: the same command with `confirmed` set in its fact is accepted. `overridable`: a physician's
    override lets it pass.
    """

    rule: str
    text: str
    confirmable: bool = False
    overridable: bool = False
    field: str = ""


class RefusedAnswer(msgspec.Struct, frozen=True, tag_field="outcome", tag="refused"):
    """Nothing was written; every reason is named. `command` is null where the line gave no id."""

    line: int
    command: str | None
    reasons: tuple[ReasonAnswer, ...]


class ConflictAnswer(msgspec.Struct, frozen=True, tag_field="outcome", tag="conflict"):
    """Nothing was written: `by` changed the stream after `expected_version`; it is at `version` now."""

    line: int
    command: str
    stream: str
    expected_version: int
    version: int
    by: str
    terminal: str
    what: str
    when: datetime


Answer = DoneAnswer | RefusedAnswer | ConflictAnswer

_encoder: Final = msgspec.json.Encoder(decimal_format="string")


def run_script(
    room: RoomService, lines: BinaryIO, write: Callable[[bytes], object], *, actor: str, terminal: str
) -> bool:
    """Gives every command, writing each answer before the next line is read; True if all were done.

    Blank lines are passed over. Raises `RoomUnreachable` and `RoomRefused`; then the line in hand is unanswered.
    """
    all_done = True
    for number, line in numbered_lines(lines):
        answer = answer_to(room, line, number, actor=actor, terminal=terminal)
        all_done = all_done and isinstance(answer, DoneAnswer)
        write(_encoder.encode(answer) + b"\n")
    return all_done


def numbered_lines(lines: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not blank, by their number from 1; None for one that is too long to be a command."""
    number = 0
    while line := lines.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = lines.readline(LONGEST_LINE)
            yield number, None
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield number, line


def answer_to(room: RoomService, line: bytes | None, number: int, *, actor: str, terminal: str) -> Answer:
    """What becomes of one line."""
    try:
        if line is None:
            raise LineRefused("json", f"a command has at most {LONGEST_LINE} characters")
        command = read_command(line, _moment(room))
    except LineRefused as refused:
        reason = refused.reason(number)
        return RefusedAnswer(number, refused.command, (_reason(reason, refused.field),))
    return _answer(room.execute(command, actor=actor, terminal=terminal), command, number)


def _moment(room: RoomService) -> Moment:
    clinic = room.state.clinic
    if clinic is None:
        raise RoomRefused("No room is set up in this store: run “infusionroom setup” first.")
    return Moment(room.clock.now(), clinic.timezone, room.day())


def _answer(outcome: Outcome, command: Command, number: int) -> Answer:
    match outcome:
        case Done():
            return _done(outcome, number)
        case Refused():
            given = command.id or None
            return RefusedAnswer(number, given, tuple(_reason(reason) for reason in outcome.reasons))
        case Conflict():
            return ConflictAnswer(
                line=number,
                command=outcome.command,
                stream=outcome.stream,
                expected_version=outcome.expected_version,
                version=outcome.version,
                by=outcome.by,
                terminal=outcome.terminal,
                what=outcome.what,
                when=outcome.when,
            )


def _done(outcome: Done, number: int) -> DoneAnswer:
    entries = outcome.entries
    streams = [e.stream for e in entries]
    stream = next((s for s in streams if s.startswith(VISIT_STREAM)), next(iter(streams), ""))
    return DoneAnswer(
        line=number,
        command=outcome.command,
        repeated=outcome.repeated,
        visit=stream.removeprefix(VISIT_STREAM) if stream.startswith(VISIT_STREAM) else None,
        stream=stream,
        version=max((e.version for e in entries if e.stream == stream), default=0),
        entries=tuple(
            EntryAnswer(
                id=e.id,
                stream=e.stream,
                version=e.version,
                kind=e.kind,
                happened_at=e.happened_at,
                recorded_at=e.recorded_at,
                actor=e.actor,
                terminal=e.terminal,
                body=e.body,  # type: ignore[arg-type]
            )
            for e in entries
        ),
    )


def _reason(reason: Reason, field: str = "") -> ReasonAnswer:
    return ReasonAnswer(reason.rule, reason.text, reason.confirmable, reason.overridable, field)
