"""Whoever may read the room's file learns nobody's PIN: the hashes are in a file of their own, of its owner."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.rooms import append, minutes, note
from tests.store.test_migrations import backend_of
from tests.store.test_trouble import file_of
from tests.store.test_version_1 import ROWS, write_version_1

from infusionroom.domain.journal import Draft
from infusionroom.store import (
    Credential,
    Store,
    StoreDamaged,
    StoreRefused,
    StoreUnreachable,
    closing_store,
    open_store,
)
from infusionroom.store.migrate import move

HASH = "$argon2id$v=19$m=65536,t=3,p=4$"


def keep(store: Store, *credentials: Credential) -> None:
    with store.writing(pins=True) as writing:
        for credential in credentials:
            writing.save_credential(credential)


def pins_of(url: str) -> Path:
    return file_of(url).with_name("room.sqlite-pins")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def holding_a_hash(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir() if HASH.encode() in each.read_bytes()}


# ── where they are ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_rooms_own_file_never_holds_one(sqlite_store: Store, sqlite_url: str) -> None:
    keep(sqlite_store, Credential("vega", HASH + "one", 4, minutes(5)))
    append(sqlite_store, "visit:v1", command="c1")
    assert holding_a_hash(file_of(sqlite_url).parent) == {"room.sqlite-pins"}
    assert sqlite_store.credential("vega") == Credential("vega", HASH + "one", 4, minutes(5))


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_they_are_their_owners_whatever_new_files_are_like_here(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with closing_store(open_store(f"sqlite:///{tmp_path}/room.sqlite")) as store:
            keep(store, Credential("vega", HASH))
    finally:
        os.umask(before)
    assert mode(tmp_path / "room.sqlite-pins") == 0o600


def test_a_group_that_reads_the_room_gets_none_even_if_all_files_are_shown_to_it(
    sqlite_url: str, open_room: Callable[[str], Store]
) -> None:
    keep(open_room(sqlite_url), Credential("vega", HASH))
    for each in file_of(sqlite_url).parent.iterdir():
        each.chmod(0o640)
    watching = open_store(sqlite_url, read_only=True)
    assert any("can be read by the group" in problem for problem in watching.problems())
    watching.close()
    store = open_room(sqlite_url)
    assert (mode(file_of(sqlite_url)), mode(pins_of(sqlite_url))) == (0o640, 0o600)
    keep(store, Credential("vega", HASH, 1))
    assert mode(pins_of(sqlite_url).with_name("room.sqlite-pins-journal")) == 0o600
    assert store.problems() == []


def test_a_group_that_writes_the_room_signs_in_there_too(
    sqlite_url: str, open_room: Callable[[str], Store]
) -> None:
    file_of(sqlite_url).chmod(0o660)
    store = open_room(sqlite_url)
    keep(store, Credential("vega", HASH))
    assert mode(pins_of(sqlite_url)) == 0o660
    assert store.problems() == []


def test_a_hash_and_what_the_journal_says_of_it_are_written_together_or_not_at_all(
    sqlite_store: Store,
) -> None:
    append(sqlite_store, "visit:v1", command="c1")
    keep(sqlite_store, Credential("vega", HASH + "one"))

    def is_interrupted() -> None:
        drafts = [Draft("visit:v1", note("a new PIN"), minutes(1))]
        with sqlite_store.writing(pins=True) as writing:
            writing.save_credential(Credential("vega", HASH + "two"))
            writing.append(drafts, recorded_at=minutes(1), actor="vega", terminal="desk", command="c2")
            writing.finish()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        is_interrupted()
    assert sqlite_store.head()[0] == 1
    kept = sqlite_store.credential("vega")
    assert kept is not None
    assert kept.hash == HASH + "one"


# ── those who are not to have them ──────────────────────────────────────────────────────────────────────────


_LOOKS = """
import hashlib, os, sys
from infusionroom.services.check import check_store
from infusionroom.services.store_copy import copy_room
from infusionroom.store import copying, open_store, sqlite
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
path = sys.argv[1]
try:
    open(path + "-pins", "rb")
except PermissionError:
    print("closed")
