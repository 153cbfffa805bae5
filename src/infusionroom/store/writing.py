"""One transaction: a command reads, decides and appends, and the rows that follow are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import CursorResult, Executable, Table, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session

from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.journal import Draft, Entry, RawEntry, seal
from infusionroom.domain.names import folded
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.domain.record import VisitRecord
from infusionroom.store.backend import Dialect, Row
from infusionroom.store.engine import explained
from infusionroom.store.errors import SeatTaken, StoreDamaged
from infusionroom.store.queries import Queries
from infusionroom.store.rows import Credential, Quarantined, QuarantineState
from infusionroom.store.sited import SITE
from infusionroom.store.sites import CHANNEL_QUESTION, FUNCTION
from infusionroom.store.tables import (
    COURSE,
    CREDENTIAL,
    HEAD,
    JOURNAL,
    PATIENT,
    PATIENT_WORD,
    QUARANTINE,
    SEAT,
    VISIT,
    VISIT_DAY,
)

# Never by the row-level security alone: who is above it must not take another site's head for the own.
_OWN_SITE: Final = text(f"{SITE} = {FUNCTION}()")
_NOTIFY: Final = text(f"SELECT pg_notify({CHANNEL_QUESTION}, '')")


class Writing(Queries):
    """All that `Queries` asks, as it stands inside the transaction, and everything that changes the store.

    `server_now` is PostgreSQL's clock, None on SQLite. What is appended reaches the database many rows at a
    time: before the next read, or at the end.
    """

    def __init__(self, dialect: Dialect, session: Session) -> None:
        super().__init__(dialect, self._fetch_inside)
        self._session = session
        self._waiting: list[dict[str, Any]] = []
        self._versions: dict[str, int] = {}
        self._last_part = ("", -1)
        self._id, self._hash = self._lock_head()
        self._first_id = self._id
        self.server_now = self._ask_server_time()

    def _lock_head(self) -> tuple[int, str]:
        """On PostgreSQL writers queue here, so that ids are in commit order; SQLite has locked its file."""
        head = select(HEAD).with_for_update()
        row = self._run(head.where(_OWN_SITE) if self._on_server else head).one_or_none()
        if row is None:
            raise StoreDamaged("The journal's head row is missing.")
        return int(row.id), str(row.hash)

    @property
    def _on_server(self) -> bool:
        return self._dialect.name == "postgresql"

    def _ask_server_time(self) -> datetime | None:
        if not self._on_server:
            return None
        return self._dialect.instant(self._run(text("SELECT clock_timestamp()")).scalar_one())

    def _run(self, statement: Executable, values: Sequence[Mapping[str, Any]] = ()) -> CursorResult[Any]:
        with explained(self._dialect):
            return self._session.connection().execute(statement, list(values) or None)

    def _fetch_inside(self, statement: str, values: Mapping[str, Any]) -> list[Row]:
        self._flush()
        with explained(self._dialect):
            return [tuple(row) for row in self._session.connection().exec_driver_sql(statement, dict(values))]

    # ── the journal ─────────────────────────────────────────────────────────────────────────────────────────

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        recorded_at: datetime,
        actor: str,
        terminal: str,
        command: str,
    ) -> list[Entry]:
        """Seals and chains what a command decided; the entries as every terminal will read them.

        Parts count on where the same command has just appended. A command given before is refused with
        `JournalRefused`, here or when the transaction ends: ask `by_command` first.
        """
        unknown = {draft.stream for draft in drafts} - self._versions.keys()
        if unknown:
            self._versions |= self.versions(unknown)
        entries = []
        for draft in drafts:
            last_command, last_part = self._last_part
            row = seal(
                draft,
                id=self._id + 1,
                version=self._versions[draft.stream] + 1,
                recorded_at=recorded_at,
                actor=actor,
                terminal=terminal,
                command=command,
                part=last_part + 1 if last_command == command else 0,
                prev_hash=self._hash,
            )
            self._id, self._hash, self._last_part = row.id, row.hash, (command, row.part)
            self._versions[row.stream] = row.version
            self._waiting.append(msgspec.structs.asdict(row))
            entries.append(row.entry())
        return entries

    def head(self) -> tuple[int, str]:
        return self._id, self._hash

    def _flush(self) -> None:
        if self._waiting:
            rows, self._waiting = self._waiting, []
            self._run(insert(JOURNAL), rows)

    def take_over(self, rows: Sequence[RawEntry]) -> None:
        """Writes another store's entries as they are, after what is there. The head stays until `set_head`."""
        self._run(insert(JOURNAL), [msgspec.structs.asdict(row) for row in rows])

    def set_head(self, last_id: int, last_hash: str) -> None:
        """Sets the head to entries that were taken over; the other terminals are told when the transaction ends."""
        self._id, self._hash = last_id, last_hash

    def finish(self) -> None:
        """Writes what waits, moves the head, and tells the other terminals."""
        self._flush()
        if self._id != self._first_id:
            moved = update(HEAD).values(id=self._id, hash=self._hash)
            self._run(moved.where(_OWN_SITE) if self._on_server else moved)
            if self._on_server:
                self._run(_NOTIFY)

    # ── what follows from it ────────────────────────────────────────────────────────────────────────────────

    def save_visit(self, record: VisitRecord, days: Collection[date]) -> None:
        """Writes the visit's row anew, and adds the clinic days it was planned on or present."""
        self.save_visits([(record, days)])

    def save_visits(self, records: Iterable[tuple[VisitRecord, Collection[date]]]) -> None:
        """As `save_visit`, many at a time."""
        rows: list[dict[str, Any]] = []
        days: list[dict[str, Any]] = []
        for record, on in records:
            rows.append(
                msgspec.structs.asdict(record)
                | {
                    "family_key": folded(record.family),
                    "given_key": folded(record.given),
                    "record_key": folded(record.record_number),
                }
            )
            days += [{"visit": record.visit, "day": day} for day in on]
        if rows:
            self._run(_upsert(self._dialect.name, VISIT), rows)
        if days:
            self._run(_add(self._dialect.name, VISIT_DAY), days)

    def save_patients(self, records: Iterable[tuple[PatientRecord, Collection[str]]]) -> None:
        """Writes each patient's row anew, and the words that the patient is searched by in place of earlier ones."""
        rows: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        for record, searched_by in records:
            keys = {"family_key": folded(record.family), "given_key": folded(record.given)}
            rows.append(msgspec.structs.asdict(record) | keys)
            words += [{"patient": record.patient, "word": word} for word in sorted(searched_by)]
        if rows:
            self._run(_upsert(self._dialect.name, PATIENT), rows)
            self._run(_forget_words(), [{"whose": row["patient"]} for row in rows])
        if words:
            self._run(_add(self._dialect.name, PATIENT_WORD), words)

    def save_courses(self, records: Iterable[CourseRecord]) -> None:
        """Writes each course's row anew."""
        rows = [msgspec.structs.asdict(record) for record in records]
        if rows:
            self._run(_upsert(self._dialect.name, COURSE), rows)

    def set_seats(self, seats: Mapping[str, int | None]) -> None:
        """Seats each visit in its chair, or in none; all at once, so that two may exchange theirs.

        Raises `SeatTaken` where somebody else sits there, or two are sent to one chair.
        """
        if not seats:
            return
        taken = {chair: visit for chair, visit in self.seats().items() if visit not in seats}
        for visit, chair in seats.items():
            if chair is not None and taken.setdefault(chair, visit) != visit:
                raise SeatTaken(chair, taken[chair])
        self._run(delete(SEAT).where(SEAT.c.visit.in_(list(seats))))
        rows = [{"visit": visit, "chair": chair} for visit, chair in seats.items() if chair is not None]
        if rows:
            self._run(insert(SEAT), rows)

    def clear_projections(self) -> None:
        """Empties all rows that follow from the journal, to be written anew in this transaction."""
        for table in (SEAT, VISIT_DAY, VISIT, PATIENT_WORD, PATIENT, COURSE):
            self._run(delete(table))

    # ── quarantine ──────────────────────────────────────────────────────────────────────────────────────────

    def add_quarantine(
        self, found: Iterable[Quarantined], *, received_at: datetime, received_by: str
    ) -> list[int]:
        """Keeps what was not understood; the ids. What waits already, word for word, is not kept twice."""
        waiting = {(one.field, one.why, one.raw): one.id for one in self.quarantined()}
        last = int(self._ask("SELECT coalesce(max(id), 0) FROM quarantine")[0][0])
        ids = []
        for one in found:
            kept = {"file": one.file, "line": one.line, "field": one.field, "why": one.why, "raw": one.raw}
            kept = {
                name: _storable(value) if isinstance(value, str) else value for name, value in kept.items()
            }
            key = (str(kept["field"]), str(kept["why"]), str(kept["raw"]))
            if key not in waiting:
                waiting[key] = last = last + 1
                by = {"id": last, "received_at": received_at, "received_by": received_by, "state": "waiting"}
                self._run(insert(QUARANTINE), [kept | by])
            ids.append(waiting[key])
        return ids

    def take_over_quarantine(self, found: Iterable[Quarantined]) -> None:
        """Keeps another store's entries under their own numbers, over what was there."""
        rows = [msgspec.structs.asdict(one) for one in found]
        if rows:
            self._run(_upsert(self._dialect.name, QUARANTINE), rows)

    def resolve_quarantine(self, ids: Collection[int], state: QuarantineState) -> None:
        """Marks entries as retried or dismissed; their text stays as evidence."""
        self._run(update(QUARANTINE).where(QUARANTINE.c.id.in_(list(ids))).values(state=state))

    # ── who signs in ────────────────────────────────────────────────────────────────────────────────────────

    def save_credential(self, credential: Credential) -> None:
        """Writes how a person signs in, over what was there."""
        self._run(_upsert(self._dialect.name, CREDENTIAL), [msgspec.structs.asdict(credential)])


# Put together once: SQLAlchemy takes longer for that than the database for the row.
@lru_cache
def _upsert(dialect: str, table: Table) -> Executable:
    new = _insert(dialect, table)
    key = [column.name for column in table.primary_key]
    changed = {column.name: column for column in new.excluded if column.name not in key}
    lead = [SITE] if dialect == "postgresql" else []
    return new.on_conflict_do_update(index_elements=lead + key, set_=changed)


@lru_cache
def _add(dialect: str, table: Table) -> Executable:
    return _insert(dialect, table).on_conflict_do_nothing()


@lru_cache
def _forget_words() -> Executable:
    return delete(PATIENT_WORD).where(PATIENT_WORD.c.patient == bindparam("whose"))


def _insert(dialect: str, table: Table) -> PostgresInsert | SqliteInsert:
    return postgres_insert(table) if dialect == "postgresql" else sqlite_insert(table)


def _storable(raw: str) -> str:
    """A stranger's text may hold what no database takes: NUL and half characters are kept as escapes."""
    return raw.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
