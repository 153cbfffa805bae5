"""The wall in lines: as large as all chairs let it be, and readable without colour."""

from __future__ import annotations

import msgspec
import pytest
from tests.tui.boards import eight_chairs, forty_chairs

from infusionroom.domain.wall import WallBoard, WallChair, wall_of
from infusionroom.tui.present.big_letters import big, big_width, rows_of
from infusionroom.tui.present.cells import line_width, text_of
from infusionroom.tui.present.wall import tiles_for, wall_lines

SIZES = [(80, 24), (100, 30), (120, 40), (160, 50), (200, 60)]


def shown(wall: WallBoard | None, width: int = 120, height: int = 40, notice: str = "") -> str:
    return "\n".join(text_of(line).rstrip() for line in wall_lines(wall, width, height, notice))


def holds(screen: str, text: str, scale: int) -> bool:
    """Whether the text stands somewhere in big letters."""
    rows = screen.splitlines()
    wanted = [row.rstrip() for row in big(text, scale)]
    return any(
        all(wanted[y] in rows[top + y][column:] for y in range(len(wanted)))
        for top in range(len(rows) - len(wanted) + 1)
        for column in (rows[top].find(wanted[0]),)
        if column >= 0
    )


@pytest.mark.parametrize(("width", "height"), [*SIZES, (40, 10), (20, 5), (1, 1)])
@pytest.mark.parametrize("chairs", [1, 8, 12, 40, 99])
def test_every_line_is_as_wide_as_the_window_and_there_are_as_many_as_it_has(
    width: int, height: int, chairs: int
) -> None:
    line = wall_of(eight_chairs()).chairs[2]
    every = tuple(msgspec.structs.replace(line, number=n + 1) for n in range(chairs))
    wall = msgspec.structs.replace(wall_of(eight_chairs()), chairs=every)
    lines = wall_lines(wall, width, height, "A sentence of the program's own.")
    assert [line_width(line) for line in lines] == [width] * height


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_eight_chairs_have_letters_that_are_read_from_four_metres(width: int, height: int) -> None:
    """A fifteenth of a screen's height is some 20 mm on a usual one: twice what good eyes need."""
    tiles = tiles_for(8, width, height - 6)
    assert rows_of(tiles.scale) / height >= 1 / 15
    assert holds(shown(wall_of(eight_chairs()), width, height), "RM", tiles.scale)


@pytest.mark.parametrize(("width", "height", "scale"), [(120, 40, 1), (200, 60, 2)])
def test_state_time_and_mark_are_large_too_where_there_is_room(width: int, height: int, scale: int) -> None:
    screen = shown(wall_of(eight_chairs()), width, height)
    assert holds(screen, "2:14", scale)
    assert holds(screen, "!!", scale)
    assert holds(screen, "recovering", scale)
    assert holds(screen, "10:42", scale)
    assert "to go" in screen, "a timer says what it counts"
    assert "2 infusing  1 paused  2 recovering  1 ready" in screen


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_forty_chairs_are_all_there(width: int, height: int) -> None:
    tiles = tiles_for(40, width, height - 6)
    screen = shown(wall_of(forty_chairs()), width, height)
    assert "a larger window" not in screen
    if tiles.scale:
        assert holds(screen, "KX", tiles.scale)
    else:
        assert "24 KX ▶ infusing" in screen


def test_every_state_has_a_sign_of_its_own() -> None:
    """Without colour and without words."""
    seen = set()
    for state in ("open", "seated", "infusing", "paused", "recovering", "ready", "cleaning", "out"):
        chair = WallChair(1, state)
        wall = msgspec.structs.replace(wall_of(eight_chairs()), chairs=(chair,) * 8)
        seen.add(shown(wall, 120, 40))
    assert len(seen) == 8


def test_a_minute_changes_a_few_cells_only() -> None:
    wall = wall_of(eight_chairs())
    later = msgspec.structs.replace(wall.chairs[0], timer_s=wall.chairs[0].timer_s - 60)
    next_minute = msgspec.structs.replace(wall, chairs=(later, *wall.chairs[1:]))
    before, after = shown(wall), shown(next_minute)
    rows = [
        y
        for y, (one, two) in enumerate(zip(before.splitlines(), after.splitlines(), strict=True))
        if one != two
    ]
    assert 0 < len(rows) <= rows_of(2)


def test_a_time_of_ten_hours_and_more_takes_no_more_room() -> None:
    chair = WallChair(1, "recovering", "WW", "since", 36_000_000, "high")
    wall = msgspec.structs.replace(wall_of(eight_chairs()), chairs=(chair,) * 8)
    assert holds(shown(wall, 120, 40), "99h", 1)


def test_what_is_wrong_with_the_store_is_said_beside_the_clock() -> None:
    assert "out of reach" in shown(wall_of(eight_chairs()), 80, 24, "!! store out of reach")
    assert "opening the room" in shown(None, 80, 24, "opening the room …")


def test_letters_are_five_dots_high_and_accents_are_left_out() -> None:
    assert big("1", 1) == ("▄█ ", " █ ", "▀▀▀")
    assert big("É", 1) == big("E", 1)
    assert len(big("A", 3)) == rows_of(3) == 8
    assert all(len(row) == big_width("10:42", 2) for row in big("10:42", 2))


def test_a_letter_that_cannot_be_drawn_stands_as_it_is() -> None:
    assert "李" in "".join(big("李", 2))
