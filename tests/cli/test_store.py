"""`infusionroom store`: a room's place on a server, the move there and back, and how a store stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.command_line import EVENING, Desk

ARRIVE = b'{"command":"walk_in","family":"Zebulon","given":"Ada"}\n'


def told(name: str, out: str) -> str:
    """The address that stands behind this word."""
    return next(line.split()[1] for line in out.splitlines() if line.split()[:1] == [name])


@pytest.fixture
def administrator(empty_postgres_url: str) -> Desk:
    return Desk(empty_postgres_url)


def test_a_room_moves_to_a_server_and_back(
    desk: Desk, store_file: Path, administrator: Desk, tmp_path: Path
) -> None:
    made = administrator.ask("store", "init", "--site", "alpha")
    assert made.status == 0, made.err
    writer, reader = told("writer", made.out), told("reader", made.out)
    before = store_file.read_bytes()
    moved = desk.ask("store", "copy", "--from", f"sqlite:///{store_file}", "--to", writer, "--json")
    assert moved.status == 0, moved.err
    assert moved.json["ok"]
    assert moved.json["entries"] == moved.json["new_entries"] > 0
    assert "of" in moved.err
    assert store_file.read_bytes() == before
    assert Desk(writer).ask("check").out.split(", ")[1] == f"head hash {moved.json['head_hash']}\n"
    assert Desk(reader).ask("status").status == 0
    back = desk.ask("store", "copy", "--from", writer, "--to", f"sqlite:///{tmp_path}/back.sqlite")
    assert back.status == 0, back.err
    assert moved.json["head_hash"] in back.out


def test_the_addresses_say_who_may_do_what(administrator: Desk, desk: Desk, store_file: Path) -> None:
    made = administrator.ask("store", "init", "--site", "alpha")
    writer, reader = told("writer", made.out), told("reader", made.out)
    desk.ask("store", "copy", "--from", f"sqlite:///{store_file}", "--to", writer)
    for url, may in ((writer, True), (reader, False)):
        stands = Desk(url).ask("store", "status", "--json").json
        assert (stands["kind"], stands["site"], stands["may_write"]) == ("postgresql", "alpha", may)
        assert [name.rpartition("_")[2] for name in stands["writers"]] == ["writer"]
    refused = Desk(reader).ask("setup", "--name", "x", "--timezone", "UTC")
    assert refused.status == 3
    assert "may not write" in refused.err


def test_another_rooms_place_is_refused(administrator: Desk, desk: Desk, store_file: Path) -> None:
    writer = told("writer", administrator.ask("store", "init", "--site", "alpha").out)
    assert Desk(writer).ask("setup", "--name", "Another", "--timezone", "UTC").status == 0
    refused = desk.ask("store", "copy", "--from", f"sqlite:///{store_file}", "--to", writer)
    assert refused.status == 1
    assert "another room's journal" in refused.err


def test_a_file_tells_how_it_stands(desk: Desk, store_file: Path) -> None:
    stands = desk.ask("store", "status", "--json").json
    assert stands["where"] == str(store_file)
    assert (stands["kind"], stands["clock_offset_s"], stands["unfinished"]) == ("sqlite", None, False)
    assert stands["terminal_time"] == EVENING.isoformat().replace("+00:00", "Z")
    assert stands["size_bytes"] == store_file.stat().st_size
    assert stands["entries"] > 0
    assert stands["last_backup"] == ""
    store_file.with_name("room.sqlite.0002.bak").write_bytes(b"")
    assert desk.ask("store", "status", "--json").json["last_backup"].endswith("room.sqlite.0002.bak")
    assert (stands["pins_file"], stands["pins_mode"]) == (f"{store_file}-pins", "")
    assert desk.ask("staff", "pin", "vega", stdin=b"739184\n").status == 0
    plain = desk.ask("store", "status")
    assert plain.status == 0
    assert "may write" in plain.out
    assert f"{store_file}-pins, mode 0600" in plain.out


def test_a_terminal_whose_clock_is_wrong_is_told(administrator: Desk) -> None:
    writer = told("writer", administrator.ask("store", "init", "--site", "alpha").out)
    stands = Desk(writer).ask("store", "status", "--json").json
    assert abs(stands["clock_offset_s"]) > 2
    assert "Set the clock right" in stands["clock"]


def test_a_file_needs_no_roles(desk: Desk) -> None:
    refused = desk.ask("store", "init", "--site", "alpha")
    assert refused.status == 1
    assert "infusionroom setup" in refused.err


def test_passwords_come_from_a_file_that_nobody_else_reads(administrator: Desk, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text("writer:correct horse\nreader:battery staple\n", encoding="utf-8")
    file.chmod(0o644)
    refused = administrator.ask("store", "init", "--site", "alpha", "--password-file", str(file))
    assert (refused.status, "chmod 600" in refused.err) == (1, True)
    file.chmod(0o600)
    made = administrator.ask("store", "init", "--site", "alpha", "--password-file", str(file))
    assert made.status == 0, made.err
    assert "horse" not in made.out + made.err
    assert "No password is known" not in made.out
    file.write_text("boss:x\n", encoding="utf-8")
    assert administrator.ask("store", "init", "--site", "alpha", "--password-file", str(file)).status == 1


def test_a_password_in_an_address_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://vega:hunter2@db.example/clinic"
    monkeypatch.setattr("sys.argv", ["infusionroom", "store", "copy", "--from", url])
    refused = desk.ask("store", "copy", "--from", url, "--to", "sqlite:////nowhere/x.sqlite")
    assert refused.status == 2
    assert "hunter2" not in refused.err


def test_a_terminal_that_only_looks_changes_nothing(desk: Desk, store_file: Path) -> None:
    before = store_file.read_bytes()
    looking = desk.ask("--read-only", "status")
    assert looking.status == 0, looking.err
    for words in (
        ("--read-only", "setup", "--name", "x", "--timezone", "UTC"),
        ("do", "--read-only"),
        ("--read-only", "check", "--rebuild"),
    ):
        answer = desk.ask(*words, stdin=ARRIVE)
        assert answer.status in {1, 3}, words
    assert store_file.read_bytes() == before
    assert not store_file.with_name("room.sqlite.lock").exists()
