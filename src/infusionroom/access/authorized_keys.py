"""The authorized_keys file of the room's account: a line for each key, written whole or not at all."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from infusionroom.access.key_lines import Added, KeyLine, parse_lines, written
from infusionroom.access.keys import PublicKey
from infusionroom.access.serve_command import ServeCommand

LONGEST_FILE: Final = 4 * 1024 * 1024
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class FileRefused(OSError):
    """The file cannot be changed as it is; the message is a sentence that says why and what to do."""

    def __str__(self) -> str:
        return str(self.args[0])


class KeyTaken(ValueError):
    """This key lets somebody in already; the message says whom."""


class Keys(NamedTuple):
    """The file's lines as they were read. Changing them makes others; nothing is written yet."""

    path: Path
    lines: tuple[KeyLine, ...] = ()

    @property
    def ours(self) -> list[KeyLine]:
        return [line for line in self.lines if line.is_ours]

    def with_key(self, key: PublicKey, command: ServeCommand, added: Added) -> Keys:
        """With this key's line, in place of the same person's older one for it. Raises `KeyTaken`."""
        raw = written(key, command, added)
        kept = []
        for line in self.lines:
            if line.key is None or line.key.blob != key.blob:
                kept.append(line)
            elif not line.is_ours:
                raise KeyTaken(
                    f"Line {line.number} of {self.path} lets this key in already, and past this program: "
                    "take that line out first."
                )
            elif line.user != command.user:
                raise KeyTaken(
                    f"This key is {line.user or 'somebody'}’s (line {line.number}): a key belongs to one person. "
                    "Have a new one made."
                )
        return self._replace(lines=(*kept, KeyLine(len(kept) + 1, raw)))

    def without(self, unwanted: Callable[[KeyLine], bool]) -> tuple[Keys, list[KeyLine]]:
        """Without those of our lines that are not wanted, and which these were; others' lines stay."""
        gone = [line for line in self.ours if unwanted(line)]
        kept = tuple(line for line in self.lines if line not in gone)
        return self._replace(lines=kept), gone

    @property
    def content(self) -> bytes:
        return b"".join(line.raw + b"\n" for line in self.lines)


def read_keys(path: Path) -> Keys:
    """The keys in the file; none where there is no file. Raises `FileRefused`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return Keys(path)
    except OSError as error:
        if path.is_symlink():
            raise FileRefused(f"{path} is a link: name the file itself.") from None
        raise FileRefused(f"{path} cannot be read: {error.strerror}.") from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LONGEST_FILE:
            raise FileRefused(f"{path} is no file of keys.")
        return Keys(path, tuple(parse_lines(file.read())))


@contextmanager
def changing(path: Path) -> Iterator[Keys]:
    """The keys in the file, which nobody else of us changes meanwhile. Raises `FileRefused`."""
    folder = _sound_folder(path.parent)
    try:
        # The folder itself is the lock: no file of ours is left in it.
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield read_keys(path)
    finally:
        os.close(folder)


def write_keys(keys: Keys) -> None:
    """Writes the file in one step, with its owner and never with more rights than it had. Raises `FileRefused`.

    A new one has mode 0600 and the owner of its folder; in a folder of root's it is root's own, and the folder's
    group reads it, for sshd reads it as the account.
    """
    path = keys.path
    try:
        owner, group, mode = _rights(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(keys.content)
                if (owner, group) != (os.geteuid(), os.getegid()):
                    os.fchown(file.fileno(), owner, group)
                os.fchmod(file.fileno(), mode)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _settle(path.parent)
    except OSError as error:
        raise FileRefused(f"{path} cannot be written: {error.strerror}. It is as it was.") from None


def _rights(path: Path) -> tuple[int, int, int]:
    """Owner, group and mode for the file as it will be."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        folder = path.parent.stat()
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid(), 0o600
        if folder.st_uid != 0:
            return folder.st_uid, folder.st_gid, 0o600
        return 0, folder.st_gid, 0o640
    allowed = 0o644 if found.st_uid == 0 else 0o600
    return found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode) & allowed


def _sound_folder(folder: Path) -> int:
    """The folder, opened; made for its owner alone where only it is missing. Raises `FileRefused`."""
    try:
        if not folder.exists() and folder.parent.stat().st_uid == os.geteuid():
            folder.mkdir(mode=0o700)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise FileRefused(f"The folder {folder} of the keys: {error.strerror}.") from None
    problem = unsafe(os.fstat(descriptor), {0, os.geteuid()})
    if problem and os.geteuid() == 0:
        # Root writes for an account: that one may own its folder.
        problem = unsafe(os.fstat(descriptor), {os.fstat(descriptor).st_uid})
    if problem:
        os.close(descriptor)
        raise FileRefused(f"The folder {folder} of the keys {problem}; sshd would not trust it either.")
    return descriptor


def unsafe(found: os.stat_result, owners: Sequence[int] | set[int]) -> str:
    """Why keys are not safe in such a file or folder, in the words that follow its name; empty where they are."""
    if found.st_uid not in owners:
        return f"belongs to somebody else (user {found.st_uid})"
    if found.st_mode & _OTHERS_WRITE:
        return f"can be written by others (mode {stat.S_IMODE(found.st_mode):04o}): run “chmod go-w” on it"
    return ""


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
