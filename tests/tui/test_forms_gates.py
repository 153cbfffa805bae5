"""The lists before the start and before going home: every point, and the form that settles it one key away."""

from __future__ import annotations

from decimal import Decimal

from tests.tui.paper_room import KIM, PaperRoom, local, opened, press, screen_text

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Point
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import Phase
from infusionroom.tui.forms import FormScreen, GateScreen
from infusionroom.tui.forms.gate import SETTLED_BY
from infusionroom.tui.present.cells import text_of
from infusionroom.tui.present.gate_words import point_line


async def test_from_the_chair_to_the_start_by_keys_alone() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    answers: tuple[tuple[str, ...], ...] = (
        ("1", "2"),
        ("1",),
        ("70",),
        ("128", "tab", "76", "tab", "72", "tab", "14", "tab", "98"),
        ("8",),
        ("Sam Marlowe",),
        ("left forearm",),
        ("tab", "0.35"),
        (KIM, "tab", "ketamine", "tab", "2", "tab", "12.3", "tab", "K-Mar"),
    )
    async with opened(paper, "prestart", visit, size=(80, 24)) as (app, pilot):
        assert "9 missing before the start" in screen_text(app)
        for keys in answers:
            await press(pilot, "enter", *keys, "enter")
            assert isinstance(app.screen, GateScreen), screen_text(app)
            app.feed()
            await pilot.pause()
        assert "Nothing is missing." in screen_text(app)
        await press(pilot, "enter", "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).phase is Phase.INFUSING


async def test_the_list_needs_no_feed_between_two_of_its_own_entries() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "prestart", visit) as (app, pilot):
        await press(pilot, "enter", "1", "2", "enter", "down", "enter", "1", "enter")
        assert isinstance(app.screen, GateScreen), "the second entry is no conflict with the first"
    assert paper.fresh(visit).consent is not None


async def test_what_another_terminal_settles_is_settled_here_and_the_cursor_stays() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "prestart", visit) as (app, pilot):
        await press(pilot, "down", "down")
        paper.give(cmd.Record(visit=visit.id, fact=ev.PainRated(nrs=7)), by=KIM)
        app.feed()
        await pilot.pause()
        text = screen_text(app)
        assert "● Baseline pain" in text
        assert "▸ ○ Weight" in text


async def test_the_point_under_the_finger_stays_when_somebody_else_settles_it() -> None:
    """The next ⏎ would open another form than the one that was meant."""
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "prestart", visit) as (app, pilot):
        await press(pilot, "down", "down")
        paper.give(cmd.Record(visit=visit.id, fact=ev.Weighed(kg=Decimal(70))), by=KIM)
        app.feed()
        await pilot.pause()
        assert "▸ ● Weight" in screen_text(app)
        await press(pilot, "end")
        assert "▸ → Start" in screen_text(app)


async def test_a_point_that_may_be_overridden_is_one_key_from_it() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "prestart", visit) as (app, pilot):
        await press(pilot, "down")
        assert "A physician may override it." in screen_text(app)
        await press(pilot, "o")
        assert isinstance(app.screen, FormScreen)
        await press(pilot, "tab", "tab", "emergency", "enter")
        app.feed()
        await pilot.pause()
        assert "◐ Consent" in screen_text(app)
    assert [o.body.point for o in paper.fresh(visit).overrides] == ["consent"]


async def test_the_way_home_ends_with_sign_off_and_leaving() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    calm = ev.VitalsTaken(sbp=126, dbp=76, hr=72, rr=14, spo2=98, moaas=5, acvpu="A")
    visit = paper.record(visit, calm, at=local(12, 40))
    visit = paper.record(visit, calm, at=local(13))
    answers: tuple[tuple[str, ...], ...] = (
        ("2", "2", "tab", "2"),
        ("tab", "2", "2", "3", "tab", "tab", "2"),
        ("y",),
        (),
        (),
        ("555-0199",),
        (),
        (),
    )
    async with opened(paper, "discharge", visit, size=(80, 24)) as (app, pilot):
        for keys in answers:
            await press(pilot, "enter", *keys, "enter")
            assert isinstance(app.screen, GateScreen), screen_text(app)
            app.feed()
            await pilot.pause()
        assert "Nothing is missing." in screen_text(app)
        await press(pilot, "enter", "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).phase is Phase.LEFT


async def test_esc_closes_the_list() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "prestart", visit) as (app, pilot):
        await press(pilot, "escape")
        assert app.result is None


def test_every_point_of_both_lists_has_its_form() -> None:
    from infusionroom.domain.readiness import DISCHARGE_LABELS, START_LABELS
    from infusionroom.tui.forms import FORMS

    points = {*START_LABELS, *DISCHARGE_LABELS} - {"minimum_stay"}
    assert points == set(SETTLED_BY)
    assert set(SETTLED_BY.values()) <= set(FORMS)


def test_a_point_is_readable_without_colour() -> None:
    said = [
        text_of(point_line(point, 60)).split()[0]
        for point in (
            Point("a", "A", met=True),
            Point("b", "B", met=False),
            Point("c", "C", met=False, overridden_by="Dr Ward"),
            Point("d", "D", met=True, needed=False),
        )
    ]
    assert said == ["●", "○", "◐", "–"]
