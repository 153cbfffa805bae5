"""What the check asks of the store itself: chain, order, head, guards, seats, and the database's own word."""

from __future__ import annotations

from infusionroom.domain.journal import GENESIS
from infusionroom.store.backend import Backend
from infusionroom.store.errors import StoreError
from infusionroom.store.queries import Queries
from infusionroom.store.reader import Reader


def problems_of(backend: Backend, reader: Reader, queries: Queries) -> list[str]:
    """One sentence for each thing that is wrong, with the number of the row; empty for a sound store."""
    problems: list[str] = []
    for ask in (backend.own_problems, backend.guard_problems):
        try:
            problems += reader.ask(ask)
        except StoreError as failure:
            problems.append(str(failure))
    for walk in (chain_problems, seat_problems):
        try:
            problems += walk(queries)
        except StoreError as failure:
            problems.append(f"The store cannot be read to its end: {failure}")
    return problems


def chain_problems(queries: Queries) -> list[str]:
    """Walks the journal from its start: ids and versions without a gap, every hash over the one before it."""
    # The head is read first: what is appended during the walk comes after it.
    head_id, head_hash = queries.head()
    problems: list[str] = []
    last_id, last_hash = 0, GENESIS
    versions: dict[str, int] = {}
    for row in queries.raw_entries():
        if row.id != last_id + 1:
            problems.append(f"Entry {row.id} follows entry {last_id}: what was between is missing.")
        if row.prev_hash != last_hash:
            problems.append(f"Entry {row.id} is not chained to entry {last_id}: one of them was replaced.")
        if row.hash != row.expected_hash():
            problems.append(f"Entry {row.id} was changed after it was written: its hash does not fit.")
        if row.version != versions.get(row.stream, 0) + 1:
            problems.append(
                f"Entry {row.id} has version {row.version} of its stream: one is missing or double."
            )
        if row.id == head_id and row.hash != head_hash:
            problems.append(f"The journal's head does not agree with entry {row.id}.")
        versions[row.stream] = row.version
        last_id, last_hash = row.id, row.hash
    if last_id < head_id:
        problems.append(
            f"The journal ends at entry {last_id}, but its head says {head_id}: the end was cut off."
        )
    if not head_id and last_id and queries.head()[0] < last_id:
        problems.append(f"The journal's head is missing, though there are {last_id} entries.")
    return problems


def seat_problems(queries: Queries) -> list[str]:
    """Nobody sits twice, and who sits is a visit that is open."""
    seats = queries.seats()
    problems: list[str] = []
    chair_of: dict[str, int] = {}
    for chair, visit in seats.items():
        if visit in chair_of:
            problems.append(f"Visit {visit} sits in chair {chair_of[visit]} and in chair {chair}.")
        chair_of[visit] = chair
    for record in queries.records(visits=list(chair_of)):
        if not record.is_open:
            problems.append(
                f"Chair {chair_of[record.visit]} is held by visit {record.visit}, which has ended."
            )
        elif record.chair != chair_of[record.visit]:
            problems.append(
                f"Visit {record.visit} holds chair {chair_of[record.visit]}, its row says {record.chair}."
            )
    return problems
