"""Whatever is asked of a room, in whatever order: nobody shares a chair, no mg is lost, fold is fold."""

from __future__ import annotations

import contextlib
import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.domain.playing import BASELINE, HOME_LIST, LEE, PARK, Play, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.allowed import why_not
from infusionroom.domain.decide import NotAllowed
from infusionroom.domain.evolve import effective, fold
from infusionroom.domain.figures import day_figures
from infusionroom.domain.flowsheet import flowsheet
from infusionroom.domain.fold_board import board_after, board_of
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.room import ChairState, Room
from infusionroom.domain.transitions import unlawful_stream
from infusionroom.domain.visit import HERE as HERE_SET
from infusionroom.domain.visit import Phase, Visit

CHAIRS, PEOPLE = 3, 4
SETTINGS = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

people = st.integers(1, PEOPLE)
chairs = st.integers(0, CHAIRS + 1)
ago = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 10, 45, 200])
picks = st.integers(0, 10_000)

HERE = tuple(HERE_SET)
BEGUN = tuple(set(Phase) - {Phase.PLANNED})
SITTING = tuple(HERE_SET - {Phase.ARRIVED})
# Commands that need nothing but a person: what `why_not` says of them must be what the room does.
PLAIN: dict[str, type[cmd.VisitCommand]] = {
    "arrive": cmd.Arrive,
    "start": cmd.Start,
    "resume": cmd.Resume,
    "sign_off": cmd.SignOff,
    "leave": cmd.Leave,
    "acknowledge": cmd.Acknowledge,
    "cancel": cmd.CancelVisit,
    "no_show": cmd.MarkNoShow,
}
CHAIR_COMMANDS: dict[str, Any] = {
    "chair_cleaned": lambda chair: cmd.CleanChair(chair=chair),
    "chair_out_of_service": lambda chair: cmd.TakeChairOut(chair=chair, why="broken"),
    "chair_in_service": lambda chair: cmd.ReturnChair(chair=chair),
}
FACTS = st.sampled_from(
    [
        *BASELINE,
        *HOME_LIST,
        vitals(sbp=185),
        vitals(sbp=205),
        vitals(spo2=86),
        vitals(sbp=170, moaas=4),
        ev.VitalsTaken(hr=125),
        ev.VitalsTaken(),
        ev.PainRated(unable=True),
        ev.PainRated(nrs=99),
        ev.Weighed(kg=Decimal("81.5")),
        ev.Weighed(kg=Decimal("NaN")),
        ev.Noted(text="slept"),
        ev.Noted(text=" "),
        ev.LineChecked(finding="patent"),
        ev.BagChanged(volume_ml=Decimal(100)),
    ]
)


def _of_whom(line: Any) -> tuple[str, str]:
    """Whose a line of the board is; of somebody's alarms each one."""
    return (line.who.visit if line.who is not None else "", getattr(line, "key", ""))


