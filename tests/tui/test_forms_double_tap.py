"""A double-tapped Enter: the second tap accepts nothing that nobody can have read."""

from __future__ import annotations

import pytest
from tests.tui.paper_room import PaperRoom, opened, press, screen_text
from textual import events

from infusionroom.domain.outcome import Done
from infusionroom.tui.forms.double_tap import DoubleTap


@pytest.fixture
def slow_eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who takes an hour to see what has appeared: every Enter of the test comes too soon."""
    monkeypatch.setattr(DoubleTap, "window_s", 3600.0)


def key(name: str, at: float) -> events.Key:
    pressed = events.Key(name, None)
    pressed.time = at
    return pressed


def test_the_second_tap_is_held_back_and_a_later_one_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DoubleTap, "window_s", 0.35)
    taps = DoubleTap()
    taps.appeared(100.0, {"signed_on": "today"})
    assert taps.holds_back(key("enter", 99.9)), "pressed before there was anything to see"
    assert taps.holds_back(key("enter", 100.2))
    assert not taps.holds_back(key("enter", 100.36))


def test_a_key_or_another_answer_between_the_taps_says_that_the_second_is_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DoubleTap, "window_s", 0.35)
    taps = DoubleTap()
    taps.appeared(100.0, {"nrs": ""})
    assert not taps.holds_back(key("tab", 100.1))
    assert not taps.holds_back(key("enter", 100.2))
    taps.appeared(100.0, {"nrs": ""})
    taps.answered({"nrs": ""})
    assert taps.holds_back(key("enter", 100.2)), "nothing was answered"
    taps.answered({"nrs": "8"})
    assert not taps.holds_back(key("enter", 100.2))


@pytest.mark.usefixtures("slow_eyes")
async def test_a_double_tap_in_the_list_opens_a_form_and_accepts_nothing() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "prestart", visit) as (app, pilot):
        await press(pilot, "down", "enter", "enter", "enter")
        assert "Signed on" in screen_text(app)
        assert paper.commands == []
        await press(pilot, "1", "tab", "enter")
        assert "missing before the start" in screen_text(app), "once somebody has moved in it, Enter is meant"
    assert paper.fresh(visit).consent is not None


@pytest.mark.usefixtures("slow_eyes")
async def test_a_double_tap_confirms_nothing_unlikely() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        await press(pilot, "220", "enter", "enter")
        assert "Enter again to confirm." in screen_text(app)
        assert paper.commands == []
        await press(pilot, "down", "enter")
        assert isinstance(app.result, Done)


@pytest.mark.usefixtures("slow_eyes")
async def test_an_answer_typed_and_accepted_in_one_breath_is_taken() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "note", visit) as (app, pilot):
        await press(pilot, "asleep", "enter")
        assert isinstance(app.result, Done)
