"""Public keys as OpenSSH keeps them: which are good enough to open a room, and how one is told from another."""

from __future__ import annotations

import base64
import hashlib
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from infusionroom.domain.names import readable

SHORTEST_RSA_BITS: Final = 3072
LONGEST_RSA_BITS: Final = 16384
BLANKS: Final = " \t\r"
LONGEST_FILE: Final = 64 * 1024
LONGEST_COMMENT: Final = 60
_CERTIFICATE: Final = "-cert-v01@openssh.com"
_RSA: Final = "ssh-rsa"
# Kind → what people call it, and its size in bits; RSA keys come in many sizes.
KINDS: Final[Mapping[str, tuple[str, int]]] = {
    "ssh-ed25519": ("ED25519", 256),
    "sk-ssh-ed25519@openssh.com": ("ED25519-SK", 256),
    "ecdsa-sha2-nistp256": ("ECDSA", 256),
    "ecdsa-sha2-nistp384": ("ECDSA", 384),
    "ecdsa-sha2-nistp521": ("ECDSA", 521),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("ECDSA-SK", 256),
    _RSA: ("RSA", 0),
}
_MAKE_ONE: Final = "make one with “ssh-keygen -t ed25519” and give the file that ends in .pub"


class KeyRefused(ValueError):
    """A key that must not open a room; the message is one sentence or two that say why and what to do."""


class PublicKey(NamedTuple):
    """`kind` as OpenSSH writes it, `blob` the key itself, `bits` its size; `comment` is for eyes only."""

    kind: str
    blob: bytes
    bits: int
    comment: str = ""

    @property
    def text(self) -> str:
        """The key in base64, always in the same spelling."""
        return base64.b64encode(self.blob).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as “ssh-keygen -l” prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return "SHA256:" + digest.rstrip("=")

    @property
    def named(self) -> str:
        """`ED25519 256`: what people call it, and its size in bits."""
        return f"{KINDS[self.kind][0]} {self.bits}"


def read_key(path: Path) -> PublicKey:
    """The one key in an OpenSSH public key file. Raises `KeyRefused`; nothing of the file is ever shown."""
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise KeyRefused(f"The key file cannot be read: {error.strerror}.") from None
    return key_in(raw)


def key_in(raw: bytes) -> PublicKey:
    """The one key in the content of a public key file. Raises `KeyRefused`."""
    if b"PRIVATE KEY" in raw or raw.lstrip().startswith(b"PuTTY-User-Key-File"):
        raise KeyRefused(
            "This is a PRIVATE key. It must never leave its owner's machine: if it came by mail or a shared disk, "
            "have a new pair made. Give the public key, the file that ends in .pub."
        )
    if len(raw) > LONGEST_FILE:
        raise KeyRefused(f"This is no public key: {_MAKE_ONE}.")
    if b"BEGIN SSH2 PUBLIC KEY" in raw:
        raise KeyRefused(
            "This key is in the format of another program: convert it with “ssh-keygen -i -f FILE”, "
            "and give what that prints."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KeyRefused(
            "The key file is not plain text: save it as UTF-8, or copy the file itself."
        ) from None
    # Only these end a line for sshd; splitlines() knows others, which a comment may hold.
    lines = [line.strip(BLANKS) for line in text.split("\n")]
    wanted = [line for line in lines if line and not line.startswith("#")]
    if not wanted:
        raise KeyRefused(f"There is no key in this file: {_MAKE_ONE}.")
    if len(wanted) > 1:
        raise KeyRefused(f"There are {len(wanted)} lines in this file: give one key at a time.")
    return parse_key(wanted[0])


def parse_key(line: str) -> PublicKey:
    """The key of one line `kind base64 comment`. Raises `KeyRefused`."""
    words = in_words(line)
    kind = words[0]
    if kind == "ssh-dss":
        raise KeyRefused(f"DSA keys are too weak, and OpenSSH no longer takes them: {_MAKE_ONE}.")
    if kind.endswith(_CERTIFICATE):
        raise KeyRefused("This is a certificate: give the public key it was made for.")
    if kind not in KINDS:
        if any(f"{known} AAAA" in line for known in KINDS):
            raise KeyRefused(
                "Options stand in front of the key: give the key alone; its options are made here."
            )
        raise KeyRefused(f"This is no public key of a kind that is taken: {_MAKE_ONE}.")
    if len(words) < 2:
        raise KeyRefused(f"The line ends after “{kind}”: the key itself is missing.")
    blob, bits = _checked(kind, words[1])
    return PublicKey(kind, blob, bits, sound_comment(words[2] if len(words) > 2 else ""))


def in_words(line: str) -> list[str]:
    """At most three words, where sshd sees them end: at blanks and tabs, not at what else Unicode calls a space."""
    return re.split("[ \t]+", line, maxsplit=2)


def sound_comment(text: str) -> str:
    """A comment that can steer no terminal and end no line, cut to a length that lists can show."""
    return " ".join(readable(text).split())[:LONGEST_COMMENT].strip()


def _checked(kind: str, text: str) -> tuple[bytes, int]:
    """The key's bytes and its size in bits. Raises `KeyRefused`."""
    # Loaded here, for whoever only looks at a list of lines without keys, and never on the way to a board.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    damaged = "The key is damaged: copy it again, as one line."
    try:
        blob = base64.b64decode(text, validate=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            key = load_ssh_public_key(f"{kind} {base64.b64encode(blob).decode('ascii')}".encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRefused(damaged) from None
    if kind != _RSA:
        return blob, KINDS[kind][1]
    if not isinstance(key, RSAPublicKey):
        raise KeyRefused(damaged)
    if key.key_size < SHORTEST_RSA_BITS:
        raise KeyRefused(
            f"This RSA key has {key.key_size} bits and {SHORTEST_RSA_BITS} are the least: {_MAKE_ONE}."
        )
    if key.key_size > LONGEST_RSA_BITS:
        raise KeyRefused(f"This RSA key has {key.key_size} bits, more than OpenSSH takes: {_MAKE_ONE}.")
    return blob, key.key_size
