"""The pane of who is still to come: somebody who takes several rows is one stop of the keys."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from tests.tui.boards import DAY, eight_chairs
from tests.tui.cardboard_room import CardboardRoom
from tests.tui.stage import on_stage, pane_text

from infusionroom.domain.board import Board, TaskLine


def with_tasks() -> Board:
    board = eight_chairs()
    who = msgspec.structs.replace(board.to_come[1].who, visit="")
    due = DAY - timedelta(days=4)
    task = TaskLine(who, "call", "call of day 7", due, "c1", "p1", 7)
    return msgspec.structs.replace(board, tasks=(task,))


async def test_the_keys_stop_once_at_everybody_and_never_at_a_heading() -> None:
    async with on_stage(CardboardRoom(with_tasks())) as (app, pilot):
        app.home.focus_pane("to_come")
        seen = []
        for _ in range(5):
            seen.append(app.home.selected)
            await pilot.press("down")
        assert [name.split(":")[0] for name in seen] == ["petrov", "abara", "lindqvist", "osei", "task"]
        assert app.home.target() == (None, None), "a task is nobody in a chair"
        await pilot.press("up")
        assert app.home.selected == "osei"


async def test_all_rows_of_the_selected_person_are_marked() -> None:
    async with on_stage(CardboardRoom(with_tasks())) as (app, pilot):
        app.home.focus_pane("to_come")
        await pilot.pause()
        marked = [line for line in pane_text(app, "to_come").splitlines() if line[0] == "▸"]
        assert len(marked) == 3
        assert "11:00 Petrov I" in marked[0]
        assert "consent missing" in marked[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_what_is_special_about_the_next_is_seen_at_every_size(size: tuple[int, int]) -> None:
    async with on_stage(CardboardRoom(with_tasks()), size=size) as (app, pilot):
        await pilot.pause()
        shown = pane_text(app, "to_come")
        for words in ("11:00 Petrov I", "1/1", "0.5 mg/kg/h", "consent missing", "first time"):
            assert words in shown
        assert "1 to do" in shown
