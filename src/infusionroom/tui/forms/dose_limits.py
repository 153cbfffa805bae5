"""What the dose's limits ask of a form: a reason above the soft one, a physician's override above the hard one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from infusionroom.domain.clinic import Band
from infusionroom.domain.dose import Concern
from infusionroom.tui.forms.questions import physician
from infusionroom.tui.forms.spec import Field, FormContext, Limits, LiveLine, Values
from infusionroom.tui.present.form_words import dose_limit_words

Arises = Callable[[Values, FormContext], Concern | None]


def amounts(high: str = "10000") -> Callable[[FormContext], Limits]:
    """Any amount above nothing and up to `high`: what it may be is the dose rules' to say."""
    band = Band(Decimal("0.001"), Decimal(high))
    return lambda _: Limits(possible=band)


def limit_lines(concern: Concern | None, context: FormContext) -> tuple[LiveLine, ...]:
    """Which limit is passed, and what it asks for."""
    if concern is None:
        return ()
    rules = context.rules.dose
    limit = rules.hard_mg_per_kg_h if concern == "hard" else rules.soft_mg_per_kg_h
    return (LiveLine(*dose_limit_words(concern, limit)),)


def limit_fields(concern: Arises) -> tuple[Field, ...]:
    """The soft limit's reason and the hard limit's override, each asked only where it arises."""
    return (
        Field(
            id="limit_reason",
            label="Reason",
            required=True,
            shown=lambda values, context: concern(values, context) == "soft",
            help="above the soft limit",
        ),
        physician(
            "override_by",
            "Override by",
            required=True,
            width=30,
            shown=lambda values, context: concern(values, context) == "hard",
            help="the physician",
        ),
        Field(
            id="override_reason",
            label="Override reason",
            required=True,
            shown=lambda values, context: concern(values, context) == "hard",
        ),
    )
