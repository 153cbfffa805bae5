"""One HL7 v2 message read through the kept parser: fields by number, unescaped, and clean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

from infusionroom.intake.clean import UNREADABLE, clean_text
from infusionroom.intake.hl7_frames import Frame, Lines
from infusionroom.intake.localtime import offset_of, to_utc
from infusionroom.intake.notices import NotUnderstood

_STAMP: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?:(?P<day>[0-9]{2})(?:(?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})"
    r"(?:(?P<second>[0-9]{2})(?:\.[0-9]{1,6})?)?)?)?)?)?(?P<offset>[+-][0-9]{4})?"
)
_RESOURCE_SEGMENTS: Final = ("RGS", "AIS", "AIG", "AIL", "AIP")


class Segment:
    """A segment by name; fields, repetitions, components and subcomponents count from 1."""

    def __init__(self, parsed: Any, line: int, message: Message, *, cut: bool) -> None:
        self._parsed = parsed
        self._message = message
        self.line = line
        self.cut = cut
        self.name = str(parsed[0])

    @property
    def last_field(self) -> int:
        return len(self._parsed) - 1

    def repetitions(self, field: int) -> int:
        return len(self._parsed[field]) if field <= self.last_field else 0

    def get(self, field: int, component: int = 1, sub: int = 1, repetition: int = 1) -> str:
        """The text there, unescaped and clean; empty where the sender left it out or sent the null `\"\"`."""
        leaf: Any = self._parsed[field] if field <= self.last_field else ""
        for index in (repetition, component, sub):
            if isinstance(leaf, str):
                leaf = leaf if index == 1 else ""
            else:
                leaf = leaf[index - 1] if index <= len(leaf) else ""
        raw = str(leaf)
        return "" if raw.strip() == '""' else clean_text(self._message.unescape(raw))

    def touches_end(self, field: int) -> bool:
        """Whether the message was cut off in or before this field, so that it may be a fragment."""
        return self.cut and self.last_field <= field

    def readable(self, field: int, component: int = 1, repetition: int = 1) -> str:
        """As `get`; raises `NotUnderstood` for characters that could not be read."""
        text = self.get(field, component, repetition=repetition)
        if UNREADABLE in text:
            raise self.problem(field, "a character could not be read; MSH-18 must declare the character set")
        return text

    def problem(self, field: int, why: str) -> NotUnderstood:
        return NotUnderstood(f"{self.name}-{field}", why, self.line)

    def not_a_time(self, field: int) -> NotUnderstood:
        return self.problem(field, "this is not a time of the form YYYYMMDDhhmm with or without an offset")

    def day(self, field: int, component: int = 1, repetition: int = 1) -> date | None:
        """The date part exactly as written, whatever offset follows. A year or month alone is no date."""
        text = self.get(field, component, repetition=repetition)
        match = _STAMP.fullmatch(text)
        if text and match is None:
            raise self.problem(field, "this is not a date of the form YYYYMMDD")
        if match is None or match["day"] is None:
            return None
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            raise self.problem(field, "there is no such day in the calendar") from None

    def instant(self, field: int, component: int, zone: ZoneInfo) -> datetime | None:
        """The UTC instant there, or None where nothing is said.

        Without an offset of its own a time is the clinic's: the offset in MSH-7 belongs to the moment of
        sending, which a clock change can separate from the moment of the appointment. Raises `NotUnderstood`.
        """
        text = self.get(field, component)
        if not text:
            return None
        match = _STAMP.fullmatch(text)
        if match is None or match["minute"] is None:
            raise self.not_a_time(field)
        try:
            local = datetime(  # noqa: DTZ001
                *(int(match[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second"))  # type: ignore[arg-type]
            )
        except ValueError:
            raise self.problem(field, "there is no such day or time of day") from None
        name = f"{self.name}-{field}"
        try:
            offset: timezone | None = offset_of(match["offset"], name) if match["offset"] else None
            return to_utc(local, offset, zone, name)
        except NotUnderstood as problem:
            raise self.problem(field, problem.why) from None


class Message:
    """A parsed message: its segments in order."""

    def __init__(self, lines: Lines, frame: Frame) -> None:
        import hl7

        try:
            parsed = hl7.parse(lines.text)
        except Exception:  # the parser raises what its internals raise; its words may quote the patient
            raise NotUnderstood("MSH", "the message header cannot be read", lines.numbers[0]) from None
        self._separators = tuple(str(parsed.separators))
        self._escape = str(parsed.esc)
        self._codec = lines.codec
        last = len(parsed) - 1
        # Every SIU books a resource: one that ends before its first RGS may be a fragment, line end or not.
        booked = any(segment.startswith(_RESOURCE_SEGMENTS) for segment in lines.segments)
        fragment = frame.cut or not booked
        self.segments = tuple(
            Segment(segment, number, self, cut=fragment and index == last)
            for index, (segment, number) in enumerate(zip(parsed, lines.numbers, strict=False))
        )
        self.cut = frame.cut
        self.header = self.segments[0]
        if self.header.last_field < 9 or len(str(parsed[0][2])) < 4:
            raise NotUnderstood("MSH", "the message ends inside its header: it is cut off", self.header.line)

    def all(self, name: str) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.name == name)

    def first(self, name: str) -> Segment | None:
        return next(self.all(name), None)

    def unescape(self, text: str) -> str:
        r"""Decodes `\F\ \S\ \T\ \R\ \E\ \X..\ \.br\`; what is unknown stays as it was written.

        Not the parser's own `unescape`: that one logs the text it cannot decode, and the text is a patient.
        """
        escape = self._escape
        if escape not in text:
            return text
        pattern = re.escape(escape) + "([^" + re.escape(escape) + "]{1,40})" + re.escape(escape)
        return re.sub(pattern, self._decoded, text)

    def _decoded(self, match: re.Match[str]) -> str:
        code = match[1]
        _, field, repetition, component, sub = self._separators[:5]
        plain = {"F": field, "R": repetition, "S": component, "T": sub, "E": self._escape, "H": "", "N": ""}
        if code in plain:
            return plain[code]
        if re.fullmatch(r"\.(br|sp|ce|sk|ti|in|fi|nf)([+-]?\d+)?", code):
            return " "
        if re.fullmatch(r"X([0-9A-Fa-f]{2})+", code):
            return bytes.fromhex(code[1:]).decode(self._codec, "replace")
        if re.fullmatch(r"[CM][0-9A-Fa-f]{4,6}", code):
            return UNREADABLE
        return match[0]


def sent_at_of(header: Segment, zone: ZoneInfo) -> datetime | None:
    """MSH-7 as an instant, or None where it is missing or unusable: it orders messages, nothing else."""
    try:
        sent = header.instant(7, 1, zone)
    except NotUnderstood:
        return None
    return sent.astimezone(UTC) if sent else None
