"""What a PIN has to be, how long wrong ones make wait, and how one is hashed.

A PIN has few digits, so that it is not the hash alone that protects it: tries are counted and made to wait
(`wait_after_s`), and the hash is kept where only the program reads it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

SHORTEST, LONGEST = 4, 12
FREE_TRIES: Final = 3
FIRST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 15 * 60
_UPWARDS: Final = "01234567890123456789"


def pin_problem(pin: str) -> str | None:
    """Why this cannot be a PIN, in one sentence, or None."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        return f"A PIN is {SHORTEST} to {LONGEST} digits."
    in_row = pin in _UPWARDS or pin in _UPWARDS[::-1]
    repeats = any(pin == (pin[:size] * len(pin))[: len(pin)] for size in (1, 2))
    if in_row or repeats:
        return "This PIN is among the first that anybody tries: choose another one."
    return None


def wait_after_s(failures: int) -> int:
    """Seconds that the next try waits after so many wrong PINs in a row: none for three, then 5 s, doubling."""
    beyond = failures - FREE_TRIES
    if beyond <= 0:
        return 0
    # The exponent is held down: nobody counts how often a forgotten terminal was tried.
    return int(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(beyond - 1, 20)))


def hashed(pin: str) -> str:
    """The argon2id hash of a PIN, with its own salt and costs in it. Takes a moment: never on an event loop."""
    return str(_hasher().hash(pin))


def matches(kept: str, pin: str) -> bool:
    """Whether this is the PIN of the hash `kept`; with no hash it takes as long and is not."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobodys(), pin)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether a hash was made at other costs than today's."""
    return bool(_hasher().check_needs_rehash(kept))


@cache
def _hasher() -> Any:
    # Loaded by the first PIN: the board is up without it.
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash that is compared with where there is none, so that a wrong name takes as long as a wrong PIN."""
    return hashed("the PIN of nobody")
