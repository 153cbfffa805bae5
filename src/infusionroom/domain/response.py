"""Whether an infusion helped, in integers.

Responder cut-offs: ≥ 30 % moderate, ≥ 50 % substantial relief on NRS-11 (Dworkin 2008, IMMPACT). The
follow-up is compared with the reading before the course's first infusion.
"""

from __future__ import annotations

from typing import Final, Literal

# Patient Global Impression of Change (Guy 1976).
PGIC: Final[dict[int, str]] = {
    1: "very much improved",
    2: "much improved",
    3: "minimally improved",
    4: "no change",
    5: "minimally worse",
    6: "much worse",
    7: "very much worse",
}

Relief = Literal["none", "moderate", "substantial"]


def responder_30(baseline: int, follow_up: int) -> bool | None:
    """Whether pain fell by at least 30 %; a baseline of 0 has no answer."""
    return None if baseline == 0 else 10 * (baseline - follow_up) >= 3 * baseline


def responder_50(baseline: int, follow_up: int) -> bool | None:
    """Whether pain fell by at least 50 %; a baseline of 0 has no answer."""
    return None if baseline == 0 else 2 * (baseline - follow_up) >= baseline


def relief(baseline: int, follow_up: int) -> Relief | None:
    """The larger of the two cut-offs that is met; a baseline of 0 has no answer."""
    if baseline == 0:
        return None
    if responder_50(baseline, follow_up):
        return "substantial"
    return "moderate" if responder_30(baseline, follow_up) else "none"


def pgic_responder(pgic: int) -> bool:
    """Whether the person calls themselves much or very much improved. Raises `ValueError` outside 1–7."""
    if pgic not in PGIC:
        raise ValueError("PGIC is a whole number from 1 to 7")
    return pgic <= 2
