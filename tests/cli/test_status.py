"""`infusionroom status`: the board of a day, now, on other days, and as it was known at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.cli.a_day import ABARA, ask, before_the_start, infusion, plan, whole_day
from tests.cli.command_line import Desk

from infusionroom.domain.visit import visit_id_of


def at(desk: Desk, wall_clock: str) -> None:
    """Moves the clock to a time of this Monday in New York."""
    desk.clock.move_to(datetime.fromisoformat(f"2026-11-23T{wall_clock}-05:00"))


def live(desk: Desk, commands: list[dict[str, Any]]) -> None:
    """Gives each command at the moment it is about."""
    for command in commands:
        at(desk, command.get("at", "08:00"))
        assert desk.do([command]).status == 0, command


def test_a_planned_visit_carries_the_senders_ids(desk: Desk) -> None:
    desk.do([plan()])

    visit = desk.visit()

    assert visit["appointment"] == {"placer": "PL-1", "filler": "FI-1"}
    assert visit["phase"] == "planned"
    assert visit["plan"]["start"] == "2026-11-23T14:00:00Z"
    assert visit["plan"]["start_local"] == "2026-11-23T09:00:00-05:00"
    assert visit["plan"]["course"] == {"day": 2, "of": 5}
    assert visit["patient"]["birth_date"] == "1980-01-31"
    # Nobody has said yet whose it is, and of which course.
    assert (visit["plan"]["patient_id"], visit["plan"]["course_id"], visit["plan"]["chair"]) == ("", "", None)


def test_a_day_of_a_course_names_the_patient_the_course_and_what_is_to_be_decided(desk: Desk) -> None:
    at(desk, "08:00")
    file = {"family": "Abara", "given": "Chidi", "birth_date": "1980-01-31", "record_number": "K-1001"}
    desk.do([{"command": "register_patient", "id": "file", "file": file}])
    patient, course = visit_id_of("patient/file"), visit_id_of("course/booking")
    booking = {"patient": patient, "archetype": "single day", "prescriber": "Dr Osei"}
    days = [{"day": 1, "start": "2026-11-23T09:00:00-05:00", "chair": 3}]
    desk.do([{"command": "book_course", "id": "booking", "days": days, **booking}])
    desk.do([{"command": "no_show", "visit": visit_id_of(f"{course}/1"), "rest": "undecided"}])

    status = desk.status()

    [visit] = status["visits"]
    plan_said = visit["plan"]
    assert (plan_said["patient_id"], plan_said["course_id"], plan_said["chair"]) == (patient, course, 3)
    assert plan_said["course"] == {"day": 1, "of": 1}
    [task] = status["tasks"]
    assert (task["kind"], task["patient_id"], task["course_id"]) == ("decide", patient, course)


def test_an_infusion_shows_both_its_clocks_and_where_its_end_has_moved(desk: Desk) -> None:
    desk.do([*before_the_start(), *infusion()[:2]])
    at(desk, "10:15")

    status = desk.status()

    (visit,) = status["visits"]
    infusing = visit["infusion"]
    assert (visit["phase"], infusing["paused"], infusing["pause_why"]) == ("paused", True, "bathroom")
    assert (infusing["running_s"], infusing["wall_s"], infusing["paused_s"]) == (3600, 3900, 300)
    assert infusing["given_mg"] == "28"
    assert infusing["ends_at"] == "2026-11-23T18:15:00Z"
    assert status["counts"]["paused"] == 1
    assert status["chairs"][2] | {"since": None} == {
        "chair": 3,
        "state": "occupied",
        "visit": visit["visit"],
        "phase": "paused",
        "since": None,
        "elapsed_s": 300,
        "left_s": 3 * 3600,
        "note": "bathroom",
        "next_visit": None,
        "next_at": None,
    }


def test_readiness_names_every_point_that_is_missing(desk: Desk) -> None:
    desk.do([*before_the_start(), *infusion()])
    at(desk, "13:30")

    home = desk.visit()["discharge_list"]

    assert not home["complete"]
    assert {"aldrete", "padss", "vitals", "escort", "signed"} <= set(home["missing"])
    assert "oral_ketamine" not in home["missing"]


def test_the_lists_of_somebody_who_left_stay_as_they_were_met(desk: Desk) -> None:
    desk.do(whole_day())

    visit = desk.visit()

    assert visit["start_list"]["complete"]
    assert visit["start_list"]["at"] == visit["times"]["started"]
    assert visit["discharge_list"]["complete"]
    assert visit["discharge_list"]["at"] == visit["times"]["left"]


def test_the_board_is_told_as_it_was_known_then(desk: Desk) -> None:
    live(desk, [*before_the_start(), *infusion()[:1]])
    at(desk, "11:00")
    desk.do([ask("10:10", "pause", why="bathroom")])

    then = desk.visit("--at", "10:30")
    assert (then["phase"], then["infusion"]["running_s"]) == ("infusing", 80 * 60)
    assert desk.visit("--at", "09:05")["infusion"] is None
    assert desk.visit()["infusion"]["running_s"] == 60 * 60
    assert desk.status("--at", "07:00")["visits"] == []


def test_a_moment_still_to_come_is_no_moment_to_look_back_to(desk: Desk) -> None:
    at(desk, "10:00")

    answer = desk.ask("status", "--at", "10:30")

    assert answer.status == 1
    assert "still to come" in answer.err


def test_another_day_is_named_by_date_or_by_word(desk: Desk) -> None:
    desk.do([plan(), plan("Silva", "Ana", "PL-2", "FI-2", "K-2", "2026-11-24T09:00:00-05:00")])

    assert desk.visit("--date", "2026-11-24")["patient"]["family"] == "Silva"
    assert desk.visit("--date", "tomorrow")["patient"]["family"] == "Silva"
    assert desk.visit("--date", "today")["patient"]["family"] == "Abara"
    assert desk.status("--date", "yesterday")["visits"] == []


@pytest.mark.parametrize("word", ["someday", "2026-13-01", "0001-01-01"])
def test_a_day_that_is_none_is_wrong_usage(desk: Desk, word: str) -> None:
    answer = desk.ask("status", "--date", word)

    assert (answer.status, answer.out) == (2, "")
    assert "--date" in answer.err


def test_a_day_in_the_past_shows_how_it_ended(desk: Desk) -> None:
    desk.do(whole_day())
    desk.clock.move_to(datetime(2026, 11, 30, 15, 0, tzinfo=UTC))

    assert desk.status()["visits"] == []
    assert desk.visit("--date", "2026-11-23")["phase"] == "left"


def test_the_json_keeps_to_its_schema(desk: Desk) -> None:
    schema = desk.ask("status", "--schema").json
    Draft202012Validator.check_schema(schema)
    for moment in ("08:30", "09:09", "10:15", "13:30", "14:20", "14:30"):
        fresh = [c for c in whole_day() if c.get("at", "08:00") <= moment]
        desk.clock.move_to(datetime.fromisoformat(f"2026-11-23T{moment}-05:00"))
        desk.do([{**c, "id": f"{n}"} for n, c in enumerate(fresh)])

        Draft202012Validator(schema).validate(desk.status())


def test_the_board_in_text_is_plain_and_keeps_to_100_columns(desk: Desk) -> None:
    long = plan(
        "Featherstonehaugh-Cholmondeley", "Maximiliana", "P" * 60, "F" * 60, "K-2", "2026-11-23T11:00-05:00"
    )
    desk.do([*before_the_start(), *infusion()[:1], long])
    at(desk, "10:05")

    lines = desk.ask("status").out.splitlines()

    assert max(map(len, lines)) <= 100
    assert "\x1b" not in "".join(lines)
    assert lines[0] == "Northside · Mon 23 Nov 2026 · 10:05 America/New_York"
    infusing = lines[lines.index("Infusing") + 2]
    assert infusing.split()[:3] == ["3", "Abara", "C"]
    assert "0:55" in infusing
    assert any("Featherstonehaugh" in line for line in lines[lines.index("To come") :])


HOSTILE = [
    "[bold]Abara[/oops]",
    "Ab\x1b[31mara",
    "a\u202emorf",
    "李小龍",
    "=1+1",
    "O'\"<b>&",
    "x" * 200,
    "Ab\nara",
]


@pytest.mark.parametrize("family", HOSTILE)
def test_a_hostile_name_harms_nothing(desk: Desk, family: str) -> None:
    desk.do([plan(family), ask("08:50", "arrive", ABARA)])

    assert desk.visit()["patient"]["family"] == family
    for words in (("status",), ("log",)):
        answer = desk.ask(*words)
        assert answer.status == 0, answer.err
        assert not any(char in answer.out for char in "\x1b\u202e\x07")
    assert all(len(line) <= 100 for line in desk.ask("status").out.splitlines())
    rows = [line for line in desk.ask("log").out.splitlines() if not line.startswith("#")]
    assert rows == []
