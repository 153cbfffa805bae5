"""Reading patients' files and courses for a screen: in a thread, the last question asked is the one answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from infusionroom.domain.course_file import CourseFile, PatientHistory
    from infusionroom.domain.events import PatientFile
    from infusionroom.domain.patient_record import PatientRecord
    from infusionroom.domain.record import VisitRecord
    from infusionroom.tui.app import InfusionRoomApp

Answer = TypeVar("Answer")


class Files(Protocol):
    """What these screens ask of the room; `services.room.RoomService` answers it. Every call blocks."""

    def patients(self, text: str, limit: int = 50) -> list[PatientRecord]: ...
    def alike(self, file: PatientFile) -> list[PatientRecord]: ...
    def patient(self, patient_id: str) -> PatientHistory | None: ...
    def course(self, course_id: str) -> CourseFile | None: ...
    def courses_due(self, by: date) -> list[CourseFile]: ...
    def courses_in_follow_up(self) -> list[CourseFile]: ...
    def unassigned(self, since: date) -> list[VisitRecord]: ...
    def booked(self, first: date, last: date) -> list[VisitRecord]: ...
    def holidays(self, first: date, last: date) -> dict[date, str]: ...


def files_of(app: InfusionRoomApp) -> Files | None:
    """The room's files, once it is open."""
    return cast("Files | None", app.room)


class Asking:
    """Questions of one screen: while one is answered newer ones replace each other, and only the last one counts."""

    def __init__(self, app: InfusionRoomApp) -> None:
        self._app = app
        self._asked = 0

    async def ask(self, question: Callable[[Files], Answer]) -> Answer | None:
        """The answer; None where a newer question was asked since, or the store is out of reach."""
        from infusionroom.services.errors import RoomError

        files = files_of(self._app)
        self._asked += 1
        mine = self._asked
        if files is None:
            return None
        try:
            answer = await asyncio.to_thread(question, files)
        except RoomError:
            # The strip says already that the store is away; what is shown stays until it is back.
            return None
        return answer if mine == self._asked else None


async def now_read(app: InfusionRoomApp, question: Callable[[Files], Answer]) -> Answer | None:
    """An answer that a verb needs before it can go on; says so where the store is out of reach."""
    from infusionroom.services.errors import RoomError

    files = files_of(app)
    if files is None:
        return None
    try:
        return await asyncio.to_thread(question, files)
    except RoomError as lost:
        app.say(str(lost), warn=True)
        return None


def moment(app: InfusionRoomApp) -> datetime:
    """The room's time, where a room is open."""
    now = app.now()
    assert now is not None
    return now


def room_with_versions(app: InfusionRoomApp, versions: dict[str, int]) -> Any:
    """The room as a form sees it, knowing at which version these streams were shown."""
    from msgspec.structs import replace

    return replace(app.room_state, versions={**app.room_state.versions, **versions})
