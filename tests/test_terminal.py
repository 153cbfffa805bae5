"""The terminal that tests drive programs in: it must not lie about what a person would have seen."""

from __future__ import annotations

import os
import signal
import sys

import psutil
import pytest
from tests.terminal import Terminal, TerminalTimeout

ECHO = "import sys; print('ready', flush=True); print('read', repr(sys.stdin.readline()), flush=True)"


def test_a_key_goes_in_and_the_screen_comes_out() -> None:
    with Terminal([sys.executable, "-c", ECHO], columns=60, rows=5) as terminal:
        terminal.wait_for("ready")
        terminal.type("chair 3")
        terminal.press("enter")
        terminal.wait_for("read 'chair 3\\n'")
        assert terminal.wait_end() == 0
        assert terminal.bytes_read > 0


def test_it_is_the_programs_own_controlling_terminal_of_the_given_size() -> None:
    ask = "import os; print(os.get_terminal_size(), os.open('/dev/tty', os.O_RDWR) > 0, os.getsid(0) == os.getpid())"
    with Terminal([sys.executable, "-c", ask], columns=80, rows=24) as terminal:
        terminal.wait_for("columns=80, lines=24) True True")


def test_what_never_comes_is_said_with_the_screen() -> None:
    with (
        Terminal([sys.executable, "-c", ECHO]) as terminal,
        pytest.raises(TerminalTimeout, match="ready"),
    ):
        terminal.wait_for("consent", within=0.3)


def test_a_program_that_ended_is_not_waited_for() -> None:
    with (
        Terminal([sys.executable, "-c", "print('gone')"]) as terminal,
        pytest.raises(TerminalTimeout, match="the program ended"),
    ):
        terminal.wait_for("never", within=60)


def test_a_sequence_cut_in_two_is_still_one() -> None:
    program = (
        "import os; os.write(1, b'a\\x1b[?2026$'); os.write(1, b'pb\\x1b[>1'); os.write(1, b'uc\\x1b]0;ti');"
        "os.write(1, b'tle\\x07d\\x1bP+q52\\x1b'); os.write(1, b'\\\\e\\n')"
    )
    with Terminal([sys.executable, "-c", program], columns=20, rows=3) as terminal:
        terminal.wait_for("abcde\n")


def test_wherever_a_read_ends_the_screen_is_the_same() -> None:
    printed = b"a\x1b[?2026$pb\x1b[>1uc\x1b]0;title\x07d\x1bP+q52\x1b\\e\x1b[1mf\x1b(Bg"
    for cut in range(len(printed)):
        with Terminal([sys.executable, "-c", ""], columns=20, rows=3) as terminal:
            terminal._feed(printed[:cut])
            terminal._feed(printed[cut:])
            assert terminal.text().splitlines()[0] == "abcdefg", cut


def test_hanging_up_reaches_the_program() -> None:
    with Terminal([sys.executable, "-c", ECHO]) as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_end() == -signal.SIGHUP


def test_nothing_that_was_started_stays_behind() -> None:
    stubborn = (
        "import os, signal, subprocess, sys;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
        "print('child', child.pid, flush=True); signal.pause()"
    )
    with Terminal([sys.executable, "-c", stubborn]) as terminal:
        child = int(terminal.wait_for("child").split()[1])
        assert psutil.pid_exists(child)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    with pytest.raises(ProcessLookupError):
        os.kill(terminal.pid, 0)
