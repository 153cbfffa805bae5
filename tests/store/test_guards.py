"""The journal cannot be changed by anybody who forgets what it is; who insists is found by the check."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from tests.rooms import append, here, note, save

from infusionroom.store import Store, StoreRefused, open_store
from infusionroom.store.schema import POSTGRES_GUARDS, SQLITE_GUARDS


@contextmanager
def by_hand(url: str) -> Iterator[Any]:
    """Somebody at the database's own prompt."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            yield connection
    else:
        with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
            yield connection


_COPY = "id, stream, version, kind, happened_at, recorded_at, actor, terminal, command, part, body, prev_hash, hash"


@pytest.fixture
def written(store_url: str, open_room: Callable[[str], Store]) -> Store:
    """A store with three entries."""
    store = open_room(store_url)
    append(store, "visit:v1", note("one"), note("two"), command="c1")
    append(store, "visit:v2", note("three"), command="c2")
    return store


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET body = '{}' WHERE id = 2",
        "UPDATE journal SET actor = 'somebody else'",
        "DELETE FROM journal WHERE id = 3",
        "DELETE FROM journal",
        f"INSERT INTO journal SELECT {_COPY.replace('id,', 'id + 5,', 1)} FROM journal WHERE id = 3",
        f"INSERT INTO journal SELECT {_COPY.replace('id,', '4,', 1)} FROM journal WHERE id = 3",
        f"INSERT INTO journal SELECT {_COPY.replace('id,', '4,', 1).replace('prev_hash, hash', 'hash, hash')}"
        " FROM journal WHERE id = 3",
        f"INSERT INTO journal SELECT {_COPY.replace('id,', '0,', 1)} FROM journal WHERE id = 3",
    ],
)
def test_the_journal_refuses_to_be_changed(written: Store, store_url: str, change: str) -> None:
    before = written.entries()
    with by_hand(store_url) as connection, pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        connection.execute(change)
    assert written.entries() == before
    assert written.problems() == []


@pytest.mark.parametrize(
    "values",
    [
        "id, stream, version, kind, happened_at, recorded_at, actor, terminal, command, part, '{}', prev_hash, hash",
        # A new id in order and in chain, which takes an old entry's place by its command alone.
        "4, stream, 2, kind, happened_at, recorded_at, actor, terminal, 'c1', 0, '{}', hash, hash",
        "4, stream, 1, kind, happened_at, recorded_at, actor, terminal, 'c9', 0, '{}', hash, hash",
    ],
)
def test_no_entry_is_replaced_by_a_file_opened_without_any_setting(
    sqlite_store: Store, sqlite_url: str, values: str
) -> None:
    append(sqlite_store, "visit:v1", note("one"), note("two"), command="c1")
    append(sqlite_store, "visit:v2", note("three"), command="c2")
    with by_hand(sqlite_url) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT OR REPLACE INTO journal SELECT {values} FROM journal WHERE id = 3")
    assert sqlite_store.problems() == []


def test_the_journal_is_not_emptied_at_a_stroke(postgres_url: str, open_room: Callable[[str], Store]) -> None:
    store = open_room(postgres_url)
    append(store, "visit:v1", command="c1")
    with by_hand(postgres_url) as connection, pytest.raises(psycopg.IntegrityError):
        connection.execute("TRUNCATE journal")
    assert len(store.entries()) == 1


def without_guards(url: str, change: str) -> None:
    """What somebody with the right to everything can do."""
    with by_hand(url) as connection:
        if url.startswith("sqlite"):
            for name in SQLITE_GUARDS:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(change)
            for text in SQLITE_GUARDS.values():
                connection.execute(text)
        else:
            connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
            connection.execute(change)
            connection.execute("ALTER TABLE journal ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE journal SET body = replace(body, 'two', 'twO') WHERE id = 2", "Entry 2 was changed"),
        (
            "UPDATE journal SET happened_at = replace(happened_at, '15:', '14:') WHERE id = 1",
            "Entry 1 was changed",
        ),
        ("UPDATE journal SET actor = 'nobody' WHERE id = 3", "Entry 3 was changed"),
        ("DELETE FROM journal WHERE id = 2", "Entry 3 follows entry 1"),
        ("DELETE FROM journal WHERE id = 3", "The journal ends at entry 2, but its head says 3"),
        ("UPDATE head SET id = 2", "The journal's head"),
        ("UPDATE head SET hash = upper(hash)", "The journal's head does not agree with entry 3"),
        ("DELETE FROM head", "The journal's head"),
    ],
)
def test_the_check_names_the_entry_that_was_tampered_with(
    written: Store, store_url: str, change: str, found: str
) -> None:
    assert written.problems() == []
    without_guards(store_url, change)
    assert any(problem.startswith(found) for problem in written.problems()), written.problems()


def test_the_check_names_who_sits_where_they_should_not(written: Store, store_url: str) -> None:
    save(written, here("v1", chair=3), here("v2", chair=4))
    with written.writing() as writing:
        writing.set_seats({"v1": 3, "v2": 4})
    assert written.problems() == []
    save(written, here("v1", chair=5), here("v2", is_open=False))
    assert written.problems() == [
        "Visit v1 holds chair 3, its row says 5.",
        "Chair 4 is held by visit v2, which has ended.",
    ]


@pytest.mark.parametrize("name", sorted(SQLITE_GUARDS))
def test_a_file_without_a_guard_is_not_opened(sqlite_url: str, name: str) -> None:
    with by_hand(sqlite_url) as connection:
        connection.execute(f"DROP TRIGGER {name}")
    with pytest.raises(StoreRefused, match=f"guard {name} is missing"):
        open_store(sqlite_url)


def test_a_file_with_a_weakened_guard_is_not_opened(sqlite_url: str) -> None:
    with by_hand(sqlite_url) as connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT 1; END")
    with pytest.raises(StoreRefused, match="guard journal_no_update was changed"):
        open_store(sqlite_url)


@pytest.mark.parametrize("name", sorted(POSTGRES_GUARDS))
def test_a_database_without_a_guard_is_not_opened(postgres_url: str, name: str) -> None:
    with by_hand(postgres_url) as connection:
        connection.execute(f"DROP TRIGGER {name} ON journal")
    with pytest.raises(StoreRefused, match=f"guard {name} is missing"):
        open_store(postgres_url)


@pytest.mark.parametrize(
    "weaken",
    [
        "ALTER TABLE journal DISABLE TRIGGER journal_next",
        "CREATE OR REPLACE FUNCTION journal_guard_next() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER a_stranger AFTER INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_guard_next()",
    ],
)
def test_a_database_with_a_weakened_guard_is_not_opened(postgres_url: str, weaken: str) -> None:
    with by_hand(postgres_url) as connection:
        connection.execute(weaken)
    with pytest.raises(StoreRefused, match=r"guard|trigger"):
        open_store(postgres_url)


def test_who_looks_into_a_broken_store_may_open_it(sqlite_url: str) -> None:
    with by_hand(sqlite_url) as connection:
        connection.execute("DROP TRIGGER journal_next")
    store = open_store(sqlite_url, strict=False)
    assert store.problems() == ["The journal's guard journal_next is missing."]
    store.close()