class Rooms(RuleBasedStateMachine):
    """Three chairs, four people, and nurses who try anything."""

    def __init__(self) -> None:
        super().__init__()
        self.play = self.a_room()
        self.visits: list[str] = []
        self.steps = 0
        self.looked = (self.play.room, self.play.now)

    def a_room(self) -> Play:
        return Play(chairs=CHAIRS)

    @initialize(
        stages=st.lists(
            st.sampled_from(["planned", "infusing", "recovering", "ready", "left"]), min_size=4, max_size=4
        )
    )
    def a_morning(self, stages: list[str]) -> None:
        """Four people, as far as their day has come; those who sit, in different chairs."""
        play = self.play.at("7:00")
        free = [1, 2, 3]
        for number, stage in enumerate(stages, start=1):
            if stage == "planned" or not free:
                self.visits.append(play.plan(number))
                continue
            self.visits.append(getattr(play, stage)(number, free.pop()))

    def visit_of(self, number: int, *phases: Phase) -> str:
        """One of those who stand so; where nobody does, anybody: the room has to refuse it."""
        standing = [v for v in self.visits if self.play.visit(v).phase in phases] or self.visits
        return standing[number % len(standing)]

    def try_(self, command: cmd.Command, by: str = LEE) -> bool:
        new: list[Entry] = []
        try:
            new = self.play.do(command, by)
        except NotAllowed as no:
            texts = [reason.text.strip() for reason in no.reasons]
        else:
            texts = []
        if texts:
            assert all(texts)
            return False
        assert new
        for entry in new:
            assert ev.decode_event(ev.encode_event(entry.body)) == entry.body
            assert entry.happened_at <= self.play.now
        return True

    def moment(self, minutes: int) -> datetime | None:
        return self.play.now - timedelta(minutes=minutes) if minutes else None

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────

    @rule(minutes=st.sampled_from([1, 7, 30, 120, 240]))
    def time_passes(self, minutes: int) -> None:
        self.play.later(minutes)

    @rule(number=people, back=ago)
    def arrive(self, number: int, back: int) -> None:
        self.try_(cmd.Arrive(visit=self.visit_of(number, Phase.PLANNED), at=self.moment(back)))

    @rule(number=people, chair=chairs, back=ago)
    def seat(self, number: int, chair: int, back: int) -> None:
        self.try_(cmd.Seat(visit=self.visit_of(number, Phase.ARRIVED), chair=chair, at=self.moment(back)))

    @rule(number=people, chair=chairs, back=ago)
    def move(self, number: int, chair: int, back: int) -> None:
        self.try_(cmd.Move(visit=self.visit_of(number, *SITTING), chair=chair, at=self.moment(back)))

    @rule(one=people, other=people, back=ago)
    def swap(self, one: int, other: int, back: int) -> None:
        self.try_(
            cmd.Swap(
                visit=self.visit_of(one, *SITTING),
                with_visit=self.visit_of(other, *SITTING),
                at=self.moment(back),
            )
        )

    @rule(number=people, back=ago)
    def send_home(self, number: int, back: int) -> None:
        self.try_(
            cmd.TurnAway(
                visit=self.visit_of(number, Phase.ARRIVED, Phase.SEATED), why="unwell", at=self.moment(back)
            )
        )

    @rule(number=people, fact=FACTS, back=ago)
    def chart(self, number: int, fact: Any, back: int) -> None:
        self.try_(cmd.Record(visit=self.visit_of(number, *HERE), fact=fact, at=self.moment(back)))

    @rule(number=people, chair=chairs)
    def bring_to_the_start(self, number: int, chair: int) -> None:
        visit = self.visit_of(number, Phase.PLANNED, Phase.ARRIVED, Phase.SEATED)
        self.try_(cmd.Arrive(visit=visit))
        self.try_(cmd.Seat(visit=visit, chair=chair))
        for fact in BASELINE:
            self.try_(cmd.Record(visit=visit, fact=fact))  # type: ignore[arg-type]
        self.try_(cmd.Order(visit=visit, basis="mg_per_h", dose=Decimal(25), prescriber="Dr X"))
        order = self.play.visit(visit).order
        self.try_(
            cmd.DoubleCheck(
                visit=visit,
                drug="ketamine",
                concentration_mg_ml=Decimal(2),
                rate_ml_h=order.body.rate_ml_h if order else Decimal(1),
                patient=f"R{number}",
            ),
            PARK,
        )
        self.try_(cmd.Start(visit=visit))

    @rule(number=people, dose=st.sampled_from(["0", "25", "70", "200", "NaN"]))
    def order(self, number: int, dose: str) -> None:
        self.try_(
            cmd.Order(
                visit=self.visit_of(number, Phase.SEATED),
                basis="mg_per_h",
                dose=Decimal(dose),
                prescriber="Dr X",
            )
        )

    @rule(number=people, ml_h=st.sampled_from(["0.1", "7.5", "12.5", "15", "0.05", "90"]), back=ago)
    def change_rate(self, number: int, ml_h: str, back: int) -> None:
        self.try_(
            cmd.ChangeRate(
                visit=self.visit_of(number, Phase.INFUSING, Phase.PAUSED),
                why="ramp",
                to_ml_h=Decimal(ml_h),
                at=self.moment(back),
            )
        )

    @rule(number=people, back=ago)
    def pause_or_resume(self, number: int, back: int) -> None:
        visit, at = self.visit_of(number, Phase.INFUSING, Phase.PAUSED), self.moment(back)
        if not self.try_(cmd.Pause(visit=visit, why="nausea", at=at)):
            self.try_(cmd.Resume(visit=visit, at=at))

    @rule(number=people, mg=st.sampled_from(["5", "30", "0"]), back=ago)
    def bolus(self, number: int, mg: str, back: int) -> None:
        self.try_(
            cmd.GiveBolus(
                visit=self.visit_of(number, Phase.INFUSING, Phase.PAUSED),
                mg=Decimal(mg),
                why="pain",
                at=self.moment(back),
            )
        )

    @rule(number=people, back=ago)
    def stop(self, number: int, back: int) -> None:
        self.try_(
            cmd.Stop(
                visit=self.visit_of(number, Phase.INFUSING, Phase.PAUSED), why="enough", at=self.moment(back)
            )
        )

    @rule(number=people, leaves=st.booleans())
    def bring_home(self, number: int, leaves: bool) -> None:
        visit = self.visit_of(number, Phase.RECOVERING, Phase.READY)
        self.try_(cmd.Record(visit=visit, fact=vitals()))
        self.play.later(20)
        for fact in (vitals(), *HOME_LIST):
            self.try_(cmd.Record(visit=visit, fact=fact))  # type: ignore[arg-type]
        self.try_(cmd.SignOff(visit=visit))
        if leaves:
            self.try_(cmd.Leave(visit=visit))

    @rule(number=people, back=ago)
    def against_advice(self, number: int, back: int) -> None:
        self.try_(
            cmd.Leave(
                visit=self.visit_of(number, Phase.RECOVERING, Phase.READY),
                against_advice="must go",
                at=self.moment(back),
            )
        )

    @rule(number=people)
    def wait_for_escort(self, number: int) -> None:
        self.try_(cmd.Wait(visit=self.visit_of(number, Phase.READY), reason="escort"))

    @rule(number=people)
    def plan_again(self, number: int) -> None:
        visit = self.play.visit(self.visit_of(number, Phase.CANCELLED, Phase.NO_SHOW))
        self.try_(cmd.ChangePlan(visit=visit.id, plan=visit.plan, why="comes after all"))

    @rule(chair=chairs, name=st.sampled_from(sorted(CHAIR_COMMANDS)))
    def chair_work(self, chair: int, name: str) -> None:
        said = None
        if 1 <= chair <= CHAIRS:
            said = why_not(self.play.room, None, name, self.play.now, chair=chair)
        done = self.try_(CHAIR_COMMANDS[name](chair))
        if 1 <= chair <= CHAIRS:
            assert done == (said is None), said

    @rule(number=people, name=st.sampled_from(sorted(PLAIN)))
    def what_is_dimmed_is_refused(self, number: int, name: str) -> None:
        visit = self.play.visit(self.visit_of(number))
        said = why_not(self.play.room, visit, name, self.play.now)
        assert self.try_(PLAIN[name](visit=visit.id)) == (said is None), said

    @rule(number=people)
    def undo_last(self, number: int) -> None:
        visit = self.play.visit(self.visit_of(number, *BEGUN))
        said = why_not(self.play.room, visit, "undo", self.play.now)
        done = self.try_(cmd.Undo(visit=visit.id, why="mistake"))
        assert not (said and done)

    @rule(number=people, pick=picks)
    def undo_any(self, number: int, pick: int) -> None:
        visit = self.play.visit(self.visit_of(number, *BEGUN))
        target = recent(visit, pick).id
        self.try_(cmd.Undo(visit=visit.id, target=target, why="mistake"))

    @rule(number=people, pick=picks, back=ago)
    def correct_time(self, number: int, pick: int, back: int) -> None:
        visit = self.play.visit(self.visit_of(number, *BEGUN))
        target = recent(visit, pick).id
        new_at = self.play.now - timedelta(minutes=back)
        self.try_(cmd.Correct(visit=visit.id, target=target, new_at=new_at, why="charted late"))

    @rule(number=people, pick=picks)
    def correct_words(self, number: int, pick: int) -> None:
        visit = self.play.visit(self.visit_of(number, *BEGUN))
        target = recent(visit, pick)
        bodies: dict[type[ev.Event], ev.Event] = {
            ev.VitalsTaken: vitals(sbp=133),
            ev.BolusGiven: ev.BolusGiven(mg=Decimal(6), ml=Decimal(99), why="pain"),
            ev.RateChanged: ev.RateChanged(from_ml_h=Decimal(1), to_ml_h=Decimal(9), why="ramp"),
            ev.Stopped: ev.Stopped(early=False, why="enough"),
        }
        body: Any = bodies.get(type(target.body), target.body)
        self.try_(cmd.Correct(visit=visit.id, target=target.id, body=body, why="typing mistake"))

    # ── what always holds ───────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nobody_shares_a_chair(self) -> None:
        all_sit_alone(self.play.room)

    @invariant()
    def nothing_unlawful_stands(self) -> None:
        for visit in self.play.room.visits.values():
            assert unlawful_stream(visit.entries, about=0) is None

    @invariant()
    def no_milligram_is_lost(self) -> None:
        for visit in self.play.room.visits.values():
            if visit.infusion is None:
                continue
            for now in (self.play.now, self.play.now + timedelta(minutes=37)):
                assert Fraction(visit.infusion.given_mg(now)) == _rounded(mg_by_hand(visit, now))

    @invariant()
    def watching_shows_what_reading_shows(self) -> None:
        for visit in self.play.room.visits.values():
            assert fold(visit.entries) == visit

    @invariant()
    def a_board_that_is_kept_up_shows_what_a_new_one_shows(self) -> None:
        (before, then), after, now = self.looked, self.play.room, self.play.now
        self.looked = (after, now)
        for day in (self.play.day, self.play.day + timedelta(days=1)):
            new = board_of(after, day, now)
            assert board_after(board_of(before, day, now), before, after, now) == new
            kept_up = board_after(board_of(before, day, then), before, after, now)
            assert kept_up.now == then
            written = {v.id for v in after.visits.values() if before.visits.get(v.id) is not v}
            for pane in ("chairs", "infusions", "recovery", "discharge", "to_come", "alarms"):
                lines = {_of_whom(line): line for line in getattr(new, pane)}
                for line in getattr(kept_up, pane):
                    if _of_whom(line)[0] in written:
                        assert line == lines[_of_whom(line)]

    @invariant()
    def the_board_is_always_there(self) -> None:
        self.steps += 1
        for later in (0, [3, 47, 600, 2000][self.steps % 4]):
            now = self.play.now + timedelta(minutes=later)
            board = board_of(self.play.room, self.play.day, now)
            assert board.now == now
            assert all(line.elapsed_s >= 0 for line in board.chairs)
            assert all(line.elapsed_s >= 0 for line in board.recovery)
            assert all(line.ready_s >= 0 for line in board.discharge)
            assert all(line.late_s >= 0 for line in board.to_come)
            for line in board.infusions:
                assert 0 <= line.running_s <= line.wall_s
                assert line.given_mg >= 0
            assert all(bar.since <= bar.until for bar in board.bars)
            board_of(self.play.room, self.play.day + timedelta(days=1), now)
            board_of(self.play.room, self.play.day - timedelta(days=1), now)

    def teardown(self) -> None:
        assert evolve(Room(), self.play.entries) == self.play.room
        for visit in self.play.room.visits.values():
            assert len(flowsheet(visit)) == len(visit.entries)
        day_figures(self.play.room, self.play.day, self.play.now)


