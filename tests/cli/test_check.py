"""`infusionroom check`: it finds what somebody did to the store behind the program's back, and mends what follows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.cli.a_day import before_the_start, infusion, plan, whole_day
from tests.cli.command_line import Desk


def tamper(store_file: Path, *statements: str) -> None:
    """What a stranger with a database tool could do: the guards are taken down and put back as they were."""
    with closing(sqlite3.connect(store_file, isolation_level=None)) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert database.execute(statement).rowcount, statement
        for _, sql in guards:
            database.execute(sql)


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """One person in chair 3, one still to come."""
    desk.do([*before_the_start(), *infusion()[:1], plan("Silva", "Ana", "PL-2", "FI-2", "K-2")])
    assert desk.ask("check").status == 0
    return desk


def test_a_sound_store_says_how_far_it_reaches(desk: Desk) -> None:
    desk.do(whole_day())

    answer = desk.ask("check", "--json")

    assert answer.json["ok"] is True
    assert answer.json["entries"] == 35
    assert len(answer.json["head_hash"]) == 64


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE journal SET body = replace(body, '\"70\"', '\"71\"') WHERE kind = 'weighed'",
            "Entry 11 was changed",
        ),
        ("UPDATE journal SET actor = 'lee' WHERE id = 9", "Entry 9 was changed"),
        (
            "UPDATE journal SET recorded_at = '2026-11-23T10:00:00.000000Z' WHERE id = 9",
            "Entry 9 was changed",
        ),
        ("UPDATE journal SET body = 'x' WHERE id = 9", "Entry 9 cannot be read"),
        ("DELETE FROM journal WHERE id = 9", "is missing"),
        ("DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)", "the end was cut off"),
    ],
)
def test_a_journal_that_was_touched_is_found_out(
    busy: Desk, store_file: Path, statement: str, said: str
) -> None:
    tamper(store_file, statement)

    answer = busy.ask("check")

    assert answer.status == 3
    assert said in answer.err
    assert answer.out == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE visit SET family = 'Nobody' WHERE phase = 'planned'", "family"),
        ("UPDATE visit SET started_at = NULL WHERE phase = 'infusing'", "started_at"),
        ("UPDATE visit SET version = version - 1 WHERE phase = 'infusing'", "version"),
        ("DELETE FROM visit_day", "missing from a day"),
        ("UPDATE seat SET chair = 5", "chair 5 is held"),
        ("DELETE FROM seat", "no chair is held"),
    ],
)
def test_what_does_not_follow_from_the_journal_is_found_and_mended(
    busy: Desk, store_file: Path, statement: str, said: str
) -> None:
    tamper(store_file, statement)

    answer = busy.ask("check")
    assert answer.status == 3
    assert said in answer.err

    mended = busy.ask("check", "--rebuild")
    assert (mended.status, mended.err) == (0, "")
    assert "Rebuilt the rows of 2 visits" in mended.out


def test_a_missing_row_is_found(busy: Desk, store_file: Path) -> None:
    tamper(store_file, "DELETE FROM visit_day", "DELETE FROM visit WHERE phase = 'planned'")

    assert "has entries but no row" in busy.ask("check").err
    assert busy.ask("check", "--rebuild").status == 0


def test_a_row_that_nothing_was_ever_written_about_is_found(busy: Desk, store_file: Path) -> None:
    with closing(sqlite3.connect(store_file)) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(visit)")]
    others = ", ".join(name for name in names if name not in ("visit", "appointment"))
    tamper(
        store_file,
        f"INSERT INTO visit (visit, appointment, {others}) "
        f"SELECT 'ghost', '', {others} FROM visit WHERE phase = 'planned'",
    )

    assert "Visit ghost has a row but no entries" in busy.ask("check").err


def test_a_seat_held_for_nobody_keeps_nobody_from_being_seated_once_mended(
    busy: Desk, store_file: Path
) -> None:
    tamper(store_file, "UPDATE seat SET chair = 5")
    busy.ask("check", "--rebuild")

    seated = busy.do(
        [
            {"command": "arrive", "visit": "PL-2/FI-2", "at": "09:20"},
            {"command": "seat", "visit": "PL-2/FI-2", "chair": 5, "at": "09:21"},
        ]
    )

    assert seated.status == 0


def test_a_guard_that_was_taken_down_is_reported_and_keeps_writers_out(busy: Desk, store_file: Path) -> None:
    with closing(sqlite3.connect(store_file)) as database:
        (name,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1").fetchone()
        database.execute(f"DROP TRIGGER {name}")

    assert busy.ask("check").status == 3
    assert busy.do([plan()]).status == 3


def test_nothing_is_rebuilt_from_a_journal_that_is_not_sound(busy: Desk, store_file: Path) -> None:
    tamper(store_file, "UPDATE journal SET actor = 'lee' WHERE id = 9", "UPDATE seat SET chair = 5")

    answer = busy.ask("check", "--rebuild")

    assert answer.status == 3
    assert "Nothing was rebuilt" in answer.err
    with closing(sqlite3.connect(store_file)) as database:
        assert database.execute("SELECT chair FROM seat").fetchall() == [(5,)]


def test_a_changed_rule_leaves_earlier_rows_as_they_were_right(busy: Desk) -> None:
    rule: dict[str, Any] = {
        "command": "change_rule",
        "name": "recovery.experienced_after_infusions",
        "value": 0,
    }

    assert busy.do([rule | {"signed_off_by": "Dr. Osei"}]).status == 0

    assert busy.ask("check").err == ""
    assert busy.ask("check", "--rebuild").status == 0


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_said_in_a_sentence_wherever_the_damage_is(
    busy: Desk, store_file: Path, seed: int
) -> None:
    chance, whole = Random(seed), store_file.read_bytes()
    for damaged_bytes in (1, 3, 30, 300):
        file = bytearray(whole)
        for _ in range(damaged_bytes):
            file[chance.randrange(100, len(file))] = chance.randrange(256)
        store_file.write_bytes(file)
        for words in (("check",), ("status", "--date", "2026-11-23"), ("log",), ("summary",), ("do",)):
            answer = busy.ask(*words, stdin=b'{"command":"arrive","visit":"PL-2/FI-2"}')
            assert answer.status in (0, 3), (words, answer.err)
            assert "error in the program" not in answer.err


@pytest.mark.parametrize("column", ["body = '{'", "happened_at = 'noon'", "version = 'x'", "actor = x'ff'"])
def test_an_entry_that_cannot_be_read_sends_to_check(busy: Desk, store_file: Path, column: str) -> None:
    tamper(store_file, f"UPDATE journal SET {column} WHERE id = 9")

    answer = busy.ask("status", "--date", "2026-11-23")

    assert answer.status == 3
    assert "infusionroom check" in answer.err
    assert busy.ask("check").status == 3


def test_a_row_that_cannot_be_read_is_found_and_mended(busy: Desk, store_file: Path) -> None:
    tamper(store_file, "UPDATE visit SET opened_at = 'noon'")

    found = busy.ask("check")

    assert found.status == 3
    assert "check --rebuild" in found.err
    assert busy.ask("check", "--rebuild").status == 0
