"""The clinic day: `[local midnight, next local midnight)`, 23, 24 or 25 hours long."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class UnknownTimezone(ValueError):
    """No time zone has this name."""


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises `UnknownTimezone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimezone(
            f"there is no time zone named {name!r}; an example is America/New_York"
        ) from None


def local(instant: datetime, timezone: str) -> datetime:
    """The instant on the clinic's own wall clock: for eyes, never for arithmetic."""
    return instant.astimezone(zone(timezone))


def clinic_day(instant: datetime, timezone: str) -> date:
    """The clinic day an aware instant belongs to."""
    return local(instant, timezone).date()


def at_local(day: date, moment: time, timezone: str) -> datetime:
    """The UTC instant of a wall-clock time on a clinic day.

    A time that the spring change leaves out is moved past the gap; of a repeated one the first is meant.
    """
    return datetime.combine(day, moment, zone(timezone)).astimezone(UTC)


def day_bounds(day: date, timezone: str) -> tuple[datetime, datetime]:
    """When the clinic day begins and ends, as UTC instants; the end is not part of it."""
    midnight = time(0)
    return at_local(day, midnight, timezone), at_local(day + timedelta(days=1), midnight, timezone)
