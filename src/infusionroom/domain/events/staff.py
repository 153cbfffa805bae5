"""What can have happened to the staff list, and who came in by it: the audit of access."""

from __future__ import annotations

from datetime import date
from typing import Literal

from infusionroom.domain.events.base import Event, Role, Text

HowSignedIn = Literal["pin", "key", "glass", "machine"]
RecordKind = Literal["visit", "patient", "course"]
AnswerKind = Literal["status", "status --json", "next-day", "summary"]


class PersonAdded(Event, frozen=True, kw_only=True, tag="person_added"):
    name: Text
    role: Role


class RoleGiven(Event, frozen=True, kw_only=True, tag="role_given"):
    name: Text
    role: Role


class RoleTaken(Event, frozen=True, kw_only=True, tag="role_taken"):
    name: Text
    role: Role
    why: str = ""


class PersonDisabled(Event, frozen=True, kw_only=True, tag="person_disabled"):
    """The person may no longer sign in or give commands; what they did stays theirs. Nobody is ever deleted."""

    name: Text
    why: Text


class PersonEnabled(Event, frozen=True, kw_only=True, tag="person_enabled"):
    name: Text
    why: str = ""


class PinSet(Event, frozen=True, kw_only=True, tag="pin_set"):
    """A new PIN; the PIN itself and its hash are nowhere in the journal."""

    name: Text


class AdministratorRecovered(Event, frozen=True, kw_only=True, tag="administrator_recovered"):
    """Whoever owns the machine has made this person an administrator, past all roles; that is why it is kept."""

    name: Text
    why: Text
    system_user: str


class SignedIn(Event, frozen=True, kw_only=True, tag="signed_in"):
    name: Text
    how: HowSignedIn


class SignInsFailed(Event, frozen=True, kw_only=True, tag="sign_ins_failed"):
    """So many wrong PINs in a row for this name that its next try has to wait; over SSH, by whose key."""

    name: Text
    count: int
    wait_s: int
    key_of: str = ""


class GlassBroken(Event, frozen=True, kw_only=True, tag="glass_broken"):
    """Emergency access without a PIN (45 CFR 164.312(a)(2)(ii)): by whom, why, for how many minutes."""

    name: Text
    reason: Text
    minutes: int


class GlassReviewed(Event, frozen=True, kw_only=True, tag="glass_reviewed"):
    """Somebody responsible has looked at the emergency access that stands in journal entry `entry`."""

    entry: int
    note: Text


class RecordOpened(Event, frozen=True, kw_only=True, tag="record_opened"):
    """Somebody has opened a full record: who saw what is kept as well as who changed what."""

    what: RecordKind
    id: Text


class AnswerFetched(Event, frozen=True, kw_only=True, tag="answer_fetched"):
    """Somebody has fetched what is known of a clinic day, past any screen: everybody who came that day is in it."""

    what: AnswerKind
    day: date
    format: str = ""


class KeyGiven(Event, frozen=True, kw_only=True, tag="key_given"):
    """Somebody may come in by this SSH key from here on; by its fingerprint, never the key itself."""

    name: Text
    fingerprint: Text


class KeyTakenBack(Event, frozen=True, kw_only=True, tag="key_taken_back"):
    name: Text
    fingerprint: Text
