"""Which processes serve a key, told by their command line and ended by their process and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from infusionroom.access.sessions import OpenTerminal, end_terminal, open_terminals

WORDS = ("-m", "infusionroom", "access", "serve", "--for=RN%20Lee", "--key=SHA256:abc", "--at=sqlite:////x")
WAITS = "import signal, sys; print('ready', flush=True); signal.pause()"


def process(folder: Path, pid: int, *words: str) -> None:
    (folder / str(pid)).mkdir()
    (folder / str(pid) / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))


def test_only_what_serves_a_key_is_found(tmp_path: Path) -> None:
    process(tmp_path, 10, "/opt/bin/python", *WORDS)
    process(tmp_path, 11, "/opt/bin/python", "-m", "infusionroom")
    process(tmp_path, 12, "vi", "infusionroom", "access", "serve")
    process(tmp_path, 13, "/opt/bin/python", *WORDS, "more")
    process(tmp_path, 14)
    (tmp_path / "15").mkdir()
    assert open_terminals(tmp_path) == [OpenTerminal(10, "RN Lee", "SHA256:abc")]
    assert open_terminals(tmp_path / "none") == []


def test_a_terminal_is_ended_once_it_is_sure_which_one_it_is() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITS, *WORDS], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        mine = OpenTerminal(started.pid, "RN Lee", "SHA256:abc")
        assert mine in open_terminals()
        assert end_terminal(mine._replace(user="RN Vasquez")), "that one is not there any more"
        assert started.poll() is None
        assert end_terminal(mine)
        assert started.wait(20) == -signal.SIGTERM
    assert end_terminal(mine)
    assert end_terminal(mine._replace(pid=os.getpid())), "this process serves nobody, and goes on"
