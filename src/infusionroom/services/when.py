"""The grammar of *happened at*: what a nurse types for a moment, turned into an instant.

Nothing or `now` is now, `-10` ten minutes ago, `10:25` (or `1025`) today by the clinic's wall clock,
`10:25-05:00` the same where the clock shows a time twice, and a full ISO date and time needs its offset.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from infusionroom.services.wall_time import instants_of

_MINUS: Final = str.maketrans({"−": "-", "–": "-"})
_AGO: Final = re.compile(r"-\s*(?:(?P<hours>\d{1,2}):(?P<rest>[0-5]\d)|(?P<minutes>\d{1,4}))", re.ASCII)
_CLOCK: Final = re.compile(
    r"(?P<hour>\d{1,2}):?(?P<minute>\d{2})\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE | re.ASCII
)
_ISO: Final = re.compile(r"\d{4}-?\d{2}-?\d{2}[T ].*", re.IGNORECASE | re.ASCII)

HOW_TO: Final = "Write nothing for now, -10 for ten minutes ago, or a time as 10:25."


class WhenRefused(ValueError):
    """What was typed names no moment that can have been; `sentence` says why and what to write."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse_when(text: str, now: datetime, timezone: str, day: date) -> datetime:
    """The aware UTC instant that `text` means, never after `now`.

    `timezone` is the clinic's IANA name and `day` its clinic day, which bare times belong to.
    Raises `WhenRefused` for a future time, a wall time that the clock skipped, one that it showed twice and
    that both may have been, and for a date without an offset.
    """
    typed = text.strip().translate(_MINUS)
    present = now.astimezone(UTC)
    if typed.lower() in ("", "now"):
        return present
    if ago := _AGO.fullmatch(typed):
        minutes = int(ago["minutes"] or 0) + int(ago["hours"] or 0) * 60 + int(ago["rest"] or 0)
        return present - timedelta(minutes=minutes)
    if typed.startswith("+"):
        raise WhenRefused(f"{typed} lies in the future: an entry is about what has happened. {HOW_TO}")
    if clock := _CLOCK.fullmatch(typed):
        return _past_clock(clock, typed, present, timezone, day)
    if _ISO.fullmatch(typed):
        return _not_future(_iso(typed), present, timezone)
    raise WhenRefused(f"“{typed[:30]}” is no time. {HOW_TO}")


def local_instant(text: str, timezone: str, day: date) -> datetime:
    """The UTC instant of a wall time on `day`, past or to come: for planning.

    Raises `WhenRefused` for a time that the clock skips, or shows twice and no offset says which.
    """
    typed = text.strip().translate(_MINUS)
    clock = _CLOCK.fullmatch(typed)
    if clock is None:
        raise WhenRefused(f"“{typed[:30]}” is no time of day. Write it as 10:25.")
    moments = _moments(clock, typed, timezone, day)
    if len(moments) > 1:
        raise _twice(moments, _wall(clock, typed), timezone, day)
    return moments[0]


def _past_clock(clock: re.Match[str], typed: str, present: datetime, zone: str, day: date) -> datetime:
    moments = _moments(clock, typed, zone, day)
    past = [moment for moment in moments if moment <= present]
    if not past:
        local_now = present.astimezone(ZoneInfo(zone))
        yesterday = (day - timedelta(days=1)).isoformat()
        raise WhenRefused(
            f"{_wall(clock, typed):%H:%M} is still to come: it is {local_now:%H:%M}. "
            f"For yesterday write {yesterday}T{_wall(clock, typed):%H:%M}{_offset_text(local_now)}."
        )
    if len(past) > 1:
        raise _twice(past, _wall(clock, typed), zone, day)
    return past[0]


def _moments(clock: re.Match[str], typed: str, zone_name: str, day: date) -> list[datetime]:
    zone = ZoneInfo(zone_name)
    naive = datetime.combine(day, _wall(clock, typed))
    real = list(instants_of(naive, zone_name))
    if not real:
        raise WhenRefused(
            f"{naive:%H:%M} did not exist on {_day_text(day)}: the clocks went forward over it. "
            "Write the time after the change."
        )
    if not clock["offset"]:
        return real
    offset = _offset(clock["offset"])
    meant = [m for m in real if m.astimezone(zone).utcoffset() == offset]
    if not meant:
        there = " or ".join(_offset_text(m.astimezone(zone)) for m in real)
        raise WhenRefused(
            f"At {naive:%H:%M} on {_day_text(day)} the clinic's clock stands at {there}, "
            f"not at {clock['offset']}."
        )
    return meant


def _twice(moments: list[datetime], wall: time, zone: str, day: date) -> WhenRefused:
    forms = " or ".join(f"{wall:%H:%M}{_offset_text(m.astimezone(ZoneInfo(zone)))}" for m in moments)
    return WhenRefused(
        f"{wall:%H:%M} came twice on {_day_text(day)}, when the clocks went back: write {forms}."
    )


def _wall(clock: re.Match[str], typed: str) -> time:
    hour, minute = int(clock["hour"]), int(clock["minute"])
    if hour > 23 or minute > 59:
        raise WhenRefused(f"{typed} is no time of day: hours go from 0 to 23, minutes from 0 to 59.")
    return time(hour, minute)


def _iso(typed: str) -> datetime:
    try:
        instant = datetime.fromisoformat(typed.upper())
    except ValueError:
        raise WhenRefused(
            f"“{typed[:40]}” is no date and time. Write it as 2026-11-23T10:25-05:00."
        ) from None
    if instant.tzinfo is None:
        raise WhenRefused(f"{typed} has no offset. Write it as {typed}-05:00, with the clinic's offset.")
    return instant.astimezone(UTC)


def _not_future(instant: datetime, present: datetime, zone: str) -> datetime:
    if instant > present:
        local_now = present.astimezone(ZoneInfo(zone))
        raise WhenRefused(f"That is still to come: it is {local_now:%H:%M} on {_day_text(local_now.date())}.")
    return instant


def _offset(text: str) -> timedelta:
    if text.upper() == "Z":
        return timedelta(0)
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def _offset_text(local: datetime) -> str:
    offset = local.utcoffset() or timedelta(0)
    return datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[19:]


def _day_text(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
