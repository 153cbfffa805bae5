"""Where a store is: the two kinds of address, and how each is shown without its password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

from infusionroom.store.errors import StoreRefused

_SECRETS = frozenset({"password", "passfile", "sslpassword", "sslkey"})


class SqliteAddress(msgspec.Struct, frozen=True):
    """A file on this machine."""

    path: Path

    @property
    def display(self) -> str:
        return str(self.path)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"


class PostgresAddress(msgspec.Struct, frozen=True):
    """A database on a PostgreSQL server, as a libpq address."""

    conninfo: str

    @property
    def display(self) -> str:
        parts = urlsplit(self.conninfo)
        user = f"{quote(parts.username)}@" if parts.username else ""
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in _SECRETS]
        query = urlencode(kept, safe="/")
        return urlunsplit(("postgresql", f"{user}{host}{port}", parts.path, query, ""))

    @property
    def url(self) -> str:
        return self.conninfo.replace("postgresql://", "postgresql+psycopg://", 1)


Address = SqliteAddress | PostgresAddress

_HOW = "write sqlite:///PATH for a file or postgresql+psycopg://USER@HOST/NAME for a server"


def parse_address(url: str) -> Address:
    """`sqlite:///relative`, `sqlite:////absolute`, `postgresql+psycopg://…` → the address.

    Raises `StoreRefused` for anything else, an in-memory database included: a room must not forget.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise StoreRefused(f"This is not the address of a store: {_HOW}.")
    if scheme == "sqlite":
        name = rest.removeprefix("/")
        if not rest.startswith("/") or not name or ":memory:" in name or "\x00" in name:
            raise StoreRefused(f"A store is kept in a file: {_HOW}.")
        return SqliteAddress(Path(name).absolute())
    if scheme in {"postgresql", "postgresql+psycopg", "postgres"}:
        try:
            urlsplit(f"postgresql://{rest}").port  # noqa: B018 - a port that is no number raises here
        except ValueError:
            raise StoreRefused(f"This is not the address of a store: {_HOW}.") from None
        return PostgresAddress(f"postgresql://{rest}")
    raise StoreRefused(f"Stores of the kind “{scheme}” are not supported: {_HOW}.")
