"""A terminal notices what another one wrote, notices that the store is gone, and that it is back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import psycopg
import pytest
from tests.postgres import PostgresServer
from tests.rooms import append, note

from infusionroom.store import Store, StoreUnreachable, postgres_feed
from infusionroom.store import postgres as postgres_backend
from infusionroom.store.sites import CHANNEL

_ANOTHER_PROCESS = """
import sys
from infusionroom.store import open_store
from tests.rooms import append
store = open_store(sys.argv[1])
append(store, "visit:v9", command=sys.argv[2])
store.close()
"""


def another_process_appends(url: str, command: str) -> None:
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", _ANOTHER_PROCESS, url, command], check=True, cwd=root, timeout=60)


def test_a_commit_of_another_process_is_noticed_once(store: Store, store_url: str) -> None:
    feed = store.feed()
    assert not feed.wait(0)
    another_process_appends(store_url, "c1")
    assert feed.wait(10)
    feed.seen(store.head()[0])
    assert not feed.wait(0)
    another_process_appends(store_url, "c2")
    assert feed.wait(10)
    feed.close()


def test_ones_own_commit_is_noticed_too(store: Store) -> None:
    feed = store.feed()
    append(store, "visit:v1", command="c1")
    assert feed.wait(10)
    feed.close()


def test_who_waits_is_woken_by_a_commit(
    store: Store, store_url: str, open_room: Callable[[str], Store]
) -> None:
    feed = store.feed()
    other = open_room(store_url)
    noticed: list[bool] = []
    waiting = threading.Thread(target=lambda: noticed.append(feed.wait(30)))
    waiting.start()
    append(other, "visit:v1", command="c1")
    waiting.join(20)
    assert noticed == [True]
    feed.close()


def test_a_server_tells_of_a_commit_before_anybody_looks(
    postgres_url: str, open_room: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_feed, "LOOK_S", 300.0)
    test_who_waits_is_woken_by_a_commit(open_room(postgres_url), postgres_url, open_room)


def test_who_waits_is_woken_by_closing(store: Store) -> None:
    feed = store.feed()
    noticed: list[bool] = []
    waiting = threading.Thread(target=lambda: noticed.append(feed.wait(60)))
    waiting.start()
    feed.close()
    waiting.join(20)
    assert noticed == [False]
    assert not feed.wait(60)
    feed.close()


def test_what_is_rolled_back_is_not_noticed(store: Store) -> None:
    feed = store.feed()

    def fails() -> None:
        with store.writing() as writing:
            writing.clear_projections()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not feed.wait(0)
    feed.close()


def test_a_forged_notice_wakes_once_and_hides_nothing(
    postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    """What it says is not believed: whoever is woken reads the journal, and looking goes on as before."""
    feed = open_room(postgres_url).feed()
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT pg_notify(%s, '99999')", [CHANNEL])
    assert feed.wait(10)
    assert not feed.wait(0)
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE head SET id = 99999")
    assert feed.wait(10)
    feed.close()


def test_what_was_read_already_wakes_nobody_again(
    postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    feed = open_room(postgres_url).feed()
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE head SET id = 7")
    feed.seen(7)
    assert not feed.wait(0)
    feed.close()


def test_a_commit_without_a_notice_is_found_by_looking(
    postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    feed = open_room(postgres_url).feed()
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE head SET id = 1")
    assert feed.wait(10)
    feed.close()


# ── the store goes and comes back ───────────────────────────────────────────────────────────────────────────


def test_a_file_that_goes_is_missed_and_one_that_comes_back_is_read(
    sqlite_store: Store, sqlite_url: str
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    written = append(sqlite_store, "visit:v1", command="c1")
    feed = sqlite_store.feed()
    away = path.rename(path.with_name("away.sqlite"))
    for ask in (sqlite_store.head, lambda: feed.wait(0), sqlite_store.feed):
        with pytest.raises(StoreUnreachable, match="its file is not there"):
            ask()
    with pytest.raises(StoreUnreachable):
        append(sqlite_store, "visit:v1", command="c2")
    feed.close()
    away.rename(path)
    assert sqlite_store.entries() == written
    append(sqlite_store, "visit:v1", command="c2")
    sqlite_store.feed().close()


def test_a_folder_in_the_files_place_is_no_store(sqlite_store: Store, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    sqlite_store.head()
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreUnreachable, match="not a file"):
        sqlite_store.head()


def test_a_file_that_was_put_back_from_a_copy_is_read_anew(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    append(sqlite_store, "visit:v1", command="c1")
    copy = Path(sqlite_store.copy_to(tmp_path / "copy.sqlite"))
    append(sqlite_store, "visit:v1", command="c2")
    feed = sqlite_store.feed()
    copy.replace(path)
    with pytest.raises(StoreUnreachable, match="replaced"):
        feed.wait(0)
    feed.close()
    assert sqlite_store.head()[0] == 1
    append(sqlite_store, "visit:v1", command="c3")
    assert sqlite_store.problems() == []


def test_a_server_that_restarts_is_missed_and_read_again(
    postgres: PostgresServer, postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    store = open_room(postgres_url)
    written = append(store, "visit:v1", command="c1")
    feed = store.feed()
    postgres.stop()
    try:
        for ask in (store.head, lambda: feed.wait(0), store.feed):
            with pytest.raises(StoreUnreachable):
                ask()
        with pytest.raises(StoreUnreachable):
            append(store, "visit:v1", command="c2")
    finally:
        postgres.start()
    feed.close()
    assert store.entries() == written
    append(store, "visit:v1", command="c2")
    assert store.problems() == []


# ── how many connections a terminal holds ───────────────────────────────────────────────────────────────────


def test_a_terminal_at_which_nothing_is_done_holds_one_connection(
    postgres: PostgresServer,
    postgres_url: str,
    open_room: Callable[[str], Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres_backend, "_WHILE_ASKED", "-c idle_session_timeout=50ms")
    store = open_room(postgres_url)
    append(store, "visit:v1", command="c1")
    feed = store.feed()
    with psycopg.connect(postgres.administrators_url(postgres_url).replace("+psycopg", "")) as administrator:

        def connections() -> list[str]:
            rows = administrator.execute(
                "SELECT query FROM pg_stat_activity WHERE usename = 'room' AND datname = current_database()"
            ).fetchall()
            administrator.rollback()
            return [query for (query,) in rows]

        while len(connections()) > 1:
            feed.wait(0.01)
        assert connections() == ["SELECT id FROM head"]
    assert [entry.id for entry in store.entries()] == [1]
    append(store, "visit:v1", note("after the pause"), command="c2")
    assert feed.wait(10)
    feed.close()


def test_a_burst_of_questions_leaves_few_connections(
    postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    store = open_room(postgres_url)
    together = threading.Barrier(8, timeout=30)

    def asks() -> None:
        store._reader.ask(lambda _: together.wait())

    threads = [threading.Thread(target=asks) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store._reader._idle) == 2


def test_a_server_tells_its_time_and_a_file_has_none(store: Store, store_url: str) -> None:
    told = store.server_time()
    assert (told is None) == store_url.startswith("sqlite")
    assert told is None or told.tzinfo is UTC