store = open_store("sqlite:///" + path, read_only=True)
print(store.head()[0], check_store(store).problems)
for what in (store.credentials, lambda: store.credential("vega"), lambda: copy_room(store, store, print)):
    try:
        print("has", what())
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder that anybody on the way to may pass."""
    folder = Path(tempfile.mkdtemp(prefix="iroshelf"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another account")
def test_an_account_that_may_read_the_room_may_not_read_the_pins(shelf: Path) -> None:
    with closing_store(open_store(f"sqlite:///{shelf}/room.sqlite")) as store:
        append(store, "visit:v1", note("one"), command="c1")
        keep(store, Credential("vega", HASH))
    (shelf / "room.sqlite").chmod(0o644)
    nobody = str(pwd.getpwnam("nobody").pw_uid)
    looked = subprocess.run(
        [sys.executable, "-c", _LOOKS, str(shelf / "room.sqlite"), nobody],
        capture_output=True, text=True, timeout=60, cwd="/",
    )  # fmt: skip
    assert looked.stderr == ""
    closed, head, *answers = looked.stdout.splitlines()
    assert closed == "closed"
    assert head.startswith("1 (")
    assert "PIN" not in head
    assert [answer.split()[0] for answer in answers] == ["StoreReadOnly", "StoreReadOnly", "RoomRefused"]
    assert "may not read the PINs" in answers[0]
    assert HASH not in looked.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
def test_pins_that_another_account_put_there_let_nobody_in(sqlite_url: str, sqlite_store: Store) -> None:
    keep(sqlite_store, Credential("vega", HASH))
    os.chown(pins_of(sqlite_url), pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(StoreRefused, match="belongs to nobody and the store to root"):
        keep(sqlite_store, Credential("vega", HASH, 1))
    with pytest.raises(StoreRefused, match="belongs to nobody"):
        sqlite_store.credentials()
    append(sqlite_store, "visit:v1", command="c1")


def test_a_link_to_other_pins_is_not_followed(sqlite_url: str, sqlite_store: Store, tmp_path: Path) -> None:
    keep(sqlite_store, Credential("vega", HASH))
    pins_of(sqlite_url).rename(tmp_path / "elsewhere")
    pins_of(sqlite_url).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreRefused, match="no file of PINs"):
        sqlite_store.credentials()
    with pytest.raises(StoreRefused, match="no file of PINs"), sqlite_store.writing(pins=True):
        pass


# ── when they are gone, or not what they were ───────────────────────────────────────────────────────────────


def test_without_them_the_room_goes_on_and_a_new_file_is_as_closed(
    sqlite_url: str, sqlite_store: Store
) -> None:
    keep(sqlite_store, Credential("vega", HASH))
    pins_of(sqlite_url).unlink()
    assert sqlite_store.credentials() == []
    append(sqlite_store, "visit:v1", command="c1")
    assert not pins_of(sqlite_url).exists()
    keep(sqlite_store, Credential("osei", HASH))
    assert [each.person for each in sqlite_store.credentials()] == ["osei"]
    assert mode(pins_of(sqlite_url)) == 0o600


def another_programs(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (x)")
        other.commit()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"x" * 8192),
    "cut off": lambda path: os.truncate(path, 4096),
    "overwritten": lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192),
    "another program's": another_programs,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_ones_let_nobody_in_and_say_what_to_do(
    sqlite_url: str, sqlite_store: Store, damage: str
) -> None:
    keep(sqlite_store, Credential("vega", HASH))
    DAMAGES[damage](pins_of(sqlite_url))
    for ask in (sqlite_store.credentials, lambda: keep(sqlite_store, Credential("vega", HASH))):
        with pytest.raises(StoreDamaged, match=r"room\.sqlite-pins is damaged.*staff recover"):
            ask()
    append(sqlite_store, "visit:v1", command="c1")


def test_another_mode_than_the_safe_one_is_set_back(sqlite_url: str, sqlite_store: Store) -> None:
    keep(sqlite_store, Credential("vega", HASH))
    with closing(sqlite3.connect(pins_of(sqlite_url))) as stranger:
        stranger.execute("PRAGMA journal_mode = WAL")
    keep(sqlite_store, Credential("vega", HASH, 2))
    assert sqlite_store.credentials() == [Credential("vega", HASH, 2)]


_DIES = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("ATTACH ? AS pins", (sys.argv[1] + "-pins",))
for file in ("main", "pins"):
    c.execute(f"PRAGMA {file}.cache_size = 1")
    c.execute(f"PRAGMA {file}.cache_spill = 1")
c.execute("BEGIN IMMEDIATE")
c.execute("UPDATE pins.credential SET hash = 'half'")
c.execute("UPDATE visit SET family = 'Half'")
os._exit(9)
"""


