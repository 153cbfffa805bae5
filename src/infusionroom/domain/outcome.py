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
    `visits` are those who hold the place that was wanted, where it is taken.
    """

    rule: str
    text: str
    confirmable: bool = False
    overridable: bool = False
    visits: tuple[str, ...] = ()


class Taken(msgspec.Struct, frozen=True):
    """Who gave the place that was wanted to visit `visit`: from where, when, by which journal entry.

    `chair` and `start` (aware UTC) are where that visit lies now, `family` whose it is.
    """

    visit: str
    entry: int
    by: str
    terminal: str
    what: str
    when: datetime
    chair: int | None = None
    start: datetime | None = None
    family: str = ""


class Done(msgspec.Struct, frozen=True, tag_field="outcome", tag="done"):
    """Appended: the entries, in journal order. `repeated` says that this command had already been done before."""

    command: str
    entries: tuple[Entry, ...]
    repeated: bool = False


class Refused(msgspec.Struct, frozen=True, tag_field="outcome", tag="refused"):
    """Nothing was written; every reason is named, and of a place that is taken by whom, the latest first."""

    command: str
    reasons: tuple[Reason, ...]
    taken: tuple[Taken, ...] = ()


class Conflict(msgspec.Struct, frozen=True, tag_field="outcome", tag="conflict"):
    """Nothing was written: somebody else entered what bears on this command after the version the screen showed.

    `since` are those entries, the last of which is named; `same` says that one of them is what the command wanted.
    """

    command: str
    stream: str
    expected_version: int
    version: int
    by: str
    terminal: str
    what: str
    when: datetime
    since: tuple[Entry, ...] = ()
    same: bool = False


Outcome = Done | Refused | Conflict
