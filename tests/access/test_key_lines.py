"""A key's line: what is written is what sshd and the shell make of it, whatever a name holds."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.access.test_keys import LINE

from infusionroom.access.key_lines import Added, KeyLine, options_named, parse_lines, written
from infusionroom.access.keys import PublicKey, key_in
from infusionroom.access.serve_command import BadCommand, ServeCommand, decoded, encoded, served

KEY = key_in(LINE)
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
STORE = "sqlite:////srv/room.sqlite"
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
WICKED = '\'"; $(touch x) `id` \\" \\ %20 & | > < * ~ ! # \n\r\t\0 \x1b[31m é 山 \u202e'


def line_for(user: str = "RN Lee", store: str = STORE, key: PublicKey = KEY, by: str = "root") -> bytes:
    command = ServeCommand("/opt/infusionroom/bin/python", user, key.fingerprint, store)
    return written(key, command, Added(user, MONDAY, by, "lee@laptop"))


def parsed(raw: bytes) -> KeyLine:
    (line,) = parse_lines(raw + b"\n")
    return line


@given(NAMES, NAMES, NAMES)
@example(WICKED, WICKED, WICKED)
def test_a_line_says_what_it_was_told(user: str, store: str, by: str) -> None:
    raw = line_for(user, store, by=by)
    line = parsed(raw)
    assert line.is_sound
    assert line.user == user
    assert line.serves is not None
    assert line.serves.store == store
    assert line.added == Added(user, MONDAY, by, "lee@laptop")
    assert raw.isascii()
    assert raw.decode().isprintable()


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands in for the interpreter and prints the words it was started with."""
    path = tmp_path_factory.mktemp("bin") / "python"
    path.write_text('#!/bin/sh\nprintf \'%s\\0\' "$@" "$SSH_ORIGINAL_COMMAND" "$TERM"\n/usr/bin/env\n')
    path.chmod(0o755)
    return path


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, NAMES, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80))
@example(WICKED, WICKED, WICKED.replace("\0", ""))
@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_a_shell_passes_it_on_word_for_word(
    listener: Path, shell: str, user: str, store: str, asked: str
) -> None:
    command = ServeCommand(str(listener), user, KEY.fingerprint, store)
    line = parsed(written(KEY, command, Added(user, MONDAY, "root")))
    assert line.command is not None
    environ = {
        "HOME": "/",
        "TERM": asked,
        "SSH_CONNECTION": "1 2 3 4",
        "SSH_ORIGINAL_COMMAND": asked,
        "X": "1",
    }
    done = subprocess.run(
        [shell, "-c", line.command], capture_output=True, env=environ, check=True, cwd="/", timeout=20
    )
    *words, environment = done.stdout.split(b"\0")
    heard = [word.decode() for word in words]
    assert heard[:7] == ["-I", "-X", "utf8", "-m", "infusionroom", "access", "serve"]
    assert served(tuple(heard[7:10])) == (user, KEY.fingerprint, store)
    assert heard[10:] == [asked, asked]
    assert b"X=1" not in environment.splitlines()


@given(NAMES)
def test_a_name_is_spelled_in_one_way_only(name: str) -> None:
    word = encoded(name)
    assert decoded(word) == name
    for other in (word + "%41", word.lower(), word.replace("%", "%25"), " " + word):
        if other != word:
            try:
                assert decoded(other) != name
            except BadCommand:
                continue


@pytest.mark.parametrize("word", ["", "%zz", "%ff", "a b", "~root", "a'b", "%41", "%7e"])
def test_a_word_of_another_spelling_is_refused(word: str) -> None:
    with pytest.raises(BadCommand):
        decoded(word)


@pytest.mark.parametrize(
    "python", ["python", "/opt/my room/python", '/opt/"/python', "/opt/$HOME/python", "/a\nb"]
)
def test_a_program_in_a_folder_that_needs_quotes_is_refused(python: str) -> None:
    with pytest.raises(BadCommand, match="plain letters"):
        str(ServeCommand(python, "lee", KEY.fingerprint, STORE))


ALTERED = {
    "no restrict": lambda raw: raw.replace(b"restrict,pty,", b"pty,"),
    "forwarding on top": lambda raw: raw.replace(b"pty,", b"pty,port-forwarding,"),
    "an environment": lambda raw: raw.replace(b"pty,", b'pty,environment="A=B",'),
    "another user": lambda raw: raw.replace(b"--for=RN%20Lee", b"--for=root --for=RN%20Lee"),
    "another program first": lambda raw: raw.replace(b"exec ", b"id; exec "),
    "an interpreter's option less": lambda raw: raw.replace(b" -I ", b" "),
    "a password in the store": lambda raw: raw.replace(b"--at=", b"--at=x --at="),
}


@pytest.mark.parametrize("change", ALTERED)
def test_a_line_that_somebody_has_changed_is_ours_and_not_sound(change: str) -> None:
    raw = ALTERED[change](line_for())
    assert raw != line_for()
    line = parsed(raw)
    assert line.is_ours
    assert not line.is_sound


def test_a_line_with_anothers_key_in_it_is_not_sound() -> None:
    other = PublicKey(KEY.kind, KEY.blob[:-1] + b"\x00", 256)
    assert not parsed(line_for().replace(KEY.text.encode(), other.text.encode())).is_sound


FOREIGN = [
    LINE,
    b"restrict " + LINE + b" deploy key",
    b'command="/usr/bin/rsync --server, \\"x y\\"" ' + LINE,
    b'from="10.0.0.0/8",no-pty ' + LINE,
    b"not a key at all",
    b"\xff\xfe\x00 odd bytes",
    b"ssh-rsa AAAA short",
]


@pytest.mark.parametrize("raw", FOREIGN)
def test_a_line_of_somebody_elses_is_not_ours(raw: bytes) -> None:
    line = parsed(raw)
    assert not line.is_ours
    assert not line.is_blank
    assert line.raw == raw


def test_options_are_read_as_sshd_reads_them() -> None:
    (line,) = parse_lines(b'from="a,b c",COMMAND="say \\"hi, you\\"",pty ' + LINE)
    assert options_named(line.options) == [("from", "a,b c"), ("command", 'say "hi, you"'), ("pty", None)]
    assert line.key is not None
    assert line.key.blob == KEY.blob


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    lines = parse_lines(content)
    assert b"".join(line.raw + b"\n" for line in lines) == content + (
        b"" if content.endswith(b"\n") or not content else b"\n"
    )
