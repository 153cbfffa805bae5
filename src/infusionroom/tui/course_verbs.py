"""The one table of what can be done with a course: keys, words, forms, and why something cannot be done now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infusionroom.domain.course_days import CourseDay, DayState, held
from infusionroom.domain.course_file import CourseFile

_TO_COME: Final = (DayState.PLANNED, DayState.OPEN, DayState.UNDECIDED)
_GONE: Final = {
    DayState.HELD: "was held",
    DayState.HERE: "takes place now",
    DayState.OMITTED: "is omitted",
}
WhyNot = Callable[[CourseFile, CourseDay | None], str | None]


@dataclass(frozen=True, slots=True)
class CourseVerb:
    """Something that can be done with a course, or with the day under the cursor.

    `form` is the form that it opens; without one it opens a screen, or a form that needs the calendar.
    """

    id: str
    key: str
    word: str
    help: str
    why_not: WhyNot
    form: str = ""


def _never(_: CourseFile, __: CourseDay | None) -> None:
    return None


def _movable(word: str) -> WhyNot:
    def why_not(file: CourseFile, day: CourseDay | None) -> str | None:
        if file.course.stopped is not None:
            return f"{word}: the course was stopped; X extends it."
        if day is None:
            return f"{word}: choose a day first."
        if day.state not in _TO_COME:
            return f"{word}: day {day.number} {_GONE[day.state]}."
        return None

    return why_not


def _stop(file: CourseFile, _: CourseDay | None) -> str | None:
    return "Stop: the course is already over." if file.over else None


def _extend(file: CourseFile, _: CourseDay | None) -> str | None:
    closed = file.course.follow_up_closed is not None
    return "Extend: the follow-up of this course is closed; book a new course." if closed else None


def _target(file: CourseFile, _: CourseDay | None) -> str | None:
    return "Target: the course is over; no day is to come." if file.over else None


def _pgic(file: CourseFile, _: CourseDay | None) -> str | None:
    return None if held(file.days) else "PGIC: nothing was infused yet."


def _started(file: CourseFile, _: CourseDay | None) -> str | None:
    if not held(file.days):
        return "Started: nothing was infused yet."
    if file.oral.started_on is not None:
        return f"Started: known already, {file.oral.started_on.isoformat()}; u takes an answer back."
    return None


def _after(word: str) -> WhyNot:
    def why_not(file: CourseFile, _: CourseDay | None) -> str | None:
        if not file.over:
            return f"{word}: the course is not over yet."
        if file.follow_up is None:
            return f"{word}: nothing was infused, so nothing follows."
        return f"{word}: nothing of the follow-up is open." if file.follow_up.closed else None

    return why_not


def _undo(file: CourseFile, _: CourseDay | None) -> str | None:
    from infusionroom.tui.forms.courses import answers

    return None if answers(file) else "Undo: no answer, consent or call to take back."


def _open(_: CourseFile, day: CourseDay | None) -> str | None:
    return None if day is not None and day.visit is not None else "Open: this day has no visit yet."


VERBS: Final[tuple[CourseVerb, ...]] = (
    CourseVerb("defer", "D", "Defer", "Another date for the day, or none yet.", _movable("Defer")),
    CourseVerb(
        "omit", "o", "Omit", "The day does not take place; nothing replaces it.", _movable("Omit"), "omit_day"
    ),
    CourseVerb("stop", "x", "Stop", "The course ends early.", _stop, "stop_course"),
    CourseVerb("extend", "X", "Extend", "Further days after the last.", _extend),
    CourseVerb("target", "t", "Target", "Another dose for the days to come.", _target, "change_target"),
    CourseVerb("agree", "a", "Agreed", "What was agreed with their physician.", _never, "agree_plan"),
    CourseVerb("consent", "c", "Consent", "The consent for the whole course.", _never, "consent"),
    CourseVerb("pgic", "g", "PGIC", "The patient's impression of change.", _pgic, "rate_pgic"),
    CourseVerb("oral", "R", "Oral Rx", "Oral ketamine prescribed, taught.", _never, "oral_course"),
    CourseVerb("started", "s", "Started", "Since when, or that they will not.", _started, "oral_started"),
    CourseVerb("call", "k", "Call", "A follow-up call, reached or not.", _after("Call"), "record_call"),
    CourseVerb("letter", "L", "Letter", "The letter to their pain physician.", _never),
    CourseVerb("undo", "u", "Undo", "Takes an answer back.", _undo, "undo_course"),
    CourseVerb("close", "F", "Close", "Nothing more is asked of it.", _after("Close"), "close_follow_up"),
    CourseVerb("patient", "P", "Patient", "Whose course it is.", _never),
    CourseVerb("open", "enter", "Visit", "The day's visit.", _open),
)
BY_ID: Final = {verb.id: verb for verb in VERBS}
# The footer's two lines: what is done with the days and the end, and what is said of the course.
ABOVE: Final = ("open", "defer", "omit", "stop", "extend", "target", "letter", "patient")
BELOW: Final = ("agree", "consent", "pgic", "oral", "started", "call", "undo", "close")


def word_of(verb: CourseVerb, day: CourseDay | None) -> str:
    """What a verb is called for the day under the cursor: an open day is booked, not deferred."""
    open_day = day is not None and day.state in (DayState.OPEN, DayState.UNDECIDED)
    return "Book day" if verb.id == "defer" and open_day else verb.word
