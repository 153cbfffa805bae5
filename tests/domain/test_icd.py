"""Codes of the indications: what can be billed passes, what cannot is refused with what to use."""

from __future__ import annotations

import pytest

from infusionroom.domain.icd import BILLABLE, icd_normal, icd_problem, icd_text


@pytest.mark.parametrize(
    "code",
    [
        *("G90.50", "G90.511", "G90.512", "G90.513", "G90.519", "G90.521", "G90.522", "G90.523", "G90.529"),
        *("G90.59", "G56.40", "G56.41", "G56.42", "G56.43", "G57.70", "G57.71", "G57.72", "G57.73"),
        *("g90511", " G90.511 ", "g56.41", "G5771"),
    ],
)
def test_a_billable_code_passes_however_it_is_typed(code: str) -> None:
    assert icd_problem(code) is None
    assert icd_text(code) is not None


def test_the_list_is_whole() -> None:
    assert len(BILLABLE) == 18
    assert icd_normal("g90511") == "G90.511"


@pytest.mark.parametrize("code", ["G90.5", "G905", "G90.51", "G90.52", "g9052", "G56.4", "G57.7"])
def test_a_code_without_its_last_character_is_not_billable(code: str) -> None:
    problem = icd_problem(code)
    assert problem is not None
    assert "is not billable: use one of" in problem
    assert icd_text(code) is None


def test_the_refusal_names_only_the_codes_that_continue_it() -> None:
    assert icd_problem("G90.51") == "G90.51 is not billable: use one of G90.511, G90.512, G90.513, G90.519."
    assert icd_problem("G56.4") == "G56.4 is not billable: use one of G56.40, G56.41, G56.42, G56.43."


@pytest.mark.parametrize("code", ["G90.53", "G90.514", "G90.501", "G90.591", "G56.44", "G57.79", "G56.411"])
def test_a_code_nobody_issued_does_not_exist(code: str) -> None:
    problem = icd_problem(code)
    assert problem is not None
    assert "does not exist: use one of" in problem


@pytest.mark.parametrize(
    "code", ["", "CRPS", "90.511", "G90.", "G9", "G90.51111", "[/x]", "G90..511", "G" * 5000]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    problem = icd_problem(code)
    assert problem is not None
    assert "is not an ICD-10-CM code" in problem
    assert len(problem) < 100


@pytest.mark.parametrize("code", ["A69.20", "A6920", "M79.2", "G62.9", "B02.29", "I10"])
def test_other_indications_are_looked_at_for_their_form_only(code: str) -> None:
    assert icd_problem(code) is None
    assert icd_text(code) is None


@pytest.mark.parametrize(("code", "example"), [("G90", "G90.50"), ("G56", "G56.40"), ("g57", "G57.70")])
def test_a_category_alone_is_not_billable(code: str, example: str) -> None:
    assert icd_problem(code) == f"{code.upper()} is not billable: give the code in full, such as {example}."
