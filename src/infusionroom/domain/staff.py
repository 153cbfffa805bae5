"""The staff list: who works here, in which roles, and who may no longer. Nobody is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.journal import Entry

STAFF_STREAM: Final = "staff"
# Who signed in and who opened which record: kept for whoever asks, folded by nobody.
ACCESS_STREAM: Final = "access"


class Person(msgspec.Struct, frozen=True):
    """Somebody on the staff list. `disabled` is why they may not act any more; empty while they may.

    `pin_set_at` is when they last set a PIN; None while they have none.
    """

    name: str
    roles: frozenset[ev.Role]
    disabled: str = ""
    pin_set_at: datetime | None = None

    @property
    def active(self) -> bool:
        return not self.disabled

    @property
    def has_pin(self) -> bool:
        """Whether they sign in by a PIN; one from before a recovery holds no more."""
        return self.pin_set_at is not None

    @property
    def only_looks(self) -> bool:
        """Whether they are a viewer and nothing else: their own terminal gets a store that is only read."""
        return self.roles == {"viewer"}


class Glass(msgspec.Struct, frozen=True):
    """An emergency access, by its journal entry, and who has looked at it since."""

    entry: int
    name: str
    reason: str
    at: datetime
    until: datetime
    terminal: str
    reviewed_by: str = ""


def evolve(people: Mapping[str, Person], entry: Entry) -> Mapping[str, Person]:
    """The staff list after one entry of its stream."""
    body = entry.body
    match body:
        case ev.PersonAdded(name=name, role=role):
            # Whoever set the room up, or began the list, keeps the house until somebody else is asked to.
            roles: frozenset[ev.Role] = frozenset({role}) if people else frozenset({role, "administrator"})
            return {**people, name: Person(name, roles)}
        case ev.RoleGiven(name=name, role=role) if name in people:
            return _with(people, name, roles=people[name].roles | {role})
        case ev.RoleTaken(name=name, role=role) if name in people:
            return _with(people, name, roles=people[name].roles - {role})
        case ev.PersonDisabled(name=name, why=why) if name in people:
            return _with(people, name, disabled=why)
        case ev.PersonEnabled(name=name) if name in people:
            return _with(people, name, disabled="")
        case ev.PinSet(name=name) if name in people:
            return _with(people, name, pin_set_at=entry.happened_at)
        case ev.AdministratorRecovered(name=name):
            known = people.get(name, Person(name, frozenset()))
            recovered = replace(known, roles=known.roles | {"administrator"}, disabled="", pin_set_at=None)
            return {**people, name: recovered}
        case _:
            return people


def glass_after(known: tuple[Glass, ...], entry: Entry) -> tuple[Glass, ...]:
    """The emergency accesses after one entry of the staff list's stream; those looked at keep by whom."""
    match entry.body:
        case ev.GlassBroken(name=name, reason=reason, minutes=minutes):
            until = entry.happened_at + timedelta(minutes=minutes)
            broken = Glass(entry.id, name, reason, entry.happened_at, until, entry.terminal)
            return (*known, broken)
        case ev.GlassReviewed(entry=target):
            return tuple(replace(g, reviewed_by=entry.actor) if g.entry == target else g for g in known)
        case _:
            return known


def keys_after(known: Mapping[str, str], entry: Entry) -> Mapping[str, str]:
    """Whose each SSH key is, by fingerprint, after one entry of the staff list's stream; nobody's once taken back."""
    match entry.body:
        case ev.KeyGiven(name=name, fingerprint=key):
            return {**known, key: name}
        case ev.KeyTakenBack(fingerprint=key):
            return {**known, key: ""}
        case _:
            return known


def administrators(people: Mapping[str, Person]) -> tuple[str, ...]:
    """Who may change the staff list now."""
    return tuple(p.name for p in people.values() if p.active and "administrator" in p.roles)


def person_named(people: Mapping[str, Person], name: str) -> Person | None:
    """The person of this name, whatever its case and spaces."""
    wanted = " ".join(name.split()).casefold()
    return next((p for p in people.values() if " ".join(p.name.split()).casefold() == wanted), None)


def pins_are_asked_for(people: Mapping[str, Person]) -> bool:
    """Whether anybody who may sign in has a PIN: until then the terminal's user is believed."""
    return any(person.active and person.has_pin for person in people.values())


def _with(people: Mapping[str, Person], name: str, **changed: object) -> Mapping[str, Person]:
    return {**people, name: replace(people[name], **changed)}
