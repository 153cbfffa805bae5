"""The file of keys: written whole, for its owner, with everybody else's lines as they were."""

from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.access.test_keys import LINE, security_key

from infusionroom.access.authorized_keys import FileRefused, KeyTaken, changing, read_keys, write_keys
from infusionroom.access.key_lines import Added
from infusionroom.access.keys import PublicKey, key_in
from infusionroom.access.serve_command import ServeCommand

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEY = key_in(LINE)
OTHER = key_in(security_key("sk-ssh-ed25519@openssh.com"))
FOREIGN = (
    b'# the backup\'s key\nrestrict,command="/usr/bin/backup" ' + LINE[:-4] + b"AAAA backup\n\xff odd\r\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / ".ssh").mkdir(mode=0o700)
    return tmp_path / ".ssh" / "authorized_keys"


def add(
    path: Path, key: PublicKey = KEY, user: str = "RN Lee", store: str = "sqlite:////srv/room.sqlite"
) -> None:
    command = ServeCommand("/opt/infusionroom/bin/python", user, key.fingerprint, store)
    with changing(path) as keys:
        write_keys(keys.with_key(key, command, Added(user, MONDAY, "root")))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def users(path: Path) -> list[str]:
    return [line.user for line in read_keys(path).ours]


def test_the_first_key_makes_the_file_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "authorized_keys"
    add(path)
    assert users(path) == ["RN Lee"]
    assert mode(path) & 0o137 == 0
    assert mode(path.parent) == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["authorized_keys"]


def test_what_is_not_ours_stays_byte_for_byte(path: Path) -> None:
    path.write_bytes(FOREIGN)
    add(path)
    assert path.read_bytes().startswith(FOREIGN)
    with changing(path) as keys:
        fewer, gone = keys.without(lambda line: True)
        write_keys(fewer)
    assert [line.user for line in gone] == ["RN Lee"]
    assert path.read_bytes() == FOREIGN


def test_a_last_line_without_an_end_gets_one(path: Path) -> None:
    path.write_bytes(b'restrict,command="x" ssh-ed25519 AAAA')
    add(path)
    first, second, rest = path.read_bytes().split(b"\n")
    assert first.endswith(b"AAAA")
    assert second.startswith(b"restrict,pty,command=")
    assert rest == b""


def test_the_same_key_again_renews_its_line(path: Path) -> None:
    add(path)
    add(path, OTHER)
    add(path, store="sqlite:////srv/moved.sqlite")
    lines = read_keys(path).ours
    assert sorted(line.serves.store for line in lines if line.serves) == [
        "sqlite:////srv/moved.sqlite",
        "sqlite:////srv/room.sqlite",
    ]
    assert len(lines) == 2


def test_a_key_belongs_to_one_person(path: Path) -> None:
    add(path)
    before = path.read_bytes()
    with pytest.raises(KeyTaken, match="RN Lee’s"):
        add(path, user="RN Vasquez")
    assert path.read_bytes() == before


def test_a_key_that_comes_in_past_the_program_is_refused(path: Path) -> None:
    path.write_bytes(LINE + b" admin\n")
    with pytest.raises(KeyTaken, match="past this program"):
        add(path)


def test_keys_are_taken_back_by_person_or_by_key(path: Path) -> None:
    add(path)
    add(path, OTHER, user="RN Vasquez")
    with changing(path) as keys:
        fewer, gone = keys.without(lambda line: line.user == "RN Vasquez")
        write_keys(fewer)
    assert [line.user for line in gone] == ["RN Vasquez"]
    assert users(path) == ["RN Lee"]


@pytest.mark.parametrize(
    ("before", "roots", "anybodys"),
    [(0o600, 0o600, 0o600), (0o400, 0o400, 0o400), (0o660, 0o640, 0o600), (0o644, 0o644, 0o600)],
)
def test_it_never_gets_more_rights_than_it_had(path: Path, before: int, roots: int, anybodys: int) -> None:
    path.write_bytes(b"")
    path.chmod(before)
    add(path)
    # Root's own file may be read by others, for sshd reads it as the account; nobody else's may.
    assert mode(path) == (roots if os.geteuid() == 0 else anybodys)


def test_the_file_belongs_to_whom_its_folder_belongs_to(path: Path) -> None:
    if os.geteuid() != 0:
        add(path)
        assert (path.stat().st_uid, mode(path)) == (os.geteuid(), 0o600)
        return
    os.chown(path.parent, 12345, 12346)
    add(path)
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (12345, 12346, 0o600)
    os.chown(path.parent, 0, 12346)
    path.unlink()
    add(path)
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (0, 12346, 0o640)


def test_a_folder_that_others_can_write_is_refused(path: Path) -> None:
    path.parent.chmod(0o770)
    with pytest.raises(FileRefused, match="can be written by others"):
        add(path)
    assert not path.exists()


def test_a_folder_that_is_not_there_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="No such file"):
        add(tmp_path / "a" / "b" / "authorized_keys")


def test_a_link_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileRefused, match="is a link"):
        add(path)
    assert (tmp_path / "elsewhere").read_bytes() == b""


def test_what_is_no_file_is_refused(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(FileRefused, match="no file of keys"):
        add(path)


def test_a_disk_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(path)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileRefused, match=r"No space left.*as it was"):
        add(path, OTHER)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["authorized_keys"]


def test_two_who_add_at_once_both_are_in(path: Path) -> None:
    keys = [PublicKey(KEY.kind, KEY.blob[:-1] + bytes([number]), 256) for number in range(8)]
    threads = [
        threading.Thread(target=add, args=(path, key, f"RN {number}")) for number, key in enumerate(keys)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(users(path)) == [f"RN {number}" for number in range(8)]
