"""What may be asked about the staff list, signing in, and opening records."""

from __future__ import annotations

from datetime import date

from infusionroom.domain.commands.base import Command
from infusionroom.domain.events import AnswerKind, HowSignedIn, RecordKind, Role, Text


class AddPerson(Command, frozen=True, kw_only=True, tag="add_person"):
    name: Text
    role: Role


class GiveRole(Command, frozen=True, kw_only=True, tag="give_role"):
    name: Text
    role: Role


class TakeRole(Command, frozen=True, kw_only=True, tag="take_role"):
    """The last administrator keeps theirs: nobody locks everybody out."""

    name: Text
    role: Role
    why: str = ""


class DisablePerson(Command, frozen=True, kw_only=True, tag="disable_person"):
    name: Text
    why: Text


class EnablePerson(Command, frozen=True, kw_only=True, tag="enable_person"):
    name: Text
    why: str = ""


class SetPin(Command, frozen=True, kw_only=True, tag="set_pin"):
    """Says that a PIN was set; the PIN goes to the sign-in service and never travels in a command."""

    name: Text


class RecoverAdministrator(Command, frozen=True, kw_only=True, tag="recover_administrator"):
    """Makes a person an administrator past all roles: only from the command line of whoever owns the machine."""

    name: Text
    why: Text
    system_user: Text


class SignIn(Command, frozen=True, kw_only=True, tag="sign_in"):
    name: Text
    how: HowSignedIn


class FailSignIn(Command, frozen=True, kw_only=True, tag="fail_sign_in"):
    """Keeps that wrong PINs were entered so often that the next try has to wait."""

    name: Text
    count: int
    wait_s: int
    key_of: str = ""


class BreakGlass(Command, frozen=True, kw_only=True, tag="break_glass"):
    """Emergency access in somebody's own name without a PIN, with a reason, for the clinic's minutes."""

    name: Text
    reason: Text


class ReviewGlass(Command, frozen=True, kw_only=True, tag="review_glass"):
    entry: int
    note: Text


class OpenRecord(Command, frozen=True, kw_only=True, tag="open_record"):
    """Somebody opens a full record, by its id: kept, for whoever asks later who saw it."""

    what: RecordKind
    record: Text


class FetchAnswer(Command, frozen=True, kw_only=True, tag="fetch_answer"):
    """Somebody fetches what is known of a clinic day: kept before they get it."""

    what: AnswerKind
    day: date
    format: str = ""


class GiveKey(Command, frozen=True, kw_only=True, tag="give_key"):
    """Keeps that a person may come in by an SSH key: only from the command line of whoever owns the machine."""

    name: Text
    fingerprint: Text


class TakeKeyBack(Command, frozen=True, kw_only=True, tag="take_key_back"):
    name: Text
    fingerprint: Text
