"""`infusionroom staff`: who works here, in which roles, and their PINs. Nobody is ever deleted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from infusionroom.cli.endings import DONE, REFUSED, USAGE, Ended
from infusionroom.cli.terminal import Terminal, refused, say
from infusionroom.settings import system_user

if TYPE_CHECKING:
    from infusionroom.domain.commands import Command
    from infusionroom.domain.events import Role
    from infusionroom.domain.staff import Person
    from infusionroom.services.room import RoomService

_Name = Annotated[str, typer.Argument(help="A name on the staff list.")]
_Why = Annotated[str, typer.Option(help="Why; it is kept.")]
_Role = Annotated[
    str, typer.Option(help="charge nurse, nurse, prescriber, back office, viewer, or administrator.")
]


def staff() -> typer.Typer:
    """The commands about people."""
    app = typer.Typer(
        name="staff",
        help="Say who works here, in which roles, and set PINs.",
        rich_markup_mode=None,
        no_args_is_help=False,
        add_completion=False,
    )
    for name, command, short in (
        ("list", list_staff, "List the people: roles, PINs, who is disabled, emergency accesses."),
        ("add", add_person, "Add somebody to the staff list."),
        ("role", change_role, "Give a role, or take one."),
        ("disable", disable_person, "Let somebody act no more."),
        ("enable", enable_person, "Let somebody act again."),
        ("pin", set_pin, "Set a PIN: your own, or somebody's as an administrator."),
        ("recover", recover, "Make somebody an administrator, past all roles, as the machine's owner."),
    ):
        app.command(name, short_help=short)(command)
    return app


def list_staff(ctx: typer.Context) -> int:
    """List the people: roles, since when they have a PIN, who is disabled; and emergency accesses to look at."""
    terminal: Terminal = ctx.obj
    from infusionroom.cli.tables import table
    from infusionroom.domain.day import local
    from infusionroom.domain.roles import ROLES
    from infusionroom.tui.present.staff_list import unseen

    with terminal.room() as room:
        room.refresh()
        state, zone = room.state, room.state.clinic.timezone if room.state.clinic else "UTC"
    rows = [
        (
            person.name,
            ", ".join(role for role in ROLES if role in person.roles) or "no role",
            f"{local(person.pin_set_at, zone):%Y-%m-%d}" if person.pin_set_at is not None else "none",
            f"disabled: {person.disabled}" if person.disabled else "",
        )
        for person in state.people.values()
    ]
    say("\n".join(table(("name", "roles", "PIN", ""), rows, indent="")))
    for glass in unseen(state):
        when = f"{local(glass.at, zone):%Y-%m-%d %H:%M}"
        say(f"Emergency access #{glass.entry}, {when}, {glass.name} at {glass.terminal}: {glass.reason}")
    return DONE


def add_person(ctx: typer.Context, name: _Name, role: _Role = "nurse") -> int:
    """Add somebody to the staff list, in one role to begin with."""
    from infusionroom.domain.commands import AddPerson

    _give(ctx.obj, AddPerson(name=name, role=_role(role)))
    say(f"{name.strip()} is on the staff list, as {role}.")
    return DONE


def change_role(
    ctx: typer.Context,
    name: _Name,
    give: Annotated[str | None, typer.Option(help="The role to give.")] = None,
    take: Annotated[str | None, typer.Option(help="The role to take.")] = None,
    why: _Why = "",
) -> int:
    """Give a role, or take one. The last administrator keeps theirs."""
    from infusionroom.domain.commands import GiveRole, TakeRole

    if (give is None) == (take is None):
        raise Ended(USAGE, "Say which role with --give, or which with --take; one of the two.")
    if give is not None:
        _give(ctx.obj, GiveRole(name=name, role=_role(give)))
        say(f"{name} is {give} from now on.")
    else:
        _give(ctx.obj, TakeRole(name=name, role=_role(take or ""), why=why))
        say(f"{name} is not {take} any more.")
    return DONE


def disable_person(
    ctx: typer.Context, name: _Name, why: Annotated[str, typer.Option(help="Why; it is kept.")]
) -> int:
    """Let somebody sign in and act no more. What they entered stays theirs."""
    from infusionroom.domain.commands import DisablePerson

    _give(ctx.obj, DisablePerson(name=name, why=why))
    say(f"{name} may not act any more. Take back their SSH keys too: “infusionroom access revoke”.")
    return DONE


def enable_person(ctx: typer.Context, name: _Name, why: _Why = "") -> int:
    """Let somebody act again."""
    from infusionroom.domain.commands import EnablePerson

    _give(ctx.obj, EnablePerson(name=name, why=why))
    say(f"{name} may act again.")
    return DONE


def set_pin(ctx: typer.Context, name: _Name) -> int:
    """Set a PIN: your own, or somebody's as an administrator.

    It is asked for, or read from standard input, a line each: your present PIN if you change your own, then the new
    one. It never stands on the command line, where others could read it.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.domain.staff import person_named
    from infusionroom.services.sign_in import SignIns

    with terminal.room() as room:
        room.refresh()
        person = _known(person_named(room.state.people, name), name)
        actor = _actor(room, terminal)
        old = _secret("Present PIN: ") if person.name == actor and person.has_pin else ""
        new = _secret("New PIN: ")
        if sys.stdin.isatty() and new != _secret("Once more: "):
            raise Ended(REFUSED, "The two are not the same; nothing was changed.")
        refusal = SignIns(room, terminal.name).set_pin(actor, person.name, old, new)
    if refusal is not None:
        raise Ended(REFUSED, refusal.sentence)
    say(f"{person.name} has a new PIN.")
    return DONE


