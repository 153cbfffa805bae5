"""What the footer says of each verb: its word for whoever is selected, and the sentence that dims it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from infusionroom.tui import actions
from infusionroom.tui.present.footer import Verb

if TYPE_CHECKING:
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit
    from infusionroom.tui.app import InfusionRoomApp

_BEING_OPENED = "The room is being opened."


class FooterVerbs:
    """The verbs as they stand in one room at one moment, each judged once and not again with every key.

    `look_at` says which room and moment, and forgets what was found before.
    """

    def __init__(self) -> None:
        self._room: Room | None = None
        self._now: datetime | None = None
        # By action, person, chair and who is at the keys: the entry of the table it stands for, and how it is shown.
        self._found: dict[tuple[str, str, int | None, str], tuple[str, Verb]] = {}

    def look_at(self, room: Room | None, now: datetime | None) -> None:
        """From here on the verbs are those of this room at this moment."""
        self._room, self._now, self._found = room, now, {}

    def line(
        self, ids: tuple[str, ...], visit: Visit | None, chair: int | None, app: InfusionRoomApp
    ) -> tuple[Verb, ...]:
        """The verbs of one line for this person and chair; what stands there already by its own key is left out."""
        shown = [(id_, *self._judged(actions.BY_ID[id_], visit, chair, app)) for id_ in ids]
        return tuple(verb for id_, entry, verb in shown if entry == id_ or entry not in ids)

    def _judged(
        self, action: actions.Action, visit: Visit | None, chair: int | None, app: InfusionRoomApp
    ) -> tuple[str, Verb]:
        room, now, actor = self._room, self._now, app.actor
        if room is None or now is None:
            return action.id, Verb(action.id, action.key_word, action.word, _BEING_OPENED)
        # What is of the room is the same whoever is selected.
        whose = visit.id if visit is not None and action.where != "room" else ""
        where = chair if action.where != "room" else None
        key = (action.id, whose, where, actor)
        if (found := self._found.get(key)) is None:
            entry = actions.BY_ID[app.entry_of(action.id, visit, chair)]
            reason = actions.why_not(entry, room, visit, now, chair, actor=actor)
            word = entry.word if action.guard == "" else action.word
            found = self._found[key] = (entry.id, Verb(action.id, action.key_word, word, reason))
        return found