def test_what_a_dying_terminal_left_is_put_right_by_the_next_that_signs_in(
    sqlite_url: str, sqlite_store: Store
) -> None:
    before = [Credential(f"nurse {number:03}", HASH + "x" * 900) for number in range(99)]
    keep(sqlite_store, *before)
    subprocess.run([sys.executable, "-c", _DIES, str(file_of(sqlite_url))], check=False)
    assert pins_of(sqlite_url).with_name("room.sqlite-pins-journal").stat().st_size > 0
    left = file_of(sqlite_url).with_name("room.sqlite-mj0946B9946")
    left.touch()
    with pytest.raises(StoreUnreachable, match="sign in once at one that may write"):
        sqlite_store.credentials()
    with sqlite_store.writing(pins=True) as writing:
        assert writing.credentials() == before
    assert sqlite_store.credentials() == before
    assert not left.exists()


# ── a store of the version that had them in the room's own file ─────────────────────────────────────────────


def write_version_3(url: str, *, secure_delete: bool) -> None:
    """A room of the third version whose people have changed their PINs often, and somebody left."""
    write_version_1(url, ROWS)
    open_store(url).close()
    move(backend_of(url), "0003")
    (file_of(url).parent / "room.sqlite.0001.bak").unlink()
    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as old:
        old.execute(f"PRAGMA secure_delete = {'ON' if secure_delete else 'OFF'}")
        old.execute("PRAGMA journal_mode = TRUNCATE")
        for turn in range(3):
            for number in range(60):
                old.execute(
                    "INSERT OR REPLACE INTO credential VALUES (?, ?, ?, ?)",
                    (
                        f"nurse {number}",
                        f"{HASH}{number}-{turn}" + "x" * 60,
                        turn,
                        "2026-11-23 15:05:00.000000",
                    ),
                )
        old.execute("DELETE FROM credential WHERE person <> 'nurse 7' AND person <> 'nurse 8'")


@pytest.mark.parametrize("secure_delete", [False, True])
def test_opening_an_older_store_moves_them_and_leaves_no_trace_in_it(
    sqlite_url: str, open_room: Callable[[str], Store], secure_delete: bool
) -> None:
    write_version_3(sqlite_url, secure_delete=secure_delete)
    assert "room.sqlite" in holding_a_hash(file_of(sqlite_url).parent)
    store = open_room(sqlite_url)
    assert store.credentials() == [
        Credential(f"nurse {number}", f"{HASH}{number}-2" + "x" * 60, 2, minutes(5)) for number in (7, 8)
    ]
    assert store.problems() == []
    assert holding_a_hash(file_of(sqlite_url).parent) == {"room.sqlite-pins"}
    assert mode(pins_of(sqlite_url)) == 0o600
    assert (file_of(sqlite_url).parent / "room.sqlite.0003.bak").exists()


def test_the_copy_that_is_kept_of_it_can_be_put_back_beside_them(
    sqlite_url: str, open_room: Callable[[str], Store]
) -> None:
    write_version_3(sqlite_url, secure_delete=True)
    before = open_room(sqlite_url).credentials()
    (file_of(sqlite_url).parent / "room.sqlite.0003.bak").replace(file_of(sqlite_url))
    store = open_room(sqlite_url)
    assert store.credentials() == before
    assert store.problems() == []


def test_one_that_cannot_be_brought_up_keeps_its_own(
    sqlite_url: str, open_room: Callable[[str], Store]
) -> None:
    write_version_3(sqlite_url, secure_delete=True)
    with closing(sqlite3.connect(file_of(sqlite_url))) as old:
        old.execute("DROP TRIGGER journal_no_update")
        old.execute("UPDATE journal SET body = '{}' WHERE id = 9")
        old.commit()
    with pytest.raises(StoreRefused, match=r"Nothing was changed"):
        open_store(sqlite_url)
    with closing(sqlite3.connect(file_of(sqlite_url))) as old:
        assert old.execute("SELECT count(*) FROM credential").fetchone() == (2,)
    with closing(sqlite3.connect(pins_of(sqlite_url))) as pins:
        assert pins.execute("SELECT count(*) FROM credential").fetchone() == (0,)


def test_it_can_be_taken_back(sqlite_url: str, open_room: Callable[[str], Store]) -> None:
    write_version_3(sqlite_url, secure_delete=True)
    before = open_room(sqlite_url).credentials()
    move(backend_of(sqlite_url), "0003")
    engine = backend_of(sqlite_url).engine()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM credential")).scalar_one() == 2
    engine.dispose()
    assert holding_a_hash(file_of(sqlite_url).parent) == {"room.sqlite"}
    assert open_room(sqlite_url).credentials() == before
