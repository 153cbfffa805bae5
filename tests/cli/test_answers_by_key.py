"""What a key fetches without a screen: by role, kept before it is given, and never given where it cannot be kept."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from tests.cli.a_day import ask, plan
from tests.cli.command_line import Desk

from infusionroom.access.forced import Answer, asked_for
from infusionroom.cli.answering import answer
from infusionroom.cli.endings import REFUSED, UNREACHABLE, Ended
from infusionroom.cli.terminal import Terminal
from infusionroom.domain.events import AnswerKind
from infusionroom.services.errors import RoomRefused
from infusionroom.services.room import RoomService
from infusionroom.settings import Settings

DAY = "2026-11-23"
KEY = "SHA256:of-nobody-else"
EVERY_ANSWER = {
    "status": ("status", DAY, ""),
    "status --json": ("status --json", DAY, ""),
    f"summary --date {DAY} --format csv": ("summary", DAY, "csv"),
    f"summary --date {DAY} --format json": ("summary", DAY, "json"),
    f"summary --date {DAY} --format md": ("summary", DAY, "md"),
    "next-day": ("next-day", "2026-11-24", ""),
    "next-day --date 2026-12-01": ("next-day", "2026-12-01", ""),
    "next-day --format text": ("next-day", "2026-11-24", ""),
    "next-day --date 2026-12-01 --format text": ("next-day", "2026-12-01", ""),
}


@pytest.fixture
def clinic(desk: Desk) -> Desk:
    """A day with somebody in it, and people of every role."""
    roles = {"Ames": "prescriber", "Billing": "back office", "Hale": "administrator", "Wall": "viewer"}
    people = [{"command": "add_person", "name": name, "role": role} for name, role in roles.items()]
    done = desk.do([*people, plan(), ask("08:50", "arrive")])
    assert done.status == 0, done.out
    return desk


def fetch(clinic: Desk, person: str, command: str) -> int:
    """As sshd would have it: what the caller sends goes through the list of what is answered."""
    asked = asked_for(command, has_terminal=False, term="xterm")
    assert isinstance(asked, Answer)
    settings = Settings(clinic.store, person, "ssh 10.0.0.7 script", is_default=False)
    return answer(asked.words, settings, KEY, clinic.clock)


def fetched(clinic: Desk) -> list[tuple[str, str, str, str]]:
    return [
        (e["actor"], e["body"]["what"], e["body"]["day"], e["terminal"])
        for e in clinic.ask("log", "--json").lines
        if e["kind"] == "answer_fetched"
    ]


@pytest.mark.parametrize("command", EVERY_ANSWER)
def test_every_answer_is_kept_with_who_what_day_and_from_where(
    clinic: Desk, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(clinic, "Billing", command) == 0
    assert capsys.readouterr().out
    what, day, form = EVERY_ANSWER[command]
    entry = clinic.ask("log", "--json").lines[-1]
    assert entry["stream"] == "access"
    assert (entry["actor"], entry["terminal"]) == ("Billing", "ssh 10.0.0.7 script")
    assert (entry["body"]["what"], entry["body"]["day"], entry["body"]["format"]) == (what, day, form)


def test_nothing_that_is_answered_is_missing_here() -> None:
    assert {what for what, _, _ in EVERY_ANSWER.values()} == set(get_args(AnswerKind))


def test_what_is_kept_is_what_is_answered(clinic: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fetch(clinic, "vega", "status --json")
    assert json.loads(capsys.readouterr().out)["day"] == fetched(clinic)[-1][2]


@pytest.mark.parametrize(
    ("person", "command"),
    [
        ("Wall", "status --json"),
        ("Wall", f"summary --date {DAY} --format csv"),
        ("Wall", "next-day"),
        ("lee", f"summary --date {DAY} --format csv"),
        ("Hale", f"summary --date {DAY} --format csv"),
        ("Hale", "status --json"),
    ],
)
def test_who_may_not_have_it_gets_a_sentence_and_nothing_else(
    clinic: Desk, person: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Ended) as ended:
        fetch(clinic, person, command)
    assert ended.value.status == REFUSED
    assert f"{person} is " in ended.value.sentence
    assert "that is for a" in ended.value.sentence
    assert capsys.readouterr().out == ""
    assert fetched(clinic) == []


def test_a_viewer_has_the_board_told_through_a_store_that_is_only_read(
    clinic: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def run(_: object, terminal: Terminal) -> int:
        with terminal.room() as room:
            told.append(room.read_only)
        return 0

    monkeypatch.setattr("infusionroom.cli.answering.run_command", run)
    assert fetch(clinic, "Wall", "status") == 0
    assert told == [True]
    assert fetched(clinic) == [("Wall", "status", DAY, "ssh 10.0.0.7 script")]


def test_a_role_that_is_taken_away_is_gone_with_the_next_answer(clinic: Desk) -> None:
    assert fetch(clinic, "Billing", f"summary --date {DAY} --format csv") == 0
    clinic.do([{"command": "take_role", "name": "Billing", "role": "back office"}])
    with pytest.raises(Ended, match="in no role"):
        fetch(clinic, "Billing", f"summary --date {DAY} --format csv")


def test_what_cannot_be_kept_is_not_answered(
    clinic: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shut(*_: object, **__: object) -> None:
        raise RoomRefused("This terminal may not write the store.")

    monkeypatch.setattr(RoomService, "execute", shut)
    with pytest.raises(Ended, match="cannot be kept who fetched it: This terminal may not write") as ended:
        fetch(clinic, "vega", f"summary --date {DAY} --format csv")
    assert ended.value.status == UNREACHABLE
    assert capsys.readouterr().out == ""


def test_asking_for_the_version_leaves_no_trace_and_a_stranger_gets_not_even_that(clinic: Desk) -> None:
    assert fetch(clinic, "Wall", "version") == 0
    assert fetched(clinic) == []
    with pytest.raises(Ended, match="not on the staff list"):
        fetch(clinic, "nobody", "version")


def test_a_key_that_was_taken_back_fetches_nothing_by_a_connection_it_still_has(clinic: Desk) -> None:
    given = {"command": "give_key", "name": "Billing", "fingerprint": KEY}
    clinic.do([given])
    assert fetch(clinic, "Billing", "version") == 0
    with pytest.raises(Ended, match="given to somebody else"):
        fetch(clinic, "lee", "version")
    clinic.do([{**given, "command": "take_key_back"}])
    with pytest.raises(Ended, match="has been taken back"):
        fetch(clinic, "Billing", "version")
    clinic.do([given])
    assert fetch(clinic, "Billing", "version") == 0
