"""What is asked about patients and their courses: by a few letters, by look, by what is due."""

# ruff: noqa: S608 - only this module's own words go into a statement; every value is a bound parameter.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.names import folded
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.store.asking import PAGE, Asking, among, begins
from infusionroom.store.backend import Value
from infusionroom.store.rows import COURSE_COLUMNS, PATIENT_FIELDS, course_record, patient_record

# A word that stands more often than this is not looked up: the patients are walked in the order of their names.
# Of several words more may be looked up, for few patients may have them all, and then the walk is long.
_RARE: Final = 5_000
_RARE_OF_SEVERAL: Final = 4
_COLUMNS: Final = ", ".join(f"p.{name}" for name in PATIENT_FIELDS)
_BY_NAME: Final = "p.family_key, p.given_key, p.patient"


class PatientQueries(Asking):
    """Questions about the rows of patients, of their words, and of courses."""

    def find_patients(self, text: str, limit: int = 50) -> list[PatientRecord]:
        """Patients by name of whom each word of `text` begins one of the words they are searched by.

        Case and accents do not matter. A duplicate is found by its own words, and the patient whose file holds for
        it is given. Without a word: the first by name.
        """
        words = folded(text.replace(",", " ")).split()
        if not words:
            return self._patients("p.merged_into = ''", {"limit": int(limit)}, limited=True)
        values: dict[str, Value] = {"limit": int(limit)}
        ranges = [begins("w.word", word, f"w{n}", values) for n, word in enumerate(dict.fromkeys(words))]
        rare = _RARE if len(ranges) == 1 else _RARE_OF_SEVERAL * _RARE
        counts = [self._count(within, n, values, rare) for n, within in enumerate(ranges)]
        rarest = min(range(len(ranges)), key=counts.__getitem__)
        if counts[rarest] == 0:
            return []
        if counts[rarest] < rare:
            text = _from_the_rarest(ranges[rarest], [r for r in ranges if r is not ranges[rarest]])
        else:
            text = _in_the_order_of_names(ranges)
        return [patient_record(row, self._dialect) for row in self._ask(text, **values)]

    def _count(self, within: str, number: int, values: Mapping[str, Value], enough: int) -> int:
        """How often a word stands; no further than to `enough`."""
        bounds = {name: values[name] for name in (f"w{number}_from", f"w{number}_to")}
        text = (
            f"SELECT count(*) FROM (SELECT 1 FROM patient_word w WHERE {within} LIMIT {int(enough)}) AS found"
        )
        return int(self._ask(text, **bounds)[0][0])

    def patient_records(self, ids: Collection[str]) -> list[PatientRecord]:
        """The rows of these patients by name, duplicates as they are; nothing for an id that has none."""
        values: dict[str, Value] = {}
        return self._patients(f"p.patient IN ({among('patient', ids, values)})", values) if ids else []

    def alike_patients(self, look: str) -> list[PatientRecord]:
        """Everybody with this look (`names.look_of`) by name, duplicates as they are."""
        return self._patients("p.look = :look", {"look": look})

    def numbered_patients(self, record_number: str) -> list[PatientRecord]:
        """Everybody with this record number by name, whatever its case, duplicates as they are."""
        number = folded(record_number)
        if not number:
            return []
        word = number.split()[0]
        text = "p.patient IN (SELECT w.patient FROM patient_word w WHERE w.word = :word)"
        return [r for r in self._patients(text, {"word": word}) if folded(r.record_number) == number]

    def duplicates_of(self, patients: Collection[str]) -> dict[str, str]:
        """Who is a duplicate of one of these, or of a duplicate of one: duplicate → what it was merged into."""
        if not patients:
            return {}
        values: dict[str, Value] = {}
        named = among("patient", patients, values)
        rows = self._ask(
            "WITH RECURSIVE below(patient, merged_into) AS ("
            "SELECT p.patient, p.merged_into FROM patient p"
            f" WHERE p.merged_into <> '' AND p.merged_into IN ({named})"
            " UNION SELECT p.patient, p.merged_into FROM below b JOIN patient p ON p.merged_into = b.patient"
            " WHERE p.merged_into <> '')"
            " SELECT patient, merged_into FROM below ORDER BY patient",
            **values,
        )
        return {str(patient): str(into) for patient, into in rows}

    def files_of(self, patients: Collection[str]) -> dict[str, str]:
        """Whose file holds for each of these: who they were merged into at last, or themselves."""
        into: dict[str, str] = {}
        asked = set(patients)
        while asked:
            records = self.patient_records(asked)
            into |= {record.patient: record.merged_into for record in records if record.merged_into}
            asked = {record.merged_into for record in records} - into.keys() - {""} - asked
        return {patient: followed(patient, into) for patient in patients}

    def patient_names(self) -> Iterator[str]:
        """Every patient that has a row, a page at a time."""
        yield from self._walk("patient")

    def patient_words(self, patients: Collection[str]) -> dict[str, frozenset[str]]:
        """The words that each of these patients is searched by."""
        found: dict[str, set[str]] = {patient: set() for patient in patients}
        if found:
            values: dict[str, Value] = {}
            text = (
                f"SELECT patient, word FROM patient_word WHERE patient IN ({among('patient', found, values)})"
            )
            for patient, word in self._ask(text, **values):
                found[str(patient)].add(str(word))
        return {patient: frozenset(words) for patient, words in found.items()}

    def course_records(
        self,
        *,
        patients: Collection[str] | None = None,
        courses: Collection[str] | None = None,
        states: Collection[str] | None = None,
        due_by: date | None = None,
    ) -> list[CourseRecord]:
        """Course rows by the day they were booked: of these patients, these courses, in one of these states, with
        something due by a day; all of it where several are named.
        """
        where: list[str] = []
        values: dict[str, Value] = {}
        for column, wanted in (("patient", patients), ("course", courses), ("state", states)):
            if wanted is not None:
                if not wanted:
                    return []
                where.append(f"{column} IN ({among(column, wanted, values)})")
        if due_by is not None:
            where.append("due_on <= :due_by")
            values["due_by"] = due_by
        text = f"SELECT {COURSE_COLUMNS} FROM course WHERE {' AND '.join(where) or '1 = 1'}"
        rows = self._ask(f"{text} ORDER BY booked_on, course", **values)
        return [course_record(row, self._dialect) for row in rows]

    def course_names(self) -> Iterator[str]:
        """Every course that has a row, a page at a time."""
        yield from self._walk("course")

    def _walk(self, table: str) -> Iterator[str]:
        after = ""
        text = f"SELECT {table} FROM {table} WHERE {table} > :after ORDER BY {table} LIMIT {PAGE}"
        while page := self._names(text, after=after):
            yield from page
            after = page[-1]

    def _patients(
        self, where: str, values: Mapping[str, Value], *, limited: bool = False
    ) -> list[PatientRecord]:
        bound = " LIMIT :limit" if limited else ""
        text = f"SELECT {_COLUMNS} FROM patient p WHERE {where} ORDER BY {_BY_NAME}{bound}"
        return [patient_record(row, self._dialect) for row in self._ask(text, **values)]


