"""What every event body is made of."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

SchemaNumber = Annotated[int, msgspec.Meta(ge=1, le=1)]
Nrs = Annotated[int, msgspec.Meta(ge=0, le=10)]
Points = Annotated[int, msgspec.Meta(ge=0, le=2)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]

Role = Literal["charge nurse", "nurse", "prescriber", "back office", "viewer", "administrator"]
Gate = Literal["start", "discharge", "dose"]
WaitReason = Literal["escort", "physician", "prescription", "paperwork", "other"]
Identifier = Literal["name", "birth_date", "record_number"]
SideEffect = Literal[
    "nausea",
    "vomiting",
    "dizziness",
    "headache",
    "dysphoria",
    "hallucination",
    "agitation",
    "sedation",
    "high pressure",
    "blurred vision",
    "itching",
    "other",
]
Severity = Literal["mild", "moderate", "severe"]
DoseBasis = Literal["mg_per_kg_h", "mg_per_h"]


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """The base of every event body."""

    schema: SchemaNumber = 1
