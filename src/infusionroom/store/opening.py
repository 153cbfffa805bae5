"""Opening a store: whether it is ours, of this version and guarded; making one where there is none."""

from __future__ import annotations

from collections.abc import Callable

from infusionroom.store import filesystem
from infusionroom.store.address import SqliteAddress, parse_address
from infusionroom.store.backend import Backend
from infusionroom.store.errors import StoreAbsent, StoreRefused
from infusionroom.store.schema import needs_migration
from infusionroom.store.store import Store


def open_store(
    url: str,
    *,
    create: bool = True,
    strict: bool = True,
    read_only: bool = False,
    unfinished: bool = False,
    mounts: Callable[[], filesystem.Mounts] = filesystem.read_mounts,
) -> Store:
    """The store at `url`: `sqlite:////absolute`, `sqlite:///relative`, `postgresql+psycopg://…`.

    An absent or empty one is made unless `create` is False; one of an older version is backed up, then brought
    up. `strict=False` opens a store whose guards are broken too, for whoever looks into why.
    `read_only` opens it so that nothing can be written through it, by nobody; it is then neither made nor brought up.
    `unfinished` lets a store be opened into which a copy was cut short, to go on with it.
    Raises `StoreUnreachable` (`StoreAbsent` where there is none), and `StoreRefused` with the reason: network
    disk, newer version, another program's file, guards missing.
    """
    backend = _backend(url, mounts, read_only)
    revision = backend.revision()
    if needs_migration(revision):
        if revision is None and (read_only or not create):
            raise StoreAbsent(f"There is no store at {backend.display}.")
        if read_only:
            raise StoreRefused(
                f"The store {backend.display} is of an earlier version, and this terminal may not bring it up: "
                "open it once from one that may write."
            )
        from infusionroom.store.migrate import bring_up

        bring_up(backend)
    store = Store(backend)
    try:
        store.refuse_other_rooms(strict=strict)
        broken = store.guard_problems() if strict else []
        if broken:
            raise StoreRefused(f"{' '.join(broken)} Run “infusionroom check” before anybody writes here.")
        if strict and not unfinished and store.unfinished():
            raise StoreRefused(
                f"The journal of {backend.display} goes beyond its head: a copy into it was not finished. "
                "Run the same “infusionroom store copy” again, or “infusionroom check”."
            )
    except BaseException:
        store.close()
        raise
    return store


def _backend(url: str, mounts: Callable[[], filesystem.Mounts], read_only: bool) -> Backend:
    address = parse_address(url)
    if isinstance(address, SqliteAddress):
        from infusionroom.store.sqlite import SqliteBackend

        return SqliteBackend(address.path, read_only=read_only, mounts=mounts)
    try:
        from infusionroom.store.postgres import PostgresBackend
    except ImportError:
        raise StoreRefused("PostgreSQL needs the driver psycopg: install infusionroom[postgres].") from None
    return PostgresBackend(address, read_only=read_only)
