"""Who may give which command: everything has its roles, and nobody locks everybody out."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from tests.consenting import consent
from tests.domain.playing import LEE, PARK, Play

from infusionroom.domain import commands as cmd
from infusionroom.domain.events import FACTS, AnswerKind, Role, kind_of
from infusionroom.domain.roles import FREE, MAY, ROLES, refusal, roles_for, tag_of


@pytest.fixture
def play() -> Play:
    return Play().at("8:00")


@pytest.mark.parametrize("command", cmd.COMMANDS, ids=cmd.name_of)
def test_every_command_names_its_roles_or_is_free(command: type[cmd.Command]) -> None:
    tag = cmd.name_of(command)  # type: ignore[arg-type]
    assert (tag in FREE) != bool(roles_for(tag))


def test_no_role_is_given_for_what_does_not_exist() -> None:
    tags = {cmd.name_of(c) for c in cmd.COMMANDS}  # type: ignore[arg-type]
    facts = {f"record:{kind_of(fact)}" for fact in FACTS}  # type: ignore[arg-type]
    answers = {f"fetch_answer:{what}" for what in get_args(AnswerKind)}
    assert set(MAY) | FREE <= tags | facts | answers
    assert all(roles <= set(ROLES) for roles in MAY.values())


def test_a_viewer_sets_their_own_pin_and_has_the_board_told_and_gives_no_other_command() -> None:
    assert [tag for tag, roles in MAY.items() if "viewer" in roles] == ["set_pin", "fetch_answer:status"]


@pytest.mark.parametrize(
    ("role", "has"),
    [
        ("charge nurse", {"status", "status --json", "next-day", "summary"}),
        ("nurse", {"status", "status --json", "next-day"}),
        ("prescriber", {"status", "status --json", "next-day", "summary"}),
        ("back office", {"status", "status --json", "next-day", "summary"}),
        ("administrator", {"status"}),
        ("viewer", {"status"}),
    ],
)
def test_what_leaves_the_room_is_for_those_whose_work_needs_it(play: Play, role: Role, has: set[str]) -> None:
    play.do(cmd.AddPerson(name="Kim", role=role))
    fetched = {
        what
        for what in get_args(AnswerKind)
        if refusal(play.room, "Kim", tag_of(cmd.FetchAnswer(what=what, day=date(2026, 11, 23)))) is None
    }
    assert fetched == has


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("nurse", "start", "add_person"),
        ("charge nurse", "change_room", "change_rule"),
        ("prescriber", "order", "start"),
        ("back office", "book_course", "pause"),
        ("administrator", "add_person", "arrive"),
    ],
)
def test_each_role_does_its_own_work(play: Play, role: Role, may: str, may_not: str) -> None:
    play.do(cmd.AddPerson(name="Kim", role=role))
    assert refusal(play.room, "Kim", may) is None
    refused = refusal(play.room, "Kim", may_not)
    assert refused is not None
    assert refused.rule == "role"
    assert f"Kim is {role}" in refused.text


def test_an_observation_is_known_by_its_kind(play: Play) -> None:
    play.do(cmd.AddPerson(name="Kim", role="back office"))
    consented = cmd.Record(visit="v", fact=consent(date(2026, 11, 20)))
    assert refusal(play.room, "Kim", tag_of(consented)) is None
    assert refusal(play.room, "Kim", "record:vitals_taken") is not None


def test_who_is_unknown_or_disabled_gives_no_command_and_keeps_their_entries(play: Play) -> None:
    unknown = refusal(play.room, "Nobody", "arrive")
    assert unknown is not None
    assert unknown.rule == "not_on_staff"
    play.do(cmd.DisablePerson(name=PARK, why="has left the clinic"))
    disabled = refusal(play.room, PARK, "arrive")
    assert disabled is not None
    assert "has left the clinic" in disabled.text
    assert PARK in play.room.people
    play.do(cmd.EnablePerson(name="PARK"))
    assert refusal(play.room, PARK, "arrive") is None


@pytest.mark.parametrize("name", ["Eve\x1b[31m", "Eve\u202e", "Eve\x9b", "E\nve", "E\u200bve"])
def test_a_name_that_steers_a_terminal_or_looks_like_another_is_nobodys(play: Play, name: str) -> None:
    assert play.rules(cmd.AddPerson(name=name, role="nurse")) == ["name"]


def test_the_last_administrator_keeps_the_keys(play: Play) -> None:
    assert play.rules(cmd.DisablePerson(name=LEE, why="x")) == ["last_administrator"]
    assert play.rules(cmd.TakeRole(name=LEE, role="administrator")) == ["last_administrator"]
    play.do(cmd.GiveRole(name=PARK, role="administrator"))
    play.do(cmd.TakeRole(name=LEE, role="administrator"))
    assert play.rules(cmd.DisablePerson(name=PARK, why="x")) == ["last_administrator"]


def test_whoever_owns_the_machine_recovers_an_administrator_and_leaves_a_trace(play: Play) -> None:
    play.do(cmd.SetPin(name=LEE))
    play.do(cmd.RecoverAdministrator(name="lee", why="PIN forgotten", system_user="root"), by="root")
    assert play.room.people[LEE].pin_set_at is None
    assert "administrator" in play.room.people[LEE].roles
    recovered = play.entries[-1]
    assert (recovered.kind, recovered.actor) == ("administrator_recovered", "root")


def test_an_emergency_access_is_looked_at_by_somebody_else(play: Play) -> None:
    broken = play.do(cmd.BreakGlass(name=PARK, reason="the PIN is forgotten, an infusion runs"), by=PARK)[0]
    assert [g.name for g in play.room.glass] == [PARK]
    review = cmd.ReviewGlass(entry=broken.id, note="seen")
    assert play.rules(review, by=PARK) == ["same_person"]
    play.do(review)
    assert play.room.glass[0].reviewed_by == LEE
    assert play.rules(review) == ["unchanged"]


def test_a_pin_is_set_by_its_owner_or_an_administrator(play: Play) -> None:
    play.do(cmd.AddPerson(name="Kim", role="nurse"))
    assert play.rules(cmd.SetPin(name=PARK), by="Kim") == ["role"]
    play.do(cmd.SetPin(name=PARK), by=LEE)
    play.do(cmd.SetPin(name="Kim"), by="Kim")
    assert play.room.people["Kim"].pin_set_at is not None
