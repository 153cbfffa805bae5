"""What the doctor says: one sentence or two for each thing, and how much it matters."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Severity(IntEnum):
    WRONG = 0
    ADVICE = 1
    NOT_SEEN = 2

    @property
    def word(self) -> str:
        return ("wrong", "advice", "not seen")[self]


class Finding(NamedTuple):
    """What is so, and what to do about it."""

    severity: Severity
    sentence: str


def wrong(sentence: str) -> Finding:
    """Something that lets the wrong people in, or keeps the right ones out."""
    return Finding(Severity.WRONG, sentence)


def advice(sentence: str) -> Finding:
    """Something that holds, and would hold better otherwise."""
    return Finding(Severity.ADVICE, sentence)


def not_seen(sentence: str) -> Finding:
    """Something that this person may not look at."""
    return Finding(Severity.NOT_SEEN, sentence)
