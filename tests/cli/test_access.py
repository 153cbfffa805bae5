"""`infusionroom access`: keys are given to people on the staff list, listed, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tests.cli.command_line import Answer, Desk

from infusionroom.access.key_lines import parse_lines


def make_key(path: Path, rsa_bits: int = 0) -> Path:
    """A pair of keys as OpenSSH keeps them; the public one's file."""
    key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ed25519.Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    public = path.with_name(path.name + ".pub")
    public.write_bytes(
        key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b" me@laptop\n"
    )
    return public


class Keys:
    """A desk with a file of keys and a key to give."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        (folder / ".ssh").mkdir(mode=0o700)
        self.file = folder / ".ssh" / "authorized_keys"
        self.key = make_key(folder / "key")

    def ask(self, *words: str) -> Answer:
        return self.desk.ask("access", *words, "--file", str(self.file))

    def add(self, user: str = "vega", key: Path | None = None) -> Answer:
        return self.ask("add", "--user", user, "--key", str(key or self.key))


@pytest.fixture
def keys(desk: Desk, tmp_path: Path) -> Keys:
    return Keys(desk, tmp_path)


def test_a_key_is_given_listed_and_taken_back(keys: Keys) -> None:
    given = keys.add()
    assert (given.status, given.err) == (0, "")
    fingerprint = given.out.split("key ")[1].split()[0]

    listed = keys.ask("list")
    assert (listed.status, listed.err) == (0, "")
    (row,) = listed.out.splitlines()[1:]
    assert row.split()[:5] == [fingerprint, "vega", "ED25519", "256", "2026-11-23"]

    gone = keys.ask("revoke", "--fingerprint", fingerprint)
    assert (gone.status, gone.err) == (0, "")
    assert fingerprint in gone.out
    assert "No key" in keys.ask("list").out

    kept = [line for line in keys.desk.ask("log", "--json").lines if line["kind"].startswith("key_")]
    assert [(e["kind"], e["body"]["name"], e["body"]["fingerprint"]) for e in kept] == [
        ("key_given", "vega", fingerprint),
        ("key_taken_back", "vega", fingerprint),
    ]


def test_a_key_is_taken_back_even_where_the_store_is_away(keys: Keys) -> None:
    keys.add()
    away = Desk("sqlite:////nowhere/room.sqlite")
    gone = away.ask("access", "revoke", "--user", "vega", "--file", str(keys.file))
    assert gone.status == 0
    assert "the room's journal does not say so" in gone.err
    assert "No key" in keys.ask("list").out


def test_all_keys_of_a_person_are_taken_back_at_once(keys: Keys, tmp_path: Path) -> None:
    assert keys.desk.do([{"command": "add_person", "name": "RN Lee", "role": "nurse"}]).status == 0
    keys.add()
    keys.add(key=make_key(tmp_path / "second"))
    keys.add("RN Lee", make_key(tmp_path / "third"))

    assert keys.ask("revoke", "--user", "vega").out.count("Taken back") == 2

    assert [line.user for line in parse_lines(keys.file.read_bytes())] == ["RN Lee"]
    again = keys.ask("revoke", "--user", "vega")
    assert (again.status, again.out) == (1, "")
    assert "access list" in again.err


@pytest.mark.parametrize(
    ("user", "status", "said"),
    [("RN Nobody", 1, "not on the staff list"), ("", 2, "named by"), ("vega\x1b[31m", 2, "named by")],
)
def test_only_who_is_on_the_staff_list_gets_a_key(keys: Keys, user: str, status: int, said: str) -> None:
    answer = keys.add(user)
    assert (answer.status, answer.out) == (status, "")
    assert said in answer.err
    assert "\x1b" not in answer.err
    assert not keys.file.exists()


def test_a_key_that_is_not_good_enough_leaves_no_file(keys: Keys, tmp_path: Path) -> None:
    short = keys.add(key=make_key(tmp_path / "short", 2048))
    private = keys.add(key=keys.key.with_suffix(""))
    missing = keys.add(key=tmp_path / "none.pub")
    for answer, said in ((short, "3072"), (private, "PRIVATE"), (missing, "cannot be read")):
        assert (answer.status, answer.out) == (1, "")
        assert said in answer.err
    assert not keys.file.exists()


@pytest.mark.parametrize(
    "store",
    [
        "postgresql+psycopg://room:hunter2@db/room",
        "postgresql+psycopg://room@db/room?password=hunter2",
        "postgresql+psycopg://room@db/room?sslpassword=hunter2",
    ],
)
def test_a_password_never_gets_into_a_line(keys: Keys, store: str) -> None:
    answer = Desk(store).ask(
        "access", "add", "--user", "vega", "--key", str(keys.key), "--file", str(keys.file)
    )
    assert answer.status == 1
    assert ".pgpass" in answer.err
    assert "hunter2" not in answer.err
    assert not keys.file.exists()


def test_before_a_room_is_set_up_nobody_gets_a_key(keys: Keys, tmp_path: Path) -> None:
    elsewhere = Desk(f"sqlite:///{tmp_path / 'new.sqlite'}")
    answer = elsewhere.ask(
        "access", "add", "--user", "vega", "--key", str(keys.key), "--file", str(keys.file)
    )
    assert answer.status == 1
    assert "infusionroom setup" in answer.err
    assert not (tmp_path / "new.sqlite").exists()


def test_others_lines_are_told_of_and_left(keys: Keys) -> None:
    keys.file.write_text("ssh-ed25519 AAAAC3Nza somebody\n")
    keys.file.chmod(0o600)
    keys.add()
    assert "1 more" in keys.ask("list").err
    assert keys.file.read_text().startswith("ssh-ed25519 AAAAC3Nza somebody\n")


def test_who_gives_a_command_stands_before_the_word_access(keys: Keys) -> None:
    assert keys.add().status == 0
    (line,) = parse_lines(keys.file.read_bytes())
    assert line.added is not None
    assert line.added.user == "vega"
    assert line.added.by.startswith("vega (")


@pytest.mark.parametrize(
    "words",
    [
        ("revoke",),
        ("revoke", "--user", "vega", "--fingerprint", "SHA256:x"),
        ("add", "--user", "vega"),
        ("add", "--key", "x"),
        ("serve",),
        ("serve", "--for=vega"),
        ("serve", "--for=vega", "--key=SHA256:x", "--at=sqlite:////x", "extra"),
        ("serve", "--at=sqlite:////x", "--for=vega", "--key=SHA256:x"),
        ("serve", "--for=%ff", "--key=SHA256:x", "--at=sqlite:////x"),
        ("fly",),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(keys: Keys, words: tuple[str, ...]) -> None:
    answer = keys.desk.ask("access", *words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err
