"""Aldrete and PADSS: every total, every missing point by name, and pain that can never be nought."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
import pytest

from infusionroom.domain.clinic import DischargeRules
from infusionroom.domain.events import AldreteScored, PadssScored, VitalsTaken
from infusionroom.domain.score_words import ALDRETE, PADSS, pain_word
from infusionroom.domain.scores import (
    aldrete_gaps,
    aldrete_total,
    padss_gaps,
    padss_pain_consistent,
    padss_pain_points,
    padss_total,
    suggest_aldrete_spo2,
    suggest_circulation,
    suggest_padss_pain,
    suggest_padss_vitals,
)

RULES = DischargeRules()
AWAKE = AldreteScored(activity=2, respiration=2, circulation=2, consciousness=2, spo2=2)
FIT = PadssScored(vital_signs=2, walking=2, nausea=2, pain=2, bleeding=2)


def aldrete(**items: Any) -> AldreteScored:
    return msgspec.structs.replace(AWAKE, **items)


def padss(**items: Any) -> PadssScored:
    return msgspec.structs.replace(FIT, **items)


@pytest.mark.parametrize(
    ("items", "total", "gaps"),
    [
        ({}, 10, ()),
        ({"activity": 1}, 9, ()),
        ({"circulation": 1}, 9, ()),
        ({"consciousness": 1}, 9, ("Aldrete consciousness 1, needs 2",)),
        ({"spo2": 1}, 9, ("Aldrete SpO₂ 1, needs 2",)),
        ({"activity": 0}, 8, ("Aldrete total 8, needs 9", "Aldrete activity 0")),
        ({"activity": 1, "respiration": 1}, 8, ("Aldrete total 8, needs 9",)),
        (
            {"consciousness": 0, "spo2": 1},
            7,
            ("Aldrete total 7, needs 9", "Aldrete consciousness 0, needs 2", "Aldrete SpO₂ 1, needs 2"),
        ),
        ({"circulation": None}, None, ("Aldrete circulation not scored",)),
        (
            {"circulation": None, "spo2": 1, "respiration": 0},
            None,
            ("Aldrete circulation not scored", "Aldrete SpO₂ 1, needs 2", "Aldrete respiration 0"),
        ),
    ],
)
def test_nine_is_not_enough_half_awake_or_on_oxygen(
    items: dict[str, int | None], total: int | None, gaps: tuple[str, ...]
) -> None:
    assert aldrete_total(aldrete(**items)) == total
    assert aldrete_gaps(aldrete(**items), RULES) == gaps


def test_no_item_may_be_nought_even_where_the_clinic_asks_for_less() -> None:
    assert aldrete_gaps(aldrete(activity=0), DischargeRules(aldrete_at_least=8)) == ("Aldrete activity 0",)
    assert aldrete_gaps(aldrete(activity=1), DischargeRules(aldrete_at_least=10)) == (
        "Aldrete total 9, needs 10",
    )


def test_an_unscored_person_is_named_as_unscored() -> None:
    assert aldrete_gaps(None, RULES) == ("Aldrete not scored",)
    assert padss_gaps(None, RULES) == ("PADSS not scored",)


@pytest.mark.parametrize(
    ("items", "total", "gaps"),
    [
        ({}, 10, ()),
        ({"walking": 1}, 9, ()),
        ({"walking": 1, "nausea": 1}, 8, ("PADSS total 8, needs 9 (walking 1, nausea and vomiting 1)",)),
        ({"bleeding": 0}, 8, ("PADSS total 8, needs 9 (bleeding at the IV site 0)",)),
        ({"walking": None}, None, ("PADSS walking not scored",)),
        ({"pain": None}, None, ("PADSS pain not scored",)),
        ({"pain": None, "nrs": 3}, 10, ()),
        ({"pain": None, "nrs": 4}, 9, ()),
        ({"pain": None, "nrs": 7}, 8, ("PADSS total 8, needs 9 (pain 0)",)),
        ({"pain": None, "nrs": 8, "acceptable": True}, 10, ()),
        ({"pain": 0, "nrs": 8, "acceptable": True}, 10, ()),
        ({"pain": 1, "nrs": 5}, 9, ()),
    ],
)
def test_padss_counts_acceptable_pain_in_full(
    items: dict[str, Any], total: int | None, gaps: tuple[str, ...]
) -> None:
    assert padss_total(padss(**items)) == total
    assert padss_gaps(padss(**items), RULES) == gaps


def test_the_raw_pain_stays_beside_the_choice() -> None:
    chosen = padss(pain=None, nrs=8, acceptable=True)
    assert padss_pain_points(chosen) == 2
    assert chosen.nrs == 8


@pytest.mark.parametrize(
    ("items", "baseline", "says"),
    [
        ({"pain": 2, "nrs": 3}, None, None),
        ({"pain": 1, "nrs": 3}, None, "Pain 3 of 10 earns 2 points, not 1"),
        ({"pain": 2, "nrs": 8}, None, "Pain 8 of 10 earns 0 points, not 2"),
        ({"pain": 2, "nrs": None}, None, None),
        ({"pain": None, "nrs": 8}, None, None),
        ({"pain": None, "nrs": 8, "acceptable": True}, None, None),
        ({"pain": None, "nrs": 8, "acceptable": True}, 8, None),
        ({"pain": None, "nrs": 9, "acceptable": True}, 8, "above the baseline of 8"),
        ({"pain": None, "nrs": None, "acceptable": True}, 8, "enter the NRS"),
        ({"pain": 2, "nrs": 8, "acceptable": True}, 8, None),
        ({"pain": 0, "nrs": 8, "acceptable": True}, 8, None),
        ({"pain": 1, "nrs": 8, "acceptable": True}, 8, "earns 2 points, not 1"),
    ],
)
def test_entered_pain_points_must_fit_the_pain(
    items: dict[str, Any], baseline: int | None, says: str | None
) -> None:
    problem = padss_pain_consistent(padss(**items), baseline)
    if says is None:
        assert problem is None
    else:
        assert problem is not None
        assert problem.rule == "padss_pain"
        assert says in problem.text


@pytest.mark.parametrize(
    ("baseline", "sbp", "points"),
    [
        (120, 120, 2),
        (120, 144, 2),
        (120, 96, 2),
        (120, 145, 1),
        (120, 95, 1),
        (120, 179, 1),
        (120, 61, 1),
        (120, 180, 0),
        (120, 60, 0),
        # 20 % of 111 is 22.2, 50 % is 55.5
        (111, 133, 2),
        (111, 134, 1),
        (111, 166, 1),
        (111, 167, 0),
        (None, 120, None),
        (120, None, None),
    ],
)
def test_circulation_is_suggested_from_the_pressure(
    baseline: int | None, sbp: int | None, points: int | None
) -> None:
    assert suggest_circulation(baseline, sbp) == points


@pytest.mark.parametrize(
    ("spo2", "on_air", "on_oxygen"),
    [(100, 2, 1), (93, 2, 1), (92, 1, 1), (91, 1, 1), (90, 0, 0), (80, 0, 0), (None, None, None)],
)
def test_saturation_is_suggested_by_what_is_breathed(
    spo2: int | None, on_air: int | None, on_oxygen: int | None
) -> None:
    assert suggest_aldrete_spo2(spo2, False) == on_air
    assert suggest_aldrete_spo2(spo2, True) == on_oxygen


@pytest.mark.parametrize(
    ("sbp", "hr", "points"),
    [
        (120, 70, 2),
        (144, 84, 2),
        (96, 56, 2),
        (145, 70, 1),
        (120, 85, 1),
        (168, 98, 1),
        (72, 42, 1),
        (169, 70, 0),
        (120, 99, 0),
        (120, 41, 0),
        (145, 99, 0),
        (None, 70, None),
        (169, None, None),
    ],
)
def test_the_worse_change_of_pressure_and_pulse_counts(
    sbp: int | None, hr: int | None, points: int | None
) -> None:
    assert suggest_padss_vitals(VitalsTaken(sbp=120, hr=70), VitalsTaken(sbp=sbp, hr=hr)) == points


def test_without_a_baseline_there_is_no_suggestion() -> None:
    now = VitalsTaken(sbp=120, hr=70)
    assert suggest_padss_vitals(None, now) is None
    assert suggest_padss_vitals(now, None) is None
    assert suggest_padss_vitals(VitalsTaken(sbp=120), now) is None


@pytest.mark.parametrize(
    ("nrs", "points", "word"),
    [
        (0, 2, "none"),
        (1, 2, "mild"),
        (3, 2, "mild"),
        (4, 1, "moderate"),
        (6, 1, "moderate"),
        (7, 0, "severe"),
        (10, 0, "severe"),
    ],
)
def test_pain_has_points_and_a_word(nrs: int, points: int, word: str) -> None:
    assert suggest_padss_pain(nrs) == points
    assert pain_word(nrs) == word


@pytest.mark.parametrize("nrs", [-1, 11])
def test_pain_outside_the_scale_is_refused(nrs: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 10"):
        suggest_padss_pain(nrs)
    with pytest.raises(ValueError, match="from 0 to 10"):
        pain_word(nrs)


def test_every_item_of_both_scores_is_worded_and_is_a_field_of_its_event() -> None:
    assert set(ALDRETE) == set(get_type_hints(AldreteScored)) - {"schema"}
    assert set(PADSS) == set(get_type_hints(PadssScored)) - {"schema", "nrs", "acceptable"}
    assert ALDRETE["consciousness"].levels == ("no response", "wakes to name", "fully awake")
    assert PADSS["walking"].levels[2] == "steady, no dizziness, or as before"
    for item in (*ALDRETE.values(), *PADSS.values()):
        assert len(set(item.levels)) == 3
