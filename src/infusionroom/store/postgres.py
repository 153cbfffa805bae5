"""The store of a clinic that outgrew one machine: PostgreSQL by psycopg 3."""

from __future__ import annotations

import re
import select
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from infusionroom.store.address import PostgresAddress
from infusionroom.store.backend import Connection, Row, Value
from infusionroom.store.errors import (
    JournalRefused,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreRefused,
    StoreUnreachable,
    opened_to_read,
)
from infusionroom.store.postgres_line import Line, Silent
from infusionroom.store.schema import POSTGRES_FUNCTIONS, POSTGRES_GUARDS, missing_guards
from infusionroom.store.sites import (
    FUNCTION,
    FUNCTION_QUESTION,
    GUARDED_QUESTION,
    STANDING_QUESTION,
    WRITERS_QUESTION,
    separation_problems,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from infusionroom.store.postgres_feed import PostgresFeed
    from infusionroom.store.standing import Standing

_PARAMETER: Final = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
# Compiling a question takes longer than any of ours takes to be answered.
_READING: Final = "-c default_transaction_read_only=on -c timezone=UTC -c statement_timeout=60s -c jit=off"
# A terminal that hangs in mid-transaction must not hold the journal's head for ever.
_WRITING: Final = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s -c timezone=UTC -c jit=off"
# The server closes what nobody asks for a minute: a terminal at rest keeps its feed's connection alone, in a room at
# work nobody waits for a new one, and where all connections are taken nobody waits longer than that for one.
_WHILE_ASKED: Final = "-c idle_session_timeout=60s"
_LISTENING: Final = "-c idle_session_timeout=0"
# A terminal whose network or machine died is noticed by the server too: it leaves no session and no lock behind.
_NOTICED: Final = (
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=30s"
)
_ALIVE: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}

# SQLSTATE, or its first two characters, → what it means for a terminal.
_BUSY: Final = frozenset({"55P03", "57014", "40001", "40P01", "25P03"})
_MEANING: Final[dict[str, type[StoreError]]] = {
    "53100": StoreFull,
    "25006": StoreReadOnly,
    "42501": StoreReadOnly,
    "28": StoreRefused,
    "3D": StoreRefused,
    "08": StoreUnreachable,
    "57": StoreUnreachable,
    "53": StoreUnreachable,
    "XX": StoreDamaged,
    "23": JournalRefused,
}
_SENTENCE: Final[dict[type[StoreError], str]] = {
    StoreFull: "The disk of the store {} is full: nothing was written.",
    StoreReadOnly: "This terminal may not write the store {}, or not read this of it.",
    StoreRefused: "The server refuses this user or knows no such database: {}.",
    StoreUnreachable: "The store {} cannot be reached: the server is away, has no connection left, or refuses this "
    "user or database.",
    StoreDamaged: "The database {} says that it is damaged.",
    JournalRefused: "The store {} refused what was to be written; nothing was written.",
}


