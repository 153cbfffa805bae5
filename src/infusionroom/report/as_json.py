"""The summary as JSON, for programs: every figure exact, instants in UTC, decimals as text."""

from __future__ import annotations

from typing import Final

import msgspec

from infusionroom.domain.figures import DayFigures

_encoder: Final = msgspec.json.Encoder(order="deterministic", decimal_format="string")
_decoder: Final = msgspec.json.Decoder(DayFigures)


def to_json(summary: DayFigures) -> str:
    """The summary as indented JSON with a newline at its end; names stand in it as the sender wrote them."""
    return msgspec.json.format(_encoder.encode(summary), indent=2).decode("utf-8") + "\n"


def from_json(text: str) -> DayFigures:
    """The summary that `to_json` wrote. Raises `msgspec.ValidationError`."""
    return _decoder.decode(text)


def schema() -> dict[str, object]:
    """The JSON Schema of a summary."""
    return msgspec.json.schema(DayFigures)
