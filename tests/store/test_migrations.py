"""The migrations make exactly the tables that the program declares, up and down, and put the guards back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from tests.rooms import append

from infusionroom.store import StoreError, closing_store, open_store, schema
from infusionroom.store.address import PostgresAddress, parse_address
from infusionroom.store.backend import Backend
from infusionroom.store.migrate import bring_up, configuration, move
from infusionroom.store.postgres import PostgresBackend
from infusionroom.store.sited import metadata_for
from infusionroom.store.sqlite import SqliteBackend


def backend_of(url: str) -> Backend:
    address = parse_address(url)
    return PostgresBackend(address) if isinstance(address, PostgresAddress) else SqliteBackend(address.path)


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = backend_of(store_url).engine()
    yield engine
    engine.dispose()


def test_the_migrations_make_what_is_declared(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata_for(engine.dialect.name)) == []


def test_down_and_up_again_leaves_nothing_behind_and_nothing_out(engine: Engine, store_url: str) -> None:
    move(backend_of(store_url), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    move(backend_of(store_url), schema.CURRENT)
    with closing_store(open_store(store_url)) as store:
        append(store, "visit:v1", command="c1")
        assert store.problems() == []
    with engine.connect() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection), metadata_for(engine.dialect.name)) == []
        )


def test_the_versions_known_without_alembic_are_alembics(engine: Engine) -> None:
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(configuration(connection))
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(schema.REVISIONS)


def test_a_migration_that_fails_changes_nothing(
    engine: Engine, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    move(backend_of(store_url), "base")
    monkeypatch.setattr("infusionroom.store.schema.SQLITE_GUARDS", {"x": "CREATE NONSENSE"})
    monkeypatch.setattr("infusionroom.store.schema.POSTGRES_GUARDS", {"x": ("NONSENSE", "nothing", 0)})
    with pytest.raises(Exception, match="NONSENSE"):
        move(backend_of(store_url), schema.CURRENT)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_a_migration_that_fails_says_so_without_a_statement(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = backend_of(sqlite_url)
    move(backend, "base")
    monkeypatch.setattr("infusionroom.store.schema.SQLITE_GUARDS", {"x": "CREATE NONSENSE"})
    with pytest.raises(StoreError) as failure:
        bring_up(backend)
    assert "NONSENSE" not in str(failure.value)


def test_two_terminals_that_make_the_store_at_once_make_one(tmp_path: Path) -> None:
    import threading

    url = f"sqlite:///{tmp_path}/room.sqlite"
    together = threading.Barrier(2, timeout=30)
    failures: list[BaseException] = []

    def make() -> None:
        together.wait()
        try:
            open_store(url).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with closing_store(open_store(url)) as store:
        assert store.problems() == []


def test_a_guard_that_a_rebuild_drops_is_put_back(engine: Engine, store_url: str) -> None:
    with engine.begin() as connection:
        for name, on in (("journal_next", ""), ("journal_no_update", "")):
            if connection.dialect.name == "postgresql":
                name, on = {"journal_no_update": "journal_no_change"}.get(name, name), " ON journal"
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
    move(backend_of(store_url), schema.CURRENT)
    with closing_store(open_store(store_url)) as store:
        assert store.guard_problems() == []
