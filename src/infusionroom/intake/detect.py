"""Which kind of file this is, by its content, and whether it may be read at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import Final, Literal

from infusionroom.intake.clean import clean_file_name
from infusionroom.intake.notices import FileRefused

Kind = Literal["csv", "hl7", "fhir"]

LARGEST_BYTES: Final = 32 * 1024 * 1024
HEAD_BYTES: Final = 64 * 1024

_HL7: Final = re.compile(rb"\A[\s\x0b\x00]*(?:MSH|FHS|BHS)[^\w\s]|(?:\A|[\r\n])MSH[^\w\s]{4,6}")
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x7f]")
_MAGIC: Final = (
    (b"PK\x03\x04", "this is a ZIP archive or an Excel workbook; save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "this is an old Excel workbook; save the sheet as CSV (UTF-8)"),
    (b"%PDF", "this is a PDF"),
    (b"\x1f\x8b", "this is compressed; unpack it first"),
    (b"SQLite format 3", "this is a database"),
)
_XML: Final = (
    (b"http://hl7.org/fhir", "this is FHIR as XML; ask the sender for JSON"),
    (b"urn:hl7-org:v2xml", "this is HL7 v2 as XML; ask the sender for the form with | and ^"),
    (b"urn:hl7-org:v3", "this is an HL7 v3 or CDA document, not a schedule"),
)
_WHAT_IS_READ: Final = "what is read: CSV with the documented header, HL7 v2 SIU messages, FHIR R4 JSON"


def load(path: Path) -> tuple[str, bytes]:
    """The name for sentences and the bytes of a regular file. Raises `FileRefused` for anything else.

    The head is judged before the rest is read, so that a large file of noise costs nothing.
    """
    name = clean_file_name(path.name or str(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise FileRefused(name, _why_not_open(error)) from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        is_folder = stat.S_ISDIR(about.st_mode)
        raise FileRefused(
            name, "this is a directory; name the files in it" if is_folder else "this is not a regular file"
        )
    with os.fdopen(descriptor, "rb") as stream:
        try:
            head = stream.read(HEAD_BYTES)
            kind_of(head, name)
            if about.st_size > LARGEST_BYTES:
                limit = LARGEST_BYTES // (1024 * 1024)
                raise FileRefused(name, f"the file is larger than {limit} MB, which no day's schedule is")
            data = head + stream.read(LARGEST_BYTES - len(head) + 1)
        except OSError:
            raise FileRefused(name, "the file could not be read to its end") from None
    if len(data) > LARGEST_BYTES:
        raise FileRefused(name, "the file grew while it was read")
    return name, data


def kind_of(data: bytes, file: str) -> Kind:
    """The kind of a file from its head. Raises `FileRefused` with what it is instead."""
    head = data[:HEAD_BYTES]
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileRefused(file, "the file is empty")
    for magic, why in _MAGIC:
        if head.startswith(magic):
            raise FileRefused(file, f"{why}; {_WHAT_IS_READ}")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_utf16(head):
        raise FileRefused(file, "the encoding is UTF-16; save the file as UTF-8", line=1)
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _HL7.search(head):
        return "hl7"
    if len(_BINARY.findall(head)) * 20 > len(head):
        raise FileRefused(file, f"this is binary data, not text; {_WHAT_IS_READ}")
    start = head.lstrip()[:1]
    if start in (b"{", b"["):
        return "fhir"
    if start == b"<":
        what = next((said for mark, said in _XML if mark in head), "this is XML or HTML")
        raise FileRefused(file, f"{what}; {_WHAT_IS_READ}", line=1)
    if _looks_like_header(head):
        return "csv"
    raise FileRefused(file, f"this is no schedule that can be read; {_WHAT_IS_READ}", line=1)


def text_of(data: bytes, file: str) -> str:
    """The file as UTF-8 text, with or without a byte order mark. Raises `FileRefused` naming the line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        why = "the encoding is not UTF-8 (Latin-1 or Windows?); save the file as UTF-8"
        raise FileRefused(file, why, line=line) from None


def _looks_utf16(head: bytes) -> bool:
    """Text in UTF-16 without a mark: every other byte of its beginning is zero."""
    even, odd = head[:200:2], head[1:200:2]
    return len(odd) >= 4 and (
        (even.count(0) == 0 and odd.count(0) > len(odd) * 0.8)
        or (odd.count(0) == 0 and even.count(0) > len(even) * 0.8)
    )


def _looks_like_header(head: bytes) -> bool:
    """Whether the first line that is no comment could be a header: short words between delimiters."""
    for line in re.split(r"\r\n|\r|\n", head.decode("latin-1"))[:200]:
        if not line.strip() or line.startswith("# ") or re.fullmatch(r"sep=.", line.strip(), re.IGNORECASE):
            continue
        cells = re.split(r"[,;\t]", line)
        return 2 <= len(cells) <= 200 and all(len(cell) <= 60 for cell in cells)
    return False


def _why_not_open(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return "there is no such file"
    if number == errno.ELOOP:
        return "this is a symbolic link; name the file itself"
    if number in (errno.EACCES, errno.EPERM):
        return "you may not read this file"
    if number == errno.ENOTDIR:
        return "a part of the path is not a directory"
    return "the file cannot be opened"
