"""An installation for SSH as it is on this machine: the account, its keys, and what sshd says of itself."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from infusionroom.access.authorized_keys import FileRefused, Keys, read_keys

LONGEST_TRY_S: Final = 30.0
_SSHD: Final = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd")
_SHADOW: Final = Path("/etc/shadow")


class NoAccount(ValueError):
    """There is no such account; the message is one sentence."""


class Account(NamedTuple):
    """The account that people come in by. `password` is its field in the shadow file; None where that is hidden."""

    name: str
    uid: int
    gid: int
    home: Path
    shell: str
    password: str | None = None


class Tried(NamedTuple):
    """What a command came to, run as the account; `status` is None where it did not end or could not be run."""

    status: int | None
    out: str
    err: str


class Installation(NamedTuple):
    """What the doctor looks at. `sshd` has sshd's settings for this account; None where they cannot be read.

    `keys_trouble` is why the file could not be read.
    """

    account: Account
    path: Path
    keys: Keys
    keys_trouble: str
    sshd: Mapping[str, Sequence[str]] | None

    @property
    def as_account(self) -> bool:
        """Whether commands can be tried as the account: as root, or as that one itself."""
        return os.geteuid() in {0, self.account.uid}

    def run(self, command: Sequence[str], environ: Mapping[str, str]) -> Tried:
        """Runs a command as the account, without a terminal and with this environment alone."""
        who: dict[str, object] = {}
        if os.geteuid() == 0 and self.account.uid != 0:
            groups = os.getgrouplist(self.account.name, self.account.gid)
            who = {"user": self.account.uid, "group": self.account.gid, "extra_groups": groups}
        try:
            done = subprocess.run(  # noqa: S603 - a shell of the system's and a line of our own
                list(command),
                env=dict(environ),
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=LONGEST_TRY_S,
                check=False,
                **who,  # type: ignore[call-overload]
            )
        except (OSError, subprocess.SubprocessError):
            return Tried(None, "", "")
        return Tried(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )


def installation(path: Path, account: str | None, sshd_config: Path | None) -> Installation:
    """The installation around this file of keys. Raises `NoAccount`."""
    known = _account(path, account)
    keys, trouble = Keys(path), ""
    try:
        keys = read_keys(path)
    except FileRefused as refused:
        trouble = str(refused)
    return Installation(known, path, keys, trouble, sshd_settings(known.name, sshd_config))


def _account(path: Path, name: str | None) -> Account:
    try:
        if name is not None:
            entry = pwd.getpwnam(name)
        else:
            entry = pwd.getpwuid(path.stat().st_uid if path.exists() else os.geteuid())
    except (KeyError, OSError):
        raise NoAccount(f"There is no account “{name or '?'}” on this machine.") from None
    if entry.pw_uid == 0 and name is None:
        raise NoAccount(f"{path} is root's: say with --account by which account people come in.")
    return Account(
        entry.pw_name,
        entry.pw_uid,
        entry.pw_gid,
        Path(entry.pw_dir),
        entry.pw_shell or "/bin/sh",
        _password(entry.pw_name),
    )


def _password(name: str) -> str | None:
    with suppress(OSError):
        for line in _SHADOW.read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.split(":")
            if fields[0] == name and len(fields) > 1:
                return fields[1]
        return ""
    return None


def sshd_settings(account: str, config: Path | None) -> Mapping[str, Sequence[str]] | None:
    """What `sshd -T` says for this account, by the setting's name in small letters; None where it does not say."""
    sshd = next((place for place in _SSHD if os.access(place, os.X_OK)), None)
    if sshd is None:
        return None
    words = [sshd, "-T", "-C", f"user={account},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22"]
    if config is not None:
        words += ["-f", str(config)]
    try:
        done = subprocess.run(  # noqa: S603
            words, capture_output=True, timeout=LONGEST_TRY_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode != 0:
        return None
    settings: dict[str, list[str]] = {}
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(" ")
        settings.setdefault(name.lower(), []).append(value.strip())
    return settings
