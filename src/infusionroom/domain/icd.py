"""ICD-10-CM codes of the indications: CRPS I (= RSD, G90.5-) and CRPS II (causalgia, G56.4- and G57.7-).

Other indications are looked at for their form only: this is no code book.
"""

from __future__ import annotations

import re
from typing import Final

_CRPS_1: Final = "CRPS I (RSD)"
_CRPS_2: Final = "CRPS II"

BILLABLE: Final[dict[str, str]] = {
    "G90.50": f"{_CRPS_1}, unspecified",
    "G90.511": f"{_CRPS_1}, right upper limb",
    "G90.512": f"{_CRPS_1}, left upper limb",
    "G90.513": f"{_CRPS_1}, upper limb, both",
    "G90.519": f"{_CRPS_1}, unspecified upper limb",
    "G90.521": f"{_CRPS_1}, right lower limb",
    "G90.522": f"{_CRPS_1}, left lower limb",
    "G90.523": f"{_CRPS_1}, lower limb, both",
    "G90.529": f"{_CRPS_1}, unspecified lower limb",
    "G90.59": f"{_CRPS_1}, other specified site",
    "G56.40": f"{_CRPS_2}, unspecified upper limb",
    "G56.41": f"{_CRPS_2}, right upper limb",
    "G56.42": f"{_CRPS_2}, left upper limb",
    "G56.43": f"{_CRPS_2}, upper limb, both",
    "G57.70": f"{_CRPS_2}, unspecified lower limb",
    "G57.71": f"{_CRPS_2}, right lower limb",
    "G57.72": f"{_CRPS_2}, left lower limb",
    "G57.73": f"{_CRPS_2}, lower limb, both",
}

_FAMILIES: Final = ("G90.5", "G56.4", "G57.7")
_FORM: Final = re.compile(r"[A-Z][0-9][0-9AB](?:\.[0-9A-Z]{1,4})?")


def icd_normal(code: str) -> str:
    """The code in capitals with its dot: `g90511` → `G90.511`. What is no code comes back trimmed."""
    letters = "".join(code.split()).upper()
    if "." not in letters and len(letters) > 3:
        return f"{letters[:3]}.{letters[3:]}"
    return letters


def icd_problem(code: str) -> str | None:
    """What is wrong with a code, as a sentence that says which codes to use; None if it can be billed."""
    normal = icd_normal(code)
    if normal in BILLABLE:
        return None
    if not _FORM.fullmatch(normal):
        return f"{_quoted(code)} is not an ICD-10-CM code: it looks like G90.511."
    longer = [full for full in BILLABLE if full.startswith(normal)]
    if longer and any(normal.startswith(family) for family in _FAMILIES):
        return f"{normal} is not billable: use one of {', '.join(longer)}."
    family = next((family for family in _FAMILIES if normal.startswith(family)), None)
    if family is not None:
        siblings = [full for full in BILLABLE if full.startswith(family)]
        return f"{normal} does not exist: use one of {', '.join(siblings)}."
    if longer:
        return f"{normal} is not billable: give the code in full, such as {longer[0]}."
    return None


def icd_text(code: str) -> str | None:
    """What a code of CRPS means; None for all others."""
    return BILLABLE.get(icd_normal(code))


def _quoted(code: str) -> str:
    shown = code if len(code) <= 12 else f"{code[:12]}…"
    return f"“{shown}”"
