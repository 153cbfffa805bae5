"""The use case: look at files (`check`), apply them (`run`), and try again what was set aside (`retry`).

A file that is refused as a whole stops everything before the first entry. Every entry is a command like anybody
else's, with an id of its own: what was interrupted can simply be run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec

from infusionroom.domain.commands import Command
from infusionroom.domain.day import clinic_day
from infusionroom.domain.outcome import Conflict, Outcome, Refused
from infusionroom.intake.attaching import Files, KnownVisit, landings_of
from infusionroom.intake.difference import Change, difference
from infusionroom.intake.notices import FileRefused, Parsed, Quarantined
from infusionroom.intake.schedule import read_bytes, read_files

# A transaction of more would hold up whoever writes at the same time; of fewer it would wait for the disk more often.
CHANGES_TOGETHER: Final = 50


class SetAside(msgspec.Struct, frozen=True):
    """A quarantined entry as the room keeps it, by its number."""

    id: int
    entry: Quarantined


class Room(Files, Protocol):
    """What an import needs of the room."""

    def execute_all(self, commands: Sequence[Command], *, actor: str, terminal: str) -> Sequence[Outcome]:
        """Gives the commands in their order; an outcome for each."""
        ...

    def visits_by_appointment(self, keys: Sequence[str]) -> Mapping[str, KnownVisit]:
        """The visits planned under these appointments (`placer/filler`), those that are off included."""
        ...

    def add_quarantined(self, entries: Sequence[Quarantined]) -> None: ...

    def quarantined(self) -> Sequence[SetAside]:
        """What is set aside and not settled."""
        ...

    def settle_quarantined(self, ids: Sequence[int]) -> None: ...


class Preview(msgspec.Struct, frozen=True):
    """What an import would do. Nothing was written."""

    changes: tuple[Change, ...]
    quarantined: tuple[Quarantined, ...]
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of each action, and of what is set aside."""
        counted = Counter[str](change.action for change in self.changes)
        aside = len(self.quarantined)
        return dict(counted) | ({"quarantined": aside} if aside else {})

    @property
    def clean(self) -> bool:
        """Whether everything was understood and can be applied."""
        return not self.quarantined and all(change.action != "held" for change in self.changes)

    def sentences(self) -> list[str]:
        """One sentence for each notice and each thing set aside; no patient is named."""
        said = [
            f"{change.action}: {change.notice.file}, line {change.notice.line}, {change.sentence}"
            + (f" ({change.notice.remark})" if change.notice.remark else "")
            for change in self.changes
        ]
        return said + [f"quarantined: {entry.sentence}" for entry in self.quarantined] + list(self.remarks)


class Report(msgspec.Struct, frozen=True):
    """What an import did: the changes that were applied, and everything that was set aside with its reason."""

    applied: tuple[Change, ...]
    quarantined: tuple[Quarantined, ...]
    remarks: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.quarantined

    @property
    def counts(self) -> dict[str, int]:
        return Preview(self.applied, self.quarantined).counts

    def sentences(self) -> list[str]:
        return Preview(self.applied, self.quarantined, self.remarks).sentences()


def check(paths: Iterable[Path], room: Room, *, timezone: str, now: datetime) -> Preview:
    """What importing the files would change; writes nothing. Raises `FileRefused`."""
    return _preview(read_files(paths, timezone, now), room, timezone, now)


def run(
    paths: Iterable[Path], room: Room, *, timezone: str, now: datetime, actor: str, terminal: str
) -> Report:
    """Applies the files. What is not understood or cannot be applied is set aside, each with its reason.

    Raises `FileRefused` before anything is written.
    """
    preview = check(paths, room, timezone=timezone, now=now)
    applied, aside = _apply(preview.changes, room, actor=actor, terminal=terminal)
    everything = preview.quarantined + aside
    kept = room.quarantined()
    known = {_what(one.entry) for one in kept}
    fresh = [entry for entry in dict.fromkeys(everything) if _what(entry) not in known]
    if fresh:
        room.add_quarantined(fresh)
    read = {change.notice.raw for change in applied}
    settled = [one.id for one in kept if one.entry.raw in read]
    if settled:
        room.settle_quarantined(settled)
    return Report(applied, everything, preview.remarks)


