"""From what stands in a field to a value: numbers with their limits, dates, times, picks. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final
from zoneinfo import available_timezones

from infusionroom.domain.dose_words import dose_text
from infusionroom.services.when import WhenRefused, local_instant, parse_when
from infusionroom.tui.forms.spec import Choice, Field, FormContext, Values

LONGEST: Final = 2000
_NUMBER: Final = re.compile(r"[+-]?\d{1,9}(\.\d{1,6})?|[+-]?\.\d{1,6}", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_DURATION: Final = re.compile(
    r"(?P<h>\d{1,2}):(?P<m>[0-5]\d)|(?P<min>\d{1,4})(?:\s*min)?|(?P<hours>\d{1,2})\s*h"
)
_CLOCK: Final = re.compile(r"(\d{1,2}):?(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Reading:
    """A field's value, or what is wrong with it.

    `unlikely` is asked about once; what is `growing` may become right with the next digit.
    """

    value: Any = None
    problem: str = ""
    unlikely: str = ""
    growing: bool = False


def read(field: Field, text: str, context: FormContext) -> Reading:
    """What stands in `field`. Nothing typed is None, and no problem unless the field is required."""
    typed = text.strip()
    if not typed and field.kind != "when":
        return Reading(problem=f"{field.label} is needed.") if field.required else Reading()
    return _READERS[field.kind](field, typed, context)


def read_all(
    fields: tuple[Field, ...], texts: dict[str, str], context: FormContext
) -> tuple[dict[str, Any], dict[str, Reading]]:
    """The values and readings of a whole form; fields that are not shown have neither."""
    values: dict[str, Any] = {}
    readings: dict[str, Reading] = {}
    for field in fields:
        if not field.shown(values, context):
            continue
        reading = read(field, texts.get(field.id, ""), context)
        readings[field.id] = reading
        values[field.id] = reading.value
    return values, readings


def _text(field: Field, typed: str, context: FormContext) -> Reading:
    if len(typed) > LONGEST:
        return Reading(problem=f"{field.label} is too long: at most {LONGEST} characters.")
    return Reading(typed)


def _integer(field: Field, typed: str, context: FormContext) -> Reading:
    if not _WHOLE.fullmatch(_ascii(typed)):
        return Reading(problem=f"{field.label} must be a whole number{_between(field, context)}.")
    return _within(field, Decimal(int(_ascii(typed))), int(_ascii(typed)), typed, context)


def _decimal(field: Field, typed: str, context: FormContext) -> Reading:
    if "," in typed:
        return Reading(problem=f"Write {field.label} with a point: {typed.replace(',', '.')[:12]}.")
    if not _NUMBER.fullmatch(_ascii(typed)):
        return Reading(problem=f"{field.label} must be a number{_between(field, context)}.")
    number = Decimal(_ascii(typed))
    return _within(field, number, number, typed, context)


def _within(field: Field, number: Decimal, value: Any, typed: str, context: FormContext) -> Reading:
    limits = field.limits(context)
    possible, likely = limits.possible, limits.likely
    shown = dose_text(number) + (f" {field.unit}" if field.unit else "")
    if possible is not None and not possible.holds(number):
        impossible = f"{shown} is impossible: {dose_text(possible.low)} to {dose_text(possible.high)}."
        return Reading(problem=impossible, growing=_may_grow(typed, possible.low, possible.high))
    if likely is not None and not likely.holds(number):
        usual = f"{shown} is unlikely: usually {dose_text(likely.low)} to {dose_text(likely.high)}."
        return Reading(value, unlikely=usual, growing=_may_grow(typed, likely.low, likely.high))
    return Reading(value)


def _may_grow(typed: str, low: Decimal, high: Decimal) -> bool:
    """Whether more digits could still bring the number into the band: 1 on the way to 120 is no mistake."""
    if not typed.isdigit():
        return False
    number = Decimal(typed)
    while 0 < number < low:
        number *= 10
        if number <= high and number + 9 >= low:
            return True
    return False


def _between(field: Field, context: FormContext) -> str:
    possible = field.limits(context).possible
    return f", {dose_text(possible.low)} to {dose_text(possible.high)}" if possible else ""


def _ascii(typed: str) -> str:
    return typed.replace("−", "-")


def pick(choices: tuple[Choice, ...], typed: str) -> Choice | None:
    """The choice that a key names."""
    return next((c for c in choices if c.key == typed), None)


def _choice(field: Field, typed: str, context: FormContext) -> Reading:
    chosen = pick(field.options(context), typed)
    if chosen is None:
        return Reading(problem=f"Choose {field.label.lower()}.")
    if chosen.closed:
        return Reading(problem=f"{chosen.label}: {chosen.closed}.")
    return Reading(chosen.value)


def _many(field: Field, typed: str, context: FormContext) -> Reading:
    options = field.options(context)
    return Reading(tuple(c.value for c in options if c.key in typed.split()))


def _when(field: Field, typed: str, context: FormContext) -> Reading:
    if typed.lower() in ("", "now"):
        return Reading()
    try:
        return Reading(parse_when(typed, context.now, context.timezone, context.day))
    except WhenRefused as refused:
        return Reading(problem=refused.sentence)


def _date(field: Field, typed: str, context: FormContext) -> Reading:
    for form in ("%Y-%m-%d", "%d %b %Y", "%b %d %Y", "%d %B %Y"):
        try:
            day = datetime.strptime(typed, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return _dated(field, day, context)
    return Reading(problem=f"Write {field.label.lower()} as {date(1971, 3, 14).isoformat()} or 14 Mar 1971.")


def _dated(field: Field, day: date, context: FormContext) -> Reading:
    if field.id == "birth_date" and not context.day.year - 120 <= day.year <= context.day.year:
        return Reading(problem=f"{day.isoformat()} is no birth date of anybody who comes today.")
    if field.id in ("birth_date", "signed_on") and day > context.day:
        return Reading(problem=f"{day.isoformat()} is still to come.")
    return Reading(day)


def _time(field: Field, typed: str, context: FormContext) -> Reading:
    clock = _CLOCK.fullmatch(typed)
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        return Reading(problem=f"Write {field.label.lower()} as 07:00.")
    return Reading(time(int(clock[1]), int(clock[2])))


def _planned_time(field: Field, typed: str, context: FormContext) -> Reading:
    # The day stands in a field of its own; here only whether it is a time at all.
    try:
        local_instant(typed, "UTC", context.day)
    except WhenRefused as refused:
        return Reading(problem=refused.sentence) if "stands at" not in refused.sentence else Reading(typed)
    return Reading(typed)


def _duration(field: Field, typed: str, context: FormContext) -> Reading:
    found = _DURATION.fullmatch(typed)
    if found is None:
        return Reading(problem=f"Write {field.label.lower()} as 4:00, or in minutes.")
    minutes = int(found["min"] or 0) + 60 * int(found["h"] or found["hours"] or 0) + int(found["m"] or 0)
    return _within(field, Decimal(minutes), minutes, typed, context)


def _zone(field: Field, typed: str, context: FormContext) -> Reading:
    known = available_timezones()
    if typed in known:
        return Reading(typed)
    lower = {name.lower(): name for name in known}
    if typed.lower().replace(" ", "_") in lower:
        return Reading(lower[typed.lower().replace(" ", "_")])
    near = zones_like(typed)
    cities = [name for name in near if name.rsplit("/", 1)[-1].lower() == typed.lower().replace(" ", "_")]
    if len(cities) == 1:
        return Reading(cities[0])
    hint = f" Did you mean {' or '.join(near[:3])}?" if near else " Write it as America/New_York."
    return Reading(problem=f"There is no time zone {typed[:40]}.{hint}")


def zones_like(typed: str) -> tuple[str, ...]:
    """Time zones whose city or name looks like what was typed, best first."""
    wanted = typed.strip().lower().replace(" ", "_")
    if not wanted:
        return ()
    names = sorted(
        n for n in available_timezones() if "/" in n and not n.startswith(("Etc/", "posix", "right"))
    )
    cities: dict[str, list[str]] = {}
    for name in names:
        cities.setdefault(name.rsplit("/", 1)[-1].lower(), []).append(name)
    begins = [n for city, found in cities.items() if city.startswith(wanted) for n in found]
    inside = [n for n in names if wanted in n.lower()]
    close = [n for city in get_close_matches(wanted, cities, n=4, cutoff=0.7) for n in cities[city]]
    return tuple(dict.fromkeys([*begins, *inside, *close]))


_READERS: Final[dict[str, Callable[[Field, str, FormContext], Reading]]] = {
    "text": _text,
    "pin": _text,
    "note": _text,
    "integer": _integer,
    "decimal": _decimal,
    "choice": _choice,
    "yes_no": _choice,
    "score": _choice,
    "many": _many,
    "when": _when,
    "date": _date,
    "time": _time,
    "planned_time": _planned_time,
    "duration": _duration,
    "zone": _zone,
}


def known_values(values: Values) -> dict[str, Any]:
    """Only what was answered."""
    return {name: value for name, value in values.items() if value is not None and value != ""}
