"""The visits' rows: saved as they are, found by day, by appointment, by a few letters, and as they were."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from tests.rooms import MONDAY, MORNING, here, minutes, save, visit

from infusionroom.store import Store

TUESDAY = MONDAY + timedelta(days=1)


def test_a_row_comes_back_as_it_was(store: Store) -> None:
    full = here(
        "v1",
        version=17,
        appointment="A1/B2",
        phase="left",
        is_open=False,
        closed_at=minutes(381.5),
        seated_at=minutes(4),
        started_at=minutes(20),
        stopped_at=minutes(260),
        ready_at=minutes(370),
        left_at=minutes(381),
        chair=4,
        experienced=True,
        stopped_early=True,
        running_s=14_400,
        wall_s=14_460,
        given_mg="98.70",
        given_ml="49.35",
    )
    save(store, full, visit("v2", birth_date=None))
    assert store.records() == [full, visit("v2", birth_date=None)]


def test_a_row_is_written_anew_and_its_days_are_kept(store: Store) -> None:
    save(store, visit("v1"))
    save(store, visit("v1", version=2, day=TUESDAY, planned_start=MORNING + timedelta(days=1)))
    assert [record.version for record in store.records()] == [2]
    assert store.records(day=MONDAY) == []
    assert store.visits_on(MONDAY) == ["v1"]
    assert store.visits_on(TUESDAY) == ["v1"]


def test_rows_are_asked_for_by_days_and_names(store: Store) -> None:
    days = [MONDAY + timedelta(days=number) for number in range(4)]
    save(store, *(visit(f"v{day.day}", day=day, planned_start=MORNING + (day - MONDAY)) for day in days))
    assert [record.visit for record in store.records(since=days[1], until=days[2])] == ["v24", "v25"]
    assert [record.visit for record in store.records(day=days[3])] == ["v26"]
    assert [record.visit for record in store.records(visits=["v26", "v23", "v0"])] == ["v23", "v26"]
    assert store.records(visits=[]) == []


def test_who_is_here_is_known_whatever_the_day(store: Store) -> None:
    save(store, visit("to-come"), here("here"), here("since-yesterday", day=MONDAY - timedelta(days=1)))
    save(store, here("gone", is_open=False, closed_at=minutes(90)))
    assert store.open_visits() == ["here", "since-yesterday"]


def test_who_was_here_at_a_moment_is_known_later(store: Store) -> None:
    save(store, visit("to-come"), visit("cancelled", closed_at=minutes(50)))
    save(store, here("still-here", arrived_at=minutes(10)))
    save(store, here("gone", is_open=False, arrived_at=minutes(5), closed_at=minutes(90)))
    save(store, here("next-week", is_open=False, arrived_at=minutes(10_000), closed_at=minutes(10_400)))
    save(store, here("walked-in-later", opened_at=minutes(80), arrived_at=minutes(80)))
    assert store.open_visits_at(minutes(60)) == ["gone", "still-here"]
    assert store.open_visits_at(minutes(89)) == ["gone", "still-here", "walked-in-later"]
    assert store.open_visits_at(minutes(90)) == ["still-here", "walked-in-later"]
    # An arrival that was later corrected to a later time was known as it was first told.
    assert store.open_visits_at(minutes(7)) == ["gone", "still-here"]


def test_a_visit_is_found_by_its_senders_appointment(store: Store) -> None:
    save(store, visit("v1", appointment="P1/F1"), visit("v2"), visit("v3"))
    assert store.visit_by_appointment("P1/F1") == "v1"
    assert store.visit_by_appointment("P1/F2") is None
    assert store.visit_by_appointment("") is None
    with store.writing() as writing:
        assert writing.visit_by_appointment("P1/F1") == "v1"


PEOPLE = {
    "mueller": ("Müller", "Änne", "K-77"),
    "mulligan": ("Mulligan", "Zoe", "K-78"),
    "vandenberg": ("van den Berg", "Anna Maria", "M-1"),
    "percent": ("%", "_", "100%"),
    "oneil": ("O'Neil", "Mu", "X\\1"),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mul", {"mueller", "mulligan"}),
        ("MÜL", {"mueller", "mulligan"}),
        ("muller", {"mueller"}),
        ("mu", {"mueller", "mulligan", "oneil"}),
        ("anne", {"mueller"}),
        ("k-7", {"mueller", "mulligan"}),
        ("van den b", {"vandenberg"}),
        ("Müller, Änne", {"mueller"}),
        ("änne mü", {"mueller"}),
        ("anna maria", {"vandenberg"}),
        ("%", {"percent"}),
        ("_", {"percent"}),
        ("100%", {"percent"}),
        ("o'n", {"oneil"}),
        ("x\\", {"oneil"}),
        ("berg", set()),
        ("", set()),
        ("  ,  ", set()),
    ],
)
def test_a_few_letters_find_a_person(store: Store, text: str, found: set[str]) -> None:
    save(store, *(visit(key, family=f, given=g, record_number=r) for key, (f, g, r) in PEOPLE.items()))
    assert {record.visit for record in store.find_visits(text)} == found


def test_the_latest_visits_are_found_first_and_not_too_many(store: Store) -> None:
    save(store, *(visit(f"v{number}", planned_start=MORNING + timedelta(days=number)) for number in range(9)))
    assert [record.visit for record in store.find_visits("aba", limit=3)] == ["v8", "v7", "v6"]


def test_earlier_infusions_are_counted_by_record_number(store: Store) -> None:
    for number in range(3):
        save(store, visit(f"v{number}", started_at=MORNING + timedelta(days=number)))
    save(store, visit("never-started"), visit("other", record_number="K-2", started_at=MORNING))
    save(store, visit("nameless", record_number="", started_at=MORNING))
    counted = store.infusions_before(["K-1001", "K-2", "K-3", ""], MORNING + timedelta(days=2))
    assert counted == {"K-1001": 2, "K-2": 1, "K-3": 0}
    assert store.infusions_before([], MORNING) == {}


def test_projections_are_cleared_and_written_anew_in_one_go(store: Store) -> None:
    save(store, here("v1"), here("v2"))
    with store.writing() as writing:
        writing.set_seats({"v1": 1})
    with store.writing() as writing:
        writing.clear_projections()
        writing.save_visit(here("v2"), [MONDAY])
        writing.set_seats({"v2": 1})
    assert [record.visit for record in store.records()] == ["v2"]
    assert store.visits_on(MONDAY) == ["v2"]
    assert store.seats() == {1: "v2"}


def test_rebuilding_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    save(store, here("v1"))

    def fails() -> None:
        with store.writing() as writing:
            writing.clear_projections()
            assert writing.records() == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert [record.visit for record in store.records()] == ["v1"]


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT visit FROM visit WHERE is_open ORDER BY visit", "ix_visit_open"),
        ("SELECT visit FROM visit WHERE appointment = 'x' AND appointment <> ''", "uq_visit_appointment"),
        ("SELECT visit FROM visit_day WHERE day = 'x' ORDER BY visit", "pk_visit_day|autoindex_visit_day"),
        ("SELECT visit FROM visit WHERE family_key >= 'a' AND family_key < 'b'", "ix_visit_family_key"),
        ("SELECT 1 FROM journal WHERE command = 'x' ORDER BY part", "autoindex_journal"),
    ],
)
def test_the_questions_of_every_minute_use_an_index(sqlite_url: str, question: str, index: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}"))
    assert any(name in plan for name in index.split("|")), plan
