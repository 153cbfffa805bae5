"""Every form can be opened, filled by keys, and gives the command that is meant; Esc leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace
from tests.consenting import consent
from tests.tui.paper_room import DAY, KIM, LEE, WARD, PaperRoom, given, local, opened, press, screen_text

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.outcome import Done
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit, visit_id_of
from infusionroom.tui.forms import FORMS
from infusionroom.tui.forms.after_course import AFTER_COURSE
from infusionroom.tui.forms.courses import COURSES
from infusionroom.tui.forms.merging import MERGING
from infusionroom.tui.forms.patients import PATIENTS


def replace_room(paper: PaperRoom, **changed: Any) -> None:
    """The clinic is another one."""
    assert paper.room.clinic is not None
    paper.room = replace(paper.room, clinic=replace(paper.room.clinic, **changed))


Make = Callable[[PaperRoom], Visit | None]


class Story(NamedTuple):
    """Somebody at some point of the day, the keys, and what is meant by them."""

    form: str
    make: Make
    keys: tuple[str, ...]
    meant: Callable[[Visit], cmd.Command]
    chair: int | None = None
    actor: str = LEE


def _tabbed(*words: str) -> tuple[str, ...]:
    """Each typed, then on to the next question."""
    return tuple(key for word in words for key in (word, "tab"))


def _fact(fact: Any) -> Callable[[Visit], cmd.Command]:
    return lambda visit: cmd.Record(visit=visit.id, fact=fact)


def _noted(paper: PaperRoom) -> Visit:
    visit = paper.record(paper.seated(), ev.Noted(text="first"))
    return paper.record(visit, ev.Noted(text="second"))


def _with_neighbour(paper: PaperRoom) -> Visit:
    paper.seated("Okafor", "Tunde", chair=5)
    return paper.seated()


def _paused(paper: PaperRoom) -> Visit:
    visit = paper.infusing()
    paper.give(cmd.Pause(visit=visit.id, why="nausea"), at=local(8, 30))
    return paper.fresh(visit)


def _at_the_end(paper: PaperRoom) -> Visit:
    visit = paper.infusing()
    paper.now = local(12)
    return visit


def _half_way(paper: PaperRoom) -> Visit:
    visit = paper.infusing()
    paper.now = local(10)
    return visit


def _ready(paper: PaperRoom) -> Visit:
    visit = paper.recovering(course=(5, 5))
    calm = ev.VitalsTaken(sbp=126, dbp=76, hr=72, rr=14, spo2=98, moaas=5, rass=0, acvpu="A")
    visit = paper.record(visit, calm, at=local(12, 40))
    for fact in (
        calm,
        ev.AldreteScored(activity=2, respiration=2, circulation=2, consciousness=2, spo2=2),
        ev.PadssScored(vital_signs=2, walking=2, nausea=2, pain=2, bleeding=2, nrs=3),
        ev.OrientationChecked(oriented=True),
        ev.IvRemoved(site_check="clean"),
        ev.EscortPresent(name="Sam Marlowe"),
        ev.InstructionsGiven(phone="555-0199"),
        ev.OralKetamineArranged(prescribed_by=WARD, taught=True),
        ev.NextVisitArranged(what="call in two weeks"),
    ):
        visit = paper.record(visit, fact, at=local(13))
    return visit


def _signed(paper: PaperRoom) -> Visit:
    visit = _ready(paper)
    paper.give(cmd.SignOff(visit=visit.id))
    return paper.fresh(visit)


def _hot(paper: PaperRoom) -> Visit:
    """Infusing, with an alarm that nobody has seen."""
    visit = paper.infusing()
    return paper.record(visit, ev.VitalsTaken(sbp=128, dbp=76, hr=72, rr=14, spo2=86), at=local(8, 15))


def _dirty_chair(paper: PaperRoom) -> None:
    visit = paper.seated(chair=4)
    paper.give(cmd.TurnAway(visit=visit.id, why="unwell"))


def _cleaned_chair(paper: PaperRoom) -> None:
    _dirty_chair(paper)
    paper.give(cmd.CleanChair(chair=4))


def _empty_store(paper: PaperRoom) -> None:
    paper.room = Room()


def _planned_elsewhere(visit: Visit) -> ev.Plan:
    return replace(visit.plan, start=local(9, 30), note="late bus")


STORIES = (
    Story("arrive", PaperRoom.planned, ("enter",), lambda v: cmd.Arrive(visit=v.id)),
    Story("arrive", PaperRoom.planned, ("-10", "enter"), lambda v: cmd.Arrive(visit=v.id, at=local(7, 50))),
    Story("seat", PaperRoom.arrived, ("enter",), lambda v: cmd.Seat(visit=v.id, chair=1)),
    Story("seat", PaperRoom.arrived, ("6", "enter"), lambda v: cmd.Seat(visit=v.id, chair=6)),
    Story("seat", PaperRoom.arrived, ("down", "enter"), lambda v: cmd.Seat(visit=v.id, chair=2)),
    Story(
        "move",
        PaperRoom.seated,
        ("8", "window", "enter"),
        lambda v: cmd.Move(visit=v.id, chair=8, why="window"),
    ),
    Story("swap", _with_neighbour, ("5", "enter"), lambda v: cmd.Swap(visit=v.id, with_visit=_other(v))),
    Story(
        "turn_away",
        PaperRoom.seated,
        ("1", "190 twice", "enter"),
        lambda v: cmd.TurnAway(visit=v.id, why="pressure too high: 190 twice"),
    ),
    Story(
        "walk_in",
        lambda paper: None,
        ("Petrov", "tab", "Ivan", "tab", "1980-02-01", "tab", "K-9", "tab", "tab", "1", "tab", "1", "enter"),
        lambda v: cmd.PlanVisit(
            plan=ev.Plan(
                patient=ev.Patient(
                    family="Petrov", given="Ivan", birth_date=date(1980, 2, 1), record_number="K-9"
                ),
                start=local(8),
                course=ev.CourseDay(day=1, of=1),
                walk_in=True,
            )
        ),
    ),
    Story(
        "plan",
        lambda paper: None,
        ("Abara", "tab", "tab", "tab", "tab", "2026-11-24", "tab", "11:30", "tab", "4:00", "enter"),
        lambda v: cmd.PlanVisit(
            plan=ev.Plan(
                patient=ev.Patient(family="Abara"), start=local(11, 30) + timedelta(days=1), duration_min=240
            )
        ),
    ),
    Story(
        "change_plan",
        PaperRoom.planned,
        (*("tab",) * 5, "09:30", *("tab",) * 5, "late bus", "enter"),
        lambda v: cmd.ChangePlan(visit=v.id, plan=_planned_elsewhere(v)),
    ),
    Story("cancel", PaperRoom.planned, ("ill", "enter"), lambda v: cmd.CancelVisit(visit=v.id, why="ill")),
    Story("no_show", PaperRoom.planned, ("enter",), lambda v: cmd.MarkNoShow(visit=v.id)),
    Story(
        "entered_in_error",
        PaperRoom.planned,
        ("twice", "enter"),
        lambda v: cmd.MarkEnteredInError(visit=v.id, why="twice"),
    ),
    Story(
        "identify",
        PaperRoom.seated,
        ("1", "2", "enter"),
        _fact(ev.Identified(by=("name", "birth_date"))),
    ),
    Story("consent", PaperRoom.seated, ("1", "enter"), _fact(consent(DAY))),
    Story("weight", PaperRoom.seated, ("70.5", "enter"), _fact(ev.Weighed(kg=Decimal("70.5")))),
    Story(
        "adult",
        PaperRoom.seated,
        ("Sam Marlowe", "tab", "555-0100", "tab", "son", "enter"),
        _fact(ev.AdultNamed(name="Sam Marlowe", phone="555-0100", relation="son")),
    ),
    Story(
        "iv",
        PaperRoom.seated,
        ("left hand", "tab", "22", "enter"),
        _fact(ev.IvPlaced(site="left hand", gauge="22 G")),
    ),
    Story(
        "vitals",
        PaperRoom.infusing,
        (*_tabbed("128", "76", "72", "14", "97", "36.6", "4", "-1"), "a", "enter"),
        _fact(
            ev.VitalsTaken(
                sbp=128,
                dbp=76,
                hr=72,
                rr=14,
                spo2=97,
                temp_c=Decimal("36.6"),
                moaas=4,
                rass=-1,
                acvpu="A",
            )
        ),
    ),
    Story("pain", PaperRoom.infusing, ("4", "enter"), _fact(ev.PainRated(nrs=4))),
    Story("pain", PaperRoom.infusing, ("tab", "y", "enter"), _fact(ev.PainRated(unable=True))),
    Story(
        "note",
        PaperRoom.infusing,
        ("sleepy", "ctrl+j", "answers", "enter"),
        _fact(ev.Noted(text="sleepy\nanswers")),
    ),
    Story(
        "side_effect",
        PaperRoom.infusing,
        ("n", "2", "after the rise", "enter"),
        _fact(ev.SideEffectSeen(what="nausea", grade="moderate", note="after the rise")),
    ),
    Story(
        "line_check",
        PaperRoom.infusing,
        ("enter",),
        _fact(ev.LineChecked(finding="patent, no redness or swelling")),
    ),
    Story(
        "adjunct",
        PaperRoom.infusing,
        ("ondansetron", "tab", "4 mg", "tab", "IV", "tab", "nausea", "enter"),
        _fact(ev.AdjunctGiven(drug="ondansetron", dose="4 mg", route="IV", why="nausea")),
    ),
    Story(
        "bag",
        PaperRoom.infusing,
        ("L77", "tab", "100", "enter"),
        _fact(ev.BagChanged(lot="L77", volume_ml=Decimal(100))),
    ),
    Story("acknowledge", _hot, ("enter",), lambda v: cmd.Acknowledge(visit=v.id)),
    Story(
        "order",
        PaperRoom.prepared,
        ("tab", "0.35", "tab", "25", "enter"),
        lambda v: cmd.Order(
            visit=v.id,
            basis="mg_per_kg_h",
            dose=Decimal("0.35"),
            cap_mg_h=Decimal(25),
            duration_min=240,
            concentration_mg_ml=Decimal(2),
            drug="ketamine",
            prescriber=WARD,
        ),
    ),
    Story(
        "double_check",
        PaperRoom.ordered,
        (KIM, "tab", "ketamine", "tab", "2", "tab", "12.3", "tab", "14 Mar 1971", "enter"),
        lambda v: cmd.DoubleCheck(
            visit=v.id,
            user=KIM,
            drug="ketamine",
            concentration_mg_ml=Decimal(2),
            rate_ml_h=Decimal("12.3"),
            patient="1971-03-14",
        ),
    ),
    Story(
        "pause",
        PaperRoom.infusing,
        ("2", "enter"),
        lambda v: cmd.Pause(visit=v.id, why="bathroom"),
    ),
    Story(
        "pause",
        PaperRoom.infusing,
        ("0", "fire drill", "enter"),
        lambda v: cmd.Pause(visit=v.id, why="fire drill"),
    ),
    Story("resume", _paused, ("enter",), lambda v: cmd.Resume(visit=v.id)),
    Story(
        "rate",
        PaperRoom.infusing,
        ("tab", "10", "tab", "2", "enter"),
        lambda v: cmd.ChangeRate(visit=v.id, to_ml_h=Decimal(10), why="pressure", prescriber=WARD),
    ),
    Story(
        "rate",
        PaperRoom.infusing,
        ("g", "18", "tab", "2", "enter"),
        lambda v: cmd.ChangeRate(visit=v.id, to_mg_h=Decimal(18), why="pressure", prescriber=WARD),
    ),
    Story(
        "bolus",
        PaperRoom.infusing,
        ("10", "tab", "1", "enter"),
        lambda v: cmd.GiveBolus(visit=v.id, mg=Decimal(10), why="as ordered"),
    ),
    Story("stop", _at_the_end, ("enter",), lambda v: cmd.Stop(visit=v.id)),
    Story(
        "stop",
        _half_way,
        ("1", "enter"),
        lambda v: cmd.Stop(visit=v.id, why="their wish"),
    ),
    Story(
        "aldrete",
        PaperRoom.recovering,
        ("2", "2", "tab", "1", "enter"),
        _fact(ev.AldreteScored(activity=2, respiration=2, circulation=2, consciousness=1, spo2=2)),
    ),
    Story(
        "padss",
        PaperRoom.recovering,
        ("tab", "2", "2", "5", "tab", "n", "tab", "2", "enter"),
        _fact(ev.PadssScored(vital_signs=2, walking=2, nausea=2, pain=1, bleeding=2, nrs=5)),
    ),
    Story(
        "padss",
        PaperRoom.recovering,
        ("tab", "2", "2", "5", "tab", "y", "tab", "2", "enter"),
        _fact(
            ev.PadssScored(
                vital_signs=2, walking=2, nausea=2, pain=2, bleeding=2, nrs=5, acceptable=True
            )
        ),
    ),
    Story(
        "iv_out",
        PaperRoom.recovering,
        ("enter",),
        _fact(ev.IvRemoved(site_check="clean and dry, no swelling")),
    ),
    Story("orientation", PaperRoom.recovering, ("y", "enter"), _fact(ev.OrientationChecked(oriented=True))),
    Story("escort", PaperRoom.recovering, ("enter",), _fact(ev.EscortPresent(name="Sam Marlowe"))),
    Story(
        "instructions",
        PaperRoom.recovering,
        ("555-0199", "enter"),
        _fact(ev.InstructionsGiven(phone="555-0199")),
    ),
    Story(
        "oral",
        PaperRoom.recovering,
        ("tab", "10 mg", "tab", "y", "enter"),
        _fact(ev.OralKetamineArranged(prescribed_by=WARD, taught=True, dose="10 mg")),
    ),
    Story("next_visit", PaperRoom.recovering, ("enter",), _fact(ev.NextVisitArranged(what="day 4 of 5"))),
    Story(
        "override",
        PaperRoom.seated,
        ("tab", "tab", "emergency", "enter"),
        lambda v: cmd.Override(
            visit=v.id, gate="start", point="consent", physician=WARD, reason="emergency"
        ),
    ),
    Story("sign_off", _ready, ("enter",), lambda v: cmd.SignOff(visit=v.id)),
    Story("wait", _signed, ("3", "enter"), lambda v: cmd.Wait(visit=v.id, reason="prescription")),
    Story("leave", _signed, ("enter",), lambda v: cmd.Leave(visit=v.id, accompanied_by="Sam Marlowe")),
    Story(
        "against_advice",
        PaperRoom.recovering,
        ("wants to go", "enter"),
        lambda v: cmd.Leave(visit=v.id, against_advice="wants to go"),
    ),
    Story("undo", PaperRoom.seated, ("enter",), lambda v: cmd.Undo(visit=v.id, target=v.entries[-1].id)),
    Story("undo", _noted, ("2", "enter"), lambda v: cmd.Undo(visit=v.id, target=v.entries[-2].id)),
    Story(
        "setup",
        _empty_store,
        ("Southside", "tab", "America/Chicago", "tab", "tab", "17:00", "tab", "5", "enter"),
        lambda v: cmd.SetUpRoom(
            name="Southside",
            timezone="America/Chicago",
            opens=time(7),
            closes=time(17),
            chairs=5,
            first_user=LEE,
        ),
    ),
    Story("room", lambda paper: None, ("tab", "tab", "tab", "9", "enter"), lambda v: cmd.ChangeRoom(chairs=9)),
    Story("chair", _dirty_chair, ("enter",), lambda v: cmd.CleanChair(chair=4), 4),
    Story("chair_undo", _cleaned_chair, ("enter",), lambda v: cmd.UndoChair(chair=4), 4),
    Story(
        "chair_undo", _cleaned_chair, (*"wrong", "enter"), lambda v: cmd.UndoChair(chair=4, why="wrong"), 4
    ),
    Story(
        "chair",
        lambda paper: None,
        ("2", "pump fault", "enter"),
        lambda v: cmd.TakeChairOut(chair=2, why="pump fault"),
        2,
    ),
    Story(
        "rule",
        lambda paper: None,
        ("dose.soft_mg_per_kg_h", "tab", "0.4", "enter"),
        lambda v: cmd.ChangeRule(name="dose.soft_mg_per_kg_h", value="0.4", signed_off_by=WARD),
    ),
    Story(
        "person",
        lambda paper: None,
        ("RN Osei", "tab", "2", "enter"),
        lambda v: cmd.AddPerson(name="RN Osei", role="nurse"),
    ),
    Story(
        "course_kind",
        lambda paper: None,
        ("3", "tab", "40/70/100", "enter"),
        lambda v: cmd.SetArchetype(archetype=replace(ARCHETYPES["ten weekdays"], ramp=(40, 70, 100))),
    ),
    Story(
        "withdraw_kind",
        lambda paper: None,
        ("1", "enter"),
        lambda v: cmd.WithdrawArchetype(name="single day"),
    ),
    Story(
        "close_day",
        lambda paper: None,
        ("2026-12-24", "tab", "half the staff is away", "enter"),
        lambda v: cmd.CloseDay(day=date(2026, 12, 24), why="half the staff is away"),
    ),
    Story(
        "open_day",
        lambda paper: replace_room(paper, closed_days={date(2026, 12, 24): "away"}),
        ("2026-12-24", "enter"),
        lambda v: cmd.OpenDay(day=date(2026, 12, 24)),
    ),
    Story(
        "consent_text",
        lambda paper: None,
        ("2027", "tab", "tab", "tab", "I know: ", "enter"),
        lambda v: cmd.PublishConsent(
            version="2027",
            text=FIRST_CONSENT.text,
            clauses=(
                FIRST_CONSENT.clauses[0],
                replace(FIRST_CONSENT.clauses[1], text="I know: " + FIRST_CONSENT.clauses[1].text),
            ),
        ),
    ),
)  # fmt: skip


def _start_story() -> Story:
    def make(paper: PaperRoom) -> Visit:
        visit = paper.ordered()
        paper.give(
            cmd.DoubleCheck(
                visit=visit.id,
                drug="ketamine",
                concentration_mg_ml=Decimal(2),
                rate_ml_h=Decimal("12.3"),
                patient="K-Mar",
            ),
            by=KIM,
        )
        return paper.fresh(visit)

    return Story("start", make, ("enter",), lambda v: cmd.Start(visit=v.id))


ALL = (*STORIES, _start_story())


def _other(visit: Visit) -> str:
    return visit_id_of("plan-Okafor")


@pytest.mark.parametrize("story", ALL, ids=lambda story: story.form)
async def test_a_form_filled_by_keys_gives_its_command(story: Story) -> None:
    paper = PaperRoom()
    visit = story.make(paper)
    paper.commands.clear()
    async with opened(paper, story.form, visit, chair=story.chair, actor=story.actor) as (app, pilot):
        await press(pilot, *story.keys)
        assert isinstance(app.result, Done), app.result
    assert given(paper) == story.meant(visit)  # type: ignore[arg-type]


@pytest.mark.parametrize("story", ALL, ids=lambda story: story.form)
async def test_a_form_says_who_it_is_about_and_esc_leaves_nothing_behind(story: Story) -> None:
    paper = PaperRoom()
    visit = story.make(paper)
    paper.commands.clear()
    before = paper.room
    async with opened(paper, story.form, visit, chair=story.chair, actor=story.actor, size=(80, 24)) as (
        app,
        pilot,
    ):
        text = screen_text(app)
        if visit is not None:
            assert "Marlowe, Ruth" in text
            # What a second person reads again from the wristband is not there to be copied.
            known = not FORMS[story.form].blind
            assert ("14 Mar 1971" in text, "record K-Mar" in text) == (known, known)
        assert "Esc leave" in text, "the keys stay in sight in the smallest window"
        await press(pilot, *story.keys[:-1], "escape")
        assert app.result is None
    assert paper.commands == []
    assert paper.room is before


def test_every_form_has_its_story() -> None:
    told = {story.form for story in ALL}
    files = {spec.id for spec in (*AFTER_COURSE, *COURSES, *MERGING, *PATIENTS)}
    assert set(FORMS) - told - files == {"prestart", "discharge", "correct"}, "these have tests of their own"
