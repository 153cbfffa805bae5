"""The SQLAlchemy engines that make the tables and bring them up, and what their errors mean.

Whatever else is read or written goes by plain connections (`reader`, `writer`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from infusionroom.store.backend import Dialect
from infusionroom.store.errors import StoreError, explained


def sqlite_engine(connect: Callable[[], Any], begin: str) -> Engine:
    """On a file, each of whose transactions begins with the statement `begin`."""
    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin_by_hand(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def postgres_engine(connect: Callable[[], Any]) -> Engine:
    """On a server."""
    return create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)


@contextmanager
def engine_explained(dialect: Dialect) -> Iterator[None]:
    """As `explained`, of what the engine raises in the driver's place too."""
    try:
        with explained(dialect):
            yield
    except DBAPIError as error:
        raise dialect.explain(error.orig or error) from None
    except SQLAlchemyError as error:
        raise StoreError(f"The store failed ({type(error).__name__}); nothing was written.") from None
