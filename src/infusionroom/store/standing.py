"""How a store stands: what it is, where, how far, how big, and who may write in it. Nothing of anybody's data."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from infusionroom.store import filesystem
from infusionroom.store.pins_file import pins_beside

Kind = Literal["sqlite", "postgresql"]


class Standing(msgspec.Struct, frozen=True):
    """What a database tells of a store. `site` is empty for a room that needs none; sizes in bytes.

    `writers` are who may write by the database's or the system's own rules, as far as this user may see them; beside
    them always whoever runs the machine or the server. `last_backup_at` is of the copies that a migration makes of a
    file; a server's backups are its administrator's. `pins_file` is empty where the PINs are in the database itself,
    and `pins_mode` (like 0600) where there is no such file.
    """

    kind: Kind
    where: str
    site: str
    schema: str
    size_bytes: int
    writers: tuple[str, ...]
    may_write: bool
    feed: str
    last_backup: str = ""
    last_backup_at: datetime | None = None
    database: str = ""
    pins_file: str = ""
    pins_mode: str = ""


def file_standing(path: Path, schema: str, feed: str, database: str) -> Standing:
    """How a store in a file stands."""
    found = path.stat()
    backup = _newest(path.parent.glob(f"{path.name}.*.bak*"))
    return Standing(
        kind="sqlite",
        where=str(path),
        site="",
        schema=schema,
        size_bytes=found.st_size,
        writers=tuple(_writers(found)),
        may_write=os.access(path, os.W_OK) and os.access(path.parent, os.W_OK),
        feed=feed,
        last_backup=str(backup[0]) if backup else "",
        last_backup_at=backup[1] if backup else None,
        database=database,
        pins_file=str(pins_beside(path)),
        pins_mode=_mode(pins_beside(path)),
    )


def _mode(path: Path) -> str:
    try:
        return f"{stat.S_IMODE(path.stat().st_mode):04o}"
    except OSError:
        return ""


def _newest(copies: Iterable[Path]) -> tuple[Path, datetime] | None:
    dated = sorted((copy.stat().st_mtime, copy) for copy in copies)
    return (dated[-1][1], datetime.fromtimestamp(dated[-1][0], UTC)) if dated else None


def _writers(found: os.stat_result) -> Iterable[str]:
    if found.st_mode & stat.S_IWUSR:
        yield f"user {filesystem.user_named(found.st_uid)}"
    if found.st_mode & stat.S_IWGRP:
        yield f"group {filesystem.group_named(found.st_gid)}"
    if found.st_mode & stat.S_IWOTH:
        yield "everybody on this machine"
