"""The lines of an authorized_keys file: ours, told apart from everybody else's, and each one's meaning to sshd."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from infusionroom.access.keys import BLANKS, KINDS, KeyRefused, PublicKey, in_words, parse_key, sound_comment
from infusionroom.access.serve_command import MARK, BadCommand, ServeCommand, decoded, encoded

_OPTIONS: Final = "restrict,pty,command="
_COMMENT: Final = re.compile(r"(?P<user>\S+) added (?P<at>\S+) by (?P<by>\S+)(?: \((?P<was>.*)\))?")


class Added(NamedTuple):
    """Whose key a line binds, when it was added and by whom, and what the key file said of itself.

    A note for eyes: who comes in is what the line's command says.
    """

    user: str
    at: datetime
    by: str
    was: str = ""

    def __str__(self) -> str:
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        was = f" ({sound_comment(self.was)})" if self.was else ""
        return f"{encoded(self.user)} added {at} by {encoded(self.by)}{was}"

    @classmethod
    def parse(cls, text: str) -> Added | None:
        """What the comment of a line of ours says, or None where somebody has changed it."""
        found = _COMMENT.fullmatch(text)
        if found is None:
            return None
        try:
            at = datetime.fromisoformat(found["at"])
            return cls(decoded(found["user"]), at, decoded(found["by"]), sound_comment(found["was"] or ""))
        except (ValueError, BadCommand):
            return None


class KeyLine(NamedTuple):
    """One line of the file. `raw` is kept as it is, without its line end.

    `options` and `command` are what sshd reads; `key` is None for comments and for what is no good key, `trouble`
    then says why. `serves` is our own command, where the line has it word for word.
    """

    number: int
    raw: bytes
    options: str = ""
    command: str | None = None
    key: PublicKey | None = None
    trouble: str = ""
    serves: ServeCommand | None = None
    added: Added | None = None

    @property
    def is_blank(self) -> bool:
        """Nothing that sshd would read as a key."""
        stripped = self.raw.strip(BLANKS.encode("ascii"))
        return not stripped or stripped.startswith(b"#")

    @property
    def is_ours(self) -> bool:
        """Made by us, even if somebody has changed it since."""
        return self.command is not None and MARK in self.command

    @property
    def is_sound(self) -> bool:
        """Exactly as we write it: the options, the command, and the key that the command names."""
        return (
            self.serves is not None
            and self.key is not None
            and self.serves.key == self.key.fingerprint
            and self.options == options_of(self.serves)
        )

    @property
    def user(self) -> str:
        """Whose line it is, as far as it can still be told."""
        if self.serves is not None:
            return self.serves.user
        found = re.search(r"--for=(\S+)", self.command or "")
        try:
            return decoded(found[1]) if found is not None else ""
        except BadCommand:
            return ""


def options_of(command: ServeCommand) -> str:
    """What stands in front of the key: no forwarding, no agent, no file of the caller's, one command."""
    # In between quotes sshd knows one escape: \" is a quote. No backslash of ours stands before one.
    escaped = str(command).replace('"', '\\"')
    return f'{_OPTIONS}"{escaped}"'


def written(key: PublicKey, command: ServeCommand, added: Added) -> bytes:
    """The line that lets this key in as this user, without its line end."""
    return f"{options_of(command)} {key.kind} {key.text} {added}".encode("utf-8", "strict")


def parse_lines(content: bytes) -> list[KeyLine]:
    """Every line of the file, in order."""
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [_parsed(number, raw) for number, raw in enumerate(lines, 1)]


def _parsed(number: int, raw: bytes) -> KeyLine:
    line = KeyLine(number, raw)
    if line.is_blank:
        return line
    text = raw.decode("utf-8", "surrogateescape").strip(BLANKS)
    options = "" if in_words(text)[0] in KINDS else options_in_front(text)
    command = command_in(options)
    line = line._replace(options=options, command=command)
    try:
        key = parse_key(text[len(options) :].strip(BLANKS))
    except KeyRefused as refused:
        line = line._replace(trouble=str(refused))
    else:
        line = line._replace(key=key)
    if command is None:
        return line
    try:
        line = line._replace(serves=ServeCommand.parse(command))
    except BadCommand:
        return line
    comment = in_words(text[len(options) :].strip(BLANKS))
    return line._replace(added=Added.parse(comment[2]) if len(comment) > 2 else None)


def options_in_front(text: str) -> str:
    """The options at the beginning of a line: up to the first blank outside quotes, as sshd reads them."""
    at, quoted = 0, False
    while at < len(text) and (quoted or text[at] not in " \t"):
        if text.startswith('\\"', at):
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        at += 1
    return text[:at]


def options_named(options: str) -> list[tuple[str, str | None]]:
    """The options, each as its name in small letters and its value without quotes (None where it has none)."""
    found: list[tuple[str, str | None]] = []
    for part in _parts(options):
        name, equals, value = part.partition("=")
        unquoted = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
        found.append((name.lower(), unquoted.replace('\\"', '"') if equals else None))
    return found


def command_in(options: str) -> str | None:
    """The forced command among the options, or None."""
    return next((value for name, value in options_named(options) if name == "command"), None)


def _parts(options: str) -> list[str]:
    parts, begin, at, quoted = [], 0, 0, False
    while at < len(options):
        if options.startswith('\\"', at):
            at += 1
        elif options[at] == '"':
            quoted = not quoted
        elif options[at] == "," and not quoted:
            parts.append(options[begin:at])
            begin = at + 1
        at += 1
    return [part for part in (*parts, options[begin:]) if part]
