"""What somebody with a key tries besides the room: other commands, other names, the server's files and ports."""

from __future__ import annotations

import getpass
import json
import socket
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from tests.cli.a_day import plan
from tests.ssh import PATIENTLY, free_port, make_key, public
from tests.ssh_room import LEE, OBRIEN, PEOPLE, SshRoom
from tests.terminal import inherited

from infusionroom.access.serve_command import encoded

pytestmark = [pytest.mark.e2e, pytest.mark.ssh]

SAYS_WHAT_IS_ALLOWED: Final = b"and nothing else."


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A file that is there once a command of the caller's has been run."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists(), "a command of the caller's was run on the server"


@pytest.mark.parametrize(
    "attack",
    [
        "touch {canary}",
        "bash -c 'touch {canary}'",
        "status --json; touch {canary}",
        "status --json\ntouch {canary}",
        "status $(touch {canary})",
        "status `touch {canary}`",
        "status --json | tee {canary}",
        "status > {canary}",
        "summary --date 2026-11-23 --format csv --output {canary}",
        "next-day --out {canary}",
        "status --json --store sqlite:///{canary}",
        "status --user root",
        "import /etc/passwd",
        "do",
        "log",
        "access list",
        "rsync --server --sender -logDtpre.iLsfxC . /etc/",
        "git-upload-pack '/etc'",
        "status\u2028--json",
        "status\u00a0--json",
        "\uff53tatus",
        "status --json --at -10",
        "summary --date 2026-11-23 --format ../../etc/passwd",
        "access serve --for=root --key=SHA256:x --at=sqlite:////etc/passwd",
        "-oProxyCommand=touch {canary}",
        "scp -t {canary}",
        "scp -f /etc/passwd",
        "/usr/lib/openssh/sftp-server",
        '"; touch {canary}; "',
        "${{IFS}}touch${{IFS}}{canary}",
        "\x1b]0;owned\x07\x1b[31mstatus",
        "x" * 100_000,
    ],
    ids=lambda attack: repr(attack)[:30],
)
def test_other_commands_are_refused_in_one_sentence(clinic: SshRoom, canary: Path, attack: str) -> None:
    done = clinic.ask("--", attack.format(canary=canary))
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.endswith(SAYS_WHAT_IS_ALLOWED + b"\n")
    assert done.stderr.count(b"\n") == 1
    assert b"\x1b" not in done.stderr
    assert clinic.server.others() == []


def test_a_command_longer_than_the_system_takes_runs_nothing(clinic: SshRoom) -> None:
    # One argument of a command line is not longer than 128 KiB: it is put together from two.
    done = clinic.ask(*["x" * 100_000] * 2)
    assert done.returncode != 0
    assert done.stdout == b""


@pytest.mark.parametrize("command", ["bash", "bash -i", "sh", "status; bash", "vi /etc/passwd"])
def test_asking_for_a_terminal_besides_gives_no_shell(clinic: SshRoom, command: str) -> None:
    with clinic.server.terminal(clinic.keys[LEE], command) as terminal:
        terminal.wait_for("and nothing else.", within=PATIENTLY)
        assert terminal.wait_end() == 1


@pytest.mark.parametrize("subsystem", ["sftp", "netconf"])
def test_a_subsystem_is_answered_like_any_other_command(clinic: SshRoom, subsystem: str) -> None:
    done = clinic.ask(subsystem, options=("-s",))
    assert done.returncode != 0
    assert done.stdout == b""
    assert clinic.server.others() == []


@pytest.mark.parametrize("how", ["sftp", "scp -s", "scp -O"])
def test_no_file_is_fetched_or_left(clinic: SshRoom, canary: Path, tmp_path: Path, how: str) -> None:
    program, *options = how.split()
    # The same words as the client's own, but for how these two name the port and the other side.
    words = clinic.server.ssh(clinic.keys[LEE])[1:-1]
    words[words.index("-p")] = "-P"
    there = f"{getpass.getuser()}@127.0.0.1"
    fetched, mine = tmp_path / "fetched", tmp_path / "mine"
    mine.write_text("mine")
    for what in (
        ([f"{there}:/etc/passwd", str(fetched)], [str(mine), f"{there}:{canary}"])
        if program == "scp"
        else ([f"{there}:/etc/passwd", str(fetched)], ["-b", "/dev/null", there])
    ):
        done = subprocess.run(
            [program, *options, *words, *what],
            capture_output=True,
            timeout=PATIENTLY,
            check=False,
            env=inherited(),
        )
        assert done.returncode != 0
    assert not fetched.exists()


# ── forwarding ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_key_is_admitted_with_a_terminal_and_its_command_alone(clinic: SshRoom) -> None:
    done = clinic.ask("version", options=("-v", "-A", "-X"))
    (options,) = {
        line.partition(b"key options:")[2].strip()
        for line in done.stderr.splitlines()
        if b"key options:" in line
    }
    assert set(options.split()) == {b"command", b"pty"}


