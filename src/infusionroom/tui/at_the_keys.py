"""Who is at the keys of this terminal: believed, signed in, or nobody; and when it locks. Nothing here is drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from infusionroom.domain.staff import person_named, pins_are_asked_for
from infusionroom.services.session import Session

if TYPE_CHECKING:
    from infusionroom.domain.room import Room

# The board looks every ten seconds: who is warned has at least twenty left.
WARNS_BEFORE: Final = timedelta(seconds=30)
End = Literal["idle", "over", "disabled", "shut out", "key taken back", "roles changed"]
# What ends a terminal that somebody opened by an SSH key, and not only the work of who sits at it.
HANGS_UP: Final[frozenset[End]] = frozenset({"shut out", "key taken back", "roles changed"})


class AtTheKeys:
    """The session of one terminal.

    `trusted` is who the program was started as: by the machine's own user, or over SSH by the key of fingerprint
    `by_key`. `left` is who was here last while the terminal is locked; they find everything as they left it.
    """

    def __init__(self, trusted: str, *, by_key: str = "") -> None:
        self.trusted, self.by_key = trusted, by_key
        self._only_looks: bool | None = None
        self.session: Session | None = None
        self.left = ""
        self._begun = False
        self._last_key: datetime | None = None
        self._warned = False

    @property
    def user(self) -> str:
        """Who gives the commands; empty while nobody is signed in."""
        if not self._begun:
            return self.trusted
        return self.session.user if self.session is not None else ""

    @property
    def locked(self) -> bool:
        """Whether somebody was here and comes back, or somebody else comes."""
        return self.session is None and bool(self.left)

    def believe(self, name: str) -> None:
        """Who has just set the room up is who goes on working in it."""
        self.trusted, self.session, self.left, self._begun = name, None, "", False

    def settle(self, room: Room, now: datetime) -> End | None:
        """After each reading of the room: begins with whoever may be believed; says why what held holds no more."""
        if room.clinic is None:
            return None
        if self.by_key and (why := self._hung_up(room)) is not None:
            return self._ended(why)
        if not self._begun:
            self._begun, self.session = True, self._believed(room, now)
        elif self.session is not None and room.people:
            person = room.people.get(self.session.user)
            if person is None or not person.active:
                return self._ended("disabled")
            if self.session.is_over(now):
                return self._ended("over")
        return None

    def _hung_up(self, room: Room) -> End | None:
        """Why the key that opened this terminal opens it no more, whoever sits at it now.

        Who becomes a viewer, or is one no more, comes in again: what a terminal may write was settled when it began.
        """
        person = room.people.get(self.trusted)
        if person is None or not person.active:
            return "shut out"
        if room.keys.get(self.by_key, person.name) != person.name:
            return "key taken back"
        if self._only_looks is None:
            self._only_looks = person.only_looks
        return "roles changed" if person.only_looks != self._only_looks else None

    def _believed(self, room: Room, now: datetime) -> Session | None:
        how: Literal["key", "machine"] = "key" if self.by_key else "machine"
        if not room.people:
            return Session(self.trusted, how, now)
        person = person_named(room.people, self.trusted)
        if person is None or not person.active or (person.has_pin and not self.by_key):
            return None
        return Session(person.name, how, now)

    def sit_down(self, session: Session) -> None:
        """Somebody has signed in, in place of whoever was here."""
        self.session, self.left, self._begun = session, "", True
        self.key_pressed(session.since)

    def sign_out(self) -> None:
        """Nobody is here any more, and nobody is expected back."""
        self.session, self.left = None, ""

    def lock(self) -> None:
        """Nobody acts here until somebody signs in; what was open is kept for whoever was here."""
        if self.session is not None:
            self.left, self.session = self.session.user, None

    def _ended(self, why: End) -> End:
        self.lock()
        return why

    # ── idle ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def warned(self) -> bool:
        """Whether it stands on the screen that this terminal is about to lock."""
        return self._warned

    def key_pressed(self, now: datetime | None) -> None:
        """Somebody is here: the minutes until the lock begin anew."""
        self._last_key, self._warned = now, False

    def lock_if_idle(self, room: Room, now: datetime, speed: float = 1.0) -> End | None:
        """Locks after the clinic's minutes without a key, by a clock `speed` times as fast as the world's.

        Who has no PIN to come back with is not locked out.
        """
        left = self._until_lock(room, now, speed)
        return self._ended("idle") if left is not None and left <= timedelta(0) else None

    def locks_soon(self, room: Room, now: datetime, speed: float = 1.0) -> bool:
        """Whether it is time to say that this terminal locks unless a key is pressed; true once a wait."""
        left = self._until_lock(room, now, speed)
        if left is None or left > WARNS_BEFORE or self._warned:
            return False
        self._warned = True
        return True

    def _until_lock(self, room: Room, now: datetime, speed: float) -> timedelta | None:
        if self.session is None or room.clinic is None:
            return None
        if self._last_key is None:
            self._last_key = now
        minutes = room.clinic.rules.access.lock_after_min
        if minutes <= 0 or not self.opens_again(room):
            return None
        return timedelta(minutes=minutes) - (now - self._last_key) / max(speed, 0.001)

    def opens_again(self, room: Room | None) -> bool:
        """Whether who is here could come back after a lock."""
        if self.session is None or room is None:
            return False
        person = room.people.get(self.session.user)
        return self.session.how == "glass" or (person is not None and person.has_pin)

    # ── what follows ────────────────────────────────────────────────────────────────────────────────────────

    def nobody_may_look(self, room: Room | None) -> bool:
        """Whether records are shut: nobody is signed in, in a room that asks for PINs."""
        return self._begun and self.session is None and room is not None and pins_are_asked_for(room.people)

    def masks(self, room: Room | None) -> bool:
        """Whether the board shows initials in place of names."""
        if room is None or room.clinic is None:
            return False
        return room.clinic.rules.access.mask_when_locked and self.nobody_may_look(room)

    def words(self, *, only_looks: bool = False) -> str:
        """Who is here; else what the strip says in place of a name: where nothing is written nobody can sign in."""
        if self.user or only_looks:
            return self.user or "only looks"
        return "locked, F2 signs in" if self.locked else "F2 signs in"
