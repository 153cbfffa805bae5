"""What every command carries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
# What becomes of a course when one of its days does not take place.
Rest = Literal["omit", "later", "stop", "undecided"]


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"):
    """What every command carries.

    `id` makes it safe to send twice: the second time is answered and not repeated. `at` is when it happened
    (default now; never in the future). `expected_version` is the version of the stream that the screen showed;
    a lost race is a `Conflict`. `user` is who gives it, where that is not the terminal's own user.
    """

    id: str | None = None
    at: Instant | None = None
    expected_version: int | None = None
    user: str | None = None


class VisitCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"):
    """A command about one visit, named by its id or by the sender's appointment (`placer/filler`)."""

    visit: str


class PatientCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"):
    """A command about one patient's file, named by its id."""

    patient: str


class CourseCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="command"):
    """A command about one course, named by its id."""

    course: str
