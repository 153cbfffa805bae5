"""The command that a key's line runs: who comes in, by which key, to which store, in a clean environment.

What is told to it is percent-encoded, so that no name can hold anything that sshd or a shell would read as its own;
and it is spelled in one way only, so that a line somebody has altered is seen.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Self
from urllib.parse import quote, unquote_to_bytes

# What reaches the program from outside. The shell puts each in as one word, whatever is in it.
_FROM_OUTSIDE: Final = ("HOME", "TERM", "SSH_CONNECTION", "SSH_ORIGINAL_COMMAND")
_CLEAN: Final = "exec /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 " + " ".join(
    f'"{name}=${name}"' for name in _FROM_OUTSIDE
)
_PROGRAM: Final = "-I -X utf8 -m infusionroom access serve"
_WORD: Final = r"[A-Za-z0-9%._:/-]+"
_LINE: Final = re.compile(
    rf"{re.escape(_CLEAN)} (?P<python>/[A-Za-z0-9._/+@-]+) {re.escape(_PROGRAM)}"
    rf" --for=(?P<user>{_WORD}) --key=(?P<key>SHA256:[A-Za-z0-9+/]+) --at=(?P<store>{_WORD})"
)
_INTERPRETER: Final = re.compile(r"/[A-Za-z0-9._/+@-]+")
MARK: Final = "infusionroom access serve"


class BadCommand(ValueError):
    """A command that cannot be written, or that was not written by us; the message is one sentence."""


class ServeCommand(NamedTuple):
    """`python` is the interpreter's absolute path, `key` the fingerprint; `user` and `store` as they are."""

    python: str
    user: str
    key: str
    store: str

    def __str__(self) -> str:
        """As it stands in the line, before the line's own quoting. Raises `BadCommand`."""
        if _INTERPRETER.fullmatch(self.python) is None:
            raise BadCommand(
                f"The program is installed at {self.python!r}: install it in a folder whose name is made of "
                "plain letters, digits, - . _ and /."
            )
        return (
            f"{_CLEAN} {self.python} {_PROGRAM}"
            f" --for={encoded(self.user)} --key={self.key} --at={encoded(self.store)}"
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The command in this text, exactly as `str` writes it. Raises `BadCommand`."""
        found = _LINE.fullmatch(text)
        if found is None:
            raise BadCommand("This is not the command of a key's line.")
        read = cls(found["python"], decoded(found["user"]), found["key"], decoded(found["store"]))
        if str(read) != text:
            raise BadCommand("This command is spelled in another way than the program spells it.")
        return read


def encoded(text: str) -> str:
    """The text as one plain ASCII word: letters, digits, `-._:/`, and % for all else."""
    return quote(text, safe="/:", encoding="utf-8", errors="strict").replace("~", "%7E")


def decoded(word: str) -> str:
    """What `encoded` was given. Raises `BadCommand` for a word that it does not make."""
    try:
        text = unquote_to_bytes(word).decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text or encoded(text) != word:
        raise BadCommand("A word of the command is not encoded as the program encodes it.")
    return text


def served(words: tuple[str, ...]) -> tuple[str, str, str]:
    """User, fingerprint and store of `--for=… --key=… --at=…`, in this order and all of them. Raises `BadCommand`."""
    names = ("--for=", "--key=", "--at=")
    if len(words) != len(names) or not all(w.startswith(n) for w, n in zip(words, names, strict=True)):
        raise BadCommand("“infusionroom access serve” is run by sshd from a line that “access add” wrote.")
    user, key, store = (word.removeprefix(name) for word, name in zip(words, names, strict=True))
    return decoded(user), key, decoded(store)
