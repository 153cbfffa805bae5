"""The doctor: a sound installation has nothing to put right, and each thing that is wrong is told with what to do."""

from __future__ import annotations

import getpass
import os
import pwd
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.access.test_keys import LINE, security_key
from tests.cli.command_line import Desk

from infusionroom.access.authorized_keys import changing, write_keys
from infusionroom.access.doctor import examine
from infusionroom.access.findings import Finding, Severity
from infusionroom.access.installation import Account, Installation, NoAccount, Tried, installation
from infusionroom.access.key_lines import Added
from infusionroom.access.keys import key_in
from infusionroom.access.serve_command import ServeCommand
from infusionroom.access.sshd_settings import examine_sshd

KEY = key_in(LINE)
SOUND_SSHD: Mapping[str, Sequence[str]] = {
    "pubkeyauthentication": ["yes"],
    "passwordauthentication": ["yes"],
    "authenticationmethods": ["publickey"],
    "authorizedkeysfile": [".ssh/authorized_keys"],
    "permittty": ["yes"],
    "forcecommand": ["none"],
    "permituserenvironment": ["no"],
    "permittunnel": ["no"],
    "authorizedkeyscommand": ["none"],
    "trustedusercakeys": ["none"],
    "strictmodes": ["yes"],
    "usepam": ["yes"],
    "disableforwarding": ["yes"],
    "clientaliveinterval": ["15"],
    "maxstartups": ["10:30:100"],
    "acceptenv": ["LANG", "LC_*"],
}


class Place:
    """A home with one person's key in it, as “access add” leaves it."""

    def __init__(self, home: Path, store: str) -> None:
        self.home, self.store = home, store
        (home / ".ssh").mkdir(mode=0o700)
        home.chmod(0o750)
        self.path = home / ".ssh" / "authorized_keys"
        self.account = Account("room", os.geteuid(), os.getegid(), home, "/bin/sh", "*")
        self.sshd: Mapping[str, Sequence[str]] | None = SOUND_SSHD
        self.add()

    def add(self, user: str = "vega", python: str = sys.executable) -> None:
        command = ServeCommand(python, user, KEY.fingerprint, self.store)
        with changing(self.path) as keys:
            write_keys(keys.with_key(KEY, command, Added(user, datetime(2026, 11, 23, tzinfo=UTC), "root")))

    def change(self, old: bytes, new: bytes) -> None:
        content = self.path.read_bytes()
        assert old in content
        self.path.write_bytes(content.replace(old, new))

    def findings(self) -> list[Finding]:
        known = installation(self.path, getpass.getuser(), None)
        found = examine(known._replace(account=self.account, sshd=self.sshd))
        # Whoever runs the tests may be root, which a real account is not.
        return [f for f in found if "come in as root" not in f.sentence]

    def wrong(self) -> list[str]:
        return [f.sentence for f in self.findings() if f.severity is Severity.WRONG]


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> Place:
    home = tmp_path / "account"
    home.mkdir()
    return Place(home, desk.store)


def test_a_sound_installation_has_nothing_to_put_right(place: Place) -> None:
    assert place.findings() == []


def test_the_modes_on_the_way_to_the_keys_are_looked_at(place: Place) -> None:
    place.home.chmod(0o770)
    place.path.chmod(0o666)
    place.path.parent.chmod(0o777)
    wrong = place.wrong()
    assert len(wrong) == 3
    assert all("chmod go-w" in sentence for sentence in wrong)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"restrict,pty,", b"pty,", "lacks “restrict”"),
        (b"restrict,pty,", b"restrict,pty,port-forwarding,", "other options"),
        (b"exec /usr", b"exec env X=1 /usr", "another command"),
        (b"--key=SHA256:", b"--key=SHA256:x", "another key"),
        (KEY.text.encode(), KEY.text.encode()[:-4], "damaged"),
    ],
)
def test_a_line_that_was_changed_is_told(place: Place, old: bytes, new: bytes, said: str) -> None:
    place.change(old, new)
    (sentence,) = place.wrong()
    assert said in sentence
    assert "vega" in sentence or said == "another key"


