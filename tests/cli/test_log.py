"""`infusionroom log`: the journal, with what became of each entry."""

from __future__ import annotations

from tests.cli.a_course import COURSE, PATIENT, VISIT, booking
from tests.cli.a_day import ABARA, ask, before_the_start, fact, plan
from tests.cli.command_line import Desk


def test_an_entry_that_was_taken_back_stays_and_says_so(desk: Desk) -> None:
    desk.do([plan(), ask("08:50", "arrive"), ask("-1", "undo", why="wrong person")])

    arrived = next(line for line in desk.ask("log").out.splitlines() if "arrived" in line)

    assert "happened 08:50" in arrived
    assert "taken back by #8" in arrived
    entry = next(e for e in desk.ask("log", "--json").lines if e["kind"] == "arrived")
    assert (entry["taken_back_by"], entry["corrected_by"]) == (8, None)


def test_only_one_visit_and_only_what_came_after(desk: Desk) -> None:
    desk.do([*before_the_start(), plan("Silva", "Ana", "PL-2", "FI-2", "K-2")])
    everything = desk.ask("log", "--json").lines

    mine = desk.ask("log", "--json", "--visit", ABARA).lines
    assert {entry["stream"] for entry in mine} == {everything[5]["stream"]}
    assert [e["id"] for e in desk.ask("log", "--json", "--after", "13").lines] == [
        e["id"] for e in everything if e["id"] > 13
    ]
    assert desk.ask("log", "--visit", "PL-9/FI-9").status == 1


def test_only_what_was_recorded_since(desk: Desk) -> None:
    desk.do([plan()])
    desk.clock.advance(minutes=30)
    desk.do([fact("-5", "noted", text="called")])

    assert [e["kind"] for e in desk.ask("log", "--json", "--since", "-10").lines] == ["noted"]
    assert [e["kind"] for e in desk.ask("log", "--json", "--since", "18:45").lines] == ["noted"]
    assert len(desk.ask("log", "--json", "--since", "2026-11-23").lines) == 2
    assert len(desk.ask("log", "--json", "--since", "2026-11-20").lines) == 7
    assert desk.ask("log", "--since", "soon").status == 1


def test_the_journal_carries_its_chain(desk: Desk) -> None:
    desk.do([plan()])

    last = desk.ask("log", "--json").lines[-1]

    assert desk.ask("check").out == f"ok: 6 entries, head hash {last['hash']}\n"


def test_who_saw_and_who_changed_this(desk: Desk) -> None:
    desk.do(
        [
            *booking("2026-11-24T09:00:00-05:00"),
            {"command": "open_record", "what": "patient", "record": PATIENT, "user": "kim"},
        ]
    )
    desk.do([{"command": "open_record", "what": "visit", "record": VISIT, "user": "lee"}])
    desk.do([{"command": "open_record", "what": "visit", "record": "another", "user": "okoro"}])

    def told(*words: str) -> list[tuple[str, str]]:
        return [(e["kind"], e["actor"]) for e in desk.ask("log", "--json", *words).lines]

    assert told("--visit", VISIT) == [("visit_planned", "vega"), ("record_opened", "lee")]
    whole = told("--patient", PATIENT)
    assert whole[0] == ("patient_registered", "vega")
    assert {("course_booked", "vega"), ("visit_planned", "vega")} <= set(whole)
    assert whole[-2:] == [("record_opened", "kim"), ("record_opened", "lee")]
    assert ("record_opened", "lee") in told("--course", COURSE)
    assert ("record_opened", "kim") not in told("--course", COURSE)
    assert desk.ask("log", "--patient", "nobody").status == 1
