"""What goes wrong on the disk or between terminals is one plain sentence, without a statement or a patient in it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.postgres import PostgresServer
from tests.rooms import append, note, save, visit

from infusionroom.store import (
    Store,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreRefused,
    StoreUnreachable,
    closing_store,
    open_store,
)
from infusionroom.store.address import parse_address
from infusionroom.store.postgres import PostgresBackend
from infusionroom.store.sqlite import SqliteBackend
from infusionroom.store.writer import Writer

SECRET = "Zebulon"


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_no_error_shows_whom_it_was_about(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store, visit("v1", appointment="A/1"))
    with pytest.raises(StoreError) as failure:
        save(store, visit("v2", appointment="A/1", family=SECRET))
    shown = "".join(traceback.format_exception(failure.value))
    assert SECRET not in shown
    assert "INSERT" not in shown


def test_a_held_store_is_busy_and_the_turn_is_not_kept(sqlite_url: str) -> None:
    backend = SqliteBackend(file_of(sqlite_url), busy_s=0.05)
    store = Store(backend)
    append(store, "visit:v1", command="c1")
    lock = os.open(f"{file_of(sqlite_url)}.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with pytest.raises(StoreBusy, match="Another terminal is writing"):
        append(store, "visit:v1", command="c2")
    os.close(lock)
    append(Store(SqliteBackend(file_of(sqlite_url))), "visit:v1", command="c3")
    assert [entry.command for entry in store.entries()] == ["c1", "c3"]
    store.close()


def test_a_stranger_who_holds_the_file_makes_it_busy(sqlite_url: str) -> None:
    store = Store(SqliteBackend(file_of(sqlite_url), busy_s=0.05))
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as stranger:
        stranger.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            append(store, "visit:v1", command="c1")
        with pytest.raises(StoreBusy):
            store.head()
    append(store, "visit:v1", command="c1")
    store.close()


def test_a_transaction_within_a_transaction_is_busy_and_not_stuck(sqlite_url: str) -> None:
    writer = Writer(SqliteBackend(file_of(sqlite_url)), patience_s=0.05)
    with writer.writing(), pytest.raises(StoreBusy, match="still writing something else"), writer.writing():
        pass
    with writer.writing():
        pass
    writer.close()


def test_a_file_that_somebody_set_to_wal_is_refused_until_it_is_opened_anew(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    append(store, "visit:v1", command="c1")
    with closing(sqlite3.connect(file_of(sqlite_url))) as stranger:
        stranger.execute("PRAGMA journal_mode = WAL")
        assert any("WAL mode" in problem for problem in store.problems())
        with pytest.raises(StoreRefused, match="close every terminal"):
            append(store, "visit:v1", command="c2")
    store.close()
    with closing_store(open_store(sqlite_url)) as store:
        append(store, "visit:v1", command="c2")
        assert store.problems() == []
        assert len(store.entries()) == 2


def test_whoever_writes_a_file_writes_it_the_safe_way(sqlite_url: str) -> None:
    engine = SqliteBackend(file_of(sqlite_url)).engine()
    with engine.begin() as connection:

        def setting(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

        assert setting("journal_mode") == "truncate"
        assert [setting(name) for name in ("synchronous", "foreign_keys", "recursive_triggers")] == [2, 1, 1]
        assert setting("busy_timeout") == 10_000
        # The lock is taken with the first word, and not with the first change.
        with (
            closing(sqlite3.connect(file_of(sqlite_url), timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
    engine.dispose()


def test_opening_a_store_takes_no_lock_from_who_is_writing(sqlite_url: str) -> None:
    """A plain open and close of the file would: every lock of the process on it goes with that (POSIX)."""
    with closing_store(open_store(sqlite_url)) as store, store.writing() as writing:
        writing.save_visit(visit("v1"), [])
        open_store(sqlite_url).close()
        another = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        done = subprocess.run(
            [sys.executable, "-c", another, file_of(sqlite_url)], capture_output=True, text=True
        )
        assert "database is locked" in done.stderr


def test_a_full_disk_is_said_and_nothing_is_half_written(
    sqlite_store: Store, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = SqliteBackend.connect_to_write

    def on_a_full_disk(backend: SqliteBackend) -> sqlite3.Connection:
        connection = opening(backend)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    append(sqlite_store, "visit:v1", command="c1")
    monkeypatch.setattr(SqliteBackend, "connect_to_write", on_a_full_disk)
    full = Store(SqliteBackend(file_of(sqlite_url)))
    with pytest.raises(StoreFull, match=r"is full: nothing was written"):
        append(full, "visit:v1", *[note("x" * 2000)] * 100, command="c2")
    full.close()
    assert len(sqlite_store.entries()) == 1
    assert sqlite_store.problems() == []


def test_a_torn_file_is_damaged(sqlite_store: Store, sqlite_url: str) -> None:
    for number in range(60):
        append(sqlite_store, "visit:v1", note("x" * 1500), command=f"c{number}")
    path = file_of(sqlite_url)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    problems = sqlite_store.problems()
    assert problems
    with pytest.raises(StoreDamaged):
        sqlite_store.entries()


def test_a_changed_byte_passes_the_database_and_not_the_chain(sqlite_store: Store, sqlite_url: str) -> None:
    append(sqlite_store, "visit:v1", note("a quiet hour"), command="c1")
    path = file_of(sqlite_url)
    content = path.read_bytes()
    assert content.count(b"a quiet hour") == 1
    path.write_bytes(content.replace(b"a quiet hour", b"a quiet houR"))
    assert sqlite_store.problems() == ["Entry 1 was changed after it was written: its hash does not fit."]


def test_a_terminal_without_the_right_reads_and_does_not_write(
    postgres: PostgresServer, postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    postgres.administer("DROP ROLE IF EXISTS wall")
    postgres.administer("CREATE ROLE wall LOGIN")
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO wall")
    append(open_room(postgres_url), "visit:v1", command="c1")
    wall = open_room(postgres_url.replace("room@", "wall@"))
    assert len(wall.entries()) == 1
    assert wall.problems() == []
    with pytest.raises(StoreReadOnly, match="may not write"):
        append(wall, "visit:v1", command="c2")


def test_the_reading_side_cannot_write(store: Store) -> None:
    with pytest.raises(StoreReadOnly):
        store._reader.fetch("DELETE FROM seat", {})


_DIES = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = TRUNCATE")
connection.execute("PRAGMA cache_size = 2")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE visit SET family = family || hex(randomblob(300))")
os.kill(os.getpid(), signal.SIGKILL)
"""


