"""A room on paper for screens: the real rules and folds, a clock that is told the time, and one app to stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from tests.consenting import consent
from textual.app import App
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Board
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.fold_board import board_of
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import GENESIS, Entry, seal
from infusionroom.domain.outcome import Conflict, Done, Outcome, Refused
from infusionroom.domain.room import Room
from infusionroom.domain.staff import Person
from infusionroom.domain.visit import Visit, stream_of, visit_id_of
from infusionroom.domain.words import entry_word
from infusionroom.services.errors import RoomUnreachable
from infusionroom.tui.forms import form_screen

ZONE = "America/New_York"
DAY = date(2026, 11, 23)
CLINIC = Clinic(name="Northside", timezone=ZONE, opens=time(7), closes=time(18), chairs=8)
LEE, KIM, WARD = "RN Lee", "RN Kim", "Dr Ward"


def local(hour: int, minute: int = 0) -> datetime:
    """A moment of the clinic's day, at UTC−5."""
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC) + timedelta(hours=5)


class PaperRoom:
    """Takes commands as the real room does. `now` is set by the test; `lost` puts the store out of reach."""

    def __init__(self, now: datetime | None = None) -> None:
        people = {
            LEE: Person(LEE, frozenset({"charge nurse"})),
            KIM: Person(KIM, frozenset({"nurse"})),
            WARD: Person(WARD, frozenset({"prescriber"})),
        }
        self.room = Room(clinic=CLINIC, people=people)
        self.now = now or local(8)
        self.entries: list[Entry] = []
        self.commands: list[cmd.Command] = []
        self.lost = False

    def execute(self, command: cmd.Command, *, actor: str = LEE, terminal: str = "desk") -> Outcome:
        if self.lost:
            raise RoomUnreachable("The store cannot be reached.")
        self.commands.append(command)
        command_id = command.id or f"after-{len(self.entries)}"
        if isinstance(command, cmd.VisitCommand) and command.expected_version is not None:
            visit = self.room.visits[command.visit]
            if visit.version != command.expected_version:
                last = visit.entries[-1]
                return Conflict(
                    command_id,
                    stream_of(visit.id),
                    command.expected_version,
                    visit.version,
                    last.actor,
                    last.terminal,
                    entry_word(last.kind),
                    last.recorded_at,
                    tuple(e for e in visit.entries if e.version > command.expected_version),
                )
        who = command.user or actor
        try:
            drafts = decide(self.room, command, now=self.now, actor=who, command_id=command_id)
        except NotAllowed as refused:
            return Refused(command_id, tuple(refused.reasons))
        made: list[Entry] = []
        for part, draft in enumerate(drafts):
            version = self.room.versions.get(draft.stream, 0) + 1
            version += sum(e.stream == draft.stream for e in made)
            entry = seal(
                draft,
                id=len(self.entries) + len(made) + 1,
                version=version,
                recorded_at=self.now,
                actor=who,
                terminal=terminal,
                command=command_id,
                part=part,
                prev_hash=GENESIS,
            ).entry()
            made.append(entry)
        self.entries += made
        self.room = evolve(self.room, made)
        return Done(command_id, tuple(made))

    def give(
        self, command: cmd.Command, *, by: str = LEE, at: datetime | None = None, from_: str = "desk"
    ) -> Done:
        """A command that must succeed; the clock stands at `at` from then on."""
        self.now = at or self.now
        outcome = self.execute(command, actor=by, terminal=from_)
        assert isinstance(outcome, Done), outcome
        self.commands.clear()
        return outcome

    def record(self, visit: Visit, fact: Any, *, by: str = LEE, at: datetime | None = None) -> Visit:
        self.give(cmd.Record(visit=visit.id, fact=fact), by=by, at=at)
        return self.room.visits[visit.id]

    def fresh(self, visit: Visit) -> Visit:
        return self.room.visits[visit.id]

    def board(self) -> Board:
        return board_of(self.room, DAY, self.now)

    # ── people on their way through the day ─────────────────────────────────────────────────────────────────

    def planned(
        self,
        family: str = "Marlowe",
        given: str = "Ruth",
        *,
        start: datetime | None = None,
        course: tuple[int, int] = (3, 5),
        infusions_before: int | None = 2,
    ) -> Visit:
        plan = ev.Plan(
            patient=ev.Patient(
                family=family,
                given=given,
                birth_date=date(1971, 3, 14),
                record_number=f"K-{family[:3]}",
                infusions_before=infusions_before,
            ),
            start=start or local(8),
            course=ev.CourseDay(day=course[0], of=course[1]),
        )
        done = self.give(cmd.PlanVisit(plan=plan, id=f"plan-{family}"))
        return self.room.visits[visit_id_of(done.command)]

    def arrived(self, family: str = "Marlowe", given: str = "Ruth", **more: Any) -> Visit:
        visit = self.planned(family, given, **more)
        self.give(cmd.Arrive(visit=visit.id))
        return self.fresh(visit)

    def seated(self, family: str = "Marlowe", given: str = "Ruth", *, chair: int = 3, **more: Any) -> Visit:
        visit = self.arrived(family, given, **more)
        self.give(cmd.Seat(visit=visit.id, chair=chair))
        return self.fresh(visit)

    def prepared(self, family: str = "Marlowe", given: str = "Ruth", *, chair: int = 3, **more: Any) -> Visit:
        """Seated, with everything that a start needs but the order."""
        visit = self.seated(family, given, chair=chair, **more)
        for fact in (
            ev.Identified(by=("name", "birth_date")),
            consent(DAY),
            ev.Weighed(kg=Decimal(70)),
            ev.VitalsTaken(
                sbp=128, dbp=76, hr=72, rr=14, spo2=98, temp_c=Decimal("36.6"), moaas=5, rass=0, acvpu="A"
            ),
            ev.PainRated(nrs=8, worst=9, least=5),
            ev.AdultNamed(name="Sam Marlowe", phone="555-0100", relation="son"),
            ev.IvPlaced(site="left forearm", gauge="22 G"),
        ):
            visit = self.record(visit, fact)
        return visit

    def ordered(self, family: str = "Marlowe", given: str = "Ruth", *, chair: int = 3, **more: Any) -> Visit:
        visit = self.prepared(family, given, chair=chair, **more)
        self.give(
            cmd.Order(visit=visit.id, basis="mg_per_kg_h", dose=Decimal("0.35"), prescriber=WARD), by=LEE
        )
        return self.fresh(visit)

    def infusing(self, family: str = "Marlowe", given: str = "Ruth", *, chair: int = 3, **more: Any) -> Visit:
        visit = self.ordered(family, given, chair=chair, **more)
        order = visit.order
        assert order is not None
        self.give(
            cmd.DoubleCheck(
                visit=visit.id,
                drug="ketamine",
                concentration_mg_ml=Decimal(2),
                rate_ml_h=order.body.rate_ml_h,
                patient="1971-03-14",
            ),
            by=KIM,
        )
        self.give(cmd.Start(visit=visit.id))
        return self.fresh(visit)

    def recovering(
        self, family: str = "Marlowe", given: str = "Ruth", *, chair: int = 3, **more: Any
    ) -> Visit:
        """After four hours of infusion, with vitals, pain and pauses along the way."""
        visit = self.infusing(family, given, chair=chair, **more)
        start = self.now
        readings = ((136, 80, 78, 97), (144, 84, 82, 96), (150, 88, 84, 95), (142, 82, 80, 96))
        for hour, (sbp, dbp, hr, spo2) in enumerate(readings):
            at = start + timedelta(minutes=50 * (hour + 1))
            visit = self.record(
                visit,
                ev.VitalsTaken(sbp=sbp, dbp=dbp, hr=hr, rr=14, spo2=spo2, moaas=4, acvpu="A"),
                at=at,
            )
            visit = self.record(visit, ev.PainRated(nrs=7 - hour))
        self.give(cmd.Stop(visit=visit.id), at=start + timedelta(hours=4))
        return self.fresh(visit)


