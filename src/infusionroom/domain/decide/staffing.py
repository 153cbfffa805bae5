"""Deciding on the staff list and on access: who is added, in which role, disabled; what is kept of signing in."""

from __future__ import annotations

from unicodedata import category

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.journal import Draft
from infusionroom.domain.staff import ACCESS_STREAM, STAFF_STREAM, Person, administrators

LONGEST_NAME = 100


def add_person(asked: Asked, command: cmd.AddPerson) -> list[Draft]:
    name = command.name.strip()
    if len(name) > LONGEST_NAME:
        raise refuse("name", f"A name is at most {LONGEST_NAME} characters long.")
    if any(category(char)[0] == "C" for char in name):
        raise refuse("name", "A name has no control characters and nothing else that cannot be seen.")
    if known := _same(asked, name):
        off = f"; they are disabled ({known.disabled}): enable them" if known.disabled else ""
        raise refuse("person", f"{known.name} is already on the staff list{off}.")
    return [_staff(asked, ev.PersonAdded(name=name, role=command.role))]


def give_role(asked: Asked, command: cmd.GiveRole) -> list[Draft]:
    person = _person(asked, command.name)
    if command.role in person.roles:
        raise refuse("unchanged", f"{person.name} is {command.role} already.")
    return [_staff(asked, ev.RoleGiven(name=person.name, role=command.role))]


def take_role(asked: Asked, command: cmd.TakeRole) -> list[Draft]:
    person = _person(asked, command.name)
    if command.role not in person.roles:
        raise refuse("unchanged", f"{person.name} is not {command.role}.")
    if command.role == "administrator":
        _must_not_be_the_last(asked, person)
    return [_staff(asked, ev.RoleTaken(name=person.name, role=command.role, why=command.why))]


def disable(asked: Asked, command: cmd.DisablePerson) -> list[Draft]:
    person = _person(asked, command.name)
    if person.disabled:
        raise refuse("unchanged", f"{person.name} is disabled already: {person.disabled}.")
    _must_not_be_the_last(asked, person)
    return [_staff(asked, ev.PersonDisabled(name=person.name, why=command.why))]


def enable(asked: Asked, command: cmd.EnablePerson) -> list[Draft]:
    person = _person(asked, command.name)
    if not person.disabled:
        raise refuse("unchanged", f"{person.name} is not disabled.")
    return [_staff(asked, ev.PersonEnabled(name=person.name, why=command.why))]


def set_pin(asked: Asked, command: cmd.SetPin) -> list[Draft]:
    """One's own, or by an administrator for somebody who has forgotten theirs."""
    person = _person(asked, command.name)
    if asked.actor != person.name and asked.actor not in administrators(asked.room.people):
        raise refuse("role", "A PIN is set by its owner, or by an administrator.")
    return [_staff(asked, ev.PinSet(name=person.name))]


def recover(asked: Asked, command: cmd.RecoverAdministrator) -> list[Draft]:
    """Past all roles, for whoever owns the machine; it leaves its trace in the staff list and asks for a new PIN."""
    known = _same(asked, command.name.strip())
    name = known.name if known else command.name.strip()
    body = ev.AdministratorRecovered(name=name, why=command.why, system_user=command.system_user)
    return [_staff(asked, body)]


# ── access ──────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in(asked: Asked, command: cmd.SignIn) -> list[Draft]:
    person = _person(asked, command.name)
    if person.disabled:
        raise refuse("disabled", f"{person.name} may not sign in any more: {person.disabled}.")
    return [_access(asked, ev.SignedIn(name=person.name, how=command.how))]


def fail_sign_in(asked: Asked, command: cmd.FailSignIn) -> list[Draft]:
    body = ev.SignInsFailed(
        name=command.name, count=command.count, wait_s=command.wait_s, key_of=command.key_of
    )
    return [_access(asked, body)]


def break_glass(asked: Asked, command: cmd.BreakGlass) -> list[Draft]:
    """For somebody on the staff list who cannot sign in, in their own name and roles; it is looked at afterwards."""
    person = _person(asked, command.name)
    if person.disabled:
        raise refuse("disabled", f"{person.name} may not sign in any more: {person.disabled}.")
    minutes = asked.rules.access.glass_min
    return [_staff(asked, ev.GlassBroken(name=person.name, reason=command.reason, minutes=minutes))]


def review_glass(asked: Asked, command: cmd.ReviewGlass) -> list[Draft]:
    broken = next((g for g in asked.room.glass if g.entry == command.entry), None)
    if broken is None:
        raise refuse("unknown_entry", f"Entry #{command.entry} is no emergency access.")
    if broken.reviewed_by:
        raise refuse("unchanged", f"{broken.reviewed_by} has looked at it already.")
    if broken.name == asked.actor:
        raise refuse("same_person", "Somebody else looks at an emergency access than who took it.")
    return [_staff(asked, ev.GlassReviewed(entry=command.entry, note=command.note))]


def open_record(asked: Asked, command: cmd.OpenRecord) -> list[Draft]:
    return [_access(asked, ev.RecordOpened(what=command.what, id=command.record))]


def fetch_answer(asked: Asked, command: cmd.FetchAnswer) -> list[Draft]:
    return [_access(asked, ev.AnswerFetched(what=command.what, day=command.day, format=command.format))]


def give_key(asked: Asked, command: cmd.GiveKey) -> list[Draft]:
    person = _person(asked, command.name)
    return [_staff(asked, ev.KeyGiven(name=person.name, fingerprint=command.fingerprint))]


def take_key_back(asked: Asked, command: cmd.TakeKeyBack) -> list[Draft]:
    return [_staff(asked, ev.KeyTakenBack(name=command.name, fingerprint=command.fingerprint))]


def _staff(asked: Asked, body: ev.Event) -> Draft:
    return Draft(STAFF_STREAM, body, asked.at)


def _access(asked: Asked, body: ev.Event) -> Draft:
    return Draft(ACCESS_STREAM, body, asked.at)


def _same(asked: Asked, name: str) -> Person | None:
    """The person of this name, whatever its case: case makes no second person."""
    folded = name.casefold()
    return next((p for known, p in asked.room.people.items() if known.casefold() == folded), None)


def _person(asked: Asked, name: str) -> Person:
    person = _same(asked, name.strip())
    if person is None:
        raise refuse("person", f"There is no {name.strip()[:LONGEST_NAME]} on the staff list.")
    return person


def _must_not_be_the_last(asked: Asked, person: Person) -> None:
    if administrators(asked.room.people) == (person.name,):
        raise refuse(
            "last_administrator",
            f"{person.name} is the last administrator: make somebody else one first.",
        )
