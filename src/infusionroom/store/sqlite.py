"""The default store: one SQLite file through the standard library's driver, read here and written by turns.

Rollback journal and FULL: in replayed power cuts nothing else lost nothing. Not WAL: up to 3.51.2 it can lose
acknowledged commits when a writer meets a checkpointer.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from infusionroom.store import filesystem
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
from infusionroom.store.pins_file import attach_to_read, attach_to_write, pins_beside
from infusionroom.store.queue import writers_turn
from infusionroom.store.schema import APPLICATION_ID, SQLITE_GUARDS, missing_guards

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from infusionroom.store.sqlite_feed import SqliteFeed
    from infusionroom.store.standing import Standing

BUSY_S: Final = 10.0


class FileConnection(sqlite3.Connection):
    """A connection that remembers which file it opened."""

    opened: filesystem.Identity = (0, 0)


class SqliteBackend:
    """A store in a file. `mounts` tells the machine's file systems, `busy_s` how long to wait for another.

    One that is `read_only` opens the file for reading alone, never repairs it and takes no right from anybody.
    """

    name = "sqlite"
    # IMMEDIATE always: the driver's own begin lost 698 of 800 concurrent updates without an error.
    begin = "BEGIN IMMEDIATE"
    keeps_writing = False
    # SQLite quotes a damaged schema in its message, and the driver then fails on the message.
    errors: tuple[type[BaseException], ...] = (sqlite3.Error, UnicodeDecodeError)

    def __init__(
        self,
        path: Path,
        *,
        busy_s: float = BUSY_S,
        read_only: bool = False,
        mounts: Callable[[], filesystem.Mounts] = filesystem.read_mounts,
    ) -> None:
        self.path = path
        self.display = str(path)
        self.read_only = read_only
        self._busy_s = busy_s
        self._reaches_pins = False
        filesystem.refuse_network_disk(path, mounts)

    def with_pins(self) -> SqliteBackend:
        """As in `Backend`: they are in a file of their own, which most connections have no need of."""
        other = copy.copy(self)
        other._reaches_pins = True
        return other

    # ── how SQLite says things ──────────────────────────────────────────────────────────────────────────────

    def statement(self, text: str) -> str:
        return text

    def bind(self, value: Value) -> Any:
        """Instants as the declared tables have them on SQLite: naive UTC text."""
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        if isinstance(value, date):
            return value.isoformat()
        return value

    def instant(self, stored: Any) -> datetime | None:
        return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)

    def day(self, stored: Any) -> date | None:
        return None if stored is None else date.fromisoformat(stored)

    def explain(self, error: BaseException) -> StoreError:
        if isinstance(error, UnicodeDecodeError):
            return StoreDamaged(f"The file {self.display} is damaged (its text cannot be read).")
        code = str(getattr(error, "sqlite_errorname", ""))
        match code.removeprefix("SQLITE_").split("_")[0]:
            case "BUSY" | "LOCKED":
                return StoreBusy("Another terminal is writing and does not finish: try again.")
            case "FULL":
                return StoreFull(
                    f"The disk that holds the store {self.display} is full: nothing was written."
                )
            case "READONLY" | "PERM" | "AUTH":
                return StoreReadOnly(f"This terminal may not write the store {self.display}.")
            case "CANTOPEN" | "IOERR" | "PROTOCOL":
                return StoreUnreachable(
                    f"The store {self.display} cannot be read or written on its disk ({code})."
                )
            case "CORRUPT" | "NOTADB":
                return StoreDamaged(f"The file {self.display} is damaged or not a store ({code}).")
            case "CONSTRAINT":
                return JournalRefused(
                    f"The store refused what was to be written ({code}); nothing was written."
                )
            case _:
                return StoreError(f"The store {self.display} failed ({code or type(error).__name__}).")

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    def connect(self) -> FileConnection:
        found = filesystem.identity(self.path)
        try:
            connection = self._open("ro")
            try:
                if self._reaches_pins:
                    attach_to_read(connection, self.path)
                connection.execute("PRAGMA query_only = ON")
                if self.read_only:
                    # Another file, or this one under another name, cannot be added to be written there.
                    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            except BaseException:
                connection.close()
                raise
        except self.errors as error:
            raise self._gone_or(error) from None
        connection.opened = found
        return connection

    def _open(self, mode: str) -> FileConnection:
        if self.read_only and mode != "ro":
            raise opened_to_read(self.display)
        uri = f"file:{quote(str(self.path))}?mode={mode}"
        connection = sqlite3.connect(
            uri,
            uri=True,
            isolation_level=None,
            timeout=self._busy_s,
            check_same_thread=False,
            factory=FileConnection,
        )
        assert isinstance(connection, FileConnection)
        return connection

    def _gone_or(self, error: BaseException) -> StoreError:
        try:
            filesystem.identity(self.path)
        except StoreUnreachable as gone:
            return gone
        return self.explain(error)

    def usable(self, connection: Connection) -> bool:
        assert isinstance(connection, FileConnection)
        # Which file of PINs there is, and whether there is one, is looked at anew each time.
        return connection.opened == filesystem.identity(self.path) and not self._reaches_pins

    def fetch(self, connection: Connection, statement: str, values: Mapping[str, Any]) -> list[Row]:
        assert isinstance(connection, FileConnection)
        return connection.execute(statement, values).fetchall()

    def recovered(self, error: BaseException, connection: Connection) -> bool:
        """A terminal that died in mid-commit left what only a writer can roll back: be that writer."""
        name = str(getattr(error, "sqlite_errorname", ""))
        if name.startswith("SQLITE_CANTOPEN"):
            # A file in WAL mode without its companions cannot be read by one who may only read.
            with suppress(sqlite3.Error, StoreError):
                self.connect_to_write().close()
                return True
            return False
        if name != "SQLITE_READONLY_ROLLBACK":
            return False
        try:
            with closing(self._open("rw")) as writer:
                writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlite3.Error, StoreReadOnly):
            raise StoreUnreachable(
                f"The store {self.display} was left by a terminal that died while writing, and this terminal "
                "may not repair that: open it once from one that may write."
            ) from None
        return True

    def revision(self) -> str | None:
        """As in `Backend`. The file is looked into through SQLite only: a plain open and close of it would drop
        every lock that this process holds on it, a writer's too (POSIX)."""
        if not filesystem.is_there(self.path):
            return None
        filesystem.identity(self.path)
        if not self.read_only:
            filesystem.hide_from_others(self.path)
            filesystem.hide_from_readers(pins_beside(self.path))
        if not self.path.stat().st_size:
            return None
        for last_try in (False, True):
            with closing(self.connect()) as connection:
                try:
                    found, mode = self._look_into(connection)
                except self.errors as error:
                    if last_try or not self.recovered(error, connection):
                        raise self._foreign_or(error) from None
                else:
                    break
        if mode == "wal":
            with suppress(sqlite3.Error, StoreError):
                self.connect_to_write().close()
        return found

    def _look_into(self, connection: FileConnection) -> tuple[str | None, str]:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if not tables:
            return None, mode
        if application != APPLICATION_ID or "alembic_version" not in tables:
            raise StoreRefused(f"{self.display} is another program's database: name another file.")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return (str(row[0]) if row else None), mode

    def _foreign_or(self, error: BaseException) -> StoreError:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            return StoreRefused(f"{self.display} is not a store of infusionroom: it is no database file.")
        return self._gone_or(error)

    def guard_problems(self, connection: Connection) -> list[str]:
        rows = self.fetch(
            connection,
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'",
            {},
        )
        return missing_guards({str(name): str(sql) for name, sql in rows}, SQLITE_GUARDS)

    def refuse_other_rooms(self, connection: Connection, *, strict: bool) -> None:
        """A file holds one room."""

    def standing(self, connection: Connection) -> Standing:
        from infusionroom.store.sqlite_feed import POLL_S
        from infusionroom.store.standing import file_standing

        ((revision,),) = self.fetch(connection, "SELECT version_num FROM alembic_version", {})
        looks = f"looks at the file {1 / POLL_S:.0f} times a second"
        return file_standing(self.path, str(revision), looks, f"SQLite {sqlite3.sqlite_version}")

    def place(self, connection: Connection) -> tuple[object, ...]:
        return filesystem.identity(self.path)

    def own_problems(self, connection: Connection) -> list[str]:
        found = [str(row[0]) for row in self.fetch(connection, "PRAGMA integrity_check", {})]
        problems = [f"SQLite finds the file damaged: {text}." for text in found if text != "ok"]
        for row in self.fetch(connection, "PRAGMA foreign_key_check", {}):
            problems.append(f"Row {row[1]} of table {row[0]} refers to a {row[2]} that is not there.")
        if self.fetch(connection, "PRAGMA journal_mode", {})[0][0] == "wal":
            problems.append(
                "The file is in WAL mode, which can lose acknowledged entries: some other program set it."
            )
        if filesystem.readable_by_all(self.path):
            problems.append(
                f"Everybody on this machine can read {self.display}: take that right away (chmod o=)."
            )
        if whose := filesystem.mere_readers(pins_beside(self.path)):
            problems.append(
                f"The PINs in {pins_beside(self.path)} can be read by {whose}, and a PIN is soon guessed from "
                "what is there: take that right away (chmod 0600), and let everybody set a new PIN."
            )
        return problems

    def feed(self) -> SqliteFeed:
        from infusionroom.store.sqlite_feed import SqliteFeed

        return SqliteFeed(self)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────

    def turn(self) -> AbstractContextManager[None]:
        if self.read_only:
            raise opened_to_read(self.display)
        return writers_turn(self.path, self._busy_s)

    def create(self) -> None:
        if self.read_only:
            raise opened_to_read(self.display)
        filesystem.create_private(self.path)

    def connect_to_write(self) -> FileConnection:
        """A connection as the room's safety needs it; transactions are begun by the writer alone."""
        found = filesystem.identity(self.path)
        connection = self._open("rw")
        # Who may only read must be able to tell that a rollback is due from a file that cannot be read.
        filesystem.share_alike(self.path, self.path.with_name(f"{self.path.name}-journal"))
        try:
            self._set_rollback_journal(connection)
            for setting in ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
                connection.execute(f"PRAGMA {setting}")
            if self._reaches_pins:
                attach_to_write(connection, self.path)
        except BaseException:
            connection.close()
            raise
        connection.opened = found
        return connection

    def _set_rollback_journal(self, connection: FileConnection) -> None:
        # The mode is known only once the file's header was read.
        connection.execute("PRAGMA schema_version").fetchone()
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            return
        # WAL can only be left while nobody else has the file open: no use to wait.
        connection.execute("PRAGMA busy_timeout = 0")
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute(f"PRAGMA busy_timeout = {int(self._busy_s * 1000)}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "truncate":
            raise StoreRefused(
                f"Another program set {self.display} to WAL mode, which can lose entries: "
                "close every terminal and open one again, it is set back then."
            )

    def engine(self) -> Engine:
        if self.read_only:
            raise opened_to_read(self.display)
        from infusionroom.store.engine import sqlite_engine

        return sqlite_engine(self.connect_to_write, self.begin)

    def back_up(self, revision: str) -> str:
        kept = self.copy_to(_unused(self.path.with_name(f"{self.path.name}.{revision}.bak")))
        _forget_pins(Path(kept))
        return kept

    def write_anew(self) -> None:
        """As in `Backend`: what was deleted lingers in a file until its pages are used again."""
        with closing(self.connect_to_write()) as connection:
            try:
                connection.execute("VACUUM")
            except sqlite3.Error as error:
                raise self.explain(error) from None

    def copy_to(self, target: Path) -> str:
        """A whole, consistent copy at `target`, for its owner's eyes only, even while others write; without PINs."""
        if self.read_only:
            raise opened_to_read(self.display)
        if not filesystem.create_private(target):
            raise StoreRefused(f"{target} is there already: name another file for the copy.")
        try:
            with closing(self._open("rw")) as connection:
                connection.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.Error as error:
            with suppress(OSError):
                target.unlink()
            raise self.explain(error) from None
        return str(target)


def _forget_pins(backup: Path) -> None:
    """Takes the hashes out of a copy of a store that had them in its own file: the file of PINs has them."""
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'credential'").fetchone():
            connection.execute("DELETE FROM credential")


def _unused(path: Path) -> Path:
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}.{number}")
    return candidate
