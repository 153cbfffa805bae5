"""The day's summary from the board: written where the back office looks for it, and its place said."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp

OVER_SSH: Final = (
    "Over SSH no file is written on the server. On your own machine: "
    "ssh … summary --date YYYY-MM-DD --format csv > summary.csv"
)


def summary_folder() -> Path:
    """Where summaries go when nobody says otherwise: the folder the program was started in."""
    return Path.cwd()


async def export_summary(app: InfusionRoomApp) -> None:
    """Writes the day's summary in all its formats and says where; that it leaves the room is kept first."""
    from infusionroom.domain.commands import FetchAnswer
    from infusionroom.domain.outcome import Done, Refused
    from infusionroom.services.errors import RoomRefused, RoomUnreachable

    if app.at_keys.by_key:
        app.say(OVER_SSH)
        return
    if app.room is None or app.write_summary is None:
        app.say("The summary is written by the command `infusionroom summary`.")
        return
    try:
        kept = await app.submit(FetchAnswer(what="summary", day=app.room.day(), format="files"))
        if not isinstance(kept, Done):
            reasons = kept.reasons if isinstance(kept, Refused) else ()
            app.say(" ".join(reason.text for reason in reasons) or "Summary: try again.", warn=True)
            return
        written = await asyncio.to_thread(app.write_summary, app.room, summary_folder())
    except (RoomUnreachable, RoomRefused, OSError) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) else str(trouble)
        app.say(f"Summary: {reason}.", warn=True)
        return
    names = ", ".join(path.name for path in written)
    app.say(f"Summary written into {summary_folder()}: {names}. It names patients; only you can open it.")
