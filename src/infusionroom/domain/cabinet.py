"""The controlled drug's books: every pull accounted for, every day counted (ketamine is US schedule III).

Amounts of one drug and strength are in one unit, mg or whole containers, exact decimals; sums must come out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

import msgspec

from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.outcome import Reason

WasteKind = Literal["remainder", "priming"]

ZERO: Final = Decimal(0)


class Waste(msgspec.Struct, frozen=True):
    """An amount thrown away before a witness; what stays behind in the tubing is a line of its own."""

    amount: Decimal
    by: str
    witness: str
    kind: WasteKind = "remainder"


class Pull(msgspec.Struct, frozen=True):
    """What was taken out for one patient, and where it went as far as it is known."""

    removed: Decimal
    administered: Decimal = ZERO
    wastes: tuple[Waste, ...] = ()
    returned: Decimal = ZERO

    @property
    def wasted(self) -> Decimal:
        return sum((waste.amount for waste in self.wastes), ZERO)

    @property
    def discrepancy(self) -> Decimal:
        """removed − administered − wasted − returned: 0 when all is accounted for."""
        return self.removed - self.administered - self.wasted - self.returned


class DayCount(msgspec.Struct, frozen=True):
    """One drug and strength over one day; `counted` is None until somebody has counted."""

    opening: Decimal
    received: Decimal = ZERO
    removed: Decimal = ZERO
    returned: Decimal = ZERO
    counted: Decimal | None = None

    @property
    def expected(self) -> Decimal:
        """opening + received − removed + returned."""
        return self.opening + self.received - self.removed + self.returned

    @property
    def variance(self) -> Decimal | None:
        """counted − expected: below 0 when something is gone; None before the count."""
        return None if self.counted is None else self.counted - self.expected


def waste_problem(waste: Waste) -> Reason | None:
    """Why a waste cannot be entered: no amount, or nobody but the one who wastes saw it."""
    if not waste.amount.is_finite() or waste.amount <= 0:
        return Reason("waste_amount", "Waste: the amount must be above 0.")
    if not _person(waste.by) or not _person(waste.witness):
        return Reason("waste_witness", "Waste: name who wastes and a second person who sees it.")
    if _person(waste.by) == _person(waste.witness):
        return Reason(
            "waste_witness", f"Waste: {waste.by} cannot witness their own waste; ask somebody else."
        )
    return None


def closing_problems(count: DayCount, reason: str, signatures: tuple[str, ...]) -> tuple[Reason, ...]:
    """What keeps a day from closing: no count yet, or a variance without a reason and two signatures."""
    variance = count.variance
    if variance is None:
        return (Reason("not_counted", "Close the day: count the drawer first."),)
    if not variance:
        return ()
    problems = []
    what = f"{dose_text(abs(variance))} {'missing' if variance < 0 else 'too many'}"
    if not reason.strip():
        problems.append(Reason("variance_reason", f"Close the day: {what}; say why."))
    if len({_person(name) for name in signatures} - {""}) < 2:
        problems.append(
            Reason("variance_signatures", f"Close the day: {what}; two different people must sign.")
        )
    return tuple(problems)


def _person(name: str) -> str:
    return " ".join(name.split()).casefold()
