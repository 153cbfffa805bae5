"""How a question is put to the store: named values, bound as the database wants them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from infusionroom.store.backend import Dialect, Row, Value

Fetch = Callable[[str, Mapping[str, Any]], list[Row]]

# Rows read at a time where a whole table is walked, so that no read lasts long enough to hold up a writer.
PAGE: Final = 2000
_LAST_CHARACTER: Final = "\U0010ffff"


class Asking:
    """Questions over `fetch`, which runs one statement of `dialect` and gives all its rows."""

    def __init__(self, dialect: Dialect, fetch: Fetch) -> None:
        self._dialect = dialect
        self._fetch = fetch

    def _ask(self, text: str, **values: Value) -> list[Row]:
        bound = {name: self._dialect.bind(value) for name, value in values.items()}
        return self._fetch(self._dialect.statement(text), bound)

    def _names(self, text: str, **values: Value) -> list[str]:
        return [str(row[0]) for row in self._ask(text, **values)]


def among(name: str, wanted: Collection[str], values: dict[str, Value]) -> str:
    """The parameters of an `IN (…)`, whose values are added to `values`."""
    names = []
    for number, value in enumerate(dict.fromkeys(wanted)):
        values[f"{name}_{number}"] = value
        names.append(f":{name}_{number}")
    return ", ".join(names)


def begins(column: str, prefix: str, name: str, values: dict[str, Value]) -> str:
    """That a column begins with a prefix, whose bounds are added to `values`.

    A range and no LIKE: it uses the index on both databases, and nothing in a name can be a wildcard.
    """
    values |= {f"{name}_from": prefix, f"{name}_to": prefix + _LAST_CHARACTER}
    return f"{column} >= :{name}_from AND {column} < :{name}_to"
