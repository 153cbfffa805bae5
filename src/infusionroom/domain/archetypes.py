"""The kinds of course that ship with the program; a clinic edits them, or adds its own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from infusionroom.domain.events import Archetype, Target

# Schwartzman 2009: 0.35 mg/kg/h, at most 25 mg/h, four hours on ten weekdays; the ramp 50/75/100 % from memory.
_TEN_WEEKDAYS: Final = Archetype(
    name="ten weekdays",
    days=10,
    ramp=(50, 75, 100),
    chair_min=240,
    target=Target("mg_per_kg_h", Decimal("0.35"), Decimal("25")),
)
# One day as high as is safe; a few days that begin lower and rise quickly (choice; the clinic's physician decides).
_SINGLE_DAY: Final = Archetype(
    name="single day", days=1, ramp=(100,), chair_min=240, target=Target("mg_per_kg_h", Decimal("0.5"))
)
_UP_TO_FIVE: Final = Archetype(
    name="up to five days",
    days=5,
    ramp=(60, 80, 100),
    chair_min=240,
    target=Target("mg_per_kg_h", Decimal("0.5")),
)

ARCHETYPES: Final[Mapping[str, Archetype]] = {
    kind.name: kind for kind in (_SINGLE_DAY, _UP_TO_FIVE, _TEN_WEEKDAYS)
}
