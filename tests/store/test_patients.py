"""The patients' rows: found by the beginnings of words, by look, as duplicates; and the rows of their courses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rooms import MONDAY, minutes, save, visit

from infusionroom.domain import events as ev
from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.names import look_of
from infusionroom.domain.patient import Patient
from infusionroom.domain.patient_record import PatientRecord, patient_record_of, words_of
from infusionroom.store import Store, patient_queries

LONG_AGO = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
DUE = date(2026, 11, 27)


def person(name: str, family: str, given: str = "", *, merged_into: str = "", **file: Any) -> Patient:
    """A patient's file at its first version."""
    return Patient(
        id=name,
        version=1,
        file=ev.PatientFile(family=family, given=given, **file),
        registered_at=LONG_AGO,
        merged_into=merged_into,
    )


def register(store: Store, *patients: Patient) -> None:
    with store.writing() as writing:
        writing.save_patients((patient_record_of(p), words_of(p)) for p in patients)


def found(store: Store, text: str, limit: int = 50) -> list[str]:
    return [record.patient for record in store.find_patients(text, limit)]


def course(name: str, **changed: Any) -> CourseRecord:
    """A course that is running, but for what is said."""
    said: dict[str, Any] = {
        "version": 1,
        "patient": "abara",
        "archetype": "five days",
        "days": 5,
        "state": "running",
        "first_day": MONDAY,
        "last_day": DUE,
        "ended_on": None,
        "due_on": None,
        "oral_started": False,
        "booked_on": date(2026, 11, 2),
    }
    return CourseRecord(course=name, **(said | changed))


ABARA = person(
    "abara",
    "Abara",
    "Chidi",
    birth_date=date(1980, 1, 31),
    record_number="K-1001",
    icd10="g90511",
    indication="CRPS I of the right arm",
    allergies=("penicillin",),
    pain_physician=ev.PainPhysician(name="Dr Osei"),
    escorts=(ev.Contact(name="Pat Nowak", phone="(555) 01-77"),),
)
MUELLER = person("mueller", "Müller", "Änne", birth_date=date(1984, 3, 7))
MULLIGAN = person("mulligan", "Mulligan", "Zoe")
BERG = person("berg", "van den Berg", "Anna Maria")
ONEIL = person("oneil", "O'Neil", "Mu", record_number="100%")


