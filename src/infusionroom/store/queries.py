"""Every question that is asked of the store, once, for the reading and for the writing side alike."""

# ruff: noqa: S608 - only this module's own words go into a statement; every value is a bound parameter.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from infusionroom.domain.journal import GENESIS, Entry, RawEntry, instant_to_text
from infusionroom.domain.names import folded
from infusionroom.domain.record import VisitRecord
from infusionroom.store.asking import PAGE, among, begins
from infusionroom.store.backend import Row, Value
from infusionroom.store.patient_queries import PatientQueries, followed
from infusionroom.store.rows import (
    CREDENTIAL_COLUMNS,
    JOURNAL_COLUMNS,
    QUARANTINE_COLUMNS,
    VISIT_COLUMNS,
    Credential,
    Quarantined,
    QuarantineState,
    credential,
    quarantined,
    raw_entry,
    visit_record,
)


class Queries(PatientQueries):
    """Questions over `fetch`, which runs one statement of `dialect` and gives all its rows."""

    # ── the journal ─────────────────────────────────────────────────────────────────────────────────────────

    def head(self) -> tuple[int, str]:
        """The last entry's id and hash; (0, GENESIS) when there is none."""
        rows = self._ask("SELECT id, hash FROM head")
        return (int(rows[0][0]), str(rows[0][1])) if rows else (0, GENESIS)

    def entries(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        streams: Collection[str] | None = None,
        recorded_until: datetime | None = None,
    ) -> list[Entry]:
        """Entries in journal order: ids above `after` to `until`, of `streams`, recorded by `recorded_until`.

        Raises `UnreadableEvent`.
        """
        if streams is not None and not streams:
            return []
        where, values = ["id > :after"], dict[str, Value](after=after)
        if until is not None:
            where.append("id <= :until")
            values["until"] = until
        if recorded_until is not None:
            where.append("recorded_at <= :recorded")
            values["recorded"] = instant_to_text(recorded_until)
        if streams is not None:
            where.append(f"stream IN ({among('stream', streams, values)})")
        return [raw_entry(row).entry() for row in self._journal(" AND ".join(where), values)]

    def last_entries(
        self, streams: Collection[str], count: int, *, until: int, recorded_until: datetime | None = None
    ) -> list[Entry]:
        """The last `count` entries of each stream up to id `until`, recorded by `recorded_until`, in journal order.

        However long the streams are, no more of them is read.
        """
        if not streams:
            return []
        known = "id <= :until"
        values: dict[str, Value] = {"until": until, "count": count}
        if recorded_until is not None:
            known += " AND recorded_at <= :recorded"
            values["recorded"] = instant_to_text(recorded_until)
        named = among("stream", streams, values).replace(", ", "), (")
        rows = self._ask(
            f"WITH wanted (name) AS (VALUES ({named}))"
            f" SELECT {JOURNAL_COLUMNS} FROM wanted JOIN journal ON stream = name WHERE {known} AND version >"
            f" (SELECT max(version) FROM journal WHERE stream = name AND {known}) - :count ORDER BY id",
            **values,
        )
        return [raw_entry(row).entry() for row in rows]

    def raw_entries(self, after: int = 0) -> Iterator[RawEntry]:
        """All rows as they are stored, in journal order, a page at a time."""
        while page := self._journal("id > :after", {"after": after}, limit=PAGE):
            yield from map(raw_entry, page)
            after = int(page[-1][0])

    def last_rows(self, count: int) -> list[RawEntry]:
        """The last rows as they are stored, the latest first, whatever the head says."""
        rows = self._ask(f"SELECT {JOURNAL_COLUMNS} FROM journal ORDER BY id DESC LIMIT {int(count)}")
        return [raw_entry(row) for row in rows]

    def by_command(self, command: str) -> list[Entry]:
        """What the command of this id wrote, in its order; nothing if it never did."""
        rows = self._ask(
            f"SELECT {JOURNAL_COLUMNS} FROM journal WHERE command = :command ORDER BY part", command=command
        )
        return [raw_entry(row).entry() for row in rows]

    def versions(self, streams: Collection[str]) -> dict[str, int]:
        """The version of each stream; 0 for one without entries."""
        found = dict.fromkeys(streams, 0)
        if found:
            values: dict[str, Value] = {}
            named = among("stream", found, values)
            text = f"SELECT stream, max(version) FROM journal WHERE stream IN ({named}) GROUP BY stream"
            found |= {str(stream): int(version) for stream, version in self._ask(text, **values)}
        return found

    def _journal(self, where: str, values: Mapping[str, Value], limit: int | None = None) -> list[Row]:
        bound = "" if limit is None else f" LIMIT {limit}"
        return self._ask(f"SELECT {JOURNAL_COLUMNS} FROM journal WHERE {where} ORDER BY id{bound}", **values)

    # ── visits ──────────────────────────────────────────────────────────────────────────────────────────────

    def visits_on(self, day: date) -> list[str]:
        """Every visit that was ever planned on or present on this clinic day."""
        return self._names("SELECT visit FROM visit_day WHERE day = :day ORDER BY visit", day=day)

    def visit_names(self) -> Iterator[str]:
        """Every visit that has a row, a page at a time."""
        after = ""
        text = f"SELECT visit FROM visit WHERE visit > :after ORDER BY visit LIMIT {PAGE}"
        while page := self._names(text, after=after):
            yield from page
            after = page[-1]

    def open_visits(self) -> list[str]:
        """Who is here now, of whatever day."""
        return self._names("SELECT visit FROM visit WHERE is_open ORDER BY visit")

    def open_visits_at(self, instant: datetime) -> list[str]:
        """Who may have been here at an instant, as it was known then: known by then, and not closed by then.

        It names a few more, never fewer: the times of a row are as they were corrected since, up to a day off.
        """
        found = self._names(
            "SELECT visit FROM visit WHERE is_open AND opened_at <= :instant"
            " UNION SELECT visit FROM visit"
            " WHERE closed_at > :instant AND opened_at <= :instant AND arrived_at <= :a_day_later",
            instant=instant,
            a_day_later=instant + timedelta(days=1),
        )
        # Sorted here: ordered by the database, the whole table is walked in that order.
        return sorted(found)

    def visit_by_appointment(self, key: str) -> str | None:
        """The visit of the sender's appointment `placer/filler`."""
        text = "SELECT visit FROM visit WHERE appointment = :key AND appointment <> ''"
        return next(iter(self._names(text, key=key)), None)

    def records(
        self,
        *,
        day: date | None = None,
        since: date | None = None,
        until: date | None = None,
        visits: Collection[str] | None = None,
        patients: Collection[str] | None = None,
    ) -> list[VisitRecord]:
        """Visit rows by planned start: of one clinic day, of days from `since` to `until`, of these visits, of
        these patients by id.
        """
        where: list[str] = []
        values: dict[str, Value] = {}
        for comparison, name, bound in (("=", "day", day), (">=", "since", since), ("<=", "until", until)):
            if bound is not None:
                where.append(f"day {comparison} :{name}")
                values[name] = bound
        if visits is not None:
            if not visits:
                return []
            where.append(f"visit IN ({among('visit', visits, values)})")
        if patients is not None:
            if not patients:
                return []
            where.append(f"patient_id <> '' AND patient_id IN ({among('patient', patients, values)})")
        return self._visits(" AND ".join(where) or "1 = 1", values)

    def visits_of(self, patients: Collection[str]) -> dict[str, list[VisitRecord]]:
        """Every visit of each of these people, those of their duplicates and of whose file holds included."""
        holds = self.files_of(patients)
        whose = {name: name for name in holds.values()}
        below = self.duplicates_of(set(whose))
        for duplicate in below:
            whose.setdefault(duplicate, followed(duplicate, below))
        found: dict[str, list[VisitRecord]] = {name: [] for name in whose.values()}
        for row in self.records(patients=whose):
            found[whose[row.patient_id]].append(row)
        return {patient: found[holds[patient]] for patient in holds}

    def unassigned_visits(self, since: date) -> list[VisitRecord]:
        """Visits of clinic days from `since` on that have no patient or no course, though something was infused or
        somebody is still to come or here.
        """
        where = (
            "day >= :since AND (patient_id = '' OR course = '') AND NOT off"
            " AND (started_at IS NOT NULL OR closed_at IS NULL)"
        )
        return self._visits(where, {"since": since})

    def find_visits(self, text: str, limit: int = 50) -> list[VisitRecord]:
        """Visits, latest first, whose family name, given name or record number begins with `text`.

        Case and accents do not matter. Of several words each must begin one of the three.
        """
        whole = folded(text)
        words = folded(text.replace(",", " ")).split()
        if not words:
            return []
        values: dict[str, Value] = {}
        anyone = " UNION ".join(_beginning(column, whole, "whole", values) for column in _SEARCHED)
        wanted = f"visit IN ({anyone})"
        if len(words) > 1:
            each = [
                "visit IN ("
                + " UNION ".join(_beginning(column, word, f"w{i}", values) for column in _SEARCHED)
                + ")"
                for i, word in enumerate(words)
            ]
            wanted = f"({wanted} OR ({' AND '.join(each)}))"
        return self._visits(wanted, values, f"planned_start DESC, visit LIMIT {int(limit)}")

    def infusions_before(self, record_numbers: Collection[str], before: datetime) -> dict[str, int]:
        """How many infusions were started here for each record number before an instant; 0 where none."""
        counts = dict.fromkeys((number for number in record_numbers if number), 0)
        if counts:
            values: dict[str, Value] = {"before": before}
            named = among("number", counts, values)
            text = (
                f"SELECT record_number, count(*) FROM visit WHERE record_number IN ({named})"
                " AND started_at < :before GROUP BY record_number"
            )
            counts |= {str(number): int(count) for number, count in self._ask(text, **values)}
        return counts

    def weight_before(self, record_number: str, before: datetime, *, besides: str) -> Decimal | None:
        """The last weight in kg of another visit with this record number, taken before an instant."""
        rows = self._ask(
            "SELECT weight_kg FROM visit WHERE record_number = :number AND weighed_at < :before"
            " AND visit <> :besides ORDER BY weighed_at DESC LIMIT 1",
            number=record_number,
            before=before,
            besides=besides,
        )
        return Decimal(str(rows[0][0])) if rows else None

    def seats(self) -> dict[int, str]:
        """Who sits where: chair → visit."""
        return {
            int(chair): str(visit)
            for chair, visit in self._ask("SELECT chair, visit FROM seat ORDER BY chair")
        }

    def _visits(
        self, where: str, values: Mapping[str, Value], order: str = "planned_start, visit"
    ) -> list[VisitRecord]:
        rows = self._ask(f"SELECT {VISIT_COLUMNS} FROM visit WHERE {where} ORDER BY {order}", **values)
        return [visit_record(row, self._dialect) for row in rows]

    # ── quarantine ──────────────────────────────────────────────────────────────────────────────────────────

    def quarantined(self, state: QuarantineState | None = "waiting") -> list[Quarantined]:
        """What was not understood, oldest first: what waits, or all of another state, or everything."""
        where, values = (
            ("1 = 1", dict[str, Value]()) if state is None else ("state = :state", {"state": state})
        )
        rows = self._ask(f"SELECT {QUARANTINE_COLUMNS} FROM quarantine WHERE {where} ORDER BY id", **values)
        return [quarantined(row, self._dialect) for row in rows]

    # ── who signs in ────────────────────────────────────────────────────────────────────────────────────────

    def credential(self, person: str) -> Credential | None:
        """How this person signs in; None for who has no PIN. Who may only read a server may not read this."""
        text = f"SELECT {CREDENTIAL_COLUMNS} FROM credential WHERE person = :person"
        return next((credential(row, self._dialect) for row in self._ask(text, person=person)), None)

    def credentials(self) -> list[Credential]:
        """Everybody's, by name."""
        rows = self._ask(f"SELECT {CREDENTIAL_COLUMNS} FROM credential ORDER BY person")
        return [credential(row, self._dialect) for row in rows]


_SEARCHED: Final = ("family_key", "given_key", "record_key")


def _beginning(column: str, prefix: str, name: str, values: dict[str, Value]) -> str:
    return f"SELECT visit FROM visit WHERE {begins(column, prefix, name, values)}"