def retry(
    room: Room,
    *,
    timezone: str,
    now: datetime,
    actor: str,
    terminal: str,
    ids: Sequence[int] | None = None,
) -> Report:
    """Reads again what is set aside (all of it, or the entries with these numbers); settles what can be applied.

    What still cannot stays where it is and is in the report's `quarantined`.
    """
    done: list[Change] = []
    still: list[Quarantined] = []
    settled: list[int] = []
    for one in room.quarantined():
        if ids is not None and one.id not in ids:
            continue
        parsed = _again(one.entry, timezone, now)
        preview = _preview(parsed, room, timezone, now)
        applied, aside = _apply(preview.changes, room, actor=actor, terminal=terminal)
        done += applied
        problems = preview.quarantined + aside
        still += problems
        if not problems:
            settled.append(one.id)
    if settled:
        room.settle_quarantined(settled)
    return Report(tuple(done), tuple(still))


def _preview(parsed: Parsed, room: Room, timezone: str, now: datetime) -> Preview:
    keys = list(dict.fromkeys(notice.appointment.key for notice in parsed.notices))
    known = room.visits_by_appointment(keys) if keys else {}
    new = [notice for notice in parsed.notices if notice.appointment.key not in known]
    landings = landings_of(new, room, timezone=timezone, today=clinic_day(now, timezone))
    return Preview(difference(parsed.notices, known, timezone, landings), parsed.quarantined, parsed.remarks)


def _again(entry: Quarantined, timezone: str, now: datetime) -> Parsed:
    """The entry's text read once more, at the place where it stood."""
    try:
        parsed = read_bytes(entry.raw.encode("utf-8"), entry.file, timezone, now)
    except FileRefused as refused:
        return Parsed(quarantined=(msgspec.structs.replace(entry, why=refused.why),))
    if not parsed.notices and not parsed.quarantined:
        return Parsed(quarantined=(entry,))
    return Parsed(
        tuple(msgspec.structs.replace(notice, line=entry.line) for notice in parsed.notices),
        tuple(msgspec.structs.replace(again, line=entry.line) for again in parsed.quarantined),
    )


def _apply(
    changes: Sequence[Change], room: Room, *, actor: str, terminal: str
) -> tuple[tuple[Change, ...], tuple[Quarantined, ...]]:
    applied: list[Change] = []
    aside: list[Quarantined] = []
    failed: set[str] = set()
    for together in _together(changes):
        whys = _given(
            [change for change in together if change.notice.appointment.key not in failed],
            room,
            actor=actor,
            terminal=terminal,
        )
        for change in together:
            key = change.notice.appointment.key
            if change.action == "held":
                aside.append(change.quarantined())
            elif change.commands and key in failed:
                aside.append(
                    change.quarantined("an earlier message about this appointment could not be applied")
                )
            elif why := whys.get(key, ""):
                failed.add(key)
                aside.append(change.quarantined(why))
            else:
                applied.append(change)
    return tuple(applied), tuple(aside)


def _together(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes in runs that keep their order: of one command each, and no two about one appointment."""
    run: list[Change] = []
    keys: set[str] = set()
    for change in changes:
        key, alone = change.notice.appointment.key, len(change.commands) > 1
        if run and (alone or key in keys or len(run) == CHANGES_TOGETHER):
            yield run
            run, keys = [], set()
        if alone:
            yield [change]
        else:
            run.append(change)
            keys.add(key)
    if run:
        yield run


def _given(changes: Sequence[Change], room: Room, *, actor: str, terminal: str) -> dict[str, str]:
    """Gives each change's commands in order, up to one that is not taken: the reason, by appointment."""
    whys: dict[str, str] = {}
    step = 0
    while given := [
        (change.notice.appointment.key, change.commands[step])
        for change in changes
        if len(change.commands) > step and change.notice.appointment.key not in whys
    ]:
        outcomes = room.execute_all([command for _, command in given], actor=actor, terminal=terminal)
        for (key, _), outcome in zip(given, outcomes, strict=True):
            if why := _why_not(outcome):
                whys[key] = why
        step += 1
    return whys


def _why_not(outcome: Outcome) -> str:
    """The reason why a command was not taken; empty when it was."""
    match outcome:
        case Refused():
            return " ".join(reason.text for reason in outcome.reasons) or "the room refused it"
        case Conflict():
            return f"{outcome.by} changed this visit at the same moment; retry it"
        case _:
            return ""


def _what(entry: Quarantined) -> tuple[str, str, str]:
    return entry.field, entry.why, entry.raw
