"""A store of the first version is brought up by being opened: backed up, its journal untouched, its rows made anew.

`version_1.jsonl` has every row of a store that the first version wrote: somebody who went home, somebody who is in
chair 3 with the pump paused, somebody who cancelled, and somebody who is still to come.
"""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import inspect, text
from tests.store.test_migrations import backend_of

from infusionroom.domain.evolve import fold
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.record import days_of, record_of
from infusionroom.domain.room import ROOM_STREAM, Room
from infusionroom.domain.visit import stream_of
from infusionroom.store import Store, StoreRefused, open_store, schema
from infusionroom.store.migrate import move

ROWS: Final[list[dict[str, Any]]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "version_1.jsonl").read_text(encoding="utf-8").splitlines()
]
FLAGS: Final = frozenset({"is_open", "experienced", "stopped_early"})
HOME, PAUSED, CANCELLED, TO_COME = (row["visit"] for row in ROWS if row["table"] == "visit")


def write_version_1(url: str, rows: list[dict[str, Any]]) -> None:
    """The tables as the first migration makes them, with these rows."""
    backend = backend_of(url)
    move(backend, "base")
    move(backend, "0001")
    engine = backend.engine()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM head"))
        for row in rows:
            values = {name: bool(value) if name in FLAGS else value for name, value in row.items()}
            table = values.pop("table")
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
    engine.dispose()


@pytest.fixture
def version_1(store_url: str) -> str:
    """The address of a store that the first version wrote."""
    write_version_1(store_url, ROWS)
    return store_url


def test_opening_it_is_all_that_is_needed(version_1: str, open_room: Callable[[str], Store]) -> None:
    store = open_room(version_1)
    clinic = evolve(Room(), store.entries(streams=[ROOM_STREAM])).clinic
    assert clinic is not None
    visits = [fold(store.entries(streams=[stream_of(name)])) for name in (HOME, PAUSED, CANCELLED, TO_COME)]
    assert {r.visit: r for r in store.records()} == {v.id: record_of(v, clinic) for v in visits}
    for visit in visits:
        assert all(visit.id in store.visits_on(day) for day in days_of(visit, clinic))
    assert store.seats() == {3: PAUSED}
    assert store.problems() == []


def test_what_the_new_columns_say_was_in_the_journal_all_along(
    version_1: str, open_room: Callable[[str], Store]
) -> None:
    rows = {record.visit: record for record in open_room(version_1).records()}
    home = rows[HOME]
    assert (home.pain_before, home.pain_after, home.ordered_mg_h, home.planned_min) == (7, 2, "25", 360)
    assert (home.course_day, home.course_of, home.oral_prescribed_by) == (2, 5, "Dr Osei")
    assert (home.patient_id, home.course) == ("", "")
    assert [name for name, record in rows.items() if record.off] == [CANCELLED]


def test_its_journal_stays_as_it_was_written(version_1: str, open_room: Callable[[str], Store]) -> None:
    store = open_room(version_1)
    journal = [row for row in ROWS if row["table"] == "journal"]
    assert [row.hash for row in store.raw_entries()] == [row["hash"] for row in journal]
    assert store.head() == (journal[-1]["id"], journal[-1]["hash"])
    assert store.guard_problems() == []


def test_a_copy_of_it_is_kept_for_its_owner(
    sqlite_url: str, tmp_path: Path, open_room: Callable[[str], Store]
) -> None:
    write_version_1(sqlite_url, ROWS)
    open_room(sqlite_url)
    open_room(sqlite_url)
    (backup,) = tmp_path.glob("*.bak*")
    assert backup.name == "room.sqlite.0001.bak"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with sqlite3.connect(backup) as kept:
        assert kept.execute("SELECT count(*) FROM visit").fetchone() == (4,)
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    kept.close()


def test_one_whose_journal_cannot_be_read_is_refused_and_left_as_it_was(store_url: str) -> None:
    rows = [row | {"body": "{}"} if row.get("id") == 9 and row["table"] == "journal" else row for row in ROWS]
    write_version_1(store_url, rows)
    with pytest.raises(StoreRefused, match=r"earlier version.*Entry 9 cannot be read.*Nothing was changed"):
        open_store(store_url)
    backend = backend_of(store_url)
    assert backend.revision() == "0001"
    engine = backend.engine()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM visit")).scalar_one() == 4
        assert not inspect(connection).has_table("patient")
    engine.dispose()


def test_two_terminals_that_open_it_at_once_bring_it_up_once(
    version_1: str, open_room: Callable[[str], Store]
) -> None:
    together = threading.Barrier(2, timeout=30)
    failures: list[BaseException] = []

    def opens() -> None:
        together.wait()
        try:
            open_store(version_1).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=opens) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(open_room(version_1).records()) == 4


def test_it_can_be_taken_back_and_brought_up_again(version_1: str, open_room: Callable[[str], Store]) -> None:
    open_store(version_1).close()
    move(backend_of(version_1), "0001")
    engine = backend_of(version_1).engine()
    columns = {column["name"] for column in inspect(engine).get_columns("visit")}
    assert columns == next(set(row) - {"table"} for row in ROWS if row["table"] == "visit")
    assert not {"patient", "patient_word", "course"} & set(inspect(engine).get_table_names())
    engine.dispose()
    assert schema.needs_migration("0001")
    assert len(open_room(version_1).records()) == 4
