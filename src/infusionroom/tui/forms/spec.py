"""What a form is, as data: its fields from top to bottom and the command that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from infusionroom.domain.clinic import DEFAULT_RULES, Band, Rules
from infusionroom.domain.commands import Command
from infusionroom.domain.course import stream_of as course_stream
from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.events import Event
from infusionroom.domain.journal import Entry
from infusionroom.domain.patient import stream_of as patient_stream
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit, stream_of

Kind = Literal[
    "text",
    "integer",
    "decimal",
    "choice",
    "many",
    "yes_no",
    "when",
    "note",
    "score",
    "date",
    "time",
    "planned_time",
    "duration",
    "zone",
    "pin",
]
Tone = Literal["plain", "good", "warn", "bad", "dim"]
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FormContext:
    """What a form knows when it is opened: the room, who it is about, and the moment.

    `entry` is the one that is corrected or preselected for undoing, `point` the point of a gate that an
    override is about. `course` is the course that a form is about, `course_day` which day of it, `history` the
    patient. `now` is aware UTC.
    """

    room: Room
    visit: Visit | None
    chair: int | None
    now: datetime
    actor: str
    entry: Entry | None = None
    point: str = ""
    course: CourseFile | None = None
    history: PatientHistory | None = None
    course_day: int | None = None

    @property
    def timezone(self) -> str:
        return self.room.clinic.timezone if self.room.clinic else "UTC"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def rules(self) -> Rules:
        return self.room.clinic.rules if self.room.clinic else DEFAULT_RULES

    @property
    def day(self) -> date:
        """The clinic's day of now."""
        return self.now.astimezone(self.zone).date()

    @property
    def person(self) -> Visit:
        """The visit that this form is about. Raises `NoVisit` where there is none."""
        if self.visit is None:
            raise NoVisit("choose a person first")
        return self.visit

    def at(self, now: datetime) -> FormContext:
        return replace(self, now=now)


def versions_shown(context: FormContext, visit: Visit | None) -> dict[str, int]:
    """The version of each stream that a form is about, as it was opened: a lost race is seen by it."""
    shown = dict(context.room.versions)
    if visit is not None:
        shown[stream_of(visit.id)] = visit.version
    if context.course is not None:
        shown[course_stream(context.course.course.id)] = context.course.course.version
    if context.history is not None:
        shown[patient_stream(context.history.patient.id)] = context.history.patient.version
    return shown


class NoVisit(LookupError):
    """A form about a visit was opened without one."""


@dataclass(frozen=True)
class Choice:
    """One thing that can be picked: by `key` (a digit or letter), shown as `label`, meaning `value`.

    One that cannot be picked now says why in `closed`.
    """

    key: str
    value: Any
    label: str
    detail: str = ""
    closed: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A value that the program fills in, marked as suggested, and what it rests on."""

    value: str
    why: str


@dataclass(frozen=True)
class LiveLine:
    """A line under the fields that follows what is typed."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Limits:
    """What a number can be, and what it usually is (asked once beyond it)."""

    possible: Band | None = None
    likely: Band | None = None


def _nothing(_: FormContext) -> str:
    return ""


def _always(_: Values, __: FormContext) -> bool:
    return True


def _no_unit(_: Values, __: FormContext) -> str:
    return ""


def _no_limits(_: FormContext) -> Limits:
    return Limits()


def _no_choices(_: FormContext) -> tuple[Choice, ...]:
    return ()


def _no_names(_: FormContext) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a form. Texts that depend on the person or the moment are functions of the context.

    `reference` stands grey beside the field (the last value); `shown` hides a question that does not arise;
    `suggest` fills it in for as long as nobody has touched it; `names` are completions. `unit_of` is for a unit
    that depends on what else is answered.
    """

    id: str
    label: str
    kind: Kind = "text"
    default: Callable[[FormContext], str] = _nothing
    help: str = ""
    unit: str = ""
    unit_of: Callable[[Values, FormContext], str] = _no_unit
    required: bool = False
    limits: Callable[[FormContext], Limits] = _no_limits
    choices: Callable[[FormContext], tuple[Choice, ...]] = _no_choices
    levels: tuple[str, ...] = ()
    reference: Callable[[FormContext], str] = _nothing
    shown: Callable[[Values, FormContext], bool] = _always
    suggest: Callable[[Values, FormContext], Suggestion | None] | None = None
    names: Callable[[FormContext], tuple[str, ...]] = _no_names
    column: bool = False
    width: int = 0

    def options(self, context: FormContext) -> tuple[Choice, ...]:
        """What can be picked, for every kind that is picked from."""
        if self.kind == "yes_no":
            return (Choice("y", True, "yes"), Choice("n", False, "no"))
        if self.kind == "score":
            points = range(len(self.levels) - 1, -1, -1)
            return tuple(Choice(str(p), p, self.levels[p]) for p in points)
        return self.choices(context)


Build = Callable[[Values, FormContext], Command]
Check = Callable[[Values, FormContext], dict[str, str]]
Live = Callable[[Values, FormContext], tuple[LiveLine, ...]]


def _no_checks(_: Values, __: FormContext) -> dict[str, str]:
    return {}


def _no_lines(_: Values, __: FormContext) -> tuple[LiveLine, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class FormSpec:
    """A form: what it is called, what it asks, what follows from the answers, and the command they make.

    `check` returns problems by field that only several answers together show. `fill` turns the body of an
    entry back into what was typed, and `rebuild` the answers into its corrected body: what can be corrected.
    `kind` names that entry. `about_visit` is False for forms about a chair or the room, `blind` shows nothing
    of what was entered before, `gate` marks a list of points instead of questions, `picks_entry` one that only
    chooses the entry whose form comes next. `whole` marks one whose command carries all that is known, so that
    after a lost race it must not take back what others have just entered.
    """

    id: str
    title: str
    fields: tuple[Field, ...] = ()
    build: Build | None = None
    check: Check = _no_checks
    live: Live = _no_lines
    intro: str = ""
    kind: str = ""
    fill: Callable[[Any, FormContext], dict[str, str]] | None = None
    rebuild: Callable[[Values, FormContext, Event], Event] | None = None
    about_visit: bool = True
    blind: bool = False
    gate: Literal["", "start", "discharge"] = ""
    dated: bool = True
    picks_entry: bool = False
    whole: bool = False


WHEN = Field(
    id="at",
    label="Happened at",
    kind="when",
    help="-10 or 10:25",
    width=26,
)
