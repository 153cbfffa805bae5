"""What all tests share: stores to write in, of both kinds."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infusionroom.store import Store, open_store

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looks for garbage seldom, and never among what stays until the end: it took a tenth of the run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000)
        gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the session, and for each worker of it."""
    from tests.postgres import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store's file, to be copied: making one loads Alembic and takes a while."""
    path = tmp_path_factory.mktemp("template") / "room.sqlite"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of an empty store in a file."""
    path = tmp_path / "room.sqlite"
    path.touch(mode=0o600)
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty store on PostgreSQL."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database without tables, for the server's administrator."""
    url = postgres.empty_database()
    yield postgres.administrators_url(url)
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store: each test runs on both databases."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def open_room() -> Iterator[Callable[[str], Store]]:
    """Opens stores and closes them when the test ends, as several terminals would."""
    opened: list[Store] = []

    def opening(url: str) -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield opening
    for store in opened:
        store.close()


@pytest.fixture
def store(store_url: str, open_room: Callable[[str], Store]) -> Store:
    """An empty store, on both databases in turn."""
    return open_room(store_url)


@pytest.fixture
def sqlite_store(sqlite_url: str, open_room: Callable[[str], Store]) -> Store:
    """An empty store in a file."""
    return open_room(sqlite_url)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skipped test is a failed one: CI is where everything it needs is there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("CI skips no test: see the reasons above (-rs).", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
