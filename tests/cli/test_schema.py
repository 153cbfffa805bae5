"""`infusionroom do --schema`: what it prints is what is read, and what is answered."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.cli.a_day import ask, fact, plan, whole_day
from tests.cli.command_line import Desk

from infusionroom.domain.commands import COMMANDS


@pytest.fixture(scope="module")
def schema() -> Any:
    answer = Desk("sqlite:////nowhere/at/all").ask("do", "--schema")
    assert answer.status == 0, answer.err
    Draft202012Validator.check_schema(answer.json)
    return answer.json


def test_every_command_is_in_it(schema: Any) -> None:
    named = {kind.__name__ for kind in COMMANDS}

    assert {one["$ref"].removeprefix("#/$defs/") for one in schema["anyOf"]} == named
    assert named <= schema["$defs"].keys()


def test_a_whole_day_is_valid_by_it(schema: Any) -> None:
    validator = Draft202012Validator(schema)

    for command in [*whole_day(), ask("-10", "correct", target=4, new_at="10:25", why="slip")]:
        validator.validate(command)


@pytest.mark.parametrize(
    "command",
    [
        {"command": "fly"},
        {"command": "arrive"},
        ask("", "arrive", colour="red"),
        ask("", "seat", chair="three"),
        fact("", "pain_rated", nrs=11),
    ],
)
def test_what_is_refused_as_no_command_is_invalid_by_it(schema: Any, command: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema).is_valid(command)


def test_every_kind_of_outcome_is_valid_by_it(schema: Any, desk: Desk) -> None:
    outcome = Draft202012Validator({"$ref": "#/$defs/Outcome", "$defs": schema["$defs"]})
    late = ask("08:55", "seat", chair=3, expected_version=1)
    answer = desk.do([plan(), {"command": "fly"}, ask("08:50", "arrive"), late])

    assert [line["outcome"] for line in answer.lines] == ["done", "refused", "done", "conflict"]
    for line in answer.lines:
        outcome.validate(line)
