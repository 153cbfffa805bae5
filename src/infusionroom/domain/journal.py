"""The journal's own record: one immutable entry, its chain, and what is about to be appended."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from infusionroom.domain.events import Event, UnreadableEvent, decode_event, encode_event, kind_of

GENESIS = "0" * 64


class Draft(msgspec.Struct, frozen=True):
    """An event that a command decided on and nobody has appended yet."""

    stream: str
    body: Event
    happened_at: datetime


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One row of the journal.

    `id` grows by one in commit order; (`stream`, `version`) is unique and `version` starts at 1.
    `happened_at` and `recorded_at` are aware UTC. `command` is the id of the command that caused it and
    `part` its place among the entries of that command, from 0.
    """

    id: int
    stream: str
    version: int
    happened_at: datetime
    recorded_at: datetime
    actor: str
    terminal: str
    command: str
    part: int
    body: Event
    hash: str = ""

    @property
    def kind(self) -> str:
        return kind_of(self.body)


class RawEntry(msgspec.Struct, frozen=True, gc=False):
    """One row as the store holds it: instants as canonical text, the body as canonical JSON."""

    id: int
    stream: str
    version: int
    kind: str
    happened_at: str
    recorded_at: str
    actor: str
    terminal: str
    command: str
    part: int
    body: str
    prev_hash: str
    hash: str

    def expected_hash(self) -> str:
        """The hash this row must carry: over the previous hash and everything the row says."""
        return chain_hash(
            self.prev_hash,
            (
                str(self.id),
                self.stream,
                str(self.version),
                self.kind,
                self.happened_at,
                self.recorded_at,
                self.actor,
                self.terminal,
                self.command,
                str(self.part),
                self.body,
            ),
        )

    def entry(self) -> Entry:
        """The typed entry. Raises `UnreadableEvent` for a row that no version of this program wrote."""
        try:
            return Entry(
                id=self.id,
                stream=self.stream,
                version=self.version,
                happened_at=instant_from_text(self.happened_at),
                recorded_at=instant_from_text(self.recorded_at),
                actor=self.actor,
                terminal=self.terminal,
                command=self.command,
                part=self.part,
                body=decode_event(self.body),
                hash=self.hash,
            )
        except (ValueError, OverflowError, msgspec.MsgspecError):
            raise UnreadableEvent(f"entry {self.id}") from None


def chain_hash(prev_hash: str, fields: tuple[str, ...]) -> str:
    """sha256 over the previous hash and the fields, each with its length so that none can slide into the next."""
    # Who only reads has no use for it.
    import hashlib

    digest = hashlib.sha256(prev_hash.encode("ascii"))
    for field in fields:
        raw = field.encode("utf-8")
        digest.update(b"%d:" % len(raw))
        digest.update(raw)
    return digest.hexdigest()


def seal(
    draft: Draft,
    *,
    id: int,
    version: int,
    recorded_at: datetime,
    actor: str,
    terminal: str,
    command: str,
    part: int,
    prev_hash: str,
) -> RawEntry:
    """The row that `draft` becomes as entry number `id`, chained to `prev_hash`."""
    open_row = RawEntry(
        id=id,
        stream=draft.stream,
        version=version,
        kind=kind_of(draft.body),
        happened_at=instant_to_text(draft.happened_at),
        recorded_at=instant_to_text(recorded_at),
        actor=actor,
        terminal=terminal,
        command=command,
        part=part,
        body=encode_event(draft.body),
        prev_hash=prev_hash,
        hash="",
    )
    return msgspec.structs.replace(open_row, hash=open_row.expected_hash())


def instant_to_text(instant: datetime) -> str:
    """Aware instant → `2026-11-23T15:42:00.000000Z`: fixed width, so that text order is time order."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_from_text(text: str) -> datetime:
    """The inverse of `instant_to_text`."""
    return datetime.fromisoformat(text).astimezone(UTC)
