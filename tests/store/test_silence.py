"""A network or a server that stands still is told of soon and loses nothing; what only takes long is waited for."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.network import Network, network_to
from tests.postgres import PostgresServer
from tests.rooms import append

from infusionroom.store import Store, StoreBusy, StoreUnreachable, open_store, postgres_feed, postgres_line
from infusionroom.store.sqlite import SqliteBackend

SILENCE = "does not answer: its server or the network stands still"


@pytest.fixture
def network(postgres: PostgresServer) -> Iterator[Network]:
    """The way to the session's server."""
    with network_to(postgres.folder / ".s.PGSQL.5432") as network:
        yield network


@pytest.fixture
def far(
    network: Network,
    postgres_url: str,
    open_room: Callable[[str], Store],
    monkeypatch: pytest.MonkeyPatch,
) -> Store:
    """A store on the other side of the network, from a terminal with little patience."""
    monkeypatch.setattr(postgres_line, "SILENT_S", 0.3)
    database = postgres_url.split("/")[3].split("?")[0]
    address = f"postgresql+psycopg://room@127.0.0.1:{network.port}/{database}?connect_timeout=2"
    return open_room(address)


def test_who_asks_on_a_silent_network_is_told_so_and_reads_on_when_it_is_back(
    far: Store, network: Network
) -> None:
    append(far, "visit:v1", command="c1")
    feed = far.feed()
    network.fall_silent()
    for ask in (far.head, lambda: feed.wait(0)):
        with pytest.raises(StoreUnreachable, match=SILENCE):
            ask()
    with pytest.raises(StoreUnreachable):
        far.feed()
    network.flow()
    feed.close()
    assert far.head()[0] == 1
    far.feed().close()


def test_what_was_given_into_silence_is_there_once_when_it_is_given_again(
    far: Store, network: Network
) -> None:
    append(far, "visit:v1", command="c1")
    with pytest.raises(StoreUnreachable, match=SILENCE), far.writing():
        network.fall_silent()
    with pytest.raises(StoreUnreachable):
        append(far, "visit:v1", command="c2")
    network.flow()
    append(far, "visit:v1", command="c2")
    assert [entry.command for entry in far.entries()] == ["c1", "c2"]
    assert far.problems() == []


def test_a_line_that_alone_has_died_is_given_up_though_the_server_is_there(
    far: Store, network: Network
) -> None:
    far.head()
    network.fall_silent(for_new=False)
    with pytest.raises(StoreUnreachable, match=SILENCE):
        far.head()
    assert far.head()[0] == 0


def test_a_server_that_works_long_is_waited_for(far: Store) -> None:
    slow = far._reader.fetch("SELECT 1 FROM pg_sleep(1.2)", {})
    assert slow == [(1,)]


def test_a_lock_that_is_waited_for_is_no_silence(
    far: Store, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as holder:
        holder.execute("SELECT id FROM head FOR UPDATE")
        timer = threading.Timer(1.2, holder.rollback)
        timer.start()
        append(far, "visit:v1", command="c1")
        timer.join()
    assert far.head()[0] == 1


def test_a_terminal_on_a_silent_network_can_be_closed_at_once(
    far: Store, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_line, "SILENT_S", 300.0)
    feed = far.feed()
    network.fall_silent()
    trouble: list[StoreUnreachable] = []

    def looks() -> None:
        with pytest.raises(StoreUnreachable) as away:
            feed.wait(0)
        trouble.append(away.value)

    looking = threading.Thread(target=looks)
    looking.start()
    assert isinstance(feed, postgres_feed.PostgresFeed)
    while not feed._line.lock.locked():
        looking.join(0.01)
    feed.close()
    looking.join(20)
    assert len(trouble) == 1


def test_connections_that_nobody_uses_are_free_for_others_within_a_minute(
    far: Store, postgres_url: str
) -> None:
    append(far, "visit:v1", command="c1")
    with far.writing() as writing:
        assert writing._ask("SHOW idle_session_timeout") == [("1min",)]
    assert far._ask("SHOW idle_session_timeout") == [("1min",)]


def test_that_a_server_has_no_connection_left_is_said(postgres: PostgresServer, postgres_url: str) -> None:
    database = postgres_url.split("/")[3].split("?")[0]
    postgres.administer("ALTER DATABASE {} CONNECTION LIMIT 0", database)
    with pytest.raises(StoreUnreachable, match="has no connection left"):
        open_store(postgres_url)


# ── a terminal that stops in mid-commit ─────────────────────────────────────────────────────────────────────


def test_a_file_that_a_stopped_terminal_holds_is_said_to_be_busy_by_who_only_looks(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    store = Store(SqliteBackend(path, busy_s=0.05))
    feed = store.feed()
    ready, telling = os.pipe()
    if not (terminal := os.fork()):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        os.write(telling, b"!")
        os.kill(os.getpid(), signal.SIGSTOP)
        connection.execute("ROLLBACK")
        os._exit(0)
    try:
        os.read(ready, 1)
        os.waitpid(terminal, os.WUNTRACED)
        with pytest.raises(StoreBusy, match="Another terminal is writing and does not finish"):
            feed.wait(300)
    finally:
        os.kill(terminal, signal.SIGCONT)
        os.waitpid(terminal, 0)
        os.close(ready)
        os.close(telling)
    with closing(store), closing(feed):
        assert not feed.wait(0)
        append(store, "visit:v1", command="c1")
        assert feed.wait(10)
