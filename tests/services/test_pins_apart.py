"""What becomes of signing in where the PINs are taken away, cannot be read, or are tried at two terminals at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.cheap_pins import cheap_hashes as cheap
from tests.store.test_migrations import backend_of

from infusionroom.bootstrap import open_room as open_service
from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Done
from infusionroom.services.check import check_store
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService
from infusionroom.services.session import Refusal, Session
from infusionroom.services.sign_in import WRONG, SignIns
from infusionroom.store import Store, open_store

LEE, KIM = "RN Lee", "RN Kim"
PIN, ANOTHER = "739184", "482915"
MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is tried here is whom one believes."""
    with cheap(monkeypatch):
        yield


@pytest.fixture
def room(store_url: str) -> Iterator[RoomService]:
    """A room whose administrator Lee has a PIN, and the nurse Kim another one."""
    room = open_service(store_url, clock=FrozenClock(MORNING))
    room.refresh()
    setting_up = cmd.SetUpRoom(
        name="North", timezone="UTC", opens=time(7), closes=time(18), chairs=8, first_user=LEE
    )
    for command in (setting_up, cmd.AddPerson(name=KIM, role="nurse")):
        assert isinstance(room.execute(command, actor=LEE, terminal="desk"), Done)
        room.refresh()
    signs = SignIns(room, "desk")
    assert signs.set_pin(LEE, LEE, "", PIN) is None
    assert signs.set_pin(LEE, KIM, "", ANOTHER) is None
    yield room
    room.close()


@pytest.fixture
def forgotten(store_url: str, room: RoomService) -> RoomService:
    """Somebody has taken all PINs away, past the program."""
    if store_url.startswith("sqlite"):
        Path(f"{store_url.removeprefix('sqlite:///')}-pins").unlink()
    else:
        engine = backend_of(store_url).engine()
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM credential"))
        engine.dispose()
    return room


def test_whose_pin_was_taken_away_does_not_come_in(forgotten: RoomService) -> None:
    signs = SignIns(forgotten, "desk")
    for pin in (PIN, "", "000111"):
        for second in (False, True):
            refused = signs.check(LEE, pin, second=second)
            assert isinstance(refused, Refusal)
            assert "not kept here any more" in refused.sentence
            assert "infusionroom staff recover" in refused.sentence
    assert isinstance(signs.set_pin(LEE, LEE, "", "120398"), Refusal), "nor is it a way to a new one"
    assert isinstance(signs.check(KIM, ""), Refusal), "nor is anybody believed without one"


def test_the_check_says_whose(forgotten: RoomService) -> None:
    told = [problem for problem in check_store(forgotten.store).problems if "PIN" in problem]
    assert [problem.split(" has set a PIN")[0] for problem in told] == [LEE, KIM]


def test_the_machines_owner_gives_it_back_and_the_journal_has_it(forgotten: RoomService) -> None:
    signs = SignIns(forgotten, "desk")
    recovering = cmd.RecoverAdministrator(name=LEE, why="the file of PINs was lost", system_user="root")
    assert isinstance(forgotten.execute(recovering, actor="root", terminal="desk"), Done)
    forgotten.refresh()
    assert signs.set_pin(LEE, LEE, "", "120398") is None
    assert isinstance(signs.check(LEE, "120398"), Session)
    assert signs.set_pin(LEE, KIM, "", ANOTHER) is None, "an administrator gives the others theirs"
    assert isinstance(signs.check(KIM, ANOTHER), Session)
    assert check_store(forgotten.store).problems == ()


def test_a_terminal_that_only_looks_looks_at_no_pin(store_url: str, room: RoomService) -> None:
    looking = RoomService(open_store(store_url, read_only=True), FrozenClock(MORNING))
    looking.refresh()
    refused = SignIns(looking, "wall").check(LEE, PIN)
    assert isinstance(refused, Refusal)
    assert "only looks" in refused.sentence
    looking.close()


_TRIES = """
import sys
from contextlib import closing
from datetime import UTC, datetime
from argon2 import PasswordHasher
from infusionroom.bootstrap import open_room
from infusionroom.services import pins
from infusionroom.services.clock import FrozenClock
from infusionroom.services.sign_in import SignIns
cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
pins._hasher = lambda: cheap
with closing(open_room(sys.argv[1], clock=FrozenClock(datetime(2026, 11, 23, 15, tzinfo=UTC)))) as room:
    room.refresh()
    signs = SignIns(room, sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(5):
        print(signs.check("RN Lee", "000111").sentence)
"""


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_two_terminals_count_wrong_pins_together(store_url: str, room: RoomService) -> None:
    terminals = [
        subprocess.Popen(
            [sys.executable, "-c", _TRIES, store_url, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for name in ("front", "back")
    ]  # fmt: skip
    for terminal in terminals:
        assert terminal.stdout is not None
        assert terminal.stdout.readline() == "ready\n"
    answers = [
        line for terminal in terminals for line in terminal.communicate("\n", timeout=60)[0].splitlines()
    ]
    assert len(answers) == 10
    assert sum(WRONG in answer for answer in answers) == 4, "three are free, and the fourth makes wait"
    kept = room.store.credential(LEE)
    assert kept is not None
    assert kept.failures == 4


def test_a_try_that_is_cut_short_is_counted(room: RoomService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever pulls the plug while a PIN is compared has used up a try."""

    def pulls_the_plug(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("infusionroom.services.pins.matches", pulls_the_plug)
    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            SignIns(room, "desk").check(LEE, PIN)
    kept = room.store.credential(LEE)
    assert kept is not None
    assert kept.failures == 4
    assert isinstance(SignIns(room, "desk").check(LEE, PIN), Refusal)


def test_pins_come_along_to_another_store_and_back(
    store_url: str, room: RoomService, tmp_path: Path, open_room: Callable[[str], Store]
) -> None:
    from infusionroom.services.store_copy import copy_room

    there, back = f"sqlite:///{tmp_path}/there.sqlite", f"sqlite:///{tmp_path}/back.sqlite"
    kept = room.store.credentials()
    for source, target in ((store_url, there), (there, back)):
        reading, writing = open_store(source, read_only=True), open_store(target, unfinished=True)
        done = copy_room(reading, writing, lambda *_: None)
        assert (done.problems, done.credentials) == ((), 2)
        reading.close()
        writing.close()
    assert open_room(back).credentials() == kept
    moved = open_service(back, clock=FrozenClock(MORNING))
    moved.refresh()
    assert isinstance(SignIns(moved, "desk").check(KIM, ANOTHER), Session)
    moved.close()


def test_a_copy_of_a_room_whose_pins_are_gone_says_so(
    forgotten: RoomService, store_url: str, tmp_path: Path
) -> None:
    from infusionroom.services.store_copy import copy_room

    reading, writing = open_store(store_url, read_only=True), open_store(f"sqlite:///{tmp_path}/there.sqlite")
    done = copy_room(reading, writing, lambda *_: None)
    assert [problem.split(" has set")[0] for problem in done.problems] == [LEE, KIM]
    reading.close()
    writing.close()
