"""What a form does with what is impossible, unlikely, refused, lost to somebody else, or out of reach."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.tui.paper_room import KIM, LEE, WARD, PaperRoom, given, local, opened, press, screen_text

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Conflict, Done
from infusionroom.tui.forms import FormScreen
from infusionroom.tui.forms.dialogs import ConflictDialog, ReasonsDialog
from infusionroom.tui.panes.lines import Lines


async def test_an_impossible_value_is_said_beside_its_field_and_goes_nowhere() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        await press(pilot, "300")
        assert "300 mmHg is impossible: 50 to 260." in screen_text(app)
        await press(pilot, "enter")
        assert app.result == "open"
    assert paper.commands == []


async def test_the_top_edge_stands_still_while_lines_come_and_go() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        form = app.screen.query_one("#form")
        before = form.region
        await press(pilot, "300", "tab", "300", "tab", "enter")
        assert form.region.height > before.height
        assert form.region.y == before.y


async def test_vitals_that_nobody_has_typed_yet_lack_nothing() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        assert "NEWS2" not in screen_text(app)
        await press(pilot, "128")
        assert "NEWS2 – without" in screen_text(app)


async def test_a_dose_has_the_unit_that_it_is_ordered_in_beside_it() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        dose = app.screen.query_one("#q-dose")
        assert "mg/kg/h" in "".join(c.text for line in dose.query_one(".hint", Lines)._lines for c in line)
        await press(pilot, "h")
        assert "mg/h" in "".join(c.text for line in dose.query_one(".hint", Lines)._lines for c in line)


async def test_a_number_half_typed_is_not_called_impossible() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        await press(pilot, "1")
        assert "impossible" not in screen_text(app)
        await press(pilot, "tab")
        assert "1 mmHg is impossible" in screen_text(app), "once it is left, it is"


async def test_an_unlikely_value_is_asked_about_once() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        await press(pilot, "220", "enter")
        assert app.result == "open"
        assert "Enter again to confirm." in screen_text(app)
        assert paper.commands == []
        await press(pilot, "enter")
        assert isinstance(app.result, Done)
    assert given(paper) == cmd.Record(visit=visit.id, fact=ev.VitalsTaken(sbp=220, confirmed=True))


async def test_a_value_changed_after_the_question_is_asked_about_anew() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        await press(pilot, "220", "enter", "backspace", "5", "enter")
        assert app.result == "open"
        assert "225 mmHg is unlikely" in screen_text(app)
    assert paper.commands == []


async def test_a_weight_far_from_the_last_one_is_confirmed_by_the_rules() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "weight", visit) as (app, pilot):
        await press(pilot, "85", "enter")
        assert "more than 10 % off the last weight of 70 kg" in screen_text(app)
        assert app.result == "open"
        await press(pilot, "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).weight_kg == Decimal(85)


async def test_a_missing_answer_is_named_and_gets_the_keys() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        assert "is needed" not in screen_text(app), "nobody is scolded before they have tried"
        await press(pilot, "enter")
        assert "Dose is needed." in screen_text(app)
        await press(pilot, "0.35", "enter")
        assert isinstance(app.result, Done)


async def test_the_order_works_itself_out_as_it_is_typed() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "tab", "0.35")
        text = screen_text(app)
        assert "12.3 mL/h = 24.6 mg/h" in text
        assert "98.4 mg in 49.2 mL, ends 12:00" in text
        assert "soft limit" not in text


async def test_above_the_soft_limit_the_order_asks_for_its_reason() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "tab", "0.6")
        assert "Above the soft limit of 0.5 mg/kg/h" in screen_text(app)
        await press(pilot, "enter")
        assert "Reason is needed." in screen_text(app)
        await press(pilot, "tolerated last week", "enter")
        assert isinstance(app.result, Done)
    command = given(paper)
    assert isinstance(command, cmd.Order)
    assert command.reason == "tolerated last week"


async def test_above_the_hard_limit_it_takes_a_physicians_override() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "tab", "1.2")
        assert "a physician must override it" in screen_text(app)
        await press(pilot, "enter", "ICU bed kept", "enter")
        assert isinstance(app.result, Done)
    command = given(paper)
    assert isinstance(command, cmd.Order)
    assert (command.override_by, command.override_reason) == (WARD, "ICU bed kept")


async def test_the_double_check_shows_nothing_of_the_order() -> None:
    paper = PaperRoom()
    visit = paper.ordered()
    async with opened(paper, "double_check", visit) as (app, pilot):
        text = screen_text(app)
        assert not any(word in text for word in ("12.3", "24.6", "ketamine", "0.35"))
        await press(pilot, KIM, "tab", "ketamine", "tab", "2", "tab", "13", "tab", "K-Mar", "enter")
        assert app.result == "open"
        text = screen_text(app)
        assert "the rate does not agree with the order" in text
        assert "12.3" not in text


async def test_the_double_check_is_another_persons_and_the_session_stays() -> None:
    paper = PaperRoom()
    visit = paper.ordered()
    async with opened(paper, "double_check", visit) as (app, pilot):
        await press(pilot, LEE, "tab", "ketamine", "tab", "2", "tab", "12.3", "tab", "K-Mar", "enter")
        assert "a second person must check it" in screen_text(app)
        await press(pilot, "ctrl+u", KIM, "enter")
        assert isinstance(app.result, Done)
        assert app.actor == LEE
    check = paper.fresh(visit).double_check
    assert check is not None
    assert check.by == KIM


async def test_a_refused_start_names_each_point_and_offers_the_override() -> None:
    paper = PaperRoom()
    bare = paper.seated()
    async with opened(paper, "start", bare) as (app, pilot):
        await press(pilot, "enter")
        text = screen_text(app)
        assert "Start: Consent — not acknowledged." in text
        assert "F3 physician's override" in text
        await press(pilot, "f3")
        assert "Physician's override" in screen_text(app)
        await press(pilot, "tab", "tab", "emergency", "enter")
        assert "The override is recorded." in screen_text(app)
        await press(pilot, "enter")
        assert "Start: Consent" not in screen_text(app)
        assert app.result == "open", "the other points still stand in the way"
    assert paper.fresh(bare).overrides[0].body.point == "consent"


async def test_a_conflict_shows_both_and_one_key_enters_mine_after_theirs() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "pain", visit) as (app, pilot):
        await press(pilot, "4")
        paper.give(cmd.Record(visit=visit.id, fact=ev.Noted(text="asked for water")), by=KIM, from_="bay-2")
        await press(pilot, "enter")
        assert isinstance(app.screen, ConflictDialog)
        text = screen_text(app)
        assert "RN Kim at bay-2 entered note" in text
        assert "asked for water" in text
        assert "Pain now" in text
        await press(pilot, "r")
        assert isinstance(app.result, Done)
    assert [p.body.nrs for p in paper.fresh(visit).pains] == [8, 4]


async def test_a_conflict_can_be_dropped() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "pain", visit) as (app, pilot):
        await press(pilot, "4")
        paper.give(cmd.Record(visit=visit.id, fact=ev.PainRated(nrs=5)), by=KIM)
        await press(pilot, "enter", "escape")
        assert isinstance(app.result, Conflict)
    assert [p.body.nrs for p in paper.fresh(visit).pains] == [8, 5]


async def test_what_others_enter_while_a_form_is_open_does_not_hide_the_race() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "pain", visit) as (app, pilot):
        await press(pilot, "4")
        paper.give(cmd.Pause(visit=visit.id, why="nausea"), by=KIM, at=local(8, 20))
        app.feed()
        await press(pilot, "enter")
        assert isinstance(app.screen, ConflictDialog)


async def test_a_store_out_of_reach_leaves_the_form_as_it_was_and_enters_once() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "pain", visit) as (app, pilot):
        paper.lost = True
        await press(pilot, "4", "enter")
        text = screen_text(app)
        assert "The store cannot be reached." in text
        assert "Nothing was lost: Enter tries again." in text
        paper.lost = False
        await press(pilot, "enter")
        assert isinstance(app.result, Done)


async def test_the_same_contents_keep_their_id_when_they_are_sent_again() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    sent: list[str | None] = []

    async with opened(paper, "pain", visit) as (app, pilot):
        form = app.screen
        assert isinstance(form, FormScreen)
        through = form._submit_command

        async def unsure(command: cmd.Command) -> object:
            sent.append(command.id)
            if len(sent) == 1:
                paper.lost = True
            return await through(command)

        form._submit_command = unsure  # type: ignore[assignment]
        await press(pilot, "4", "enter")
        paper.lost = False
        await press(pilot, "enter")
        assert isinstance(app.result, Done)
    assert len(sent) == 2
    assert sent[0] == sent[1] is not None


async def test_the_time_goes_on_while_a_form_is_open() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "pain", visit) as (app, pilot):
        paper.now = local(8, 30)
        app.feed()
        await press(pilot, "4", *("tab",) * 5, "08:25", "enter")
        assert isinstance(app.result, Done)
    assert given(paper).at == local(8, 25)


@pytest.mark.parametrize("name", ["[/oops]", "[bold]x", "=1+1", "\x1b[31mred", "\u202eevil", "李小龙"])
async def test_hostile_names_harm_nothing(name: str) -> None:
    paper = PaperRoom()
    visit = paper.seated(name, "[@click=app.quit]x[/]")
    async with opened(paper, "pain", visit, size=(80, 24)) as (app, pilot):
        text = screen_text(app)
        assert "[@click=app.quit]x[/]" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        await press(pilot, "4", "enter")
        assert isinstance(app.result, Done)


async def test_an_early_end_says_so_and_demands_why() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.now = local(10)
    async with opened(paper, "stop", visit) as (app, pilot):
        assert "Early: 2:00 of the ordered time is left." in screen_text(app)
        await press(pilot, "enter")
        assert "An early end needs its reason." in screen_text(app)
        assert app.result == "open"


async def test_a_full_end_is_called_complete() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.now = local(12)
    async with opened(paper, "stop", visit) as (app, _):
        assert "Complete" in screen_text(app)


async def test_news2_comes_with_the_last_sign_and_never_before() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    async with opened(paper, "vitals", visit) as (app, pilot):
        await press(pilot, "128", "tab", "76", "tab", "72", "tab", "14", "tab", "97", "tab", "36.6")
        assert "NEWS2 – without consciousness" in screen_text(app)
        await press(pilot, "tab", "tab", "tab", "a")
        assert "NEWS2 0 (low)" in screen_text(app)


async def test_suggestions_are_marked_until_somebody_answers() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with opened(paper, "aldrete", visit) as (app, pilot):
        assert screen_text(app).count("suggested") == 2, "circulation and SpO₂ follow from the vitals"
        await press(pilot, "tab", "tab", "1")
        assert screen_text(app).count("suggested") == 1


async def test_the_pain_item_follows_the_nrs_until_somebody_scores_it() -> None:
    paper = PaperRoom()
    visit = paper.recovering()
    async with opened(paper, "padss", visit) as (app, pilot):
        await press(pilot, "tab", "tab", "tab", "2")
        assert "Acceptable" not in screen_text(app), "an NRS of 2 needs no such choice"
        await press(pilot, "backspace", "6")
        text = screen_text(app)
        assert "Acceptable" in text
        assert "● NRS 4–6   suggested" in text


async def test_the_mouse_picks_too() -> None:
    paper = PaperRoom()
    visit = paper.arrived()
    async with opened(paper, "seat", visit) as (app, pilot):
        await pilot.click("Picks", offset=(4, 6))
        await press(pilot, "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).chair == 7


async def test_a_chair_that_cannot_be_had_says_why() -> None:
    paper = PaperRoom()
    visit = paper.arrived()
    paper.seated("Okafor", "Tunde", chair=1)
    async with opened(paper, "seat", visit) as (app, pilot):
        await press(pilot, "1", "enter")
        assert "chair 1: taken by Okafor, Tunde." in screen_text(app)
        assert app.result == "open"


async def test_reasons_without_a_form_stand_in_a_dialog() -> None:
    from infusionroom.domain.outcome import Reason

    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "pain", visit) as (app, pilot):
        await app.push_screen(ReasonsDialog([Reason("x", "Start: [b]consent[/b] is not signed.")]))
        await pilot.pause()
        assert "Start: [b]consent[/b] is not signed." in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, FormScreen)


async def test_a_long_refusal_leaves_the_keys_in_sight_in_the_smallest_window() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "start", visit, size=(80, 24)) as (app, pilot):
        await press(pilot, "enter")
        text = screen_text(app)
        assert text.count("Start: ") == 9
        assert "Esc leave" in text
        assert "saving" not in text


async def test_after_a_conflict_a_refused_entry_can_be_mended_without_another_conflict() -> None:
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "weight", visit) as (app, pilot):
        await press(pilot, "85")
        paper.give(cmd.Record(visit=visit.id, fact=ev.Noted(text="in between")), by=KIM)
        await press(pilot, "enter", "r")
        assert "Enter again to confirm." in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.result, Done)
    assert paper.fresh(visit).weight_kg == Decimal(85)


async def test_two_overrides_one_after_the_other_are_no_conflict() -> None:
    paper = PaperRoom()
    visit = paper.seated()
    async with opened(paper, "start", visit) as (_app, pilot):
        await press(pilot, "enter", "f3", "tab", "tab", "emergency", "enter", "enter")
        await press(pilot, "f3", "tab", "tab", "emergency", "enter")
    assert len(paper.fresh(visit).overrides) == 2


async def test_a_dose_that_the_cap_cuts_down_is_not_hidden_by_the_cap() -> None:
    """3.5 typed for 0.35 comes to the same rate under the cap; nobody must take it for what was ordered."""
    paper = PaperRoom()
    visit = paper.prepared()
    async with opened(paper, "order", visit) as (app, pilot):
        await press(pilot, "3.5", "tab", "25")
        assert "Capped at 25 mg/h; without the cap 245 mg/h." in screen_text(app)


async def test_the_keys_go_to_the_answer_that_was_refused() -> None:
    paper = PaperRoom()
    visit = paper.ordered()
    async with opened(paper, "double_check", visit) as (app, pilot):
        await press(pilot, KIM, "tab", "ketamine", "tab", "2", "tab", "99", "tab", "14 Mar 1971", "enter")
        assert "the rate does not agree" in screen_text(app)
        assert "▸Rate" in screen_text(app)


async def test_nothing_is_suggested_from_vitals_that_say_nothing_of_the_recovery() -> None:
    paper = PaperRoom()
    visit = paper.infusing()
    paper.give(cmd.Stop(visit=visit.id, why="nausea"), at=local(9))
    async with opened(paper, "aldrete", paper.fresh(visit)) as (app, _):
        assert "suggested" not in screen_text(app), "the baseline would be compared with itself"
    visit = paper.recovering("Okafor", "Tunde", chair=5)
    paper.now += timedelta(hours=2)
    async with opened(paper, "aldrete", visit) as (app, _):
        assert "suggested" not in screen_text(app), "two hours ago is not now"
