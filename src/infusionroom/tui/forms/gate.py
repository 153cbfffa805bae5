"""The lists before the start and before going home: every point, and the form that settles it one key away."""

from __future__ import annotations

from dataclasses import replace as with_changes
from datetime import datetime
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from infusionroom.domain.board import Board, Point
from infusionroom.domain.outcome import Done, Outcome
from infusionroom.domain.room import Room
from infusionroom.domain.visit import stream_of
from infusionroom.tui.forms.home import points_of
from infusionroom.tui.forms.paper import Said, paint_of
from infusionroom.tui.forms.screen import FormScreen, Submit
from infusionroom.tui.forms.spec import FormContext, FormSpec
from infusionroom.tui.present.form_words import form_head, key_line
from infusionroom.tui.present.gate_words import GateRow, gate_line, gate_summary

SETTLED_BY: Final[dict[str, str]] = {
    "identity": "identify",
    "consent": "consent",
    "weight": "weight",
    "baseline_vitals": "vitals",
    "baseline_pain": "pain",
    "responsible_adult": "adult",
    "iv_site": "iv",
    "order": "order",
    "double_check": "double_check",
    "aldrete": "aldrete",
    "padss": "padss",
    "vitals": "vitals",
    "moaas": "vitals",
    "oriented": "orientation",
    "iv_out": "iv_out",
    "escort": "escort",
    "instructions": "instructions",
    "oral_ketamine": "oral",
    "next_visit": "next_visit",
    "signed": "sign_off",
}
_LAST: Final[dict[str, tuple[GateRow, ...]]] = {
    "start": (GateRow("start", "Start the infusion", "start"),),
    "discharge": (
        GateRow("leave", "Leave", "leave"),
        GateRow("against_advice", "Leave against advice", "against_advice"),
    ),
}


