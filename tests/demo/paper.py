"""A room on paper: the same deciding and folding as the real one, without a store, so that many days are cheap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from infusionroom.demo.life import Step
from infusionroom.domain.decide import decide
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import Room


def played(steps: Iterable[Step], until: datetime | None = None) -> Room:
    """The room after the steps, each given at its own time. Raises `NotAllowed` at the first one refused."""
    room = Room()
    for step in steps:
        if until is not None and step.at > until:
            break
        assert step.command.id
        drafts = decide(room, step.command, now=step.at, actor=step.actor, command_id=step.command.id)
        versions = dict(room.versions)
        entries = []
        for part, draft in enumerate(drafts):
            versions[draft.stream] = versions.get(draft.stream, 0) + 1
            entries.append(
                Entry(
                    id=room.head + 1 + part,
                    stream=draft.stream,
                    version=versions[draft.stream],
                    happened_at=draft.happened_at,
                    recorded_at=step.at,
                    actor=step.actor,
                    terminal="paper",
                    command=step.command.id,
                    part=part,
                    body=draft.body,
                )
            )
        room = evolve(room, entries)
    return room
