"""The palette: every action of the table by name, for the person and chair that are selected."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from infusionroom.tui import actions

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp


class ActionsProvider(Provider):
    """Offers the table of actions to Textual's command palette; nothing of Textual's own is in it."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action, said, why in self._offers():
            text = f"{said}  {action.help}"
            score = matcher.match(text)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(said), self._do(action.id), text=text, help=why or action.help
                )

    async def discover(self) -> Hits:
        for action, said, why in self._offers():
            yield DiscoveryHit(Content(said), self._do(action.id), text=said, help=why or action.help)

    def _offers(self) -> list[tuple[actions.Action, str, str | None]]:
        app = self._room_app
        visit, chair = app.target(self.screen)
        offers = []
        for action in actions.ACTIONS:
            if action.id == "palette":
                continue
            why = None
            if app.room_state is not None and (now := app.now()) is not None:
                entry = actions.BY_ID[app.entry_of(action.id, visit, chair)]
                why = actions.why_not(entry, app.room_state, visit, now, chair, actor=app.actor)
            key = f"  ({action.key_word})" if action.key else ""
            offers.append((action, f"{action.group}: {action.word}{key}", why))
        return offers

    @property
    def _room_app(self) -> InfusionRoomApp:
        app: Any = self.app
        return cast("InfusionRoomApp", app)

    def _do(self, action_id: str) -> partial[Coroutine[Any, Any, None]]:
        visit, chair = self._room_app.target(self.screen)
        return partial(self._room_app.perform, action_id, visit.id if visit else "", chair)
