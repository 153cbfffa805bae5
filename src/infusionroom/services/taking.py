"""Who gave a place away: the entry that put a visit into the chair or the time that somebody else wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Protocol

from infusionroom.domain.events import Undone
from infusionroom.domain.evolve import fold
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Taken
from infusionroom.domain.visit import stream_of
from infusionroom.domain.words import entry_word

# What gives a visit its chair or its time; whatever else was entered of it took nobody's place.
_PLACING: Final = frozenset({"visit_planned", "plan_changed", "seated", "moved", "infusion_started"})
# Taken back, these put somebody where they were before.
_FREEING: Final = _PLACING | {"left", "turned_away", "visit_cancelled", "no_show"}


class Entries(Protocol):
    """A store, or a transaction on it."""

    def entries(
        self, *, after: int = 0, until: int | None = None, streams: Collection[str] | None = None
    ) -> list[Entry]: ...


def taken_by(visits: Iterable[str], journal: Entries) -> tuple[Taken, ...]:
    """By whom, from where and when each of these visits was put where it lies; the latest first."""
    wanted = {stream_of(visit): visit for visit in visits}
    if not wanted:
        return ()
    whole: dict[str, list[Entry]] = {}
    for entry in journal.entries(streams=list(wanted)):
        whole.setdefault(entry.stream, []).append(entry)
    found = [_taken(wanted[stream], entries) for stream, entries in whole.items()]
    return tuple(sorted((one for one in found if one is not None), key=lambda t: t.entry, reverse=True))


def _taken(visit_id: str, entries: list[Entry]) -> Taken | None:
    last = next((entry for entry in reversed(entries) if _places(entry, entries)), None)
    if last is None:
        return None
    visit = fold(entries)
    return Taken(
        visit=visit_id,
        entry=last.id,
        by=last.actor,
        terminal=last.terminal,
        what=entry_word(last.kind),
        when=last.recorded_at,
        chair=visit.chair or visit.plan.chair,
        start=visit.plan.start,
        family=visit.patient.family,
    )


def _places(entry: Entry, entries: list[Entry]) -> bool:
    if not isinstance(entry.body, Undone):
        return entry.kind in _PLACING
    return any(other.id == entry.body.target and other.kind in _FREEING for other in entries)
