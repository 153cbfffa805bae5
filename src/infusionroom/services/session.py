"""Who is at the keys of a terminal, since when, and by what they were believed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain.events import HowSignedIn


class Session(NamedTuple):
    """One person at one terminal. Instants are aware UTC.

    `how` is by a PIN, a key over SSH, broken glass, or as the machine's own user (`machine`). `until` is when it
    ends by itself; None while only a lock or the next person ends it.
    """

    user: str
    how: HowSignedIn
    since: datetime
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether its time has run out."""
        return self.until is not None and now >= self.until


class Refusal(NamedTuple):
    """Why somebody was not let in, in one sentence, and for how many seconds the next try has to wait."""

    sentence: str
    wait_s: int = 0