def leave_half_a_commit(store: Store, url: str) -> None:
    save(store, *(visit(f"v{number}") for number in range(300)))
    subprocess.run([sys.executable, "-c", _DIES, str(file_of(url))], check=False)
    assert file_of(url).with_name("room.sqlite-journal").stat().st_size > 0


def test_a_reader_puts_right_what_a_dying_writer_left(sqlite_store: Store, sqlite_url: str) -> None:
    feed = sqlite_store.feed()
    leave_half_a_commit(sqlite_store, sqlite_url)
    feed.wait(0)
    assert {record.family for record in sqlite_store.records()} == {"Abara"}
    leave_half_a_commit(sqlite_store, sqlite_url)
    assert {record.family for record in sqlite_store.records()} == {"Abara"}
    assert sqlite_store.problems() == []
    feed.close()


def test_a_terminal_that_may_not_repair_says_who_must(
    sqlite_store: Store, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_half_a_commit(sqlite_store, sqlite_url)
    opening = SqliteBackend._open
    # root may write everything: a terminal that may only read is one that opens nothing for writing.
    monkeypatch.setattr(SqliteBackend, "_open", lambda backend, mode: opening(backend, "ro"))
    with pytest.raises(StoreUnreachable, match="died while writing"):
        sqlite_store.records()


def test_every_state_of_postgresql_has_its_word() -> None:
    backend = PostgresBackend(parse_address("postgresql://x/y"))  # type: ignore[arg-type]
    for state, kind in {
        "53100": StoreFull,
        "25006": StoreReadOnly,
        "42501": StoreReadOnly,
        "55P03": StoreBusy,
        "57P01": StoreUnreachable,
        "XX001": StoreDamaged,
        "42601": StoreError,
    }.items():
        error = psycopg.errors.lookup(state)("the statement and its values")
        explained = backend.explain(error)
        assert type(explained) is kind
        assert "values" not in str(explained)


def test_a_server_that_let_its_connections_go_is_written_to_all_the_same(
    postgres: PostgresServer, postgres_url: str
) -> None:
    with closing_store(open_store(postgres_url)) as store:
        append(store, "visit:v1", command="c1")
        postgres.administer(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            f" WHERE datname = '{urlsplit(postgres_url).path[1:]}' AND application_name = 'infusionroom'"
        )
        append(store, "visit:v1", command="c2")
        assert [entry.command for entry in store.entries()] == ["c1", "c2"]
