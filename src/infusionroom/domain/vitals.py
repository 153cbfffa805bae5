"""Vital signs: what cannot be, what is asked once, and what lies outside the clinic's limits.

The limits are the clinic's (`VitalLimits`, `Plausible`; choice). Percentages of the baseline are compared in
integers. What was not measured neither breaches a limit nor counts as in range.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

import msgspec

from infusionroom.domain.clinic import Band, Plausible, VitalLimits
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.events import VitalsTaken
from infusionroom.domain.outcome import Reason

Priority = Literal["low", "medium", "high"]
Sign = Literal["spo2", "rr", "hr", "sbp", "dbp", "moaas", "rass"]

SIGN_NAMES: Final[dict[str, str]] = {
    "spo2": "SpO₂",
    "rr": "RR",
    "hr": "HR",
    "sbp": "SBP",
    "dbp": "DBP",
    "temp_c": "Temperature",
    "moaas": "MOAA/S",
    "rass": "RASS",
}
SIGN_UNITS: Final[dict[str, str]] = {
    "spo2": "%",
    "rr": "/min",
    "hr": "/min",
    "sbp": "mmHg",
    "dbp": "mmHg",
    "temp_c": "°C",
}

# Modified Observer's Assessment of Alertness/Sedation (Chernik 1990, modified).
MOAAS: Final[dict[int, str]] = {
    5: "responds readily to name, normal tone",
    4: "lethargic response to name",
    3: "responds only to name called loudly or repeatedly",
    2: "responds only to mild prodding or shaking",
    1: "responds only to painful trapezius squeeze",
    0: "no response",
}

# Richmond Agitation-Sedation Scale (Sessler 2002).
RASS: Final[dict[int, str]] = {
    4: "combative",
    3: "very agitated",
    2: "agitated",
    1: "restless",
    0: "alert and calm",
    -1: "eye contact over 10 s to voice",
    -2: "eye contact under 10 s to voice",
    -3: "movement to voice without eye contact",
    -4: "responds only to touch",
    -5: "no response",
}


class Breach(msgspec.Struct, frozen=True):
    """One sign outside its limits: the highest limit it breaks.

    `limit` is the limit in force in words, as the alarm's log keeps it; `text` is for the board.
    """

    sign: Sign
    priority: Priority
    value: int
    limit: str
    text: str


def is_full_set(v: VitalsTaken) -> bool:
    """Whether pressure, pulse, breathing and saturation were all taken: what the plan of vitals asks for."""
    return None not in (v.sbp, v.dbp, v.hr, v.rr, v.spo2)


def implausible(v: VitalsTaken, plausible: Plausible) -> list[Reason]:
    """Why a set of vitals cannot be taken down as it is: impossible values first, then unlikely ones.

    Impossible is refused; unlikely is asked once and passes when the set is `confirmed`.
    """
    bands = (
        ("sbp", v.sbp, plausible.possible_sbp, plausible.likely_sbp),
        ("dbp", v.dbp, plausible.possible_dbp, plausible.likely_dbp),
        ("hr", v.hr, plausible.possible_hr, plausible.likely_hr),
        ("rr", v.rr, plausible.possible_rr, plausible.likely_rr),
        ("spo2", v.spo2, plausible.possible_spo2, plausible.likely_spo2),
        ("temp_c", v.temp_c, plausible.possible_temp_c, plausible.likely_temp_c),
    )
    if all(value is None for value in (*(band[1] for band in bands), v.moaas, v.rass, v.acvpu)):
        return [Reason("nothing_measured", "No vital sign is given: enter at least one, or leave the form.")]
    impossible: list[Reason] = []
    unlikely: list[Reason] = []
    for sign, value, possible, likely in bands:
        if value is None:
            continue
        name, unit = SIGN_NAMES[sign], SIGN_UNITS[sign]
        if not _holds(possible, value):
            impossible.append(_impossible(name, value, possible, unit))
        elif not _holds(likely, value):
            unlikely.append(_unlikely(name, value, likely, unit))
    if v.sbp is not None and v.dbp is not None and v.dbp >= v.sbp:
        impossible.append(
            Reason(
                "impossible", f"DBP {v.dbp} is impossible: it must be below SBP {v.sbp}. Enter them again."
            )
        )
    return impossible if v.confirmed else impossible + unlikely


def implausible_weight(kg: Decimal, plausible: Plausible) -> list[Reason]:
    """Why a weight is refused, or asked once."""
    if not _holds(plausible.possible_weight_kg, kg):
        return [_impossible("Weight", kg, plausible.possible_weight_kg, "kg")]
    if not _holds(plausible.likely_weight_kg, kg):
        return [_unlikely("Weight", kg, plausible.likely_weight_kg, "kg")]
    return []


def in_range(v: VitalsTaken, baseline: VitalsTaken | None, limits: VitalLimits) -> list[Breach]:
    """What of `v` is out of range: one breach a sign, its highest, in the order of the signs; empty if none.

    Limits relative to the baseline's SBP hold only where a baseline SBP is known.
    """
    return [
        breach
        for breach in (
            _spo2(v.spo2, limits),
            _rr(v.rr, limits),
            _hr(v.hr, limits),
            _sbp(v.sbp, baseline.sbp if baseline is not None else None, limits),
            _dbp(v.dbp, limits),
            _moaas(v.moaas, limits),
            _rass(v.rass, limits),
        )
        if breach is not None
    ]


def _spo2(value: int | None, limits: VitalLimits) -> Breach | None:
    return _first(
        "spo2", value, _below("high", limits.spo2_high_below), _below("medium", limits.spo2_medium_below)
    )


def _rr(value: int | None, limits: VitalLimits) -> Breach | None:
    return _first(
        "rr",
        value,
        _below("high", limits.rr_high_below),
        _above("high", limits.rr_high_above),
        _below("medium", limits.rr_medium_below),
        _above("medium", limits.rr_medium_above),
    )


def _hr(value: int | None, limits: VitalLimits) -> Breach | None:
    return _first(
        "hr",
        value,
        _below("high", limits.hr_high_below),
        _above("high", limits.hr_high_above),
        _below("medium", limits.hr_medium_below),
        _above("medium", limits.hr_medium_above),
    )


def _sbp(value: int | None, baseline: int | None, limits: VitalLimits) -> Breach | None:
    return _first(
        "sbp",
        value,
        _above("high", limits.sbp_high_above),
        _below("high", limits.sbp_high_below),
        _above("medium", limits.sbp_medium_above),
        _below("medium", limits.sbp_medium_below),
        *_risen("medium", limits.sbp_medium_rise_percent, baseline),
        _above("low", limits.sbp_low_above),
        *_risen("low", limits.sbp_low_rise_percent, baseline),
    )


def _dbp(value: int | None, limits: VitalLimits) -> Breach | None:
    return _first("dbp", value, _above("medium", limits.dbp_medium_above))


def _moaas(value: int | None, limits: VitalLimits) -> Breach | None:
    return _first(
        "moaas",
        value,
        _at_most("high", limits.moaas_high_at_most),
        _at_most("medium", limits.moaas_medium_at_most),
    )


def _rass(value: int | None, limits: VitalLimits) -> Breach | None:
    return _first(
        "rass",
        value,
        _at_least("high", limits.rass_high_at_least),
        _at_least("medium", limits.rass_medium_at_least),
    )


class _Limit(msgspec.Struct, frozen=True):
    """Broken where `scaled × value` is strictly beyond `bound`, on the side of `scaled`'s sign."""

    priority: Priority
    words: str
    bound: int
    scaled: int

    def broken_by(self, value: int) -> bool:
        return self.scaled * value > self.bound


