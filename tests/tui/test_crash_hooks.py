"""Errors in threads of the program: written down, unless it is only that somebody's terminal is gone."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from infusionroom.tui import crash


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where errors are written while the hooks are in place."""
    monkeypatch.setattr(crash, "state_folder", lambda: tmp_path)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install_hooks()
    return tmp_path / crash.LOG_NAME


def fail_in_a_thread(error: BaseException) -> None:
    args = threading.ExceptHookArgs((type(error), error, None, None))
    threading.excepthook(args)


def test_an_error_in_a_thread_is_written_down(log: Path) -> None:
    fail_in_a_thread(ValueError("Halvorsen"))
    assert "ValueError" in log.read_text()
    assert "Halvorsen" not in log.read_text()


@pytest.mark.parametrize("number", [errno.EIO, errno.EPIPE])
def test_a_terminal_that_is_gone_is_no_error_of_the_program(log: Path, number: int) -> None:
    fail_in_a_thread(OSError(number, os.strerror(number)))
    assert not log.exists()


def test_a_disk_that_is_full_is_one(log: Path) -> None:
    fail_in_a_thread(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert "OSError" in log.read_text()
