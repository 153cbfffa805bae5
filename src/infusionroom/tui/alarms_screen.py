"""All alarms: state, begin, value, limit, and who has seen each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.alarm_list import ALARMS_EMPTY, alarm_head, alarm_key, alarm_rows
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.domain.visit import Visit


class AlarmsScreen(ListScreen):
    """The list of alarms; `k` acknowledges the person's under the cursor, so the arrows and `j` move here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "acknowledge", show=False),
        Binding("K", "leave", show=False),
        Binding("enter", "open", show=False),
    ]
    VERBS = (
        Verb("acknowledge", "k", "Acknowledge this person's"),
        Verb("open", "⏎", "Open the visit"),
        Verb("leave", "Esc", "Back"),
    )

    def content(self, width: int) -> PaneText:
        if self.board is None:
            return PaneText("All alarms", (), empty=ALARMS_EMPTY)
        rows = alarm_rows(self.board, width)
        return PaneText(f"All alarms  {len(rows)}", rows, alarm_head(width) if rows else (), ALARMS_EMPTY)

    def _visit(self) -> str:
        alarms = self.board.alarms if self.board else ()
        return next((alarm.visit for alarm in alarms if alarm_key(alarm) == self.selected), "")

    def target(self) -> tuple[Visit | None, int | None]:
        visit = self.room.visits.get(self._visit()) if self.room else None
        return visit, visit.chair if visit is not None and visit.here else None

    async def action_acknowledge(self) -> None:
        from infusionroom.tui import verbs

        visit = self._visit()
        if visit:
            await verbs.acknowledge(self.app, visit)

    async def action_open(self) -> None:
        if visit := self._visit():
            await self.app.perform("open", visit)

    async def opened(self, key: str) -> None:
        await self.action_open()
