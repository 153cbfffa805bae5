"""Writing a past into a store, many entries to a transaction: for demonstrations and benchmarks, never for a day.

It goes past `RoomService.execute` only in what makes that slow, a transaction for each command. Everything is still
decided, sealed and projected by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide import decide
from infusionroom.domain.evolve import fold
from infusionroom.domain.fold_board import NoRoom
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.record import days_of, record_of
from infusionroom.domain.room import Room
from infusionroom.domain.visit import NOT_COMING, Phase, stream_of, visit_id_of
from infusionroom.services.errors import translated
from infusionroom.services.projecting import save_rows
from infusionroom.services.room import RoomService

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.store import Writing

COMMANDS_TOGETHER: Final = 4_000
PLANS_TOGETHER: Final = 5_000


class Act(Protocol):
    """Something that was done: when, by whom, and the command that says so (with an id)."""

    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def command(self) -> cmd.Command: ...


def append_history(room: RoomService, acts: Iterable[Act], *, terminal: str) -> int:
    """Decides and appends what was done, in the order of time; how many entries that made.

    Raises `NotAllowed` for what the room's rules refuse: then nothing of its transaction is written.
    """
    room.refresh()
    state, written = room.state, 0
    acts = iter(acts)
    while batch := list(islice(acts, COMMANDS_TOGETHER)):
        with translated(), room.store.writing() as writing:
            after, entries = _decided(state, batch, terminal, writing)
            save_rows(state, after, entries, writing)
        written += len(entries)
        state = _present(after)
    room.reload()
    return written


def append_brief_history(room: RoomService, plans: Iterable[ev.Plan], *, actor: str, terminal: str) -> int:
    """Past visits of which only two things are kept, that they were planned and that nobody came; how many.

    Each plan needs an appointment of its own. A million of them take minutes, not hours.
    """
    clinic = room.state.clinic
    if clinic is None:
        raise NoRoom("no room is set up yet")
    plans, written = iter(plans), 0
    while batch := list(islice(plans, PLANS_TOGETHER)):
        with translated(), room.store.writing() as writing:
            head, _ = writing.head()
            entries = writing.append(
                [draft for plan in batch for draft in _brief(plan)],
                recorded_at=batch[-1].start,
                actor=actor,
                terminal=terminal,
                command=f"history-{head}",
            )
            visits = (fold(pair) for pair in zip(entries[::2], entries[1::2], strict=True))
            writing.save_visits((record_of(visit, clinic), days_of(visit, clinic)) for visit in visits)
        written += len(batch)
    room.reload()
    return written


def _brief(plan: ev.Plan) -> Iterator[Draft]:
    if plan.appointment is None:
        raise ValueError("a plan of the past needs its appointment")
    stream = stream_of(visit_id_of(plan.appointment.key))
    yield Draft(stream, ev.VisitPlanned(plan=plan), plan.start)
    yield Draft(stream, ev.NotShown(), plan.start)


def _decided(room: Room, acts: Iterable[Act], terminal: str, writing: Writing) -> tuple[Room, list[Entry]]:
    written: list[Entry] = []
    for act in acts:
        command_id = act.command.id or ""
        drafts = decide(room, act.command, now=act.at, actor=act.actor, command_id=command_id)
        entries = writing.append(
            drafts, recorded_at=act.at, actor=act.actor, terminal=terminal, command=command_id
        )
        room = evolve(room, entries)
        written += entries
    return room, written


def _present(room: Room) -> Room:
    """Without the visits that are over, so that deciding does not get slower with every year."""
    over = NOT_COMING | {Phase.LEFT}
    return replace(room, visits={k: v for k, v in room.visits.items() if v.phase not in over})
