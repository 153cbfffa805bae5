"""Turning SQLAlchemy's and the drivers' errors into the store's: without statement and values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from infusionroom.store.backend import Dialect
from infusionroom.store.errors import StoreError


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
