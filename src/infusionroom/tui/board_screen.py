"""The board: panes given a `Board`, a selection that follows the person, and keys that become verbs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import Layout, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.screen import Screen
from textual.timer import Timer

from infusionroom.tui import actions
from infusionroom.tui.following_app import OPENING
from infusionroom.tui.footer_verbs import FooterVerbs
from infusionroom.tui.panes.footer import Footer
from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.panes.strip import Strip
from infusionroom.tui.panes.tab_strip import TabStrip
from infusionroom.tui.present.cells import Cell, Row, cut
from infusionroom.tui.present.frame import PaneText, chair_key
from infusionroom.tui.present.layout import PANES, TABS, TITLES, Plan, plan
from infusionroom.tui.present.to_come import course_of_task

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit
    from infusionroom.tui.app import InfusionRoomApp

# Where the arrows lead from a pane.
LEFT: Final = {"infusions": "chairs", "recovery": "chairs", "discharge": "to_come", "flow": "infusions"}
RIGHT: Final = {"chairs": "infusions", "to_come": "discharge"}
DIGITS_HOLD_S: Final = 2.0


class _BoardLayout(Layout):
    """Puts each part where the plan says; what is not of the board (messages) lies as usual."""

    name = "board"

    def arrange(
        self, parent: Any, children: list[Any], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        assert isinstance(parent, BoardScreen)
        boxes = parent.plan(size.width, size.height).boxes
        strangers = [child for child in children if not isinstance(child, Lines)]
        placements = VerticalLayout().arrange(parent, strangers, size, greedy) if strangers else []
        for child in children:
            if isinstance(child, Lines):
                box = boxes.get(child.id or "", (0, 0, 0, 0))
                placements.append(WidgetPlacement(Region(*box), NULL_OFFSET, NULL_SPACING, child))
        return placements


class BoardScreen(Screen[None]):
    """The live board. `show` gives it a new board; everything else is what a person does."""

    TAKES_VERBS = True
    NEVER_HELD = frozenset({"q"})
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(a.key, f"verb('{a.id}')", a.word, show=False) for a in actions.ACTIONS if a.on_board),
        Binding("f1", "verb('help')", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-1000)", show=False),
        Binding("end", "move(1000)", show=False),
        Binding("left,h", "sideways('left')", show=False),
        Binding("right,l", "sideways('right')", show=False),
        Binding("tab", "pane(1)", show=False),
        Binding("shift+tab", "pane(-1)", show=False),
        Binding("escape", "forget_digits", show=False),
    ]  # fmt: skip

    app: InfusionRoomApp

    def __init__(self, id: str = "board") -> None:
        super().__init__(id=id)
        self._arrangement = _BoardLayout()
        self._ready = False
        self._contents: dict[tuple[str, int, bool], PaneText] = {}
        self.board: Board | None = None
        self._masked: Board | None = None
        self.room: Room | None = None
        self.now: datetime | None = None
        self.pane = "chairs"
        self.tab = "chairs"
        self.selected = ""
        self.digits = ""
        self._digits_timer: Timer | None = None
        self._pane_before_digits = ""
        self._strip, self._tabs = Strip(), TabStrip()
        self._footer, self._verbs = Footer(), FooterVerbs()
        self._panes = {name: Pane(name, newest=name == "flow") for name in (*PANES, "flow")}

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def layout(self) -> Layout:
        return self._arrangement

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._tabs
        yield from self._panes.values()
        yield self._footer

    def plan(self, width: int, height: int) -> Plan:
        """Where everything lies at this size."""
        chairs = len(self.board.chairs) if self.board else 8
        return plan(width, height, chairs, self.tab)

    @property
    def keys_wait(self) -> bool:
        """Whether what is typed is kept until the room is open: a chair's number would find no chair."""
        return self.app.notice == OPENING

    @property
    def mode(self) -> str:
        return self.plan(*self.app.size).mode

    def _arrange_anew(self) -> None:
        """Lays the parts out again although neither size nor parts have changed."""
        self._clear_arrangement_cache()
        self.refresh(layout=True)

    def on_mount(self) -> None:
        self._ready = True
        if self.board is None:
            self.app.refresh_board()
        else:
            self.repaint()

    def on_resize(self) -> None:
        self.repaint(follow=True)

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def show(self, room: Room | None, board: Board | None, now: datetime) -> None:
        """Shows a new board: same cursor, same scroll, same focus, and only what changed is painted."""
        relayout = board is not None and (self.board is None or len(self.board.chairs) != len(board.chairs))
        self.room, self.board, self.now = room, board, now
        self._contents, self._masked = {}, None
        self._verbs.look_at(room, now)
        if self.selected.startswith("chair:") and board is not None:
            # An empty chair was chosen and somebody has been seated there since: the chair is still meant.
            taken = {chair_key(line.number): line.who.visit for line in board.chairs if line.who}
            self.selected = taken.get(self.selected, self.selected)
        if relayout:
            self._arrange_anew()
        self.repaint()

    def repaint(self, *, follow: bool = False) -> None:
        """Gives every visible part what it shows; parts that already show it write nothing."""
        if not self._ready:
            # The parts are not there yet; once they are, they are given everything.
            return
        app, board = self.app, self._readable()
        boxes = self.plan(*app.size).boxes
        self._strip.present(
            board,
            boxes["strip"].width,
            user=app.at_keys.words(only_looks=app.only_looks),
            reach=app.reach,
            notice=app.notice,
            flashing=app.flashing,
            paint=app.paint_name,
            nobody=not app.actor,
            aside=self._to_look_at(),
        )
        if "tabs" in boxes:
            self._tabs.present(board, boxes["tabs"].width, TABS.index(self.tab), app.paint_name)
        for name, pane in self._panes.items():
            if name in boxes and boxes[name].width > 2:
                pane.present(
                    self._content(name, boxes[name].width - 2),
                    size=(boxes[name].width, boxes[name].height),
                    selected=self.selected,
                    focused=name == self.pane,
                    paint=app.paint_name,
                    follow=follow,
                )
        self._present_footer()

    def _readable(self) -> Board | None:
        """The board as it may be read here: all that is shown is made of this one."""
        if self.board is None or not self.app.masked:
            return self.board
        from infusionroom.domain.masking import masked

        self._masked = self._masked or masked(self.board)
        return self._masked

    def _to_look_at(self) -> str:
        """What stands on the board until somebody has looked at it: emergency accesses, in the staff list."""
        if self.room is None or all(broken.reviewed_by for broken in self.room.glass):
            return ""
        from infusionroom.tui.present.staff_list import unseen_words

        return f"! {unseen_words(self.room)}: see ^P Staff"

    def _content(self, name: str, width: int) -> PaneText:
        if (board := self._readable()) is None:
            return PaneText(TITLES[name], ())
        masked = self.app.masked
        if name == "flow":
            from infusionroom.tui.panes.flow import flow_text

            if masked:
                return PaneText(TITLES["flow"], (), empty=("Locked.", "F2 signs in."))
            return flow_text(self.room, self.selected, board, width, self.app.terminal)
        from infusionroom.tui.panes.contents import CONTENTS

        # A key moves the selection and not the board: what the panes say of this board is worked out once.
        if (name, width, masked) not in self._contents:
            said = CONTENTS[name](board, width)
            if name == "to_come" and (words := self._to_look_at()):
                aside = Row("", (Cell(cut(f" {words}", width), "warn"),))
                said = said._replace(rows=(aside, *said.rows))
            self._contents[name, width, masked] = said
        return self._contents[name, width, masked]

    def _present_footer(self) -> None:
        visit, chair = self.target()
        self._footer.present(
            self._lead(visit, chair),
            self._verbs.line(actions.FOOTER_PERSON, visit, chair, self.app),
            self._verbs.line(actions.FOOTER_ROOM, visit, chair, self.app),
            self.app.paint_name,
            self.app.size.width,
        )

    def _lead(self, visit: Visit | None, chair: int | None) -> str:
        if self.board is None:
            return ""
        where = f"ch {chair}" if chair is not None else ""
        if visit is not None:
            who = next((w for w in self._people() if w.visit == visit.id), None)
            from infusionroom.tui.present.people import name_of

            gone = "" if self.app.masked else f"{visit.patient.family} {visit.patient.given[:1]}"
            name = name_of(who) if who else gone
            return f"{where} {name}".strip() + (" …" if self.digits else "")
        if self.digits and not self.selected:
            return f"no chair {self.digits}"
        return f"{where} …" if self.digits else where

    def _people(self) -> list[Any]:
        board = self._readable()
        assert board is not None
        groups = (board.chairs, board.to_come, board.recovery, board.discharge)
        return [line.who for group in groups for line in group if line.who is not None]

    # ── selection ───────────────────────────────────────────────────────────────────────────────────────────

    def target(self) -> tuple[Visit | None, int | None]:
        """Who, and which chair, the next verb is for."""
        if self.selected.startswith("chair:"):
            return None, int(self.selected.removeprefix("chair:"))
        visit = self.room.visits.get(self.selected) if self.room and self.selected else None
        return visit, visit.chair if visit and visit.here else None

    def shown_visits(self) -> set[str]:
        """The visits that stand somewhere on the board."""
        return {who.visit for who in self._people()} if self.board else set()

    def select(self, key: str) -> None:
        """Selects a visit, or an empty chair, in every pane."""
        self.selected = key
        self.repaint(follow=True)

    def action_move(self, step: int) -> None:
        self.forget_digits()
        key = self._panes[self.pane].neighbour(self.selected, step)
        if key is not None:
            self.select(key)

    def action_page(self, direction: int) -> None:
        self.action_move(direction * self._panes[self.pane].page)

    def action_pane(self, step: int) -> None:
        order: tuple[str, ...] = PANES
        if self.mode == "tabs":
            order = (*TABS[:1], "to_come", *TABS[1:])
        at = order.index(self.pane) if self.pane in order else 0
        self.focus_pane(order[(at + step) % len(order)])

    def action_sideways(self, direction: str) -> None:
        if self.mode == "tabs":
            self.action_pane(-1 if direction == "left" else 1)
            return
        leads = LEFT if direction == "left" else RIGHT
        if self.pane in leads:
            self.focus_pane(leads[self.pane])

    def focus_pane(self, name: str) -> None:
        """Lets the keys move in a pane; the selected person stays selected where they are in it too."""
        self.forget_digits()
        self._turn_to(name)
        self.repaint()
        pane = self._panes[name]
        if pane.keys and self.selected not in pane.keys:
            self.selected = pane.neighbour("", 0) or self.selected
        self.repaint(follow=True)

    def _turn_to(self, name: str) -> None:
        self.pane = name
        tab = name if name in TABS else "chairs"
        if tab != self.tab:
            self.tab = tab
            if self.mode == "tabs":
                self._arrange_anew()

    # ── chair numbers ───────────────────────────────────────────────────────────────────────────────────────

    async def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.character in "0123456789" and event.key == event.character:
            event.stop()
            self.digit(event.character)
            self.app.key_done()

    def digit(self, digit: str) -> None:
        """Adds a digit to the chair's number and selects that chair; in a small window 1 to 4 turn to a tab too."""
        if self.board is None:
            return
        by_number = {str(line.number): line for line in self.board.chairs}
        longer = self.digits + digit
        starts_new = not self.digits or longer not in by_number
        if starts_new:
            self._pane_before_digits = self._pane_before_digits or self.pane
        self.digits = digit if starts_new else longer
        line = by_number.get(self.digits)
        # A number that no chair has selects nobody, so that the verb can never hit whoever was selected before.
        self.selected = "" if line is None else line.who.visit if line.who else chair_key(line.number)
        if self.mode == "tabs" and len(self.digits) == 1 and 1 <= int(digit) <= len(TABS):
            self._turn_to(TABS[int(digit) - 1])
        if self._digits_timer is not None:
            self._digits_timer.stop()
        self._digits_timer = self.set_timer(DIGITS_HOLD_S, self.action_forget_digits)
        self.repaint(follow=True)

    def action_forget_digits(self) -> None:
        self.forget_digits()
        self._present_footer()

    def forget_digits(self) -> None:
        """The next digit begins a new chair number."""
        self.digits = ""
        self._pane_before_digits = ""
        if self._digits_timer is not None:
            self._digits_timer.stop()
            self._digits_timer = None

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────

    async def action_verb(self, action_id: str) -> None:
        if action_id == "acknowledge" and not self.app.alarm_waits:
            self.action_move(-1)
            return
        if self._pane_before_digits and self.mode == "tabs" and actions.BY_ID[action_id].where != "room":
            # `3 p` was meant for chair 3 and not as a wish to look at tab 3.
            self._turn_to(self._pane_before_digits)
            self.repaint(follow=True)
        visit, chair = self.target()
        self.forget_digits()
        if action_id in ("open", "course") and (course := course_of_task(self.selected)):
            from infusionroom.tui.file_forms import show_course

            await show_course(self.app, course)
        else:
            await self.app.perform(action_id, visit.id if visit else self.selected, chair)
        self._present_footer()

    async def on_footer_clicked(self, event: Footer.Clicked) -> None:
        await self.action_verb(event.action)

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        self.focus_pane(TABS[event.index])

    async def on_pane_picked(self, event: Pane.Picked) -> None:
        self.forget_digits()
        if event.pane.name in (*PANES,):
            self._turn_to(str(event.pane.name))
        if event.key:
            self.select(event.key)
            if event.opened:
                await self.action_verb("open")
        else:
            self.repaint()

    async def on_click(self, event: events.Click) -> None:
        if event.widget is self._strip and event.y == 1:
            await self.action_verb("alarms")
