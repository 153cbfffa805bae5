"""Times and durations in words, as the board says them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from infusionroom.domain.board import VitalsDue

SECONDS_MATTER_BELOW = 120
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=32)
def zone(name: str) -> ZoneInfo:
    """The clinic's time zone."""
    return ZoneInfo(name)


def clock_time(instant: datetime, timezone: str) -> str:
    """`10:42`, local to the clinic."""
    return instant.astimezone(zone(timezone)).strftime("%H:%M")


def day_words(day: date) -> str:
    """`Mon 23 Nov 2026`, the same in every locale."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def h_mm(seconds: int) -> str:
    """Whole minutes as `h:mm`; never below zero."""
    minutes = max(0, seconds) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def left_words(seconds: int) -> str:
    """What is left of an infusion: `2:14 left`, seconds under two minutes, and how far it is over after that."""
    if seconds <= -60:
        return f"{h_mm(-seconds)} over"
    if seconds <= 0:
        return "ends now"
    if seconds < SECONDS_MATTER_BELOW:
        return f"{seconds} s left"
    return f"{h_mm(seconds)} left"


def due_words(due: VitalsDue) -> str:
    """When vitals are due: `in 7`, `due`, `11 late`."""
    if due.kind == "none":
        return ""
    if due.kind == "in":
        return f"in {due.minutes}" if due.minutes < 60 else f"in {h_mm(due.minutes * 60)}"
    if due.kind == "due" and due.minutes < 1:
        return "due"
    if due.kind == "due":
        return f"due {due.minutes}"
    return f"{due.minutes} late" if due.minutes < 60 else f"{h_mm(due.minutes * 60)} late"


def due_fit(due: VitalsDue, width: int) -> str:
    """`due_words` within `width` cells (7 or more): hours alone where minutes would push out what follows."""
    words = due_words(due)
    if len(words) <= width:
        return words
    return f"{due.minutes // 60}h late"


def due_style(due: VitalsDue) -> str:
    """The style that goes with `due_words`."""
    return {"none": "dim", "in": "text", "due": "strong", "low": "low", "medium": "medium"}[due.kind]


def ago_words(seconds: int) -> str:
    """An age in words: `under a minute`, `4 min`, `2:05 h`."""
    if seconds < 60:
        return "under a minute"
    return f"{seconds // 60} min" if seconds < 3600 else f"{h_mm(seconds)} h"
