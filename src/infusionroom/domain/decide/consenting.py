"""What makes a consent count, for a course and for a single visit alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from infusionroom.domain.background import Background
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, names
from infusionroom.domain.outcome import Reason


def consent_problems(
    asked: Asked, behind: Background, version: str, clauses: Sequence[str], name: str, signed_on: date
) -> list[Reason]:
    """What keeps it from counting: another version, a clause not acknowledged, no name, a day to come.

    It is held to the version in force when it was given, and to the clauses that this patient acknowledges.
    """
    in_force = behind.consent(asked.at)
    if version != in_force.version:
        shown = version[:100] or "none"
        text = f"Consent: version {in_force.version} is in force, not {shown}: have that one signed."
        return [Reason("version", text)]
    reasons = []
    known = {clause.key for clause in in_force.clauses}
    if unknown := sorted(set(clauses) - known):
        text = f"Consent: version {in_force.version} has no clause {names(unknown)[:500]}."
        reasons.append(Reason("clause", text))
    wanted = behind.clauses_asked(asked.rules.start, asked.at)
    if missing := [clause.key for clause in wanted if clause.key not in clauses]:
        text = f"Consent: not acknowledged: {names(missing)}. Each clause is ticked by itself."
        reasons.append(Reason("clause", text))
    if not name.strip():
        reasons.append(Reason("consent_name", "Consent: by what name was it signed?"))
    if signed_on > clinic_day(asked.now, asked.clinic.timezone):
        reasons.append(Reason("consent", "A consent cannot be signed in the future."))
    return reasons
