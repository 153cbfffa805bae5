"""A clinic with days ahead of it: a real room on a real store, and what other people book in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import at_local
from infusionroom.domain.outcome import Done
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

ZONE = "America/Chicago"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NOW = datetime(2026, 11, 23, 16, 42, tzinfo=UTC)  # 10:42 at the clinic


def at_clinic(day: date, hour: int, minute: int = 0) -> datetime:
    return at_local(day, time(hour, minute), ZONE)


def clinic_at(path: Path, *, now: datetime = NOW, chairs: int = 8) -> RoomService:
    """Opens the room of the store at `path`, setting it up where there is none."""
    room = open_room(f"sqlite:///{path}", clock=FrozenClock(now))
    room.refresh()
    if room.state.clinic is None:
        give(
            room,
            cmd.SetUpRoom(
                name="Northside",
                timezone=ZONE,
                opens=time(7),
                closes=time(18),
                chairs=chairs,
                first_user="RN Lee",
            ),
        )
        give(room, cmd.AddPerson(name="Dr Roy", role="prescriber"))
    return room


def give(room: RoomService, command: cmd.Command) -> Done:
    outcome = room.execute(command, actor="RN Lee", terminal="elsewhere")
    assert isinstance(outcome, Done), outcome
    room.refresh()
    return outcome


def registered(room: RoomService, family: str = "Weld", given: str = "Ida", **more: Any) -> str:
    """Somebody with a file; returns the patient's id."""
    file = ev.PatientFile(
        family=family, given=given, birth_date=date(1980, 1, 2), record_number=f"K-{family}", **more
    )
    done = give(room, cmd.RegisterPatient(file=file, confirmed=True))
    return done.entries[0].stream.partition(":")[2]


def booked(
    room: RoomService,
    patient: str,
    *starts: datetime,
    kind: str = "single day",
    chair: int | None = 1,
    overbooked: str = "",
) -> str:
    """A course on these days; returns its id."""
    days = tuple(cmd.DayWanted(n, start, chair) for n, start in enumerate(starts, 1))
    done = give(
        room,
        cmd.BookCourse(
            patient=patient, archetype=kind, days=days, prescriber="Dr Roy", overbooked=overbooked
        ),
    )
    return done.entries[0].stream.partition(":")[2]


def courses(room: RoomService, patient: str) -> list[Any]:
    history = room.patient(patient)
    assert history is not None
    return [file.course for file in history.courses]
