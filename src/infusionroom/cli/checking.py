"""`infusionroom check`: is everything that was ever acknowledged still there, word for word."""

from __future__ import annotations

from typing import Annotated

import typer

from infusionroom.cli.endings import DONE, REFUSED, SET_UP_FIRST, UNREACHABLE, Ended
from infusionroom.cli.terminal import Terminal, complain_each, say


def check(
    ctx: typer.Context,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="First write the visits' rows and the seats anew from the journal."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> int:
    """Verify the store.

    The database's own integrity; the hash chain over the whole journal, entry by entry; that every entry can be
    read and every visit can have happened as it is written; that the visits' rows and days are what the journal
    makes of them; and that whoever sits in a chair holds that chair and nobody else does. Others may go on working.

    Prints “ok” with the number of entries and the last hash, and ends with 0; else a sentence for each thing that
    is wrong, and ends with 3. Keep that hash somewhere else: it proves the whole journal up to it.

    --rebuild changes nothing in the journal, which has to be sound for it.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.bootstrap import open_unread
    from infusionroom.services.check import check_store
    from infusionroom.services.check import rebuild as rebuild_store
    from infusionroom.services.errors import RoomAbsent

    try:
        store = open_unread(terminal.settings.store, read_only=terminal.read_only)
    except RoomAbsent:
        raise terminal.no_room() from None
    try:
        if rebuild:
            count = rebuild_store(store)
            if not json:
                say(f"Rebuilt the rows of {count} visits from the journal.")
        verdict = check_store(store)
    finally:
        store.close()
    if verdict.sound and not verdict.entries:
        raise Ended(REFUSED, SET_UP_FIRST)
    if json:
        import msgspec

        say(msgspec.json.encode({"ok": verdict.sound, **msgspec.structs.asdict(verdict)}).decode("utf-8"))
    elif verdict.sound:
        say(f"ok: {verdict.entries} entries, head hash {verdict.head_hash}")
    else:
        complain_each(verdict.problems)
    return DONE if verdict.sound else UNREACHABLE
