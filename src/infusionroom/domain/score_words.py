"""The wording of every item and level of the scores, for forms; keys are the fields of the events."""

from __future__ import annotations

from typing import Final

import msgspec


class ScoreItem(msgspec.Struct, frozen=True):
    """One item of a score: its title, and what 0, 1 and 2 points mean (`levels[points]`)."""

    title: str
    levels: tuple[str, str, str]


# Modified Aldrete (Aldrete 1995: SpO₂ replaced colour).
ALDRETE: Final[dict[str, ScoreItem]] = {
    "activity": ScoreItem("activity", ("moves no extremity", "moves 2 extremities", "moves 4 extremities")),
    "respiration": ScoreItem(
        "respiration", ("apnoea", "dyspnoea or shallow breathing", "breathes deeply and coughs")
    ),
    "circulation": ScoreItem(
        "circulation",
        (
            "SBP 50 % or more off baseline",
            "SBP more than 20 % but less than 50 % off baseline",
            "SBP within 20 % of baseline",
        ),
    ),
    "consciousness": ScoreItem("consciousness", ("no response", "wakes to name", "fully awake")),
    "spo2": ScoreItem("SpO₂", ("90 % or less", "91–92 % on air, or over 90 % on oxygen", "over 92 % on air")),
}

# Modified PADSS (Chung 1995, without intake and output); bleeding is read as the IV site's.
PADSS: Final[dict[str, ScoreItem]] = {
    "vital_signs": ScoreItem(
        "vital signs",
        (
            "worst change over 40 % of baseline",
            "worst change over 20 %, up to 40 % of baseline",
            "worst change up to 20 % of baseline",
        ),
    ),
    "walking": ScoreItem(
        "walking", ("unable, or dizzy", "with assistance", "steady, no dizziness, or as before")
    ),
    "nausea": ScoreItem(
        "nausea and vomiting",
        (
            "severe, goes on despite treatment",
            "moderate, treated with effect",
            "minimal, no treatment",
        ),
    ),
    "pain": ScoreItem("pain", ("NRS 7–10", "NRS 4–6", "NRS 0–3")),
    "bleeding": ScoreItem(
        "bleeding at the IV site",
        (
            "severe, 3 or more dressing changes",
            "moderate, up to 2 dressing changes",
            "minimal",
        ),
    ),
}

ACCEPTABLE_PAIN: Final = "acceptable to the patient, at or below baseline"


def pain_word(nrs: int) -> str:
    """NRS-11 in a word: 0 none, 1–3 mild, 4–6 moderate, 7–10 severe. Raises `ValueError` outside 0–10."""
    if not 0 <= nrs <= 10:
        raise ValueError("pain is a whole number from 0 to 10")
    if nrs == 0:
        return "none"
    if nrs <= 3:
        return "mild"
    return "moderate" if nrs <= 6 else "severe"
