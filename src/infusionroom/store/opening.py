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
    mounts: Callable[[], filesystem.Mounts] = filesystem.read_mounts,
) -> Store:
    """The store at `url`: `sqlite:////absolute`, `sqlite:///relative`, `postgresql+psycopg://…`.

    An absent or empty one is made unless `create` is False; one of an older version is backed up, then brought
    up. `strict=False` opens a store whose guards are broken too, for whoever looks into why.
    Raises `StoreUnreachable` (`StoreAbsent` where there is none), and `StoreRefused` with the reason: network
    disk, newer version, another program's file, guards missing.
    """
    backend = _backend(url, mounts)
    revision = backend.revision()
    if needs_migration(revision):
        if revision is None and not create:
            raise StoreAbsent(f"There is no store at {backend.display}.")
        from infusionroom.store.migrate import bring_up

        bring_up(backend)
    store = Store(backend)
    try:
        broken = store.guard_problems() if strict else []
        if broken:
            raise StoreRefused(f"{' '.join(broken)} Run “infusionroom check” before anybody writes here.")
    except BaseException:
        store.close()
        raise
    return store


def _backend(url: str, mounts: Callable[[], filesystem.Mounts]) -> Backend:
    address = parse_address(url)
    if isinstance(address, SqliteAddress):
        from infusionroom.store.sqlite import SqliteBackend

        return SqliteBackend(address.path, mounts=mounts)
    try:
        from infusionroom.store.postgres import PostgresBackend
    except ImportError:
        raise StoreRefused("PostgreSQL needs the driver psycopg: install infusionroom[postgres].") from None
    return PostgresBackend(address)
