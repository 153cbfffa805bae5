"""The room as a service, on both databases: one way in, one way out, the same for whoever looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.domain.playing import BASELINE, HOME_LIST, LEE, PARK, person, vitals

from infusionroom.bootstrap import open_room as open_service
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide import decide
from infusionroom.domain.fold_board import board_of
from infusionroom.domain.outcome import Conflict, Done, Outcome, Refused
from infusionroom.domain.record import record_of
from infusionroom.domain.visit import Phase, visit_id_of
from infusionroom.services.clock import Clock, FrozenClock, SystemClock
from infusionroom.services.room import RoomService

Terminal = Callable[..., RoomService]
# A morning of the tests' own, for stores that take the time from the terminal.
MORNING = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Opens terminals on a store, and closes them when the test ends."""
    opened: list[RoomService] = []

    def opening(url: str, clock: Clock | None = None) -> RoomService:
        opened.append(open_service(url, clock=clock or SystemClock()))
        return opened[-1]

    yield opening
    for room in opened:
        room.close()


def give(room: RoomService, command: cmd.Command, by: str = LEE, terminal: str = "desk") -> Outcome:
    return room.execute(command, actor=by, terminal=terminal)


def done(room: RoomService, command: cmd.Command, by: str = LEE) -> Done:
    outcome = give(room, command, by)
    assert isinstance(outcome, Done), outcome
    return outcome


def set_up(room: RoomService, chairs: int = 8) -> None:
    done(
        room,
        cmd.SetUpRoom(
            name="North",
            timezone="America/New_York",
            opens=time(7),
            closes=time(18),
            chairs=chairs,
            first_user=LEE,
        ),
    )
    done(room, cmd.AddPerson(name=PARK, role="nurse"))
    room.refresh()


def plan(room: RoomService, number: int = 1, **changed: Any) -> str:
    asked: dict[str, Any] = {
        "patient": person(number),
        "start": room.clock.now(),
        "appointment": ev.Appointment(placer="P", filler=str(number)),
    }
    done(room, cmd.PlanVisit(plan=ev.Plan(**{**asked, **changed})))
    return visit_id_of(f"P/{number}")


def seated(room: RoomService, number: int = 1, chair: int | None = None, **changed: Any) -> str:
    visit = plan(room, number, **changed)
    done(room, cmd.Arrive(visit=visit))
    done(room, cmd.Seat(visit=visit, chair=chair or number))
    return visit


