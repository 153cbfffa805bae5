"""Signing in at a shared terminal, on both databases: tries are counted, wrong ones wait, a restart forgives none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.cheap_pins import cheap_hashes as cheap

from infusionroom.bootstrap import open_room as open_service
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.domain.staff import ACCESS_STREAM, pins_are_asked_for
from infusionroom.services import pins
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService
from infusionroom.services.session import Refusal, Session
from infusionroom.services.sign_in import WRONG, SignIns

LEE, KIM = "RN Lee", "RN Kim"
PIN = "739184"
MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is tried here is the counting."""
    with cheap(monkeypatch):
        yield


Terminal = Callable[[], RoomService]


@pytest.fixture
def terminal(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """Terminals on one room with Lee, who keeps the house, and Kim; all by one clock."""
    clock = FrozenClock(MORNING)
    # The waiting times are by the server's clock where there is one; here that one stands still as well.
    if store_url.startswith("postgresql"):
        from infusionroom.store.writing import Writing

        monkeypatch.setattr(Writing, "_ask_server_time", lambda _: clock.now())
    opened: list[RoomService] = []

    def opening() -> RoomService:
        opened.append(open_service(store_url, clock=clock))
        opened[-1].refresh()
        return opened[-1]

    room = opening()
    give(
        room,
        cmd.SetUpRoom(name="North", timezone="UTC", opens=time(7), closes=time(18), chairs=8, first_user=LEE),
    )
    give(room, cmd.AddPerson(name=KIM, role="nurse"))
    yield opening
    for each in opened:
        each.close()


@pytest.fixture
def room(terminal: Terminal) -> RoomService:
    return terminal()


@pytest.fixture
def desk(room: RoomService) -> SignIns:
    """The desk's terminal, in a room where Lee has a PIN."""
    signs = SignIns(room, "desk")
    assert signs.set_pin(LEE, LEE, "", PIN) is None
    return signs


def give(room: RoomService, command: cmd.Command, by: str = LEE) -> Done:
    outcome = room.execute(command, actor=by, terminal="desk")
    assert isinstance(outcome, Done), outcome
    room.refresh()
    return outcome


def later(room: RoomService, **spent: float) -> None:
    assert isinstance(room.clock, FrozenClock)
    room.clock.move_to(room.clock.now() + timedelta(**spent))


def accesses(room: RoomService) -> list[ev.Event]:
    return [entry.body for entry in room.store.entries(streams=[ACCESS_STREAM])]


@pytest.mark.parametrize(
    "pin", ["", "123", "1111", "1234", "9876", "7890", "1212", "0" * 12, "1" * 13, "12ab", "١٢٣٧"]
)
def test_a_pin_that_anybody_tries_first_is_refused(pin: str) -> None:
    assert pins.pin_problem(pin)


@pytest.mark.parametrize("pin", ["7391", "1123", "739184", "120398471265"])
def test_a_pin_is_four_to_twelve_digits(pin: str) -> None:
    assert pins.pin_problem(pin) is None


def test_wrong_pins_wait_longer_each_time_up_to_a_quarter_of_an_hour() -> None:
    assert [pins.wait_after_s(n) for n in range(8)] == [0, 0, 0, 0, 5, 10, 20, 40]
    assert pins.wait_after_s(10_000) == 900


def test_a_hash_is_argon2id_and_fits_its_pin_only() -> None:
    kept = pins.hashed(PIN)
    assert kept.startswith("$argon2id$")
    assert PIN not in kept
    assert pins.matches(kept, PIN)
    assert not pins.matches(kept, "739185")
    assert not pins.matches("", PIN)
    assert not pins.matches("no hash at all", PIN)


def test_until_somebody_has_a_pin_whoever_is_on_the_list_is_believed(room: RoomService) -> None:
    session = SignIns(room, "desk").check("rn  lee", "")
    assert isinstance(session, Session)
    assert (session.user, session.how) == (LEE, "machine")
    assert not pins_are_asked_for(room.state.people)


def test_by_a_key_nobody_but_its_person_is_believed_without_a_pin(room: RoomService) -> None:
    signs = SignIns(room, "ssh", key_of=KIM)
    for second in (False, True):
        refused = signs.check(LEE, "", second=second)
        assert isinstance(refused, Refusal)
        assert f"{LEE} has no PIN yet" in refused.sentence
    own = signs.check(KIM, "")
    assert isinstance(own, Session)
    assert (own.user, own.how) == (KIM, "key")


def test_by_a_key_nobody_but_its_person_takes_emergency_access(desk: SignIns, room: RoomService) -> None:
    signs = SignIns(room, "ssh", key_of=KIM)
    refused = signs.break_glass(LEE, "no time")
    assert isinstance(refused, Refusal)
    assert f"for whose key it is, {KIM}" in refused.sentence
    assert isinstance(signs.check(LEE, PIN), Session)
    own = signs.break_glass(KIM, "no time")
    assert isinstance(own, Session)
    assert [broken.name for broken in room.state.glass] == [KIM]


def test_name_and_pin_let_a_person_in_and_the_journal_says_so(desk: SignIns, room: RoomService) -> None:
    session = desk.check("rn lee", PIN)
    assert isinstance(session, Session)
    assert (session.user, session.how, session.until) == (LEE, "pin", None)
    assert accesses(room) == [ev.SignedIn(name=LEE, how="pin")]


def test_neither_pin_nor_hash_is_in_the_journal(desk: SignIns, room: RoomService) -> None:
    desk.check(LEE, PIN)
    told = "".join(row.body for row in room.store.raw_entries())
    assert PIN not in told
    assert "argon2" not in told


def test_once_others_have_one_nobody_comes_in_without_a_pin(desk: SignIns) -> None:
    refused = desk.check(KIM, "")
    assert isinstance(refused, Refusal)
    assert "has no PIN yet" in refused.sentence


def test_wrong_pins_at_somebodys_key_are_kept_with_whose_key_it_is(desk: SignIns, room: RoomService) -> None:
    """Who tries Lee's PIN is not Lee."""
    signs = SignIns(room, "ssh", key_of=KIM)
    for _ in range(4):
        assert isinstance(signs.check(LEE, "000111"), Refusal)
    assert accesses(room)[-1] == ev.SignInsFailed(name=LEE, count=4, wait_s=5, key_of=KIM)


def test_thirty_wrong_pins_wait_and_the_right_one_waits_with_them(desk: SignIns, room: RoomService) -> None:
    looked_at, waited = 0, []
    for _ in range(30):
        refused = desk.check(LEE, "000111")
        assert isinstance(refused, Refusal)
        if WRONG in refused.sentence:
            looked_at += 1
            waited.append(refused.wait_s)
    assert (looked_at, waited) == (4, [0, 0, 0, 5])
    assert isinstance(desk.check(LEE, PIN), Refusal), "the right PIN waits too"
    assert accesses(room) == [ev.SignInsFailed(name=LEE, count=4, wait_s=5)]
    later(room, seconds=6)
    assert isinstance(desk.check(LEE, PIN), Session)
    again = desk.check(LEE, "000111")
    assert isinstance(again, Refusal)
    assert again.wait_s == 0, "a PIN that was right has wiped the slate"


def test_a_restart_and_another_terminal_forgive_nothing(desk: SignIns, terminal: Terminal) -> None:
    for _ in range(4):
        desk.check(LEE, "000111")
    refused = SignIns(terminal(), "back").check(LEE, PIN)
    assert isinstance(refused, Refusal)
    assert refused.wait_s > 0


def test_many_tries_at_once_are_looked_at_no_more_often(desk: SignIns, terminal: Terminal) -> None:
    tables = [SignIns(terminal(), f"t{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda signs: signs.check(LEE, "000111"), tables * 2))
    assert sum(1 for a in answers if isinstance(a, Refusal) and WRONG in a.sentence) == 4


def test_a_name_that_nobody_has_is_answered_like_a_wrong_pin(desk: SignIns, room: RoomService) -> None:
    known = [desk.check(LEE, "000111") for _ in range(6)]
    unknown = [desk.check("Nobody At All", "000111") for _ in range(6)]
    assert known == unknown
    assert "Nobody" not in "".join(row.body for row in room.store.raw_entries())


def test_who_is_disabled_does_not_come_in_even_with_the_right_pin(desk: SignIns, room: RoomService) -> None:
    assert desk.set_pin(LEE, KIM, "", "482915") is None
    give(room, cmd.DisablePerson(name=KIM, why="has left the clinic"))
    right, wrong = desk.check(KIM, "482915"), desk.check(KIM, "000111")
    assert isinstance(right, Refusal)
    assert "has left the clinic" in right.sentence
    assert isinstance(wrong, Refusal)
    assert wrong.sentence == WRONG, "whoever does not know the PIN learns nothing"


def test_ones_own_pin_is_changed_with_the_old_one(desk: SignIns) -> None:
    refused = desk.set_pin(LEE, LEE, "000111", "482915")
    assert refused is not None
    assert isinstance(desk.check(LEE, PIN), Session)
    assert desk.set_pin(LEE, LEE, PIN, "482915") is None
    assert isinstance(desk.check(LEE, "482915"), Session)
    assert isinstance(desk.check(LEE, PIN), Refusal)


def test_an_old_pin_is_not_guessed_by_changing_it(desk: SignIns) -> None:
    for _ in range(4):
        desk.set_pin(LEE, LEE, "000111", "482915")
    waits = desk.set_pin(LEE, LEE, PIN, "482915")
    assert waits is not None
    assert waits.wait_s > 0


def test_nobody_but_an_administrator_sets_somebody_elses_pin(desk: SignIns, room: RoomService) -> None:
    refused = desk.set_pin(KIM, LEE, "", "482915")
    assert refused is not None
    assert "administrator" in refused.sentence
    assert isinstance(desk.check(LEE, PIN), Session), "what was refused has changed nothing"
    assert desk.set_pin(LEE, KIM, "", "482915") is None
    assert isinstance(desk.check(KIM, "482915"), Session)
    person = room.state.people[KIM]
    assert person.pin_set_at == MORNING


def test_after_a_recovery_the_old_pin_opens_nothing(desk: SignIns, room: RoomService) -> None:
    give(room, cmd.RecoverAdministrator(name=LEE, why="forgotten", system_user="root"), by="root")
    assert room.state.people[LEE].pin_set_at is None
    assert desk.set_pin(LEE, LEE, "", "482915") is None
    assert isinstance(desk.check(LEE, PIN), Refusal)
    assert isinstance(desk.check(LEE, "482915"), Session)


def test_emergency_access_lasts_the_clinics_minutes_and_is_kept(desk: SignIns, room: RoomService) -> None:
    session = desk.break_glass("rn kim", "an infusion runs and the PIN is forgotten")
    assert isinstance(session, Session)
    assert (session.user, session.how) == (KIM, "glass")
    assert session.until == MORNING + timedelta(minutes=30)
    assert not session.is_over(MORNING + timedelta(minutes=29))
    assert session.is_over(MORNING + timedelta(minutes=30))
    room.refresh()
    assert [(g.name, g.reviewed_by) for g in room.state.glass] == [(KIM, "")]


@pytest.mark.parametrize(("name", "why"), [(KIM, " "), ("Nobody", "in need")])
def test_emergency_access_needs_a_reason_and_somebody_on_the_list(desk: SignIns, name: str, why: str) -> None:
    assert isinstance(desk.break_glass(name, why), Refusal)


def test_a_second_person_vouches_without_a_sign_in_of_their_own(desk: SignIns, room: RoomService) -> None:
    assert isinstance(desk.check(LEE, PIN, second=True), Session)
    assert accesses(room) == []
    assert isinstance(desk.check(LEE, "000111", second=True), Refusal)
