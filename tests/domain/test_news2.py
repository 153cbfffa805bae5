"""NEWS2 scores exactly the Royal College's table, and says nothing where a part is missing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.events import VitalsTaken
from infusionroom.domain.news2 import PART_NAMES, News2, Part, news2

WELL = VitalsTaken(sbp=120, dbp=75, hr=72, rr=14, spo2=98, temp_c=Decimal("36.8"), acvpu="A")


def score(**signs: Any) -> News2:
    return news2(msgspec.structs.replace(WELL, **signs))


def test_a_well_person_on_air_scores_nothing() -> None:
    assert score() == News2(0, "low", dict.fromkeys(PART_NAMES, 0))


@pytest.mark.parametrize(
    ("part", "sign", "edges"),
    [
        ("rr", "rr", [(3, 3), (8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3), (60, 3)]),
        ("spo2", "spo2", [(50, 3), (91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0), (100, 0)]),
        ("sbp", "sbp", [(90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)]),
        (
            "pulse",
            "hr",
            [(40, 3), (41, 1), (50, 1), (51, 0), (90, 0), (91, 1), (110, 1), (111, 2), (130, 2), (131, 3)],
        ),
    ],
)
def test_each_band_has_its_points(part: Part, sign: str, edges: list[tuple[int, int]]) -> None:
    for value, points in edges:
        assert score(**{sign: value}).parts[part] == points


@pytest.mark.parametrize(
    ("temp", "points"),
    [
        ("30", 3),
        ("35.0", 3),
        ("35.04", 3),
        ("35.05", 1),
        ("35.1", 1),
        ("36.0", 1),
        ("36.04", 1),
        ("36.05", 0),
        ("38.0", 0),
        ("38.04", 0),
        ("38.05", 1),
        ("39.0", 1),
        ("39.04", 1),
        ("39.05", 2),
        ("43", 2),
    ],
)
def test_a_temperature_is_rounded_to_a_tenth_before_it_is_scored(temp: str, points: int) -> None:
    assert score(temp_c=Decimal(temp)).parts["temperature"] == points


@pytest.mark.parametrize(
    ("spo2", "on_air", "on_oxygen"),
    [
        (83, 3, 3),
        (84, 2, 2),
        (85, 2, 2),
        (86, 1, 1),
        (87, 1, 1),
        (88, 0, 0),
        (92, 0, 0),
        (93, 0, 1),
        (94, 0, 1),
        (95, 0, 2),
        (96, 0, 2),
        (97, 0, 3),
        (100, 0, 3),
    ],
)
def test_scale_2_minds_too_much_oxygen(spo2: int, on_air: int, on_oxygen: int) -> None:
    assert score(spo2=spo2, spo2_scale=2).parts["spo2"] == on_air
    assert score(spo2=spo2, spo2_scale=2, on_oxygen=True).parts["spo2"] == on_oxygen


def test_scale_1_is_the_same_on_oxygen_which_has_points_of_its_own() -> None:
    given_oxygen = score(spo2=96, on_oxygen=True)
    assert given_oxygen.parts["spo2"] == 0
    assert given_oxygen.parts["oxygen"] == given_oxygen.total == 2


@pytest.mark.parametrize(("level", "points"), [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)])
def test_anything_but_alert_is_three(level: str, points: int) -> None:
    assert score(acvpu=level).parts["consciousness"] == points


@pytest.mark.parametrize(
    ("signs", "total", "band"),
    [
        ({"hr": 91}, 1, "low"),
        ({"hr": 111, "rr": 21}, 4, "low"),
        ({"acvpu": "C"}, 3, "low-medium"),
        ({"acvpu": "C", "hr": 91}, 4, "low-medium"),
        ({"hr": 111, "rr": 21, "spo2": 95}, 5, "medium"),
        ({"acvpu": "C", "hr": 111}, 5, "medium"),
        ({"acvpu": "C", "rr": 25}, 6, "medium"),
        ({"acvpu": "C", "rr": 25, "hr": 91}, 7, "high"),
        ({"sbp": 219}, 0, "low"),
        ({"sbp": 85, "hr": 135, "rr": 30, "spo2": 88, "on_oxygen": True, "acvpu": "U"}, 17, "high"),
        (
            {
                "sbp": 85,
                "hr": 135,
                "rr": 30,
                "spo2": 88,
                "on_oxygen": True,
                "acvpu": "U",
                "temp_c": Decimal(34),
            },
            20,
            "high",
        ),
    ],
)
def test_totals_fall_into_their_bands(signs: dict[str, Any], total: int, band: str) -> None:
    scored = score(**signs)
    assert (scored.total, scored.band) == (total, band)


@pytest.mark.parametrize(
    ("sign", "part"),
    [
        ("rr", "rr"),
        ("spo2", "spo2"),
        ("sbp", "sbp"),
        ("hr", "pulse"),
        ("acvpu", "consciousness"),
        ("temp_c", "temperature"),
    ],
)
def test_a_missing_part_makes_the_total_missing(sign: str, part: Part) -> None:
    scored = score(**{sign: None})
    assert (scored.total, scored.band, scored.missing) == (None, None, (part,))
    assert part not in scored.parts


def test_consciousness_is_never_guessed_from_another_scale() -> None:
    assert score(acvpu=None, moaas=5, rass=0).total is None


@given(
    st.integers(3, 60),
    st.integers(50, 100),
    st.booleans(),
    st.integers(50, 260),
    st.integers(20, 250),
    st.sampled_from("ACVPU"),
    st.decimals("30", "43", places=2),
    st.sampled_from([1, 2]),
)
def test_the_total_is_the_sum_of_its_parts(
    rr: int, spo2: int, oxygen: bool, sbp: int, hr: int, acvpu: str, temp: Decimal, scale: int
) -> None:
    scored = score(
        rr=rr, spo2=spo2, on_oxygen=oxygen, sbp=sbp, hr=hr, acvpu=acvpu, temp_c=temp, spo2_scale=scale
    )
    assert scored.total == sum(scored.parts.values())
    assert set(scored.parts) == set(PART_NAMES)
    assert all(0 <= points <= 3 for points in scored.parts.values())