def all_sit_alone(room: Room) -> None:
    """Nobody shares a chair, now or at any time that the record tells of."""
    taken = [v.chair for v in room.visits.values() if v.here and v.chair is not None]
    assert len(taken) == len(set(taken))
    assert all(1 <= chair <= CHAIRS for chair in taken)
    stays = [(v.id, stay) for v in room.visits.values() for stay in v.stays]
    for (one, a), (other, b) in itertools.combinations(stays, 2):
        if one == other and a.chair != b.chair:
            continue
        if a.chair == b.chair and a.since != a.until and b.since != b.until:
            end_a, end_b = a.until or datetime.max.replace(tzinfo=a.since.tzinfo), b.until
            assert end_a <= b.since or (end_b is not None and end_b <= a.since), (a, b)


ACTS = st.sampled_from(["seat", "move", "move", "swap", "away", "undo", "undo", "undo any", "correct"])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(st.tuples(ACTS, people, st.integers(1, CHAIRS), ago, picks), min_size=10, max_size=40))
def test_musical_chairs(acts: list[tuple[str, int, int, int, int]]) -> None:
    """All are here, chairs are cleaned at once; it is only about who sits where, and mistakes about it."""
    play = Play(chairs=CHAIRS).at("8:00")
    visits = [play.seated(number) for number in range(1, CHAIRS)] + [
        play.arrived(number) for number in range(CHAIRS, PEOPLE + 1)
    ]
    for act, number, chair, back, pick in acts:
        play.later(5)
        sitting = [v for v in visits if play.visit(v).chair is not None]
        some = sitting if act in ("move", "swap") and sitting else visits
        visit = play.visit(some[number % len(some)])
        at = play.now - timedelta(minutes=back)
        target = recent(visit, pick).id
        command: cmd.Command = {
            "seat": cmd.Seat(visit=visit.id, chair=chair, at=at),
            "move": cmd.Move(visit=visit.id, chair=chair, at=at),
            "swap": cmd.Swap(visit=visit.id, with_visit=some[pick % len(some)], at=at),
            "away": cmd.TurnAway(visit=visit.id, why="fever", at=at),
            "undo": cmd.Undo(visit=visit.id, why="mistake"),
            "undo any": cmd.Undo(visit=visit.id, target=target, why="mistake"),
            "correct": cmd.Correct(visit=visit.id, target=target, new_at=at, why="late"),
        }[act]
        with contextlib.suppress(NotAllowed):
            play.do(command)
        for number_of_chair in range(1, CHAIRS + 1):
            if play.room.state_of(number_of_chair) is ChairState.CLEANING:
                play.do(cmd.CleanChair(chair=number_of_chair))
        all_sit_alone(play.room)
    assert evolve(Room(), play.entries) == play.room


