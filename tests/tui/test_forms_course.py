"""A course's day at the chair: the weight from before, the ramp's order, and the day before beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.course_paper import booked, course
from tests.tui.paper_room import KIM, LEE, WARD, PaperRoom, given, local, opened, press, screen_text

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import Visit

FRIDAY = local(8) - timedelta(days=3)


def with_course(*, dose: str = "0.5", days: int = 5, first: datetime | None = None, **made: Any) -> PaperRoom:
    """A room with Ruth Marlowe's course, its first day today unless said otherwise."""
    paper = PaperRoom()
    file = made.pop("file", None)
    starts = [(first or local(8)) + timedelta(days=n) for n in range(days)]
    entries = booked(paper.room, course(dose, days=days, **made), starts, entries=0, file=file)
    paper.entries += entries
    paper.room = evolve(paper.room, entries)
    return paper


def sits(paper: PaperRoom, visit: str, *, kg: str | None = "83.4") -> Visit:
    paper.give(cmd.Arrive(visit=visit))
    paper.give(cmd.Seat(visit=visit, chair=3))
    if kg is not None:
        paper.record(paper.room.visits[visit], ev.Weighed(kg=Decimal(kg)))
    return paper.room.visits[visit]


def a_day_before(**made: Any) -> PaperRoom:
    """Day 1 was held on Friday with nausea, and stopped early; today is day 2."""
    paper = with_course(first=FRIDAY, **made)
    moved = paper.room.visits["v2"].plan
    paper.now = FRIDAY
    sits(paper, "v1")
    entries = (
        ev.PainRated(nrs=8),
        ev.Ordered(
            drug="ketamine",
            basis="mg_per_kg_h",
            dose=Decimal("0.3"),
            duration_min=240,
            concentration_mg_ml=Decimal(2),
            weight_kg=Decimal("83.4"),
            rate_ml_h=Decimal("12.5"),
            rate_mg_h=Decimal(25),
            prescriber="Dr Osei",
            percent=60,
        ),
        ev.InfusionStarted(
            drug="ketamine",
            rate_ml_h=Decimal("12.5"),
            concentration_mg_ml=Decimal(2),
            duration_min=240,
            order=0,
        ),
    )
    _happened(paper, "v1", FRIDAY, *entries)
    _happened(paper, "v1", FRIDAY + timedelta(hours=1), ev.SideEffectSeen(what="nausea", grade="moderate"))
    _happened(paper, "v1", FRIDAY + timedelta(hours=3), ev.Stopped(early=True, why="nausea"))
    _happened(paper, "v1", FRIDAY + timedelta(hours=4), ev.PainRated(nrs=5), ev.Left(chair=3))
    paper.now = local(8)
    _happened(paper, "v2", FRIDAY, ev.PlanChanged(plan=replace(moved, start=local(8))))
    return paper


def _happened(paper: PaperRoom, visit: str, at: datetime, *bodies: ev.Event) -> None:
    """What an earlier day left in the journal."""
    for body in bodies:
        entry = Entry(
            id=len(paper.entries) + 1,
            stream=f"visit:{visit}",
            version=paper.room.visits[visit].version + 1,
            happened_at=at,
            recorded_at=at,
            actor=LEE,
            terminal="desk",
            command=f"e{len(paper.entries)}",
            part=0,
            body=body,
        )
        paper.entries.append(entry)
        paper.room = evolve(paper.room, [entry])


# ── the order ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_enter_alone_orders_what_the_ramp_says() -> None:
    paper = with_course(dose="0.42", cap="35")
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await pilot.pause()
        text = screen_text(app)
        assert "suggested: 60 % of 0.42 mg/kg/h" in text
        assert "Ramp: 60 % of 0.42 mg/kg/h, day 1 of 5" in text
        assert "10.5 mL/h = 21 mg/h = 0.252 mg/kg/h at 83.4 kg, over 4:00: 84 mg in 42 mL, ends 12:00" in text
        await press(pilot, "enter")
        assert isinstance(app.result, Done), screen_text(app)
    assert given(paper) == cmd.Order(
        visit="v1",
        basis="mg_per_kg_h",
        dose=Decimal("0.252"),
        cap_mg_h=Decimal(35),
        duration_min=240,
        concentration_mg_ml=Decimal(2),
        drug="ketamine",
        prescriber="Dr Osei",
        percent=60,
    )


async def test_a_target_in_mg_per_hour_with_a_bag_of_its_own_fills_all_of_it_in() -> None:
    paper = with_course(
        dose="30", basis="mg_per_h", concentration_mg_ml=Decimal(1), duration_min=180, drug="esketamine"
    )
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "enter")
        assert isinstance(app.result, Done), screen_text(app)
    order = given(paper)
    assert isinstance(order, cmd.Order)
    assert (order.basis, order.dose, order.percent) == ("mg_per_h", Decimal(18), 60)
    assert (order.duration_min, order.concentration_mg_ml, order.drug) == (180, Decimal(1), "esketamine")


async def test_another_dose_is_no_step_of_the_ramp() -> None:
    paper = with_course()
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "tab", "0.25")
        assert "Above the ramp" not in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.result, Done), screen_text(app)
    order = given(paper)
    assert isinstance(order, cmd.Order)
    assert (order.dose, order.percent) == (Decimal("0.25"), None)


async def test_more_than_the_ramp_is_warned_of_and_not_refused() -> None:
    paper = with_course()
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "tab", "0.5")
        assert "Above the ramp, day 1 of 5: 60 % would be 0.3 mg/kg/h." in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.result, Done), screen_text(app)


