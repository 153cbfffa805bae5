"""Deciding on the room itself: set up, hours and chairs, the clinic's rules, its people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band, Rules, UnknownRule, with_rule
from infusionroom.domain.day import UnknownTimezone, zone
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.journal import Draft
from infusionroom.domain.room import ROOM_STREAM, STAFF_STREAM

MOST_CHAIRS = 99
LARGEST_RULE = 100_000
LONGEST_FOLLOW_UP_DAYS = 366
_ABOVE_ZERO = frozenset(
    {
        "dose.duration_min",
        "dose.pump_step_ml_h",
        "dose.concentration_mg_ml",
        "vitals.often_min",
        "vitals.later_min",
        "follow_up.length_days",
    }
)


def set_up_room(asked: Asked, command: cmd.SetUpRoom) -> list[Draft]:
    if asked.room.clinic is not None:
        raise refuse("already_set_up", f"This store already holds the room “{asked.room.clinic.name}”.")
    try:
        zone(command.timezone)
    except UnknownTimezone as error:
        raise refuse("timezone", f"Set up: {error}.") from None
    _sound_chairs(command.chairs)
    if command.opens >= command.closes:
        raise refuse("hours", "Set up: the room must open before it closes, on one day.")
    body = ev.RoomSetUp(
        name=command.name.strip(),
        timezone=command.timezone,
        opens=command.opens,
        closes=command.closes,
        chairs=command.chairs,
    )
    first = ev.PersonAdded(name=command.first_user.strip(), role="charge nurse")
    return [Draft(ROOM_STREAM, body, asked.at), Draft(STAFF_STREAM, first, asked.at)]


def change_room(asked: Asked, command: cmd.ChangeRoom) -> list[Draft]:
    clinic = asked.clinic
    if all(given is None for given in (command.name, command.opens, command.closes, command.chairs)):
        raise refuse("unchanged", "Room: say what is to change: name, opens, closes or chairs.")
    if command.name is not None and not command.name.strip():
        raise refuse("name", "Room: a room needs a name.")
    if (command.opens or clinic.opens) >= (command.closes or clinic.closes):
        raise refuse("hours", "The room must open before it closes, on one day.")
    if command.chairs is not None:
        _sound_chairs(command.chairs)
        for visit in asked.room.visits.values():
            if visit.here and visit.chair is not None and visit.chair > command.chairs:
                raise refuse("chairs", f"Chair {visit.chair} is taken by {visit.patient.family}.")
    body = ev.RoomChanged(
        name=command.name, opens=command.opens, closes=command.closes, chairs=command.chairs
    )
    return [Draft(ROOM_STREAM, body, asked.at)]


def change_rule(asked: Asked, command: cmd.ChangeRule) -> list[Draft]:
    try:
        rules = with_rule(asked.clinic.rules, command.name, command.value)
    except UnknownRule as error:
        raise refuse("rule", f"Rule: {error}.") from None
    _sound_rules(rules, command.name)
    body = ev.RuleChanged(name=command.name, value=command.value, signed_off_by=command.signed_off_by)
    return [Draft(ROOM_STREAM, body, asked.at)]


def _sound_chairs(chairs: int) -> None:
    if not 1 <= chairs <= MOST_CHAIRS:
        raise refuse("chairs", f"A room has 1 to {MOST_CHAIRS} chairs.")


def _sound_rules(rules: Rules, name: str) -> None:
    """Raises `NotAllowed` for a number that would stop the room: negative, endless, or a band upside down."""
    value: Any = rules
    for step in name.split("."):
        value = getattr(value, step)
    numbers = [value.low, value.high] if isinstance(value, Band) else [value]
    if isinstance(value, tuple):
        numbers = list(value)
    largest = LONGEST_FOLLOW_UP_DAYS if name.startswith("follow_up.") else LARGEST_RULE
    for number in numbers:
        if isinstance(number, Decimal) and not number.is_finite():
            raise refuse("rule", f"Rule: {name} must be a number.")
        if isinstance(number, int | Decimal) and not 0 <= number <= largest:
            raise refuse("rule", f"Rule: {name} must lie between 0 and {largest}.")
    if isinstance(value, Band) and value.low > value.high:
        raise refuse("rule", f"Rule: the lower end of {name} is above the upper one.")
    if name in _ABOVE_ZERO and not value:
        raise refuse("rule", f"Rule: {name} must be above 0.")