def recover(
    ctx: typer.Context,
    name: _Name,
    why: Annotated[str, typer.Option(help="Why nobody can do it in the room; it is kept.")],
) -> int:
    """Make somebody an administrator, past all roles, where no administrator can come in any more.

    For whoever owns the machine: it needs the right to write the store. The name is typed once more, and the
    system's user is kept with it. The person's PIN, if they had one, opens nothing any more.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.domain.commands import RecoverAdministrator

    sound = name.strip()
    sys.stderr.write(f"This makes {sound} an administrator. Type the name once more: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != sound:
        raise Ended(REFUSED, "The name is another one; nothing was changed.")
    owner = system_user()
    with terminal.room() as room:
        outcome = room.execute(
            RecoverAdministrator(name=sound, why=why, system_user=owner), actor=owner, terminal=terminal.name
        )
    _must_be_done(outcome)
    say(f"{sound} is an administrator, on the word of the system's user {owner}: entry kept in the journal.")
    say(f"They have no PIN now. Next: infusionroom --user “{sound}” staff pin “{sound}”")
    return DONE


# ── what they share ─────────────────────────────────────────────────────────────────────────────────────────


def _give(terminal: Terminal, command: Command) -> None:
    with terminal.room() as room:
        room.refresh()
        outcome = room.execute(command, actor=_actor(room, terminal), terminal=terminal.name)
    _must_be_done(outcome)


def _must_be_done(outcome: object) -> None:
    from infusionroom.domain.outcome import Done, Refused

    if isinstance(outcome, Refused):
        raise refused(outcome)
    if not isinstance(outcome, Done):
        raise Ended(REFUSED, "Somebody else was quicker: give it again.")


def _actor(room: RoomService, terminal: Terminal) -> str:
    """Who gives the command, as the staff list writes the name."""
    from infusionroom.domain.staff import person_named

    person = person_named(room.state.people, terminal.actor)
    return person.name if person is not None else terminal.actor


def _known(person: Person | None, name: str) -> Person:
    if person is None:
        raise Ended(REFUSED, f"There is no {name[:60]} on the staff list.")
    return person


def _role(word: str) -> Role:
    from infusionroom.domain.events import Role as Roles

    found: Role | None = next((role for role in get_args(Roles) if role == word.strip().lower()), None)
    if found is None:
        raise Ended(USAGE, f"{word[:20]} is no role: {', '.join(get_args(Roles))}.")
    return found


def _secret(prompt: str) -> str:
    """A PIN from the keyboard, unseen, or a line of standard input."""
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")