def recent(visit: Visit, pick: int) -> Entry:
    """An entry of the visit, mostly one of the last few."""
    entries = visit.entries if pick % 3 == 0 else visit.entries[-8:]
    return entries[pick // 3 % len(entries)]


def mg_by_hand(visit: Visit, now: datetime) -> Fraction:
    """The drug given, added up from the entries that count, second by second of what the pump was set to."""
    total, rate, concentration = Fraction(0), Fraction(0), Fraction(0)
    since: datetime | None = None

    def ran(until: datetime) -> Fraction:
        if since is None:
            return Fraction(0)
        micros = max(0, (min(until, now) - since) // timedelta(microseconds=1))
        return Fraction(micros, 3_600_000_000) * rate * concentration

    for entry in effective(visit.entries):
        match entry.body:
            case ev.InfusionStarted(rate_ml_h=ml_h, concentration_mg_ml=strength):
                rate, concentration, since = Fraction(ml_h), Fraction(strength), entry.happened_at
            case ev.RateChanged(to_ml_h=ml_h):
                total += ran(entry.happened_at)
                rate, since = Fraction(ml_h), entry.happened_at if since else None
            case ev.Paused() | ev.Stopped():
                total, since = total + ran(entry.happened_at), None
            case ev.Resumed():
                since = entry.happened_at
            case ev.BolusGiven(mg=mg) if entry.happened_at <= now:
                total += Fraction(mg)
            case _:
                pass
    return total + ran(now)


def _rounded(exact: Fraction) -> Fraction:
    """To the 28 digits that a decimal keeps."""
    return Fraction(Decimal(exact.numerator) / Decimal(exact.denominator))


Rooms.TestCase.settings = SETTINGS
TestRooms = Rooms.TestCase
