"""The JSON Schema of what `infusionroom do` reads and answers, made from the records themselves."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, Final

import msgspec

from infusionroom.domain.commands import AnyCommand
from infusionroom.services.scripting import Answer

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_WHEN: Final = (
    "When it happened, never in the future: -10 (ten minutes ago), 10:25 (today, the clinic's wall clock), "
    "10:25-05:00 (where the clock shows a time twice) or ISO 8601 with its offset. Absent: now."
)
_NUMBER: Final = "An exact decimal; a JSON number is read digit by digit and never as a float."
_VISIT: Final = "The visit's id, or the sender's appointment as placer/filler."


def script_schema() -> dict[str, Any]:
    """The schema of a line; that of an answer is its `$defs/Outcome`."""
    commands, answers = _schema(AnyCommand), _schema(Answer)
    definitions = {**answers.pop("$defs"), **_relaxed(commands.pop("$defs")), "Outcome": answers}
    return {
        "$schema": DIALECT,
        "title": "infusionroom do",
        "description": (
            "One line of standard input is one command, told apart by `command`. One line of standard output is "
            "the outcome of one line, in order; its schema is $defs/Outcome."
        ),
        **commands,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(kind: Any) -> dict[str, Any]:
    return msgspec.json.schema(kind, ref_template="#/$defs/{name}")


def _relaxed(definitions: dict[str, Any]) -> dict[str, Any]:
    """What is read more kindly than it is written: moments in words, amounts as numbers."""
    for definition in definitions.values():
        definition["description"] = cleandoc(definition.get("description", ""))
        properties: dict[str, Any] = definition.get("properties", {})
        for field in {"at", "new_at"} & properties.keys():
            properties[field] = {
                "description": _WHEN,
                "anyOf": [{"type": "string"}, {"type": "null"}],
                "default": None,
            }
        for field in {"opens", "closes"} & properties.keys():
            properties[field] = _hours(properties[field])
        if "command" in properties:
            for field in {"visit", "with_visit"} & properties.keys():
                properties[field] = {**properties[field], "description": _VISIT}
        _amounts(properties)
    return definitions


def _hours(rule: dict[str, Any]) -> dict[str, Any]:
    kinds = [
        {k: v for k, v in kind.items() if k not in ("format", "default")}
        for kind in rule.get("anyOf", [rule])
    ]
    default = {"default": rule["default"]} if "default" in rule else {}
    return {"description": "A time of day by the clinic's wall clock: 07:00.", "anyOf": kinds, **default}


def _amounts(properties: dict[str, Any]) -> None:
    for name, rule in properties.items():
        kinds = rule.get("anyOf", [rule])
        if not any(kind.get("format") == "decimal" for kind in kinds):
            continue
        kept = [kind for kind in kinds if kind.get("format") != "decimal"]
        decimal = [{"type": "string", "format": "decimal"}, {"type": "number"}]
        properties[name] = {
            **{key: value for key, value in rule.items() if key not in ("anyOf", "type", "format")},
            "description": _NUMBER,
            "anyOf": [*decimal, *kept],
        }
