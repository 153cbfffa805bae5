"""A consent as it is given to the text that is in force until a clinic publishes its own."""

from __future__ import annotations

from datetime import date

from infusionroom.domain.consent_text import FIRST_CONSENT
from infusionroom.domain.events import Consented


def consent(signed_on: date, *, name: str = "Ruth Marlowe", off_guideline: bool = False) -> Consented:
    """Signed on a day, with every clause that is asked of such a patient."""
    asked = FIRST_CONSENT.asked(off_guideline=off_guideline)
    return Consented(
        signed_on=signed_on,
        text_version=FIRST_CONSENT.version,
        clauses=tuple(clause.key for clause in asked),
        name=name,
    )
