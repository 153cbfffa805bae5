"""What happens when people come to a shared terminal and leave it: signing in, taking over, locking, signing out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from infusionroom.domain.staff import person_named
from infusionroom.tui.at_the_keys import HANGS_UP
from infusionroom.tui.cover_screen import CoverScreen

if TYPE_CHECKING:
    from infusionroom.services.session import Session
    from infusionroom.services.sign_in import SignIns
    from infusionroom.tui.app import InfusionRoomApp
    from infusionroom.tui.at_the_keys import End

Then = Callable[[], Awaitable[None]]
_ENDED: Final[dict[End, str]] = {
    "idle": "Locked. F2 signs in; what was open is kept for whoever was here.",
    "over": "The emergency access is over. F2 signs in.",
    "disabled": "This person may not work here any more. F2 signs in.",
    "shut out": "This person may not come in any more: an administrator can allow it again.",
    "key taken back": "The key that opened this terminal has been taken back.",
    "roles changed": "Your roles in the room have changed: come in again.",
}
# What anybody may do at a locked terminal: nothing of it shows or enters anything.
FREE: Final = frozenset({"help", "quit", "colours", "reverse", "palette", "sign_in", "sign_out", "lock"})
# What only shows something, for as long as nobody has a PIN.
LOOKING: Final = frozenset(
    {
        "open",
        "alarms",
        "day",
        "find",
        "schedule",
        "two_weeks",
        "patients",
        "follow_up",
        "file",
        "course",
        "summary",
    }
)


def must_sign_in(app: InfusionRoomApp, action_id: str) -> bool:
    """Whether somebody has to sign in before this is done."""
    room = app.room_state
    if app.actor or room is None or room.clinic is None or action_id in FREE:
        return False
    return action_id not in LOOKING or app.at_keys.nobody_may_look(room)


def sign_ins(app: InfusionRoomApp) -> SignIns | None:
    """The service of this terminal's room, once there is one: kept, because it counts tries."""
    from infusionroom.services.room import RoomService
    from infusionroom.services.sign_in import SignIns

    room = app.room
    if not isinstance(room, RoomService):
        return None
    if app.sign_ins is None or app.sign_ins[0] is not room:
        keys = app.at_keys
        app.sign_ins = (room, SignIns(room, app.terminal, key_of=keys.trusted if keys.by_key else ""))
    signs: SignIns = app.sign_ins[1]
    return signs


def ask_who(app: InfusionRoomApp, *, why: str = "", then: Then | None = None) -> None:
    """Opens the dialog; `then` goes on with what was asked for before somebody signed in."""
    from infusionroom.tui.sign_in_screen import SignInScreen

    room, signs = app.room_state, sign_ins(app)
    if room is None or room.clinic is None or signs is None:
        app.say(app.notice or "The room is not open yet.", warn=True)
        return
    if isinstance(app.screen, SignInScreen):
        return
    if app.only_looks:
        app.say("This terminal only looks: nobody signs in at it, and nothing is entered.", warn=True)
        return

    def closed(session: Session | None) -> None:
        if session is not None:
            app.call_later(seated, app, session, then)

    app.clear_notifications()
    app.push_screen(SignInScreen(room.people, signs, name=_expected(app), why=why), closed)


def _expected(app: InfusionRoomApp) -> str:
    """Whose name is filled in: whoever locked the terminal, or the machine's own user; nobody's when taking over."""
    if app.actor:
        return ""
    person = person_named(app.room_state.people, app.at_keys.left or app.at_keys.trusted)
    return person.name if person is not None and person.active else ""


async def seated(app: InfusionRoomApp, session: Session, then: Then | None) -> None:
    """Somebody has signed in: the same person goes on where they were, another one begins at the board."""
    before = app.actor or app.at_keys.left
    app.at_keys.sit_down(session)
    uncover(app, keep=session.user == before or not before)
    app.refresh_board()
    if session.how == "glass" and session.until is not None:
        from infusionroom.tui.present.times import clock_time

        zone = app.board.timezone if app.board is not None else "UTC"
        app.say(
            f"Emergency access for {session.user} until {clock_time(session.until, zone)};"
            " it is looked at afterwards."
        )
    if then is not None:
        await then()


def lock(app: InfusionRoomApp) -> None:
    """Locks at once."""
    if not app.actor:
        app.say("Nobody is signed in.")
    elif not app.at_keys.opens_again(app.room_state):
        app.say("Lock: you have no PIN to come back with. “My PIN” in the palette sets one.", warn=True)
    else:
        app.at_keys.lock()
        ended(app, "idle")


def sign_out(app: InfusionRoomApp) -> None:
    """Leaves the keys to nobody; whatever was open is left as with Esc."""
    if not app.actor:
        app.say("Nobody is signed in.")
        return
    app.at_keys.sign_out()
    uncover(app, keep=False)
    app.refresh_board()


def ended(app: InfusionRoomApp, why: End) -> None:
    """A session has ended: what is open is covered; what a key has opened is left."""
    cover(app)
    if why in HANGS_UP:
        app.leave_because(_ENDED[why])
        return
    app.clear_notifications()
    app.refresh_board()
    app.say(_ENDED[why])


def cover(app: InfusionRoomApp) -> None:
    """Puts the board over whatever is open besides it."""
    if len(app.screen_stack) > 1 and not any(isinstance(screen, CoverScreen) for screen in app.screen_stack):
        app.push_screen(CoverScreen())


def uncover(app: InfusionRoomApp, *, keep: bool) -> None:
    """Takes the cover away, and with it all that lay beneath unless it is kept; says what was half typed."""
    for screen in app.screen_stack:
        if isinstance(screen, CoverScreen):
            app.home.select(screen.selected)
            screen.lifted = True
    lost: list[str] = []
    while len(app.screen_stack) > 1 and (not keep or isinstance(app.screen, CoverScreen)):
        if title := _half_typed(app.screen):
            lost.append(title)
        app.pop_screen()
    if lost:
        app.say(f"Left without entering anything: {', '.join(lost)}.", warn=True)


def _half_typed(screen: Any) -> str:
    """What a form is called that is thrown away."""
    spec = getattr(screen, "spec", None)
    return (
        str(spec.title)
        if spec is not None
        else "a booking"
        if type(screen).__name__ == "BookingScreen"
        else ""
    )
