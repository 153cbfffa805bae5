"""Terminals of every kind over SSH: their colours, their letters, and what they send that nobody expects."""

from __future__ import annotations

from functools import partial

import pytest
from tests.ssh import PATIENTLY
from tests.ssh_room import LEE, YAMADA, SshRoom, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.ssh]


@pytest.mark.parametrize(
    ("term", "colours"),
    [
        ("xterm-256color", {b"38;5;"}),
        ("screen.xterm-256color", {b"38;5;"}),
        ("xterm", set()),
        ("vt100", set()),
        ("nobody-knows-this", set()),
        ("xterm-direct", {b"38;2;"}),
        ("\x1b[31mevil;$(id)", set()),
    ],
)
def test_every_kind_of_terminal_gets_the_board_in_its_own_colours(
    clinic: SshRoom, term: str, colours: set[bytes]
) -> None:
    with clinic.server.terminal(clinic.keys[LEE], env={"TERM": term}) as terminal:
        terminal.wait_for("Abara", within=PATIENTLY)
        terminal.settle()
        found = {colour for colour in (b"38;5;", b"38;2;") if colour in terminal.received}
        assert found == colours
        terminal.resize(80, 24)
        terminal.wait_for("Discharge 0 ready", within=PATIENTLY)
        terminal.press("q", "q")
        assert terminal.wait_end(within=PATIENTLY) == 0


def test_a_dumb_terminal_is_told_what_it_can_have(clinic: SshRoom) -> None:
    with clinic.server.terminal(clinic.keys[LEE], env={"TERM": "dumb"}) as terminal:
        terminal.wait_for("cannot show a board", within=PATIENTLY)
        assert terminal.wait_end() == 1
        assert b"\x1b" not in terminal.received


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1", "xx_YY.nothing", "C.UTF-8"])
def test_whatever_the_callers_locale_names_are_whole(clinic: SshRoom, locale: str) -> None:
    env = {"LC_ALL": locale, "LANG": locale}
    options = ("-o", "SendEnv=LC_ALL LANG")
    with clinic.board(YAMADA, options=options, env=env) as terminal:
        terminal.wait_for("┌ Chairs", within=PATIENTLY)
        wait_until(partial(terminal.read, 0), 5, "nothing more") if "山" not in terminal.text() else None
        assert "山" in terminal.text()
    assert "Northside · " in clinic.ask("status", options=options, env=env).stdout.decode("utf-8")


# ── without UTF-8 ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_terminal_without_utf8_gets_the_board_in_plain_letters(clinic: SshRoom) -> None:
    with clinic.server.terminal(clinic.keys[YAMADA]) as terminal:
        terminal.answer(latin=True)
        terminal.wait_for("does not show UTF-8", within=PATIENTLY)
        terminal.wait_for("+ Chairs", within=PATIENTLY)
        assert terminal.settle().isascii()
        assert "???? ??" in terminal.text(), "another script stands as wide as it is"
        terminal.resize(80, 24)
        terminal.wait_for("Discharge 0 ready", within=PATIENTLY)
        assert terminal.settle().isascii()

        terminal.press("1", "n")
        terminal.wait_for("Happened at", within=PATIENTLY)
        terminal.write("a\xfcßen é.".encode("latin-1"))
        terminal.press("enter")
        terminal.wait_for(lambda screen: "Happened at" not in screen, within=PATIENTLY)
    assert clinic.notes()[-1]["body"]["text"] == "aüßen é."


def test_a_terminal_with_utf8_says_so_itself_whatever_its_locale(clinic: SshRoom) -> None:
    with clinic.server.terminal(clinic.keys[YAMADA], env={"LC_ALL": "C"}) as terminal:
        terminal.answer()
        terminal.wait_for("┌ Chairs", within=PATIENTLY)
        terminal.wait_for("山", within=PATIENTLY)
        assert "does not show UTF-8" not in terminal.settle()
        terminal.write(b"\x1b[1;3R")
        terminal.press("?")
        terminal.wait_for("Esc", within=PATIENTLY)
        assert "does not show UTF-8" not in terminal.text(), "only the first answer counts"


@pytest.mark.parametrize("sent", [b"\xe9", b"\xff\xfe", b"\x80" * 5000, b"\x1b[\xff;\xe9R", b"\xf0\x9f"])
def test_bytes_that_are_no_letters_end_nothing(clinic: SshRoom, sent: bytes) -> None:
    with clinic.board() as terminal:
        terminal.write(sent)
        terminal.press("escape", "?")
        terminal.wait_for("Esc", within=PATIENTLY)
