"""The command line as other programs meet it: real processes, pipes, signals, locales, and many at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

pytestmark = pytest.mark.e2e

PROGRAM = [sys.executable, "-m", "infusionroom"]
COMMANDS = ("setup", "import", "status", "do", "log", "summary", "check", "demo", "wall")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of this machine's user, and a time zone in which it is the afternoon."""
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return kept | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "LC_ALL": "C.UTF-8"} | more


def afternoon() -> str:
    """A time zone in which it is about 15:00 now, so that the clinic's day does not end during a test."""
    ahead = (15 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def run(*words: str, env: Mapping[str, str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *words], env=env, input=stdin, capture_output=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def room_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room that is set up, with a nurse in it, to be copied: two processes make it."""
    home = tmp_path_factory.mktemp("home")
    named = environment(home, INFUSIONROOM_STORE=f"sqlite:///{home / 'room.sqlite'}")
    made = run("setup", "--name", "Northside", "--timezone", afternoon(), "--user", "vega", env=named)
    assert made.returncode == 0, made.stderr
    hired = b'{"command":"add_person","name":"lee","role":"nurse"}'
    assert run("do", stdin=hired, env=named | {"INFUSIONROOM_USER": "vega"}).returncode == 0
    return home / "room.sqlite"


@pytest.fixture
def env(tmp_path: Path, room_template: Path) -> dict[str, str]:
    """The environment of a terminal in a room of its own that is set up."""
    file = tmp_path / "room.sqlite"
    file.touch(mode=0o600)
    file.write_bytes(room_template.read_bytes())
    return environment(tmp_path, INFUSIONROOM_STORE=f"sqlite:///{file}", INFUSIONROOM_USER="vega")


def plan(number: int) -> dict[str, Any]:
    start = datetime.now(UTC) + timedelta(minutes=10)
    return {
        "command": "plan",
        "id": f"plan-{number}",
        "plan": {
            "patient": {"family": "Müller", "given": "Zoë", "record_number": f"K-{number}"},
            "start": start.isoformat(),
            "appointment": {"placer": f"PL-{number}", "filler": "F"},
            # A sender has booked them: how full the room is, is not asked then.
            "source": "hospital",
        },
    }


def lines_of(*commands: dict[str, Any]) -> bytes:
    return "".join(json.dumps(command) + "\n" for command in commands).encode()


def test_a_day_through_pipes(env: dict[str, str]) -> None:
    done = run(
        "do",
        stdin=lines_of(plan(1), {"command": "arrive", "visit": "PL-1/F", "at": "-5"}),
        env=env | {"INFUSIONROOM_USER": "lee"},
    )

    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["entries"][0]["actor"] == "lee"
    assert second["entries"][0]["terminal"].endswith(" script")
    status = json.loads(run("status", "--json", env=env).stdout)
    assert status["visits"][0]["patient"]["family"] == "Müller"
    assert run("check", env=env).stdout.startswith(b"ok: 5 entries, head hash ")


def test_an_answer_comes_before_the_next_line_is_asked_for(env: dict[str, str]) -> None:
    with subprocess.Popen([*PROGRAM, "do"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as script:
        assert script.stdin
        assert script.stdout
        for number in (1, 2):
            script.stdin.write(lines_of(plan(number)))
            script.stdin.flush()
            assert json.loads(script.stdout.readline())["outcome"] == "done"
        script.stdin.close()
        assert script.wait(30) == 0


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1", "xx"])
def test_names_come_and_go_in_utf_8_whatever_the_locale(env: dict[str, str], locale: str) -> None:
    foreign = env | {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    named = plan(1)
    named["plan"]["patient"]["family"] = "李小龍"
    raw = json.dumps(named, ensure_ascii=False).encode()
    assert run("do", stdin=raw, env=foreign).returncode == 0

    assert "李小龍" in run("status", env=foreign).stdout.decode("utf-8")


def test_a_reader_that_goes_away_is_no_error(env: dict[str, str]) -> None:
    run("do", stdin=lines_of(*[plan(number) for number in range(40)]), env=env)
    read, write = os.pipe()
    os.close(read)
    for words in (("log", "--json"), ("status",), ("do",)):
        said = subprocess.run(
            [*PROGRAM, *words],
            env=env,
            input=lines_of(plan(1)),
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        assert (said.returncode, said.stderr) == (1, b"")
    os.close(write)


def test_ctrl_c_ends_a_waiting_script_quietly(env: dict[str, str]) -> None:
    with subprocess.Popen(
        [*PROGRAM, "do"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as script:
        assert script.stdin
        assert script.stdout
        assert script.stderr
        script.stdin.write(lines_of(plan(1)))
        script.stdin.flush()
        assert script.stdout.readline()
        script.send_signal(signal.SIGINT)
        assert script.wait(30) == 130
        assert script.stderr.read() == b""


def test_without_a_terminal_the_board_says_so_and_loads_no_screen(env: dict[str, str]) -> None:
    said = run(env=env)

    assert (said.returncode, said.stdout) == (2, b"")
    assert said.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_help_loads_neither_screen_nor_database(command: str, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from infusionroom.__main__ import run\n"
        f"assert run([{command!r}, '--help']) == 0\n"
        "print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment(tmp_path), capture_output=True, text=True, check=True
    )

    loaded = set(said.stdout.splitlines())
    assert "Usage: infusionroom" in said.stdout
    assert not loaded & {
        "textual",
        "rich",
        "sqlalchemy",
        "sqlmodel",
        "alembic",
        "sqlite3",
        "psycopg",
        "hl7",
        "fhir",
    }


def test_reading_loads_no_database_toolkit(env: dict[str, str]) -> None:
    script = (
        "import sys\n"
        "from infusionroom.__main__ import run\n"
        "assert run(['status']) == 0\n"
        "print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    said = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)

    assert not set(said.stdout.splitlines()) & {"textual", "rich", "sqlalchemy", "alembic"}


def test_twenty_scripts_at_once_lose_nothing(env: dict[str, str]) -> None:
    writers, each = 20, 6
    run("do", stdin=lines_of(*[plan(number) for number in range(writers)]), env=env)

    def note(writer: int, count: int) -> dict[str, Any]:
        # Half of the notes go to one visit that all share.
        visit = f"PL-{writer if count % 2 else 0}/F"
        fact = {"kind": "noted", "text": f"{writer}-{count}"}
        return {"command": "record", "id": f"{writer}-{count}", "visit": visit, "fact": fact}

    scripts = [
        subprocess.Popen(
            [*PROGRAM, "do"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(writers)
    ]
    for number, script in enumerate(scripts):
        _feed(script.stdin, lines_of(*[note(number, count) for count in range(each)]))
    answers = [script.communicate(timeout=120) for script in scripts]

    assert [script.returncode for script in scripts] == [0] * writers, [err for _, err in answers if err]
    acknowledged = [json.loads(line) for out, _ in answers for line in out.splitlines()]
    ids = [entry["id"] for answer in acknowledged for entry in answer["entries"]]
    assert len(ids) == len(set(ids)) == writers * each
    log = [json.loads(line) for line in run("log", "--json", env=env).stdout.splitlines()]
    noted = {entry["body"]["text"] for entry in log if entry["kind"] == "noted"}
    assert noted == {f"{writer}-{count}" for writer in range(writers) for count in range(each)}
    assert run("check", env=env).returncode == 0


def _feed(stdin: IO[bytes] | None, lines: bytes) -> None:
    assert stdin is not None
    stdin.write(lines)
    stdin.flush()