def test_lines_of_others_are_told_by_what_they_lack(place: Place) -> None:
    place.path.write_bytes(
        b"# a comment\n\n"
        + LINE
        + b"\nrestrict "
        + security_key("sk-ssh-ed25519@openssh.com")
        + b'\nrestrict,command="/usr/bin/backup" '
        + LINE
        + b" again\n"
    )
    wrong = place.wrong()
    assert "no restrict and command=" in wrong[0]
    assert "no command=" in wrong[1]
    assert "the key of line 3" in wrong[2]
    assert len(wrong) == 3


def test_whoever_does_not_get_in_is_told_why(place: Place) -> None:
    place.add("vega", python=str(place.home / "moved" / "python"))
    wrong = place.wrong()
    assert any("is not there" in sentence for sentence in wrong)
    assert any("does not get in" in sentence for sentence in wrong)
    place.path.unlink()
    place.add("RN Nobody")
    (sentence,) = place.wrong()
    assert "RN Nobody" in sentence
    assert "not on the staff list" in sentence


def test_a_store_that_is_not_there_is_told(place: Place) -> None:
    Path(place.store.removeprefix("sqlite:///")).unlink()
    (sentence,) = place.wrong()
    assert "does not get in" in sentence


@pytest.mark.parametrize(("mode", "whose"), [(0o644, "everybody on this machine"), (0o640, "the group")])
def test_pins_that_others_could_read_are_told(place: Place, desk: Desk, mode: int, whose: str) -> None:
    assert desk.ask("staff", "pin", "vega", stdin=b"739184\n").status == 0
    assert place.wrong() == []
    pins = Path(f"{place.store.removeprefix('sqlite:///')}-pins")
    pins.chmod(mode)
    (said,) = place.wrong()
    assert f"The PINs in {pins} can be read by {whose}" in said


def test_the_account_is_looked_at(place: Place) -> None:
    place.account = place.account._replace(shell="/usr/sbin/nologin", password="$y$hash")
    wrong = place.wrong()
    assert any("nologin" in sentence and "/bin/sh" in sentence for sentence in wrong)
    assert any("has a password" in sentence for sentence in wrong)
    place.account = place.account._replace(shell="/bin/bash", password="!")
    assert [f.severity for f in place.findings()] == [Severity.ADVICE]


def test_what_cannot_be_seen_is_said_and_not_guessed(place: Place) -> None:
    place.account, place.sshd = place.account._replace(password=None), None
    assert {f.severity for f in place.findings()} == {Severity.NOT_SEEN}


def test_a_file_that_is_missing_or_is_none_is_told(place: Place) -> None:
    place.path.unlink()
    assert "access add" in place.wrong()[0]
    place.path.symlink_to("/dev/null")
    assert "is a link" in place.wrong()[0]


SETTINGS = [
    ({"permituserenvironment": ["yes"]}, "permituserenvironment yes"),
    ({"permituserenvironment": ["LANG"]}, "permituserenvironment LANG"),
    ({"forcecommand": ["/bin/true"]}, "instead of every key's own command"),
    ({"pubkeyauthentication": ["no"]}, "no key gets in"),
    ({"permittty": ["no"]}, "nobody gets a board"),
    ({"permittunnel": ["yes"]}, "permittunnel yes"),
    ({"authorizedkeyscommand": ["/usr/bin/ldap"]}, "authorizedkeyscommand"),
    ({"trustedusercakeys": ["/etc/ca.pub"]}, "certificates"),
    ({"strictmodes": ["no"]}, "strictmodes no"),
    ({"acceptenv": ["LANG", "LD_*"]}, "AcceptEnv LD_*"),
    ({"acceptenv": ["*"]}, "AcceptEnv *"),
    ({"acceptenv": ["LC_*", "BASH_ENV"]}, "AcceptEnv BASH_ENV"),
    ({"authorizedkeysfile": ["/etc/keys/%u"]}, "does not look into"),
    ({"denyusers": ["nobody", "ro*"]}, "denyusers keeps room out"),
    ({"allowusers": ["lee", "vega@10.*"]}, "allowusers keeps room out"),
]