def test_nothing_is_reached_through_the_server(clinic: SshRoom) -> None:
    # The server's own port answers with its banner to whoever gets through.
    done = clinic.ask(options=("-W", f"127.0.0.1:{clinic.server.port}"))
    assert done.returncode != 0
    assert b"SSH-" not in done.stdout


@pytest.mark.parametrize("how", ["-R {port}:127.0.0.1:22", "-R /tmp/infusionroom-{port}.sock:127.0.0.1:22"])
def test_the_server_opens_no_port_for_the_caller(clinic: SshRoom, how: str) -> None:
    words = how.format(port=free_port()).split()
    done = clinic.ask(options=(*words, "-N", "-o", "ExitOnForwardFailure=yes"))
    assert done.returncode == 255
    assert b"remote port forwarding failed" in done.stderr


@pytest.mark.parametrize("how", ["-L", "-D"])
def test_a_port_of_the_callers_leads_nowhere(clinic: SshRoom, how: str) -> None:
    port = free_port()
    target = f"127.0.0.1:{port}" + (f":127.0.0.1:{clinic.server.port}" if how == "-L" else "")
    with (
        _forwarding(clinic, how, target),
        socket.create_connection(("127.0.0.1", port), timeout=20) as through,
    ):
        if how == "-D":  # SOCKS 5: no password; connect to 127.0.0.1 and the server's own port
            through.sendall(b"\x05\x01\x00")
            assert through.recv(2) == b"\x05\x00"
            through.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + clinic.server.port.to_bytes(2, "big"))
        heard = b""
        while part := through.recv(1024):
            heard += part
    assert b"SSH-" not in heard


@contextmanager
def _forwarding(clinic: SshRoom, how: str, target: str) -> Iterator[None]:
    words = clinic.server.ssh(clinic.keys[LEE], options=(how, target, "-N", "-v"))
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=inherited()) as client:
        assert client.stderr is not None
        for line in client.stderr:
            if b"Entering interactive session" in line:
                break
        yield
        client.kill()


# ── the environment ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_caller_sends_along_steers_nothing(clinic: SshRoom, canary: Path, tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text(f"open({str(canary)!r}, 'w')\n")
    (tmp_path / "sitecustomize.py").write_text(f"open({str(canary)!r}, 'w')\n")
    sent = {
        "INFUSIONROOM_USER": "root",
        "INFUSIONROOM_STORE": f"sqlite:///{tmp_path / 'other.sqlite'}",
        "TEXTUAL_DRIVER": "evil:Driver",
        "TEXTUAL": "devtools,debug",
        "TEXTUAL_LOG": str(canary),
        "PYTHONPATH": str(tmp_path),
        "PYTHONHOME": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "evil.py"),
        "PYTHONINSPECT": "1",
        "LC_PYTHON": "\x1b[31m",
        "LC_ALL": "$(touch canary)",
        "HOME": str(tmp_path),
        "PATH": str(tmp_path),
        "COLUMNS": "1",
        "LINES": "1",
        "COLORTERM": "truecolor",
        "SSH_CONNECTION": "6.6.6.6 6 6.6.6.6 6",
    }
    options = ("-o", "SendEnv=" + " ".join(sent))
    # The client itself needs its own PATH.
    env = {name: value for name, value in sent.items() if name != "PATH"}
    with clinic.server.terminal(clinic.keys[LEE], options=options, env=env) as terminal:
        terminal.wait_for("Abara", within=PATIENTLY)
        terminal.wait_for(LEE, within=PATIENTLY)
        (program,) = clinic.server.serving()
        environ = program.environ()
        assert set(environ) == {"PATH", "LC_ALL", "HOME", "TERM", "SSH_CONNECTION", "SSH_ORIGINAL_COMMAND"}
        assert environ["SSH_CONNECTION"].startswith("127.0.0.1 ")
        assert environ["PATH"] == "/usr/bin:/bin"
        assert environ["LC_ALL"] == "C.UTF-8"
        assert environ["HOME"] == str(Path.home())
        assert b"38;2;" not in terminal.received


@pytest.mark.parametrize("command", ["log", "touch {canary}"])
def test_a_command_that_is_sent_as_a_variable_is_no_better(
    clinic: SshRoom, canary: Path, command: str
) -> None:
    sent = {"SSH_ORIGINAL_COMMAND": command.format(canary=canary)}
    done = clinic.ask(options=("-o", "SendEnv=SSH_ORIGINAL_COMMAND"), env=sent)
    assert done.returncode == 1
    assert SAYS_WHAT_IS_ALLOWED in done.stderr


# ── what others have entered ────────────────────────────────────────────────────────────────────────────────

