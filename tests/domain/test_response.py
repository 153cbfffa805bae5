"""Whether it helped: thirty and fifty per cent in integers, and what the person says."""

from __future__ import annotations

import pytest

from infusionroom.domain.response import PGIC, pgic_responder, relief, responder_30, responder_50


@pytest.mark.parametrize(
    ("before", "after", "thirty", "fifty", "word"),
    [
        (10, 8, False, False, "none"),
        (10, 7, True, False, "moderate"),
        (10, 6, True, False, "moderate"),
        (10, 5, True, True, "substantial"),
        (10, 0, True, True, "substantial"),
        (9, 7, False, False, "none"),
        (9, 6, True, False, "moderate"),
        (9, 5, True, False, "moderate"),
        (9, 4, True, True, "substantial"),
        (7, 5, False, False, "none"),
        (7, 4, True, False, "moderate"),
        (7, 3, True, True, "substantial"),
        (3, 2, True, False, "moderate"),
        (1, 1, False, False, "none"),
        (1, 0, True, True, "substantial"),
        (5, 8, False, False, "none"),
    ],
)
def test_a_responder_has_lost_thirty_or_fifty_per_cent(
    before: int, after: int, thirty: bool, fifty: bool, word: str
) -> None:
    assert responder_30(before, after) is thirty
    assert responder_50(before, after) is fifty
    assert relief(before, after) == word


@pytest.mark.parametrize("after", [0, 5])
def test_a_baseline_of_nought_has_no_answer(after: int) -> None:
    assert responder_30(0, after) is None
    assert responder_50(0, after) is None
    assert relief(0, after) is None


def test_much_improved_or_better_is_a_responder() -> None:
    assert [pgic_responder(level) for level in PGIC] == [True, True, False, False, False, False, False]
    assert PGIC[1] == "very much improved"
    assert PGIC[7] == "very much worse"
    for bad in (0, 8):
        with pytest.raises(ValueError, match="from 1 to 7"):
            pgic_responder(bad)
