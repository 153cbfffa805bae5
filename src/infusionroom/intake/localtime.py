"""Times as strangers write them → aware UTC instants. What a clock change makes unclear is never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from infusionroom.intake.notices import NotUnderstood
from infusionroom.services.wall_time import instants_of

OLDEST_YEARS: Final = 3
AHEAD: Final = timedelta(days=1)
OLDEST_PERSON_YEARS: Final = 120
LONGEST_MIN: Final = 24 * 60

_OFFSET: Final = re.compile(r"([+-])(\d{2}):?(\d{2})")


def local_to_utc(local: datetime, zone: ZoneInfo, field: str) -> datetime:
    """The instant of a naive local time in the clinic's zone.

    Raises `NotUnderstood` for a time that a clock change skips, and for one that it repeats: only an offset
    can say which of the two is meant.
    """
    try:
        moments = instants_of(local, zone.key)
    except (OverflowError, ValueError):
        raise NotUnderstood(field, "this date is outside the calendar that can be worked with") from None
    if len(moments) == 1:
        return moments[0]
    if not moments:
        raise NotUnderstood(
            field, f"this local time does not exist in {zone.key}: the clocks are put forward"
        )
    raise NotUnderstood(
        field, f"this local time comes twice in {zone.key}: the clocks are put back; add the offset from UTC"
    )


def offset_of(text: str, field: str) -> timezone:
    """`Z`, `+0215`, `-05:00` → the offset. Raises `NotUnderstood`."""
    if text in ("Z", "z"):
        return UTC_ZONE
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        raise NotUnderstood(field, "the offset from UTC is not one; write it as +hh:mm or -hh:mm")
    minutes = int(match[2]) * 60 + int(match[3])
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def to_utc(local: datetime, offset: timezone | None, zone: ZoneInfo, field: str) -> datetime:
    """The instant of a local time: by its own offset where it has one, else by the clinic's zone."""
    if offset is None:
        return local_to_utc(local, zone, field)
    try:
        return local.replace(tzinfo=offset).astimezone(UTC)
    except OverflowError:
        raise NotUnderstood(field, "this date is outside the calendar that can be worked with") from None


def minutes_between(start: datetime, end: datetime, field: str) -> int | None:
    """Whole minutes, rounded up; None where both are equal, or a day and more lies between them.

    Raises `NotUnderstood` for an end before the start.
    """
    if end < start:
        raise NotUnderstood(field, "the appointment ends before it starts")
    minutes = -(-int((end - start).total_seconds()) // 60)
    return minutes if 0 < minutes <= LONGEST_MIN else None


def believable(sent_at: datetime | None, start: datetime | None, now: datetime) -> datetime | None:
    """`sent_at` where it can order messages, else None: then the order of arrival decides.

    Some senders' clocks are wrong (one real message claims to be 32 years older than its appointment). Nobody
    books more than a few years ahead, and nothing is sent in the future.
    """
    if sent_at is None or sent_at > now + AHEAD:
        return None
    if start is not None and (start - sent_at) > timedelta(days=366 * OLDEST_YEARS):
        return None
    return sent_at


def check_birth_date(born: date | None, today: date, field: str) -> date | None:
    """`born` where a living person can have it. Raises `NotUnderstood`."""
    if born is None:
        return None
    if born > today:
        raise NotUnderstood(field, "the birth date lies in the future")
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years > OLDEST_PERSON_YEARS:
        raise NotUnderstood(field, f"the birth date makes the person older than {OLDEST_PERSON_YEARS} years")
    return born


UTC_ZONE: Final = timezone(timedelta(0))
