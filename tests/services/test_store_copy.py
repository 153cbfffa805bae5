"""A room moves from a file to a server and back, whole: however often it is cut short on the way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.postgres import PostgresServer
from tests.rooms import append, minutes, note
from tests.store.test_version_1 import ROWS, write_version_1

from infusionroom.services.errors import RoomRefused
from infusionroom.services.store_copy import Copied, copy_room
from infusionroom.store import Credential, Quarantined, Store, StoreRefused, copying, open_store
from infusionroom.store.making_sites import make_site


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "BATCH", 3)


@pytest.fixture
def old(sqlite_url: str) -> str:
    """A room in a file: four visits, one of them in a chair, something in quarantine, somebody with a PIN."""
    write_version_1(sqlite_url, ROWS)
    store = open_store(sqlite_url)
    found = [Quarantined("f.csv", n, "name", "odd", f"Zebulon {n}") for n in (1, 2)]
    store.add_quarantine(found, received_at=minutes(0), received_by="vega")
    store.resolve_quarantine([2], "dismissed")
    with store.writing(pins=True) as writing:
        writing.save_credential(Credential("vega", "$argon2id$one", 2, minutes(5)))
    store.close()
    return sqlite_url


@pytest.fixture(params=["file", "server", "site"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the room moves to: another file, a database of its own, a site beside others."""
    if request.param == "file":
        return f"sqlite:///{tmp_path}/new/room.sqlite"
    if request.param == "server":
        return str(request.getfixturevalue("postgres_url"))
    admin = str(request.getfixturevalue("empty_postgres_url"))
    neighbour = open_store(make_site(admin, "beta").writer_url)
    append(neighbour, "visit:v1", command="c1")
    neighbour.close()
    return make_site(admin, "alpha").writer_url


def copied(source: str, target: str, *, cut_short_after: int | None = None) -> Copied:
    here, there = open_store(source, read_only=True), open_store(target, unfinished=True)

    def progress(done: int, of: int) -> None:
        if cut_short_after is not None and done >= cut_short_after:
            raise KeyboardInterrupt

    try:
        return copy_room(here, there, progress)
    finally:
        here.close()
        there.close()


def whole(url: str) -> tuple[object, ...]:
    store = open_store(url, read_only=True)
    try:
        return (
            list(store.raw_entries()),
            store.head(),
            {record.visit: record for record in store.records()},
            store.seats(),
            store.quarantined(None),
            store.credentials(),
        )
    finally:
        store.close()


def test_everything_comes_along_and_the_old_one_stays_as_it_was(old: str, new: str) -> None:
    before, content = whole(old), Path(old.removeprefix("sqlite:///")).read_bytes()
    done = copied(old, new)
    assert done.problems == ()
    assert (done.visits, done.quarantined, done.credentials, done.behind) == (4, 2, 1, 0)
    assert done.entries == done.new_entries == len([row for row in ROWS if row["table"] == "journal"])
    assert whole(new) == before
    assert Path(old.removeprefix("sqlite:///")).read_bytes() == content


def test_and_back(old: str, new: str, tmp_path: Path) -> None:
    copied(old, new)
    back = f"sqlite:///{tmp_path}/back.sqlite"
    assert copied(new, back).problems == ()
    assert whole(back) == whole(old)


@pytest.mark.parametrize("after", [0, 3, 9, 10_000])
def test_what_is_cut_short_is_opened_by_nobody_and_gone_on_with(old: str, new: str, after: int) -> None:
    total = len([row for row in ROWS if row["table"] == "journal"])
    with pytest.raises(KeyboardInterrupt):
        copied(old, new, cut_short_after=min(after, total))
    if after:
        for read_only in (False, True):
            with pytest.raises(StoreRefused, match="a copy into it was not finished"):
                open_store(new, read_only=read_only)
    done = copied(old, new)
    assert done.problems == ()
    assert done.new_entries == total - min(after, total)
    assert whole(new) == whole(old)