LOUD: Final = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eEve"


@pytest.mark.parametrize(
    "words",
    ["status", "status --json", "next-day --date {day}"]
    + [f"summary --date {{day}} --format {form}" for form in ("csv", "md", "json")],
)
def test_no_answer_brings_a_callers_terminal_what_somebody_hid_in_a_name(clinic: SshRoom, words: str) -> None:
    loud = plan(family=LOUD, given=LOUD, placer="loud", filler="", record=LOUD)
    loud["plan"]["start"] = datetime.now(UTC).isoformat()
    clinic.desk.do([loud, {"command": "record", "visit": "Abara/", "fact": {"kind": "noted", "text": LOUD}}])
    day = json.loads(clinic.ask("status --json").stdout)["day"]

    for options in ((), ("-tt",)):
        done = clinic.ask(words.format(day=day), options=options)

        assert done.returncode == 0
        said = done.stdout.decode("utf-8")
        assert "Eve" in said
        assert {char for char in said if unicodedata.category(char)[0] == "C"} <= {"\n", "\r", "\ufeff", "\t"}


# ── names and keys ──────────────────────────────────────────────────────────────────────────────────────────


def test_no_name_on_the_staff_list_reaches_a_shell(clinic: SshRoom) -> None:
    for person in PEOPLE:
        with clinic.board(person):
            (program,) = clinic.server.serving()
            words = program.cmdline()
        assert len(words) == words.index("serve") + 4
        clinic.wait_until_alone()


def test_what_a_key_file_says_of_itself_steers_no_terminal(clinic: SshRoom, tmp_path: Path) -> None:
    comment = "me\x1b]0;owned\x07\x1b[2J@laptop\u202e added by root"
    key = make_key(tmp_path / "loud", comment=comment)
    assert clinic.give_key(LEE, key).status == 0
    listed = clinic.access("list")
    assert "\x1b" not in listed.out + listed.err
    assert "\u202e" not in listed.out + listed.err
    assert b"\x1b" not in clinic.server.keys_file.read_bytes()
    assert clinic.server.ask(key, "version").returncode == 0
    assert clinic.access("revoke", "--fingerprint", listed.out.splitlines()[-1].split()[0]).status == 0


def test_a_strangers_key_opens_nothing(clinic: SshRoom, tmp_path: Path) -> None:
    done = clinic.server.ask(make_key(tmp_path / "stranger"), "version")
    assert done.returncode == 255
    assert b"Permission denied" in done.stderr


def test_one_persons_key_does_not_become_anothers(clinic: SshRoom) -> None:
    first, second, _ = PEOPLE
    answer = clinic.give_key(second, clinic.keys[first])
    assert answer.status == 1
    assert "a key belongs to one person" in answer.err
    assert clinic.server.ask(clinic.keys[first], "version").returncode == 0


def test_a_line_that_was_altered_to_be_somebody_elses_opens_nothing(clinic: SshRoom, tmp_path: Path) -> None:
    key = make_key(tmp_path / "altered")
    assert clinic.give_key(LEE, key).status == 0
    first, second, _ = PEOPLE
    whole = clinic.server.keys_file.read_bytes()
    lines = whole.splitlines(keepends=True)
    lines[-1] = lines[-1].replace(encoded(first).encode(), encoded(second).encode())
    clinic.server.keys_file.write_bytes(b"".join(lines))
    try:
        for words in ("version", "status"):
            done = clinic.server.ask(key, words)
            assert (done.returncode, done.stdout) == (1, b"")
            assert b"given to somebody else" in done.stderr
    finally:
        clinic.server.keys_file.write_bytes(whole)
    assert clinic.server.ask(key, "version").returncode == 0


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_keys_open_the_room_too(clinic: SshRoom, tmp_path: Path, kind: str) -> None:
    key = make_key(tmp_path / kind, kind=kind, bits=3072 if kind == "rsa" else 0)
    assert clinic.give_key(LEE, key).status == 0
    assert clinic.server.ask(key, "version").returncode == 0
    assert public(key).exists()


def test_a_name_typed_at_somebody_elses_key_is_not_believed(clinic: SshRoom) -> None:
    with clinic.board(OBRIEN) as terminal:
        terminal.write(b"\x1bOQ")
        terminal.wait_for(f"Over SSH only {OBRIEN}", within=PATIENTLY)
        terminal.type(LEE)
        terminal.press("enter")
        terminal.wait_for(f"{LEE} has no PIN yet", within=PATIENTLY)
        terminal.press("escape")
        terminal.wait_for(lambda screen: "Sign in" not in screen, within=PATIENTLY)
        assert OBRIEN in terminal.text().splitlines()[0]
    assert all(
        told["body"].get("how") == "key"
        for told in clinic.desk.ask("log", "--json", "--access").lines
        if told["kind"] == "signed_in"
    )
