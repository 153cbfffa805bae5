"""One transaction: a command reads, decides and appends, and the rows that follow are written."""

# ruff: noqa: S608 - only this module's own words go into a statement; every value is a bound parameter.

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.journal import Draft, Entry, RawEntry, seal
from infusionroom.domain.names import folded
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.domain.record import VisitRecord
from infusionroom.store.asking import among
from infusionroom.store.backend import Dialect, Row, Value, WritingConnection
from infusionroom.store.errors import SeatTaken, StoreDamaged, explained
from infusionroom.store.queries import Queries
from infusionroom.store.rows import Credential, Quarantined, QuarantineState
from infusionroom.store.sites import CHANNEL_QUESTION, FUNCTION

# Never by the row-level security alone: who is above it must not take another site's head for the own.
_OWN_SITE: Final = f" WHERE site = {FUNCTION}()"
_FOLLOWING: Final = ("seat", "visit_day", "visit", "patient_word", "patient", "course")


class Writing(Queries):
    """All that `Queries` asks, as it stands inside the transaction, and everything that changes the store.

    `server_now` is PostgreSQL's clock, None on SQLite. What is appended reaches the database many rows at a
    time: before the next read, or at the end.
    """

    def __init__(self, dialect: Dialect, connection: WritingConnection) -> None:
        super().__init__(dialect, self._fetch_inside)
        self._connection = connection
        self._waiting: list[dict[str, Any]] = []
        self._versions: dict[str, int] = {}
        self._last_part = ("", -1)
        self._id, self._hash = self._lock_head()
        self._first_id = self._id
        self.server_now = self._ask_server_time()

    def _lock_head(self) -> tuple[int, str]:
        """On PostgreSQL writers queue here, so that ids are in commit order; SQLite has locked its file."""
        rows = self._ask(f"SELECT id, hash FROM head{f'{_OWN_SITE} FOR UPDATE' if self._on_server else ''}")
        if len(rows) != 1:
            raise StoreDamaged("The journal's head row is missing.")
        return int(rows[0][0]), str(rows[0][1])

    @property
    def _on_server(self) -> bool:
        return self._dialect.name == "postgresql"

    def _ask_server_time(self) -> datetime | None:
        if not self._on_server:
            return None
        return self._dialect.instant(self._ask("SELECT clock_timestamp()")[0][0])

    def _run(self, statement: str, values: Mapping[str, Value] | None = None) -> None:
        self._run_each(statement, [values or {}])

    def _run_each(self, statement: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Runs one statement for every row of values."""
        bound = [{name: self._bound(value) for name, value in row.items()} for row in rows]
        statement, cursor = self._dialect.statement(statement), self._connection.cursor()
        with explained(self._dialect):
            if len(bound) == 1:
                cursor.execute(statement, bound[0])
            else:
                cursor.executemany(statement, bound)

    def _bound(self, value: Value) -> Any:
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("An instant without its offset cannot be stored.")
        return self._dialect.bind(value)

    def _fetch_inside(self, statement: str, values: Mapping[str, Any]) -> list[Row]:
        self._flush()
        cursor = self._connection.cursor()
        with explained(self._dialect):
            return list(cursor.execute(statement, dict(values)).fetchall())

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
            self._run_each(_insert("journal", rows[0]), rows)

    def take_over(self, rows: Sequence[RawEntry]) -> None:
        """Writes another store's entries as they are, after what is there. The head stays until `set_head`."""
        if rows:
            self._run_each(
                _insert("journal", RawEntry.__struct_fields__), [msgspec.structs.asdict(row) for row in rows]
            )

    def set_head(self, last_id: int, last_hash: str) -> None:
        """Sets the head to entries that were taken over; the other terminals are told when the transaction ends."""
        self._id, self._hash = last_id, last_hash

    def finish(self) -> None:
        """Writes what waits, moves the head, and tells the other terminals."""
        self._flush()
        if self._id != self._first_id:
            moved = f"UPDATE head SET id = :id, hash = :hash{_OWN_SITE if self._on_server else ''}"
            self._run(moved, {"id": self._id, "hash": self._hash})
            if self._on_server:
                self._ask(f"SELECT pg_notify({CHANNEL_QUESTION}, '')")

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
            self._run_each(self._upsert("visit", ["visit"], rows[0]), rows)
        if days:
            self._run_each(_add("visit_day", days[0]), days)

    def save_patients(self, records: Iterable[tuple[PatientRecord, Collection[str]]]) -> None:
        """Writes each patient's row anew, and the words that the patient is searched by in place of earlier ones."""
        rows: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        for record, searched_by in records:
            keys = {"family_key": folded(record.family), "given_key": folded(record.given)}
            rows.append(msgspec.structs.asdict(record) | keys)
            words += [{"patient": record.patient, "word": word} for word in sorted(searched_by)]
        if rows:
            self._run_each(self._upsert("patient", ["patient"], rows[0]), rows)
            self._run_each(
                "DELETE FROM patient_word WHERE patient = :patient",
                [{"patient": row["patient"]} for row in rows],
            )
        if words:
            self._run_each(_add("patient_word", words[0]), words)

    def save_courses(self, records: Iterable[CourseRecord]) -> None:
        """Writes each course's row anew."""
        rows = [msgspec.structs.asdict(record) for record in records]
        if rows:
            self._run_each(self._upsert("course", ["course"], rows[0]), rows)

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
        values: dict[str, Value] = {}
        self._run(f"DELETE FROM seat WHERE visit IN ({among('visit', seats, values)})", values)
        rows: list[dict[str, Value]] = [
            {"visit": visit, "chair": chair} for visit, chair in seats.items() if chair is not None
        ]
        if rows:
            self._run_each(_insert("seat", rows[0]), rows)

    def clear_projections(self) -> None:
        """Empties all rows that follow from the journal, to be written anew in this transaction."""
        for table in _FOLLOWING:
            self._run(f"DELETE FROM {table}")

    # ── quarantine ──────────────────────────────────────────────────────────────────────────────────────────

    def add_quarantine(
        self, found: Iterable[Quarantined], *, received_at: datetime, received_by: str
    ) -> list[int]:
        """Keeps what was not understood; the ids. What waits already, word for word, is not kept twice."""
        waiting = {(one.field, one.why, one.raw): one.id for one in self.quarantined()}
        last = int(self._ask("SELECT coalesce(max(id), 0) FROM quarantine")[0][0])
        ids = []
        for one in found:
            text = {"file": one.file, "field": one.field, "why": one.why, "raw": one.raw}
            kept: dict[str, Value] = {name: _storable(value) for name, value in text.items()}
            key = (str(kept["field"]), str(kept["why"]), str(kept["raw"]))
            if key not in waiting:
                waiting[key] = last = last + 1
                kept |= {"id": last, "line": one.line, "state": "waiting"}
                kept |= {"received_at": received_at, "received_by": received_by}
                self._run(_insert("quarantine", kept), kept)
            ids.append(waiting[key])
        return ids

    def take_over_quarantine(self, found: Iterable[Quarantined]) -> None:
        """Keeps another store's entries under their own numbers, over what was there."""
        rows = [msgspec.structs.asdict(one) for one in found]
        if rows:
            self._run_each(self._upsert("quarantine", ["id"], rows[0]), rows)

    def resolve_quarantine(self, ids: Collection[int], state: QuarantineState) -> None:
        """Marks entries as retried or dismissed; their text stays as evidence."""
        for each in ids:
            self._run("UPDATE quarantine SET state = :state WHERE id = :id", {"state": state, "id": each})

    # ── who signs in ────────────────────────────────────────────────────────────────────────────────────────

    def save_credential(self, credential: Credential) -> None:
        """Writes how a person signs in, over what was there."""
        row = msgspec.structs.asdict(credential)
        self._run(self._upsert("credential", ["person"], row), row)

    def _upsert(self, table: str, key: Sequence[str], columns: Collection[str]) -> str:
        """Inserts a row, or writes it over the one that has its key."""
        keys = ["site", *key] if self._on_server else key
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
        return f"{_insert(table, columns)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"


def _insert(table: str, columns: Iterable[str]) -> str:
    names = list(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


def _add(table: str, columns: Iterable[str]) -> str:
    """Inserts a row where there is none like it."""
    return f"{_insert(table, columns)} ON CONFLICT DO NOTHING"


def _storable(raw: str) -> str:
    """A stranger's text may hold what no database takes: NUL and half characters are kept as escapes."""
    return raw.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