class Stage(App[None]):
    """An app to stand a screen on: it keeps what was submitted, and what the screen was dismissed with."""

    CSS_PATH = None

    def __init__(self, paper: PaperRoom, *, actor: str = LEE) -> None:
        super().__init__()
        self.animation_level = "none"
        self.paper, self.actor, self.terminal = paper, actor, "desk"
        self.paint_name = "dark"
        # There is no service behind it: nobody's PIN is looked at.
        self.room: Any = None
        self.result: Any = "open"
        self.performed: list[tuple[str, str]] = []

    @property
    def room_state(self) -> Room:
        return self.paper.room

    def now(self) -> datetime:
        return self.paper.now

    async def submit(self, command: cmd.Command) -> Outcome:
        return self.paper.execute(command, actor=self.actor, terminal=self.terminal)

    async def perform(self, action_id: str, visit_id: str = "", chair: int | None = None) -> None:
        self.performed.append((action_id, visit_id))

    def feed(self) -> None:
        """What another terminal entered arrives."""
        for screen in self.screen_stack:
            show = getattr(screen, "show", None)
            if show is not None:
                show(self.paper.room, self.paper.board(), self.paper.now)

    def closed(self, result: Any) -> None:
        self.result = result


def screen_text(app: App[Any]) -> str:
    """Everything that the terminal shows, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


@asynccontextmanager
async def opened(
    paper: PaperRoom,
    form_id: str,
    visit: Visit | None = None,
    *,
    chair: int | None = None,
    size: tuple[int, int] = (120, 40),
    actor: str = LEE,
    **more: Any,
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    """A form on the stage, as a verb opens it."""
    app = Stage(paper, actor=actor)
    async with app.run_test(size=size) as pilot:
        screen = form_screen(
            form_id,
            room=paper.room,
            visit=visit,
            chair=chair if chair is not None else visit.chair if visit else None,
            now=paper.now,
            actor=actor,
            submit=app.submit,
            **more,
        )
        app.push_screen(screen, app.closed)
        await pilot.pause()
        yield app, pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Keys, and words to type: what is no key's name is typed letter by letter."""
    for key in keys:
        if len(key) > 1 and key not in _KEYS:
            await pilot.press(*("space" if char == " " else char for char in key))
        else:
            await pilot.press(key)
    await pilot.pause()


_KEYS = {
    "tab",
    "shift+tab",
    "enter",
    "escape",
    "up",
    "down",
    "left",
    "right",
    "space",
    "backspace",
    "home",
    "end",
    "f2",
    "f3",
    "ctrl+j",
    "ctrl+u",
    "pageup",
    "pagedown",
}


def given(paper: PaperRoom) -> cmd.Command:
    """The only command that was given, without what the screen adds to every one of them."""
    (command,) = paper.commands
    return replace(command, id=None, expected_version=None)
