"""A viewer's terminal cannot write, whatever our own code asks for: every way to write is tried."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.rooms import append, here, minutes, note, save
from tests.store.test_migrations import backend_of
from tests.store.test_trouble import file_of, leave_half_a_commit
from tests.store.test_version_1 import ROWS, write_version_1

from infusionroom.store import (
    Credential,
    Quarantined,
    Store,
    StoreAbsent,
    StoreError,
    StoreReadOnly,
    StoreRefused,
    StoreUnreachable,
    open_store,
)
from infusionroom.store.migrate import bring_up, move
from infusionroom.store.sqlite import SqliteBackend
from infusionroom.store.writer import Writer


@pytest.fixture
def watched(store_url: str, open_room: Callable[[str], Store]) -> Store:
    """A store with somebody in a chair."""
    store = open_room(store_url)
    append(store, "visit:v1", note("one"), command="c1")
    save(store, here("v1", chair=3))
    with store.writing(pins=True) as writing:
        writing.set_seats({"v1": 3})
        writing.save_credential(Credential("vega", "$argon2id$one"))
    return store


@pytest.fixture
def viewer(watched: Store, store_url: str) -> Iterator[Store]:
    """The same store, opened to be looked at."""
    store = open_store(store_url, read_only=True)
    yield store
    store.close()


def everything(store: Store) -> tuple[object, ...]:
    return (
        list(store.raw_entries()),
        store.records(),
        store.seats(),
        store.quarantined(None),
        store.credentials(),
    )


def test_a_viewer_sees_everything_and_what_comes(watched: Store, viewer: Store) -> None:
    assert everything(viewer) == everything(watched)
    assert viewer.problems() == []
    feed = viewer.feed()
    append(watched, "visit:v1", note("two"), command="c2")
    assert feed.wait(10)
    assert viewer.head() == watched.head()
    feed.close()


WAYS_TO_WRITE: dict[str, Callable[[Store], object]] = {
    "writing": lambda store: append(store, "visit:v1", command="c9"),
    "quarantine": lambda store: store.add_quarantine(
        [Quarantined("f", 1, "x", "y", "z")], received_at=minutes(0), received_by="vega"
    ),
    "resolving": lambda store: store.resolve_quarantine([1], "dismissed"),
    "writer": lambda store: Writer(store._backend),
    "ready writer": lambda store: store._ready_writer(),
    "engine": lambda store: store._backend.engine(),
    "turn": lambda store: store._backend.turn().__enter__(),
    "migrating": lambda store: bring_up(store._backend),
    "going down": lambda store: move(store._backend, "base"),
    "backing up": lambda store: store._backend.back_up("x"),
    "connection": lambda store: store._backend.connect_to_write(),
    **{
        statement: lambda store, statement=statement: store._reader.fetch(statement, {})  # type: ignore[misc]
        for statement in (
            "DELETE FROM seat",
            "UPDATE visit SET family = 'x'",
            "INSERT INTO visit_day (day, visit) VALUES ('2026-11-23', 'v1')",
            "UPDATE head SET id = 9",
            "DROP TABLE seat",
            "CREATE TABLE mine (x int)",
        )
    },
    "forgetting a PIN": lambda store: store._pins_reader.fetch("DELETE FROM credential", {}),
}


@pytest.mark.parametrize("way", WAYS_TO_WRITE)
def test_no_way_to_write_is_left(watched: Store, viewer: Store, way: str) -> None:
    before = everything(watched)
    if way == "backing up" and viewer._backend.name == "postgresql":
        assert viewer._backend.back_up("x") == ""
        return
    if way == "migrating":
        # It is up already: nothing is asked for, and where something is, the engine refuses it.
        with contextlib.suppress(StoreReadOnly):
            bring_up(viewer._backend)
    else:
        with pytest.raises((StoreReadOnly, AttributeError)):
            WAYS_TO_WRITE[way](viewer)
    assert everything(watched) == before
    assert watched.problems() == []


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 7",
        "PRAGMA journal_mode = WAL",
        "PRAGMA writable_schema = ON",
        "PRAGMA query_only = OFF",
        "ATTACH '{uri}' AS other",
        "VACUUM",
        "VACUUM INTO '{copy}'",
        "BEGIN IMMEDIATE",
        "BEGIN EXCLUSIVE",
        "REINDEX",
        "DELETE FROM seat",
        "DELETE FROM other.seat",
    ],
)
def test_not_even_with_every_setting_turned_round(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path, statement: str
) -> None:
    """What our own code could run by mistake on the one connection that a viewer has."""
    save(sqlite_store, here("v1", chair=3))
    with sqlite_store.writing() as writing:
        writing.set_seats({"v1": 3})
    viewer = open_store(sqlite_url, read_only=True)
    before = file_of(sqlite_url).read_bytes()

    def trying(connection: Any) -> None:
        values = {"uri": f"file:{file_of(sqlite_url)}?mode=rw", "copy": str(tmp_path / "copy")}
        for each in ("PRAGMA query_only = OFF", "ATTACH '{uri}' AS other", statement, "COMMIT"):
            with contextlib.suppress(sqlite3.Error):
                connection.execute(each.format(**values))

    viewer._reader.ask(trying)
    assert file_of(sqlite_url).read_bytes() == before
    with sqlite_store.writing():
        pass
    viewer.close()


def test_nothing_is_made_and_nothing_is_brought_up(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreAbsent):
        open_store(f"sqlite:///{tmp_path}/nothing.sqlite", read_only=True)
    assert not (tmp_path / "nothing.sqlite").exists()
    write_version_1(sqlite_url, ROWS)
    with pytest.raises(StoreRefused, match="may not bring it up"):
        open_store(sqlite_url, read_only=True)
    assert backend_of(sqlite_url).revision() == "0001"
    assert list(tmp_path.glob("*.bak*")) == []


def test_no_right_is_taken_from_anybody(sqlite_url: str) -> None:
    file_of(sqlite_url).chmod(0o644)
    open_store(sqlite_url, read_only=True).close()
    assert file_of(sqlite_url).stat().st_mode & 0o777 == 0o644


def test_what_a_dying_writer_left_is_not_repaired_but_said(sqlite_store: Store, sqlite_url: str) -> None:
    viewer = open_store(sqlite_url, read_only=True)
    leave_half_a_commit(sqlite_store, sqlite_url)
    journal = file_of(sqlite_url).with_name("room.sqlite-journal")
    left = journal.stat().st_size
    for ask in (viewer.head, lambda: viewer.feed(), lambda: open_store(sqlite_url, read_only=True)):
        with pytest.raises(
            StoreUnreachable, match=r"died while writing.*open it once from one that may write"
        ):
            ask()
    assert journal.stat().st_size == left
    assert sqlite_store.records()
    assert {record.family for record in viewer.records()} == {"Abara"}
    viewer.close()


# ── where the system itself keeps the viewer from writing ───────────────────────────────────────────────────


_LOOKS_ON = """
import hashlib, os, sys  # before who may read nothing of the installation asks for it
from infusionroom.store import StoreError, open_store
from infusionroom.store.sqlite import SqliteBackend
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
path = sys.argv[1]
for what in (lambda: open(path, "r+b"), lambda: open(path + "-mine", "wb")):
    try:
        what()
    except PermissionError:
        pass
    else:
        sys.exit("may write after all")
