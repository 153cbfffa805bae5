"""`infusionroom access`: whose key opens the room over SSH."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infusionroom.cli.endings import DONE, REFUSED, USAGE, Ended, complain
from infusionroom.cli.terminal import Terminal, complain_each, say
from infusionroom.settings import sound_user, system_user

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infusionroom.access.key_lines import KeyLine
    from infusionroom.domain.commands import Command
    from infusionroom.domain.room import Room
    from infusionroom.services.room import RoomService

_File = Annotated[
    Path | None,
    typer.Option(help="The authorized_keys file (default: ~/.ssh/authorized_keys of this account)."),
]


def accesses() -> typer.Typer:
    """The commands about keys."""
    app = typer.Typer(
        name="access",
        help="Say whose key opens the room over SSH.",
        rich_markup_mode=None,
        no_args_is_help=False,
        add_completion=False,
    )
    for name, command, short in (
        ("add", add_key, "Let a person on the staff list in by their public key."),
        ("list", list_keys, "List the keys: whose, which, since when."),
        ("revoke", revoke_keys, "Take keys back and end the terminals they have open."),
        ("doctor", doctor, "Say what is wrong with this installation for SSH."),
    ):
        app.command(name, short_help=short)(command)
    return app


def add_key(
    ctx: typer.Context,
    user: Annotated[str, typer.Option(help="Whose key it is: a name on the staff list.")],
    key: Annotated[Path, typer.Option(help="The public key, a file that ends in .pub.")],
    file: _File = None,
) -> int:
    """Let a person on the staff list in by their public key.

    Takes ED25519, ECDSA, both kinds of security keys (sk-…), and RSA from 3072 bits. The key's line runs this program
    as this person on this store, and nothing else: no shell, no forwarding, no files. The same key again renews
    its line, for instance after the program was moved. Other lines of the file stay as they are.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.access.authorized_keys import FileRefused, KeyTaken, changing, write_keys
    from infusionroom.access.key_lines import Added
    from infusionroom.access.keys import KeyRefused, read_key
    from infusionroom.access.serve_command import BadCommand, ServeCommand
    from infusionroom.domain.commands import GiveKey
    from infusionroom.services.clock import SystemClock

    person, path = sound_user(user), _file(file)
    try:
        public = read_key(key)
    except KeyRefused as refused:
        raise Ended(REFUSED, str(refused)) from None
    command = ServeCommand(sys.executable, person, public.fingerprint, _served_store(terminal))
    added = Added(person, (terminal.clock or SystemClock()).now(), _by(terminal), public.comment)
    with terminal.room() as room:
        _must_be_staff(room.state, person)
        try:
            str(command)
            with changing(path) as keys:
                more = keys.with_key(public, command, added)
                # Kept before the key opens anything: a door that nobody wrote down is worse than the reverse.
                _keep(room, terminal, GiveKey(name=person, fingerprint=public.fingerprint))
                write_keys(more)
        except (FileRefused, KeyTaken, BadCommand) as error:
            raise Ended(REFUSED, str(error)) from None
    say(f"{person} comes in by the key {public.fingerprint} ({public.named}), from {path}.")
    return DONE


