"""PINs over SSH: whoever guesses waits, whatever connection they come by, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests.cheap_pins import cheap_hashes
from tests.ssh import PATIENTLY
from tests.ssh_room import LEE, SshRoom, ssh_room
from tests.terminal import Terminal

from infusionroom.bootstrap import open_room
from infusionroom.services.clock import SystemClock
from infusionroom.services.pins import wait_after_s
from infusionroom.services.session import Refusal
from infusionroom.services.sign_in import SignIns

pytestmark = [pytest.mark.e2e, pytest.mark.ssh]

F2 = b"\x1bOQ"
CHO, CHOS = "RN Cho", "482915"
PARK, PARKS = "RN Park", "739184"


class Past(SystemClock):
    """A clock that lags behind the machine's and comes nearer by what was waited."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.behind_s = seconds

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=self.behind_s)


@pytest.fixture(scope="module")
def with_pins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshRoom]:
    """A room in which two nurses have PINs."""
    with (
        ssh_room(tmp_path_factory.mktemp("pins")) as clinic,
        pytest.MonkeyPatch.context() as patched,
        cheap_hashes(patched),
    ):
        clinic.desk.do([{"command": "add_person", "name": name, "role": "nurse"} for name in (CHO, PARK)])
        room = open_room(clinic.desk.store, create=False)
        signs = SignIns(room, "desk")
        for name, pin in ((CHO, CHOS), (PARK, PARKS)):
            assert signs.set_pin(LEE, name, "", pin) is None
        room.close()
        yield clinic


def sign_in(terminal: Terminal, name: str, pin: str) -> None:
    terminal.write(F2)
    terminal.wait_for("PIN", within=PATIENTLY)
    terminal.type(name)
    terminal.press("tab")
    terminal.type(pin)
    terminal.press("enter")


def guess(clinic: SshRoom, name: str, times: int) -> None:
    """Wrong PINs at the clinic's own terminal, each as soon as it is looked at; the last of them just now."""
    clock = Past(sum(wait_after_s(tried) for tried in range(1, times)))
    room = open_room(clinic.desk.store, create=False, clock=clock)
    signs = SignIns(room, "desk")
    for _ in range(times):
        refused = signs.check(name, "000111")
        assert isinstance(refused, Refusal)
        assert "do not go together" in refused.sentence
        clock.behind_s = max(0, clock.behind_s - refused.wait_s)
    room.close()


def test_who_was_guessed_thirty_times_waits_by_every_connection_and_nobody_else_does(
    with_pins: SshRoom,
) -> None:
    guess(with_pins, CHO, 30)

    for _ in range(2):
        with with_pins.board() as terminal:
            sign_in(terminal, CHO, CHOS)
            terminal.wait_for("Too many wrong PINs for this name: wait 15 min", within=PATIENTLY)
            terminal.press("escape")
            sign_in(terminal, PARK, PARKS)
            terminal.wait_for(lambda screen: PARK in screen.splitlines()[0], within=PATIENTLY)
            sign_in(terminal, CHO, CHOS)
            terminal.wait_for("Too many wrong PINs for this name: wait 15 min", within=PATIENTLY)

    told = [e["body"] for e in with_pins.desk.ask("log", "--json", "--access", "--by", CHO).lines]
    assert [body["count"] for body in told] == list(range(4, 31))
    assert told[-1]["wait_s"] == 900
    assert CHOS not in with_pins.desk.ask("log", "--json").out
