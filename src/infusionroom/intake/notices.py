"""What a sender's file says, message by message: understood, set aside with the reason, or refused."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

from infusionroom.domain.events import Appointment, Plan

Intent = Literal["book", "reschedule", "modify", "cancel", "discontinue", "delete", "no_show", "fulfilled"]

COMING: Final[frozenset[Intent]] = frozenset({"book", "reschedule", "modify"})
RAW_LIMIT: Final = 256_000
MOST_ASIDE: Final = 2_000
MOST_APPOINTMENTS: Final = 20_000


class Notice(msgspec.Struct, frozen=True):
    """One sender's message about one appointment.

    `line` counts from 1. `raw` is the source text of this message alone, complete enough to be read again.
    `sent_at` is aware UTC and only given when it can be believed (see `believable`).
    `remark` is a sentence about what was read loosely; it carries no patient data.
    """

    intent: Intent
    appointment: Appointment
    plan: Plan | None
    file: str
    line: int
    raw: str
    sent_at: datetime | None = None
    remark: str = ""


class Quarantined(msgspec.Struct, frozen=True):
    """What could not be understood or must not be applied: where it stands, why, and its text for a retry."""

    file: str
    line: int
    field: str
    why: str
    raw: str

    @property
    def sentence(self) -> str:
        """Where and why, without the text itself."""
        return place(self.file, self.line, self.field) + ": " + self.why


class FileRefused(Exception):
    """A file that is not understandable as a whole; nothing of it or of the files beside it is applied."""

    def __init__(self, file: str, why: str, *, line: int | None = None, field: str = "") -> None:
        self.file, self.line, self.field, self.why = file, line, field, why
        super().__init__(f"{place(file, line, field)}: {why}")


class NotUnderstood(Exception):
    """One `field` of one message cannot be used; `why` is a sentence, `line` is given where it is known."""

    def __init__(self, field: str, why: str, line: int | None = None) -> None:
        self.field, self.why, self.line = field, why, line
        super().__init__(f"{field}: {why}")


class Parsed(msgspec.Struct, frozen=True):
    """Everything a set of files says, in the order of reading; `remarks` are sentences worth showing."""

    notices: tuple[Notice, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    remarks: tuple[str, ...] = ()

    def and_then(self, other: Parsed) -> Parsed:
        return Parsed(
            self.notices + other.notices,
            self.quarantined + other.quarantined,
            self.remarks + other.remarks,
        )


def refuse_noise(file: str, aside: list[Quarantined]) -> None:
    """Raises `FileRefused` once so much was set aside that the file cannot be a schedule."""
    if len(aside) > MOST_ASIDE:
        why = f"more than {MOST_ASIDE} messages in it are not understood; nothing of it was taken"
        raise FileRefused(file, why, line=aside[0].line, field=aside[0].field)


def refuse_flood(file: str, count: int) -> None:
    """Raises `FileRefused` for more appointments than any schedule has, before they are all read."""
    if count > MOST_APPOINTMENTS:
        raise FileRefused(
            file, f"more than {MOST_APPOINTMENTS} appointments; split the file and import the parts"
        )


def place(file: str, line: int | None, field: str) -> str:
    """`file, line 3, PID-7`: where something stands, with what is known of it."""
    return ", ".join([file, *([f"line {line}"] if line else []), *([field] if field else [])])
