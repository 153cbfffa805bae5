"""What a day comes to, worked out by hand beside what the program says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stories import MONDAY, Person, Story

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.figures import DayFigures, VisitOutcome, day_figures, visit_figures
from infusionroom.domain.open_matters import SetAside
from infusionroom.domain.recovery_figures import Recovery, median_s, survival

HOUR = 3600
MIDNIGHT = "+1 00:00"


def figures(story: Story, at: str = MIDNIGHT, day: date | None = None, **more: object) -> DayFigures:
    return day_figures(
        story.room,
        day or story.day,
        story.moment(at),
        chair_entries=story.chair_entries,
        **more,  # type: ignore[arg-type]
    )


def outcomes(day: DayFigures) -> dict[str, int]:
    return {count.outcome.value: count.visits for count in day.outcomes if count.visits}


def reasons(day: DayFigures) -> list[str]:
    return [reason for matter in day.open for reason in matter.reasons]


# ── one visit ───────────────────────────────────────────────────────────────────────────────────────────────


def whole_day(story: Story) -> Person:
    """Four hours of 12.5 mL/h with one pause of ten minutes, home at 13:50."""
    rae = story.person("Marlowe", planned="08:00", course=(1, 5))
    rae.arrives("07:50").sits("07:55", chair=1).is_prepared("08:00", pain=8).starts("08:05")
    rae.pauses("09:05").resumes("09:15").stops("12:15")
    return rae.is_ready("13:42", pain=4).waits_for("13:43", "escort").leaves("13:50")


def test_a_whole_visit_in_figures() -> None:
    story = Story()
    rae = whole_day(story)
    visit = visit_figures(rae.now, story.moment("18:00"))
    assert visit.outcome is VisitOutcome.COMPLETED
    assert (visit.running_s, visit.wall_s, visit.paused_s) == (4 * HOUR, 4 * HOUR + 600, 600)
    assert (visit.given_ml, visit.given_mg) == (Decimal(50), Decimal(100))
    assert [(p.why, p.lasted_s) for p in visit.pauses] == [("nausea", 600)]
    assert (visit.recovery_s, visit.stop_to_left_s, visit.ready_to_left_s) == (87 * 60, 95 * 60, 8 * 60)
    assert [(w.reason, w.lasted_s) for w in visit.waits] == [("escort", 7 * 60)]
    assert visit.order
    assert (visit.order.prescriber, visit.order.double_checked_by) == ("Dr Osei", "Park")
    assert visit.last_padss
    assert visit.last_padss.total == 10
    assert visit.leaving
    assert visit.leaving.signed_off_by == "Lee"


def test_relief_is_compared_with_the_first_day_of_the_course() -> None:
    story = Story()
    first = visit_figures(whole_day(story).now, story.moment("18:00"))
    assert first.pain_change == -4
    assert first.response
    # 8 → 4 is exactly half: 2·(8 − 4) ≥ 8.
    assert (first.response.responder_30, first.response.responder_50) == (True, True)

    third = story.person("Okafor", course=(3, 5)).is_infused("08:00", "12:00", chair=2, pain=5)
    third.has_pain("12:30", 4)
    alone = visit_figures(third.now, story.moment("18:00"))
    assert (alone.pain_change, alone.response) == (-1, None)
    known = visit_figures(third.now, story.moment("18:00"), course_baseline=8)
    assert known.response
    assert (known.response.baseline, known.response.responder_50) == (8, True)


def test_who_cannot_say_has_no_change_and_who_had_no_pain_no_answer() -> None:
    story = Story()
    asleep = story.person("Petrov").is_infused("08:00", "12:00", chair=1, pain=6).has_pain("12:10", None)
    figure = visit_figures(asleep.now, story.moment("13:00"))
    assert figure.pain_after
    assert figure.pain_after.unable
    assert (figure.pain_change, figure.response) == (None, None)
    painless = story.person("Osei").is_infused("08:00", "12:00", chair=2, pain=0).has_pain("12:10", 0)
    response = visit_figures(painless.now, story.moment("13:00")).response
    assert response
    assert (response.responder_30, response.responder_50) == (None, None)


def test_an_early_stop_counts_what_ran_and_says_why() -> None:
    story = Story()
    early = story.person("Halvorsen").is_infused("08:00", "09:31", chair=3)
    still_here = visit_figures(early.now, story.moment("10:00"))
    assert still_here.outcome is VisitOutcome.STILL_HERE
    assert (still_here.stopped_early, still_here.stop_why) == (True, "asked to stop")
    # 91 min × 25 mg/h = 37.9166… mg
    assert still_here.given_mg
    assert still_here.given_mg.quantize(Decimal("0.0001")) == Decimal("37.9167")
    assert still_here.billing
    assert [(line.code, line.units) for line in still_here.billing.lines] == [("96365", 1), ("96366", 1)]
    early.is_ready("11:00").leaves("11:05")
    assert visit_figures(early.now, story.moment("12:00")).outcome is VisitOutcome.STOPPED_EARLY


def test_without_a_charted_stop_there_is_nothing_to_bill() -> None:
    story = Story()
    running = story.person("Bishop").arrives("08:00").sits("08:00", 1).is_prepared("08:00").starts("08:00")
    assert visit_figures(running.now, story.moment("09:00")).billing is None


def test_side_effects_are_told_as_they_were_seen_by_then() -> None:
    story = Story()
    rae = story.person("Duarte").is_infused("08:00", "12:00", chair=1)
    rae.has("09:00", ev.SideEffectSeen(what="nausea", grade="moderate", note="after the rise"))
    rae.has("11:00", ev.SideEffectSeen(what="dizziness", grade="mild"))
    seen = visit_figures(rae.now, story.moment("10:00")).side_effects
    assert [(s.grade, s.what, s.note, s.by) for s in seen] == [
        ("moderate", "nausea", "after the rise", "Lee")
    ]
    assert len(visit_figures(rae.now, story.moment("12:00")).side_effects) == 2


def test_overrides_adjuncts_and_corrections_are_told() -> None:
    story = Story()
    rae = story.person("Duarte").is_infused("08:00", "12:00", chair=1)
    rae.has("09:00", ev.AdjunctGiven(drug="ondansetron", dose="4 mg", route="IV", why="nausea"))
    rae.does(
        cmd.Override(
            visit=rae.visit, gate="discharge", point="escort", physician="Dr Osei", reason="lives next door"
        ),
        "12:30",
    )
    rae.has_pain("12:31", 5).does(cmd.Undo(visit=rae.visit, why="wrong person"), "12:32")
    figure = visit_figures(rae.now, story.moment("13:00"))
    assert [(o.label, o.physician, o.reason, o.recorded_by) for o in figure.overrides] == [
        ("Responsible adult present", "Dr Osei", "lives next door", "Lee")
    ]
    assert [(a.drug, a.dose) for a in figure.adjuncts] == [("ondansetron", "4 mg")]
    assert (figure.corrections, figure.pain_after) == (1, None)


# ── recovery, with those still here counted as still here ────────────────────────────────────────────────────


def minutes(*recoveries: int | str) -> list[Recovery]:
    """`60` was ready after an hour, `"60+"` is at least an hour."""
    return [Recovery(60 * int(str(r).rstrip("+")), over=not str(r).endswith("+")) for r in recoveries]


@pytest.mark.parametrize(
    ("recoveries", "median_min"),
    [
        (minutes(), None),
        (minutes(50, 60, 100), 60),
        # With everybody ready it is the ordinary median.
        (minutes(50, 60, 100, 120), 80),
        # 1 of 2 ready: half have, and nobody knows of the next.
        (minutes(60, "90+"), 60),
        # More than half still here: no median yet, whatever the two said who are ready.
        (minutes(50, 60, "70+", "80+", "90+"), None),
        # By hand: 4/5 after 60; the one who went at 70 leaves three at risk; 4/5 · 2/3 = 8/15 after 100,
        # 8/15 · 1/2 = 4/15 after 110.
        (minutes(60, "70+", 100, 110, "130+"), 110),
        # Counting only the ready would say 60; the two slow ones are the truth about the afternoon.
        (minutes(55, 60, 65, "150+", "160+"), 65),
        # Whoever is censored at the very moment another ends was still at risk then.
        (minutes(60, "60+", 90), 90),
    ],
)
def test_the_median_of_recovery(recoveries: list[Recovery], median_min: int | None) -> None:
    assert median_s(recoveries) == (None if median_min is None else 60 * median_min)


def test_the_share_still_recovering_is_exact() -> None:
    curve = survival(minutes(60, "70+", 100, 110, "130+"))
    assert curve == [(3600, Fraction(4, 5)), (6000, Fraction(8, 15)), (6600, Fraction(4, 15))]


_recoveries = st.lists(st.builds(Recovery, st.integers(0, 500), st.booleans()), max_size=30)


@given(_recoveries)
def test_the_share_only_falls_and_waiting_longer_never_shortens_the_median(known: list[Recovery]) -> None:
    shares = [share for _, share in survival(known)]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share < 1 for share in shares)
    later = [r if r.over else Recovery(r.lasted_s + 600, over=False) for r in known]
    now, then = median_s(known), median_s(later)
    assert then is None or now is not None
    assert now is None or then is None or then >= now


def test_a_recovery_ends_with_the_sign_off_and_who_is_here_is_at_least_so_long() -> None:
    story = Story()
    story.person("Abara").is_infused("07:00", "11:00", chair=1).is_ready("12:00").leaves("12:30")
    story.person("Bishop").is_infused("07:00", "11:00", chair=2).is_ready("13:00")
    story.person("Chandra").is_infused("07:00", "11:00", chair=3)
    recovery = figures(story, "15:00").recovery
    assert (recovery.ended, recovery.still_here, recovery.left_before_ready) == (2, 1, 0)
    assert (recovery.median_s, recovery.shortest_s) == (2 * HOUR, HOUR)
    assert (recovery.longest_s, recovery.longest_open) == (4 * HOUR, True)


def test_who_goes_against_advice_was_not_ready_and_what_was_missing_is_kept() -> None:
    story = Story()
    rae = story.person("Lindqvist").is_infused("07:00", "11:00", chair=1)
    rae.leaves("11:40", against_advice="has to fetch a child")
    day = figures(story)
    assert (day.recovery.ended, day.recovery.left_before_ready, day.recovery.median_s) == (0, 1, None)
    leaving = day.visits[0].leaving
    assert leaving
    assert leaving.against_advice == "has to fetch a child"
    assert "Responsible adult present" in leaving.missing
    assert day.visits[0].outcome is VisitOutcome.COMPLETED


# ── the room's day ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_with_nobody() -> None:
    day = figures(Story())
    assert (day.visits, day.carried_over, day.given, day.open) == ((), (), (), ())
    assert {count.visits for count in day.outcomes} == {0}
    assert (day.chair_use.available_s, day.chair_use.used_s) == (8 * 11 * HOUR, 0)
    assert day.recovery.median_s is None


def test_a_day_on_which_everybody_cancelled() -> None:
    story = Story()
    for name in ("Abara", "Bishop", "Chandra"):
        story.person(name).cancels("07:00")
    day = figures(story)
    assert outcomes(day) == {"cancelled": 3}
    assert (day.open, day.chair_use.used_s) == ((), 0)


def test_every_outcome_is_told_apart() -> None:
    story = Story()
    whole_day(story)
    story.person("Early").is_infused("08:00", "09:00", chair=2).is_ready("10:00").leaves("10:10")
    story.person("Fever").arrives("08:00").is_sent_home("08:20")
    story.person("Gone").cancels("07:00")
    story.person("Absent").does_not_show("09:00")
    story.person("Mistake").was_entered_in_error("09:00")
    story.person("Here").is_infused("09:00", "13:00", chair=3)
    story.person("Later", planned="15:00")
    assert outcomes(figures(story, "14:00")) == dict.fromkeys((o.value for o in VisitOutcome), 1)


def test_chair_minutes_are_counted_within_the_opening_hours() -> None:
    """Chair 1 is sat in from 06:30 to 18:30 of an opening from 7 to 18: 11 h count, an hour is outside."""
    story = Story(chairs=2)
    rae = story.person("Marlowe", planned="06:30").arrives("06:30").sits("06:30", 1)
    rae.is_prepared("12:00").starts("12:00").stops("16:00").is_ready("18:00").leaves("18:30")
    story.do(cmd.CleanChair(chair=1), "18:45")
    story.do(cmd.TakeChairOut(chair=2, why="brake broken"), "10:00")
    story.do(cmd.ReturnChair(chair=2), "13:00")
    use = figures(story).chair_use
    assert (use.used_s, use.outside_s) == (11 * HOUR, HOUR)
    assert (use.out_of_service_s, use.available_s) == (3 * HOUR, (2 * 11 - 3) * HOUR)
    halfway = figures(story, "12:00").chair_use
    assert (halfway.used_s, halfway.out_of_service_s) == (5 * HOUR, 2 * HOUR)
    assert halfway.available_s == (2 * 5 - 2) * HOUR


def test_moving_to_another_chair_uses_no_minute_twice() -> None:
    story = Story(chairs=2)
    rae = story.person("Marlowe").arrives("08:00").sits("08:00", 1).moves("09:00", 2)
    rae.is_sent_home("10:00")
    story.do(cmd.CleanChair(chair=1), "09:20")
    use = figures(story).chair_use
    assert use.used_s == 2 * HOUR
    # Chair 1 was cleaned for 20 minutes, chair 2 never: from 10 to closing at 18.
    assert use.cleaning_s == 20 * 60 + 8 * HOUR


def test_what_is_still_open_is_named_with_its_reason() -> None:
    story = Story(chairs=4)
    story.person("Running").arrives("08:00").sits("08:00", 1).is_prepared("08:00").starts("08:00")
    story.person("Slow").is_infused("08:00", "09:00", chair=2)
    story.person("Late", planned="09:30")
    story.person("Afternoon", planned="13:00")
    story.person("Gone").arrives("08:00").sits("08:00", 3).is_sent_home("08:10")
    story.do(cmd.TakeChairOut(chair=4, why="brake broken"), "08:00")
    aside = SetAside("monday.hl7", 12, "SCH-11", "no start time", story.moment("06:00"))
    day = figures(story, "10:00", set_aside=[aside])
    assert [matter.kind for matter in day.open] == [
        "person_here",
        "person_here",
        "not_arrived",
        "not_arrived",
        "cleaning",
        "out_of_service",
        "set_aside",
    ]
    said = reasons(day)
    assert "the infusion has 2:00 of running time left" in said
    assert "Responsible adult present: nobody here" in said
    assert "late: not arrived, and nothing was entered" in said
    assert "still to come" in said
    assert "brake broken" in said
    assert "no start time (monday.hl7, line 12, SCH-11)" in said


def test_an_infusion_that_nobody_ended_is_open_by_how_long_its_time_is_over() -> None:
    story = Story()
    story.person("Forgotten").arrives("07:50").sits("07:50", 1).is_prepared("08:00", pain=7).starts("08:00")

    assert "the ordered time was over 1:30 ago and no end was entered" in reasons(figures(story, "13:30"))


def test_the_evenings_summary_is_sealed_by_the_evening_and_its_corrections() -> None:
    story = Story()
    rae = story.person("Night", planned="16:00").is_infused("17:00", "21:00", chair=1)
    evening = figures(story)
    rae.is_ready("+1 01:00").leaves("+1 01:30")
    assert figures(story) == evening
    stop = next(entry for entry in rae.now.entries if entry.kind == "stopped")
    rae.does(
        cmd.Correct(visit=rae.visit, target=stop.id, new_at=story.moment("20:59"), why="read the pump"),
        "+1 08:00",
    )
    corrected = figures(story)
    assert corrected.seal.entry > evening.seal.entry
    assert corrected.visits[0].corrections == 1


def test_who_never_came_stays_open_when_the_day_is_over() -> None:
    story = Story()
    story.person("Petrov")
    day = figures(story)
    assert day.over
    assert reasons(day) == ["never arrived; neither cancelled nor entered as a no-show"]


def test_a_no_show_entered_the_next_morning_is_one_of_the_day() -> None:
    story = Story()
    story.person("Petrov").does_not_show("+1 07:30")
    assert outcomes(figures(story)) == {"no-show": 1}


@pytest.mark.parametrize("rebooked", ["15:00", "+1 09:00"])
def test_a_no_show_stays_one_when_the_visit_is_planned_anew(rebooked: str) -> None:
    story = Story()
    rae = story.person("Petrov").does_not_show("10:00")
    rae.does(cmd.ChangePlan(visit=rae.visit, plan=moved(rae, "+4 08:00")), rebooked)
    assert outcomes(figures(story)) == {"no-show": 1}
    friday = MONDAY + timedelta(days=4)
    assert outcomes(figures(story, "+4 07:00", day=friday)) == {"still to come": 1}
    assert figures(story, "+2 07:00", day=MONDAY + timedelta(days=2)).visits == ()
    rae.arrives("+4 07:50").is_sent_home("+4 08:10")
    assert outcomes(figures(story)) == {"no-show": 1}
    assert outcomes(figures(story, "+4 12:00", day=friday)) == {"not treated": 1}


def test_a_visit_moved_away_in_time_is_in_the_other_days_books_alone() -> None:
    story = Story()
    rae = story.person("Petrov")
    rae.does(cmd.ChangePlan(visit=rae.visit, plan=moved(rae, "+4 08:00")), "07:00")
    assert figures(story).visits == ()
    assert outcomes(figures(story, "+4 07:00", day=MONDAY + timedelta(days=4))) == {"still to come": 1}


def test_a_visit_that_nobody_spoke_of_until_it_was_moved_the_next_day_stays_open() -> None:
    story = Story()
    rae = story.person("Petrov")
    rae.does(cmd.ChangePlan(visit=rae.visit, plan=moved(rae, "+4 08:00")), "+1 09:00")
    rae.cancels("+2 09:00")
    assert outcomes(figures(story)) == {"still to come": 1}


def moved(rae: Person, start: str) -> ev.Plan:
    return ev.Plan(patient=rae.plan.patient, start=rae.story.moment(start), appointment=rae.plan.appointment)


def test_a_correction_entered_later_counts_for_the_day() -> None:
    story = Story()
    rae = whole_day(story)
    stop = next(entry for entry in rae.now.entries if entry.kind == "stopped")
    rae.does(
        cmd.Correct(visit=rae.visit, target=stop.id, new_at=story.moment("12:14"), why="read the pump"),
        "+1 08:00",
    )
    visit = figures(story).visits[0]
    assert (visit.running_s, visit.corrections) == (4 * HOUR - 60, 1)


def test_somebody_still_here_over_midnight() -> None:
    """Stopped at 21:00, ready at 01:00: in the evening's books three hours or more, in nobody's twice."""
    story = Story()
    rae = story.person("Night", planned="16:00").is_infused("17:00", "21:00", chair=1)
    rae.is_ready("+1 01:00").leaves("+1 01:30")
    monday = figures(story)
    assert outcomes(monday) == {"still here": 1}
    assert (monday.recovery.still_here, monday.recovery.longest_s) == (1, 3 * HOUR)
    assert any("sign-off" in reason for reason in reasons(monday))
    tuesday = figures(story, "+1 12:00", day=MONDAY + timedelta(days=1))
    assert [visit.patient.family for visit in tuesday.carried_over] == ["Night"]
    assert (tuesday.visits, tuesday.recovery.counted, tuesday.given) == ((), 0, ())
    # 17:00–18:00 within the opening hours, the rest outside; then 00:00–01:30 outside.
    assert (monday.chair_use.used_s, monday.chair_use.outside_s) == (HOUR, 6 * HOUR)
    assert tuesday.chair_use.outside_s == 90 * 60


def test_an_infusion_over_midnight_is_shared_by_both_days_and_loses_no_milligram() -> None:
    story = Story()
    story.person("Night", planned="22:00").is_infused("22:00", "+1 02:00", chair=1)
    monday = figures(story)
    tuesday = figures(story, "+1 12:00", day=MONDAY + timedelta(days=1))
    assert [(g.mg, g.ml) for g in monday.given] == [(Decimal(50), Decimal(25))]
    assert [(g.mg, g.ml) for g in tuesday.given] == [(Decimal(50), Decimal(25))]


@pytest.mark.parametrize(
    ("day", "hours", "across"),
    [
        # Clocks forward at 02:00: from 01:00 to 05:00 on the wall are three hours.
        (date(2026, 3, 8), 23, 3),
        # Clocks back at 02:00: the same stretch is five.
        (date(2026, 11, 1), 25, 5),
    ],
)
def test_a_day_on_which_the_clocks_change(day: date, hours: int, across: int) -> None:
    story = Story(day, opens=time(0), closes=time(23), chairs=1)
    rae = story.person("Early", planned="01:00").arrives("01:00").sits("01:00", 1).is_prepared("01:00")
    rae.starts("01:00").stops("05:00", why="asked to stop").is_ready("06:00").leaves("06:00")
    figure = figures(story)
    assert (figure.ends_at - figure.begins_at).total_seconds() == hours * HOUR
    assert figure.visits[0].running_s == across * HOUR
    assert figure.chair_use.available_s == (hours - 1) * HOUR
    assert figure.chair_use.used_s == (across + 1) * HOUR


def kinds(day: DayFigures, chair: int) -> list[str]:
    return [bar.kind for bar in day.bars if bar.chair == chair]


def test_the_drawing_holds_every_stretch_of_a_chairs_day() -> None:
    story = Story()
    whole_day(story)
    story.do(cmd.CleanChair(chair=1), "14:00")
    story.do(cmd.TakeChairOut(chair=1, why="brake broken"), "16:00")
    day = figures(story)
    assert kinds(day, 1) == [
        "waiting",
        "infusion",
        "pause",
        "infusion",
        "recovery",
        "ready",
        "cleaning",
        "out",
    ]
    drawn: Iterable[tuple[int, str]] = ((b.chair, b.kind) for b in day.bars)
    assert {chair for chair, _ in drawn} == {1}


def test_the_seal_is_the_last_entry_that_counts() -> None:
    story = Story()
    whole_day(story)
    monday = figures(story)
    story.person("Tomorrow", planned="+1 08:00").cancels("+1 07:00")
    assert figures(story).seal == monday.seal
    assert monday.seal.hash == story.entries[monday.seal.entry - 1].hash


def test_a_leave_that_was_taken_back_leaves_no_chair_to_clean() -> None:
    story = Story()
    rae = whole_day(story)
    assert [matter.kind for matter in figures(story, "14:30").open] == ["cleaning"]
    rae.does(cmd.Undo(visit=rae.visit, why="she is still here"), "14:00")
    day = figures(story, "14:30")
    assert [matter.kind for matter in day.open] == ["person_here"]
    assert reasons(day)[0] == "ready, waiting for escort"
    assert day.chair_use.cleaning_s == 0
    assert "cleaning" not in kinds(day, 1)
