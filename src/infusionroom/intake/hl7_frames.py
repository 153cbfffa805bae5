"""A file of HL7 v2 messages → its messages, each alone, so that a broken one cannot harm its neighbours.

The kept parser reads one message; this is what comes before it: MLLP framing, batch envelopes, line ends of
any kind, the declared character set, and where a message was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from infusionroom.intake.notices import NotUnderstood

# At the beginning of a line any separator counts. In the middle only a whole header does: a message cut off
# without a line end leaves that behind when the next one follows it.
_START: Final = re.compile(
    rb"(?:\A|(?<=[\r\n\x0b\x1c]))[ \t]*(?P<kind>MSH|FHS|BHS|BTS|FTS)(?=[^\w\s])"
    rb"|(?P<glued>MSH)(?=([^\w\s])[^\w\s]{4,5}\3)"
)
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_TEXT_LINE_END: Final = re.compile("\r\n|\r|\n")

_CHARACTER_SETS: Final = {
    "": "utf-8",
    "ASCII": "utf-8",
    "UTF-8": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5",
    "KS X 1001": "euc_kr",
    "ISO IR87": "iso2022_jp",
    **{f"8859/{part}": f"iso8859_{part}" for part in (*range(1, 12), 13, 14, 15, 16)},
}


class Frame(msgspec.Struct, frozen=True):
    """The bytes of one message or envelope segment.

    `kind` is MSH, FHS, BHS, BTS, FTS, or empty for what stands before the first of them. `line` counts
    from 1. `cut` says that no line end follows the last segment: it may be a fragment.
    """

    kind: str
    line: int
    data: bytes
    cut: bool


class Lines(msgspec.Struct, frozen=True):
    """A message as text: its segments, the line each stands in, and the character set it was read with."""

    segments: tuple[str, ...]
    numbers: tuple[int, ...]
    codec: str

    @property
    def text(self) -> str:
        return "\r".join(self.segments)


def frames_of(data: bytes) -> Iterator[Frame]:
    """Everything in the file, in its order; blank parts are left out."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    starts = [
        (m.start(m.lastgroup or 0), (m["kind"] or b"MSH").decode("ascii")) for m in _START.finditer(data)
    ]
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, ""))
    line, counted = 1, 0
    for (begin, kind), end in zip(starts, [s for s, _ in starts[1:]] + [len(data)], strict=True):
        line += len(_LINE_END.findall(data[counted:begin]))
        counted = begin
        part = data[begin:end]
        if not part.strip(b" \t\r\n\x0b\x1c\x00"):
            continue
        ended = part.rstrip(b" \t\x0b").endswith((b"\r", b"\n", b"\x1c"))
        yield Frame(kind, line, part, cut=not ended)


def lines_of(frame: Frame) -> Lines:
    """The segments of a message, decoded by MSH-18. Raises `NotUnderstood` naming MSH-18."""
    codec = codec_of(frame.data)
    try:
        text = frame.data.decode(codec)
    except (UnicodeDecodeError, ValueError) as problem:
        at = problem.start if isinstance(problem, UnicodeDecodeError) else 0
        line = frame.line + len(_LINE_END.findall(frame.data[:at]))
        why = f"the text is not in the character set that MSH-18 declares (read as {codec})"
        raise NotUnderstood("MSH-18", why, line) from None
    separator = text.lstrip(" \t")[3:4] or "|"
    segment = re.compile(rf"[A-Z][A-Z0-9]{{2}}(?:{re.escape(separator)}|$)")
    kept: list[str] = []
    numbers: list[int] = []
    for number, line_text in enumerate(_TEXT_LINE_END.split(text), start=frame.line):
        bare = line_text.strip(" \t\x0b\x1c\x00")
        if not bare:
            continue
        if segment.match(bare) or not kept:
            kept.append(bare)
            numbers.append(number)
        elif not (frame.cut and len(bare) < 3):
            # A line break inside a text, sent unescaped: the words belong to the segment before.
            kept[-1] += " " + bare
    return Lines(tuple(kept), tuple(numbers), codec)


def codec_of(data: bytes) -> str:
    """The codec for what MSH-18 declares; UTF-8 where it declares nothing, or nothing known."""
    header = _LINE_END.split(data.lstrip(b" \t"), maxsplit=1)[0].decode("latin-1")
    fields = header.split(header[3:4] or "|")
    declared = fields[17] if len(fields) > 17 else ""
    repetition = fields[1][1:2] if len(fields) > 1 else ""
    first = declared.split(repetition)[0] if repetition else declared
    return _CHARACTER_SETS.get(first.strip().upper(), "utf-8")


def readable(data: bytes) -> str:
    """A message's text for a retry; what cannot be read is marked and will be named again."""
    return data.decode(codec_of(data), "replace").strip("\x0b\x1c\x00")
