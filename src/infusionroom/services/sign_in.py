"""Signing in by name and PIN: tries are counted before they are looked at, and wrong ones make the next one wait.

Everything here blocks, for a tenth of a second or two while a PIN is compared: it is called in threads.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Done, Outcome, Refused
from infusionroom.domain.staff import Person, person_named, pins_are_asked_for
from infusionroom.services import pins
from infusionroom.services.errors import translated
from infusionroom.services.room import RoomService
from infusionroom.services.session import Refusal, Session
from infusionroom.store import Credential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain.events import HowSignedIn
    from infusionroom.store import Writing

WRONG: Final = "Name and PIN do not go together."
_MOST_STRANGERS: Final = 200


class SignIns:
    """Who may sit down at this terminal. Raises `RoomUnreachable` and `RoomRefused` as the room does.

    Where a key opened it over SSH, `key_of` is whose: nobody in the clinic sees who sits there, so anybody else needs
    their PIN.
    """

    def __init__(self, room: RoomService, terminal: str, *, key_of: str = "") -> None:
        self._room, self._terminal, self._key_of = room, terminal, key_of
        # Of names that nobody has: they wait as long as others, and nothing is written about them.
        self._strangers: dict[str, Credential] = {}

    # ── signing in ──────────────────────────────────────────────────────────────────────────────────────────

    def check(self, name: str, pin: str, *, second: bool = False) -> Session | Refusal:
        """Lets a person in by their PIN, or says why not and how long to wait.

        A name that nobody has takes as long and is answered alike. Whoever has no PIN is believed for as long as
        nobody has one, but not at a terminal that somebody else's key opened. As the `second` person of a form they
        vouch for that form only, which is not kept as a sign-in of its own.
        """
        self._room.refresh()
        person = person_named(self._room.state.people, name)
        if person is None:
            return self._stranger(name)
        if not person.has_pin:
            return self._without_pin(person, second=second)
        before = self._counted(person.name)
        if isinstance(before, Refusal):
            return before
        if not pins.matches(before.hash, pin):
            return self._wrong(person.name, before)
        return self._let_in(person, "pin", before, pin, second=second)

    def _without_pin(self, person: Person, *, second: bool) -> Session | Refusal:
        pins.matches("", "")
        if self.somebody_elses(person.name) or pins_are_asked_for(self._room.state.people):
            return Refusal(f"{person.name} has no PIN yet: an administrator sets one in the staff list.")
        return self._let_in(person, "key" if self._key_of else "machine", None, "", second=second)

    def _let_in(
        self, person: Person, how: HowSignedIn, known: Credential | None, pin: str, *, second: bool
    ) -> Session | Refusal:
        if not person.active:
            return Refusal(f"{person.name} may not sign in any more: {person.disabled}.")
        forgiven = None if known is None else _forgiven(known, pin)
        if not second:
            outcome = self._give(cmd.SignIn(name=person.name, how=how), person.name, beside=forgiven)
            if not isinstance(outcome, Done):
                return _refusal(outcome)
        elif forgiven is not None:
            with translated(), self._room.store.writing(pins=True) as writing:
                forgiven(writing)
        return Session(person.name, how, self._room.clock.now())

    def without_pins(self) -> str:
        """What is said of a name alone while nobody in the room has a PIN."""
        if self._key_of:
            return f"Over SSH only {self._key_of}, whose key it is, needs no PIN."
        return "Nobody has a PIN yet: your name is enough."

    def somebody_elses(self, name: str) -> bool:
        """Whether a key opened this terminal that is not this person's."""
        return bool(self._key_of) and name != self._key_of

    # ── wrong tries ─────────────────────────────────────────────────────────────────────────────────────────

    def _counted(self, name: str) -> Credential | Refusal:
        """The credential with this try counted in it, as though it were wrong: several at once gain nothing."""
        if self._room.store.read_only:
            return Refusal("This terminal only looks. It cannot count wrong PINs, and so it looks at none.")
        with translated(), self._room.store.writing(pins=True) as writing:
            now = writing.server_now or self._room.clock.now()
            known = writing.credential(name)
            if known is None or not known.hash:
                return _lost(name)
            if waits := _waits(known, now):
                return waits
            counted = _one_more(known, now)
            writing.save_credential(counted)
        return counted

    def _wrong(self, name: str, counted: Credential) -> Refusal:
        wait = pins.wait_after_s(counted.failures)
        if wait:
            said = cmd.FailSignIn(name=name, count=counted.failures, wait_s=wait, key_of=self._key_of)
            self._give(said, name)
        return _wrong(wait)

    def _stranger(self, name: str) -> Refusal:
        key, now = name.strip().casefold()[:100], self._room.clock.now()
        known = self._strangers.pop(key, None) or Credential(key, "")
        if waits := _waits(known, now):
            self._strangers[key] = known
            return waits
        counted = _one_more(known, now)
        while len(self._strangers) >= _MOST_STRANGERS:
            del self._strangers[next(iter(self._strangers))]
        self._strangers[key] = counted
        pins.matches("", "")
        return _wrong(pins.wait_after_s(counted.failures))

    # ── PINs ────────────────────────────────────────────────────────────────────────────────────────────────

    def set_pin(self, actor: str, name: str, old_pin: str, new_pin: str) -> Refusal | None:
        """Sets a PIN: one's own with the old one, if there is one, or an administrator's for somebody; None if done.

        The hash is kept in the same transaction in which the journal says that there is a new PIN.
        """
        if problem := pins.pin_problem(new_pin):
            return Refusal(problem)
        self._room.refresh()
        person = person_named(self._room.state.people, name)
        if person is None:
            return Refusal(f"There is no {name.strip()[:100]} on the staff list.")
        if actor == person.name and person.has_pin:
            counted = self._counted(person.name)
            if isinstance(counted, Refusal):
                return counted
            if not pins.matches(counted.hash, old_pin):
                self._wrong(person.name, counted)
                return Refusal("The present PIN is another one.", pins.wait_after_s(counted.failures))
        kept = Credential(person.name, pins.hashed(new_pin))
        outcome = self._give(
            cmd.SetPin(name=person.name), actor, beside=lambda writing: writing.save_credential(kept)
        )
        return None if isinstance(outcome, Done) else _refusal(outcome)

    # ── other ways in ───────────────────────────────────────────────────────────────────────────────────────

    def break_glass(self, name: str, reason: str) -> Session | Refusal:
        """Lets somebody on the staff list in without a PIN, for the clinic's minutes; it is looked at afterwards.

        At a terminal that a key opened, only whose key it is.
        """
        self._room.refresh()
        person = person_named(self._room.state.people, name)
        if person is None:
            return Refusal("Emergency access is for people on the staff list: choose a name from it.")
        if self.somebody_elses(person.name):
            return Refusal(f"Over SSH emergency access is for whose key it is, {self._key_of}.")
        if not reason.strip():
            return Refusal("Say why there is no time for a PIN: it is looked at afterwards.")
        outcome = self._give(cmd.BreakGlass(name=person.name, reason=reason.strip()), person.name)
        if not isinstance(outcome, Done):
            return _refusal(outcome)
        clinic = self._room.state.clinic
        assert clinic is not None
        now = outcome.entries[0].happened_at
        return Session(person.name, "glass", now, now + timedelta(minutes=clinic.rules.access.glass_min))

    def _give(
        self, command: cmd.Command, actor: str, beside: Callable[[Writing], None] | None = None
    ) -> Outcome:
        from msgspec.structs import replace

        ready = replace(command, id=uuid.uuid4().hex)
        outcome = self._room.execute(ready, actor=actor, terminal=self._terminal, beside=beside)
        # Whoever sits down sees at once what it changed, before the feed tells.
        self._room.refresh()
        return outcome


