"""What becomes of a command: done, refused with reasons, or lost to somebody else."""

from __future__ import annotations

from datetime import datetime

import msgspec

from infusionroom.domain.journal import Entry


class Reason(msgspec.Struct, frozen=True):
    """Why something was refused.

    `rule` is a stable short name, `text` a sentence that says which rule and what to do.
    `confirmable` means: unlikely, not impossible; the same command with `confirmed` set is accepted.
    `overridable` means: a physician's override with a reason lets it pass.
    """

    rule: str
    text: str
    confirmable: bool = False
    overridable: bool = False


class Done(msgspec.Struct, frozen=True, tag_field="outcome", tag="done"):
    """Appended: the entries, in journal order. `repeated` says that this command had already been done before."""

    command: str
    entries: tuple[Entry, ...]
    repeated: bool = False


class Refused(msgspec.Struct, frozen=True, tag_field="outcome", tag="refused"):
    """Nothing was written; every reason is named."""

    command: str
    reasons: tuple[Reason, ...]


class Conflict(msgspec.Struct, frozen=True, tag_field="outcome", tag="conflict"):
    """Nothing was written: somebody else changed the stream after the version that the screen showed."""

    command: str
    stream: str
    expected_version: int
    version: int
    by: str
    terminal: str
    what: str
    when: datetime


Outcome = Done | Refused | Conflict
