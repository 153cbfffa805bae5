"""The visit screen: everything of one visit, live, with a cursor that nobody else moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.tui.paper_room import KIM, PaperRoom, Stage, local, press, screen_text
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.background import Background
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms import FormScreen
from infusionroom.tui.panes.pane import Pane
from infusionroom.tui.visit_screen import VisitScreen


@asynccontextmanager
async def watching(
    paper: PaperRoom, visit: Visit, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Stage, VisitScreen, Pilot[None]]]:
    app = Stage(paper)
    async with app.run_test(size=size) as pilot:
        screen = VisitScreen(visit.id)
        await app.push_screen(screen)
        await pilot.pause()
        app.feed()
        await pilot.pause()
        yield app, screen, pilot


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_the_head_says_who_where_and_how_much(size: tuple[int, int]) -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.now = local(9, 30)
    async with watching(paper, visit, size) as (app, _, _pilot):
        text = screen_text(app)
        for words in (
            "Marlowe, Ruth",
            "born 14 Mar 1971",
            "record K-Mar",
            "chair 3",
            "▶ infusing 1:30",
            "day 3/5",
            "started 08:00",
            "1:30 of 4:00 h",
            "36.9 mg",
            "12.3 mL/h = 24.6 mg/h",
            "2:30 left",
            "ends 12:00",
        ):
            assert words in text, words


async def test_an_alarm_of_this_person_stands_in_the_head() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.record(visit, ev.VitalsTaken(sbp=128, dbp=76, hr=72, rr=14, spo2=86), at=local(8, 15))
    async with watching(paper, visit) as (app, _, _pilot):
        assert "!!! SpO₂ 86: below 88" in screen_text(app)


async def test_the_flowsheet_shows_who_when_late_and_what_became_of_it() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.give(
        cmd.Record(visit=visit.id, fact=ev.PainRated(nrs=2), at=local(8, 10)),
        by=KIM,
        from_="bay-2",
        at=local(8, 22),
    )
    target = paper.fresh(visit).entries[-1].id
    paper.give(cmd.Undo(visit=visit.id, target=target, why="wrong person"))
    async with watching(paper, visit) as (app, _, pilot):
        text = screen_text(app)
        (pain,) = [line for line in text.splitlines() if "× pain" in line]
        assert "08:10" in pain
        assert "RN Kim @bay" in pain
        assert "+12" in pain
        assert "↳ taken back" in text
        await press(pilot, "up")
        assert "happened 08:10, recorded 08:22 by RN Kim at bay-2" in screen_text(app)
        assert "taken back 08:22 by RN Lee: wrong person" in screen_text(app)


async def test_a_correction_shows_both_versions() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=9), at=local(8, 20))
    paper.give(
        cmd.Correct(visit=visit.id, target=visit.entries[-1].id, body=ev.PainRated(nrs=6), why="misheard")
    )
    async with watching(paper, visit) as (app, _, _pilot):
        text = screen_text(app)
        assert "~ pain" in text
        assert "NRS 9" in text
        assert "pain of 08:20 → NRS 6; misheard" in text


async def test_what_others_enter_moves_neither_cursor_nor_scroll() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with watching(paper, visit, (80, 24)) as (app, screen, pilot):
        chosen = screen.selected
        screen.query_one("#flowsheet", Pane).scroll_rows(-8)
        await pilot.pause()
        before = screen_text(app).splitlines()[7:18]
        paper.record(visit, ev.Noted(text="from another terminal"), by=KIM)
        app.feed()
        await pilot.pause()
        assert screen.selected == chosen
        assert screen_text(app).splitlines()[7:18] == before
        await press(pilot, "end")
        assert "from another terminal" in screen_text(app)


async def test_a_second_look_at_the_same_repaints_nothing() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with watching(paper, visit) as (app, screen, pilot):
        from infusionroom.tui.panes.lines import Lines

        counts = [lines.repainted for lines in screen.query(Lines)]
        app.feed()
        await pilot.pause()
        assert [lines.repainted for lines in screen.query(Lines)] == counts


async def test_u_takes_the_chosen_entry_back_and_c_corrects_it() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=4))
    visit = paper.record(visit, ev.Noted(text="later"))
    async with watching(paper, visit) as (app, _, pilot):
        await press(pilot, "up", "c")
        assert isinstance(app.screen, FormScreen)
        assert "Correct: Pain" in screen_text(app)
        await press(pilot, "escape", "u")
        assert "Take back" in screen_text(app)
        await press(pilot, "enter")
    assert [p.body.nrs for p in paper.fresh(visit).pains] == [8], "the rating of 4 is taken back"


async def test_what_is_taken_back_already_says_so() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.Noted(text="a mistake"))
    paper.give(cmd.Undo(visit=visit.id))
    async with watching(paper, visit) as (app, screen, pilot):
        await press(pilot, "up", "u")
        assert app.screen is screen
        assert any("already taken back" in n.message for n in app._notifications)


async def test_what_was_said_before_does_not_lie_over_a_form() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with watching(paper, visit) as (app, _, pilot):
        for opens in ("u", "c"):
            app.notify("Rate: the infusion has ended.")
            await press(pilot, opens)
            assert isinstance(app.screen, FormScreen)
            assert len(app._notifications) == 0, opens
            await press(pilot, "escape")


async def test_in_a_small_window_the_panes_are_tabs() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with watching(paper, visit, (80, 24)) as (app, _, pilot):
        assert "[1 Flowsheet]" in screen_text(app)
        await press(pilot, "2")
        text = screen_text(app)
        assert "[2 Trends]" in text
        assert "SpO₂ %  96 at 11:20" in text
        await press(pilot, "3")
        text = screen_text(app)
        assert "● Two identifiers" in text
        assert "○ Aldrete" in text
        await press(pilot, "shift+tab")
        assert "[2 Trends]" in screen_text(app)


async def test_side_by_side_the_list_is_the_one_that_is_next() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with watching(paper, visit) as (app, _, _pilot):
        assert "Before the start" in screen_text(app)
        assert "○ Consent" in screen_text(app)
    home = PaperRoom()
    recovering = home.recovering()
    async with watching(home, recovering) as (app, _, _pilot):
        text = screen_text(app)
        assert "Before going home" in text
        assert "○ Responsible adult" in text
        assert "○ Consent" not in text


async def test_the_verbs_of_the_board_work_here_for_this_person() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with watching(paper, visit) as (app, _, pilot):
        await press(pilot, "v")
        assert app.performed == [("vitals", visit.id)]


async def test_esc_goes_back_to_where_one_came_from() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with watching(paper, visit) as (app, screen, pilot):
        await press(pilot, "escape")
        assert app.screen is not screen


async def test_a_visit_of_a_past_day_is_shown_from_its_value() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    old = paper.fresh(visit)
    later = PaperRoom(local(8) + timedelta(days=3))
    app = Stage(later)
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(VisitScreen(old.id, old))
        await pilot.pause()
        app.feed()
        await pilot.pause()
        text = screen_text(app)
        assert "Marlowe, Ruth" in text
        assert "Mon 23 Nov 2026" in text
        assert "23 Nov" in text


async def test_a_visit_that_is_not_of_today_is_read_from_the_room() -> None:
    paper = PaperRoom()
    old = paper.recovering()
    later = PaperRoom(local(8) + timedelta(days=3))

    class Room:
        def visit(self, visit_id: str) -> Visit | None:
            return old if visit_id == old.id else None

        def background(self, visit: Visit) -> Background:
            return Background()

    app = Stage(later)
    app.room = Room()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(VisitScreen(old.id))
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Marlowe, Ruth" in screen_text(app)


@pytest.mark.parametrize("name", ["[/oops]", "\x1b[31mred", "\u202eevil", "李小龙" * 20])
async def test_hostile_names_and_notes_harm_nothing(name: str) -> None:
    paper = PaperRoom()
    visit = paper.infusing(name)
    visit = paper.record(visit, ev.Noted(text=f"{name}\n[b]note[/b]"))
    async with watching(paper, visit, (80, 24)) as (app, _, _pilot):
        text = screen_text(app)
        assert "[b]note[/b]" in text or "…" in text
        assert "born 14 Mar 1971" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_a_resize_keeps_the_chosen_entry_in_sight() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with watching(paper, visit) as (app, screen, pilot):
        await press(pilot, "up", "up")
        chosen = screen.selected
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert screen.selected == chosen
        assert "▸" in screen_text(app)


async def test_a_paused_infusion_says_why_and_what_is_set() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.give(cmd.Pause(visit=visit.id, why="nausea"), at=local(8, 30))
    paper.now = local(8, 36)
    async with watching(paper, visit) as (app, _, _pilot):
        text = screen_text(app)
        assert "‖ paused 0:06" in text
        assert "‖ paused: nausea" in text
        assert "0:30 of 4:00 h" in text
        assert "ends 12:06" in text


async def test_the_rate_falls_where_it_was_lowered() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.give(cmd.ChangeRate(visit=visit.id, to_ml_h=Decimal(6), why="pressure"), at=local(10))
    paper.now = local(12)
    async with watching(paper, visit, (200, 60)) as (app, _, _pilot):
        assert "Rate mL/h  6 now" in screen_text(app)
