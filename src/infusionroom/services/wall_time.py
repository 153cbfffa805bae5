"""What a wall clock's time means: one instant, none where the clocks skip it, two where they show it again."""

from __future__ import annotations

from datetime import UTC, datetime


def instants_of(wall: datetime, timezone: str) -> tuple[datetime, ...]:
    """The UTC instants at which a clock in the IANA zone shows the naive time `wall`, the earlier first.

    Pendulum knows the zone's changes; it is imported here and not before, for the board does without it.
    Raises `OverflowError` at the ends of the calendar.
    """
    import pendulum
    from pendulum.tz.exceptions import AmbiguousTime, NonExistingTime

    zone = pendulum.timezone(timezone)
    try:
        return (zone.convert(wall, raise_on_unknown_times=True).astimezone(UTC),)
    except NonExistingTime:
        return ()
    except AmbiguousTime:
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return first, second