@pytest.mark.parametrize(("changed", "said"), SETTINGS, ids=[said for _, said in SETTINGS])
def test_settings_of_sshd_that_let_more_in_are_told(changed: dict[str, list[str]], said: str) -> None:
    account = Account("room", 123, 123, Path("/srv/room"), "/bin/sh", "*")
    path = account.home / ".ssh" / "authorized_keys"
    assert list(examine_sshd(account, path, SOUND_SSHD)) == []
    (finding,) = examine_sshd(account, path, {**SOUND_SSHD, **changed})
    assert finding.severity is Severity.WRONG
    assert said in finding.sentence


def test_a_locked_account_is_told_where_sshd_minds_it() -> None:
    account = Account("room", 123, 123, Path("/srv/room"), "/bin/sh", "!$y$hash")
    path = account.home / ".ssh" / "authorized_keys"
    assert list(examine_sshd(account, path, SOUND_SSHD)) == []
    (finding,) = examine_sshd(account, path, {**SOUND_SSHD, "usepam": ["no"]})
    assert "usermod --password '*' room" in finding.sentence


def test_what_would_hold_better_is_advice() -> None:
    account = Account("room", 123, 123, Path("/srv/room"), "/bin/sh", "*")
    path = account.home / ".ssh" / "authorized_keys"
    weaker = {
        **SOUND_SSHD,
        "authenticationmethods": ["any"],
        "disableforwarding": ["no"],
        "clientaliveinterval": ["0"],
    }
    found = list(examine_sshd(account, path, weaker))
    assert [f.severity for f in found] == [Severity.ADVICE] * 3


def test_more_callers_than_sshd_takes_at_one_moment_are_told() -> None:
    account = Account("room", 123, 123, Path("/srv/room"), "/bin/sh", "*")
    path = account.home / ".ssh" / "authorized_keys"
    assert list(examine_sshd(account, path, SOUND_SSHD, callers=10)) == []
    (finding,) = examine_sshd(account, path, SOUND_SSHD, callers=50)
    assert "while 10 others are still logging in, and 50 keys may" in finding.sentence
    assert list(examine_sshd(account, path, {**SOUND_SSHD, "maxstartups": ["100"]}, callers=50)) == []


def test_another_file_that_sshd_looks_into_is_told(tmp_path: Path) -> None:
    account = Account("room", 123, 123, tmp_path, "/bin/sh", "*")
    (tmp_path / "more").write_text("")
    path = tmp_path / "keys"
    files = {**SOUND_SSHD, "authorizedkeysfile": ["%h/keys more none%%"]}
    (finding,) = examine_sshd(account, path, files)
    assert f"also looks into {tmp_path / 'more'}" in finding.sentence


def test_an_account_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoAccount, match="no account"):
        installation(tmp_path / "keys", "nobody-of-that-name", None)


def test_commands_are_tried_as_the_account_with_nothing_else(place: Place) -> None:
    here = installation(place.path, getpass.getuser(), None)
    said = here.run(["/bin/sh", "-c", "env; id -u; pwd"], {"A": "B"})
    assert said.status == 0
    assert "A=B" in said.out.splitlines()
    assert str(pwd.getpwnam(getpass.getuser()).pw_uid) in said.out.splitlines()
    assert "HOME" not in said.out
    assert here.run(["/nowhere/at/all"], {}) == Tried(None, "", "")


def test_the_command_says_each_thing_on_a_line_and_ends_with_1(
    place: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infusionroom.access import installation as module

    place.change(b"restrict,pty,", b"pty,")
    as_found: Callable[..., Installation] = module.installation

    def staged(*words: Any) -> Installation:
        return as_found(*words)._replace(account=place.account, sshd=SOUND_SSHD)

    monkeypatch.setattr(module, "installation", staged)
    answer = desk.ask("access", "doctor", "--file", str(place.path), "--account", getpass.getuser())
    assert (answer.status, answer.out) == (1, "")
    assert "wrong: Line 1" in answer.err
    assert answer.err.splitlines()[-1].endswith(f"for room by {place.path}.")
