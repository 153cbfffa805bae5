"""`infusionroom check`: does the store still say what was written, and does all that follows still follow from it.

The journal is walked twice and folded stream by stream, so that a million visits need the memory of a few hundred.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

import msgspec

from infusionroom.services.check_rows import row_problems
from infusionroom.services.errors import RoomRefused, translated
from infusionroom.store import Store, StoreError, StoreReadOnly
from infusionroom.store.check import chain_problems
from infusionroom.store.walk import Walk

_MOST_SENTENCES: Final = 50


class Verdict(msgspec.Struct, frozen=True):
    """What was found: how far the journal reaches, and a sentence for each thing that is wrong."""

    entries: int
    head_hash: str
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.problems


def check_store(store: Store) -> Verdict:
    """Looks at everything there is. Raises `RoomUnreachable`."""
    with translated():
        entries, head_hash = store.head()
        problems = store.problems()
        sound = not problems or not chain_problems(store)
        walk = Walk(store, sound=sound)
        problems += walk.problems
        if sound and not walk.problems:
            problems += islice(row_problems(store, walk), _MOST_SENTENCES)
            problems += _lost_pins(store, walk)
    return Verdict(entries, head_hash, tuple(problems))


def _lost_pins(store: Store, walk: Walk) -> list[str]:
    """Whose PIN the journal knows of, and what it is compared with is gone; nothing to whom PINs are not shown."""
    try:
        kept = {each.person for each in store.credentials() if each.hash}
    except StoreReadOnly:
        return []
    except StoreError as failure:
        return [str(failure)]
    return [
        f"{person.name} has set a PIN, and it is not kept here any more: an administrator sets a new one."
        for person in walk.people.values()
        if person.has_pin and person.name not in kept
    ]


def rebuild(store: Store) -> int:
    """Writes all that follows from the journal anew, in one transaction; the number of visits.

    Raises `RoomRefused` where the journal itself is not sound, and leaves everything as it was.
    """
    from infusionroom.store.rewriting import rewrite

    with translated():
        found = [*store.guard_problems(), *chain_problems(store), *Walk(store).problems]
        if found:
            raise RoomRefused(f"Nothing was rebuilt, for the journal is not sound: {found[0]}")
        with store.writing() as writing:
            return rewrite(writing, Walk(writing))
