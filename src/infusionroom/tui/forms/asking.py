"""What stands beside and below a question, and how a command says that something unlikely was meant. Pure."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from infusionroom.domain.commands import Command, Record
from infusionroom.tui.forms.reading import Reading
from infusionroom.tui.forms.spec import Field, FormContext, FormSpec, Values
from infusionroom.tui.present.cells import Cell, Line, clean
from infusionroom.tui.present.times import ago_words, clock_time


def hint_line(
    field: Field, values: Values, context: FormContext, *, spec: FormSpec, here: bool, touched: bool
) -> Line:
    """Beside a question: what its time means, unit, what is suggested and why, the last value, limits, help.

    `here` says that keys go to it. A blind form shows nothing of what was entered before.
    """
    parts = []
    if field.kind == "when":
        parts.append(Cell(_when_words(values, context, dated=spec.dated), "text"))
    if unit := field.unit or field.unit_of(values, context):
        parts.append(Cell(unit, "text"))
    suggestion = field.suggest(values, context) if field.suggest and not touched else None
    if suggestion is not None:
        parts.append(Cell(f"suggested: {clean(suggestion.why)}", "warn"))
    if not spec.blind and (last := field.reference(context)):
        parts.append(Cell(last, "dim"))
    limits = field.limits(context)
    if here and limits.possible and (limits.likely or field.kind == "integer"):
        parts.append(Cell(str(limits.possible), "dim"))
    if field.help:
        parts.append(Cell(field.help, "dim"))
    line: list[Cell] = []
    for part in parts:
        line += [Cell("  " if line else ""), part]
    return tuple(line)


def _when_words(values: Values, context: FormContext, *, dated: bool) -> str:
    at = values.get("at")
    if at is None:
        return f"now, {clock_time(context.now, context.timezone)}" if dated else ""
    ago = int((context.now - at).total_seconds())
    return f"{clock_time(at, context.timezone)}, {ago_words(ago)} ago"


def problem_of(reading: Reading, text: str, *, here: bool, tried: bool) -> str:
    """Below a question: what is wrong with its answer. Nobody is scolded before they have tried, or halfway."""
    halfway = reading.growing and here
    if reading.problem:
        missing = not text.strip()
        return "" if (missing or halfway) and not tried else reading.problem
    return "" if halfway else reading.unlikely


def form_keys(*, saving: bool, asked: bool, lines: bool, point: str) -> tuple[tuple[str, str], ...]:
    """The keys of a form as it stands: saving, asked to confirm, with a text of several lines, overridable."""
    keys = [
        ("⏎", "saving …" if saving else "confirm" if asked else "accept"),
        ("Esc", "leave"),
        ("Tab", "next"),
    ]
    if lines:
        keys.append(("^J", "new line"))
    if point:
        keys.append(("F3", "physician's override"))
    return tuple(keys)


def as_confirmed(command: Command) -> Command:
    """The same command, saying that what is unlikely was asked about and meant."""
    if isinstance(command, Record) and "confirmed" in command.fact.__struct_fields__:
        fact: Any = replace(command.fact, confirmed=True)
        return replace(command, fact=fact)
    if "confirmed" in command.__struct_fields__:
        said: dict[str, Any] = {"confirmed": True}
        return replace(command, **said)
    body: Any = getattr(command, "body", None)
    if body is not None and "confirmed" in body.__struct_fields__:
        changes: dict[str, Any] = {"body": replace(body, confirmed=True)}
        return replace(command, **changes)
    return command
