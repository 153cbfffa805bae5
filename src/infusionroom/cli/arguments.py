"""What may stand before or after any command: `--store`, `--user`, `--read-only`. Light, for the way to the board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from infusionroom.cli.endings import USAGE, Ended

_GLOBAL: Final = ("--store", "--user")
_READ_ONLY: Final = "--read-only"
# Behind this word --user says whose key it is; who gives the command stands in front of it.
_OWN_USER: Final = "access"


class Asked(NamedTuple):
    """A command line: the store and the user it names, the rest of it, and whether nothing is to be written."""

    store: str | None
    user: str | None
    rest: tuple[str, ...]
    read_only: bool = False


def asked(arguments: Sequence[str]) -> Asked:
    """The command line with the options that hold everywhere taken out of it. Raises `Ended`."""
    found: dict[str, str] = {}
    rest: list[str] = []
    read_only = False
    waiting = iter(arguments)
    for word in waiting:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
        elif word == _READ_ONLY:
            read_only = True
        elif name not in _GLOBAL or (name == "--user" and rest[:1] == [_OWN_USER]):
            rest.append(word)
        else:
            given = value if equals else next(waiting, None)
            if given is None:
                raise Ended(USAGE, f"{name} needs a value: infusionroom --help says which.")
            found[name] = given
    return Asked(found.get("--store"), found.get("--user"), tuple(rest), read_only)
