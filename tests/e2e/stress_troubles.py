"""What happens to terminals, network and server while a day is lived, each until it has had its effect."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Callable
from typing import Final

from tests.e2e.stress_day import Day
from tests.network import Network
from tests.postgres import PostgresServer

Trouble = Callable[[Day], None]

# Five seconds of silence, five to ask on another line and five for that one's answer, and a machine at its limit.
SAID_WITHIN_S: Final = 30.0
HELD_UP: Final = 3


def kill(day: Day) -> None:
    """A terminal dies in whatever it does; another is started in its place and repeats what was not answered."""
    number = day.somebody()
    before = day.told.counts["killed"]
    day.tell(f"kill {number}")
    day.hear_until(lambda: day.told.counts["killed"] > before, f"terminal {number} is killed")
    day.tell(f"run {number} {day.told.left_over(number)}")


def stop_for_a_while(day: Day) -> None:
    """A terminal stands still wherever it is, and goes on when the others have worked on, or cannot."""
    number, told = day.somebody(), day.told
    before = told.counts["stopped"]
    day.tell(f"stop {number}")
    day.hear_until(lambda: told.counts["stopped"] > before, f"terminal {number} is stopped")
    acts, away = len(told.done), len(told.said_away)
    day.hear_until(
        lambda: len(told.done) >= acts + 10 or len(told.said_away) > away or day.at_work <= {number},
        f"the others work on without terminal {number}",
    )
    day.tell(f"continue {number}")


def stop_while_it_writes(day: Day) -> None:
    """A terminal stands still while the store is its alone: the others are told why they wait, and then go on."""
    told = day.told
    _all_are_back(day)
    day.tell("hold")
    day.hear_until(lambda: told.holding is not None, "a terminal holds the store")
    number, told.holding = told.holding, None
    away = len(told.said_away)
    day.hear_until(
        lambda: len(told.said_away) >= away + HELD_UP, f"the others say that terminal {number} holds them up"
    )
    assert {sentence for _, sentence in told.said_away[away:]} <= {
        "Another terminal is writing and does not finish: try again.",
        "Another terminal is writing and does not finish: nothing was written, try again.",
    }
    day.tell(f"continue {number}")
    _all_are_back(day)


def falls(server: PostgresServer, mode: str) -> Trouble:
    """The server is stopped, as by its administrator (`fast`) or by a crash (`immediate`), and started."""

    def trouble(day: Day) -> None:
        away = len(day.told.said_away)
        server.stop(mode)
        kill(day)
        server.start()
        _somebody_is_away_since(day, away)
        _all_are_back(day)

    return trouble


def is_cut(network: Network) -> Trouble:
    """All connections end at once."""

    def trouble(day: Day) -> None:
        network.cut()

    return trouble


def loses_an_answer(network: Network) -> Trouble:
    """A terminal's entry is written and the terminal never hears so: given again, it is there once."""

    def trouble(day: Day) -> None:
        before = day.told.counts["again"]
        # What was refused is committed too and leaves nothing to be found again: then another answer is lost.
        while day.told.counts["again"] == before:
            away = len(day.told.said_away)
            network.lose_next_answer_to(b"COMMIT")
            _somebody_is_away_since(day, away)
            _all_are_back(day)

    return trouble


def falls_silent(network: Network, *, for_new: bool) -> Trouble:
    """No byte arrives, and nothing says so: every terminal says it in time, and is back by itself."""

    def trouble(day: Day) -> None:
        told = day.told
        _all_are_back(day)
        away, since = len(told.said_away), stopwatch.monotonic()
        network.fall_silent(for_new=for_new)
        if for_new:
            # Who comes in its place meets the silence too.
            kill(day)
        day.hear_until(
            lambda: day.at_work <= {number for number, _ in told.said_away[away:]},
            "every terminal says that nothing is heard",
        )
        took_s = stopwatch.monotonic() - since
        network.flow()
        assert took_s < SAID_WITHIN_S
        _all_are_back(day)

    return trouble


def _somebody_is_away_since(day: Day, mark: int) -> None:
    day.hear_until(lambda: len(day.told.said_away) > mark, "somebody says that the store is out of reach")


def _all_are_back(day: Day) -> None:
    day.hear_until(lambda: not day.told.out & day.at_work, "every terminal reaches the store")
