"""The one screen that asks the questions of any form, checks them as they are typed, and gives the command."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace as with_changes
from datetime import datetime
from typing import ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from infusionroom.domain.board import Board
from infusionroom.domain.commands import Command
from infusionroom.domain.outcome import Conflict, Done, Outcome, Reason, Refused
from infusionroom.domain.room import Room
from infusionroom.domain.streams import stream_named
from infusionroom.services.errors import RoomError
from infusionroom.tui.forms.around import around_lines
from infusionroom.tui.forms.asking import as_confirmed, form_keys
from infusionroom.tui.forms.dialogs import ConflictDialog
from infusionroom.tui.forms.double_tap import DoubleTap, moment
from infusionroom.tui.forms.paper import FORM_CSS, Said, paint_of, rows_above
from infusionroom.tui.forms.picks import Picks
from infusionroom.tui.forms.race import as_it_stands, lost_of, newly_taken, take_over
from infusionroom.tui.forms.same_entry import SameEntry
from infusionroom.tui.forms.sheet import QuestionSheet
from infusionroom.tui.forms.spec import WHEN, FormContext, FormSpec, versions_shown
from infusionroom.tui.forms.vouching import refused_second
from infusionroom.tui.next_place import NextPlace, next_like
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.form_words import blamed, key_line

Submit = Callable[[Command], Awaitable[Outcome]]


class FormScreen(ModalScreen[Outcome | None]):
    """Asks the questions of `spec` and gives the command to `submit`.

    Dismissed with the outcome once it is done, or with None when nothing was entered. A refusal, a conflict or
    a store out of reach leaves the form open with everything that was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f2", "accept", "Accept"),
        Binding("escape", "drop", "Leave"),
        Binding("up", "previous", "Previous", show=False),
        Binding("down", "next", "Next", show=False),
        Binding("tab", "next", "Next", show=False, priority=True),
        Binding("shift+tab", "previous", "Previous", show=False, priority=True),
        Binding("f3", "override", "Override", show=False),
    ]

    DEFAULT_CSS = FORM_CSS

    def __init__(self, spec: FormSpec, context: FormContext, submit: Submit) -> None:
        super().__init__()
        self.spec = spec
        self.context = context
        self._submit_command = submit
        self._sheet = QuestionSheet((*spec.fields, WHEN) if spec.dated else spec.fields, context)
        self._questions = self._sheet.questions
        self._refused: dict[str, str] = {}
        self._answer: tuple[tuple[str, str], ...] = ()
        self._tried = False
        self._asked: dict[str, str] | None = None
        self._confirmed = False
        self._same = SameEntry()
        self._overridable: str = ""
        self._saving = False
        self._begun = False
        self._double_tap = DoubleTap()
        about = context.visit if spec.about_visit else None
        self._version = about.version if about is not None else None
        self._versions = versions_shown(context, about)

    def compose(self) -> ComposeResult:
        with Vertical(id="form") as form:
            form.border_title = clean(self.spec.title).replace("[", "(")
            yield Said(id="who")
            with VerticalScroll(id="questions", can_focus=False):
                yield from self._questions.values()
            yield Said(id="live")
            yield Said(id="answer")
            yield Said(id="keys")

    def on_mount(self, event: events.Mount) -> None:
        self.set_class(paint_of(self.app) == "light", "-light")
        self.set_class(self.spec.blind, "-blind")
        self._refresh()
        self._double_tap.appeared(event.time, self._sheet.texts())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._fit_height()
        if shown := self._sheet.shown():
            self.set_focus(shown[0].control)
        self._refresh()
        self._begun = True
        self._keys_go_on()

    @property
    def keys_wait(self) -> bool:
        """Whether keys have to wait: the form is being opened, or its entry is on its way."""
        return self._saving or not self._begun

    def _keys_go_on(self, *, taken: bool = True) -> None:
        done = getattr(self.app, "key_done", None)
        if done is not None:
            done(taken=taken)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._refresh)

    def show(self, room: Room, board: Board, now: datetime) -> None:
        """The clock goes on while a form is open; what the form was opened on stays, so that a race is seen."""
        visit = self.context.visit
        fresh = room.visits.get(visit.id) if visit else None
        if fresh is not None and fresh.version == self._version:
            self.context = with_changes(self.context, visit=fresh)
        self.context = self.context.at(now)
        self._refresh()

    # ── what is typed ───────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: events.Event) -> None:
        event.stop()
        self._edited()

    @on(Picks.Picked)
    def _picked(self, event: Picks.Picked) -> None:
        event.stop()
        self._sheet.answered_by_hand(event.picks)
        self._edited()
        if event.onward:
            self.action_next()

    @on(Picks.Passed)
    def _passed(self, event: Picks.Passed) -> None:
        event.stop()
        self.action_next()
        line = self.focused
        if isinstance(line, Input):
            # After its focus, which selects all that stands in it.
            line.call_later(line.replace, event.digit, 0, len(line.value))

    def on_key(self, event: events.Key) -> None:
        if self._double_tap.holds_back(event):
            event.stop()
            event.prevent_default()

    @on(Input.Submitted)
    def _entered(self, event: events.Event) -> None:
        event.stop()
        self.action_accept()

    def on_descendant_focus(self) -> None:
        self._refresh()

    def _edited(self) -> None:
        self._double_tap.answered(self._sheet.texts())
        if self._asked is not None and self._asked != self._sheet.texts():
            self._asked, self._confirmed = None, False
        if self._refused or self._answer:
            self._refused, self._answer, self._overridable = {}, (), ""
        self._refresh()

    def _refresh(self) -> None:
        if not self.is_mounted:
            return
        self._sheet.read(self.context)
        self._sheet.say(self.spec, self.context, self._refused, tried=self._tried)
        self._say_around()
        self._fit_height()

    # ── what is said ────────────────────────────────────────────────────────────────────────────────────────

    def _say_around(self) -> None:
        width = max(20, self.query_one("#form").content_size.width or 76)
        height = self.app.size.height
        around = around_lines(self.spec, self.context, self._sheet.sound(), self._answer, width, height)
        keys = form_keys(
            saving=self._saving,
            asked=self._asked is not None,
            lines=self._sheet.has_lines,
            point=self._overridable,
        )
        for name, lines in (around | {"keys": ((), key_line(keys))}).items():
            self.query_one(f"#{name}", Said).say(lines)

    def _fit_height(self) -> None:
        """The questions take what head, live lines and keys leave; they scroll in it."""
        around = sum(self.query_one(f"#{name}", Said).said for name in ("who", "live", "answer", "keys"))
        height = self.app.size.height
        above = rows_above(height)
        # On the form and not the screen: a screen's own padding would move the board that shows beneath it.
        self.query_one("#form").styles.margin = (above, 0, 0, 0)
        self.query_one("#questions").styles.max_height = max(3, height - above - around - 2)

    def _step(self, by: int) -> None:
        self._double_tap.moved()
        if (question := self._sheet.next_to_here(by)) is not None:
            # At once: a key that came in the same breath is meant for the next question.
            self.set_focus(question.control)

    def action_next(self) -> None:
        self._step(1)

    def action_previous(self) -> None:
        self._step(-1)

    def say_why_no_palette(self) -> None:
        """Ctrl+P was pressed: what is begun here is about somebody already, so it comes first."""
        self._answer = (("^P opens from the board: accept this form, or leave it with Esc.", "dim"),)
        self._refresh()

    def action_drop(self) -> None:
        """Leaves nothing behind. While an entry is on its way it waits for the answer."""
        if not self._saving:
            self.dismiss(None)

    # ── accepting ───────────────────────────────────────────────────────────────────────────────────────────

    def action_accept(self) -> None:
        """Gives the command, if every answer is sound; names what is not."""
        if self._saving:
            return
        self._tried = True
        self._refused, self._answer = {}, ()
        self._sheet.read(self.context)
        problems = self._sheet.problems()
        if not problems:
            problems = self.spec.check(self._sheet.values, self.context)
            self._refused = problems
        if problems:
            self._blame(problems)
            return
        if self.spec.picks_entry:
            self._open_correction()
            return
        unlikely = self._sheet.unlikely()
        if unlikely and not self._confirmed:
            self._ask(unlikely)
            return
        assert self.spec.build is not None
        self._give(self.spec.build(self._sheet.values, self.context))

    def _blame(self, problems: dict[str, str]) -> None:
        elsewhere = [text for name, text in problems.items() if name not in self._sheet.readings]
        self._answer = tuple((text, "high") for text in elsewhere)
        self._refresh()
        self._to_first(problems)

    def _to_first(self, problems: dict[str, str]) -> None:
        if (first := self._sheet.first_of(problems)) is not None:
            self.set_focus(first.control)
            first.scroll_visible(animate=False)

    def _ask(self, unlikely: list[str]) -> None:
        self._asked, self._confirmed = self._sheet.texts(), True
        self._double_tap.appeared(moment(), self._asked)
        self._answer = (*((text, "warn") for text in unlikely), ("Enter again to confirm.", "strong"))
        self._refresh()

    def _give(self, command: Command) -> None:
        command = replace(command, at=self._sheet.values.get("at") if self.spec.dated else None)
        if self._confirmed:
            command = as_confirmed(command)
        command = replace(command, expected_version=self._versions.get(stream_named(command) or ""))
        self._send(self._same.named(command))

    def _send(self, command: Command) -> None:
        self._saving = True
        self._say_around()
        self.run_worker(self._sending(command), exclusive=True, group="submit")

    async def _sending(self, command: Command) -> None:
        try:
            refused = await refused_second(self.app, self.spec, self._sheet.values, self.context)
            if refused:
                self._not_vouched(refused)
                return
            outcome = await self._submit_command(command)
        except RoomError as unreachable:
            self._saving = False
            self._answer = ((str(unreachable), "high"), ("Nothing was lost: Enter tries again.", "strong"))
            self._refresh()
            self._keys_go_on(taken=False)
            return
        lost = isinstance(outcome, Conflict) or bool(newly_taken(outcome, self.context.room.head))
        fresh = await as_it_stands(self.app, self.context) if lost else self.context
        place = await next_like(self.app, command, fresh) if lost and isinstance(outcome, Refused) else None
        self._saving = False
        self._say_around()
        if isinstance(outcome, Done):
            self.dismiss(outcome)
        elif isinstance(outcome, Refused) and not lost:
            self._refusal(outcome.reasons)
        else:
            self._lost(command, outcome, fresh, place)
        self._keys_go_on(taken=isinstance(outcome, Done))

    def _not_vouched(self, refused: dict[str, str]) -> None:
        """The second person's PIN was not theirs; all else that was typed stays."""
        self._saving, self._refused = False, refused
        for name in refused:
            self._sheet.empty(name)
        self._refresh()
        self._to_first(refused)
        self._keys_go_on(taken=False)

    def _refusal(self, reasons: tuple[Reason, ...]) -> None:
        if reasons and all(reason.confirmable for reason in reasons):
            self._ask([reason.text for reason in reasons])
            return
        labels = {q.field.id: q.field.label for q in self._sheet.shown()}
        self._refused, rest = blamed(reasons, labels)
        points = [r.rule for r in reasons if r.overridable and r.rule.startswith(("start.", "discharge."))]
        self._overridable = points[0].partition(".")[2] if points else ""
        self._answer = tuple((text, "high") for text in rest)
        self._refresh()
        self._to_first(self._refused)

    def _lost(
        self, command: Command, outcome: Conflict | Refused, fresh: FormContext, place: NextPlace | None
    ) -> None:
        told = lost_of(
            outcome,
            title=self.spec.title,
            asked=self._sheet.in_use(),
            before=self.context,
            fresh=fresh,
            whole=self.spec.whole,
            next_place=place.words if place is not None else "",
        )

        def decided(redo: bool | None) -> None:
            if isinstance(outcome, Refused):
                self._place_lost(outcome, fresh, place if redo else None)
            elif redo:
                self._redo(command, outcome, fresh)
            else:
                self.dismiss(outcome)

        self.app.push_screen(ConflictDialog(told, self.context.timezone, fresh.now), decided)

    def _redo(self, command: Command, conflict: Conflict, fresh: FormContext) -> None:
        """Mine after theirs, on what stands now."""
        self._version = conflict.version if self._version else None
        self._same.forget()
        self._versions[conflict.stream] = conflict.version
        self.context = fresh
        if self.spec.whole:
            take_over(self._questions.values(), fresh)
            self.action_accept()
        else:
            self._send(replace(command, expected_version=conflict.version, id=uuid.uuid4().hex))

    def _place_lost(self, outcome: Refused, fresh: FormContext, place: NextPlace | None) -> None:
        """The next place like the one that is gone, or the form with the reason, to choose another."""
        self.context = fresh
        if place is not None:
            self._send(place.command)
        else:
            self._refusal(outcome.reasons)

    def _open_correction(self) -> None:
        from infusionroom.tui.forms import correction_screen

        entry = next(e for e in self.context.person.entries if e.id == self._sheet.values["target"])
        context = with_changes(self.context, entry=entry)
        self.app.push_screen(correction_screen(context, self._submit_command), self.dismiss)

    def action_override(self) -> None:
        """Opens the physician's override for the first point that stands in the way."""
        from infusionroom.tui.forms import FORMS

        if not self._overridable or self._version is None:
            return
        visit = replace(self.context.person, version=self._version)
        context = with_changes(self.context, visit=visit, point=self._overridable)
        form = FormScreen(FORMS["override"], context, self._submit_command)
        self.app.push_screen(form, self._overridden)

    def _overridden(self, outcome: Outcome | None) -> None:
        if isinstance(outcome, Done):
            self._version = max(e.version for e in outcome.entries)
            self._versions |= {e.stream: e.version for e in outcome.entries}
            self._overridable = ""
            self._answer = (("The override is recorded. Enter tries again.", "strong"),)
            self._refresh()
