"""The staff list in rows: who, in which roles, with a PIN or not; and the emergency accesses to look at."""

from __future__ import annotations

from typing import Final

from infusionroom.domain.day import local
from infusionroom.domain.roles import ROLES
from infusionroom.domain.room import Room
from infusionroom.domain.staff import Glass, Person
from infusionroom.tui.present.cells import Cell, Line, Row, clean, cut, fit
from infusionroom.tui.present.times import clock_time

NAME: Final = 22
ROLE: Final = 30
PERSON, GLASS = "person:", "glass:"
STAFF_EMPTY: Final = ("Nobody is on the staff list yet.", "a adds somebody.")


def staff_head(width: int) -> Line:
    """The columns of the list."""
    return (Cell(f"  {fit('Name', NAME)}{fit('Roles', ROLE)}{fit('PIN', 12)}", "dim"),)


def staff_rows(room: Room, width: int) -> tuple[Row, ...]:
    """First what somebody has to look at, then the people: who may act before who no longer may."""
    zone = room.clinic.timezone if room.clinic is not None else "UTC"
    waiting = tuple(_glass(glass, zone, width) for glass in unseen(room))
    people = sorted(room.people.values(), key=lambda person: (not person.active, person.name.casefold()))
    return (*waiting, *(_person(person, zone, width) for person in people))


def unseen(room: Room) -> tuple[Glass, ...]:
    """The emergency accesses that nobody has looked at."""
    return tuple(glass for glass in room.glass if not glass.reviewed_by)


def unseen_words(room: Room) -> str:
    """`1 emergency access`, or nothing."""
    count = len(unseen(room))
    return f"{count} emergency access{'es' if count > 1 else ''}" if count else ""


def _person(person: Person, zone: str, width: int) -> Row:
    roles = ", ".join(role for role in ROLES if role in person.roles) or "no role"
    pin = f"{local(person.pin_set_at, zone):%Y-%m-%d}" if person.pin_set_at is not None else "none"
    off = f"  disabled: {clean(person.disabled)}" if person.disabled else ""
    style = "dim" if person.disabled else "name"
    left = max(0, width - 2 - NAME - ROLE - 12)
    return Row(
        PERSON + person.name,
        (
            Cell("  "),
            Cell(fit(cut(clean(person.name), NAME - 2), NAME), style),
            Cell(fit(cut(roles, ROLE - 2), ROLE), "dim" if person.disabled else "text"),
            Cell(fit(pin, 12), "text" if person.pin_set_at is not None else "warn"),
            Cell(fit(cut(off, left), left), "dim"),
        ),
    )


def _glass(glass: Glass, zone: str, width: int) -> Row:
    when = f"{local(glass.at, zone):%Y-%m-%d} {clock_time(glass.at, zone)}"
    words = f"! {when}  {clean(glass.name)} without a PIN at {clean(glass.terminal)}: {clean(glass.reason)}"
    return Row(f"{GLASS}{glass.entry}", (Cell(fit(cut(words, width), width), "warn"),))
