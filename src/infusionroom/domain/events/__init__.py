"""Everything that can have happened in the room: typed, frozen bodies, told apart by `kind`.

A `Fact` is an observation that a person may record as it is; the other events are decided from commands.
Decimals travel as text. Every body carries the number of its schema; an older one is upcast on reading.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, get_args

import msgspec

from infusionroom.domain.events.base import *  # noqa: F403
from infusionroom.domain.events.base import Event
from infusionroom.domain.events.course import *  # noqa: F403
from infusionroom.domain.events.course import (
    ConsentAcknowledged,
    CourseBooked,
    CourseExtended,
    CourseStopped,
    DayDeferred,
    DayOmitted,
    DayTaken,
    FollowUpCalled,
    FollowUpClosed,
    LetterDrafted,
    LetterSealed,
    OralNotStarted,
    OralPrescribed,
    OralStarted,
    OralTaught,
    PgicRated,
    PlanAgreed,
    TargetChanged,
)
from infusionroom.domain.events.fact import *  # noqa: F403
from infusionroom.domain.events.fact import Fact
from infusionroom.domain.events.patient import *  # noqa: F403
from infusionroom.domain.events.patient import PatientChanged, PatientMerged, PatientRegistered
from infusionroom.domain.events.plan import *  # noqa: F403
from infusionroom.domain.events.room import *  # noqa: F403
from infusionroom.domain.events.room import (
    ArchetypeSet,
    ArchetypeWithdrawn,
    ChairCleaned,
    ChairInService,
    ChairOutOfService,
    ChairVacated,
    ConsentPublished,
    DayClosed,
    DayOpened,
    RoomChanged,
    RoomSetUp,
    RuleChanged,
)
from infusionroom.domain.events.staff import *  # noqa: F403
from infusionroom.domain.events.staff import (
    AdministratorRecovered,
    AnswerFetched,
    GlassBroken,
    GlassReviewed,
    KeyGiven,
    KeyTakenBack,
    PersonAdded,
    PersonDisabled,
    PersonEnabled,
    PinSet,
    RecordOpened,
    RoleGiven,
    RoleTaken,
    SignedIn,
    SignInsFailed,
)
from infusionroom.domain.events.visit import *  # noqa: F403
from infusionroom.domain.events.visit import Corrected, Undone, VisitBody

CourseBody = (
    CourseBooked
    | DayTaken
    | DayDeferred
    | DayOmitted
    | CourseStopped
    | CourseExtended
    | TargetChanged
    | PlanAgreed
    | ConsentAcknowledged
    | PgicRated
    | OralPrescribed
    | OralTaught
    | OralStarted
    | OralNotStarted
    | FollowUpCalled
    | FollowUpClosed
    | LetterDrafted
    | LetterSealed
)

PatientBody = PatientRegistered | PatientChanged | PatientMerged

RoomBody = (
    ChairVacated
    | ChairCleaned
    | ChairOutOfService
    | ChairInService
    | RoomSetUp
    | RoomChanged
    | RuleChanged
    | ArchetypeSet
    | ArchetypeWithdrawn
    | DayClosed
    | DayOpened
    | ConsentPublished
)

StaffBody = (
    PersonAdded
    | RoleGiven
    | RoleTaken
    | PersonDisabled
    | PersonEnabled
    | PinSet
    | AdministratorRecovered
    | SignedIn
    | SignInsFailed
    | GlassBroken
    | GlassReviewed
    | RecordOpened
    | AnswerFetched
    | KeyGiven
    | KeyTakenBack
)

EventBody = VisitBody | CourseBody | PatientBody | RoomBody | StaffBody | Undone | Corrected


FACTS: Final[tuple[type[Event], ...]] = get_args(Fact)


class UnreadableEvent(ValueError):
    """A body in the journal that this version of the program cannot read."""


# (kind, schema it was written with) → the same body one schema later.
UPCASTERS: Final[dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}

_encoder: Final = msgspec.json.Encoder(order="deterministic", decimal_format="string")
_BODIES: Final[dict[str, type[Event]]] = {str(b.__struct_config__.tag): b for b in get_args(EventBody)}


class _Kind(msgspec.Struct):
    """What a body says it is, whatever else it says."""

    kind: str = ""


_kind_decoder: Final = msgspec.json.Decoder(_Kind)


@cache
def _decoder(body: type[Event]) -> msgspec.json.Decoder[Any]:
    # Made for the kinds that are met: making all of them takes longer than reading a full room.
    return msgspec.json.Decoder(body)


def kind_of(body: Event) -> str:
    """The `kind` that names this event in the journal."""
    return str(body.__struct_config__.tag)


def encode_event(body: Event) -> str:
    """The body as canonical JSON: fields in their declared order, decimals as text; same body, same bytes."""
    return _encoder.encode(body).decode("utf-8")


def decode_event(text: str) -> EventBody:
    """The typed body of canonical JSON, upcast where it was written by an older version.

    Raises `UnreadableEvent`.
    """
    try:
        return _typed(text)
    except msgspec.ValidationError as first:
        return _upcast(text, first)


def _typed(text: str | bytes) -> EventBody:
    known = _BODIES.get(_kind_decoder.decode(text).kind)
    if known is None:
        raise msgspec.ValidationError("no event is of this kind")
    body: EventBody = _decoder(known).decode(text)
    return body


def _upcast(text: str, first: msgspec.ValidationError) -> EventBody:
    raw = msgspec.json.decode(text)
    changed = False
    while isinstance(raw, dict) and (step := UPCASTERS.get((raw.get("kind", ""), raw.get("schema", 1)))):
        raw, changed = step(raw), True
    if not changed:
        raise UnreadableEvent(str(first)) from None
    return _typed(msgspec.json.encode(raw))
