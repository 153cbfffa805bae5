"""One line of JSON → one command. What JSON leaves open is closed here: numbers are exact, nothing comes twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, NoReturn

import msgspec

from infusionroom.domain.commands import AnyCommand, Command
from infusionroom.domain.outcome import Reason
from infusionroom.services.when import WhenRefused, local_instant, parse_when

LONGEST_LINE: Final = 1_000_000
LONGEST_ID: Final = 200
# Far beyond any dose, rate, chair or version; what is larger is a slip or an attack.
_LARGEST: Final = 10**12
_FINEST: Final = -30
_YEARS: Final = range(1900, 2200)
_PLACE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)
# What the decoder says of a field by its name, of a choice, and of a moment, is said here by path and in words.
_FIELD: Final = re.compile(r"Object (?P<what>missing required|contains unknown) field `(?P<field>[^`]*)`")
_NOT_A_CHOICE: Final = re.compile(r"Invalid (?:enum )?value ")
_NO_MOMENT: Final = {
    "Invalid RFC3339 encoded datetime": "this is no date and time: write it as 2026-11-23T10:25-05:00",
    "Invalid RFC3339 encoded date": "this is no date: write it as 2026-11-23",
    "Invalid RFC3339 encoded time": "this is no time of day: write it as 07:00",
}


class LineRefused(Exception):
    """A line that is no command; `field` is the path of what is wrong in it, `$` for the whole.

    `command` is the id that the line gave, where it could be read.
    """

    def __init__(self, rule: str, why: str, field: str = "$", command: str | None = None) -> None:
        super().__init__(rule)
        self.rule, self.why, self.field, self.command = rule, why, field, command

    def reason(self, line: int) -> Reason:
        place = f"line {line}" if self.field == "$" else f"line {line}, {self.field.removeprefix('$.')}"
        return Reason(self.rule, f"{place}: {self.why}")


class Moment(msgspec.Struct, frozen=True):
    """What bare times are read against: now, the clinic's time zone and its clinic day."""

    now: datetime
    timezone: str
    day: date


def read_command(line: bytes, moment: Moment) -> Command:
    """The command that one line of JSON says; `at` and `new_at` may be `-10`, `10:25` or ISO with offset.

    Raises `LineRefused`.
    """
    given = _parsed(line)
    if not isinstance(given, dict):
        raise LineRefused("json", "a command is one JSON object")
    named = given.get("id")
    command_id = named if isinstance(named, str) else None
    try:
        for field in ("at", "new_at"):
            if isinstance(given.get(field), str):
                given[field] = _instant(given[field], field, moment)
        _read_moments(given.get("plan"))
        _read_hours(given)
        command: Command = _converted(given)
        for field, value in _leaves(command, "$"):
            if why := _unsound(value):
                raise LineRefused("json", why, field)
        if command_id is not None and len(command_id) > LONGEST_ID:
            raise LineRefused("json", f"an id has at most {LONGEST_ID} characters", "$.id")
    except LineRefused as refused:
        refused.command = command_id if command_id is None or len(command_id) <= LONGEST_ID else None
        raise
    return command


def _parsed(line: bytes) -> Any:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineRefused("json", f"this is not UTF-8, from byte {error.start + 1} on") from None
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_each_key_once,
        )
    except json.JSONDecodeError as error:
        raise LineRefused("json", f"this is not JSON: {error.msg.lower()} at column {error.colno}") from None
    except RecursionError:
        raise LineRefused("json", "this is nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise LineRefused("json", "a number in it is longer than any number is here") from None


def _no_number(word: str) -> NoReturn:
    raise LineRefused("json", f"{word} is no number")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise LineRefused("json", "this field is given twice", f"$.{key[:100]}")
        found[key] = value
    return found


def _read_moments(plan: Any) -> None:
    """Reads the moments of a plan as ISO 8601 has them, seconds or not; what is none is left as it is."""
    for field in ("start", "sent_at"):
        if isinstance(plan, dict) and isinstance(plan.get(field), str):
            with suppress(ValueError):
                plan[field] = datetime.fromisoformat(plan[field])


def _read_hours(given: dict[str, Any]) -> None:
    """Reads the door's hours with or without seconds; what is none is left as it is."""
    for field in ("opens", "closes"):
        if isinstance(given.get(field), str):
            with suppress(ValueError):
                given[field] = time.fromisoformat(given[field])


def _instant(text: str, field: str, moment: Moment) -> datetime:
    try:
        instant: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is not None and instant.tzinfo is not None and len(text) > len("10:25-05:00"):
        # An instant that is still to come is the room's to refuse, by its own rule.
        return instant
    try:
        return parse_when(text, moment.now, moment.timezone, moment.day)
    except WhenRefused as refused:
        rule = "future" if _still_to_come(text, moment) else "at"
        raise LineRefused(rule, refused.sentence, f"$.{field}") from None
    except (ValueError, OverflowError):
        raise LineRefused("at", "this is no time that can have been", f"$.{field}") from None


def _still_to_come(text: str, moment: Moment) -> bool:
    if text.strip().startswith("+"):
        return True
    try:
        return local_instant(text, moment.timezone, moment.day) > moment.now
    except (WhenRefused, ValueError, OverflowError):
        return False


def _converted(given: dict[str, Any]) -> Command:
    try:
        command: Command = msgspec.convert(given, AnyCommand)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from None
    except (ValueError, ArithmeticError):
        raise LineRefused("json", "a number in it is larger than any number is here") from None
    return command


def _misfit(error: str) -> LineRefused:
    """What the decoder has against a line, with the path of the very field it is about."""
    found = _PLACE.match(error)
    assert found is not None
    what, place = found["what"], found["place"] or "$"
    if field := _FIELD.match(what):
        why = (
            "this field is missing" if field["what"].startswith("missing") else "there is no such field here"
        )
        return LineRefused("json", why, f"{place}.{field['field'][:100]}")
    if what in _NO_MOMENT:
        return LineRefused("json", _NO_MOMENT[what], place)
    why = what[:1].lower() + what[1:]
    if _NOT_A_CHOICE.match(what):
        why += "; “infusionroom do --schema” lists what can stand here"
    return LineRefused("json", why, place)


def _leaves(value: Any, field: str) -> Iterator[tuple[str, Any]]:
    """Every plain value of a command, with its path."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _leaves(getattr(value, name), f"{field}.{name}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{field}.{str(key)[:100]}", key
            yield from _leaves(inner, f"{field}.{str(key)[:100]}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{field}[{number}]")
    else:
        yield field, value


def _unsound(value: Any) -> str:
    """Why no entry could hold this value; empty for all that is meant."""
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
                return "a text holds a NUL or half of a character"
        case Decimal():
            if not value.is_finite():
                return "this is no number"
            if value and (abs(value) >= _LARGEST or value.adjusted() < _FINEST or _places(value) > -_FINEST):
                return "this number is larger or finer than any number is here"
        case int():
            if abs(value) >= _LARGEST:
                return "this number is larger than any number is here"
        case datetime():
            if value.tzinfo is None:
                return "a moment needs its offset: write it as 2026-11-23T10:25-05:00"
            if value.year not in _YEARS:
                return f"this moment is not between {_YEARS.start} and {_YEARS.stop}"
        case time():
            if value.tzinfo is not None:
                return "the door goes by the clinic's own clock: leave the offset out"
        case _:
            pass
    return ""


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
