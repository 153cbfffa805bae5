"""People with keys: each comes in as who they are, sees the room, works in it, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from tests.ssh import PATIENTLY, make_key, public
from tests.ssh_room import LEE, OBRIEN, PEOPLE, YAMADA, SshRoom, wait_until
from tests.terminal import Terminal, inherited

from infusionroom.access.keys import read_key

pytestmark = [pytest.mark.e2e, pytest.mark.ssh]


def write_note(terminal: Terminal, chair: str, text: str) -> None:
    """Types a note at a chair and waits until it is taken."""
    half_type(terminal, chair, text)
    terminal.press("enter")
    terminal.wait_for(lambda screen: text not in screen, within=PATIENTLY)


def half_type(terminal: Terminal, chair: str, text: str) -> None:
    """Types a note at a chair and does not give it."""
    terminal.press(chair, "n")
    terminal.type(text)
    terminal.wait_for(text, within=PATIENTLY)


def test_three_people_each_work_as_who_they_are(clinic: SshRoom) -> None:
    with clinic.board(LEE) as lee, clinic.board(OBRIEN) as obrien, clinic.board(YAMADA) as yamada:
        for chair, (terminal, text) in enumerate(
            ((lee, "the first"), (obrien, "the second"), (yamada, "the third")), 1
        ):
            write_note(terminal, str(chair), text)
    notes = {note["body"]["text"]: note for note in clinic.notes()}
    assert [notes[text]["actor"] for text in ("the first", "the second", "the third")] == list(PEOPLE)
    terminals = {notes[text]["terminal"] for text in ("the first", "the second", "the third")}
    assert len(terminals) == 3
    assert all(terminal.startswith("ssh 127.0.0.1 pts/") for terminal in terminals)


def test_what_one_enters_another_terminal_of_the_same_person_shows(clinic: SshRoom) -> None:
    with clinic.board() as one, clinic.board() as other:
        write_note(one, "2", "seen twice")
        other.press("2", "enter")
        other.wait_for("seen twice", within=PATIENTLY, alongside=[one])


def test_without_a_terminal_the_back_office_gets_its_answers(clinic: SshRoom) -> None:
    day = json.loads(clinic.ask("status --json").stdout)["day"]
    for words, beginning in (
        ("version", b"infusionroom "),
        ("status", b"Northside"),
        (f"summary --date {day} --format csv", b"\xef\xbb\xbfday,visit"),
        (f"summary --date {day} --format json", b"{"),
        (f"next-day --date {day}", b""),
    ):
        done = clinic.ask(words)
        assert (done.returncode, done.stderr) == (0, b""), words
        assert done.stdout.startswith(beginning)
    assert b"Abara" in clinic.ask("status").stdout
    last = clinic.desk.ask("log", "--json").lines[-1]
    assert (last["kind"], last["actor"], last["terminal"]) == ("answer_fetched", LEE, "ssh 127.0.0.1 script")
    assert (last["body"]["what"], last["body"]["day"]) == ("status", day)


def test_a_nurses_key_does_not_fetch_the_days_summary(clinic: SshRoom) -> None:
    done = clinic.server.ask(clinic.keys[OBRIEN], "summary --date 2026-11-23 --format csv")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"that is for a charge nurse, prescriber or back office" in done.stderr


def test_an_answer_may_also_go_to_a_terminal(clinic: SshRoom) -> None:
    with clinic.server.terminal(clinic.keys[LEE], "version") as terminal:
        terminal.wait_for("infusionroom 0", within=PATIENTLY)
        assert terminal.wait_end() == 0


def test_a_key_that_is_taken_back_opens_nothing_and_closes_what_it_has_open(
    clinic: SshRoom, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "second_key")
    assert clinic.give_key(LEE, key).status == 0
    (fingerprint,) = {
        line.split()[0] for line in clinic.access("list").out.splitlines() if "RN Lee" in line
    } - _first_fingerprints(clinic)
    with clinic.server.terminal(key) as terminal, clinic.board() as kept:
        terminal.wait_for("Abara", within=PATIENTLY)

        gone = clinic.access("revoke", "--fingerprint", fingerprint)

        assert (gone.status, gone.err) == (0, "")
        assert "Terminals ended: 1" in gone.out
        terminal.wait_for("taken back", within=PATIENTLY)
        assert terminal.wait_end() == 1
        kept.press("?")
        kept.wait_for("Esc", within=PATIENTLY)
    refused = clinic.server.ask(key, "version")
    assert refused.returncode == 255
    assert b"Permission denied" in refused.stderr
    assert clinic.ask("version").returncode == 0


def test_a_connection_that_was_open_before_its_key_was_taken_back_opens_nothing_more(
    clinic: SshRoom, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "kept_open")
    assert clinic.give_key(LEE, key).status == 0
    through = ("-S", str(tmp_path / "mux"))
    first = clinic.server.ssh(key, options=(*through, "-M", "-N"))
    with subprocess.Popen(first, stdin=subprocess.DEVNULL, env=inherited()) as master:
        wait_until((tmp_path / "mux").exists, PATIENTLY, "no connection")
        assert clinic.server.ask(key, "version", options=through).returncode == 0

        fingerprint = read_key(public(key)).fingerprint
        assert clinic.access("revoke", "--fingerprint", fingerprint).status == 0

        for words in ("version", "status --json"):
            done = clinic.server.ask(key, words, options=through)
            assert (done.returncode, done.stdout) == (1, b"")
            assert b"has been taken back" in done.stderr
        master.kill()


def _first_fingerprints(clinic: SshRoom) -> set[str]:
    return {read_key(key.with_name(key.name + ".pub")).fingerprint for key in clinic.keys.values()}


def test_who_may_not_come_in_any_more_is_told_so(clinic: SshRoom, tmp_path: Path) -> None:
    key = make_key(tmp_path / "leaver")
    assert clinic.desk.do([{"command": "add_person", "name": "RN Gone", "role": "nurse"}]).status == 0
    assert clinic.give_key("RN Gone", key).status == 0
    assert clinic.server.ask(key, "version").returncode == 0

    disabled = clinic.desk.do(
        [{"command": "disable_person", "name": "RN Gone", "why": "has left the clinic"}]
    )

    assert disabled.status == 0, disabled.out
    for words in ("version", "status", "summary --date 2026-11-23 --format json"):
        done = clinic.server.ask(key, words)
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"may not come in any more" in done.stderr
    with clinic.server.terminal(key) as terminal:
        terminal.wait_for("may not come in any more", within=PATIENTLY)
        assert terminal.wait_end() == 1
    assert "may not come in any more" in clinic.give_key("RN Gone", key).err


def test_who_is_disabled_while_they_look_is_told_so_and_their_terminal_closes(
    clinic: SshRoom, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "leaves_today")
    assert clinic.desk.do([{"command": "add_person", "name": "RN Today", "role": "nurse"}]).status == 0
    assert clinic.give_key("RN Today", key).status == 0
    with clinic.server.terminal(key) as terminal, clinic.board() as kept:
        terminal.wait_for("Abara", within=PATIENTLY)
        half_type(terminal, "1", "half typed")

        clinic.desk.do([{"command": "disable_person", "name": "RN Today", "why": "has left the clinic"}])

        terminal.wait_for("may not come in any more", within=10)
        assert terminal.wait_end() == 1
        kept.press("?")
        kept.wait_for("Esc", within=PATIENTLY)
    assert "half typed" not in {note["body"]["text"] for note in clinic.notes()}


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGHUP, signal.SIGSTOP], ids=lambda s: s.name)
def test_a_client_that_is_killed_hung_up_or_stalled_leaves_no_process_and_no_lock(
    clinic: SshRoom, sent: signal.Signals
) -> None:
    with clinic.board() as terminal:
        half_type(terminal, "1", "half typed")
        assert len(clinic.server.serving()) == 1

        terminal.signal(sent)

        # A stalled one is noticed by sshd, which asks every second here and gives up after three.
        assert clinic.wait_until_alone() < 15
        assert clinic.desk.do([_note("after it was gone")]).status == 0
    assert "half typed" not in {note["body"]["text"] for note in clinic.notes()}


def test_a_connection_that_dies_on_the_server_leaves_no_process(clinic: SshRoom) -> None:
    with clinic.board():
        (program,) = clinic.server.serving()
        session = program.parent()
        assert session is not None
        assert session.name().startswith("sshd")
        session.kill()
        clinic.wait_until_alone(within=10)


def test_a_terminal_that_takes_no_output_holds_up_nobody(clinic: SshRoom) -> None:
    with clinic.board() as stalled, clinic.board(OBRIEN) as other:
        # What is sent is no longer read: the pty, the client and the connection fill up.
        stalled.signal(signal.SIGSTOP)
        for number in range(20):
            assert clinic.desk.do([_note(f"while it stalls {number}")]).status == 0
        write_note(other, "2", "not held up")
    clinic.wait_until_alone()


def _note(text: str) -> dict[str, object]:
    return {"command": "record", "visit": "Abara/", "fact": {"kind": "noted", "text": text}}
