"""Twenty terminals live one day on one room while terminals, network and database are killed, cut and stopped.

What was acknowledged is in the journal once, what was refused is not; nobody shares a chair; all boards are equal.
"""

from __future__ import annotations

import contextlib
import fcntl
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import psycopg
import pytest
from tests.e2e.stress_day import Day, Evening, Told, Watching
from tests.e2e.stress_terminals import TERMINALS, digest
from tests.e2e.stress_troubles import (
    Trouble,
    falls,
    falls_silent,
    is_cut,
    kill,
    loses_an_answer,
    stop_for_a_while,
    stop_while_it_writes,
)
from tests.network import network_to
from tests.postgres import PostgresServer, running_postgres

from infusionroom.bootstrap import open_room
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Phase
from infusionroom.services.check import check_store, rebuild
from infusionroom.services.room import RoomService

pytestmark = pytest.mark.stress

ACTS_BETWEEN: Final = 8


def _live(day: Day, troubles: Sequence[Trouble]) -> None:
    """The whole day, disturbed every few acts."""
    for trouble in day.chance.sample(troubles, len(troubles)):
        day.hear_acts(ACTS_BETWEEN)
        trouble(day)
    day.ends()
    counts = {word: day.told.counts[word] for word in ("done", "again", "conflict", "refused", "away")}
    print(f"{day.elapsed_s:.1f} s, {len(troubles)} troubles, {counts}")


def _nobody_shares_a_chair(entries: list[Entry]) -> Room:
    room = Room()
    for entry in entries:
        room = evolve(room, [entry])
        taken = Counter(v.chair for v in room.visits.values() if v.here and v.chair is not None)
        assert all(count == 1 for count in taken.values()), f"after entry {entry.id}: {taken}"
    return room


def _holds_together(evening: Evening, told: Told, watching: RoomService) -> None:
    """The journal, the terminals' word and every board say the same."""
    fresh = open_room(evening.url, create=False)
    with contextlib.closing(fresh):
        entries = list(fresh.store.entries())
        by_command: dict[str, list[str]] = {}
        for entry in entries:
            by_command.setdefault(entry.command, []).append(str(entry.id))
        assert {command: by_command.get(command) for command in told.done} == told.done
        assert not told.not_done & by_command.keys(), "what was refused is not written"
        by_terminals = {e.command for e in entries if e.actor.startswith("nurse")}
        assert by_terminals <= told.tried, "nothing is written that nobody gave"
        assert by_terminals == told.done.keys(), "in the end everything was answered"
        assert {e.terminal for e in entries if e.actor == "nurse07"} == {"terminal 7"}
        room = _nobody_shares_a_chair(entries)
        assert {v.phase for v in room.visits.values()} == {Phase.LEFT}, "the day was lived to its end"
        watching.refresh()
        shown = digest(fresh, evening.now)
        assert digest(watching, evening.now) == shown
        assert told.boards == {str(n): shown for n in range(1, TERMINALS + 1)}
        assert check_store(fresh.store).problems == ()
        assert fresh.store.seats() == {}
        rebuild(fresh.store)
    again = open_room(evening.url, create=False)
    with contextlib.closing(again):
        assert digest(again, evening.now) == shown


def test_a_day_of_twenty_terminals_on_a_file(sqlite_url: str, tmp_path: Path) -> None:
    evening = Evening(sqlite_url)
    watching = Watching(sqlite_url)
    watching.start()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with Day(evening, tmp_path, lambda: _locks_of(path)) as day:
        _live(day, [*[kill] * 8, *[stop_for_a_while] * 3, stop_while_it_writes])
    watching.end()
    _holds_together(evening, day.told, watching.room)
    watching.room.close()
    assert day.told.counts["killed"] == 8
    assert day.told.counts["conflict"] > 0, "nobody was in anybody's way: the test proves too little"
    assert watching.looked > 0
    with path.with_name(path.name + ".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    journal = path.with_name(path.name + "-journal")
    assert not journal.exists() or journal.stat().st_size == 0


def _locks_of(store: Path) -> str:
    """Who holds and who waits for the store's files, in the kernel's words."""
    files = {file.stat().st_ino: file.name for file in store.parent.glob(f"{store.name}*")}
    return "\n".join(
        f"{line} {name}"
        for line in Path("/proc/locks").read_text().splitlines()
        for inode, name in files.items()
        if f":{inode} " in line
    )


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that may be taken down: nobody else's test is on it."""
    with running_postgres() as server:
        yield server


def test_a_day_of_twenty_terminals_on_a_server_that_falls(own_server: PostgresServer, tmp_path: Path) -> None:
    database = own_server.database().split("/")[3].split("?")[0]
    with network_to(own_server.folder / ".s.PGSQL.5432") as network:
        evening = Evening(f"postgresql+psycopg://room@127.0.0.1:{network.port}/{database}")
        watching = Watching(evening.url)
        watching.start()
        with Day(evening, tmp_path, lambda: _sessions_of(own_server)) as day:
            _live(
                day,
                [
                    *[kill] * 6,
                    *[stop_for_a_while] * 2,
                    stop_while_it_writes,
                    *[is_cut(network)] * 3,
                    *[loses_an_answer(network)] * 3,
                    falls_silent(network, for_new=True),
                    falls_silent(network, for_new=False),
                    falls(own_server, "fast"),
                    falls(own_server, "immediate"),
                ],
            )
        watching.end()
        _holds_together(evening, day.told, watching.room)
        watching.room.close()
    # Six by themselves, one in the silence, one at each fall.
    assert day.told.counts["killed"] == 9
    assert day.told.counts["conflict"] > 0
    assert watching.looked > 0
    _leaves_nothing(own_server, database)


def _sessions_of(server: PostgresServer) -> str:
    """What each of the server's sessions does and waits for."""
    try:
        with psycopg.connect(host=str(server.folder), user="postgres", connect_timeout=5) as connection:
            rows = connection.execute(
                "SELECT pid, pg_blocking_pids(pid), state, wait_event_type, wait_event, left(query, 40)"
                " FROM pg_stat_activity WHERE backend_type = 'client backend'"
            ).fetchall()
    except psycopg.Error as error:
        return str(error)
    return "\n".join(" ".join(map(str, row)) for row in rows)


def _leaves_nothing(server: PostgresServer, database: str) -> None:
    """No session and no lock is left; a server hears of a closed connection a moment later."""
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    locks = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = %s"
    moment = threading.Event()
    with psycopg.connect(
        host=str(server.folder), user="room", dbname="postgres", autocommit=True
    ) as connection:
        for _ in range(100):
            left = [connection.execute(asked, (database,)).fetchone() for asked in (sessions, locks)]
            if left == [(0,), (0,)]:
                return
            moment.wait(0.1)
    pytest.fail(f"sessions and locks that are left: {left}")