@pytest.fixture(params=["looked up", "walked"])
def people(store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store that knows five patients; both ways of searching are tried."""
    if request.param == "walked":
        monkeypatch.setattr(patient_queries, "_RARE", 1)
        monkeypatch.setattr(patient_queries, "_RARE_OF_SEVERAL", 1)
    register(store, MULLIGAN, ABARA, BERG, ONEIL, MUELLER)
    return store


def test_a_row_comes_back_as_it_was(store: Store) -> None:
    register(store, ABARA, MULLIGAN)
    assert store.patient_records(["mulligan", "abara", "nobody"]) == [
        patient_record_of(ABARA),
        patient_record_of(MULLIGAN),
    ]
    assert store.patient_records([]) == []
    assert store.patient_words(["abara", "nobody"]) == {"abara": words_of(ABARA), "nobody": frozenset()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mu", ["mueller", "mulligan", "oneil"]),
        ("MÜL", ["mueller", "mulligan"]),
        ("muller", ["mueller"]),
        ("Müller, Änne", ["mueller"]),
        ("änne mü", ["mueller"]),
        ("an b", ["berg"]),
        ("berg", ["berg"]),
        ("van den berg anna maria", ["berg"]),
        ("erg", []),
        ("an z", []),
        ("mu mu", ["mueller", "mulligan", "oneil"]),
        ("k-10", ["abara"]),
        ("1001", ["abara"]),
        ("1980-01", ["abara"]),
        ("31.1.1980", ["abara"]),
        ("1984 an", ["mueller"]),
        ("osei", ["abara"]),
        ("555", ["abara"]),
        ("55501", ["abara"]),
        ("penic now", ["abara"]),
        ("o'n", ["oneil"]),
        ("neil", ["oneil"]),
        ("%", []),
        ("100%", ["oneil"]),
        ("_", []),
        ("", ["abara", "mueller", "mulligan", "oneil", "berg"]),
        (" , ", ["abara", "mueller", "mulligan", "oneil", "berg"]),
    ],
)
def test_the_beginnings_of_words_find_a_patient(people: Store, text: str, expected: list[str]) -> None:
    assert found(people, text) == expected
    with people.writing() as writing:
        assert [record.patient for record in writing.find_patients(text)] == expected


def test_the_first_by_name_are_found_and_not_too_many(people: Store) -> None:
    assert found(people, "mu", limit=2) == ["mueller", "mulligan"]
    assert found(people, "", limit=2) == ["abara", "mueller"]


def test_who_changed_their_name_is_no_longer_found_by_the_old_one(people: Store) -> None:
    register(people, person("mulligan", "Okafor", "Zoe"))
    assert found(people, "mulli") == []
    assert found(people, "okaf") == ["mulligan"]
    assert found(people, "zo") == ["mulligan"]


def test_a_duplicate_leads_to_the_file_that_holds(people: Store) -> None:
    register(people, person("maiden", "Zander", "Aenne", merged_into="twin"))
    register(people, person("twin", "Yilmaz", "Anne", merged_into="mueller"))
    assert found(people, "zander") == ["mueller"]
    assert found(people, "yil an") == ["mueller"]
    assert found(people, "a") == ["abara", "mueller", "berg"]
    assert found(people, "") == ["abara", "mueller", "mulligan", "oneil", "berg"]
    assert people.duplicates_of(["mueller"]) == {"twin": "mueller", "maiden": "twin"}
    assert people.duplicates_of(["twin", "abara"]) == {"maiden": "twin"}
    assert people.duplicates_of([]) == {}
    assert [r.patient for r in people.patient_records(["twin"])] == ["twin"]


def test_similar_names_share_a_look(people: Store) -> None:
    register(people, person("other", "Mulliner", "Zac"), person("twin", "Mullis", "Zia", merged_into="other"))
    alike = people.alike_patients(look_of("MULLIGAN", "Z."))
    assert [record.patient for record in alike] == ["mulligan", "other", "twin"]
    assert people.alike_patients(look_of("Nobody", "")) == []


def test_a_record_number_is_found_whole(people: Store) -> None:
    register(
        people, person("spaced", "Zorn", record_number="K 12"), person("twin", "Zorn", merged_into="berg")
    )
    assert [r.patient for r in people.numbered_patients(" k-1001 ")] == ["abara"]
    assert [r.patient for r in people.numbered_patients("K 12")] == ["spaced"]
    for text in ("K-100", "K", "12", "", " "):
        assert people.numbered_patients(text) == []


def test_every_patient_and_course_has_its_turn(people: Store) -> None:
    with people.writing() as writing:
        writing.save_courses([course("c2"), course("c1")])
    assert list(people.patient_names()) == ["abara", "berg", "mueller", "mulligan", "oneil"]
    assert list(people.course_names()) == ["c1", "c2"]


def test_many_patients_are_searched_through_their_indexes(sqlite_store: Store) -> None:
    word = ["w.word >= 'm' AND w.word < 'n'", "w.word >= 'a' AND w.word < 'b'"]
    looked_up = " ".join(
        str(row[3])
        for row in sqlite_store._ask(
            f"EXPLAIN QUERY PLAN {patient_queries._from_the_rarest(word[0], word[1:])}", limit=50
        )
    )
    walked = " ".join(
        str(row[3])
        for row in sqlite_store._ask(
            f"EXPLAIN QUERY PLAN {patient_queries._in_the_order_of_names(word)}", limit=50
        )
    )
    assert "SEARCH w USING PRIMARY KEY (word>? AND word<?)" in looked_up
    assert "SCAN p USING INDEX ix_patient_name" in walked
    assert "USE TEMP B-TREE FOR ORDER BY" not in walked
    for plan in (looked_up, walked):
        assert "ix_patient_word_patient_word (patient=? AND word>? AND word<?)" in plan
        assert "SCAN w" not in plan


# ── courses and what belongs to nobody ──────────────────────────────────────────────────────────────────────


def test_a_course_is_written_anew(store: Store) -> None:
    full = course("c1", version=9, state="follow-up", ended_on=DUE, due_on=DUE, oral_started=True)
    with store.writing() as writing:
        writing.save_courses([course("c1", first_day=None, last_day=None), course("c2")])
        writing.save_courses([full])
    assert store.course_records() == [full, course("c2")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"patients": ["berg", "abara"]}, ["old", "now", "due", "other"]),
        ({"patients": ["berg"]}, ["other"]),
        ({"patients": []}, []),
        ({"courses": ["due", "old", "none"]}, ["old", "due"]),
        ({"courses": []}, []),
        ({"states": ["follow-up", "done"]}, ["old", "due", "other"]),
        ({"states": []}, []),
        ({"due_by": DUE}, ["due"]),
        ({"due_by": date(2026, 11, 28)}, ["due", "other"]),
        ({"due_by": date(2026, 11, 26)}, []),
        ({"patients": ["berg"], "states": ["running"]}, []),
    ],
)
def test_courses_are_asked_for(store: Store, asked: dict[str, Any], expected: list[str]) -> None:
    with store.writing() as writing:
        writing.save_courses(
            [
                course("old", state="done", booked_on=date(2025, 5, 5)),
                course("now"),
                course("due", state="follow-up", due_on=DUE, booked_on=date(2026, 11, 3)),
                course(
                    "other",
                    patient="berg",
                    state="follow-up",
                    due_on=date(2026, 11, 28),
                    booked_on=date(2026, 11, 4),
                ),
            ]
        )
    assert [record.course for record in store.course_records(**asked)] == expected


def test_visits_are_asked_for_by_their_patients(store: Store) -> None:
    save(store, visit("v1", patient_id="abara"), visit("v2", patient_id="berg"), visit("v3"))
    assert [record.visit for record in store.records(patients=["abara", "", "nobody"])] == ["v1"]
    assert [record.visit for record in store.records(patients=["abara", "berg"], visits=["v2", "v3"])] == [
        "v2"
    ]
    assert store.records(patients=[]) == []


def test_visits_that_belong_to_nobody_are_named(store: Store) -> None:
    whose = {"patient_id": "abara", "course": "c1"}
    save(
        store,
        visit("to-come"),
        visit("without-a-course", patient_id="abara"),
        visit("assigned", **whose),
        visit("cancelled", off=True, closed_at=minutes(1)),
        visit("infused", started_at=minutes(1), closed_at=minutes(300)),
        visit("turned-away", arrived_at=minutes(1), left_at=minutes(9), closed_at=minutes(9)),
        visit("long-ago", day=date(2020, 1, 1)),
    )
    assert [r.visit for r in store.unassigned_visits(MONDAY)] == ["infused", "to-come", "without-a-course"]


def test_projections_are_cleared_with_their_words(people: Store) -> None:
    with people.writing() as writing:
        writing.save_courses([course("c1")])
        writing.clear_projections()
        writing.save_patients([(patient_record_of(ABARA), {"anew"})])
    assert list(people.patient_names()) == ["abara"]
    assert people.patient_words(["abara"]) == {"abara": frozenset({"anew"})}
    assert people.course_records() == []


# ── any patients, any words ─────────────────────────────────────────────────────────────────────────────────

LETTERS = st.text("abÄ1", min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    files=st.lists(st.tuples(LETTERS, LETTERS, st.integers(0, 5)), min_size=1, max_size=6),
    texts=st.lists(st.lists(LETTERS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3),
    rare=st.sampled_from([1, 3, 1000]),
)
def test_whoever_is_there_is_found_by_every_word_and_nobody_else(
    store: Store, files: list[tuple[str, str, int]], texts: list[str], rare: int
) -> None:
    # A duplicate is merged into one of a higher number: no circle of them comes about.
    patients = [
        person(
            f"p{n}", family, given_name, merged_into=f"p{n + 1 + into}" if n + 1 + into < len(files) else ""
        )
        for n, (family, given_name, into) in enumerate(files)
    ]
    with store.writing() as writing:
        writing.clear_projections()
        writing.save_patients((patient_record_of(p), words_of(p)) for p in patients)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(patient_queries, "_RARE", rare)
        for text in texts:
            assert store.find_patients(text) == by_looking_at_all(patients, text.casefold().split())


def by_looking_at_all(patients: Collection[Patient], words: Collection[str]) -> list[PatientRecord]:
    """What a search must find, found slowly."""
    known = {p.id: p for p in patients}
    holding = set()
    for patient in patients:
        if all(any(w.startswith(word.replace("ä", "a")) for w in words_of(patient)) for word in words):
            while patient.merged_into:
                patient = known[patient.merged_into]
            holding.add(patient.id)
    records = [patient_record_of(known[name]) for name in holding]
    return sorted(records, key=lambda r: (*(_plain(part) for part in (r.family, r.given)), r.patient))


def _plain(text: str) -> str:
    return text.casefold().replace("ä", "a")