def infusing(room: RoomService, number: int = 1) -> str:
    visit = seated(room, number)
    for fact in BASELINE:
        done(room, cmd.Record(visit=visit, fact=fact))  # type: ignore[arg-type]
    done(room, cmd.Order(visit=visit, basis="mg_per_h", dose=Decimal(25), prescriber="Dr X"))
    done(
        room,
        cmd.DoubleCheck(
            visit=visit,
            drug="ketamine",
            concentration_mg_ml=Decimal(2),
            rate_ml_h=Decimal("12.5"),
            patient=f"R{number}",
        ),
        PARK,
    )
    done(room, cmd.Start(visit=visit))
    return visit


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_command_sent_twice_is_done_once(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    set_up(room)
    visit = plan(room)
    first = give(room, cmd.Arrive(visit=visit, id="a1"))
    again = give(room, cmd.Arrive(visit=visit, id="a1"))
    elsewhere = give(terminal(store_url), cmd.Arrive(visit=visit, id="a1"))
    assert isinstance(first, Done)
    assert not first.repeated
    for repeat in (again, elsewhere):
        assert isinstance(repeat, Done)
        assert repeat.repeated
        assert repeat.entries == first.entries


def test_a_refused_command_may_be_sent_again_with_its_id(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    set_up(room)
    visit = plan(room)
    seat = cmd.Seat(visit=visit, chair=1, id="s1")
    assert isinstance(give(room, seat), Refused)
    done(room, cmd.Arrive(visit=visit))
    assert isinstance(give(room, seat), Done)


def test_commands_given_together_each_get_the_answer_they_would_get_alone(
    store_url: str, terminal: Terminal
) -> None:
    room = terminal(store_url)
    set_up(room)
    visit, other = plan(room, 1), plan(room, 2)
    outcomes = room.execute_all(
        [
            cmd.Arrive(visit=visit, id="a1"),
            cmd.Seat(visit=visit, chair=1, id="s1"),
            cmd.Seat(visit=other, chair=2, id="s2"),
            cmd.Arrive(visit=other, id="a2"),
            cmd.Seat(visit=other, chair=1, id="s3"),
            cmd.Arrive(visit=visit, id="a1"),
        ],
        actor=LEE,
        terminal="desk",
    )
    assert [type(outcome) for outcome in outcomes] == [Done, Done, Refused, Done, Refused, Done]
    assert [outcome.command for outcome in outcomes] == ["a1", "s1", "s2", "a2", "s3", "a1"]
    assert isinstance(outcomes[-1], Done)
    assert outcomes[-1].repeated
    room.refresh()
    here = {v.id: v.chair for v in room.state.visits.values() if v.here}
    assert here == {visit: 1, other: None}
    assert room.store.seats() == {1: visit}


def test_when_commands_given_together_break_off_none_of_them_was_done(
    store_url: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = terminal(store_url)
    set_up(room)
    visit = plan(room)
    before = room.store.head()

    def broken_off(*asked: Any, command_id: str, **more: Any) -> Any:
        if command_id == "s1":
            raise KeyboardInterrupt
        return decide(*asked, command_id=command_id, **more)

    together = [cmd.Arrive(visit=visit, id="a1"), cmd.Seat(visit=visit, chair=1, id="s1")]
    with monkeypatch.context() as patch:
        patch.setattr("infusionroom.services.giving.decide", broken_off)
        with pytest.raises(KeyboardInterrupt):
            room.execute_all(together, actor=LEE, terminal="desk")
    assert room.store.head() == before
    room.refresh()
    assert not room.state.visits[visit].here
    again = room.execute_all(together, actor=LEE, terminal="desk")
    assert [isinstance(outcome, Done) and not outcome.repeated for outcome in again] == [True, True]


def test_the_slower_of_two_nurses_is_told_who_was_faster(store_url: str, terminal: Terminal) -> None:
    mine, other = terminal(store_url), terminal(store_url)
    set_up(mine)
    visit = seated(mine)
    mine.refresh()
    shown = mine.state.visits[visit].version
    other.refresh()
    give(other, cmd.Record(visit=visit, fact=ev.PainRated(nrs=6)), by=PARK, terminal="chair 3")
    mine_too = cmd.Record(visit=visit, fact=ev.PainRated(nrs=4), expected_version=shown)
    outcome = give(mine, mine_too)
    assert isinstance(outcome, Conflict)
    assert (outcome.by, outcome.terminal, outcome.what) == (PARK, "chair 3", "pain")
    assert (outcome.expected_version, outcome.version) == (shown, shown + 1)
    assert [entry.body for entry in outcome.since] == [ev.PainRated(nrs=6)]
    assert outcome.same, "both rated the same person's pain"
    redone = give(mine, msgspec.structs.replace(mine_too, expected_version=shown + 1))
    assert isinstance(redone, Done)


def test_a_chair_has_its_own_version(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    set_up(room)
    done(room, cmd.TakeChairOut(chair=2, why="torn"))
    stale = give(room, cmd.ReturnChair(chair=2, expected_version=0))
    assert isinstance(stale, Conflict)
    assert isinstance(give(room, cmd.ReturnChair(chair=2, expected_version=1)), Done)


def test_an_unknown_visit_is_refused_whatever_version_is_expected(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    set_up(room)
    for expected in (None, 0, 3):
        outcome = give(room, cmd.Arrive(visit="nobody", expected_version=expected))
        assert isinstance(outcome, Refused)
        assert outcome.reasons[0].rule == "unknown_visit"


def test_before_a_room_is_set_up_nothing_else_is_possible(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    outcome = give(room, cmd.Arrive(visit="x"))
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].rule == "no_room"
    set_up(room)
    again = give(
        room,
        cmd.SetUpRoom(name="S", timezone="UTC", opens=time(7), closes=time(8), chairs=1, first_user="x"),
    )
    assert isinstance(again, Refused)


def test_a_visit_is_found_by_the_senders_appointment(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    set_up(room)
    visit = plan(room)
    done(room, cmd.Arrive(visit="P/1"))
    other = seated(room, 2)
    done(room, cmd.Seat(visit="P/1", chair=1))
    done(room, cmd.Swap(visit="P/1", with_visit="P/2"))
    for name in ("P/1", visit):
        found = terminal(store_url).visit(name)
        assert found is not None
        assert (found.id, found.chair) == (visit, 2)
    assert room.visit("P/9") is None
    undone = done(room, cmd.Undo(visit="P/2"))
    assert {e.stream for e in undone.entries} == {f"visit:{visit}", f"visit:{other}"}
    assert room.store.seats() == {1: visit, 2: other}


def test_names_that_would_harm_a_screen_or_a_database_are_kept_as_they_are(
    store_url: str, terminal: Terminal
) -> None:
    room = terminal(store_url)
    set_up(room)
    hostile = [
        "[bold]Bobby[/]",
        "=1+1",
        "\x1b[2JX",
        "a\\u0000b",
        "\u202eevil",
        "漢字\N{FAMILY}",
        "'; DROP TABLE x;--",
    ]
    for number, family in enumerate(hostile, start=1):
        visit = plan(room, number, patient=person(number, family=family))
        found = terminal(store_url).visit(visit)
        assert found is not None
        assert found.patient.family == family
    room.refresh()
    assert len(room.board().to_come) == len(hostile)
    nul = ev.Plan(patient=person(9, family="a\0b"), start=room.clock.now())
    outcome = give(room, cmd.PlanVisit(plan=nul))
    assert isinstance(outcome, Refused)
    assert outcome.reasons[0].rule == "form"


# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_terminal_sees_what_another_enters(store_url: str, terminal: Terminal) -> None:
    mine, other = terminal(store_url), terminal(store_url)
    set_up(mine)
    assert other.refresh()
    visit = infusing(mine)
    assert other.refresh()
    assert not other.refresh()
    assert other.state.visits[visit].phase is Phase.INFUSING
    mine.refresh()
    now = mine.clock.now()
    assert mine.board(now) == other.board(now)


def test_whoever_comes_late_sees_what_the_watcher_sees(store_url: str, terminal: Terminal) -> None:
    watcher, nurse = terminal(store_url), terminal(store_url)
    set_up(nurse)
    watcher.refresh()
    visit = infusing(nurse)
    watcher.refresh()
    done(nurse, cmd.Pause(visit=visit, why="nausea"))
    watcher.refresh()
    done(nurse, cmd.Undo(visit=visit))
    seated(nurse, 2)
    done(nurse, cmd.TakeChairOut(chair=5, why="torn"))
    watcher.refresh()
    late = terminal(store_url)
    now = nurse.clock.now()
    assert late.board(now) == watcher.board(now)
    assert late.state.visits == watcher.state.visits
    assert late.state.chairs == watcher.state.chairs


def test_the_feed_wakes_a_watcher(store_url: str, terminal: Terminal) -> None:
    watcher, nurse = terminal(store_url), terminal(store_url)
    set_up(nurse)
    watcher.refresh()
    watcher.wait(0)
    seen = threading.Event()

    def watching() -> None:
        if watcher.wait(20):
            watcher.refresh()
            seen.set()

    thread = threading.Thread(target=watching)
    thread.start()
    visit = plan(nurse)
    thread.join(20)
    assert seen.is_set()
    assert visit in watcher.state.visits


def test_what_is_entered_before_a_watcher_listens_is_not_missed(store_url: str, terminal: Terminal) -> None:
    watcher, nurse = terminal(store_url), terminal(store_url)
    set_up(nurse)
    watcher.refresh()
    visit = plan(nurse)
    assert watcher.wait(20), "it looks once more before it waits"
    watcher.refresh()
    assert visit in watcher.state.visits
    assert not watcher.wait(0)


def test_the_rows_of_the_store_say_what_the_journal_says(store_url: str, terminal: Terminal) -> None:
    room = terminal(store_url)
    set_up(room)
    one, other = infusing(room, 1), seated(room, 2)
    done(room, cmd.Stop(visit=one, why="unwell"))
    done(room, cmd.Swap(visit=one, with_visit=other))
    done(room, cmd.Undo(visit=one))
    done(room, cmd.TurnAway(visit=other, why="fever"))
    room.refresh()
    clinic = room.state.clinic
    assert clinic is not None
    for visit in (one, other):
        found = room.visit(visit)
        assert found is not None
        assert room.store.records(visits=[visit]) == [record_of(found, clinic)]
    assert room.store.seats() == {1: one}
    assert room.store.problems() == []


def test_two_terminals_seat_two_people_in_one_chair_and_one_is_refused(
    store_url: str, terminal: Terminal
) -> None:
    first = terminal(store_url)
    set_up(first, chairs=2)
    # A sender booked them all: what they booked is a fact, however full the room is.
    visits = [plan(first, number, source="hospital") for number in range(1, 7)]
    rooms = [terminal(store_url) for _ in visits]
    for room, visit in zip(rooms, visits, strict=True):
        done(room, cmd.Arrive(visit=visit))
    gate = threading.Barrier(len(rooms))
    outcomes: dict[str, Outcome] = {}

    def sits(room: RoomService, visit: str) -> None:
        gate.wait()
        outcomes[visit] = give(room, cmd.Seat(visit=visit, chair=1))

    threads = [threading.Thread(target=sits, args=pair) for pair in zip(rooms, visits, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [visit for visit, outcome in outcomes.items() if isinstance(outcome, Done)]
    refused = [outcome for outcome in outcomes.values() if isinstance(outcome, Refused)]
    assert [r.reasons[0].rule for r in refused] == ["chair_taken"] * 5
    first.refresh()
    occupant = first.state.occupant(1)
    assert occupant is not None
    assert occupant.id == winner
    assert first.store.seats() == {1: winner}


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_board_as_it_was_known_at_a_time(sqlite_url: str, terminal: Terminal) -> None:
    clock = FrozenClock(MORNING)
    room = terminal(sqlite_url, clock)
    set_up(room)
    visit = infusing(room)
    clock.advance(minutes=60)
    done(room, cmd.Pause(visit=visit, why="nausea"))
    clock.advance(minutes=10)
    then = clock.now()
    clock.advance(minutes=10)
    # Entered now, of a time before `then`: it was not known then.
    done(room, cmd.Record(visit=visit, fact=vitals(sbp=150), at=MORNING + timedelta(minutes=30)))
    done(room, cmd.Resume(visit=visit))
    done(room, cmd.Stop(visit=visit, why="unwell"))
    day = room.day()
    past = room.room_on(day, then)
    assert past.visits[visit].phase is Phase.PAUSED
    assert len(past.visits[visit].vitals) == 1
    board = board_of(past, day, then)
    assert (board.counts.paused, board.infusions[0].running_s) == (1, 3600)
    assert room.room_on(day, MORNING - timedelta(minutes=1)).clinic is None


def test_yesterdays_visit_is_loaded_when_somebody_asks_and_not_kept(
    sqlite_url: str, terminal: Terminal
) -> None:
    clock = FrozenClock(MORNING)
    room = terminal(sqlite_url, clock)
    set_up(room)
    visit = seated(room)
    done(room, cmd.TurnAway(visit=visit, why="fever"))
    clock.advance(minutes=24 * 60)
    assert room.refresh()
    assert room.state.visits == {}
    done(room, cmd.Record(visit=visit, fact=ev.Noted(text="called: well again")))
    room.refresh()
    assert room.state.visits == {}
    found = room.visit(visit)
    assert found is not None
    assert found.entries[-1].kind == "noted"
    yesterday = room.day() - timedelta(days=1)
    assert room.board(day=yesterday).counts.left == 1
    assert room.board().counts.left == 0


def test_the_day_turns_at_the_clinics_midnight_and_who_is_still_here_stays(
    sqlite_url: str, terminal: Terminal
) -> None:
    midnight = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    clock = FrozenClock(midnight - timedelta(minutes=2))
    room = terminal(sqlite_url, clock)
    set_up(room)
    late = infusing(room)
    tomorrow = plan(room, 2, start=midnight + timedelta(hours=13))
    room.refresh()
    assert set(room.state.visits) == {late}
    clock.advance(minutes=4)
    room.refresh()
    assert set(room.state.visits) == {late, tomorrow}
    board = room.board()
    assert board.day.isoformat() == "2026-11-24"
    assert [who.visit for who in board.carried_over] == [late]
    assert board.infusions[0].running_s == 240
    assert board.counts.to_come == 1
    done(room, cmd.Pause(visit=late, why="nausea"))


def test_a_command_after_midnight_meets_the_new_day_without_a_refresh(
    sqlite_url: str, terminal: Terminal
) -> None:
    clock = FrozenClock(MORNING)
    room = terminal(sqlite_url, clock)
    set_up(room)
    tomorrow = plan(room, 2, start=MORNING + timedelta(days=1))
    clock.advance(minutes=24 * 60)
    done(room, cmd.Arrive(visit=tomorrow))
    done(room, cmd.Seat(visit=tomorrow, chair=1))


def test_a_board_of_another_day_while_people_sit_here(sqlite_url: str, terminal: Terminal) -> None:
    clock = FrozenClock(MORNING)
    room = terminal(sqlite_url, clock)
    set_up(room)
    infusing(room)
    plan(room, 2, start=MORNING + timedelta(days=1))
    room.refresh()
    board = room.board(day=room.day() + timedelta(days=1))
    assert (board.counts.to_come, board.counts.infusing) == (1, 0)
    assert all(line.who is None for line in board.chairs)


def test_infusions_of_earlier_visits_make_a_person_experienced(sqlite_url: str, terminal: Terminal) -> None:
    clock = FrozenClock(MORNING)
    room = terminal(sqlite_url, clock)
    set_up(room)
    first = infusing(room)
    clock.advance(minutes=240)
    done(room, cmd.Stop(visit=first))
    done(room, cmd.Record(visit=first, fact=vitals()))
    clock.advance(minutes=20)
    for home in (vitals(), *HOME_LIST):
        done(room, cmd.Record(visit=first, fact=home))  # type: ignore[arg-type]
    done(room, cmd.SignOff(visit=first))
    done(room, cmd.Leave(visit=first))
    clock.advance(minutes=24 * 60)
    room.refresh()
    done(room, cmd.CleanChair(chair=1))
    again = plan(room, 2, patient=person(1))
    done(room, cmd.Arrive(visit=again))
    done(room, cmd.Seat(visit=again, chair=1))
    for fact in BASELINE:
        done(room, cmd.Record(visit=again, fact=fact))  # type: ignore[arg-type]
    done(room, cmd.Order(visit=again, basis="mg_per_h", dose=Decimal(25), prescriber="Dr X"))
    check = cmd.DoubleCheck(
        visit=again,
        drug="ketamine",
        concentration_mg_ml=Decimal(2),
        rate_ml_h=Decimal("12.5"),
        patient="R1",
    )
    done(room, check, PARK)
    done(room, cmd.Start(visit=again))
    room.refresh()
    found = room.visit(again)
    assert found is not None
    clinic = room.state.clinic
    assert clinic is not None
    assert found.infusions_before == 1
    assert found.experienced(clinic.rules)
    assert not replace(found, infusion=None).experienced(clinic.rules)


def test_a_weight_far_from_the_last_visits_is_asked_about_once(terminal: Terminal, sqlite_url: str) -> None:
    clock = FrozenClock(MORNING)
    room = terminal(sqlite_url, clock)
    set_up(room)
    first = seated(room, 1)
    done(room, cmd.Record(visit=first, fact=ev.Weighed(kg=Decimal(80))))
    done(room, cmd.TurnAway(visit=first, why="pressure"))
    clock.advance(minutes=24 * 60)
    again = seated(room, 2, patient=person(1), chair=2)
    outcome = give(room, cmd.Record(visit=again, fact=ev.Weighed(kg=Decimal(60))))
    assert isinstance(outcome, Refused)
    assert [(r.rule, r.confirmable) for r in outcome.reasons] == [("weight_changed", True)]
    done(room, cmd.Record(visit=again, fact=ev.Weighed(kg=Decimal(60), confirmed=True)))


def test_an_appointment_that_has_only_one_id_is_named_by_it(terminal: Terminal, sqlite_url: str) -> None:
    room = terminal(sqlite_url, FrozenClock(MORNING))
    set_up(room)
    plan(room, 1, appointment=ev.Appointment(placer="Q-1"))
    done(room, cmd.Arrive(visit="Q-1"))
    assert room.visit("Q-1") is not None
