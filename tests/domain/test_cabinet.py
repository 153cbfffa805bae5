"""Every milligram taken out of the cabinet went somewhere, and a day does not close over one that did not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.cabinet import DayCount, Pull, Waste, closing_problems, waste_problem

D = Decimal
mg = st.decimals("0", "1000", places=2)


def test_a_pull_that_is_accounted_for_has_no_discrepancy() -> None:
    wastes = (Waste(D(90), "lee", "okafor"), Waste(D(10), "lee", "okafor", kind="priming"))
    pull = Pull(removed=D(200), administered=D(100), wastes=wastes)
    assert pull.wasted == 100
    assert pull.discrepancy == 0


@pytest.mark.parametrize(
    ("administered", "wasted", "returned", "discrepancy"),
    [
        ("100", "95", "0", "5"),
        ("100", "0", "100", "0"),
        ("100", "50", "60", "-10"),
        ("0", "0.5", "199.5", "0"),
    ],
)
def test_what_is_left_over_is_named(administered: str, wasted: str, returned: str, discrepancy: str) -> None:
    pull = Pull(D(200), D(administered), (Waste(D(wasted), "lee", "okafor"),), D(returned))
    assert pull.discrepancy == D(discrepancy)


@given(mg, mg)
def test_stopping_early_turns_what_was_not_given_into_waste_and_loses_nothing(
    given_mg: Decimal, rest: Decimal
) -> None:
    pull = Pull(given_mg + rest, given_mg, (Waste(rest, "lee", "okafor"),))
    assert pull.discrepancy == 0


def test_a_day_is_opening_plus_received_minus_removed_plus_returned() -> None:
    day = DayCount(opening=D(12), received=D(10), removed=D(7), returned=D(1))
    assert day.expected == 16
    assert day.variance is None
    assert DayCount(D(12), D(10), D(7), D(1), counted=D(15)).variance == -1
    assert DayCount(D(12), D(10), D(7), D(1), counted=D(17)).variance == 1


@pytest.mark.parametrize(
    ("by", "witness", "refused"),
    [
        ("lee", "okafor", False),
        ("lee", "lee", True),
        ("Lee R", " lee  r ", True),
        ("lee", "", True),
        ("", "okafor", True),
    ],
)
def test_nobody_witnesses_their_own_waste(by: str, witness: str, refused: bool) -> None:
    assert (waste_problem(Waste(D(5), by, witness)) is not None) is refused


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "sNaN"])
def test_waste_is_an_amount(amount: str) -> None:
    problem = waste_problem(Waste(D(amount), "lee", "okafor"))
    assert problem is not None
    assert problem.rule == "waste_amount"
    assert waste_problem(Waste(D("0.5"), "lee", "okafor")) is None


@pytest.mark.parametrize(
    ("counted", "reason", "signatures", "rules"),
    [
        (None, "", (), ["not_counted"]),
        (16, "", (), []),
        (15, "", (), ["variance_reason", "variance_signatures"]),
        (15, "dropped", ("lee",), ["variance_signatures"]),
        (15, "dropped", ("lee", "Lee "), ["variance_signatures"]),
        (15, "dropped", ("lee", ""), ["variance_signatures"]),
        (15, "", ("lee", "okafor"), ["variance_reason"]),
        (17, "dropped", ("lee", "okafor"), []),
    ],
)
def test_a_variance_needs_a_reason_and_two_signatures(
    counted: int | None, reason: str, signatures: tuple[str, ...], rules: list[str]
) -> None:
    day = DayCount(D(16), counted=None if counted is None else D(counted))
    problems = closing_problems(day, reason, signatures)
    assert [problem.rule for problem in problems] == rules
    assert all("missing" in problem.text for problem in problems if counted == 15)
