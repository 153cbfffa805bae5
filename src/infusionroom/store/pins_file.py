"""The file of PINs: a small SQLite file beside a store's own, for those alone who may write the room.

Whoever may read the room's file reads all of it, and the few digits behind a hash are soon guessed. The file is
attached to a connection of the store, so that a hash and what the journal says of it are in one commit.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from glob import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from infusionroom.store import filesystem
from infusionroom.store.errors import StoreDamaged, StoreReadOnly, StoreRefused, StoreUnreachable

_TABLE: Final = """CREATE TABLE IF NOT EXISTS pins.credential (
  person TEXT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL,
  failures INTEGER NOT NULL,
  waits_until DATETIME
)"""


def pins_beside(store: Path) -> Path:
    """Where the PINs of the store in this file are."""
    return store.with_name(f"{store.name}-pins")


def attach_to_read(connection: sqlite3.Connection, store: Path) -> None:
    """Puts the PINs within reach of a connection that only reads, as `pins.credential`; none where there is no file.

    Raises `StoreReadOnly` to who may not read them, `StoreRefused` and `StoreDamaged`.
    """
    path = pins_beside(store)
    if not os.path.lexists(path) or not path.stat().st_size:
        connection.execute("ATTACH ':memory:' AS pins")
        connection.execute(_TABLE)
        return
    _must_be_ours(path, store)
    _attach(connection, path, "ro")


def attach_to_write(connection: sqlite3.Connection, store: Path) -> None:
    """Puts the PINs within reach of a connection that writes, as `pins.credential`; an absent file is made.

    Only in the writers' turn. What is deleted through this connection is overwritten, in the store's own file too.
    What a terminal that died in mid-commit has left is put right. Raises `StoreReadOnly` to
    who may not write the PINs, `StoreRefused` and `StoreDamaged`.
    """
    path = pins_beside(store)
    filesystem.create_for_writers(path, store)
    _must_be_ours(path, store)
    filesystem.hide_from_readers(path)
    _attach(connection, path, "rw")
    connection.execute("PRAGMA secure_delete = ON")
    # Any other mode would not commit two files as one.
    if connection.execute("PRAGMA pins.journal_mode = TRUNCATE").fetchone()[0] != "truncate":
        raise StoreRefused(f"Another program set {path} to WAL mode: close every terminal and try again.")
    connection.execute("PRAGMA pins.synchronous = FULL")
    connection.execute(_TABLE)
    # By which SQLite makes one commit of two files. In our turn, with both files read, none is in use.
    for left in store.parent.glob(f"{escape(store.name)}-mj*"):
        left.unlink(missing_ok=True)


def _must_be_ours(path: Path, store: Path) -> None:
    """Nobody's PINs are taken from a file that another account has put there."""
    found, owner = path.lstat(), store.stat().st_uid
    if not stat.S_ISREG(found.st_mode):
        raise StoreRefused(f"What is at {path} is no file of PINs: nobody signs in until it is taken away.")
    if found.st_uid not in {0, owner}:
        raise StoreRefused(
            f"{path} belongs to {filesystem.user_named(found.st_uid)} and the store to "
            f"{filesystem.user_named(owner)}: nobody signs in by a PIN that another account has put there."
        )


def _attach(connection: sqlite3.Connection, path: Path, mode: str) -> None:
    if not os.access(path, os.R_OK if mode == "ro" else os.R_OK | os.W_OK, effective_ids=True):
        owner = filesystem.user_named(path.stat().st_uid)
        raise StoreReadOnly(
            f"This account may not {'read' if mode == 'ro' else 'use'} the PINs in {path}, which are of {owner}: "
            "sign in at a terminal that runs as that account."
        )
    tables: list[tuple[str]] = []
    sound = False
    try:
        connection.execute("ATTACH ? AS pins", (f"file:{quote(str(path))}?mode={mode}",))
        sound = connection.execute("PRAGMA pins.quick_check(1)").fetchone()[0] == "ok"
        tables = connection.execute("SELECT name FROM pins.sqlite_master WHERE type = 'table'").fetchall()
    except sqlite3.DatabaseError as error:
        name = str(getattr(error, "sqlite_errorname", ""))
        if name == "SQLITE_READONLY_ROLLBACK":
            raise StoreUnreachable(
                f"The PINs in {path} were left by a terminal that died while writing: sign in once at one that "
                "may write them."
            ) from None
        if name.split("_")[1:2] not in (["CORRUPT"], ["NOTADB"]):
            raise
    if not sound or tables not in ([], [("credential",)]):
        raise StoreDamaged(
            f"The file of PINs {path} is damaged or another program's, and nobody signs in by PIN: put a copy of it "
            "back, or move it away and give everybody a new PIN (“infusionroom staff recover”, “staff pin”)."
        )
