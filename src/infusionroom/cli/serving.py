"""`infusionroom access serve`: what sshd runs for a key, from the line that “access add” wrote.

Who it is, and which store, stands in that line and nowhere else. On the way to the board nothing is imported that
the first paint does not need.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from infusionroom.access.forced import (
    Answer,
    Board,
    NotServed,
    asked_for,
    sound_term,
    terminal_environment,
    terminal_of,
)
from infusionroom.access.serve_command import BadCommand, served
from infusionroom.cli.board import has_terminal
from infusionroom.cli.endings import REFUSED, USAGE, Ended, complain
from infusionroom.cli.letting_in import let_in, opened_to_look, told
from infusionroom.settings import Settings, line_name, sound_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.cli.arguments import Asked
    from infusionroom.services.clock import Clock
    from infusionroom.services.room import RoomService


def serve(line: Asked, named: Sequence[str], clock: Clock | None = None) -> int:
    """Serves the person that `named` (`--for=… --key=… --at=…`) name; the exit status. Raises `Ended`."""
    if line.store is not None or line.user is not None:
        raise Ended(USAGE, "“access serve” takes neither --store nor --user: its line names both.")
    try:
        user, key, store = served(tuple(named))
    except BadCommand as error:
        raise Ended(USAGE, str(error)) from None
    environ = dict(os.environ)
    term = sound_term(environ.get("TERM", ""))
    _keep_only(environ, terminal_environment(term))
    settings = Settings(
        store, sound_user(user), terminal_of(environ.get("SSH_CONNECTION", ""), line_name()), is_default=False
    )
    match asked_for(environ.get("SSH_ORIGINAL_COMMAND", ""), has_terminal=has_terminal(), term=term):
        case NotServed(sentence):
            complain(sentence)
            return REFUSED
        case Answer(words):
            from infusionroom.cli.answering import answer

            return answer(words, settings, key, clock)
        case Board():
            return _board(settings, key)


def opened_for(settings: Settings, key: str) -> RoomService:
    """The room for this key's person; whoever may only look gets it so that nothing can be written through it.

    Raises `RoomRefused` and `RoomUnreachable`.
    """
    from infusionroom.domain.commands import SignIn
    from infusionroom.services.errors import RoomRefused

    room = let_in(settings, key)
    if not room.state.people[settings.user].only_looks:
        return room
    # Told while it can be: through a store that is only read nothing is. One that this account may not write at all
    # is looked at all the same; sshd's own log has who came.
    with suppress(RoomRefused):
        told(room, SignIn(name=settings.user, how="key"), settings)
    return opened_to_look(room, settings)


def _board(settings: Settings, key: str) -> int:
    from infusionroom.cli.board import show_board
    from infusionroom.services.errors import RoomRefused, RoomUnreachable

    ready: list[RoomService] = []
    try:
        ready.append(opened_for(settings, key))
    except RoomRefused as refused:
        complain(str(refused))
        return REFUSED
    except RoomUnreachable:
        # The board says so and comes back by itself; who it is, is looked at then.
        pass
    first: Callable[[], RoomService] = lambda: ready.pop() if ready else opened_for(settings, key)  # noqa: E731
    return show_board(settings, first, by_key=key)


def _keep_only(environ: Mapping[str, str], terminal: Mapping[str, str]) -> None:
    """The line starts us with a clean environment; should somebody have changed that, we still are."""
    kept = {name: environ[name] for name in ("PATH", "HOME", "LC_ALL") if name in environ}
    for name in environ:
        with suppress(KeyError):
            del os.environ[name]
    os.environ.update(kept | dict(terminal))
