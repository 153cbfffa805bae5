"""Which keys are good enough, and which are refused, in a sentence that says what to do."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.access.keys import KINDS, KeyRefused, key_in, read_key, sound_comment

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def openssh(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


LINE = openssh(KEY)


def string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def security_key(kind: str) -> bytes:
    """The public half of a hardware key, as OpenSSH writes it (PROTOCOL.u2f)."""
    if kind.startswith("sk-ssh-ed25519"):
        body = string(KEY.public_key().public_bytes_raw())
    else:
        point = (
            ec.derive_private_key(7, ec.SECP256R1())
            .public_key()
            .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        body = string(b"nistp256") + string(point)
    return kind.encode() + b" " + base64.b64encode(string(kind.encode()) + body + string(b"ssh:"))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda c: c.name)
def test_ecdsa_is_taken(curve: ec.EllipticCurve) -> None:
    key = key_in(openssh(ec.derive_private_key(12345, curve)) + b" me@desk\n")
    assert key.named == f"ECDSA {curve.key_size}"
    assert key.comment == "me@desk"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("sk-")])
def test_a_security_key_is_taken(kind: str) -> None:
    assert key_in(security_key(kind)).kind == kind


def test_long_rsa_is_taken_and_short_rsa_is_not() -> None:
    assert key_in(openssh(rsa.generate_private_key(65537, 3072))).named == "RSA 3072"
    with pytest.raises(KeyRefused, match="2048 bits and 3072 are the least"):
        key_in(openssh(rsa.generate_private_key(65537, 2048)))


needs_openssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed here (openssh-client)"
)


@needs_openssh
def test_the_fingerprint_is_the_one_that_openssh_prints(tmp_path: Path) -> None:
    path = tmp_path / "key.pub"
    for line in (LINE, *(security_key(kind) for kind in KINDS if kind.startswith("sk-"))):
        path.write_bytes(line + b" comment\n")
        said = subprocess.run(["ssh-keygen", "-lf", str(path)], capture_output=True, check=True, text=True)
        assert read_key(path).fingerprint == said.stdout.split()[1]


@needs_openssh
def test_a_key_pair_of_openssh_s_own_is_read_and_its_private_half_refused(tmp_path: Path) -> None:
    made = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made)], check=True)
    assert read_key(tmp_path / "key.pub").named == "ED25519 256"
    with pytest.raises(KeyRefused, match="PRIVATE key"):
        read_key(made)


DSA = dsa.generate_private_key(1024).private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
)
CONVERTED = b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no key in this file"),
        (b"# only a comment\n\n", "no key in this file"),
        (LINE + b"\n" + LINE + b"\n", "2 lines"),
        (b"ssh-dss AAAAB3NzaC1kc3MAAA me", "DSA"),
        (DSA, "PRIVATE key"),
        (b"PuTTY-User-Key-File-3: ssh-ed25519\n", "PRIVATE key"),
        (CONVERTED, "ssh-keygen -i"),
        (b'command="sh" ' + LINE, "Options stand in front"),
        (b"no-pty,restrict " + LINE, "Options stand in front"),
        (LINE.replace(b"ssh-ed25519 ", b"ssh-ed25519-cert-v01@openssh.com "), "certificate"),
        (b"ssh-ed448 AAAA", "no public key of a kind"),
        (b"ssh-ed25519", "key itself is missing"),
        (LINE[:-8], "damaged"),
        (LINE + b"AAAA", "damaged"),
        (LINE.replace(b"ssh-ed25519 ", b"ssh-rsa "), "damaged"),
        (b"ssh-ed25519 !!!!", "damaged"),
        (LINE.decode().encode("utf-16"), "not plain text"),
        (b"x" * 70_000, "no public key"),
        (b"\x7fELF\x02\x01", "no public key of a kind"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_no_good_key_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(KeyRefused, match=re.escape(said)):
        key_in(content)


def test_a_file_that_is_not_there_is_said_without_its_content(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(KeyRefused, match="cannot be read"):
            read_key(path)


def test_a_byte_order_mark_and_other_line_ends_are_no_reason_to_refuse() -> None:
    assert key_in(b"\xef\xbb\xbf" + LINE + b" me\r\n").comment == "me"


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    with pytest.raises(KeyRefused) as refused:
        key_in(content)
    assert str(refused.value).isprintable()


@given(st.text(max_size=200))
def test_no_comment_steers_a_terminal(text: str) -> None:
    comment = sound_comment(text)
    assert comment.isprintable()
    assert len(comment) <= 60
    assert sound_comment(comment) == comment
