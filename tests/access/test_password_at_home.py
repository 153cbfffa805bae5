"""A key's line for a database that asks for a password: it is in the account's own files, and in no line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.command_line import Desk
from tests.postgres import PostgresServer
from tests.ssh import make_key, public

from infusionroom.access.authorized_keys import read_keys

Fetch = Callable[[], subprocess.CompletedProcess[str]]
PASSWORD = "not-in-any-line"


def the_whole_address(url: str, _: Path) -> str:
    return url


def a_service(url: str, home: Path) -> str:
    """What a service file of the account says, by its name."""
    database, folder = url.split("/", 3)[3].split("?host=")
    service = home / ".pg_service.conf"
    service.write_text(f"[clinic]\nhost={folder}\ndbname={database}\nuser=room\n")
    return "postgresql+psycopg:///?service=clinic"


@pytest.mark.parametrize("addressed", [the_whole_address, a_service])
def test_the_password_is_read_from_the_accounts_own_file(
    postgres: PostgresServer,
    postgres_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    addressed: Callable[[str, Path], str],
) -> None:
    assert Desk(postgres_url).set_up().status == 0
    address = addressed(postgres_url, tmp_path)
    with postgres.asking_for(PASSWORD, postgres_url):
        fetch = _line_of(address, tmp_path, monkeypatch)

        assert fetch().returncode == 3

        kept = tmp_path / ".pgpass"
        kept.write_text(f"*:*:*:room:{PASSWORD}\n")
        kept.chmod(0o600)
        done = fetch()
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Northside")

        kept.chmod(0o640)
        assert "permissions should be u=rw (0600)" in fetch().stderr


def _line_of(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Fetch:
    """Adds a key and gives back what runs its line by a shell, as sshd does, with this home and no environment."""
    keys = home / ".ssh" / "authorized_keys"
    keys.parent.mkdir(mode=0o700)
    with monkeypatch.context() as by_hand:
        by_hand.setenv("PGPASSWORD", PASSWORD)
        by_hand.setenv("PGSERVICEFILE", str(home / ".pg_service.conf"))
        key = public(make_key(home / "key"))
        added = Desk(address).ask("access", "add", "--user", "vega", "--key", str(key), "--file", str(keys))
        assert added.status == 0, added.err
    assert PASSWORD.encode() not in keys.read_bytes()
    (line,) = read_keys(keys).ours
    assert line.command is not None
    words = ["/bin/sh", "-c", line.command]
    environ = {
        "HOME": str(home),
        "SSH_CONNECTION": "10.0.0.7 1 10.0.0.1 22",
        "SSH_ORIGINAL_COMMAND": "status",
    }
    return lambda: subprocess.run(words, env=environ, capture_output=True, text=True, timeout=60, check=False)
