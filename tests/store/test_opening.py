"""Opening a store: what is made where none is, what is refused and in which words."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.postgres import PostgresServer
from tests.rooms import append

from infusionroom.store import (
    StoreNewer,
    StoreReadOnly,
    StoreRefused,
    StoreUnreachable,
    closing_store,
    open_store,
)
from infusionroom.store.address import PostgresAddress, SqliteAddress, parse_address
from infusionroom.store.filesystem import NETWORK_KINDS, read_mounts, refuse_network_disk


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_store_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "clinic" / "room.sqlite"
    before = os.umask(0)
    try:
        with closing_store(open_store(f"sqlite:///{path}")) as store:
            append(store, "visit:v1", command="c1")
            assert mode(path.parent) == 0o700
            assert {each.name: mode(each) for each in path.parent.iterdir()} == {
                "room.sqlite": 0o600,
                "room.sqlite-journal": 0o600,
                "room.sqlite-pins": 0o600,
                "room.sqlite-pins-journal": 0o600,
                "room.sqlite.lock": 0o600,
            }
            copy = Path(store.copy_to(tmp_path / "copy.sqlite"))
            assert mode(copy) == 0o600
    finally:
        os.umask(before)


def test_a_store_shared_by_a_group_stays_so_and_loses_its_strangers(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.chmod(0o664)
    with closing_store(open_store(sqlite_url)) as store:
        append(store, "visit:v1", command="c1")
        assert mode(path) == 0o660
        assert mode(path.with_name("room.sqlite.lock")) == 0o660
        path.chmod(0o664)
        assert store.problems() == [
            f"Everybody on this machine can read {path}: take that right away (chmod o=)."
        ]


def test_a_copy_is_a_whole_store(sqlite_url: str, tmp_path: Path) -> None:
    with closing_store(open_store(sqlite_url)) as store:
        entries = append(store, "visit:v1", command="c1")
        store.copy_to(tmp_path / "copy.sqlite")
        with pytest.raises(StoreRefused, match="is there already"):
            store.copy_to(tmp_path / "copy.sqlite")
    with closing_store(open_store(f"sqlite:///{tmp_path}/copy.sqlite")) as copy:
        assert copy.entries() == entries
        assert copy.problems() == []


def test_no_store_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="There is no store at"):
        open_store(f"sqlite:///{tmp_path}/room.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "room.sqlite").touch(mode=0o600)
    with closing_store(open_store(f"sqlite:///{tmp_path}/room.sqlite")) as store:
        assert store.problems() == []


@pytest.mark.parametrize("content", [b"This is a letter.\n" * 99, b"\x00" * 4096, b"SQLite"])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    with pytest.raises(StoreRefused, match="is not a store of infusionroom"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE songs (title)")
    with pytest.raises(StoreRefused, match="another program's database"):
        open_store(f"sqlite:///{tmp_path}/other.sqlite")


def test_another_programs_tables_on_the_server_are_refused(postgres: PostgresServer) -> None:
    import psycopg

    url = postgres.empty_database()
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE journal (title text)")
    with pytest.raises(StoreRefused, match="another program's tables"):
        open_store(url)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="not a file"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_path_longer_than_any_disk_takes_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="too long"):
        open_store(f"sqlite:///{tmp_path}/{'n' * 300}.sqlite")


def test_a_place_where_nothing_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreReadOnly, match="No store can be made at"):
        open_store(f"sqlite:///{tmp_path}/file/room.sqlite")


def test_a_store_of_a_newer_version_is_refused_and_left_alone(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    content = path.read_bytes()
    with pytest.raises(StoreNewer, match=r"newer version of infusionroom .*update the program"):
        open_store(sqlite_url)
    assert path.read_bytes() == content


def test_a_database_of_a_newer_version_is_refused(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreNewer, match="newer version"):
        open_store(postgres_url)


# ── network disks ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [*sorted(NETWORK_KINDS), "fuse.sshfs", "fuse.glusterfs"])
def test_a_network_disk_is_refused_by_name(kind: str) -> None:
    mounts = [("/", "ext4"), ("/srv", kind)]
    with pytest.raises(StoreRefused, match=rf"network file system \({kind}\)"):
        refuse_network_disk(Path("/srv/clinic/room.sqlite"), lambda: mounts)
    refuse_network_disk(Path("/srvclinic/room.sqlite"), lambda: mounts)


def test_a_local_disk_below_a_network_disk_is_taken() -> None:
    refuse_network_disk(
        Path("/srv/local/room.sqlite"), lambda: [("/srv/local", "xfs"), ("/srv", "nfs4"), ("/", "ext4")]
    )


def test_of_two_disks_at_one_place_the_later_counts() -> None:
    with pytest.raises(StoreRefused):
        refuse_network_disk(Path("/srv/room.sqlite"), lambda: [("/srv", "ext4"), ("/srv", "cifs")])


def test_a_link_to_a_network_disk_is_followed(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "share")
    with pytest.raises(StoreRefused):
        refuse_network_disk(
            tmp_path / "here" / "room.sqlite", lambda: [("/", "ext4"), (f"{tmp_path}/share", "nfs")]
        )


def test_opening_asks_which_disk_it_is(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="network file system"):
        open_store(f"sqlite:///{tmp_path}/room.sqlite", mounts=lambda: [(str(tmp_path), "smb3")])
    assert list(tmp_path.iterdir()) == []


def test_the_machines_own_mounts_are_read() -> None:
    assert "/" in {point for point, _ in read_mounts()}


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────


def test_addresses_of_files_and_servers_are_read() -> None:
    assert parse_address("sqlite:////srv/a%20b.sqlite") == SqliteAddress(Path("/srv/a%20b.sqlite"))
    assert parse_address("sqlite:///room.sqlite") == SqliteAddress(Path.cwd() / "room.sqlite")
    assert parse_address("postgresql+psycopg://vega@db/room") == PostgresAddress("postgresql://vega@db/room")


@pytest.mark.parametrize(
    "url",
    ["", "room.sqlite", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://x/y", "postgresql://h:x/y"],
)
def test_other_addresses_are_refused_with_how_to_write_one(url: str) -> None:
    with pytest.raises(StoreRefused, match="sqlite:///PATH"):
        open_store(url)


def test_a_password_is_never_shown() -> None:
    shown = parse_address(
        "postgresql+psycopg://vega:hush@[::1]:5433/room?sslmode=require&password=hush"
    ).display
    assert shown == "postgresql://vega@[::1]:5433/room?sslmode=require"


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="cannot be reached") as failure:
        open_store(f"postgresql+psycopg://vega:hush@/room?host={tmp_path}")
    assert "hush" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_an_unknown_database_is_said(postgres: PostgresServer) -> None:
    with pytest.raises(StoreUnreachable, match="or refuses this user or database"):
        open_store(postgres.url("nowhere"))


# ── what is loaded ──────────────────────────────────────────────────────────────────────────────────────────

_READS = """
import sys
import infusionroom.store as s
store = s.open_store(sys.argv[1])
feed = store.feed()
store.entries(), store.open_visits(), store.seats(), store.find_visits("a"), store.head(), feed.wait(0)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_reading_a_file_loads_none_of_the_heavy_libraries(sqlite_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _READS, sqlite_url], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "sqlite3" in loaded
    assert (
        loaded & {"sqlalchemy", "sqlmodel", "alembic", "psycopg", "pydantic", "asyncio", "textual"} == set()
    )


def test_reading_a_server_loads_its_driver_alone(postgres_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _READS, postgres_url], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "psycopg" in loaded
    assert loaded & {"sqlalchemy", "sqlmodel", "alembic", "pydantic", "textual"} == set()


_WRITES = """
import sys
import infusionroom.store as s
store = s.open_store(sys.argv[1])
with store.writing() as writing:
    writing.set_seats({})
    writing.clear_projections()
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_writing_loads_nothing_more_than_the_driver(store_url: str) -> None:
    """What a terminal loads it keeps all day, and over SSH each writes at once that somebody has come."""
    done = subprocess.run(
        [sys.executable, "-c", _WRITES, store_url], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & {"sqlalchemy", "sqlmodel", "alembic", "pydantic", "textual"} == set()