def test_nobody_writes_between_two_halves(old: str, new: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        copied(old, new, cut_short_after=3)
    store = open_store(new, unfinished=True)
    with pytest.raises(Exception, match="refused what was to be written"):
        append(store, "visit:v1", command="c1")
    store.close()
    assert copied(old, new).problems == ()


def test_what_was_written_since_is_brought_after(old: str, new: str) -> None:
    copied(old, new)
    store = open_store(old)
    [visit] = store.seats().values()
    append(store, f"visit:{visit}", note("later"), command="later")
    store.close()
    done = copied(old, new)
    assert done.new_entries == 1
    assert whole(new)[0] == whole(old)[0]


def test_another_rooms_store_is_refused_and_left(old: str, new: str) -> None:
    store = open_store(new)
    append(store, "visit:v1", note("somebody else's"), command="c1")
    store.close()
    before = whole(new)
    with pytest.raises(RoomRefused, match="another room's journal"):
        copied(old, new)
    assert whole(new) == before


def test_a_target_that_has_gone_on_by_itself_is_refused(old: str, new: str) -> None:
    copied(old, new)
    store = open_store(new)
    [visit] = store.seats().values()
    append(store, f"visit:{visit}", note("by itself"), command="later")
    store.close()
    with pytest.raises(RoomRefused, match="another room's journal"):
        copied(old, new)


def test_a_store_is_not_copied_onto_itself(old: str, postgres_url: str) -> None:
    with pytest.raises(RoomRefused, match="the same store"):
        copied(old, old)
    copied(old, postgres_url)
    with pytest.raises(RoomRefused, match="the same store"):
        copied(postgres_url, postgres_url.replace("room@", "room@").replace("?", "?application_name=x&"))


def test_a_source_that_could_be_written_is_refused(old: str, new: str) -> None:
    here, there = open_store(old), open_store(new)
    with pytest.raises(RoomRefused, match="opened to be read"):
        copy_room(here, there, lambda done, of: None)
    here.close()
    there.close()


def test_who_may_not_read_how_people_sign_in_begins_nothing(
    old: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    made = make_site(empty_postgres_url, "alpha")
    copied(old, made.writer_url)
    with pytest.raises(RoomRefused, match="not read this"):
        copied(made.reader_url, f"sqlite:///{tmp_path}/back.sqlite")


_DIES = """
import os, signal, sys
from infusionroom.services.store_copy import copy_room
from infusionroom.store import copying, open_store
from infusionroom.store.writing import Writing
copying.BATCH = 3
left = int(sys.argv[3])
running = Writing._run
def run(*arguments, **named):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return running(*arguments, **named)
Writing._run = run
copy_room(open_store(sys.argv[1], read_only=True), open_store(sys.argv[2], unfinished=True), lambda done, of: None)
"""


def test_killed_at_any_statement_it_is_finished_by_the_next(
    old: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    for number, statements in enumerate((1, 4, 11, 30, 60)):
        for new in (f"sqlite:///{tmp_path}/{number}.sqlite", postgres.database()):
            open_store(new).close()
            subprocess.run(
                [sys.executable, "-c", _DIES, old, new, str(statements)],
                cwd=Path(__file__).parents[2],
                capture_output=True,
                timeout=60,
            )
            assert copied(old, new).problems == ()
            assert whole(new) == whole(old)


def test_progress_is_told_from_where_it_goes_on(
    old: str, new: str, open_room: Callable[[str], Store]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        copied(old, new, cut_short_after=6)
    told: list[tuple[int, int]] = []
    here, there = open_store(old, read_only=True), open_store(new, unfinished=True)
    copy_room(here, there, lambda done, of: told.append((done, of)))
    total = told[-1][1]
    assert told[0] == (6, total)
    assert told[-1] == (total, total)
    here.close()
    there.close()