class PostgresBackend:
    """A store on a PostgreSQL server."""

    name = "postgresql"
    begin = "BEGIN"
    keeps_writing = True
    errors: tuple[type[BaseException], ...] = (psycopg.Error,)

    def __init__(self, address: PostgresAddress, *, read_only: bool = False, role: str = "") -> None:
        """`role` acts in place of the user who logs in, whose right to it the server checks."""
        self.display = address.display
        self.read_only = read_only
        try:
            self._options: dict[str, Any] = _ALIVE | conninfo_to_dict(address.conninfo)
        except psycopg.Error:
            raise StoreRefused(f"This is not the address of a PostgreSQL database: {self.display}.") from None
        if role:
            escaped = "".join(f"\\{c}" if c in " \\" else c for c in role)
            self._options["options"] = f"{self._options.get('options', '')} -c role={escaped}".strip()

    # ── how PostgreSQL says things ──────────────────────────────────────────────────────────────────────────

    def statement(self, text: str) -> str:
        return _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%"))

    def bind(self, value: Value) -> Any:
        return value

    def instant(self, stored: Any) -> datetime | None:
        return None if stored is None else stored.astimezone(UTC)

    def day(self, stored: Any) -> date | None:
        return None if stored is None else date.fromisoformat(stored.isoformat())

    def explain(self, error: BaseException) -> StoreError:
        state = str(getattr(error, "sqlstate", None) or "")
        if state in _BUSY:
            return StoreBusy("Another terminal is writing and does not finish: try again.")
        if isinstance(error, Silent):
            return StoreUnreachable(
                f"The store {self.display} does not answer: its server or the network stands still."
            )
        kind = _MEANING.get(state) or _MEANING.get(state[:2])
        if kind is None and (
            not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        ):
            kind = StoreUnreachable
        if kind is None:
            return StoreError(f"The store {self.display} failed ({state or type(error).__name__}).")
        return kind(_SENTENCE[kind].format(self.display))

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def with_pins(self) -> PostgresBackend:
        """They are in a table that a viewer's role may not read."""
        return self

    def connect(self) -> Line:
        return self._open(f"{_READING} {_WHILE_ASKED}", autocommit=True)

    def connect_to_listen(self) -> Line:
        """A connection that can only read, and that may lie idle."""
        return self._open(f"{_READING} {_LISTENING}", autocommit=True)

    def _open(self, settings: str, *, autocommit: bool) -> Line:
        line = self._dial(settings, autocommit=autocommit)
        line.at_work = self._at_work
        return line

    def _dial(self, settings: str, *, autocommit: bool) -> Line:
        chosen = f"{self._options.get('options', '')} {_NOTICED} {settings}".strip()
        try:
            return Line.connect(
                **(self._options | {"options": chosen, "application_name": "infusionroom"}),
                autocommit=autocommit,
            )
        except psycopg.Error as error:
            raise self.explain(error) from None

    def _at_work(self, process: int) -> bool:
        """Whether a process of the server, as another line tells, has not answered yet."""
        try:
            with closing(self._dial(_READING, autocommit=True)) as line:
                asked = "SELECT state FROM pg_stat_activity WHERE pid = %(process)s"
                rows = self.fetch(line, asked, {"process": process})
        except (psycopg.Error, StoreError):
            return False
        return bool(rows) and not str(rows[0][0]).startswith("idle")

    def usable(self, connection: Connection) -> bool:
        assert isinstance(connection, psycopg.Connection)
        if connection.closed or connection.broken:
            return False
        # Nothing is due on an idle line: what stands there is the server's farewell.
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
        return not readable

    def fetch(self, connection: Connection, statement: str, values: Mapping[str, Any]) -> list[Row]:
        assert isinstance(connection, psycopg.Connection)
        try:
            return list(connection.execute(statement, values).fetchall())
        except Silent as silent:
            # Not to be asked again on a new line: that one would wait as long.
            raise self.explain(silent) from None

    def recovered(self, error: BaseException, connection: Connection) -> bool:
        """A connection that died while it lay idle is no reason to fail: one more try on a new one."""
        return not self.usable(connection)

    def revision(self) -> str | None:
        with closing(self.connect()) as connection:
            try:
                if self.fetch(connection, "SELECT to_regclass('alembic_version')", {})[0][0] is None:
                    if self.fetch(connection, "SELECT to_regclass('journal')", {})[0][0] is not None:
                        raise StoreRefused(
                            f"{self.display} holds another program's tables: name another database."
                        )
                    return None
                rows = self.fetch(connection, "SELECT version_num FROM alembic_version", {})
            except psycopg.Error as error:
                raise self.explain(error) from None
        return str(rows[0][0]) if rows else None

    def guard_problems(self, connection: Connection) -> list[str]:
        present = {
            str(name): f"{function} {kind} {enabled}"
            for name, function, kind, enabled in self.fetch(
                connection,
                "SELECT t.tgname, p.proname, t.tgtype, t.tgenabled"
                " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE t.tgrelid = to_regclass('journal') AND NOT t.tgisinternal",
                {},
            )
        }
        wanted = {name: f"{function} {kind} O" for name, (_, function, kind) in POSTGRES_GUARDS.items()}
        bodies = {
            str(name): str(body)
            for name, body in self.fetch(
                connection,
                "SELECT DISTINCT p.proname, CASE WHEN array_to_string(p.proconfig, ';') = 'search_path=pg_catalog, '"
                " || quote_ident(current_schema()) || ', pg_temp' THEN p.prosrc ELSE '' END"
                " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE t.tgrelid = to_regclass('journal') AND NOT t.tgisinternal",
                {},
            )
        }
        problems = missing_guards(present | bodies, wanted | POSTGRES_FUNCTIONS)
        guarded = {
            str(name): (bool(on), int(count), bool(ours))
            for name, on, count, ours in self.fetch(connection, GUARDED_QUESTION, {})
        }
        function = next(iter(self.fetch(connection, FUNCTION_QUESTION, {})), None)
        return problems + separation_problems(guarded, None if function is None else tuple(function))

    def refuse_other_rooms(self, connection: Connection, *, strict: bool) -> None:
        """As in `Backend`: of several rooms in one database this user must see one, and one alone."""
        ((site, own, others),) = self.fetch(
            connection,
            f"SELECT {FUNCTION}(), count(*) FILTER (WHERE site = {FUNCTION}()),"  # noqa: S608
            f" count(*) FILTER (WHERE site <> {FUNCTION}()) FROM head",
            {},
        )
        if site is None:
            raise StoreRefused(
                f"The user of {self.display} belongs to several rooms: use a user of the one that is meant."
            )
        if others:
            raise StoreRefused(
                f"The user of {self.display} stands above the rule that keeps rooms apart and would see them all: "
                "use the address of the room's writer or reader, which “infusionroom store init” prints."
            )
        if strict and not own:
            raise StoreRefused(
                f"No room in {self.display} is this user's: use the address of the room's writer or reader, which "
                "“infusionroom store init” prints."
            )

    def standing(self, connection: Connection) -> Standing:
        from infusionroom.store.postgres_feed import LOOK_S
        from infusionroom.store.standing import Standing

        ((revision, site, size, version, may_write),) = self.fetch(connection, STANDING_QUESTION, {})
        return Standing(
            kind="postgresql",
            where=self.display,
            site=str(site),
            schema=str(revision),
            size_bytes=int(size),
            writers=tuple(f"role {row[0]}" for row in self.fetch(connection, WRITERS_QUESTION, {})),
            may_write=bool(may_write),
            feed=f"LISTEN, and a look every {LOOK_S:.0f} s",
            database=f"PostgreSQL {version}",
        )

    def place(self, connection: Connection) -> tuple[object, ...]:
        asked = (
            f"SELECT pg_postmaster_start_time(), oid, {FUNCTION}()"  # noqa: S608
            " FROM pg_database WHERE datname = current_database()"
        )
        return tuple(self.fetch(connection, asked, {})[0])

    def own_problems(self, connection: Connection) -> list[str]:
        rows = self.fetch(
            connection,
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace",
            {},
        )
        problems = [f"PostgreSQL says that the index {row[0]} is not valid." for row in rows]
        if self.fetch(connection, "SHOW fsync", {})[0][0] != "on":
            problems.append("The server runs with fsync off: a power cut can lose acknowledged entries.")
        return problems

    def feed(self) -> PostgresFeed:
        from infusionroom.store.postgres_feed import PostgresFeed

        return PostgresFeed(self)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────

    def turn(self) -> AbstractContextManager[None]:
        """No turn is needed: writers queue at the journal's head row."""
        if self.read_only:
            raise opened_to_read(self.display)
        return nullcontext()

    def create(self) -> None:
        """The database itself is made by whoever runs the server."""

    def connect_as_administrator(self) -> psycopg.Connection[Any]:
        """A connection on which nothing is set: for whoever makes roles and rights, statement by statement."""
        return self._open("", autocommit=True)

    def connect_to_write(self) -> psycopg.Connection[Any]:
        return self._open_to_write(autocommit=True)

    def _open_to_write(self, *, autocommit: bool) -> psycopg.Connection[Any]:
        if self.read_only:
            raise opened_to_read(self.display)
        return self._open(f"{_WRITING} {_WHILE_ASKED}", autocommit=autocommit)

    def engine(self) -> Engine:
        if self.read_only:
            raise opened_to_read(self.display)
        from infusionroom.store.engine import postgres_engine

        return postgres_engine(lambda: self._open_to_write(autocommit=False))

    def write_anew(self) -> None:
        """What the server keeps is nobody's to read but its own."""

    def back_up(self, revision: str) -> str:
        """Nothing to copy here: the migration is one transaction, and backups are the server's."""
        return ""