try:
    store = open_store("sqlite:///" + path, read_only=True)
    feed = store.feed()
    feed.wait(0)
    print(store.head()[0], store.problems(), flush=True)
    sys.stdin.readline()
    print(feed.wait(10), store.head()[0])
except StoreError as error:
    print(error)
"""


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder that anybody on the way to may pass, and in which only its owner may write."""
    folder = Path(tempfile.mkdtemp(prefix="iroshelf"))
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def looks_on(path: Path) -> subprocess.Popen[str]:
    nobody = str(pwd.getpwnam("nobody").pw_uid)
    return subprocess.Popen(
        [sys.executable, "-c", _LOOKS_ON, str(path), nobody],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
    )


def keep_to_ourselves(path: Path) -> None:
    """Others may read the file and the folder, and write neither; as root, we still may."""
    for each in path.parent.iterdir():
        each.chmod(0o644 if os.geteuid() == 0 else 0o444)
    path.parent.chmod(0o755 if os.geteuid() == 0 else 0o555)


def test_a_file_and_folder_that_cannot_be_written_are_looked_at_live(shelf: Path) -> None:
    store = open_store(f"sqlite:///{shelf}/room.sqlite")
    append(store, "visit:v1", note("one"), command="c1")
    keep_to_ourselves(shelf / "room.sqlite")
    watching = looks_on(shelf / "room.sqlite")
    assert watching.stdout is not None
    first = watching.stdout.readline()
    if os.geteuid() == 0:
        append(store, "visit:v1", note("two"), command="c2")
    said, trouble = watching.communicate("\n", timeout=60)
    assert trouble == ""
    assert first.startswith("1 [")
    if os.geteuid() == 0:
        assert said == "True 2\n"
    store.close()


def test_there_a_viewer_says_who_must_repair_it(shelf: Path) -> None:
    url = f"sqlite:///{shelf}/room.sqlite"
    store = open_store(url)
    leave_half_a_commit(store, url)
    store.close()
    keep_to_ourselves(shelf / "room.sqlite")
    said, trouble = looks_on(shelf / "room.sqlite").communicate("\n", timeout=60)
    assert trouble == ""
    assert "died while writing" in said


def test_a_file_shared_later_shares_what_stands_beside_it_with_the_next_entry(shelf: Path) -> None:
    """SQLite keeps its journal's file, whose mode is of the day it was made."""
    store = open_store(f"sqlite:///{shelf}/room.sqlite")
    append(store, "visit:v1", note("one"), command="c1")
    (shelf / "room.sqlite").chmod(0o640)
    append(store, "visit:v1", note("two"), command="c2")
    modes = {each.name: each.stat().st_mode & 0o777 for each in shelf.iterdir()}
    assert modes["room.sqlite-journal"] == 0o640
    store.close()


def test_the_writer_is_refused_by_the_class_itself(sqlite_store: Store, sqlite_url: str) -> None:
    with pytest.raises(StoreReadOnly, match="to read the store"):
        Writer(SqliteBackend(file_of(sqlite_url), read_only=True))
    with pytest.raises(StoreError):
        SqliteBackend(file_of(sqlite_url), read_only=True).copy_to(Path("/nowhere"))
