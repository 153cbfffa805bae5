"""The holidays by law of a region, from the kept library."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from infusionroom.services.holiday_calendar import UnknownRegion, check_region, holidays_between


def test_the_holidays_of_a_stretch_across_new_year() -> None:
    assert holidays_between("US", date(2026, 11, 20), date(2027, 1, 18)) == {
        date(2026, 11, 26): "Thanksgiving Day",
        date(2026, 12, 25): "Christmas Day",
        date(2027, 1, 1): "New Year's Day",
        date(2027, 1, 18): "Martin Luther King Jr. Day",
    }


def test_the_ends_of_the_stretch_belong_to_it() -> None:
    christmas = date(2026, 12, 25)
    assert holidays_between("US", christmas, christmas) == {christmas: "Christmas Day"}
    assert holidays_between("US", date(2026, 12, 26), date(2026, 12, 31)) == {}


def test_a_holiday_on_a_weekend_is_kept_on_the_working_day_beside_it_even_in_the_old_year() -> None:
    # The 4th of July 2026 is a Saturday, and so is New Year's Day 2028.
    assert date(2026, 7, 3) in holidays_between("US", date(2026, 7, 1), date(2026, 7, 5))
    assert date(2027, 12, 31) in holidays_between("US", date(2027, 12, 27), date(2027, 12, 31))


def test_a_part_of_a_country_has_its_own() -> None:
    epiphany = date(2027, 1, 6)
    assert holidays_between("DE-BY", epiphany, epiphany) == {epiphany: "Epiphany"}
    assert holidays_between("DE-BE", epiphany, epiphany) == {}
    election = date(2026, 11, 3)
    assert holidays_between("us-ny ", election, election) == {election: "Election Day"}


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("DE", "German Unity Day"),
        ("FR", "Labor Day"),
        ("GB", "Boxing Day"),
        ("NZ", "Waitangi Day"),
        ("CA", "Labor Day"),
    ],
)
def test_names_are_english(region: str, name: str) -> None:
    assert name in holidays_between(region, date(2026, 1, 1), date(2026, 12, 31)).values()


@pytest.mark.parametrize("region", ["", "  "])
def test_no_region_has_no_holidays(region: str) -> None:
    assert holidays_between(region, date(2026, 1, 1), date(2026, 12, 31)) == {}
    assert check_region(region) == ""


@pytest.mark.parametrize("region", ["XX", "US-ZZ", "US-", "-", "Bavaria", "US-NY-X", "U$"])
def test_an_unknown_region_is_refused_with_an_example(region: str) -> None:
    with pytest.raises(UnknownRegion, match=r"no region named .*US-NY"):
        holidays_between(region, date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(UnknownRegion):
        check_region(region)


def test_the_library_is_loaded_when_it_is_asked_and_not_before() -> None:
    code = (
        "import sys\n"
        "from datetime import date\n"
        "import infusionroom.domain.proposal, infusionroom.services.holiday_calendar as calendar\n"
        "calendar.holidays_between('', date(2026, 1, 1), date(2026, 2, 1))\n"
        "assert 'holidays' not in sys.modules\n"
        "calendar.holidays_between('US', date(2026, 1, 1), date(2026, 2, 1))\n"
        "assert 'holidays' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
