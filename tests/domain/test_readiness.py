"""The two gates: what a start needs and what keeps a person here, point by point, with whom may let it pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.consenting import consent
from tests.domain.playing import BASELINE, GOOD_ALDRETE, GOOD_PADSS, HOME_LIST, Play, person, vitals

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Point
from infusionroom.domain.readiness import discharge_points, start_points


@pytest.fixture
def play() -> Play:
    return Play().at("8:00")


def start_of(play: Play, visit: str) -> dict[str, Point]:
    return {p.key: p for p in points_of(start_points, play, visit)}


def home_of(play: Play, visit: str) -> dict[str, Point]:
    return {p.key: p for p in points_of(discharge_points, play, visit)}


def points_of(gate: Callable[..., tuple[Point, ...]], play: Play, visit: str) -> tuple[Point, ...]:
    assert play.room.clinic is not None
    known = play.visit(visit)
    return gate(known, play.room.background(known), play.room.clinic.rules, play.now)


def open_keys(points: dict[str, Point]) -> set[str]:
    return {key for key, point in points.items() if point.open}


# ── before the start ────────────────────────────────────────────────────────────────────────────────────────

ALL_OF_START = {
    "identity",
    "consent",
    "weight",
    "baseline_vitals",
    "baseline_pain",
    "responsible_adult",
    "iv_site",
    "order",
    "double_check",
}


def test_everything_that_is_missing_is_named_at_once(play: Play) -> None:
    visit = play.seated(1)
    assert open_keys(start_of(play, visit)) == ALL_OF_START
    assert set(play.rules(cmd.Start(visit=visit))) == {f"start.{key}" for key in ALL_OF_START}
    assert all(reason.text.endswith(".") for reason in play.refused(cmd.Start(visit=visit)))


@pytest.mark.parametrize(
    ("left_out", "key"),
    list(
        zip(
            range(7),
            (
                "identity",
                "consent",
                "weight",
                "baseline_vitals",
                "baseline_pain",
                "responsible_adult",
                "iv_site",
            ),
            strict=True,
        )
    ),
)
def test_one_missing_point_alone_stops_the_start(play: Play, left_out: int, key: str) -> None:
    visit = play.seated(1)
    play.record(visit, *BASELINE)
    play.order(visit)
    play.check(visit)
    kind = ev.kind_of(BASELINE[left_out])
    taken = next(e.id for e in play.visit(visit).entries if e.kind == kind)
    play.do(cmd.Undo(visit=visit, target=taken))
    assert play.rules(cmd.Start(visit=visit)) == [f"start.{key}"]
    play.record(visit, BASELINE[left_out])
    play.do(cmd.Start(visit=visit))


@pytest.mark.parametrize(("minutes", "met"), [(0, True), (30, True), (31, False)])
def test_baseline_vitals_are_at_most_thirty_minutes_old(play: Play, minutes: int, met: bool) -> None:
    visit = play.prepared(1)
    play.later(minutes)
    assert start_of(play, visit)["baseline_vitals"].met is met


def test_half_a_set_of_vitals_is_no_baseline(play: Play) -> None:
    visit = play.seated(1)
    play.record(visit, ev.VitalsTaken(sbp=120, dbp=80))
    point = start_of(play, visit)["baseline_vitals"]
    assert (point.met, point.detail) == (False, "no full set: pressure, pulse, breathing and SpO₂")


@pytest.mark.parametrize(
    "by", [("name",), ("birth_date", "record_number"), (), ("name", "name")], ids=lambda by: "+".join(by)
)
def test_identity_is_the_name_and_one_more(play: Play, by: Any) -> None:
    visit = play.seated(1)
    assert play.rules(cmd.Record(visit=visit, fact=ev.Identified(by=by))) == ["identity"]


def test_identity_is_not_checked_against_what_nobody_knows(play: Play) -> None:
    visit = play.seated(1, patient=person(1, birth_date=None))
    wrong = ev.Identified(by=("name", "birth_date"))
    assert play.rules(cmd.Record(visit=visit, fact=wrong)) == ["identity"]
    play.record(visit, ev.Identified(by=("name", "record_number")))


def test_a_pain_that_nobody_can_say_is_a_baseline_too(play: Play) -> None:
    visit = play.seated(1)
    play.record(visit, ev.PainRated(unable=True))
    assert start_of(play, visit)["baseline_pain"].detail == "unable to say"


@pytest.mark.parametrize(("signed", "met"), [("2025-11-23", True), ("2025-11-22", False)])
@pytest.mark.parametrize("wall", ["8:00", "20:30"])
def test_a_consent_is_current_for_a_year_of_the_clinics_days(
    play: Play, wall: str, signed: str, met: bool
) -> None:
    visit = play.at(wall).seated(1)
    play.record(visit, consent(date.fromisoformat(signed)))
    assert start_of(play, visit)["consent"].met is met


def test_a_new_order_needs_a_new_double_check(play: Play) -> None:
    visit = play.prepared(1)
    play.order(visit, dose=Decimal(20))
    assert open_keys(start_of(play, visit)) == {"double_check"}
    play.check(visit)
    play.do(cmd.Start(visit=visit))


def test_an_old_weight_that_was_asked_about_and_confirmed_holds(play: Play) -> None:
    visit = play.seated(1)
    old = play.now - timedelta(days=31)
    play.do(cmd.Record(visit=visit, fact=ev.Weighed(kg=Decimal(80), confirmed=True), at=old))

    assert start_of(play, visit)["weight"].met


def test_a_weight_confirmed_for_its_size_still_grows_old(play: Play) -> None:
    visit = play.plan(1)
    play.record(visit, ev.Weighed(kg=Decimal(180), confirmed=True))
    play.later(60 * 24 * 31)

    assert start_of(play, visit)["weight"].detail == "older than 30 days"


def test_an_order_per_kilogram_falls_with_the_weight_it_was_worked_out_from(play: Play) -> None:
    visit = play.seated(1)
    play.record(visit, *BASELINE)
    play.order(visit, basis="mg_per_kg_h", dose=Decimal("0.3"))
    play.check(visit)
    weight = next(e.id for e in play.visit(visit).entries if e.kind == "weighed")
    body = ev.Weighed(kg=Decimal(60))
    play.do(cmd.Correct(visit=visit, target=weight, body=body, why="typing mistake"))
    [reason] = play.refused(cmd.Start(visit=visit))
    assert reason.text == "Start: Order — ordered for another weight than 60 kg: order again."
    play.order(visit, basis="mg_per_kg_h", dose=Decimal("0.3"))
    play.check(visit)
    play.do(cmd.Start(visit=visit))


def test_a_physician_may_let_pass_what_the_clinic_allows_and_nothing_else(play: Play) -> None:
    visit = play.seated(1)

    def override(point: str) -> cmd.Override:
        return cmd.Override(visit=visit, gate="start", point=point, physician="Dr X", reason="urgent")

    for point in ("identity", "weight", "iv_site", "order", "double_check"):
        assert play.rules(override(point)) == ["not_overridable"]
    assert play.rules(override("haircut")) == ["point"]
    for point in ("consent", "baseline_vitals", "baseline_pain", "responsible_adult"):
        play.do(override(point))
        assert start_of(play, visit)[point].overridden_by == "Dr X"
    assert open_keys(start_of(play, visit)) == {"identity", "weight", "iv_site", "order", "double_check"}


def test_an_undone_override_lets_nothing_pass(play: Play) -> None:
    visit = play.seated(1)
    play.do(cmd.Override(visit=visit, gate="start", point="consent", physician="Dr X", reason="urgent"))
    play.do(cmd.Undo(visit=visit))
    assert "consent" in open_keys(start_of(play, visit))


def test_a_start_is_judged_by_what_had_happened_by_then(play: Play) -> None:
    visit = play.seated(1)
    play.at("8:20").record(visit, *BASELINE)
    play.order(visit)
    play.check(visit)
    assert play.at("8:30").rules(cmd.Start(visit=visit, at=play.time("8:10"))) == ["order"]
    play.do(cmd.Start(visit=visit, at=play.time("8:20")))


# ── the way home ────────────────────────────────────────────────────────────────────────────────────────────

ALL_OF_HOME = {
    "aldrete",
    "padss",
    "vitals",
    "moaas",
    "oriented",
    "iv_out",
    "escort",
    "instructions",
    "oral_ketamine",
    "next_visit",
    "signed",
}


def test_all_that_keeps_a_person_here_is_named(play: Play) -> None:
    visit = play.recovering(1)
    assert open_keys(home_of(play, visit)) == ALL_OF_HOME
    assert set(play.rules(cmd.SignOff(visit=visit))) == {f"discharge.{k}" for k in ALL_OF_HOME - {"signed"}}


def test_with_everything_done_only_the_signature_is_missing_and_then_nothing(play: Play) -> None:
    visit = play.almost_ready(1)
    assert open_keys(home_of(play, visit)) == {"signed"}
    assert play.rules(cmd.Leave(visit=visit)) == ["discharge.signed"]
    play.do(cmd.SignOff(visit=visit))
    assert open_keys(home_of(play, visit)) == set()
    play.do(cmd.Leave(visit=visit))


@pytest.mark.parametrize(
    ("aldrete", "met"),
    [
        ((2, 2, 2, 2, 2), True),
        ((1, 2, 2, 2, 2), True),
        ((2, 2, 2, 1, 2), False),
        ((2, 2, 2, 2, 1), False),
        ((1, 1, 2, 2, 2), False),
        ((2, 2, 2, 2, None), False),
    ],
)
def test_the_aldrete_gate_is_more_than_its_total(play: Play, aldrete: Any, met: bool) -> None:
    visit = play.recovering(1)
    names = ("activity", "respiration", "circulation", "consciousness", "spo2")
    play.record(visit, ev.AldreteScored(**dict(zip(names, aldrete, strict=True))))
    assert home_of(play, visit)["aldrete"].met is met


def test_the_last_score_holds_not_the_best(play: Play) -> None:
    visit = play.recovering(1)
    play.record(visit, GOOD_PADSS)
    play.later(10).record(
        visit, ev.PadssScored(vital_signs=2, walking=1, nausea=1, pain=2, nrs=3, bleeding=2)
    )
    point = home_of(play, visit)["padss"]
    assert not point.met
    assert "8" in point.detail


def test_pain_that_was_eight_before_can_be_acceptable(play: Play) -> None:
    visit = play.recovering(1)
    score = ev.PadssScored(vital_signs=2, walking=2, nausea=1, bleeding=2, nrs=7, acceptable=True)
    play.record(visit, score)
    assert home_of(play, visit)["padss"].met
    worse = ev.PadssScored(vital_signs=2, walking=2, nausea=2, bleeding=2, nrs=8, acceptable=True)
    assert play.rules(cmd.Record(visit=visit, fact=worse)) == ["padss_pain"]


@pytest.mark.parametrize(
    ("sets", "age", "met"),
    [
        ([(0, {}), (15, {})], 0, True),
        ([(0, {}), (14, {})], 0, False),
        ([(0, {})], 0, False),
        ([(0, {}), (15, {})], 15, True),
        ([(0, {}), (15, {})], 16, False),
        ([(0, {}), (15, {"sbp": 185})], 0, False),
        ([(0, {"sbp": 185}), (15, {})], 0, False),
        ([(0, {}), (10, {"sbp": 185}), (15, {})], 0, False),
        ([(0, {}), (5, {}), (15, {})], 0, True),
    ],
)
def test_two_sets_in_range_fifteen_minutes_apart_the_last_fresh(
    play: Play, sets: list[tuple[int, dict[str, Any]]], age: int, met: bool
) -> None:
    visit = play.recovering(1)
    stopped = play.now
    for minutes, changed in sets:
        play.now = stopped
        play.later(minutes).record(visit, vitals(**changed))
    play.later(age)
    assert home_of(play, visit)["vitals"].met is met


def test_who_came_with_a_high_pressure_may_leave_with_it(play: Play) -> None:
    visit = play.seated(1)
    play.record(visit, vitals(sbp=170), *(f for f in BASELINE if not isinstance(f, ev.VitalsTaken)))
    play.order(visit)
    play.check(visit)
    play.do(cmd.Start(visit=visit))
    play.later(240).do(cmd.Stop(visit=visit))
    play.record(visit, vitals(sbp=172))
    play.later(15).record(visit, vitals(sbp=168))
    assert home_of(play, visit)["vitals"].met
    play.later(5).record(visit, vitals(sbp=182))
    assert not home_of(play, visit)["vitals"].met


def test_the_escort_is_here_once_the_infusion_is_over(play: Play) -> None:
    visit = play.prepared(1)
    play.record(visit, ev.EscortPresent(name="Pat"))
    play.do(cmd.Start(visit=visit))
    play.later(240).do(cmd.Stop(visit=visit))
    assert not home_of(play, visit)["escort"].met
    play.record(visit, ev.EscortPresent(name="Pat"))
    assert home_of(play, visit)["escort"].met


@pytest.mark.parametrize(("course", "needed"), [((1, 5), False), ((5, 5), True), (None, True)])
def test_oral_ketamine_is_for_the_last_day_of_a_course(play: Play, course: Any, needed: bool) -> None:
    planned = ev.CourseDay(day=course[0], of=course[1]) if course else None
    visit = play.recovering(1, course=planned)
    point = home_of(play, visit)["oral_ketamine"]
    assert (point.needed, point.open) == (needed, needed)
    if needed:
        play.record(visit, ev.OralKetamineArranged(prescribed_by="Dr X", taught=False))
        assert home_of(play, visit)["oral_ketamine"].detail == "not taught"


@pytest.mark.parametrize(("minutes", "met"), [(89, False), (90, True)])
def test_a_minimum_stay_counts_where_the_clinic_sets_one(play: Play, minutes: int, met: bool) -> None:
    play.do(cmd.ChangeRule(name="discharge.minimum_stay_min", value=90, signed_off_by="Dr X"))
    visit = play.recovering(1)
    play.later(minutes)
    assert home_of(play, visit)["minimum_stay"].met is met


def test_scores_and_answers_from_before_the_end_do_not_count(play: Play) -> None:
    visit = play.infusing(1)
    play.later(230).record(visit, vitals(), ev.OrientationChecked(oriented=True))
    play.later(10).do(cmd.Stop(visit=visit))
    assert {"vitals", "moaas", "oriented"} <= open_keys(home_of(play, visit))
    assert play.rules(cmd.Record(visit=visit, fact=GOOD_ALDRETE, at=play.time("11:59"))) == ["order"]


def test_what_nobody_can_sign_away_stays(play: Play) -> None:
    visit = play.recovering(1)

    def override(point: str) -> cmd.Override:
        return cmd.Override(visit=visit, gate="discharge", point=point, physician="Dr X", reason="r")

    for point in ("iv_out", "signed"):
        assert play.rules(override(point)) == ["not_overridable"]
    for point in sorted(ALL_OF_HOME - {"iv_out", "signed"}):
        play.do(override(point))
    assert play.rules(cmd.SignOff(visit=visit)) == ["discharge.iv_out"]
    play.record(visit, ev.IvRemoved(site_check="clean"))
    play.do(cmd.SignOff(visit=visit))
    play.do(cmd.Leave(visit=visit))
    assert play.visit(visit).left is not None


def test_vitals_that_grew_old_while_waiting_are_taken_again_before_leaving(play: Play) -> None:
    visit = play.ready(1)
    play.later(40)
    assert play.rules(cmd.Leave(visit=visit)) == ["discharge.vitals"]
    play.record(visit, vitals())
    play.do(cmd.Leave(visit=visit))


def test_against_advice_keeps_what_was_missing(play: Play) -> None:
    visit = play.recovering(1)
    play.later(5).do(cmd.Leave(visit=visit, against_advice="child is sick"))
    left = play.visit(visit).left
    assert left is not None
    assert set(left.body.missing) == ALL_OF_HOME
    assert left.body.chair == 1


def test_ready_and_left_are_two_times_with_a_reason_between(play: Play) -> None:
    visit = play.ready(1)
    ready = play.now
    assert play.rules(cmd.Start(visit=visit))
    play.later(5).do(cmd.Wait(visit=visit, reason="escort", note="in traffic"))
    play.later(5).do(cmd.Wait(visit=visit, reason="prescription"))
    [line] = play.board().discharge
    assert (line.ready_s, line.waiting_for) == (600, "prescription")
    play.later(3).do(cmd.Leave(visit=visit))
    waits = play.visit(visit).waits
    assert [(w.reason, w.until is not None) for w in waits] == [("escort", True), ("prescription", True)]
    assert (play.visit(visit).ready_at, play.visit(visit).left_at) == (ready, play.now)


def test_the_list_of_the_tests_is_complete() -> None:
    assert len(HOME_LIST) == len(ALL_OF_HOME) - 3, "vitals twice, MOAA/S and the signature are not facts"
