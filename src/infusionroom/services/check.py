"""`infusionroom check`: does the store still say what was written, and does all that follows still follow from it.

The journal is walked twice and folded stream by stream, so that a million visits need the memory of a few hundred.
Others may write meanwhile: what differs is looked at again before it is called a problem.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby, islice
from typing import Final

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.events import UnreadableEvent
from infusionroom.domain.evolve import NotAVisit, apply, effective, fold
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry, RawEntry
from infusionroom.domain.record import VisitRecord, days_of, record_of
from infusionroom.domain.room import CHAIR_STREAM, ROOM_STREAM, STAFF_STREAM, Room
from infusionroom.domain.transitions import unlawful
from infusionroom.domain.visit import VISIT_STREAM, Visit, stream_of
from infusionroom.services.errors import RoomRefused, translated
from infusionroom.store import Store
from infusionroom.store.check import chain_problems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.store.queries import Queries

_CHUNK: Final = 200
_LOOKS: Final = 5
_MOST_SENTENCES: Final = 50


class Verdict(msgspec.Struct, frozen=True):
    """What was found: how far the journal reaches, and a sentence for each thing that is wrong."""

    entries: int
    head_hash: str
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.problems


def check_store(store: Store) -> Verdict:
    """Looks at everything there is. Raises `RoomUnreachable`."""
    with translated():
        entries, head_hash = store.head()
        problems = store.problems()
        sound = not problems or not chain_problems(store)
        journal = _Journal(store, sound=sound)
        problems += journal.problems
        if sound and not journal.problems:
            problems += islice(_projection_problems(store, journal), _MOST_SENTENCES)
    return Verdict(entries, head_hash, tuple(problems))


def rebuild(store: Store) -> int:
    """Writes all that follows from the journal anew, in one transaction; the number of visits.

    Raises `RoomRefused` where the journal itself is not sound, and leaves everything as it was.
    """
    with translated():
        found = [*store.guard_problems(), *chain_problems(store), *_Journal(store).problems]
        if found:
            raise RoomRefused(f"Nothing was rebuilt, for the journal is not sound: {found[0]}")
        with store.writing() as writing:
            journal = _Journal(writing)
            writing.clear_projections()
            seats: dict[str, int | None] = {}
            count = 0
            for chunk in _chunks(sorted(journal.visits)):
                visits = [fold(entries) for _, entries in _streams(writing, chunk)]
                writing.save_visits((journal.record(v), journal.days(v)) for v in visits)
                seats |= {v.id: v.chair for v in visits if v.here and v.chair is not None}
                count += len(visits)
            writing.set_seats(seats)
    return count


class _Journal:
    """One walk over the journal: which streams there are, whether all can be read, and the clinic over time.

    What is not `sound` is only read, and nothing is made of it.
    """

    def __init__(self, queries: Queries, *, sound: bool = True) -> None:
        self.visits: set[str] = set()
        self.problems: list[str] = []
        self._since: list[int] = []
        self._clinics: list[Clinic] = []
        room = Room()
        for row in queries.raw_entries():
            entry = self._read(row)
            if row.stream.startswith(VISIT_STREAM):
                self.visits.add(row.stream.removeprefix(VISIT_STREAM))
            elif not row.stream.startswith(CHAIR_STREAM) and row.stream not in (ROOM_STREAM, STAFF_STREAM):
                self.problems.append(f"Entry {row.id} is of no stream that this version knows.")
            elif entry is not None and sound:
                room = evolve(room, (entry,))
                if entry.stream == ROOM_STREAM and room.clinic is not None:
                    self._since.append(entry.id)
                    self._clinics.append(room.clinic)
        if sound and self.visits and not self._clinics:
            self.problems.append("There are visits, but no room was ever set up.")

    def _read(self, row: RawEntry) -> Entry | None:
        try:
            entry = row.entry()
        except (UnreadableEvent, msgspec.MsgspecError, ValueError):
            self.problems.append(
                f"Entry {row.id} cannot be read: its body is of no kind that was ever written."
            )
            return None
        if entry.kind != row.kind:
            self.problems.append(f"Entry {row.id} says it is “{row.kind}” but holds “{entry.kind}”.")
        return entry

    def _clinic(self, visit: Visit) -> Clinic:
        """The clinic as it was when the visit's row was written, with the visit's last entry."""
        return self._clinics[max(0, bisect_right(self._since, visit.entries[-1].id) - 1)]

    def record(self, visit: Visit) -> VisitRecord:
        return record_of(visit, self._clinic(visit))

    def days(self, visit: Visit) -> frozenset[date]:
        return days_of(visit, self._clinic(visit))


def _projection_problems(store: Store, journal: _Journal) -> Iterator[str]:
    on_day = lru_cache(maxsize=64)(lambda day: frozenset(store.visits_on(day)))
    for chunk in _chunks(sorted(journal.visits)):
        records = {record.visit: record for record in store.records(visits=chunk)}
        for name, entries in _streams(store, chunk):
            try:
                visit = fold(entries)
            except NotAVisit as error:
                yield f"Visit {name} cannot be made from its entries: {error}."
                continue
            if unlawful := _unlawful_entry(entries):
                yield f"Visit {name} cannot have happened as it is written: {unlawful}"
            if records.get(visit.id) != journal.record(visit):
                yield from _looked_at_again(store, journal, visit.id)
            elif any(visit.id not in on_day(day) for day in journal.days(visit)):
                yield f"Visit {visit.id} is missing from a day that its entries name."
    yield from _rows_without_entries(store, journal)
    yield from _seat_problems(store)


def _unlawful_entry(entries: Sequence[Entry]) -> str:
    """The first entry that cannot have happened where it stands, and why; empty where all can."""
    visit: Visit | None = None
    for entry in effective(entries):
        if visit is not None and (reason := unlawful(visit, entry.body, entry.happened_at)):
            return f"entry {entry.id}. {reason.text}"
        visit = apply(visit, entry)
    return ""


def _looked_at_again(store: Store, journal: _Journal, visit_id: str) -> Iterator[str]:
    """The row and the entries are read one after the other; somebody may have written in between."""
    for _ in range(_LOOKS):
        visit = _visit(store, visit_id)
        record = next(iter(store.records(visits=[visit_id])), None)
        if visit.version == len(store.entries(streams=[stream_of(visit_id)])):
            break
    if record is None:
        yield f"Visit {visit_id} has entries but no row."
        return
    wanted = journal.record(visit)
    wrong = [field for field in wanted.__struct_fields__ if getattr(record, field) != getattr(wanted, field)]
    if wrong:
        yield f"The row of visit {visit_id} does not follow from its entries: {', '.join(wrong)}."


def _rows_without_entries(store: Store, journal: _Journal) -> Iterator[str]:
    for name in store.visit_names():
        if name not in journal.visits and not store.entries(streams=[stream_of(name)]):
            yield f"Visit {name} has a row but no entries."


def _seat_problems(store: Store) -> Iterator[str]:
    """Who holds a chair by the rows that guard it, against who sits there by the journal."""
    for last_look in (False, True):
        held = {visit: chair for chair, visit in store.seats().items()}
        likely = sorted({*store.open_visits(), *held})
        visits = [fold(entries) for _, entries in _streams(store, likely)]
        seated = {visit.id: visit.chair for visit in visits if visit.here and visit.chair is not None}
        if held == seated:
            return
        if last_look:
            for name in sorted(held.keys() | seated.keys()):
                if held.get(name) != seated.get(name):
                    yield (
                        f"Visit {name} sits in {_chair(seated.get(name))} by the journal, "
                        f"but {_chair(held.get(name))} is held for it."
                    )


def _chair(number: int | None) -> str:
    return "no chair" if number is None else f"chair {number}"


def _visit(store: Store, visit_id: str) -> Visit:
    return fold(store.entries(streams=[stream_of(visit_id)]))


def _streams(queries: Queries, visits: Sequence[str]) -> Iterator[tuple[str, list[Entry]]]:
    """The entries of each of these visits that has any."""
    entries = queries.entries(streams=[stream_of(name) for name in visits])
    for stream, own in groupby(sorted(entries, key=lambda e: (e.stream, e.id)), key=lambda e: e.stream):
        yield stream.removeprefix(VISIT_STREAM), list(own)


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(names)
    while chunk := list(islice(waiting, _CHUNK)):
        yield chunk