class GateScreen(ModalScreen[Outcome | None]):
    """A gate's points, met ones and missing ones. Enter opens what settles the chosen one; the last row goes on.

    Dismissed with the last outcome, or None when nothing was entered.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f2", "settle", "Settle"),
        Binding("escape", "leave", "Back"),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("home", "move(-100)", show=False),
        Binding("end", "move(100)", show=False),
        Binding("o,V", "override", "Override", show=False),
    ]

    DEFAULT_CSS = """
    GateScreen { align: center middle; background: #000000 60%; }
    GateScreen > #gate {
        width: 100; max-width: 100%; height: auto; max-height: 100%;
        border: round #5fafd7; background: #000000; padding: 0 1;
    }
    GateScreen.-light > #gate { background: #ffffff; border: round #005faf; }
    """

    def __init__(self, spec: FormSpec, context: FormContext, submit: Submit) -> None:
        super().__init__()
        self.spec, self.context = spec, context
        self._submit_command = submit
        self._outcome: Outcome | None = None
        self._version = context.person.version
        self._settled_here = ""
        rows = self.rows()
        self.cursor = next(
            (n for n, row in enumerate(rows) if row.point and row.point.open), len(self._points())
        )

    def compose(self) -> ComposeResult:
        with Vertical(id="gate") as frame:
            frame.border_title = self.spec.title
            yield Said(id="who")
            yield Said(id="points")
            yield Said(id="keys")

    def on_mount(self) -> None:
        self.set_class(paint_of(self.app) == "light", "-light")
        self._say()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._say)

    def show(self, room: Room, board: Board, now: datetime) -> None:
        """Takes the fresh visit: what anybody settled is settled here too. The cursor stays on its point."""
        visit = room.visits.get(self.context.person.id)
        self.context = with_changes(self.context, room=room, now=now)
        if visit is not None and visit.version >= self._version:
            key = self._chosen().key
            self.context = with_changes(self.context, visit=visit)
            self._version = visit.version
            # The vital signs of a moment decide which points are asked: the list can grow or shrink.
            self.cursor = next((n for n, row in enumerate(self.rows()) if row.key == key), self.cursor)
            self._go_on()
        if self.is_mounted:
            self._say()

    # ── rows ────────────────────────────────────────────────────────────────────────────────────────────────

    def _points(self) -> tuple[Point, ...]:
        return points_of(self.spec.gate, self.context)

    def rows(self) -> tuple[GateRow, ...]:
        """The points, then what comes after them."""
        points = tuple(
            GateRow(p.key, p.label, SETTLED_BY.get(p.key, ""), p) for p in self._points() if p.needed
        )
        return (*points, *_LAST[self.spec.gate])

    def _chosen(self) -> GateRow:
        rows = self.rows()
        return rows[min(self.cursor, len(rows) - 1)]

    def _go_on(self) -> None:
        """To the next open point after one that was settled here; never under somebody's finger on ⏎."""
        chosen = self._chosen()
        if chosen.key == self._settled_here and chosen.point is not None and not chosen.point.open:
            self._settled_here = ""
            self._to_next_open()

    def _to_next_open(self) -> None:
        rows = self.rows()
        after = [n for n, row in enumerate(rows) if n > self.cursor and row.point and row.point.open]
        before = [n for n, row in enumerate(rows) if row.point and row.point.open]
        last = len(rows) - len(_LAST[self.spec.gate])
        self.cursor = after[0] if after else before[0] if before else last

    def _say(self) -> None:
        width = max(20, self.query_one("#gate").content_size.width or 76)
        head = form_head(self.context.visit, None, width)
        self.query_one("#who", Said).say((head, ()))
        rows = self.rows()
        lines = [gate_line(row, width, selected=n == self.cursor) for n, row in enumerate(rows)]
        open_points = [row.point for row in rows if row.point and row.point.open]
        summary = gate_summary(self.spec.gate, len(open_points), self._chosen().point, width)
        self.query_one("#points", Said).say((*lines, (), *summary))
        keys = [("⏎", "open"), ("↑↓", "choose"), ("Esc", "back")]
        point = self._chosen().point
        if point is not None and point.open and point.overridable:
            keys.insert(1, ("o", "physician's override"))
        self.query_one("#keys", Said).say(((), key_line(keys)))

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────

    def action_move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, len(self.rows()) - 1))
        self._say()

    def action_leave(self) -> None:
        self.dismiss(self._outcome)

    def action_settle(self) -> None:
        """Opens the form of the chosen row."""
        chosen = self._chosen()
        self._open(chosen.form or "override", chosen.key)

    def action_override(self) -> None:
        point = self._chosen().point
        if point is not None and point.open and point.overridable:
            self._open("override", point.key)

    def on_click(self, event: events.Click) -> None:
        points = self.query_one("#points")
        if points.region.contains(event.screen_x, event.screen_y):
            row = event.screen_y - points.region.y
            if row < len(self.rows()):
                again = row == self.cursor
                self.cursor = row
                self._say()
                if again:
                    self.action_settle()

    def _open(self, form_id: str, point: str) -> None:
        from infusionroom.tui.forms import FORMS

        # Our own entries may not have come back through the feed yet.
        visit = replace(self.context.person, version=max(self.context.person.version, self._version))
        context = with_changes(self.context, visit=visit, point=point)
        form = FormScreen(FORMS[form_id], context, self._submit_command)
        self.app.push_screen(form, lambda outcome: self._settled(form_id, outcome))

    def _settled(self, form_id: str, outcome: Outcome | None) -> None:
        if not isinstance(outcome, Done):
            return
        self._outcome = outcome
        stream = stream_of(self.context.person.id)
        versions = [entry.version for entry in outcome.entries if entry.stream == stream]
        self._version = max([self._version, *versions])
        if form_id in ("start", "leave", "against_advice"):
            self.dismiss(outcome)
            return
        # The feed may have brought the entry before the form that made it was gone.
        self._settled_here = self._chosen().key
        self._go_on()
        self._say()
