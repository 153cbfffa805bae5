"""`infusionroom store`: where a room is kept, on which database, and how it gets there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from infusionroom.cli.endings import DONE, REFUSED, UNREACHABLE, USAGE, Ended, complain
from infusionroom.cli.terminal import Terminal, complain_each, say

if TYPE_CHECKING:
    from infusionroom.store.making_sites import MadeSite

_ROLES: Final = ("writer", "reader")
_LONGEST_FILE: Final = 10_000


def stores() -> typer.Typer:
    """The commands about stores."""
    app = typer.Typer(
        name="store",
        help="Make a room's place on a PostgreSQL server, move a room there and back, and tell how a store stands.",
        rich_markup_mode=None,
        no_args_is_help=False,
        add_completion=False,
    )
    for name, command, short in (
        ("init", init, "Make a room's place on a PostgreSQL server, with its roles."),
        ("copy", copy, "Copy a room into another store, and prove it."),
        ("status", status, "Tell how a store stands."),
    ):
        app.command(name, short_help=short)(command)
    return app


def init(
    ctx: typer.Context,
    site: Annotated[str, typer.Option(help="The room's name on the server: small letters, digits, hyphens.")],
    ask_passwords: Annotated[
        bool, typer.Option("--ask-passwords", help="Ask for the passwords of writer and reader.")
    ] = False,
    password_file: Annotated[
        str | None,
        typer.Option(
            help="Read them from a file of your own: a line writer:PASSWORD, a line reader:PASSWORD."
        ),
    ] = None,
) -> int:
    """Make a room's place on a PostgreSQL server, with its roles.

    --store is the database's address for the server's administrator, for instance postgresql+psycopg://postgres@/clinic.
    Its password, if it needs one, goes into ~/.pgpass or PGPASSWORD. Several rooms may share a database: each has its
    own journal, and none of its users can read another's.

    Three roles are made: an owner of the tables, as whom nobody logs in; the room's writer, who may add to the
    journal and never change it; the room's reader, who may look at everything but how people sign in. It may be run
    again at any time: it repairs rights, and after an update of the program it brings the tables up.

    Without passwords the server's pg_hba.conf decides who may log in as them. The server is sent a verifier and never
    a password. What is printed are the two addresses for the room's terminals.
    """
    terminal: Terminal = ctx.obj
    url = _without_password(terminal.settings.store)
    if ask_passwords and password_file is not None:
        raise Ended(USAGE, "--ask-passwords and --password-file: one of the two.")
    passwords = _asked_passwords() if ask_passwords else _passwords_in(password_file) if password_file else {}
    from infusionroom.bootstrap import make_place
    from infusionroom.services.errors import RoomRefused

    try:
        made = make_place(url, site, passwords)
    except RoomRefused as refusal:
        raise Ended(REFUSED, str(refusal)) from None
    say(
        f"The room “{made.site}” {'was there already and has' if made.was_there else 'has'} its place and its roles."
    )
    say(f"  owner   {made.owner} (owns the tables; nobody needs to log in as it)")
    say(f"  writer  {made.writer_url}")
    say(f"  reader  {made.reader_url}")
    _say_how_to_log_in(made)
    return DONE


def copy(
    from_: Annotated[str, typer.Option("--from", help="The store to copy; nothing in it is changed.")],
    to: Annotated[str, typer.Option("--to", help="The store to copy into: a new file, or a room's writer.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> int:
    """Copy a room into another store, and prove it.

    From a file to a server, back, or to another file: the journal entry by entry, what waits in quarantine, and how
    people sign in; the rest is made anew from the journal. Close the room's terminals first. Cut short anywhere, run
    it again: it goes on. Until it is done nobody can open the copy.

    At the end the copy's chain is walked and everything is compared. Ends with 0 when all agrees, with 1 when it was
    refused (another room's journal is there already), with 3 when a store is out of reach or something differs.
    """
    source, target = _without_password(from_), _without_password(to)
    from infusionroom.bootstrap import copy_between
    from infusionroom.services.errors import RoomRefused

    try:
        done = copy_between(source, target, _progress)
    except RoomRefused as refusal:
        raise Ended(REFUSED, str(refusal)) from None
    if json:
        import msgspec

        ok = not done.problems and not done.behind
        say(msgspec.json.encode({"ok": ok, **msgspec.structs.asdict(done)}).decode())
    elif not done.problems:
        say(
            f"Copied and compared: {done.entries} entries ({done.new_entries} of them now), {done.visits} visits, "
            f"{done.patients} patients, {done.quarantined} in quarantine, {done.credentials} who sign in."
        )
        say(f"Head hash {done.head_hash}")
    complain_each(done.problems)
    if done.behind:
        complain(
            f"Somebody wrote {done.behind} entries meanwhile: close the room's terminals and run it again."
        )
    return DONE if not done.problems and not done.behind else UNREACHABLE


def status(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One JSON object of a stable shape.")] = False,
) -> int:
    """Tell how a store stands.

    Which database, where, its version, how many entries and the last one's hash, its size, the last backup that a
    migration made, who may write here, how other terminals' entries are noticed, and whether this machine's clock
    agrees with the server's. Nothing is written, and the journal is not checked: “infusionroom check” does that.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.bootstrap import standing_of
    from infusionroom.services.errors import RoomAbsent

    try:
        found = standing_of(terminal.settings.store, terminal.clock)
    except RoomAbsent:
        raise terminal.no_room() from None
    if json:
        import msgspec

        say(msgspec.json.encode(found).decode())
        return DONE
    at = "" if found.last_backup_at is None else f" of {found.last_backup_at:%Y-%m-%d %H:%M} UTC"
    site = found.site or ("the only one, without roles of its own" if found.kind == "postgresql" else "")
    pins = f"{found.pins_file}, {f'mode {found.pins_mode}' if found.pins_mode else 'not there'}"
    lines: list[tuple[str, Any]] = [
        ("store", f"{found.where} ({found.database})"),
        ("site", site),
        ("schema", f"{found.schema}, this program's is {found.program_schema}"),
        ("entries", f"{found.entries}{', a copy into it is not finished' if found.unfinished else ''}"),
        ("head hash", found.head_hash),
        ("size", f"{found.size_bytes / 1024 / 1024:.1f} MB"),
        ("last backup", f"{found.last_backup}{at}" if found.last_backup else "none that a migration made"),
        ("PINs", pins if found.pins_file else ""),
        ("may write", ", ".join(found.writers) or "nobody but the administrator"),
        ("this user", "may write" if found.may_write else "may only read"),
        ("feed", found.feed),
        ("clock", found.clock),
    ]
    for name, value in lines:
        if value:
            say(f"{name:12} {value}")
    return DONE


def _progress(done: int, of: int) -> None:
    complain(f"{done} of {of} entries")


def _without_password(url: str) -> str:
    """The address, which everybody on this machine can read in the list of processes."""
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    if password and url in " ".join(sys.argv):
        raise Ended(
            USAGE,
            "An address on the command line shows its password to everybody on this machine: leave it out, and "
            "put it into ~/.pgpass (chmod 600) or PGPASSWORD.",
        )
    return url


def _asked_passwords() -> dict[str, str]:
    from getpass import getpass

    found = {}
    for role in _ROLES:
        first = getpass(f"Password of the {role} (empty: none): ")
        if first and first != getpass("Once more: "):
            raise Ended(REFUSED, f"The two passwords of the {role} differ: nothing was changed.")
        found[role] = first
    return found


def _passwords_in(file: str) -> dict[str, str]:
    try:
        with Path(file).open(encoding="utf-8") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise Ended(
                    REFUSED, f"{file} can be read by others: take that right away (chmod 600) and try again."
                )
            lines = opened.read(_LONGEST_FILE).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Ended(REFUSED, f"{file}: {getattr(error, 'strerror', None) or 'is no text'}.") from None
    found = {}
    for line in filter(None, lines):
        role, colon, password = line.partition(":")
        if role not in _ROLES or not colon or not password:
            raise Ended(REFUSED, f"{file}: write a line writer:PASSWORD and a line reader:PASSWORD.")
        found[role] = password
    return found


def _say_how_to_log_in(made: MadeSite) -> None:
    if made.without_password:
        say(
            f"No password is known of {' and '.join(made.without_password)}: the server's pg_hba.conf decides who "
            "may log in (peer, cert), or run this again with --ask-passwords."
        )
    say("A terminal's password goes into its account's ~/.pgpass (chmod 600), never into the address.")
