"""The holidays by law of the clinic's region, from a kept library; imported when it is first asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

EXAMPLES = "examples are US, US-NY and DE-BY"


class UnknownRegion(ValueError):
    """The calendar knows no region of this name."""


def holidays_between(region: str, first: date, last: date) -> dict[date, str]:
    """The holidays from `first` to `last`, both included, with their names.

    `region` is a country by its two letters and, after a hyphen, a part of it (`US`, `US-NY`, `DE-BY`); an empty
    one has no holidays. Names are English where the library has them so. Raises `UnknownRegion`.
    """
    known = check_region(region)
    if not known:
        return {}
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= {day: name for day, name in _of_year(known, year).items() if first <= day <= last}
    return dict(sorted(found.items()))


def check_region(region: str) -> str:
    """The region as the calendar writes it, `us-ny ` as `US-NY`. Raises `UnknownRegion`."""
    known = region.strip().upper()
    if known:
        _calendar(known, 2026)
    return known


@lru_cache(maxsize=64)
def _of_year(region: str, year: int) -> Mapping[date, str]:
    calendar = _calendar(region, year)
    return {day: calendar.get(day) for day in calendar}


def _calendar(region: str, year: int) -> Any:
    import holidays

    country, hyphen, part = region.partition("-")
    try:
        if hyphen and not part:
            raise NotImplementedError
        languages = holidays.country_holidays(country)
        return holidays.country_holidays(
            country,
            subdiv=part or None,
            years=year,
            expand=False,
            language=_nearest_to_english(languages.supported_languages, languages.default_language),
        )
    except NotImplementedError:
        raise UnknownRegion(
            f"the calendar of holidays knows no region named {region!r}; {EXAMPLES}"
        ) from None


def _nearest_to_english(supported: tuple[str, ...], default: str | None) -> str | None:
    if "en_US" in supported:
        return "en_US"
    return next((language for language in supported if language.startswith("en")), default)
