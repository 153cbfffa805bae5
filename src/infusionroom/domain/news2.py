"""The National Early Warning Score 2, unaltered: a second line behind the clinic's own limits.

Reproduced from: Royal College of Physicians. *National Early Warning Score (NEWS) 2: Standardising the
assessment of acute-illness severity in the NHS.* Updated report of a working party. London: RCP, 2017.
Free to use unaltered, with this acknowledgement; so its bands are no settings of a clinic.

It is blind to a systolic pressure below 220, ketamine's main danger, and scores dissociation as confusion.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

import msgspec

from infusionroom.domain.events import VitalsTaken

Risk = Literal["low", "low-medium", "medium", "high"]
Part = Literal["rr", "spo2", "oxygen", "sbp", "pulse", "consciousness", "temperature"]

PART_NAMES: Final[dict[Part, str]] = {
    "rr": "respiration rate",
    "spo2": "oxygen saturation",
    "oxygen": "air or oxygen",
    "sbp": "systolic pressure",
    "pulse": "pulse",
    "consciousness": "consciousness",
    "temperature": "temperature",
}

# (highest value, points) from below; what is above the last row is in the last column of the table.
_RR: Final = ((8, 3), (11, 1), (20, 0), (24, 2))
_SPO2_SCALE_1: Final = ((91, 3), (93, 2), (95, 1))
_SPO2_SCALE_2: Final = ((83, 3), (85, 2), (87, 1), (92, 0))
_SPO2_SCALE_2_ON_OXYGEN: Final = (*_SPO2_SCALE_2, (94, 1), (96, 2))
_SBP: Final = ((90, 3), (100, 2), (110, 1), (219, 0))
_PULSE: Final = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2))
_TENTHS_C: Final = ((350, 3), (360, 1), (380, 0), (390, 1))


class News2(msgspec.Struct, frozen=True):
    """A score: its points by part, and what was not measured. A missing part makes the total missing."""

    total: int | None
    band: Risk | None
    parts: dict[Part, int]
    missing: tuple[Part, ...] = ()


def news2(v: VitalsTaken) -> News2:
    """The score of one set of vitals. SpO₂ scale 2 only where the set says that it was ordered.

    Consciousness is taken as charted (ACVPU) and never guessed from another scale.
    """
    points: dict[Part, int | None] = {
        "rr": _points(v.rr, _RR, 3),
        "spo2": _spo2(v),
        "oxygen": 2 if v.on_oxygen else 0,
        "sbp": _points(v.sbp, _SBP, 3),
        "pulse": _points(v.hr, _PULSE, 3),
        "consciousness": None if v.acvpu is None else 0 if v.acvpu == "A" else 3,
        "temperature": _points(_tenths(v.temp_c), _TENTHS_C, 2),
    }
    parts = {part: given for part, given in points.items() if given is not None}
    missing = tuple(part for part, given in points.items() if given is None)
    if missing:
        return News2(None, None, parts, missing)
    total = sum(parts.values())
    return News2(total, _band(total, any(given == 3 for given in parts.values())), parts)


def _band(total: int, any_three: bool) -> Risk:
    if total >= 7:
        return "high"
    if total >= 5:
        return "medium"
    return "low-medium" if any_three else "low"


def _spo2(v: VitalsTaken) -> int | None:
    if v.spo2_scale == 1:
        return _points(v.spo2, _SPO2_SCALE_1, 0)
    if v.on_oxygen:
        return _points(v.spo2, _SPO2_SCALE_2_ON_OXYGEN, 3)
    return _points(v.spo2, _SPO2_SCALE_2, 0)


def _points(value: int | None, rows: tuple[tuple[int, int], ...], above: int) -> int | None:
    if value is None:
        return None
    return next((given for highest, given in rows if value <= highest), above)


def _tenths(temp_c: Decimal | None) -> int | None:
    """Tenths of a degree, half up: 38.05 °C is 38.1 and scores."""
    if temp_c is None or not temp_c.is_finite():
        return None
    return int((temp_c * 10).to_integral_value(rounding=ROUND_HALF_UP))
