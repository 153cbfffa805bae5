"""Whether every row says what its entries say: of visits, patients, courses, and of who sits where.

Others may write meanwhile: what differs is looked at again before it is called a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from infusionroom.domain import course as courses
from infusionroom.domain import patient as patients
from infusionroom.domain.course_record import course_record_of
from infusionroom.domain.evolve import NotAVisit, apply, effective, fold
from infusionroom.domain.journal import Entry
from infusionroom.domain.patient_record import patient_record_of, words_of
from infusionroom.domain.transitions import unlawful
from infusionroom.domain.visit import VISIT_STREAM, Visit
from infusionroom.store import Store
from infusionroom.store.walk import Walk, chunks, streams

_LOOKS: Final = 5


def row_problems(store: Store, walk: Walk) -> Iterator[str]:
    """A sentence for each row that does not follow from the journal. Raises `StoreError`s."""
    yield from _visit_problems(store, walk)
    yield from _problems_of(store, walk.patients, _patient_problems, "Patient")
    yield from _problems_of(store, walk.courses, lambda *some: _course_problems(walk, *some), "Course")
    for what, kind, known, named in (
        ("Visit", VISIT_STREAM, walk.visits, store.visit_names()),
        ("Patient", patients.PATIENT_STREAM, walk.patients, store.patient_names()),
        ("Course", courses.COURSE_STREAM, walk.courses, store.course_names()),
    ):
        for name in named:
            if name not in known and not store.entries(streams=[kind + name]):
                yield f"{what} {name} has a row but no entries."
    yield from _seat_problems(store)


# ── visits ──────────────────────────────────────────────────────────────────────────────────────────────────


def _visit_problems(store: Store, walk: Walk) -> Iterator[str]:
    on_day = lru_cache(maxsize=64)(lambda day: frozenset(store.visits_on(day)))
    for chunk in chunks(sorted(walk.visits)):
        records = {record.visit: record for record in store.records(visits=chunk)}
        for name, entries in streams(store, VISIT_STREAM, chunk):
            try:
                visit = fold(entries)
            except NotAVisit as error:
                yield f"Visit {name} cannot be made from its entries: {error}."
                continue
            if unlawful := _unlawful_entry(entries):
                yield f"Visit {name} cannot have happened as it is written: {unlawful}"
            if records.get(visit.id) != walk.record(visit):
                yield from _steadily(store, lambda visit_id=name: _visit_row_problems(store, walk, visit_id))  # type: ignore[misc]
            elif any(visit.id not in on_day(day) for day in walk.days(visit)):
                yield f"Visit {visit.id} is missing from a day that its entries name."


def _visit_row_problems(store: Store, walk: Walk, visit_id: str) -> list[str]:
    record = next(iter(store.records(visits=[visit_id])), None)
    ((_, entries),) = streams(store, VISIT_STREAM, [visit_id])
    return _differing("visit", visit_id, record, walk.record(fold(entries)))


def _unlawful_entry(entries: Sequence[Entry]) -> str:
    """The first entry that cannot have happened where it stands, and why; empty where all can."""
    visit: Visit | None = None
    for entry in effective(entries):
        if visit is not None and (reason := unlawful(visit, entry.body, entry.happened_at)):
            return f"entry {entry.id}. {reason.text}"
        visit = apply(visit, entry)
    return ""


def _seat_problems(store: Store) -> Iterator[str]:
    """Who holds a chair by the rows that guard it, against who sits there by the journal."""
    for last_look in (False, True):
        held = {visit: chair for chair, visit in store.seats().items()}
        likely = sorted({*store.open_visits(), *held})
        visits = [fold(entries) for _, entries in streams(store, VISIT_STREAM, likely)]
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


# ── patients and courses ────────────────────────────────────────────────────────────────────────────────────


def _patient_problems(store: Store, names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with each of these patients' rows and words."""
    records = {record.patient: record for record in store.patient_records(names)}
    words = store.patient_words(names)
    for name, entries in streams(store, patients.PATIENT_STREAM, names):
        try:
            patient = patients.fold(entries)
        except patients.NotAPatient as error:
            yield name, [f"Patient {name} cannot be made from its entries: {error}."]
            continue
        problems = _differing("patient", name, records.get(name), patient_record_of(patient))
        if not problems and words[name] != words_of(patient):
            problems = [f"Patient {name} is not searched by the words that its entries say."]
        yield name, problems


def _course_problems(walk: Walk, store: Store, names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with each of these courses' rows.

    A row is written with a command on the course or on a visit of it, by the rules that held then: any rules since
    the course's own last entry may be those.
    """
    records = {record.course: record for record in store.course_records(courses=names)}
    folded: dict[str, courses.Course] = {}
    for name, entries in streams(store, courses.COURSE_STREAM, names):
        try:
            folded[name] = courses.fold(entries)
        except courses.NotACourse as error:
            yield name, [f"Course {name} cannot be made from its entries: {error}."]
    rows = store.visits_of({course.patient for course in folded.values()})
    for name, course in folded.items():
        clinics = {clinic.rules.follow_up: clinic for clinic in walk.clinics_since(course.entries[-1].id)}
        wanted = [course_record_of(course, rows[course.patient], clinic) for clinic in clinics.values()]
        found = records.get(name)
        yield name, [] if found in wanted else _differing("course", name, found, wanted[0])


def _problems_of(
    store: Store,
    names: Iterable[str],
    look: Callable[[Store, Sequence[str]], Iterator[tuple[str, list[str]]]],
    what: str,
) -> Iterator[str]:
    for chunk in chunks(sorted(names)):
        looked_at = dict(look(store, chunk))
        for name in chunk:
            if name not in looked_at:
                yield f"{what} {name} has lost its entries."
            elif looked_at[name]:
                yield from _steadily(store, lambda one=name: dict(look(store, [one])).get(one, []))  # type: ignore[misc]


def _steadily(store: Store, look: Callable[[], list[str]]) -> list[str]:
    """What a look finds when nobody has written between its beginning and its end."""
    problems: list[str] = []
    for _ in range(_LOOKS):
        before = store.head()
        problems = look()
        if not problems or store.head() == before:
            break
    return problems


def _differing(what: str, name: str, found: msgspec.Struct | None, wanted: msgspec.Struct) -> list[str]:
    if found is None:
        return [f"{what.capitalize()} {name} has entries but no row."]
    wrong = [field for field in wanted.__struct_fields__ if getattr(found, field) != getattr(wanted, field)]
    return (
        [f"The row of {what} {name} does not follow from its entries: {', '.join(wrong)}."] if wrong else []
    )
