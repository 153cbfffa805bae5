"""The journal as it is read: entry by entry, with what became of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.course import stream_of as course_stream
from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.day import clinic_day
from infusionroom.domain.evolve import annulled_by
from infusionroom.domain.journal import Entry, RawEntry, instant_to_text
from infusionroom.domain.patient import stream_of as patient_stream
from infusionroom.domain.staff import ACCESS_STREAM, STAFF_STREAM
from infusionroom.domain.visit import stream_of as visit_stream
from infusionroom.services.errors import translated
from infusionroom.services.room import RoomService

_CORRECTING = frozenset({"undone", "corrected"})


class LoggedEntry(msgspec.Struct, frozen=True):
    """One entry of the journal. Instants are UTC; amounts in `body` are exact decimals as text.

    `taken_back_by` and `corrected_by` are the entries that say it no longer holds, null while it does.
    """

    id: int
    stream: str
    version: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    actor: str
    terminal: str
    command: str
    part: int
    body: ev.EventBody
    hash: str
    taken_back_by: int | None = None
    corrected_by: int | None = None


class About(NamedTuple):
    """A record that somebody asks about: of which kind, and its id."""

    what: ev.RecordKind
    id: str

    @property
    def stream(self) -> str:
        """Where what changed it stands."""
        return {"visit": visit_stream, "patient": patient_stream, "course": course_stream}[self.what](self.id)


def about_patient(history: PatientHistory) -> tuple[About, ...]:
    """A patient's file, those merged with it, all courses and all visits."""
    return (
        About("patient", history.patient.id),
        *(About("patient", other.id) for other in history.duplicates),
        *(About("course", file.course.id) for file in history.courses),
        *(About("visit", row.visit) for row in history.visits),
    )


def about_course(file: CourseFile) -> tuple[About, ...]:
    """A course and the visits of its days."""
    visits = (day.visit for day in file.days if day.visit is not None)
    return (About("course", file.course.id), *(About("visit", row.visit) for row in visits))


def _saw(entry: Entry, about: Sequence[About], days: Mapping[date, int]) -> bool:
    """Whether somebody opened one of these records, or fetched a day on which one of these visits was."""
    match entry.body:
        case ev.RecordOpened(what=what, id=record):
            return About(what, record) in about
        case ev.AnswerFetched(day=day):
            return entry.id > days.get(day, entry.id)
        case _:
            return False


def _days(entries: Iterable[Entry], timezone: str) -> dict[date, int]:
    """The clinic days on which the visits among these entries were ever planned, each from which entry on."""
    since: dict[date, int] = {}
    for entry in entries:
        if isinstance(entry.body, ev.VisitPlanned | ev.PlanChanged):
            since.setdefault(clinic_day(entry.body.plan.start, timezone), entry.id)
    return since


def logged(
    room: RoomService,
    *,
    about: Sequence[About] = (),
    access: bool = False,
    actor: str = "",
    after: int = 0,
    since: datetime | None = None,
) -> Iterator[LoggedEntry]:
    """The entries with an id above `after` that were recorded `since`, in journal order; of one `actor` if named.

    With `about` only what changed these records, and who opened them or fetched a day of their visits; with `access`
    only who came in, opened or fetched what, and what was done to the staff list. Raises `RoomUnreachable`,
    `RoomRefused`, `UnreadableEvent`.
    """
    with translated():
        if about:
            known = room.store.entries(streams=[*(one.stream for one in about), ACCESS_STREAM])
            days = _days(known, room.state.clinic.timezone if room.state.clinic else "UTC")
            whole = [e for e in known if e.stream != ACCESS_STREAM or _saw(e, about, days)]
            marks = _Marks(whole)
            entries: Iterator[Entry] = (entry for entry in whole if entry.id > after)
        elif access:
            entries = iter(room.store.entries(after=after, streams=[ACCESS_STREAM, STAFF_STREAM]))
            marks = _Marks([])
        else:
            store = room.store
            marks = _Marks([row.entry() for row in store.raw_entries() if row.kind in _CORRECTING])
            entries = (row.entry() for row in store.raw_entries(after) if _recorded(row, since))
        for entry in entries:
            if (since is None or entry.recorded_at >= since) and (not actor or _same(entry.actor, actor)):
                yield marks.on(entry)


def _same(name: str, asked: str) -> bool:
    return name.casefold() == asked.strip().casefold()


def _recorded(row: RawEntry, since: datetime | None) -> bool:
    """Told from the text, so that what is not asked for need not be read."""
    return since is None or row.recorded_at >= instant_to_text(since)


class _Marks:
    """What corrections say of other entries; the last word wins, as in the fold."""

    def __init__(self, entries: list[Entry]) -> None:
        self._annulled = annulled_by(entries)
        self._corrected = {
            e.body.target: e.id
            for e in entries
            if isinstance(e.body, ev.Corrected) and e.id not in self._annulled
        }

    def on(self, entry: Entry) -> LoggedEntry:
        undone = self._annulled.get(entry.id)
        return LoggedEntry(
            id=entry.id,
            stream=entry.stream,
            version=entry.version,
            kind=entry.kind,
            happened_at=entry.happened_at,
            recorded_at=entry.recorded_at,
            actor=entry.actor,
            terminal=entry.terminal,
            command=entry.command,
            part=entry.part,
            body=entry.body,  # type: ignore[arg-type]
            hash=entry.hash,
            taken_back_by=undone.id if undone else None,
            corrected_by=self._corrected.get(entry.id),
        )
