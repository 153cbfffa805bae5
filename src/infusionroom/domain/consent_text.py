"""The consent: its version, its text, and the clauses that are acknowledged one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from infusionroom.domain.events import Clause


class ConsentText(msgspec.Struct, frozen=True):
    """One version of the consent, as published; the first is in force from the beginning (`since` None)."""

    version: str
    text: str
    clauses: tuple[Clause, ...]
    since: datetime | None = None

    def asked(self, *, off_guideline: bool) -> tuple[Clause, ...]:
        """The clauses that a patient with such an indication acknowledges."""
        return tuple(c for c in self.clauses if c.asked_of == "everybody" or off_guideline)


# What holds until a clinic publishes its own; nothing here replaces a physician's words.
FIRST_CONSENT: Final = ConsentText(
    version="1",
    text=(
        "You are about to receive ketamine below the dose of an anaesthetic, over about four hours, for neuropathic "
        "pain. A nurse watches you during the infusion and until you go home with a responsible adult. For 24 hours "
        "you do not drive, use machinery, drink alcohol or decide anything important. Afterwards you take very "
        "low-dose oral ketamine for two weeks. You may stop at any time."
    ),
    clauses=(
        Clause(
            key="no guarantee",
            text="There is no guarantee of relief, whatever the number of infusions.",
        ),
        Clause(
            key="off guideline",
            text=(
                "The consensus guideline on ketamine for chronic pain does not list my illness; what is known about "
                "others may not hold for me."
            ),
            asked_of="off guideline",
        ),
    ),
)
