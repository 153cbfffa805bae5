"""The store's file on its disk: which file systems are refused, which modes files get, which file it is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from infusionroom.store.errors import StoreReadOnly, StoreRefused, StoreUnreachable

Mounts = Iterable[tuple[str, str]]
Identity = tuple[int, int]

# Their locks are missing, advisory only, or lost on reconnect: two writers would tear the file.
# fmt: off
NETWORK_KINDS: Final = frozenset({
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncp", "ncpfs", "9p", "afs", "openafs", "ceph",
    "glusterfs", "lustre", "beegfs", "gpfs", "orangefs", "pvfs2", "coda", "davfs", "davfs2",
    "vboxsf", "prl_fs", "vmhgfs", "sshfs", "rclone", "s3fs", "gcsfuse",
})
# fmt: on
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def read_mounts() -> list[tuple[str, str]]:
    """The machine's mounts as (mount point, kind); empty where the system does not tell."""
    try:
        text = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    rows = [line.split(" ") for line in text.splitlines()]
    return [(_OCTAL.sub(lambda code: chr(int(code[1], 8)), row[1]), row[2]) for row in rows if len(row) > 2]


def refuse_network_disk(path: Path, mounts: Callable[[], Mounts] = read_mounts) -> None:
    """Raises `StoreRefused`, naming the kind, if `path` is or would be on a network file system."""
    place = Path(os.path.realpath(path))
    deepest, kind = -1, ""
    for point, mounted in mounts():
        parts = len(Path(point).parts)
        # A later mount on the same point hides the earlier one.
        if parts >= deepest and place.is_relative_to(point):
            deepest, kind = parts, mounted
    if kind in NETWORK_KINDS or kind.removeprefix("fuse.") in NETWORK_KINDS:
        raise StoreRefused(
            f"{path} is on a network file system ({kind}), where a database can be torn: "
            "keep the store on a local disk, or use PostgreSQL."
        )


def identity(path: Path) -> Identity:
    """Which file `path` is now. Raises `StoreUnreachable` if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise StoreUnreachable(f"The store {path} is gone: its file is not there.") from None
    except OSError as error:
        raise StoreUnreachable(f"The store {path} cannot be reached: {error.strerror}.") from None
    if not stat.S_ISREG(found.st_mode):
        raise StoreUnreachable(f"The store {path} is gone: what is there is not a file.")
    return found.st_dev, found.st_ino


def is_there(path: Path) -> bool:
    """Whether anything is at `path`. Raises `StoreUnreachable` where nobody can tell."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no path"
        raise StoreUnreachable(f"The store {path} cannot be reached: {why}.") from None
    return True


def create_private(path: Path) -> bool:
    """Makes an empty file for its owner's eyes only, and the folders to it; False if one was there.

    Raises `StoreReadOnly` where this person may not.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreReadOnly(f"No store can be made at {path}: {error.strerror}.") from None
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise StoreReadOnly(f"No store can be made at {path}: {error.strerror}.") from None
    os.close(descriptor)
    return True


def hide_from_others(path: Path) -> None:
    """Takes the rights of strangers off a file that we own; group rights are the clinic's own choice."""
    try:
        found = path.stat()
    except OSError:
        return
    if found.st_mode & stat.S_IRWXO and found.st_uid == os.geteuid():
        path.chmod(stat.S_IMODE(found.st_mode) & ~stat.S_IRWXO)


def create_for_writers(path: Path, store: Path) -> None:
    """Makes an empty file beside a store, if none is there, for those alone who may write the store.

    It is of the store's own user, who alone or as root may make it: `StoreReadOnly` to all others.
    """
    if os.path.lexists(path):
        return
    try:
        beside = store.stat()
        if os.geteuid() not in {0, beside.st_uid}:
            raise StoreReadOnly(
                f"{path} is not there, and only {user_named(beside.st_uid)}, whose store it is, may make it: "
                "open the store once from that account."
            )
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreReadOnly(f"No file can be made at {path}: {error.strerror}.") from None
    try:
        mode = 0o600
        if beside.st_mode & stat.S_IWGRP:
            mode |= stat.S_IRGRP | stat.S_IWGRP
        try:
            os.fchown(descriptor, beside.st_uid, beside.st_gid)
        except PermissionError:
            # A group that we are not in: it has to be given the file by who may.
            mode = 0o600
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def hide_from_readers(path: Path) -> None:
    """Takes every right off a file of ours from strangers, and from a group that may only read it."""
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(found.st_mode):
        return
    mode = stat.S_IMODE(found.st_mode) & ~stat.S_IRWXO
    if not mode & stat.S_IWGRP:
        mode &= ~stat.S_IRWXG
    if mode != stat.S_IMODE(found.st_mode) and found.st_uid == os.geteuid():
        path.chmod(mode)


def mere_readers(path: Path) -> str:
    """Who may read a file besides those who may write it: a group by its name, everybody, or nobody (empty)."""
    try:
        found = path.stat()
    except OSError:
        return ""
    if found.st_mode & stat.S_IRWXO:
        return "everybody on this machine"
    if found.st_mode & stat.S_IRGRP and not found.st_mode & stat.S_IWGRP:
        return f"the group {group_named(found.st_gid)}"
    return ""


def user_named(number: int) -> str:
    """The account's name, or its number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group_named(number: int) -> str:
    """The group's name, or its number where it has none."""
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def share_alike(path: Path, beside: Path) -> None:
    """Gives a file of ours beside the store the store's own mode, which may have been changed since it was made."""
    try:
        wanted, found = path.stat(), beside.stat()
    except OSError:
        return
    mode = stat.S_IMODE(wanted.st_mode) & 0o666
    if stat.S_IMODE(found.st_mode) != mode and found.st_uid == os.geteuid():
        beside.chmod(mode)


def readable_by_all(path: Path) -> bool:
    """Whether anybody on this machine could read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IRWXO)
    except OSError:
        return False
