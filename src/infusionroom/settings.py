"""Which store, who, and from which terminal: from the command line, else the environment, else the machine."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

STORE_VARIABLE: Final = "INFUSIONROOM_STORE"
USER_VARIABLE: Final = "INFUSIONROOM_USER"
LONGEST_USER: Final = 100
LONGEST_TERMINAL: Final = 60


class BadSetting(ValueError):
    """A setting that cannot be meant; the message is one sentence."""


class Settings(NamedTuple):
    """`store` is the store's address, `user` who gives the commands, `terminal` where from.

    `is_default` says that nobody named a store: it is this user's own.
    """

    store: str
    user: str
    terminal: str
    is_default: bool


def resolved(store: str | None, user: str | None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that hold, a word on the command line before the environment. Raises `BadSetting`."""
    given = os.environ if environ is None else environ
    address = store if store is not None else given.get(STORE_VARIABLE, "")
    if store is not None and not store.strip():
        raise BadSetting("--store is empty: name a store, for instance sqlite:////srv/room.sqlite.")
    who = user if user is not None else given.get(USER_VARIABLE, "").strip() or system_user()
    return Settings(address or default_store(), sound_user(who), terminal_name(), is_default=not address)


def default_store() -> str:
    """The store of whoever names none: a file among this user's own data."""
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('infusionroom') / 'room.sqlite'}"


def system_user() -> str:
    """The account this process runs under; the environment could say anything."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def sound_user(name: str) -> str:
    """The name as it is recorded with every entry. Raises `BadSetting`."""
    sound = name.strip()
    if not sound or len(sound) > LONGEST_USER or any(unicodedata.category(c)[0] == "C" for c in sound):
        raise BadSetting(
            f"A user is named by 1 to {LONGEST_USER} characters without control characters: say who with --user."
        )
    return sound


def terminal_name() -> str:
    """`desk1 pts/3`: this machine and its terminal line, or `desk1 script` without one; no more than that."""
    host = os.uname().nodename.partition(".")[0] or "host"
    sound = "".join(c for c in f"{host} {line_name()}" if unicodedata.category(c)[0] != "C")
    return sound[:LONGEST_TERMINAL]


def line_name() -> str:
    """`pts/3`: the terminal line of this process, or `script` where it has none."""
    for descriptor in (0, 1, 2):
        try:
            line = Path(os.ttyname(descriptor))
        except OSError:
            continue
        return str(line.relative_to("/dev")) if line.is_relative_to("/dev") else line.name
    return "script"
