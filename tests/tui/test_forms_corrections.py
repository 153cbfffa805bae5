"""Taking back and correcting: the newest at hand, a reason after two minutes, the form as it was filled in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.consenting import consent
from tests.tui.paper_room import KIM, LEE, PaperRoom, given, local, opened, press, screen_text

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms import FORMS
from infusionroom.tui.forms.corrections import correction_of, happened_text
from infusionroom.tui.forms.spec import FormContext


def _last(visit: Visit) -> int:
    return visit.entries[-1].id


async def test_just_entered_needs_no_reason() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "undo", visit) as (app, pilot):
        text = screen_text(app)
        assert "no reason is needed" in text
        assert "Why" not in text
        await press(pilot, "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).infusion is None


async def test_after_two_minutes_it_asks_why() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=4))
    paper.now = local(8, 3)
    async with opened(paper, "undo", visit) as (app, pilot):
        assert "Why" in screen_text(app)
        await press(pilot, "enter")
        assert "Why is needed." in screen_text(app)
        await press(pilot, "wrong person", "enter")
        assert isinstance(app.result, Done)
    assert given(paper) == cmd.Undo(visit=visit.id, target=_last(visit), why="wrong person")


async def test_an_entry_of_somebody_else_says_whose_it_is() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=4), by=KIM)
    async with opened(paper, "undo", visit) as (app, _):
        assert "This was entered by RN Kim." in screen_text(app)


async def test_the_flowsheets_entry_comes_preselected() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=4))
    target = _last(visit)
    visit = paper.record(visit, ev.Noted(text="later"))
    async with opened(paper, "undo", visit, entry=target) as (_, pilot):
        await press(pilot, "enter")
    assert given(paper) == cmd.Undo(visit=visit.id, target=target)


async def test_what_is_taken_back_is_no_longer_offered() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.Noted(text="a mistake"))
    paper.give(cmd.Undo(visit=visit.id))
    async with opened(paper, "undo", paper.fresh(visit)) as (app, _):
        assert "a mistake" not in screen_text(app)


async def test_correcting_opens_the_form_as_it_was_filled_in() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.VitalsTaken(sbp=182, dbp=76, hr=72, rr=14, spo2=98))
    target = _last(visit)
    paper.now = local(8, 30)
    async with opened(paper, "correct", visit, entry=target) as (app, pilot):
        text = screen_text(app)
        assert "Correct: Vitals" in text
        assert "182" in text
        await press(pilot, "ctrl+u", "128", *("shift+tab",), "mistyped", "enter")
        assert isinstance(app.result, Done)
    assert given(paper) == cmd.Correct(
        visit=visit.id,
        target=target,
        why="mistyped",
        body=ev.VitalsTaken(sbp=128, dbp=76, hr=72, rr=14, spo2=98),
    )


async def test_the_entry_can_be_chosen_first() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=4))
    paper.record(visit, ev.Noted(text="later"))
    async with opened(paper, "correct", paper.fresh(visit)) as (app, pilot):
        await press(pilot, "2", "enter")
        assert "Correct: Pain" in screen_text(app)
        await press(pilot, "ctrl+u", "6", "shift+tab", "misheard", "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).pains[-1].body.nrs == 6


async def test_only_the_time_of_an_arrival_can_be_corrected() -> None:
    paper = PaperRoom(local(8))
    visit = paper.arrived()
    target = _last(visit)
    paper.now = local(8, 20)
    async with opened(paper, "correct", visit, entry=target) as (app, pilot):
        assert "Only its time can be corrected" in screen_text(app)
        await press(pilot, "ctrl+u", "07:50", "tab", "saw them earlier", "enter")
        assert isinstance(app.result, Done)
    assert given(paper) == cmd.Correct(
        visit=visit.id, target=target, why="saw them earlier", new_at=local(7, 50)
    )
    assert paper.fresh(visit).arrived_at == local(7, 50)


async def test_a_correction_that_changes_nothing_says_so() -> None:
    paper = PaperRoom()
    visit = paper.record(paper.infusing(), ev.PainRated(nrs=4))
    async with opened(paper, "correct", visit, entry=_last(visit)) as (app, pilot):
        await press(pilot, "shift+tab", "because", "enter")
        assert "Nothing is different yet" in screen_text(app)
    assert paper.commands == []


@pytest.mark.parametrize(
    "fact",
    [
        ev.Identified(by=("name", "record_number")),
        consent(local(8).date()),
        ev.Weighed(kg=Decimal("70.5")),
        ev.VitalsTaken(
            sbp=128, dbp=76, temp_c=Decimal("36.6"), rass=-1, acvpu="V", on_oxygen=True, spo2_scale=2
        ),
        ev.PainRated(nrs=4, average_24h=5, worst=8, least=2),
        ev.PainRated(unable=True),
        ev.AdultNamed(name="Sam", phone="1", relation="son"),
        ev.IvPlaced(site="left hand", gauge="22 G"),
        ev.IvRemoved(site_check="clean"),
        ev.LineChecked(finding="patent"),
        ev.BagChanged(lot="L7", volume_ml=Decimal(100)),
        ev.AdjunctGiven(drug="ondansetron", dose="4 mg", route="IV", why="nausea"),
        ev.Noted(text="two\nlines"),
        ev.AldreteScored(activity=2, respiration=1, circulation=2, consciousness=1, spo2=0),
        ev.PadssScored(vital_signs=1, walking=1, nausea=2, pain=1, bleeding=2, nrs=5),
        ev.OrientationChecked(oriented=False),
        ev.EscortPresent(name="Sam"),
        ev.InstructionsGiven(phone="555"),
        ev.OralKetamineArranged(prescribed_by="Dr Ward", taught=True, dose="10 mg"),
        ev.NextVisitArranged(what="tomorrow"),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_every_fact_comes_back_as_it_was_typed(fact: ev.Event) -> None:
    """Filled in again and read again, a form makes the very entry that it was filled from."""
    from infusionroom.tui.forms.reading import read_all

    paper = PaperRoom()
    visit = paper.recovering()
    context = FormContext(room=paper.room, visit=visit, chair=3, now=paper.now, actor=LEE)
    spec = next(s for s in FORMS.values() if s.kind == ev.kind_of(fact))
    assert spec.fill is not None
    assert spec.build is not None
    values, readings = read_all(spec.fields, spec.fill(fact, context), context)
    assert not [r.problem for r in readings.values() if r.problem]
    made = spec.build(values, context)
    assert isinstance(made, cmd.Record)
    assert made.fact == fact


def test_a_pauses_reason_comes_back_as_it_was_picked_and_worded() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.give(cmd.Pause(visit=visit.id, why="nausea: after lunch"), at=local(8, 30))
    visit = paper.fresh(visit)
    entry = visit.entries[-1]
    context = FormContext(room=paper.room, visit=visit, chair=3, now=paper.now, actor=LEE, entry=entry)
    spec = correction_of(entry, FORMS["pause"], context)
    filled = {field.id: field.default(context) for field in spec.fields}
    assert filled == {"reason": "1", "words": "after lunch", "at": "08:30", "why_corrected": ""}


def test_an_entry_of_another_day_keeps_its_day() -> None:
    paper = PaperRoom()
    visit = paper.arrived()
    context = FormContext(
        room=paper.room, visit=visit, chair=None, now=local(8) + timedelta(days=1), actor=LEE
    )
    assert happened_text(visit.entries[-1], context) == "2026-11-23T08:00-05:00"
