"""Modified Aldrete (Aldrete 1995) and modified PADSS (Chung 1995): totals, the gate, and what to suggest.

The points of both scores are as published; the totals asked for are the clinic's (`DischargeRules`). Changes
against the baseline are compared in integers. An item that was not taken makes the total missing, never zero.
Suggestions are for a form to fill in; the nurse who scores may change them.
"""

from __future__ import annotations

from typing import Final

from infusionroom.domain.clinic import DischargeRules
from infusionroom.domain.events import AldreteScored, PadssScored, VitalsTaken
from infusionroom.domain.outcome import Reason
from infusionroom.domain.score_words import ALDRETE, PADSS

FULL_POINTS: Final = 2


def aldrete_total(score: AldreteScored) -> int | None:
    """The total 0–10, or None where an item was not taken."""
    return _total(_aldrete_items(score))


def aldrete_gaps(score: AldreteScored | None, rules: DischargeRules) -> tuple[str, ...]:
    """What keeps a person in phase I, each point named; empty when the gate is passed.

    The gate is the total *and* consciousness 2 *and* SpO₂ 2 *and* no item 0 (choice): the total alone can be
    reached on oxygen or half awake.
    """
    if score is None:
        return ("Aldrete not scored",)
    items = _aldrete_items(score)
    gaps = [f"Aldrete {ALDRETE[name].title} not scored" for name, points in items.items() if points is None]
    total = _total(items)
    if total is not None and total < rules.aldrete_at_least:
        gaps.append(f"Aldrete total {total}, needs {rules.aldrete_at_least}")
    for name in ("consciousness", "spo2"):
        points = items[name]
        if points is not None and points < FULL_POINTS:
            gaps.append(f"Aldrete {ALDRETE[name].title} {points}, needs {FULL_POINTS}")
    gaps += [
        f"Aldrete {ALDRETE[name].title} 0"
        for name, points in items.items()
        if points == 0 and name not in ("consciousness", "spo2")
    ]
    return tuple(gaps)


def padss_pain_points(score: PadssScored) -> int | None:
    """The points of the pain item as they count.

    A recorded "acceptable to the patient, at or below baseline" is 2 whatever the raw NRS (choice): a person
    whose baseline is 8 could never earn them. Else the entered points, else those that follow from the NRS.
    """
    if score.acceptable:
        return FULL_POINTS
    if score.pain is not None:
        return score.pain
    return None if score.nrs is None else suggest_padss_pain(score.nrs)


def padss_total(score: PadssScored) -> int | None:
    """The total 0–10, with pain as `padss_pain_points` counts it, or None where an item was not taken."""
    return _total(_padss_items(score))


def padss_gaps(score: PadssScored | None, rules: DischargeRules) -> tuple[str, ...]:
    """What is missing of the PADSS, each point named; empty when the total is reached."""
    if score is None:
        return ("PADSS not scored",)
    items = _padss_items(score)
    gaps = [f"PADSS {PADSS[name].title} not scored" for name, points in items.items() if points is None]
    total = _total(items)
    if total is not None and total < rules.padss_at_least:
        lost = ", ".join(
            f"{PADSS[name].title} {points}"
            for name, points in items.items()
            if points is not None and points < FULL_POINTS
        )
        gaps.append(f"PADSS total {total}, needs {rules.padss_at_least} ({lost})")
    return tuple(gaps)


def padss_pain_consistent(score: PadssScored, baseline_nrs: int | None = None) -> Reason | None:
    """Why the pain item contradicts what stands beside it, or None.

    Entered points must follow from the NRS unless the pain is recorded as acceptable; acceptable needs the
    raw NRS beside it, and where the baseline is known it may not lie above it.
    """
    if score.acceptable:
        return _acceptable_problem(score, baseline_nrs)
    if score.pain is None or score.nrs is None or score.pain == suggest_padss_pain(score.nrs):
        return None
    earned = suggest_padss_pain(score.nrs)
    return Reason(
        "padss_pain",
        f"Pain {score.nrs} of 10 earns {earned} points, not {score.pain}: correct one, or record that "
        "the pain is acceptable to the patient.",
    )


def suggest_circulation(baseline_sbp: int | None, sbp: int | None) -> int | None:
    """Aldrete's circulation from the SBP's change: ≤ 20 % 2, < 50 % 1, else 0; None without both values."""
    if not baseline_sbp or sbp is None:
        return None
    change = 100 * abs(sbp - baseline_sbp)
    if change <= 20 * baseline_sbp:
        return 2
    return 1 if change < 50 * baseline_sbp else 0


def suggest_aldrete_spo2(spo2: int | None, on_oxygen: bool) -> int | None:
    """Aldrete's saturation: > 92 % on air 2, 91–92 on air or > 90 on oxygen 1, ≤ 90 0."""
    if spo2 is None:
        return None
    if spo2 <= 90:
        return 0
    return 2 if spo2 > 92 and not on_oxygen else 1


def suggest_padss_vitals(baseline: VitalsTaken | None, now: VitalsTaken | None) -> int | None:
    """PADSS's vital signs from the worse change of SBP and HR: ≤ 20 % 2, ≤ 40 % 1, else 0.

    None unless both signs are known at both times: half a comparison could hide the worse half.
    """
    if baseline is None or now is None:
        return None
    pressure = _change_points(baseline.sbp, now.sbp)
    pulse = _change_points(baseline.hr, now.hr)
    return None if pressure is None or pulse is None else min(pressure, pulse)


def suggest_padss_pain(nrs: int) -> int:
    """PADSS's pain from the NRS: 0–3 2, 4–6 1, 7–10 0. Raises `ValueError` for what is no NRS."""
    if not 0 <= nrs <= 10:
        raise ValueError("pain is a whole number from 0 to 10")
    if nrs <= 3:
        return 2
    return 1 if nrs <= 6 else 0


def _aldrete_items(score: AldreteScored) -> dict[str, int | None]:
    return {name: getattr(score, name) for name in ALDRETE}


def _padss_items(score: PadssScored) -> dict[str, int | None]:
    return {name: getattr(score, name) for name in PADSS} | {"pain": padss_pain_points(score)}


def _total(items: dict[str, int | None]) -> int | None:
    total = 0
    for points in items.values():
        if points is None:
            return None
        total += points
    return total


def _acceptable_problem(score: PadssScored, baseline_nrs: int | None) -> Reason | None:
    if score.nrs is None:
        return Reason(
            "padss_pain", "Acceptable pain needs the pain itself beside it: enter the NRS, 0 to 10."
        )
    if baseline_nrs is not None and score.nrs > baseline_nrs:
        return Reason(
            "padss_pain",
            f"Pain {score.nrs} is above the baseline of {baseline_nrs}: acceptable means at or below "
            "baseline. Score it by its NRS.",
        )
    if score.pain is not None and score.pain not in (FULL_POINTS, suggest_padss_pain(score.nrs)):
        return Reason(
            "padss_pain",
            f"Acceptable pain earns {FULL_POINTS} points, not {score.pain}: leave the points out.",
        )
    return None


def _change_points(baseline: int | None, value: int | None) -> int | None:
    if not baseline or value is None:
        return None
    change = 100 * abs(value - baseline)
    if change <= 20 * baseline:
        return 2
    return 1 if change <= 40 * baseline else 0