def _above(priority: Priority, bound: int) -> _Limit:
    return _Limit(priority, f"above {bound}", bound, 1)


def _below(priority: Priority, bound: int) -> _Limit:
    return _Limit(priority, f"below {bound}", -bound, -1)


def _at_most(priority: Priority, bound: int) -> _Limit:
    return _Limit(priority, f"{bound} or less", -bound - 1, -1)


def _at_least(priority: Priority, bound: int) -> _Limit:
    return _Limit(priority, f"{bound:+d} or more", bound - 1, 1)


def _risen(priority: Priority, percent: int, baseline: int | None) -> tuple[_Limit, ...]:
    if baseline is None:
        return ()
    words = f"more than {percent} % above baseline {baseline}"
    return (_Limit(priority, words, (100 + percent) * baseline, 100),)


def _first(sign: Sign, value: int | None, *limits: _Limit) -> Breach | None:
    # Given from the highest priority down.
    if value is None:
        return None
    broken = next((limit for limit in limits if limit.broken_by(value)), None)
    if broken is None:
        return None
    shown = f"{value:+d}" if sign == "rass" and value else str(value)
    text = f"{SIGN_NAMES[sign]} {shown}: {broken.words}"
    return Breach(sign, broken.priority, value, broken.words, text)


def _holds(band: Band, value: Decimal | int) -> bool:
    # A decimal from a file may be NaN, which no comparison survives.
    return Decimal(value).is_finite() and band.holds(value)


def _impossible(name: str, value: Decimal | int, band: Band, unit: str) -> Reason:
    return Reason("impossible", f"{name} {_shown(value)} is impossible: {band} {unit}.")


def _unlikely(name: str, value: Decimal | int, band: Band, unit: str) -> Reason:
    return Reason(
        "unlikely",
        f"{name} {_shown(value)} is unlikely (usually {band} {unit}): measure again, or confirm it.",
        confirmable=True,
    )


def _shown(value: Decimal | int) -> str:
    # A number from a file may have a million digits once its exponent is written out.
    number = Decimal(value)
    return dose_text(number) if number.is_finite() and abs(number.adjusted()) < 9 else str(number)
