"""Who sits where is a constraint: a chair holds one, and nobody sits twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from tests.rooms import here, save

from infusionroom.store import JournalRefused, SeatTaken, Store


@pytest.fixture
def room(store: Store) -> Store:
    """Three people who have arrived."""
    save(store, here("abara"), here("brandt"), here("cho"))
    return store


def seat(store: Store, **seats: int | None) -> None:
    with store.writing() as writing:
        writing.set_seats(seats)


def test_people_sit_and_get_up(room: Store) -> None:
    seat(room, abara=3, brandt=1)
    assert room.seats() == {1: "brandt", 3: "abara"}
    seat(room, abara=None)
    assert room.seats() == {1: "brandt"}


def test_a_taken_chair_names_who_sits_there(room: Store) -> None:
    seat(room, abara=3)
    with pytest.raises(SeatTaken) as taken:
        seat(room, brandt=3)
    assert (taken.value.chair, taken.value.visit) == (3, "abara")
    assert room.seats() == {3: "abara"}


def test_two_exchange_their_chairs_at_once(room: Store) -> None:
    seat(room, abara=3, brandt=4)
    seat(room, abara=4, brandt=3)
    assert room.seats() == {3: "brandt", 4: "abara"}


def test_three_move_on_by_one(room: Store) -> None:
    seat(room, abara=1, brandt=2, cho=3)
    seat(room, abara=2, brandt=3, cho=1)
    assert room.seats() == {1: "cho", 2: "abara", 3: "brandt"}


def test_two_are_not_sent_to_one_chair(room: Store) -> None:
    with pytest.raises(SeatTaken):
        seat(room, abara=2, brandt=2)
    assert room.seats() == {}


def test_somebody_moves_and_is_not_doubled(room: Store) -> None:
    seat(room, abara=1)
    seat(room, abara=2)
    assert room.seats() == {2: "abara"}


def test_nobody_sits_whom_the_store_does_not_know(room: Store) -> None:
    with pytest.raises(JournalRefused):
        seat(room, nobody=1)
    assert room.seats() == {}


def test_of_two_terminals_at_the_same_moment_one_gets_the_chair(
    store_url: str, open_room: Callable[[str], Store]
) -> None:
    terminals = [open_room(store_url), open_room(store_url)]
    save(terminals[0], *(here(f"v{number}") for number in range(20)))
    lost: list[int] = []
    together = threading.Barrier(2, timeout=30)

    def run(terminal: Store, offset: int) -> None:
        for chair in range(10):
            together.wait()
            try:
                seat(terminal, **{f"v{2 * chair + offset}": chair})
            except SeatTaken:
                lost.append(chair)

    threads = [
        threading.Thread(target=run, args=(terminal, number)) for number, terminal in enumerate(terminals)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lost) == list(range(10))
    assert sorted(terminals[0].seats()) == list(range(10))