def list_keys(file: _File = None) -> int:
    """List the keys: whose, of which kind and size, since when, added by whom."""
    from infusionroom.access.authorized_keys import FileRefused, read_keys
    from infusionroom.tui.present.cells import fit, width_of

    path = _file(file)
    try:
        keys = read_keys(path)
    except FileRefused as refused:
        raise Ended(REFUSED, str(refused)) from None
    rows = [_row(line) for line in keys.ours]
    if rows:
        header = ("fingerprint", "user", "key", "added", "by")
        widths = [max(width_of(row[at]) for row in (header, *rows)) for at in range(len(header))]
        for row in (header, *rows):
            say("  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())
    else:
        say(f"No key opens the room from {path}.")
    strangers = sum(not line.is_blank and not line.is_ours for line in keys.lines)
    if strangers:
        complain(
            f"{strangers} more in {path} not made by this program: “infusionroom access doctor” looks at them."
        )
    return DONE


def revoke_keys(
    ctx: typer.Context,
    user: Annotated[str | None, typer.Option(help="All keys of this person.")] = None,
    fingerprint: Annotated[
        str | None, typer.Option(help="This key, as “access list” prints it (SHA256:…).")
    ] = None,
    file: _File = None,
) -> int:
    """Take keys back, and end the terminals they have open on this machine.

    Whoever is at such a terminal loses what is half typed and nothing that was entered.
    """
    from infusionroom.access.authorized_keys import FileRefused, changing, write_keys
    from infusionroom.access.sessions import end_terminal, open_terminals

    if (user is None) == (fingerprint is None):
        raise Ended(USAGE, "Say whose keys with --user, or which key with --fingerprint; one of the two.")
    path = _file(file)

    def unwanted(line: KeyLine) -> bool:
        return line.user == sound_user(user) if user is not None else _fingerprint(line) == fingerprint

    try:
        with changing(path) as keys:
            fewer, gone = keys.without(unwanted)
            if not gone:
                raise Ended(
                    REFUSED, f"There is no such key in {path}: “infusionroom access list” shows them."
                )
            write_keys(fewer)
    except FileRefused as refused:
        raise Ended(REFUSED, str(refused)) from None
    for line in gone:
        say(f"Taken back: {_fingerprint(line)} of {line.user or 'somebody'}.")
    fingerprints = {_fingerprint(line) for line in gone}
    still = [terminal for terminal in open_terminals() if terminal.key in fingerprints]
    # Those that can read it leave by themselves and say why; the others are ended.
    _keep_taken_back(ctx.obj, gone)
    left = [terminal for terminal in still if not end_terminal(terminal)]
    if len(still) > len(left):
        say(f"Terminals ended: {len(still) - len(left)}.")
    if left:
        complain(
            f"Terminals that could not be ended: {', '.join(str(terminal.pid) for terminal in left)}. "
            "Run this as the account they run under, or as root."
        )
    elsewhere = [line for line in fewer.lines if not line.is_ours and _fingerprint(line) in fingerprints]
    complain_each(
        f"Line {line.number} of {path}, not made by this program, still lets that key in: take it out."
        for line in elsewhere
    )
    return REFUSED if left or elsewhere else DONE


def doctor(
    file: _File = None,
    account: Annotated[
        str | None, typer.Option(help="The account that people come in by (default: who owns the file).")
    ] = None,
    sshd_config: Annotated[
        Path | None, typer.Option(help="Another configuration of sshd than the system's own.")
    ] = None,
) -> int:
    """Say what is wrong with this installation for SSH, and what to do.

    Looks at the account, the file of keys and every line in it, sshd's own settings for this account, and runs each
    line's command as sshd would. It changes nothing. Run it as root: others cannot see all of it.

    Exit status 0 where nothing is wrong, 1 where something is. “Advice” is not wrong, “not seen” was out of reach.
    """
    from infusionroom.access.doctor import Severity, examine
    from infusionroom.access.installation import NoAccount, installation

    path = _file(file)
    try:
        here = installation(path, account, sshd_config)
    except NoAccount as error:
        raise Ended(USAGE, str(error)) from None
    findings = examine(here)
    for finding in sorted(findings):
        complain_each([f"{finding.severity.word}: {finding.sentence}"])
    wrong = sum(finding.severity is Severity.WRONG for finding in findings)
    if wrong:
        complain(f"{wrong} to put right, for {here.account.name} by {path}.")
        return REFUSED
    say(f"ok: {here.account.name} by {path}, {len(here.keys.ours)} keys.")
    return DONE


def _keep(room: RoomService, terminal: Terminal, command: Command) -> None:
    """Writes into the room's journal what was done to a key. Raises `Ended` where the room does not take it."""
    from infusionroom.domain.outcome import Refused

    outcome = room.execute(command, actor=terminal.actor, terminal=terminal.name)
    if isinstance(outcome, Refused):
        raise Ended(REFUSED, " ".join(reason.text for reason in outcome.reasons))


def _keep_taken_back(terminal: Terminal, gone: Sequence[KeyLine]) -> None:
    """Keys are taken back even where the store is out of reach; then it says that the journal does not have it."""
    from infusionroom.domain.commands import TakeKeyBack
    from infusionroom.services.errors import RoomError

    try:
        with terminal.room() as room:
            for line in gone:
                command = TakeKeyBack(name=line.user or "somebody", fingerprint=_fingerprint(line))
                _keep(room, terminal, command)
    except (RoomError, Ended) as error:
        complain(f"The key is taken back; the room's journal does not say so: {error}")


# ── what they share ─────────────────────────────────────────────────────────────────────────────────────────


def _file(given: Path | None) -> Path:
    if given is not None:
        return given.absolute()
    if os.geteuid() == 0:
        raise Ended(
            USAGE, "Root is not who people come in as: name the file of their account's keys with --file."
        )
    return Path.home() / ".ssh" / "authorized_keys"


def _by(terminal: Terminal) -> str:
    """Who adds a key, and by which account: the account is the machine's word, the name is their own."""
    account = system_user()
    return account if terminal.actor == account else f"{terminal.actor} ({account})"


def _must_be_staff(room: Room, person: str) -> None:
    from infusionroom.cli.letting_in import staff_refusal

    if (known := room.people.get(person)) is None:
        raise Ended(REFUSED, f"{person} is not on the staff list: add them first.")
    if (refusal := staff_refusal(room, known.name)) is not None:
        raise Ended(REFUSED, refusal)


def _served_store(terminal: Terminal) -> str:
    """The store's address for a line that others may read. Raises `Ended` where it holds a password."""
    from urllib.parse import parse_qsl, urlsplit

    from infusionroom.store.address import PostgresAddress, parse_address
    from infusionroom.store.errors import StoreRefused

    try:
        address = parse_address(terminal.settings.store)
    except StoreRefused as error:
        raise Ended(USAGE, str(error)) from None
    if isinstance(address, PostgresAddress):
        parts = urlsplit(address.conninfo)
        if parts.password or any("password" in name for name, _ in parse_qsl(parts.query)):
            raise Ended(
                REFUSED,
                "The store's address holds a password, and a key's line is no place for one: leave it out, and keep "
                "it in the account's ~/.pgpass (mode 0600).",
            )
    return address.url


def _fingerprint(line: KeyLine) -> str:
    if line.key is not None:
        return line.key.fingerprint
    return line.serves.key if line.serves is not None else ""


def _row(line: KeyLine) -> tuple[str, ...]:
    from infusionroom.tui.present.cells import clean

    added = line.added if line.is_sound else None
    cells = (
        _fingerprint(line),
        line.user or "?",
        line.key.named if line.key is not None else "no good key",
        f"{added.at:%Y-%m-%d %H:%M}Z" if added is not None else "",
        (added.by if added is not None else "") if line.is_sound else "line was changed",
    )
    return tuple(clean(cell) for cell in cells)
