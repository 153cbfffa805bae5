"""Running minutes become the lines a coder looks at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from infusionroom.domain.billing import CptLine, billing_hint, cpt_hint, running_minutes
from infusionroom.domain.dose import RateSpan

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "lines"),
    [
        (0, {"96374": 1}),
        (1, {"96374": 1}),
        (15, {"96374": 1}),
        (16, {"96365": 1}),
        (60, {"96365": 1}),
        (90, {"96365": 1}),
        (91, {"96365": 1, "96366": 1}),
        (150, {"96365": 1, "96366": 1}),
        (151, {"96365": 1, "96366": 2}),
        (210, {"96365": 1, "96366": 2}),
        (211, {"96365": 1, "96366": 3}),
        (240, {"96365": 1, "96366": 3}),
        (270, {"96365": 1, "96366": 3}),
        (271, {"96365": 1, "96366": 4}),
    ],
)
def test_each_further_hour_counts_from_its_thirty_first_minute(minutes: int, lines: dict[str, int]) -> None:
    assert cpt_hint(minutes) == tuple(CptLine(code, units) for code, units in lines.items())


def test_without_start_and_stop_there_is_no_hint() -> None:
    assert cpt_hint(None) is None
    assert billing_hint([], after(60)) is None
    assert billing_hint([RateSpan(Decimal(10), EIGHT)], None) is None


def test_minutes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        cpt_hint(-1)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (59, 0), (60, 1), (90 * 60 + 59, 90), (91 * 60, 91)]
)
def test_a_minute_counts_when_it_is_over(seconds: int, minutes: int) -> None:
    assert running_minutes(seconds) == minutes


def test_pauses_are_no_running_minutes_but_the_intervals_show_them() -> None:
    ten, twelve = Decimal(10), Decimal(12)
    spans = [
        RateSpan(ten, EIGHT, after(60)),
        RateSpan(twelve, after(60), after(80)),
        RateSpan(Decimal(0), after(80), after(85)),
        RateSpan(twelve, after(95), after(105.5)),
    ]
    hint = billing_hint(spans, after(105.5))
    assert hint is not None
    assert hint.running_min == 90
    assert hint.lines == (CptLine("96365", 1),)
    assert hint.intervals == ((EIGHT, after(80)), (after(95), after(105.5)))
    assert hint.note == "for the coder to review"


def test_a_span_left_open_ends_at_the_stop() -> None:
    hint = billing_hint([RateSpan(Decimal(10), EIGHT)], after(240))
    assert hint is not None
    assert hint.intervals == ((EIGHT, after(240)),)
    assert hint.lines == (CptLine("96365", 1), CptLine("96366", 3))
