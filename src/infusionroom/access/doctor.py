"""Looks at an installation for SSH and says what is wrong with it. It changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infusionroom.access.authorized_keys import unsafe
from infusionroom.access.findings import Finding, Severity, advice, not_seen, wrong
from infusionroom.access.installation import Account, Installation
from infusionroom.access.key_lines import KeyLine, options_named
from infusionroom.access.serve_command import ServeCommand
from infusionroom.access.sshd_settings import examine_sshd
from infusionroom.store.address import SqliteAddress, parse_address
from infusionroom.store.errors import StoreRefused
from infusionroom.store.filesystem import mere_readers
from infusionroom.store.pins_file import pins_beside

__all__ = ["Finding", "Severity", "examine"]

_NO_SHELLS: Final = frozenset({"nologin", "false", "true", "sync", "git-shell", "rbash"})
_READS_A_FILE_FIRST: Final = frozenset({"bash"})


def examine(here: Installation) -> list[Finding]:
    """Everything that is wrong with the installation, that could be better, or that could not be seen."""
    return [
        *_account(here),
        *_file(here),
        *_lines(here),
        *_pins(here),
        *examine_sshd(here.account, here.path, here.sshd, len(here.keys.ours)),
        *_tries(here),
    ]


def _account(here: Installation) -> Iterator[Finding]:
    account = here.account
    shell = Path(account.shell)
    if account.uid == 0:
        yield wrong(
            "People come in as root: make an account of its own for them (see the README, “Over SSH”)."
        )
    if shell.name in _NO_SHELLS or not os.access(shell, os.X_OK):
        yield wrong(
            f"The shell of {account.name} is {shell}, and sshd runs a key's command by it: "
            f"“usermod --shell /bin/sh {account.name}”. The keys' lines give nobody that shell."
        )
    elif shell.name in _READS_A_FILE_FIRST:
        yield advice(
            f"The shell of {account.name} is {shell}, which can read ~/.bashrc before the key's command: "
            f"“usermod --shell /bin/sh {account.name}”."
        )
    if account.password is None:
        yield not_seen("Whether the account has a password: run this as root.")
    elif account.password == "" or account.password[0] not in "!*":
        yield wrong(
            f"{account.name} has a password, by which somebody could come in past the keys: "
            f"“usermod --password '*' {account.name}”."
        )
    for name in ("environment", "rc"):
        extra = account.home / ".ssh" / name
        if os.path.lexists(extra):
            yield advice(f"{extra} is not used by keys' lines: take it away.")


# ── the file and the folders to it ──────────────────────────────────────────────────────────────────────────


def _file(here: Installation) -> Iterator[Finding]:
    path, account = here.path, here.account
    if here.keys_trouble:
        yield wrong(here.keys_trouble)
        return
    if not path.exists():
        yield wrong(f"There is no {path}: “infusionroom access add” makes it with the first key.")
        return
    for place in _up_to_the_end(path, account.home):
        try:
            found = place.stat()
        except OSError as error:
            yield not_seen(f"{place}: {error.strerror}.")
            continue
        if problem := unsafe(found, {0, account.uid}):
            yield wrong(f"{place} {problem}. sshd trusts no keys there.")
        needed = stat.S_IROTH if place == path else stat.S_IXOTH
        if not _allows(found, account, needed):
            how = "read" if place == path else "entered"
            yield wrong(
                f"{place} cannot be {how} by {account.name}, and sshd looks at the keys as that account: "
                f"“chgrp {account.name}” and “chmod g+{'r' if place == path else 'rx'}” on it."
            )
    found = path.stat()
    if found.st_mode & stat.S_IROTH:
        yield advice(
            f"{path} names the staff and everybody on this machine can read it: “chmod o-rwx” on it."
        )


def _up_to_the_end(path: Path, home: Path) -> Iterator[Path]:
    """The file and its folders as far up as sshd looks: to the home it is in, else to the root."""
    yield path
    for folder in path.parents:
        yield folder
        if folder == home:
            return


def _allows(found: os.stat_result, account: Account, others: int) -> bool:
    """Whether the account has the right that `others` names for strangers."""
    if account.uid == 0:
        return True
    if found.st_uid == account.uid:
        return bool(found.st_mode & others << 6)
    groups = os.getgrouplist(account.name, account.gid)
    return bool(found.st_mode & (others << 3 if found.st_gid in groups else others))


# ── the lines ───────────────────────────────────────────────────────────────────────────────────────────────


def _lines(here: Installation) -> Iterator[Finding]:
    seen: dict[bytes, KeyLine] = {}
    for line in here.keys.lines:
        if line.is_blank:
            continue
        where = f"Line {line.number} of {here.path}"
        if line.is_ours:
            yield from _ours(line, where)
        else:
            yield from _foreign(line, where)
        if line.key is None:
            continue
        if (first := seen.setdefault(line.key.blob, line)) is not line:
            yield wrong(
                f"{where} has the key of line {first.number}; sshd takes the first: take one of them out."
            )


def _ours(line: KeyLine, where: str) -> Iterator[Finding]:
    whose = line.user or "somebody"
    again = f"“infusionroom access revoke --user {whose!r}” and add the key again"
    names = {name for name, _ in options_named(line.options)}
    if "restrict" not in names:
        yield wrong(f"{where} ({whose}) lacks “restrict”: the key may forward ports. Put it right: {again}.")
    if line.key is None:
        yield wrong(f"{where} ({whose}): {line.trouble}")
    elif line.serves is None:
        yield wrong(f"{where} ({whose}) runs another command than this program wrote. Put it right: {again}.")
    elif line.serves.key != line.key.fingerprint:
        yield wrong(f"{where} names another key in its command than it has. Put it right: {again}.")
    elif not line.is_sound and "restrict" in names:
        yield wrong(f"{where} ({whose}) has other options than this program wrote. Put it right: {again}.")
    if line.serves is not None and not os.access(line.serves.python, os.X_OK):
        yield wrong(
            f"{where} ({whose}) starts {line.serves.python}, which is not there: add the key again by the program "
            "as it is installed now."
        )


def _foreign(line: KeyLine, where: str) -> Iterator[Finding]:
    names = {name for name, _ in options_named(line.options)}
    if line.key is None and not line.trouble:
        return
    if "restrict" in names and line.command is not None:
        yield advice(f"{where} was not made by this program: it lets a key run a command of its own.")
    else:
        lacks = " and ".join(
            word for word, has in (("restrict", "restrict" in names), ("command=", line.command)) if not has
        )
        yield wrong(
            f"{where} was not made by this program and has no {lacks}: its key gets more of this machine than the "
            "room. Take it out, or give it an account of its own."
        )


def _pins(here: Installation) -> Iterator[Finding]:
    """Whether others than those who write the room could read what its PINs are compared with."""
    stores = {line.serves.store for line in here.keys.lines if line.is_sound and line.serves is not None}
    for store in sorted(stores):
        try:
            address = parse_address(store)
        except StoreRefused:
            continue
        if not isinstance(address, SqliteAddress):
            continue
        path = pins_beside(address.path)
        if whose := mere_readers(path):
            yield wrong(
                f"The PINs in {path} can be read by {whose}, and are soon guessed from what is there: “chmod 0600” "
                "on it, and let everybody set a new PIN."
            )


# ── trying it ───────────────────────────────────────────────────────────────────────────────────────────────


def _tries(here: Installation) -> Iterator[Finding]:
    served = [line for line in here.keys.lines if line.is_sound and line.serves is not None]
    if not served:
        return
    if not here.as_account:
        yield not_seen(f"Whether the lines' commands work: run this as root or as {here.account.name}.")
        return
    for line in served:
        assert line.serves is not None
        yield from _try(here, line.serves, f"Line {line.number} ({line.user})")
    for python in {line.serves.python for line in served if line.serves is not None}:
        if _speaks(here, python, "C") and not _speaks(here, python, "C.UTF-8"):
            yield advice("This system has no locale C.UTF-8; the program speaks UTF-8 all the same.")


def _speaks(here: Installation, python: str, locale: str) -> bool:
    ask = "import locale; locale.setlocale(locale.LC_ALL, '')"
    return here.run([python, "-I", "-c", ask], {"LC_ALL": locale, "PATH": "/usr/bin:/bin"}).status == 0


def _try(here: Installation, command: ServeCommand, who: str) -> Iterator[Finding]:
    """Runs the line's command by the account's shell, as sshd does, and asks for the version."""
    environ = {
        "HOME": str(here.account.home),
        "SSH_CONNECTION": "127.0.0.1 0 127.0.0.1 22",
        "SSH_ORIGINAL_COMMAND": "version",
    }
    tried = here.run([here.account.shell, "-c", str(command)], environ)
    if tried.status == 0 and tried.out.startswith("infusionroom "):
        return
    said = " ".join((tried.err or tried.out).split())[:300]
    if tried.status is None:
        said = "it could not be run, or did not end"
    yield wrong(f"{who} does not get in: {said or 'its command ends without a word'}")
