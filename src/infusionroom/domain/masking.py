"""What a board may say while nobody is signed in: people by initials, and nothing written about them."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from infusionroom.domain.board import Board, ChairLine, MarkKind, Point, ToComeLine, Who

# What a mark of these kinds says is what a person suffers from, or whom they come with.
PRIVATE_MARKS: Final[frozenset[MarkKind]] = frozenset(
    {"contraindication", "allergy", "weight", "off guideline", "escort"}
)


def masked(board: Board) -> Board:
    """The same board without names, doses to come, what a person suffers from, or a word that somebody typed.

    States, times, rates, scores, alarms and what is to do stay, in the program's own words: the room is run by them.
    """
    return replace(
        board,
        alarms=tuple(replace(alarm, who=_masked(alarm.who)) for alarm in board.alarms),
        chairs=tuple(_chair(line) for line in board.chairs),
        infusions=tuple(replace(line, who=_masked(line.who), pause_why="") for line in board.infusions),
        recovery=tuple(replace(line, who=_masked(line.who)) for line in board.recovery),
        discharge=tuple(
            replace(
                line,
                who=_masked(line.who),
                waiting_for="",
                points=tuple(_point(point) for point in line.points),
            )
            for line in board.discharge
        ),
        to_come=tuple(_to_come(line) for line in board.to_come),
        bars=tuple(replace(bar, who=_masked(bar.who)) if bar.who else bar for bar in board.bars),
        carried_over=tuple(_masked(who) for who in board.carried_over),
        tasks=tuple(replace(task, who=_masked(task.who)) for task in board.tasks),
    )


def _masked(who: Who) -> Who:
    """Two people with the same initials are told apart by their chairs: a mark would say that the names are alike."""
    return Who(who.visit, "", "", who.initials, who.initials)


def _chair(line: ChairLine) -> ChairLine:
    return replace(
        line,
        who=_masked(line.who) if line.who else None,
        next_who=_masked(line.next_who) if line.next_who else None,
        note="",
    )


def _point(point: Point) -> Point:
    """Whether it is met, and not what it rests on: that names escorts and medicines."""
    return replace(point, detail="")


def _to_come(line: ToComeLine) -> ToComeLine:
    marks = tuple(mark for mark in line.marks if mark.kind not in PRIVATE_MARKS)
    return replace(line, who=_masked(line.who), dose="", marks=marks, note="")
