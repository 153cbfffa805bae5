"""`infusionroom staff`: people, roles and PINs without a screen; the machine's owner comes in again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.cheap_pins import cheap_hashes as cheap
from tests.cli.command_line import Desk

from infusionroom.bootstrap import open_room
from infusionroom.services.session import Session
from infusionroom.services.sign_in import SignIns


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with cheap(monkeypatch):
        yield


def comes_in(desk: Desk, name: str, pin: str) -> bool:
    room = open_room(desk.store, clock=desk.clock)
    try:
        return isinstance(SignIns(room, "desk").check(name, pin), Session)
    finally:
        room.close()


def test_the_list_names_roles_pins_and_who_is_disabled(desk: Desk) -> None:
    assert desk.ask("staff", "add", "Ann Moore", "--role", "back office").status == 0
    assert desk.ask("staff", "disable", "okoro", "--why", "has left").status == 0
    lines = desk.ask("staff", "list").out.splitlines()
    assert lines[0].split() == ["name", "roles", "PIN"]
    assert any("vega" in line and "charge nurse, administrator" in line for line in lines)
    assert any("Ann Moore" in line and "back office" in line and "none" in line for line in lines)
    assert any("okoro" in line and "disabled: has left" in line for line in lines)


def test_roles_are_given_and_taken_but_never_the_last_administrators(desk: Desk) -> None:
    assert desk.ask("staff", "role", "kim", "--give", "prescriber").status == 0
    assert desk.ask("staff", "role", "kim", "--take", "nurse", "--why", "studies").status == 0
    assert any("kim" in line and "prescriber" in line for line in desk.ask("staff", "list").out.splitlines())
    last = desk.ask("staff", "role", "vega", "--take", "administrator")
    assert (last.status, "last administrator" in last.err) == (1, True)
    assert desk.ask("staff", "disable", "vega", "--why", "x").status == 1
    assert desk.ask("staff", "role", "kim").status == 2
    assert desk.ask("staff", "role", "kim", "--give", "king").status == 2


def test_nobody_but_an_administrator_changes_the_list(desk: Desk) -> None:
    desk.user = "kim"
    refused = desk.ask("staff", "add", "Friend")
    assert (refused.status, "administrator" in refused.err) == (1, True)


def test_a_pin_comes_from_standard_input_and_is_said_nowhere(desk: Desk) -> None:
    answer = desk.ask("staff", "pin", "Kim", stdin=b"739184\n")
    assert answer.status == 0, answer.err
    assert "739184" not in answer.out + answer.err + desk.ask("log", "--json").out
    assert comes_in(desk, "kim", "739184")
    assert not comes_in(desk, "kim", "739185")


def test_ones_own_pin_needs_the_present_one(desk: Desk) -> None:
    assert desk.ask("staff", "pin", "vega", stdin=b"739184\n").status == 0
    wrong = desk.ask("staff", "pin", "vega", stdin=b"000111\n482915\n")
    assert (wrong.status, "another one" in wrong.err) == (1, True)
    assert desk.ask("staff", "pin", "vega", stdin=b"739184\n482915\n").status == 0
    assert comes_in(desk, "vega", "482915")


@pytest.mark.parametrize("pin", [b"1234\n", b"\n", b"", b"12\n"])
def test_a_bad_pin_is_refused(desk: Desk, pin: bytes) -> None:
    assert desk.ask("staff", "pin", "kim", stdin=pin).status == 1


def test_the_owner_of_the_machine_recovers_and_it_is_kept(desk: Desk) -> None:
    for name in ("kim", "vega"):
        assert desk.ask("staff", "pin", name, stdin=b"739184\n").status == 0
    desk.user = "root"
    slip = desk.ask("staff", "recover", "lee", "--why", "vega is ill", stdin=b"leo\n")
    assert (slip.status, "nothing was changed" in slip.err) == (1, True)
    answer = desk.ask("staff", "recover", "vega", "--why", "PIN forgotten", stdin=b"vega\n")
    assert answer.status == 0, answer.err
    assert "administrator" in answer.out
    entry = desk.ask("log", "--json").lines[-1]
    assert entry["kind"] == "administrator_recovered"
    assert entry["body"]["system_user"] == entry["actor"]
    assert not comes_in(desk, "vega", "739184"), "the forgotten PIN opens nothing"
    desk.user = "vega"
    assert desk.ask("staff", "pin", "vega", stdin=b"482915\n").status == 0
    assert comes_in(desk, "vega", "482915")


def test_an_emergency_access_stands_in_the_list_until_somebody_looked_at_it(desk: Desk) -> None:
    desk.do([{"command": "break_glass", "name": "kim", "reason": "pump alarm", "user": "kim"}])
    told = desk.ask("staff", "list").out
    assert "Emergency access #" in told
    assert "pump alarm" in told
    entry = int(told.partition("access #")[2].partition(",")[0])
    desk.do([{"command": "review_glass", "entry": entry, "note": "justified"}])
    assert "Emergency access" not in desk.ask("staff", "list").out
