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
    nobody = desk.ask("log", "--patient", "nobody")
    assert nobody.status == 1
    assert "may have no file yet: name the visit" in nobody.err


def _looked_at(desk: Desk) -> None:
    desk.do(
        [
            {"command": "add_person", "name": "Billing", "role": "back office"},
            *booking("2026-11-24T09:00:00-05:00"),
            {"command": "open_record", "what": "visit", "record": VISIT, "user": "lee"},
            {
                "command": "fetch_answer",
                "what": "summary",
                "day": "2026-11-24",
                "format": "csv",
                "user": "Billing",
            },
            {"command": "fetch_answer", "what": "status", "day": "2026-11-23", "user": "kim"},
            {"command": "sign_in", "name": "kim", "how": "key", "user": "kim"},
        ]
    )


def test_who_fetched_the_day_of_a_visit_saw_the_visit(desk: Desk) -> None:
    """And not who fetched it before the visit was planned for it."""
    desk.do([{"command": "fetch_answer", "what": "next-day", "day": "2026-11-24", "user": "kim"}])
    _looked_at(desk)

    lines = desk.ask("log", "--visit", VISIT).out.splitlines()

    assert [line.split("  ", 4)[-1].split("  ")[-1] for line in lines[:3]] == [
        "planned: 2026-11-24T09:00-05:00; day 1 of 1",
        f"record opened: visit {VISIT}",
        "fetched: summary of 2026-11-24, as csv",
    ]
    assert lines[3:6] == [
        "vega: changed it once, opened nothing besides; last 2026-11-23 18:30",
        "lee: changed nothing, opened or fetched it once; last 2026-11-23 18:30",
        "Billing: changed nothing, opened or fetched it once; last 2026-11-23 18:30",
    ]
    assert "log --access" in lines[6]


def test_a_visit_that_was_moved_was_seen_on_the_day_before_too(desk: Desk) -> None:
    _looked_at(desk)
    wednesday = {"day": 1, "start": "2026-11-25T09:00:00-05:00", "chair": 3}
    moved = {"command": "defer_day", "course": COURSE, "day": 1, "to": [wednesday], "why": "asked for it"}
    done = desk.do(
        [moved, {"command": "fetch_answer", "what": "next-day", "day": "2026-11-25", "user": "kim"}]
    )
    assert done.status == 0, done.out

    told = [(e["kind"], e["actor"]) for e in desk.ask("log", "--json", "--visit", VISIT).lines]

    assert ("answer_fetched", "Billing") in told
    assert ("answer_fetched", "kim") in told


def test_who_came_in_and_what_they_saw_and_what_one_of_them_did(desk: Desk) -> None:
    _looked_at(desk)

    told = desk.ask("log", "--access").out
    assert "signed in: kim, by SSH key" in told
    assert "person added: Billing; back office" in told
    assert "planned" not in told
    assert len(desk.ask("log", "--by", "Kim").out.splitlines()) == 2
    assert desk.ask("log", "--access", "--visit", VISIT).status == 2


def test_a_changed_file_says_what_was_and_what_is_and_a_patient_is_found_by_number(desk: Desk) -> None:
    _looked_at(desk)
    file = {"family": "Abara", "given": "Chidi", "birth_date": "1980-01-31", "record_number": "K-1001"}
    desk.do([{"command": "change_patient", "patient": PATIENT, "why": "moved", "file": file}])
    desk.do([{"command": "register_patient", "file": {"family": "Abara", "record_number": "K-10010"}}])

    told = desk.ask("log", "--patient", "K-1001").out
    assert "pain physician Dr. Obi 555-0142 → –" in told
    assert "PatientFile(" not in told
    assert told == desk.ask("log", "--patient", PATIENT).out
    several = desk.ask("log", "--patient", "Abara")
    assert several.status == 1
    assert "Abara, Chidi (K-1001)" in several.err
