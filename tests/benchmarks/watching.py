"""Many terminals at once: read so that none waits for its output to be taken, and not drawn."""

from __future__ import annotations

import select
import time
from collections.abc import Iterable, Sequence

from tests.terminal import Terminal

PATIENTLY = 60.0


class Quiet(Terminal):
    """A terminal that can read without drawing: many are read at once, and drawing would be what is measured."""

    draws = True

    def _feed(self, data: bytes) -> None:
        if self.draws:
            super()._feed(data)


def take_all(terminals: Iterable[Terminal], until: float) -> None:
    """Reads from all until then (`time.perf_counter`)."""
    by_descriptor = {t._master: t for t in terminals}
    while (left := until - time.perf_counter()) > 0:
        for ready in select.select(list(by_descriptor), [], [], left)[0]:
            by_descriptor[ready].read(0)


def shown(terminals: Sequence[Terminal], begun: Sequence[int], wanted: bytes, since: float) -> list[float]:
    """Seconds from `since` until each has printed `wanted`, beyond what it had `begun` with; the quickest first."""
    waiting = {t._master: (t, at) for t, at in zip(terminals, begun, strict=True)}
    took, deadline = [], since + PATIENTLY
    while waiting:
        ready = select.select(list(waiting), [], [], max(0.0, deadline - time.perf_counter()))[0]
        assert ready, f"{len(waiting)} terminals never showed it"
        for descriptor in ready:
            terminal, at = waiting[descriptor]
            terminal.read(0)
            if terminal.received.find(wanted, at) >= 0:
                took.append(max(0.0, terminal.read_at - since))
                del waiting[descriptor]
    return took
