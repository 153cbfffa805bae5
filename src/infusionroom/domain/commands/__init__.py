"""Everything a person may ask of the room, as it travels: from a form, from `infusionroom do`, from an importer.

One JSON object is one command, told apart by `command`. What all share is in `Command`.
"""

from __future__ import annotations

from typing import Final, get_args

from infusionroom.domain.commands.base import *  # noqa: F403
from infusionroom.domain.commands.base import Command
from infusionroom.domain.commands.course import *  # noqa: F403
from infusionroom.domain.commands.course import (
    AcknowledgeConsent,
    AgreePlan,
    BookCourse,
    ChangeTarget,
    CloseFollowUp,
    DeferDay,
    ExtendCourse,
    NotStartOral,
    OmitDay,
    PrescribeOral,
    RatePgic,
    RecordCall,
    SealLetter,
    StartOral,
    StopCourse,
    TakeDay,
    TeachOral,
    UndoCourse,
    WriteLetter,
)
from infusionroom.domain.commands.patient import *  # noqa: F403
from infusionroom.domain.commands.patient import (
    ChangePatient,
    MergePatients,
    PartPatients,
    RegisterPatient,
)
from infusionroom.domain.commands.room import *  # noqa: F403
from infusionroom.domain.commands.room import (
    ChangeRoom,
    ChangeRule,
    CleanChair,
    CloseDay,
    OpenDay,
    PublishConsent,
    ReturnChair,
    SetArchetype,
    SetUpRoom,
    TakeChairOut,
    UndoChair,
    WithdrawArchetype,
)
from infusionroom.domain.commands.staff import *  # noqa: F403
from infusionroom.domain.commands.staff import (
    AddPerson,
    BreakGlass,
    DisablePerson,
    EnablePerson,
    FailSignIn,
    FetchAnswer,
    GiveKey,
    GiveRole,
    OpenRecord,
    RecoverAdministrator,
    ReviewGlass,
    SetPin,
    SignIn,
    TakeKeyBack,
    TakeRole,
)
from infusionroom.domain.commands.visit import *  # noqa: F403
from infusionroom.domain.commands.visit import (
    Acknowledge,
    Arrive,
    CancelVisit,
    ChangePlan,
    ChangeRate,
    Correct,
    DoubleCheck,
    GiveBolus,
    Leave,
    MarkEnteredInError,
    MarkNoShow,
    Move,
    Order,
    Override,
    Pause,
    PlanVisit,
    Record,
    Resume,
    Seat,
    SignOff,
    Start,
    Stop,
    Swap,
    TurnAway,
    Undo,
    Wait,
)

VisitAsked = (
    PlanVisit
    | ChangePlan
    | CancelVisit
    | MarkNoShow
    | MarkEnteredInError
    | Arrive
    | Seat
    | Move
    | Swap
    | TurnAway
    | Record
    | Order
    | DoubleCheck
    | Start
    | ChangeRate
    | Pause
    | Resume
    | GiveBolus
    | Stop
    | Override
    | SignOff
    | Wait
    | Leave
    | Acknowledge
    | Undo
    | Correct
)
PatientAsked = RegisterPatient | ChangePatient | MergePatients | PartPatients
CourseAsked = (
    BookCourse
    | DeferDay
    | OmitDay
    | TakeDay
    | StopCourse
    | ExtendCourse
    | ChangeTarget
    | AgreePlan
    | AcknowledgeConsent
    | RatePgic
    | PrescribeOral
    | TeachOral
    | StartOral
    | NotStartOral
    | RecordCall
    | CloseFollowUp
    | WriteLetter
    | SealLetter
    | UndoCourse
)
RoomAsked = (
    CleanChair
    | TakeChairOut
    | ReturnChair
    | UndoChair
    | SetUpRoom
    | ChangeRoom
    | ChangeRule
    | SetArchetype
    | WithdrawArchetype
    | CloseDay
    | OpenDay
    | PublishConsent
)

StaffAsked = (
    AddPerson
    | GiveRole
    | TakeRole
    | DisablePerson
    | EnablePerson
    | SetPin
    | RecoverAdministrator
    | SignIn
    | FailSignIn
    | BreakGlass
    | ReviewGlass
    | OpenRecord
    | FetchAnswer
    | GiveKey
    | TakeKeyBack
)

AnyCommand = VisitAsked | PatientAsked | CourseAsked | RoomAsked | StaffAsked

COMMANDS: Final[tuple[type[Command], ...]] = get_args(AnyCommand)


def name_of(command: Command) -> str:
    """The word that names this command on the wire."""
    return str(command.__struct_config__.tag)
