"""A connection to the server on which nobody waits for ever.

The kernel ends a line whose other end is gone (keepalives, tcp_user_timeout). It cannot know of a server, a pooler or
a tunnel that takes bytes and gives none back: whoever has heard nothing for a while asks on another line.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any, Final

import psycopg
from psycopg.abc import RV, PQGen

SILENT_S: Final = 5.0
_LOOK_UP_S: Final = 0.1


class Silent(psycopg.OperationalError):
    """No answer came, and the server does not work at one; the line was closed."""


class Line(psycopg.Connection[Any]):
    """Raises `Silent` where nothing was heard for `SILENT_S` and `at_work`, asked of the server's process, says no.

    A process at work (a migration, a lock that is waited for) may take as long as it needs. Silence is counted in
    looks and not by a clock: a terminal that was stopped itself does not blame the server.
    """

    at_work: Callable[[int], bool] = staticmethod(lambda process: False)
    _hung_up = False

    def hang_up(self) -> None:
        """Lets whoever waits here, in whatever thread, give up at once."""
        self._hung_up = True

    def wait(self, gen: PQGen[RV], interval: float = _LOOK_UP_S, timeout: float | None = None) -> RV:
        heard = self._heard(gen, interval)
        try:
            return (
                super().wait(heard, interval) if timeout is None else super().wait(heard, interval, timeout)
            )
        except Silent:
            self.close()
            raise

    def _heard(self, gen: PQGen[RV], interval: float) -> PQGen[RV]:
        silent_s = 0.0
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                silent_s = 0.0 if ready else silent_s + interval
                if self._hung_up or (silent_s >= SILENT_S and self._is_silent()):
                    raise Silent("no answer")
                silent_s %= SILENT_S
                wanted = gen.send(ready)
        except StopIteration as ended:
            answer: RV = ended.value
            return answer

    def _is_silent(self) -> bool:
        at_work = self.at_work(self.info.backend_pid)
        # What came while the other line was asked counts.
        return not at_work and not select.select([self.fileno()], [], [], 0)[0]