def followed(duplicate: str, merged_into: Mapping[str, str]) -> str:
    """Where a chain of merges ends. A circle, which no rule allows, ends somewhere in it."""
    seen: set[str] = set()
    while duplicate in merged_into and duplicate not in seen:
        seen.add(duplicate)
        duplicate = merged_into[duplicate]
    return duplicate


def _from_the_rarest(rarest: str, others: Sequence[str]) -> str:
    """Everybody with the rarest word, asked for the other words and sorted: for a few.

    The cross join keeps SQLite from turning the order around.
    """
    having = "".join(f" AND {_has('f', within)}" for within in others)
    return (
        "WITH RECURSIVE found(patient) AS ("
        f"SELECT f.patient FROM (SELECT DISTINCT w.patient FROM patient_word w WHERE {rarest}) AS f"
        f" WHERE 1 = 1{having}),"
        " holds(patient) AS ("
        "SELECT p.merged_into FROM patient p"
        " WHERE p.merged_into <> '' AND p.patient IN (SELECT patient FROM found)"
        " UNION SELECT p.merged_into FROM holds h JOIN patient p ON p.patient = h.patient"
        " WHERE p.merged_into <> ''),"
        " everybody(patient) AS (SELECT patient FROM found UNION SELECT patient FROM holds)"
        f" SELECT {_COLUMNS} FROM everybody e CROSS JOIN patient p"
        f" WHERE p.patient = e.patient AND p.merged_into = '' ORDER BY {_BY_NAME} LIMIT :limit"
    )


def _in_the_order_of_names(ranges: Sequence[str]) -> str:
    """Everybody by name, asked for every word until there are enough: for words that many have.

    Duplicates are few, and are followed first to whose file holds.
    """
    own = " AND ".join(_has("p", within) for within in ranges)
    return (
        "WITH RECURSIVE holds(patient) AS ("
        f"SELECT p.merged_into FROM patient p WHERE p.merged_into <> '' AND {own}"
        " UNION SELECT p.merged_into FROM holds h JOIN patient p ON p.patient = h.patient"
        " WHERE p.merged_into <> '')"
        f" SELECT {_COLUMNS} FROM patient p WHERE p.merged_into = ''"
        f" AND (({own}) OR p.patient IN (SELECT patient FROM holds)) ORDER BY {_BY_NAME} LIMIT :limit"
    )


def _has(person: str, within: str) -> str:
    """The limit says nothing new: it keeps PostgreSQL from reading every such word before it looks at one person."""
    return (
        f"EXISTS (SELECT 1 FROM patient_word w WHERE w.patient = {person}.patient AND {within}"
        " LIMIT 1 OFFSET 0)"
    )
