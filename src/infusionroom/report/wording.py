"""How the summary writes times, durations, amounts and people: the clinic's wall clock, `h:mm`, doses by ISMP.

Every text that comes from outside is made readable here, on one line and without anything that could reorder
a page; escaping is each format's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from infusionroom.domain.day import zone
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.events import Patient
from infusionroom.domain.names import readable
from infusionroom.domain.visit_figures import PainFigure

NOTHING: Final = "–"
MINUS: Final = "\N{MINUS SIGN}"


class LocalClock:
    """The wall clock of one clinic day: bare times on the day, dated ones off it, offsets where it is unclear."""

    def __init__(self, timezone: str, day: date) -> None:
        self._zone = zone(timezone)
        self._day = day

    def time(self, instant: datetime | None) -> str:
        """`08:05`; `24 Nov 00:30` on another day; `01:30 −05:00` where the clock shows it twice."""
        if instant is None:
            return NOTHING
        local = instant.astimezone(self._zone)
        shown = f"{local:%H:%M}"
        if self.twice(instant):
            shown += f" {self.offset(instant)}"
        return shown if local.date() == self._day else f"{local.day} {_MONTHS[local.month - 1][:3]} {shown}"

    def twice(self, instant: datetime) -> bool:
        """Whether the clock shows this time once more, an hour before or after."""
        local = instant.astimezone(self._zone)
        return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()

    def offset(self, instant: datetime) -> str:
        """`−05:00`."""
        seconds = int((instant.astimezone(self._zone).utcoffset() or timedelta()).total_seconds())
        sign, minutes = (MINUS if seconds < 0 else "+"), abs(seconds) // 60
        return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"

    def iso(self, instant: datetime | None) -> str:
        """`2026-11-23T08:05:00-05:00`: local, and unmistakable."""
        return instant.astimezone(self._zone).replace(microsecond=0).isoformat() if instant else ""

    def span(self, since: datetime, until: datetime | None) -> str:
        """`09:05–09:15`, or `from 09:05` while it lasts."""
        return f"{self.time(since)}–{self.time(until)}" if until else f"from {self.time(since)}"

    def hour(self, instant: datetime) -> str | None:
        """`09` where the clock stands at a full hour."""
        local = instant.astimezone(self._zone)
        return f"{local:%H}" if local.minute == 0 else None


def h_mm(seconds: int | None) -> str:
    """`1:52` for 6 720 s; a started minute is not over yet and is dropped."""
    if seconds is None:
        return NOTHING
    minutes = seconds // 60
    return f"{minutes // 60}:{minutes % 60:02d}"


def amount(value: Decimal | None, unit: str = "") -> str:
    """`37.9 mg`: one decimal, half up, no trailing zero."""
    return NOTHING if value is None else dose_text(quantity(value, 1), unit)


def signed(number: int) -> str:
    """`−4`, `0`, `+2`."""
    return f"{MINUS}{-number}" if number < 0 else f"+{number}" if number else "0"


def day_text(day: date) -> str:
    """`Monday 23 November 2026`, whatever the machine's language."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_text(day: date, *, short: bool = False) -> str:
    """`23 November 2026`, or `23 Nov 2026`."""
    month = _MONTHS[day.month - 1]
    return f"{day.day} {month[:3] if short else month} {day.year}"


def person(patient: Patient) -> str:
    """`Marlowe, Rae`."""
    return ", ".join(part for part in (readable(patient.family), readable(patient.given)) if part)


def identity(patient: Patient) -> str:
    """`born 1980-01-02, record R1`, as far as known."""
    born = f"born {patient.birth_date.isoformat()}" if patient.birth_date else ""
    record = f"record {readable(patient.record_number)}" if patient.record_number else ""
    return ", ".join(part for part in (born, record) if part)


def pain(figure: PainFigure | None) -> str:
    """`7`, `unable`, or nothing known."""
    if figure is None:
        return NOTHING
    return "unable" if figure.nrs is None else str(figure.nrs)


def yes_no(answer: bool | None) -> str:
    return "no answer" if answer is None else "yes" if answer else "no"


def listed(texts: Iterable[str], between: str = " · ") -> str:
    """The texts that say something, on one line."""
    return between.join(text for text in texts if text)


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
