"""Everything of one visit: who and where they stand, the flowsheet, trends, and what is still missing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from infusionroom.domain.background import Background
from infusionroom.domain.board import Alarm, Board, Point
from infusionroom.domain.clinic import DEFAULT_RULES, Rules
from infusionroom.domain.flowsheet import FlowLine, flowsheet
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.tui import actions
from infusionroom.tui.forms.paper import paint_of
from infusionroom.tui.panes.footer import Footer
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.present.cells import Cell, Line, Row
from infusionroom.tui.present.flowsheet import FLOW_EMPTY, FLOW_TITLE, detail_lines, flow_head, flow_rows
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.gate_words import point_line
from infusionroom.tui.present.times import zone
from infusionroom.tui.present.trends import TRENDS_EMPTY, TRENDS_TITLE, trend_lines
from infusionroom.tui.present.visit_head import head_lines

if TYPE_CHECKING:
    from infusionroom.domain.outcome import Outcome

WIDE, WIDEST, TALL = 100, 170, 30
TABS: Final = ("flowsheet", "trends", "lists")
TAB_TITLES: Final = ("Flowsheet", "Trends", "Lists")
DETAIL_HEIGHT: Final = 3
BEFORE_START, BEFORE_HOME = "Before the start", "Before going home"
_OWN: Final = ("back", "entry", "tab", "correct", "undo")


class VisitScreen(Screen[None]):
    """One visit. `show` gives it a new room: the cursor stays on its entry and the scroll where it is.

    A visit of a past day is given as `visit`, or read from the app's room by its id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("tab", "tab(1)", show=False),
        Binding("shift+tab", "tab(-1)", show=False),
        *(Binding(str(n), f"turn('{name}')", show=False) for n, name in enumerate(TABS, 1)),
        Binding("c", "correct", show=False),
        Binding("u", "undo", show=False),
        *(
            Binding(a.key, f"verb('{a.id}')", show=False)
            for a in actions.ACTIONS
            if a.key and a.key not in ("c", "u", "enter", "q", "ctrl+p") and (a.where != "chair")
        ),
    ]

    DEFAULT_CSS = """
    VisitScreen { layout: vertical; overflow: hidden; }
    VisitScreen #head { height: 4; }
    VisitScreen #tabs { height: 1; display: none; }
    VisitScreen #middle { height: 1fr; }
    VisitScreen #left { width: 5fr; }
    VisitScreen #right { width: 3fr; }
    VisitScreen #flowsheet { height: 1fr; }
    VisitScreen #detail { height: 3; }
    VisitScreen #trends { height: 1fr; }
    VisitScreen #lists { height: 14; }
    VisitScreen #footer { height: 2; }
    VisitScreen.-widest #right { layout: horizontal; width: 5fr; }
    VisitScreen.-widest #left { width: 4fr; }
    VisitScreen.-widest #lists { height: 1fr; }
    VisitScreen.-tabs #tabs { display: block; }
    VisitScreen.-tabs #left, VisitScreen.-tabs #right { width: 1fr; display: none; }
    VisitScreen.-tabs #lists { height: 1fr; }
    VisitScreen.-tabs.-flowsheet #left { display: block; }
    VisitScreen.-tabs.-trends #right, VisitScreen.-tabs.-lists #right { display: block; }
    VisitScreen.-tabs.-trends #lists, VisitScreen.-tabs.-lists #trends { display: none; }
    """

    def __init__(self, visit_id: str, visit: Visit | None = None) -> None:
        super().__init__()
        self.visit_id = visit_id
        self.visit = visit
        self.tab = "flowsheet"
        self.selected = ""
        self._rules: Rules = DEFAULT_RULES
        self._timezone = "UTC"
        self._alarms: tuple[Alarm, ...] = ()
        self._now: datetime | None = None
        self._room: Room | None = None
        self._lines: tuple[FlowLine, ...] = ()
        self._lines_version = -1
        self._reading = False
        self._old_background = Background()
        self._panes = {name: Pane(name) for name in TABS}
        self._head, self._tabs, self._detail = Lines(id="head"), Lines(id="tabs"), Lines(id="detail")
        self._footer = Footer()

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._tabs
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield self._panes["flowsheet"]
                yield self._detail
            with Vertical(id="right"):
                yield self._panes["trends"]
                yield self._panes["lists"]
        yield self._footer

    @property
    def mode(self) -> str:
        """`tabs` in a small window, `wide` side by side, `widest` in three columns."""
        width, height = self.app.size
        if width < WIDE or height < TALL:
            return "tabs"
        return "widest" if width >= WIDEST else "wide"

    def on_mount(self) -> None:
        self._arrange()
        room, now = getattr(self.app, "room_state", None), self._app_now()
        if room is not None and now is not None:
            self.show(room, getattr(self.app, "board", None), now)

    def on_resize(self) -> None:
        self._arrange()
        self.call_after_refresh(self.repaint, follow=True)

    def _arrange(self) -> None:
        mode = self.mode
        self.set_class(mode == "tabs", "-tabs")
        self.set_class(mode == "widest", "-widest")
        for name in TABS:
            self.set_class(self.tab == name, f"-{name}")

    def _app_now(self) -> datetime | None:
        now = getattr(self.app, "now", None)
        moment: datetime | None = now() if callable(now) else None
        return moment

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, room: Room, board: Board | None, now: datetime) -> None:
        """Shows the visit as the room has it now."""
        self._room, self._now = room, now
        if room.clinic is not None:
            self._rules, self._timezone = room.clinic.rules, room.clinic.timezone
        self._alarms = board.alarms if board is not None else ()
        known = room.visits.get(self.visit_id)
        if known is not None:
            self.visit = known
        elif self.visit is None or self.visit.here:
            self._read_old()
        self.repaint()

    def _read_old(self) -> None:
        """A visit that is not of today is read from the journal, off the event loop."""
        if not self._reading and getattr(self.app, "room", None) is not None:
            self._reading = True
            self.run_worker(self._reading_old(), exclusive=True, group="old")

    async def _reading_old(self) -> None:
        from infusionroom.services.errors import RoomError

        room: Any = self.app.room  # type: ignore[attr-defined]
        try:
            self.visit = await asyncio.to_thread(room.visit, self.visit_id)
            if self.visit is not None:
                self._old_background = await asyncio.to_thread(room.background, self.visit)
        except RoomError:
            # The board's own banner says that the store is away; the next change tries again.
            return
        finally:
            self._reading = False
        self.repaint()

    def repaint(self, *, follow: bool = False) -> None:
        """Gives every part what it shows; parts that already show it write nothing."""
        visit, now = self.visit, self._now
        if visit is None or now is None or not self.is_mounted:
            return
        if visit.version != self._lines_version:
            self._lines, self._lines_version = flowsheet(visit), visit.version
        if not self.selected and self._lines:
            self.selected, follow = str(self._lines[-1].entry.id), True
        paint = paint_of(self.app)
        head = head_lines(visit, self._alarms, now, self._timezone, self._head.size.width)
        self._head.show_lines(head, paint)
        self._tabs.show_lines((self._tab_line(),), paint)
        for name, pane in self._panes.items():
            if pane.size.width > 2:
                pane.present(
                    self._content(name, visit, now, pane.size.width - 2, pane.size.height - 2),
                    selected=self.selected if name == "flowsheet" else "",
                    focused=name == self.tab,
                    paint=paint,
                    follow=follow and name == "flowsheet",
                )
        width = max(20, self._detail.size.width - 2)
        details = detail_lines(self._chosen(), self._lines, width, DETAIL_HEIGHT, self._timezone)
        blank: tuple[Line, ...] = ((),) * (DETAIL_HEIGHT - len(details))
        self._detail.show_lines((*((Cell(" "), *line) for line in details), *blank), paint)
        self._footer.present("", self._own_verbs(), self._person_verbs(visit, now), paint)

    def _content(self, name: str, visit: Visit, now: datetime, width: int, height: int) -> PaneText:
        if name == "flowsheet":
            day = now.astimezone(zone(self._timezone)).date()
            terminal = str(getattr(self.app, "terminal", ""))
            rows = flow_rows(self._lines, width, self._timezone, day=day, terminal=terminal)
            head = flow_head(self._lines, width, terminal)
            return PaneText(f"{FLOW_TITLE} ({len(rows)})", rows, head, FLOW_EMPTY)
        if name == "trends":
            lines = trend_lines(visit, self._rules, now, self._timezone, width, height)
            return PaneText(TRENDS_TITLE, tuple(Row("", line) for line in lines), empty=TRENDS_EMPTY)
        return self._lists(visit, now, width)

    def _lists(self, visit: Visit, now: datetime, width: int) -> PaneText:
        """The list of the gate that the person stands before; both where there is room for both."""
        before, after = self._points(visit, now)
        first = [(Cell(" "), *point_line(point, width - 1)) for point in before]
        second = [(Cell(" "), *point_line(point, width - 1)) for point in after if point.needed]
        if self.mode == "wide":
            home = visit.infusion is not None
            lines = second if home else first
            title = BEFORE_HOME if home else BEFORE_START
            return PaneText(title, tuple(Row("", line) for line in lines))
        rule: Line = (Cell(f" {BEFORE_HOME}", "title"),)
        return PaneText(BEFORE_START, tuple(Row("", line) for line in (*first, (), rule, *second)))

    def _points(self, visit: Visit, now: datetime) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        started = visit.infusion.started_at if visit.infusion else None
        behind = self._behind(visit)
        before = start_points(visit, behind, self._rules, started or visit.ended_at or now)
        return before, discharge_points(visit, behind, self._rules, visit.ended_at or now)

    def _behind(self, visit: Visit) -> Background:
        """What stands behind the visit: the room knows it of today's, of an older one it was read with it."""
        if self._room is not None and visit.id in self._room.visits:
            return self._room.background(visit)
        return self._old_background

    def _tab_line(self) -> Line:
        return tuple(
            Cell(f"[{n} {title}] ", "tab.here") if name == self.tab else Cell(f" {n} {title}  ", "tab")
            for n, (name, title) in enumerate(zip(TABS, TAB_TITLES, strict=True), 1)
        )

    def _own_verbs(self) -> tuple[Verb, ...]:
        chosen = self._chosen()
        why = self._why_not_change(chosen)
        return (
            Verb("back", "Esc", "Back"),
            Verb("entry", "↑↓", "Entry"),
            Verb("tab", "Tab", "Pane"),
            Verb("correct", "c", "Correct entry", why),
            Verb("undo", "u", "Take back entry", why),
        )

    def _why_not_change(self, line: FlowLine | None) -> str | None:
        if line is None:
            return "There is no entry yet."
        if line.taken_back_by is not None:
            return "This entry is already taken back."
        if line.kind == "visit_planned":
            return "The plan itself is changed or cancelled, not taken back."
        return None

    def _person_verbs(self, visit: Visit, now: datetime) -> tuple[Verb, ...]:
        room = self._room
        if room is None or (not visit.here and visit.id not in room.visits):
            return ()
        chair = visit.chair
        verbs = []
        for action_id in actions.FOOTER_PERSON:
            if action_id in ("undo", "open", "double_check"):
                continue
            shown = actions.BY_ID[action_id]
            entry = actions.BY_ID[actions.entry_of(action_id, room, visit, now)]
            reason = actions.why_not(entry, room, visit, now, chair, actor=getattr(self.app, "actor", ""))
            word = entry.word if shown.guard == "" else shown.word
            verbs.append(Verb(action_id, shown.key_word, word, reason))
        return tuple(verbs)

    # ── the cursor ──────────────────────────────────────────────────────────────────────────────────────────

    def _chosen(self) -> FlowLine | None:
        return next((line for line in self._lines if str(line.entry.id) == self.selected), None)

    def action_move(self, step: int) -> None:
        if self.tab == "flowsheet":
            self.selected = self._panes["flowsheet"].neighbour(self.selected, step) or self.selected
            self.repaint(follow=True)
        else:
            self._panes[self.tab].scroll_rows(step)

    def action_page(self, direction: int) -> None:
        self.action_move(direction * self._panes[self.tab].page)

    def action_tab(self, step: int) -> None:
        self.action_turn(TABS[(TABS.index(self.tab) + step) % len(TABS)])

    def action_turn(self, name: str) -> None:
        """Brings a pane to the front, or the keys to it."""
        self.tab = name
        self._arrange()
        self.call_after_refresh(self.repaint, follow=True)

    def on_pane_picked(self, event: Pane.Picked) -> None:
        event.stop()
        self.tab = str(event.pane.name)
        if event.key:
            self.selected = event.key
            if event.opened:
                self.action_correct()
        self._arrange()
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        if event.widget is self._tabs:
            left = 0
            for name, cell in zip(TABS, self._tab_line(), strict=True):
                if left <= event.x < left + len(cell.text):
                    self.action_turn(name)
                left += len(cell.text)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_correct(self) -> None:
        self._change("correct")

    def action_undo(self) -> None:
        self._change("undo")

    def _change(self, form_id: str) -> None:
        from infusionroom.tui.forms import form_screen

        chosen, visit, now, room = self._chosen(), self.visit, self._now, self._room
        reason = self._why_not_change(chosen)
        if reason is not None or chosen is None or visit is None or now is None or room is None:
            self.app.notify(reason or "There is no entry yet.", severity="warning", markup=False)
            return
        # A correction's line stands for the entry that it is about.
        target = chosen.corrects if form_id == "correct" and chosen.corrects else chosen.entry.id
        app: Any = self.app
        screen = form_screen(
            form_id,
            room=room,
            visit=visit,
            chair=visit.chair,
            now=self._app_now() or now,
            actor=app.actor,
            submit=app.submit,
            entry=target,
        )

        def closed(outcome: Outcome | None) -> None:
            self.repaint()

        self.app.clear_notifications()
        self.app.push_screen(screen, closed)

    async def action_verb(self, action_id: str) -> None:
        app: Any = self.app
        if action_id == "acknowledge":
            # Here it is about this person's alarms, not about the highest in the room.
            from infusionroom.tui.verbs import acknowledge

            await acknowledge(app, self.visit_id)
            return
        chair = self.visit.chair if self.visit else None
        await app.perform(action_id, self.visit_id, chair)

    async def on_footer_clicked(self, event: Footer.Clicked) -> None:
        if event.action == "tab":
            self.action_tab(1)
        elif event.action in _OWN:
            await self.run_action(event.action if event.action != "entry" else "move(-1)")
        else:
            await self.action_verb(event.action)