def _waits(known: Credential, now: datetime) -> Refusal | None:
    left = (known.waits_until - now).total_seconds() if known.waits_until is not None else 0
    if left <= 0:
        return None
    # Never longer than a wait can be: a clock that was set back locks nobody out.
    seconds = min(int(left) + 1, pins.LONGEST_WAIT_S)
    return Refusal(f"Too many wrong PINs for this name: wait {wait_words(seconds)}.", seconds)


def _lost(name: str) -> Refusal:
    """Nobody is believed because what their PIN is compared with was taken away."""
    return Refusal(
        f"The PIN of {name} is not kept here any more. An administrator sets a new one in the staff list; where none "
        "can, the machine's owner does: “infusionroom staff recover”."
    )


def _forgiven(known: Credential, pin: str) -> Callable[[Writing], None]:
    """Writes that no try is held against the person any more, and the hash at today's costs."""
    kept = pins.hashed(pin) if pins.is_outdated(known.hash) else known.hash
    return lambda writing: writing.save_credential(Credential(known.person, kept))


def _one_more(known: Credential, now: datetime) -> Credential:
    failures = known.failures + 1
    wait = pins.wait_after_s(failures)
    return Credential(known.person, known.hash, failures, now + timedelta(seconds=wait) if wait else None)


def _wrong(wait: int) -> Refusal:
    return Refusal(f"{WRONG} Wait {wait_words(wait)}." if wait else WRONG, wait)


def _refusal(outcome: Outcome) -> Refusal:
    reasons = outcome.reasons if isinstance(outcome, Refused) else ()
    return Refusal(" ".join(reason.text for reason in reasons) or "Somebody else was quicker: try again.")


def wait_words(seconds: int) -> str:
    """`40 s`, or `5 min` from two minutes on."""
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"
