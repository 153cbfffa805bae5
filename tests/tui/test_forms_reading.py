"""What stands in a field and what it means: limits as one types, dates, durations, time zones."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from tests.tui.paper_room import CLINIC, LEE, PaperRoom, local

from infusionroom.tui.forms import FORMS
from infusionroom.tui.forms.reading import Reading, read, zones_like
from infusionroom.tui.forms.room_forms import rule_names, typed_rule
from infusionroom.tui.forms.spec import Field, FormContext


def _context() -> FormContext:
    paper = PaperRoom()
    return FormContext(room=paper.room, visit=None, chair=None, now=local(10, 42), actor=LEE)


def _field(form: str, name: str) -> Field:
    return next(field for field in FORMS[form].fields if field.id == name)


def reading(form: str, name: str, text: str) -> Reading:
    return read(_field(form, name), text, _context())


def test_a_number_on_its_way_into_the_band_is_no_mistake_yet() -> None:
    assert reading("vitals", "sbp", "1").growing
    assert reading("vitals", "sbp", "12").growing
    assert reading("vitals", "sbp", "128") == Reading(128)


def test_an_impossible_number_names_its_limits_and_cannot_grow_out_of_it() -> None:
    found = reading("vitals", "sbp", "300")
    assert found.problem == "300 mmHg is impossible: 50 to 260."
    assert not found.growing


def test_an_unlikely_number_is_taken_and_asked_about() -> None:
    found = reading("vitals", "hr", "160")
    assert found.value == 160
    assert found.unlikely == "160 /min is unlikely: usually 40 to 150."


@pytest.mark.parametrize("text", ["7.5", "7-8", "seven", "1e1", "²"])
def test_pain_is_a_whole_number_from_0_to_10(text: str) -> None:
    assert reading("pain", "nrs", text).problem


def test_pain_11_is_impossible() -> None:
    assert reading("pain", "nrs", "11").problem == "11 is impossible: 0 to 10."


@pytest.mark.parametrize("text", ["NaN", "inf", "1e3", "--5", "1 000", "١٢"])
def test_what_is_no_decimal_is_refused(text: str) -> None:
    assert reading("order", "dose", text).problem


def test_a_decimal_comma_is_answered_with_the_point() -> None:
    assert reading("order", "dose", "0,35").problem == "Write Dose with a point: 0.35."


def test_a_leading_point_and_a_negative_rass_are_read() -> None:
    assert reading("order", "dose", ".35").value == Decimal("0.35")
    assert reading("vitals", "rass", "−2").value == -2


@pytest.mark.parametrize(("text", "minutes"), [("4:00", 240), ("240", 240), ("4h", 240), ("90 min", 90)])
def test_a_duration_is_hours_or_minutes(text: str, minutes: int) -> None:
    assert reading("order", "duration_min", text).value == minutes


@pytest.mark.parametrize("text", ["1971-03-14", "14 Mar 1971", "Mar 14 1971"])
def test_a_birth_date_is_read_in_the_forms_that_cannot_be_mistaken(text: str) -> None:
    assert reading("walk_in", "birth_date", text).value == date(1971, 3, 14)


@pytest.mark.parametrize("text", ["03/04/1971", "2030-01-01", "1871-03-14", "yesterday"])
def test_a_birth_date_that_can_be_mistaken_or_cannot_be_is_refused(text: str) -> None:
    assert reading("walk_in", "birth_date", text).problem


def test_happened_at_says_why_it_cannot_be() -> None:
    at = Field(id="at", label="Happened at", kind="when")
    assert read(at, "", _context()) == Reading()
    assert read(at, "10:25", _context()).value == local(10, 25)
    assert "still to come" in read(at, "11:00", _context()).problem


def test_a_time_zone_is_found_by_its_city() -> None:
    assert reading("setup", "timezone", "America/New_York").value == "America/New_York"
    assert reading("setup", "timezone", "america/new york").value == "America/New_York"
    assert reading("setup", "timezone", "New York").value == "America/New_York"
    assert "America/New_York" in reading("setup", "timezone", "New Yorck").problem
    assert zones_like("berl")[0] == "Europe/Berlin"
    assert "There is no time zone Atlantis" in reading("setup", "timezone", "Atlantis").problem


def test_opening_hours_are_times() -> None:
    assert reading("setup", "opens", "0730").value == time(7, 30)
    assert reading("setup", "opens", "25:00").problem


def test_what_is_required_says_so() -> None:
    assert reading("note", "text", "  ").problem == "Note is needed."


def test_every_rule_can_be_named_and_typed_again() -> None:
    from infusionroom.domain.clinic import with_rule
    from infusionroom.tui.forms.room_forms import rule_value, rule_words

    context = _context()
    for name in rule_names():
        value = rule_value(name, context)
        again = with_rule(CLINIC.rules, name, typed_rule(rule_words(value), value))
        assert again == CLINIC.rules, name