async def test_the_form_shows_the_rate_that_is_then_recorded() -> None:
    """41.7 mg/h are 20.85 mL/h: half up would pass the course's target."""
    paper = with_course(ramp=(100,))
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await pilot.pause()
        assert "20.8 mL/h = 41.6 mg/h" in screen_text(app)
        await press(pilot, "enter")
    order = paper.fresh(visit).order
    assert order is not None
    assert order.body.rate_ml_h == Decimal("20.8")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            {"dose": "0.5", "cap": "25", "ramp": (100,)},
            "The ramp's 0.5 mg/kg/h is lowered by the cap to 25 mg/h.",
        ),
        (
            {"dose": "1.2", "ramp": (100,)},
            "The ramp's 1.2 mg/kg/h is lowered to the clinic's hard limit, 1 mg/kg/h.",
        ),
    ],
    ids=["cap", "hard limit"],
)
async def test_what_lowered_the_ramps_dose_is_said(made: dict[str, Any], said: str) -> None:
    paper = with_course(**made)
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await pilot.pause()
        assert said in screen_text(app)


async def test_in_the_other_unit_nothing_of_the_first_stays() -> None:
    """0.3 mg/kg/h is not 0.3 mg/h: the dose follows the unit for as long as nobody has typed one."""
    paper = with_course()
    visit = sits(paper, "v1")
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "h", "enter")
        assert isinstance(app.result, Done), screen_text(app)
    order = given(paper)
    assert isinstance(order, cmd.Order)
    assert (order.basis, order.dose, order.percent) == ("mg_per_h", Decimal(25), None)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_day_before_stands_beside_the_order(size: tuple[int, int]) -> None:
    paper = a_day_before()
    visit = sits(paper, "v2", kg="83")
    async with opened(paper, "order", visit, size=size) as (app, pilot):
        await pilot.pause()
        text = " ".join(screen_text(app).replace("│", " ").split())
        assert "Day 1 of 5 (60 %): 25 mg/h = 0.3 mg/kg/h, 75 mg given" in text
        assert "Pain 8 → 5; worst: moderate nausea; stopped early: nausea" in text
        assert "80 % of 0.5 mg/kg/h, day 2 of 5" in text
        assert "33.2 mg/h" in text


async def test_unweighed_the_ramp_still_says_its_dose() -> None:
    paper = with_course()
    visit = sits(paper, "v1", kg=None)
    async with opened(paper, "order", visit) as (app, pilot):
        await pilot.pause()
        text = screen_text(app)
        assert "weigh the person first" in text
        assert "60 % of 0.5 mg/kg/h" in text


async def test_without_a_course_nothing_is_suggested() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        await pilot.pause()
        assert "suggested" not in screen_text(app)


# ── the weight ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_earlier_visits_weight_stands_beside_the_question_with_its_age() -> None:
    paper = a_day_before()
    visit = sits(paper, "v2", kg=None)
    async with opened(paper, "weight", visit) as (app, pilot):
        await press(pilot, "70")
        text = screen_text(app)
        assert "83.4 kg on 20 Nov 2026, 3 days ago" in text
        assert "too old" not in text
        assert "more than 10 % off the last" in text
        await press(pilot, "enter")
        assert app.result == "open", "it is asked once"
        await press(pilot, "enter")
        assert isinstance(app.result, Done)


async def test_a_weight_of_long_ago_is_called_too_old() -> None:
    told = ev.PatientFile(family="Marlowe", weight=ev.WeightOnFile(Decimal("82.4"), date(2026, 10, 12)))
    paper = with_course(file=told)
    visit = sits(paper, "v1", kg=None)
    async with opened(paper, "weight", visit) as (app, pilot):
        await pilot.pause()
        assert "82.4 kg on 12 Oct 2026, 42 days ago: too old" in screen_text(app)


# ── the double check, and a new rate ────────────────────────────────────────────────────────────────────────


async def test_a_second_person_who_disagrees_is_refused_without_being_told_the_numbers() -> None:
    paper = with_course()
    visit = sits(paper, "v1")
    paper.give(
        cmd.Order(visit="v1", basis="mg_per_kg_h", dose=Decimal("0.3"), prescriber="Dr Osei", percent=60)
    )
    visit = paper.fresh(visit)
    async with opened(paper, "double_check", visit, actor=KIM) as (app, pilot):
        await press(pilot, "tab", "ketamine", "tab", "5", "tab", "9.9", "tab", "K-Mar", "enter")
        assert app.result == "open", "it is refused and stays open"
        text = screen_text(app).replace("-10 or 10:25", "")
        assert "concentration does not agree" in text
        assert "rate does not agree" in text
        for number in ("12.5", "25", "0.3", "83.4", "60 %", "1971"):
            assert number not in text, number
    assert paper.fresh(visit).double_check is None


async def test_a_new_rate_is_the_orders_prescribers_unless_another_is_named() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "rate", visit) as (app, pilot):
        assert WARD in screen_text(app)
        await press(pilot, "tab", "10", "tab", "2", "tab", "Dr Osei", "enter")
        assert isinstance(app.result, Done), screen_text(app)
    change = given(paper)
    assert isinstance(change, cmd.ChangeRate)
    assert change.prescriber == "Dr Osei"


# ── side effects ────────────────────────────────────────────────────────────────────────────────────────────


async def test_side_effects_so_far_stand_below_and_other_needs_words() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.SideEffectSeen(what="nausea", grade="mild"))
    async with opened(paper, "side_effect", visit) as (app, pilot):
        await press(pilot, "o", "3", "enter")
        text = screen_text(app)
        assert "So far: mild nausea at 08:00" in text
        assert "Say in words what it was." in text
        await press(pilot, "hiccups", "enter")
        assert isinstance(app.result, Done), screen_text(app)
    assert paper.fresh(visit).side_effects[-1].body == ev.SideEffectSeen(
        what="other", grade="severe", note="hiccups"
    )
