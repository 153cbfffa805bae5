"""Doses are written so that nobody reads them ten times too large."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.dose import dose_text, drug_text
from infusionroom.domain.dose_words import plain, unit_text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("5.0", "5"),
        ("5", "5"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("25.10", "25.1"),
        ("0.00", "0"),
        ("-0", "0"),
        ("0E+5", "0"),
        ("-1.50", "-1.5"),
    ],
)
def test_a_leading_zero_and_no_trailing_one(amount: str, text: str) -> None:
    assert dose_text(Decimal(amount)) == text
    assert dose_text(Decimal(amount), "mg") == f"{text} mg"


@pytest.mark.parametrize("bad", ["NaN", "Infinity"])
def test_what_is_no_number_is_never_written_as_a_dose(bad: str) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        dose_text(Decimal(bad))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_writing_a_dose_loses_nothing(amount: Decimal) -> None:
    text = dose_text(amount)
    assert Decimal(text) == amount == plain(amount)
    assert "E" not in text
    assert not text.startswith((".", "-."))
    assert "." not in text or text[-1] not in "0."


@pytest.mark.parametrize("unit", ["mcg", "MCG", "ug", "µg", "μg"])
def test_micrograms_are_spelled_out(unit: str) -> None:
    assert dose_text(Decimal("0.1"), unit) == "0.1 micrograms"
    assert unit_text(f"{unit}/kg/h") == "micrograms/kg/h"


def test_other_units_stay() -> None:
    assert unit_text("mg/kg/h") == "mg/kg/h"
    assert unit_text("mL/h") == "mL/h"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("clonidine", "cloNIDine"),
        ("CLONIDINE", "cloNIDine"),
        ("Lorazepam", "LORazepam"),
        ("hydralazine 10 mg", "hydrALAZINE 10 mg"),
        ("Ketamine", "ketamine"),
        ("MIDAZOLAM", "midazolam"),
        ("ondansetron", "ondansetron"),
        ("S-ketamine", "S-ketamine"),
        ("Acetaminophen", "Acetaminophen"),
        ("hydroxyzine", "hydroxyzine"),
    ],
)
def test_look_alikes_are_told_apart_by_tall_letters(name: str, written: str) -> None:
    assert drug_text(name) == written
