"""What stands on a board while nobody is signed in."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from tests.tui.boards import DAY, DUARTE, HALVORSEN, MARLOWE, eight_chairs, forty_chairs

from infusionroom.domain.board import Board, TaskLine
from infusionroom.domain.masking import masked
from infusionroom.domain.room import ChairState
from infusionroom.domain.wall import wall_of

WRITTEN = (
    "nausea",
    "panic attack",
    "lawyer",
    "late arrival",
    "cracked by Mr Osei",
    "555-0142",
    "mg/kg/h",
    "latex",
)


def lived_in() -> Board:
    """The room at 10:42, in which people have written of others wherever a line takes words."""
    board = eight_chairs()
    out = replace(board.chairs[6], state=ChairState.OUT_OF_SERVICE, note="cracked by Mr Osei")
    ready = replace(
        board.discharge[0],
        waiting_for="lawyer",
        points=tuple(replace(point, detail="her husband, 555-0142") for point in board.discharge[0].points),
    )
    return replace(
        board,
        chairs=(*board.chairs[:6], out, board.chairs[7]),
        infusions=tuple(replace(line, pause_why="panic attack") for line in board.infusions),
        discharge=(ready, *board.discharge[1:]),
        carried_over=(replace(DUARTE, alike=True),),
        tasks=(TaskLine(MARLOWE, "call", "call of day 7", DAY, "c1", "p1", 7),),
    )


@pytest.mark.parametrize("board", [lived_in(), forty_chairs()], ids=["eight", "forty"])
def test_nobody_reads_a_name_or_a_word_that_somebody_wrote(board: Board) -> None:
    people = {*(bar.who for bar in board.bars), *(line.who for line in board.chairs)}
    people |= {line.who for line in board.to_come}
    unreadable = {name for who in people if who for name in (who.family, who.short)} | set(WRITTEN)
    # What a visit is selected by is no name, though these boards call it like one.
    shown = msgspec.json.encode(masked(without_ids(board))).decode()
    assert {word for word in unreadable if word in msgspec.json.encode(board).decode()}, (
        "there was much to read"
    )
    assert not {word for word in unreadable if word in shown}


def without_ids(board: Board) -> Board:
    """The same board with numbers for visits and no keys of alarms."""
    said = msgspec.to_builtins(board)

    def numbered(value: object) -> object:
        if isinstance(value, dict):
            return {k: "7" if k in ("visit", "key") else numbered(v) for k, v in value.items()}
        return [numbered(v) for v in value] if isinstance(value, (list, tuple)) else value

    return msgspec.convert(numbered(said), Board)


def test_what_the_room_is_run_by_stays() -> None:
    board, shown = lived_in(), masked(lived_in())
    assert shown.chairs[2].who is not None
    assert shown.chairs[2].who.short == shown.chairs[2].who.initials == "KH"
    assert [alarm.text for alarm in shown.alarms] == [alarm.text for alarm in board.alarms]
    assert [(line.rate_ml_h, line.ends_at, line.vitals) for line in shown.infusions] == [
        (line.rate_ml_h, line.ends_at, line.vitals) for line in board.infusions
    ]
    assert [[point.met for point in line.points] for line in shown.discharge] == [
        [point.met for point in line.points] for line in board.discharge
    ]
    assert {mark.kind for line in shown.to_come for mark in line.marks} >= {"consent", "first time"}
    assert shown.chairs[2].who.visit == HALVORSEN.visit, "what is selected stays selected"
    assert shown.counts == board.counts
    assert wall_of(board).counts == wall_of(shown).counts
