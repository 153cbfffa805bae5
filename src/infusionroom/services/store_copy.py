"""One room from one store to another, and the proof that it came across whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from infusionroom.services.check import check_store
from infusionroom.services.errors import RoomRefused, translated
from infusionroom.store import Store
from infusionroom.store.walk import chunks


class Copied(msgspec.Struct, frozen=True):
    """What was copied: entries in all and of them now, the last hash on both sides, and what does not agree."""

    entries: int
    new_entries: int
    head_hash: str
    visits: int
    patients: int
    quarantined: int
    credentials: int
    behind: int
    problems: tuple[str, ...]


def copy_room(source: Store, target: Store, progress: Callable[[int, int], None]) -> Copied:
    """Copies everything and compares it; what was cut short is gone on with.

    `source` was opened to be read. `progress` is told entries done and in all. Raises `RoomRefused` where the target
    holds another room, or is the same store, and `RoomUnreachable`.
    """
    from infusionroom.store.copying import copy_entries, finish_copy

    with translated():
        if not source.read_only:
            raise RoomRefused(
                "The store to copy from is opened to be read, so that nothing there can change."
            )
        if source.place() == target.place():
            raise RoomRefused("Both addresses are the same store: name another one to copy to.")
        # Asked first: who may not read how people sign in could not finish what they begin.
        source.credentials()
        began = copy_entries(source, target, progress)
        finish_copy(source, target)
        return _compared(source, target, began)


def _compared(source: Store, target: Store, began: int) -> Copied:
    verdict = check_store(target)
    problems = list(verdict.problems)
    entries, head_hash = target.head()
    there = next(iter(source.raw_entries(after=entries - 1)), None) if entries else None
    if entries and (there is None or there.id != entries or there.hash != head_hash):
        problems.append("The last hashes of the two journals differ.")
    behind = source.head()[0] - entries
    if not behind:
        problems += _differing_rows(source, target)
    quarantined, credentials = target.quarantined(None), target.credentials()
    if quarantined != source.quarantined(None):
        problems.append("What waits in quarantine differs.")
    # A new file may find PINs beside it that somebody left there: they open nothing in this room.
    if not set(source.credentials()) <= set(credentials):
        problems.append("How people sign in differs.")
    return Copied(
        entries,
        entries - began,
        head_hash,
        sum(1 for _ in target.visit_names()),
        sum(1 for _ in target.patient_names()),
        len(quarantined),
        len(credentials),
        behind,
        tuple(problems),
    )


def _differing_rows(source: Store, target: Store) -> Iterator[str]:
    """Rows that were made anew from the journal, against those that the room wrote as it went."""
    if set(source.visit_names()) != set(target.visit_names()):
        yield "The visits that have a row differ."
    if set(source.patient_names()) != set(target.patient_names()):
        yield "The patients that have a row differ."
    if source.seats() != target.seats():
        yield "Who sits where differs."
    for names in chunks(source.visit_names()):
        here, there = ({r.visit: r for r in store.records(visits=names)} for store in (source, target))
        yield from (
            f"The row of visit {name} differs." for name in names if here.get(name) != there.get(name)
        )
    for names in chunks(source.patient_names()):
        ours, theirs = ({r.patient: r for r in store.patient_records(names)} for store in (source, target))
        yield from (
            f"The row of patient {name} differs." for name in names if ours.get(name) != theirs.get(name)
        )
        if source.patient_words(names) != target.patient_words(names):
            yield "The words that patients are searched by differ."
