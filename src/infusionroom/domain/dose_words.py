"""How doses, units and look-alike drugs are written (after ISMP's lists)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

TALL_MAN: Final = {name.lower(): name for name in ("cloNIDine", "LORazepam", "hydrALAZINE")}
# Not look-alikes: written plain, whatever the sender's habit (KETAMINE, Ketamine).
PLAIN_NAMES: Final = ("ketamine", "midazolam", "ondansetron")

_DRUGS: Final = TALL_MAN | {name: name for name in PLAIN_NAMES}
_DRUG: Final = re.compile(rf"\b(?:{'|'.join(_DRUGS)})\b", re.IGNORECASE)
# U+00B5 and U+03BC look the same and both arrive; either is misread as "mg" in a hurry.
_MICROGRAM: Final = re.compile(r"(?<![A-Za-z])(?:mcg|ug|\u00b5g|\u03bcg)(?![A-Za-z])", re.IGNORECASE)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: one spelling for one amount."""
    if not value.is_finite():
        return value
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = list(digits)
    while exponent < 0 and number[-1] == 0 and len(number) > 1:
        number.pop()
        exponent += 1
    if not any(number):
        return Decimal(0)
    return Decimal((sign, (*number, *(0,) * max(exponent, 0)), min(exponent, 0)))


def dose_text(amount: Decimal, unit: str = "") -> str:
    """`0.5`, `5`, `120`: leading zero, no trailing zero, never an exponent; with a unit, `0.5 mg`.

    Not rounded: pass it through `dose.quantity` first. Raises `ValueError` for what is no number.
    """
    if not amount.is_finite():
        raise ValueError("a dose must be a number")
    number = format(plain(amount), "f")
    return f"{number} {unit_text(unit)}" if unit else number


def unit_text(unit: str) -> str:
    """The unit with micrograms spelled out: `mcg/kg/h` → `micrograms/kg/h`."""
    return _MICROGRAM.sub("micrograms", unit)


def drug_text(name: str) -> str:
    """The drug's name, or a text that holds it, with tall-man letters where it has a look-alike."""
    return _DRUG.sub(lambda found: _DRUGS[found.group().lower()], name)
