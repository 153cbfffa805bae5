"""`infusionroom do`: a script is held to the rules of the room, line by line, and told what became of each line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cli.a_day import ABARA, ask, before_the_start, fact, infusion, plan, vitals, whole_day
from tests.cli.command_line import Answer, Desk


def outcomes(answer: Answer) -> list[str]:
    return [line["outcome"] for line in answer.lines]


def rules(line: dict[str, Any]) -> list[str]:
    return [reason["rule"] for reason in line["reasons"]]


def only(answer: Answer) -> Any:
    (line,) = answer.lines
    return line


def test_a_whole_day_of_one_visit_is_done_line_by_line(desk: Desk) -> None:
    answer = desk.do(whole_day())

    assert set(outcomes(answer)) == {"done"}
    assert answer.status == 0
    visit = desk.visit()
    assert visit["outcome"] == "completed"
    assert visit["infusion"]["running_s"] == 4 * 3600
    assert visit["infusion"]["wall_s"] == 4 * 3600 + 600
    assert (visit["infusion"]["given_mg"], visit["infusion"]["given_ml"]) == ("112", "56")
    assert visit["times"]["left"] == "2026-11-23T19:25:00Z"
    assert desk.ask("check").status == 0


def test_the_same_day_on_a_server(postgres_url: str) -> None:
    desk = Desk(postgres_url, at=datetime.now(UTC))
    assert desk.set_up().status == 0

    # The server's own clock stamps what is recorded: the day is planned for now, and only begun.
    answer = desk.do(
        [plan(start=desk.clock.now().isoformat()), ask("now", "arrive"), ask("now", "seat", chair=3)]
    )

    assert set(outcomes(answer)) == {"done"}, answer.out
    assert desk.visit()["chair"] == 3
    assert desk.ask("check").out.startswith("ok: 5 entries")
    assert desk.ask("check", "--rebuild").status == 0


def test_what_was_done_comes_back_as_its_entries(desk: Desk) -> None:
    line = only(desk.do([plan() | {"id": "p-1"}]))

    (entry,) = line["entries"]
    assert line | {"entries": None} == {
        "outcome": "done",
        "line": 1,
        "command": "p-1",
        "repeated": False,
        "visit": entry["stream"].removeprefix("visit:"),
        "stream": entry["stream"],
        "version": 1,
        "entries": None,
    }
    assert entry["id"] == 6
    assert entry["kind"] == entry["body"]["kind"] == "visit_planned"
    assert entry["happened_at"] == entry["recorded_at"] == "2026-11-23T23:30:00Z"
    assert entry["actor"] == "vega"


def test_each_line_has_its_answer_though_one_between_is_refused(desk: Desk) -> None:
    answer = desk.do([plan(), ask("08:50", "start"), ask("08:50", "arrive"), ask("08:55", "seat", chair=3)])

    assert outcomes(answer) == ["done", "refused", "done", "done"]
    assert answer.status == 1


def test_a_start_names_every_point_that_is_missing(desk: Desk) -> None:
    desk.do([plan(), ask("08:50", "arrive"), ask("08:55", "seat", chair=3)])

    refused = only(desk.do([ask("09:10", "start")]))

    missing = {rule.removeprefix("start.") for rule in rules(refused)}
    assert {"identity", "consent", "order", "double_check", "iv_site"} <= missing
    assert all(reason["text"] for reason in refused["reasons"])


def test_a_command_that_was_done_is_answered_again_and_not_repeated(desk: Desk) -> None:
    commands = [plan() | {"id": "p"}, ask("08:50", "arrive") | {"id": "a"}]
    first = desk.do(commands)

    again = desk.do(commands)

    assert [line["repeated"] for line in again.lines] == [True, True]
    assert [line["entries"] for line in again.lines] == [line["entries"] for line in first.lines]
    assert again.status == 0
    assert desk.visit()["version"] == 2


def test_whoever_shows_an_old_version_is_told_who_was_faster(desk: Desk) -> None:
    desk.do([plan(), ask("08:50", "arrive")])
    version = desk.visit()["version"]
    lee = Desk(desk.store, user="lee")
    lee.do([fact("08:52", "noted", text="comes with her sister")])

    answer = desk.do([ask("08:55", "seat", chair=3, expected_version=version)])

    conflict = only(answer)
    assert conflict["outcome"] == "conflict"
    assert (conflict["by"], conflict["what"], conflict["version"]) == ("lee", "note", version + 1)
    assert answer.status == 1
    assert desk.visit()["phase"] == "arrived"


def test_a_slip_is_taken_back_and_a_value_corrected_and_both_stay_in_the_journal(desk: Desk) -> None:
    desk.do([*before_the_start(), *infusion()])
    weighed = next(e for e in desk.ask("log", "--json").lines if e["kind"] == "weighed")
    pause = next(e for e in desk.ask("log", "--json").lines if e["kind"] == "paused")

    answer = desk.do(
        [
            ask(
                "now", "correct", target=weighed["id"], body={"kind": "weighed", "kg": "71.5"}, why="misread"
            ),
            ask("now", "correct", target=pause["id"], new_at="10:05", why="earlier"),
        ]
    )

    assert outcomes(answer) == ["done", "done"]
    assert desk.visit()["infusion"]["paused_s"] == 15 * 60
    log = {entry["id"]: entry for entry in desk.ask("log", "--json").lines}
    assert log[weighed["id"]]["body"]["kg"] == "70"
    assert log[weighed["id"]]["corrected_by"] == answer.lines[0]["entries"][0]["id"]

    undone = only(desk.do([ask("now", "undo", why="not needed")]))
    assert undone["outcome"] == "done"
    assert desk.visit()["infusion"]["paused_s"] == 10 * 60
    assert desk.ask("check").status == 0


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("-10", "2026-11-23T23:20:00Z"),
        ("10:25", "2026-11-23T15:25:00Z"),
        ("10:25-05:00", "2026-11-23T15:25:00Z"),
        ("2026-11-23T10:25:30-05:00", "2026-11-23T15:25:30Z"),
        ("2026-11-23T15:25:30Z", "2026-11-23T15:25:30Z"),
        ("", "2026-11-23T23:30:00Z"),
    ],
)
def test_a_moment_may_be_said_as_on_the_screen(desk: Desk, said: str, meant: str) -> None:
    desk.do([plan()])

    (entry,) = only(desk.do([fact(said, "noted", text="called")]))["entries"]

    assert datetime.fromisoformat(entry["happened_at"]).astimezone(UTC) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("said", ["23:50", "2026-11-23T23:50:00-05:00", "+10"])
def test_nothing_can_have_happened_in_the_future(desk: Desk, said: str) -> None:
    desk.do([plan()])

    assert rules(only(desk.do([ask(said, "arrive")]))) == ["future"]


@pytest.mark.parametrize("said", ["soon", "25:00", "2026-11-23T10:25:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_names_none_is_refused(desk: Desk, said: str) -> None:
    desk.do([plan()])

    refused = only(desk.do([ask(said, "arrive")]))

    assert rules(refused)[0] in ("at", "json")
    assert "line 1, at" in refused["reasons"][0]["text"]


BROKEN = {
    "no JSON": b"arrive",
    "an open object": b'{"command":"arrive"',
    "an array": b"[1]",
    "no command": b"{}",
    "an unknown command": b'{"command":"fly","visit":"x"}',
    "an unknown field": b'{"command":"arrive","visit":"x","colour":"red"}',
    "a missing field": b'{"command":"arrive"}',
    "a field twice": b'{"command":"arrive","visit":"x","visit":"y"}',
    "a chair in words": b'{"command":"seat","visit":"x","chair":"three"}',
    "half a chair": b'{"command":"seat","visit":"x","chair":3.5}',
    "no number": b'{"command":"bolus","visit":"x","mg":NaN,"why":"pain"}',
    "endless": b'{"command":"bolus","visit":"x","mg":"Infinity","why":"pain"}',
    "a huge exponent": b'{"command":"bolus","visit":"x","mg":1e999999,"why":"pain"}',
    "a huge exponent in text": b'{"command":"bolus","visit":"x","mg":"1e-999999","why":"pain"}',
    "a huge whole number": b'{"command":"seat","visit":"x","chair":' + b"9" * 5000 + b"}",
    "a large whole number": b'{"command":"seat","visit":"x","chair":99999999999999}',
    "half a character": b'{"command":"turn_away","visit":"x","why":"\\ud800"}',
    "a NUL": b'{"command":"turn_away","visit":"x","why":"\\u0000"}',
    "another encoding": '{"command":"turn_away","visit":"x","why":"Müller"}'.encode("latin-1"),
    "a tower": b'{"command":' + b"[" * 100_000,
    "a start without its offset": b'{"command":"plan","plan":{"patient":{"family":"A"},'
    b'"start":"2026-11-23T09:00:00"}}',
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN.keys())
def test_a_line_that_is_no_command_is_refused_and_the_next_one_is_read(desk: Desk, line: bytes) -> None:
    answer = desk.ask("do", stdin=b"\n" + line + b"\n" + json.dumps(plan()).encode() + b"\n")

    refused, done = answer.lines
    assert rules(refused) == ["json"]
    assert "line 2" in refused["reasons"][0]["text"]
    assert (done["outcome"], done["line"]) == ("done", 3)
    assert (answer.status, answer.err) == (1, "")


def test_a_line_of_more_than_a_million_characters_is_refused_whole(desk: Desk) -> None:
    noise = json.dumps(fact("", "noted", text="x" * 3_000_000)).encode()

    answer = desk.ask("do", stdin=noise + b"\n" + json.dumps(plan()).encode())

    assert outcomes(answer) == ["refused", "done"]
    assert rules(answer.lines[0]) == ["json"]


def test_the_path_of_what_is_wrong_is_named(desk: Desk) -> None:
    refused = only(desk.do([fact("", "vitals_taken", sbp="high")]))

    (reason,) = refused["reasons"]
    assert reason["field"] == "$.fact.sbp"
    assert reason["text"].startswith("line 1, fact.sbp: ")


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        (b'{"command":"seat","visit":"x"}', "$.chair", "missing"),
        (b'{"command":"arrive","visit":"x","colour":"red"}', "$.colour", "no such field"),
        (
            b'{"command":"record","visit":"x","fact":{"kind":"vitals_taken","spO2":98}}',
            "$.fact.spO2",
            "no such field",
        ),
        (b'{"command":"record","visit":"x","fact":{"kind":"weird"}}', "$.fact.kind", "--schema"),
        (b'{"command":"wait","visit":"x","reason":"taxi"}', "$.reason", "--schema"),
        (b'{"command":"plan","plan":{"patient":{"family":"A"},"start":"10:00"}}', "$.plan.start", "T10:25"),
        (b'{"command":"change_room","opens":"early"}', "$.opens", "07:00"),
        (b'{"command":"change_room","opens":"07:00+01:00"}', "$.opens", "offset"),
    ],
)
def test_what_does_not_fit_is_named_by_its_own_path_and_told_what_would(
    desk: Desk, line: bytes, field: str, says: str
) -> None:
    (reason,) = only(desk.ask("do", stdin=line))["reasons"]

    assert reason["field"] == field
    assert reason["text"].startswith(f"line 1, {field[2:]}: ")
    assert says in reason["text"]


@pytest.mark.parametrize("opens", ["06:30", "06:30:00"])
def test_the_door_is_told_in_hours_and_minutes(desk: Desk, opens: str) -> None:
    assert outcomes(desk.do([{"command": "change_room", "opens": opens}])) == ["done"]


def test_amounts_are_read_digit_by_digit(desk: Desk) -> None:
    desk.do([plan(), ask("08:50", "arrive")])

    line = b'{"command":"record","visit":"PL-1/FI-1","fact":{"kind":"weighed","kg":70.10}}'
    (entry,) = only(desk.ask("do", stdin=line))["entries"]

    assert entry["body"]["kg"] == "70.10"


def test_a_weight_finer_than_any_scale_is_refused(desk: Desk) -> None:
    desk.do([plan(), ask("08:50", "arrive")])

    assert rules(only(desk.do([fact("", "weighed", kg="70.10000000000000000001")]))) == ["weight"]


def test_what_is_unlikely_is_asked_about_and_taken_when_confirmed(desk: Desk) -> None:
    desk.do([plan(), ask("08:50", "arrive")])

    asked = only(desk.do([vitals("09:00", sbp=240)]))
    assert [reason["confirmable"] for reason in asked["reasons"]] == [True]

    assert only(desk.do([vitals("09:00", sbp=240, confirmed=True)]))["outcome"] == "done"


def test_a_visit_that_is_not_there_is_named_as_such(desk: Desk) -> None:
    refused = only(desk.do([ask("", "arrive", "PL-9/FI-9")]))

    assert rules(refused) == ["unknown_visit"]


def test_the_visit_may_be_named_by_its_id_or_by_the_appointment(desk: Desk) -> None:
    visit = only(desk.do([plan()]))["visit"]

    assert only(desk.do([ask("08:50", "arrive", ABARA)]))["visit"] == visit
    assert only(desk.do([ask("08:55", "seat", visit, chair=1)]))["visit"] == visit


def test_a_file_of_commands_does_as_well_as_standard_input(desk: Desk, tmp_path: Any) -> None:
    script = tmp_path / "day.jsonl"
    script.write_text("\ufeff" + json.dumps(plan()) + "\r\n\r\n", encoding="utf-8")

    assert outcomes(desk.ask("do", str(script))) == ["done"]
    assert desk.ask("do", str(tmp_path / "none.jsonl")).status == 1


def test_nothing_on_standard_input_is_nothing_done(desk: Desk) -> None:
    assert desk.ask("do") == Answer(0, "", "")
