"""The weight that was known of somebody before this visit: what the next one is held against, and how old it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from infusionroom.domain.background import Background
from infusionroom.domain.day import clinic_day


class EarlierWeight(msgspec.Struct, frozen=True):
    """A weight in kg, of an earlier visit or told for the patient's file, and its day."""

    kg: Decimal
    on: date

    def age_days(self, day: date) -> int:
        return (day - self.on).days


def weight_before(background: Background, by: date, timezone: str) -> EarlierWeight | None:
    """The latest weight from outside this visit that was known on the day `by`; a measured one before a told one."""
    known = []
    if background.patient is not None and (told := background.patient.file.weight) is not None:
        known.append(EarlierWeight(told.kg, told.on))
    if background.weight is not None:
        kg, at = background.weight
        known.append(EarlierWeight(kg, clinic_day(at, timezone)))
    return max((w for w in reversed(known) if w.on <= by), key=lambda w: w.on, default=None)
