"""What a screen that everybody can see may know: two letters of a person, a state, a time and a mark."""

from __future__ import annotations

import msgspec
import pytest
from tests.tui.boards import eight_chairs, who

from infusionroom.domain.board import Board, ChairLine
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase
from infusionroom.domain.wall import NO_INITIAL, WallChair, initials_of, wall_of


def _board(*chairs: ChairLine) -> Board:
    return msgspec.structs.replace(eight_chairs(), chairs=chairs)


def test_a_chair_on_the_wall_tells_initials_state_time_and_mark() -> None:
    wall = wall_of(eight_chairs())
    assert wall.chairs[0] == WallChair(1, "infusing", "RM", "left", 8040, None)
    assert wall.chairs[2] == WallChair(3, "paused", "KH", "since", 360, "medium")
    assert wall.chairs[5] == WallChair(6, "ready", "LD", "since", 660, None)
    assert wall.chairs[6] == WallChair(7, "cleaning", "", "since", 480, None)
    assert wall.chairs[7] == WallChair(8, "open"), "who comes next is nobody's business"


def test_everything_that_is_free_text_stays_off_the_wall() -> None:
    """Whatever somebody types into a reason or a note, and whatever an alarm says."""
    line = ChairLine(
        1, ChairState.OUT_OF_SERVICE, note="Halvorsen was sick on it", next_who=who("Petrov", "Ivan")
    )
    paused = ChairLine(
        2, ChairState.OCCUPIED, who("Okafor", "Tunde"), Phase.PAUSED, note="Mr Okafor, G90.511, is dizzy"
    )
    told = msgspec.json.encode(wall_of(_board(line, paused))).decode()
    for secret in ("Halvorsen", "Petrov", "Okafor", "Tunde", "G90", "dizzy", "sick", "Northside"):
        assert secret not in told


def test_an_infusion_that_ran_over_counts_up() -> None:
    line = ChairLine(
        1, ChairState.OCCUPIED, who("Okafor", "Tunde"), Phase.INFUSING, elapsed_s=15_000, left_s=-130
    )
    assert wall_of(_board(line)).chairs == (WallChair(1, "infusing", "TO", "over", 130),)


@pytest.mark.parametrize(
    ("given", "family", "shown"),
    [
        ("Rosa", "Marlowe", "RM"),
        ("", "Prince", NO_INITIAL + "P"),
        ("élodie", "o'Brien", "ÉO"),
        ("Jan", "'t Hooft", "JT"),
        ("Ada", "ßeling", "AS"),
        ("\x1b[31mEve", "\u202eMallory", "·M"),
        ("小龙", "李", "小" + NO_INITIAL),
        ("X", "Æ", NO_INITIAL * 2),
        ("12", "(test)", NO_INITIAL + "T"),
    ],
)
def test_initials_are_one_letter_of_each_name_and_never_a_whole_name(
    given: str, family: str, shown: str
) -> None:
    if shown.startswith("·"):
        # What steers a terminal is taken out before letters are looked for: the m of its colour is none.
        assert initials_of(given, family)[1] == "M"
        assert initials_of(given, family).isprintable()
    else:
        assert initials_of(given, family) == shown


def test_two_people_with_the_same_initials_are_told_apart_by_their_chairs() -> None:
    wall = wall_of(
        _board(
            ChairLine(1, ChairState.OCCUPIED, who("Marlowe", "Rosa"), Phase.READY),
            ChairLine(2, ChairState.OCCUPIED, who("Mbeki", "Ruth"), Phase.READY),
        )
    )
    assert [(chair.number, chair.initials) for chair in wall.chairs] == [(1, "RM"), (2, "RM")]
