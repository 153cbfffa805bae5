"""What a command is asked of: the room as it is, the moment, the person; and how asking fails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from infusionroom.domain.background import Background
from infusionroom.domain.clinic import Clinic, Rules
from infusionroom.domain.course import Course
from infusionroom.domain.course import stream_of as course_stream
from infusionroom.domain.day import clinic_day
from infusionroom.domain.events import Event
from infusionroom.domain.journal import Draft
from infusionroom.domain.outcome import Reason
from infusionroom.domain.room import CHAIR_STREAM, Room
from infusionroom.domain.transitions import unlawful
from infusionroom.domain.visit import Visit, stream_of


class NotAllowed(Exception):
    """The command is refused; every reason is named."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(reason.rule for reason in reasons))
        self.reasons = reasons


def refuse(
    rule: str, text: str, *, confirmable: bool = False, overridable: bool = False, visits: Sequence[str] = ()
) -> NotAllowed:
    """The exception for a single reason; `visits` are those who hold the place."""
    return NotAllowed(Reason(rule, text, confirmable, overridable, tuple(visits)))


class Asked(msgspec.Struct, frozen=True):
    """The room a command meets. `at` is when it happened, `now` when it is given; both aware UTC."""

    room: Room
    now: datetime
    at: datetime
    actor: str
    command_id: str

    @property
    def clinic(self) -> Clinic:
        if self.room.clinic is None:
            raise refuse("no_room", "No room is set up in this store: run “infusionroom setup” first.")
        return self.room.clinic

    @property
    def rules(self) -> Rules:
        return self.clinic.rules

    def visit(self, visit_id: str) -> Visit:
        """The visit of this id. Raises `NotAllowed` where there is none."""
        visit = self.room.visits.get(visit_id)
        if visit is None:
            raise refuse(
                "unknown_visit",
                f"There is no visit {visit_id[:100]!r} in this room: name it by its id, or by the sender's "
                "appointment as placer/filler (“A-1001/” where there is only the first).",
            )
        return visit

    def background(self, visit: Visit) -> Background:
        """What stands behind the visit."""
        return self.room.background(visit)

    def course(self, course_id: str) -> Course:
        """The course of this id. Raises `NotAllowed` where there is none, or it was not booked yet then."""
        course = self.room.courses.get(course_id)
        if course is None:
            raise refuse("unknown_course", f"There is no course {course_id[:100]!r}: name it by its id.")
        if self.at < course.booked_at:
            raise refuse("order", "It cannot have happened before the course was booked.")
        return course

    def day_of(self, instant: datetime) -> str:
        return clinic_day(instant, self.clinic.timezone).isoformat()

    def happens(self, visit: Visit, body: Event) -> Draft:
        """The entry that says so. Raises `NotAllowed` where it cannot have happened to the visit."""
        self.must_be_lawful(visit, body)
        return Draft(stream_of(visit.id), body, self.at)

    def must_be_lawful(self, visit: Visit, body: Event) -> None:
        if reason := unlawful(visit, body, self.at):
            raise NotAllowed(reason)

    def to_course(self, course_id: str, body: Event) -> Draft:
        return Draft(course_stream(course_id), body, self.at)

    def to_chair(self, chair: int, body: Event) -> Draft:
        return Draft(f"{CHAIR_STREAM}{chair}", body, self.at)


def names(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
