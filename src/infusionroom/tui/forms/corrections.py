"""Forms that take an entry back or correct it. The original stays readable; the journal only grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace as changed
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.evolve import effective
from infusionroom.domain.flowsheet import FlowLine, flowsheet
from infusionroom.domain.journal import Entry
from infusionroom.tui.forms.questions import stated
from infusionroom.tui.forms.spec import WHEN, Choice, Field, FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.cells import clean, fit
from infusionroom.tui.present.flowsheet import words_of
from infusionroom.tui.present.times import clock_time

SHOWN_ENTRIES: Final = 12
WORDS_WIDTH: Final = 30
_CORRECTIONS: Final = ("undone", "corrected")


def standing(context: FormContext) -> tuple[FlowLine, ...]:
    """The entries that still count, newest first: what can be taken back or corrected."""
    lines = (
        line
        for line in flowsheet(context.person)
        if not line.struck and line.kind not in (*_CORRECTIONS, "visit_planned")
    )
    return tuple(sorted(lines, key=lambda line: -line.entry.id))


def _entry_choices(context: FormContext) -> tuple[Choice, ...]:
    everything = {line.entry.id: line for line in flowsheet(context.person)}
    lines = list(standing(context)[:SHOWN_ENTRIES])
    if context.entry is not None and all(line.entry.id != context.entry.id for line in lines):
        lines += [line for line in everything.values() if line.entry.id == context.entry.id]
    return tuple(_choice(n, line, everything, context) for n, line in enumerate(lines, 1))


def _choice(number: int, line: FlowLine, by_id: Mapping[int, FlowLine], context: FormContext) -> Choice:
    said = f"{line.word} {clean(words_of(line, by_id, context.timezone))}".strip()
    at = clock_time(line.at, context.timezone)
    return Choice(str(number), line.entry.id, f"{at} {fit(said, WORDS_WIDTH)}", clean(line.by))


def _chosen(context: FormContext) -> str:
    choices = _entry_choices(context)
    if context.entry is not None:
        return next((c.key for c in choices if c.value == context.entry.id), "1")
    return "1" if choices else ""


def _entry(values: Values, context: FormContext) -> Entry | None:
    return next((e for e in context.person.entries if e.id == values.get("target")), None)


def _needs_reason(values: Values, context: FormContext) -> bool:
    entry = _entry(values, context)
    if entry is None:
        return False
    age_s = (context.now - entry.recorded_at).total_seconds()
    return age_s > context.rules.undo_without_reason_s


def _undo_lines(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    entry = _entry(values, context)
    if entry is None:
        return (LiveLine("There is nothing to take back.", "warn"),)
    lines = []
    if entry.actor != context.actor:
        lines.append(LiveLine(f"This was entered by {clean(entry.actor)}.", "warn"))
    if _needs_reason(values, context):
        minutes = context.rules.undo_without_reason_s // 60
        lines.append(LiveLine(f"Entered more than {minutes} min ago: say why it is taken back.", "dim"))
    else:
        lines.append(LiveLine("Just entered: no reason is needed.", "dim"))
    return tuple(lines)


# ── the form of the entry itself, filled with what it says ──────────────────────────────────────────────────


def counting(context: FormContext, entry: Entry) -> Entry:
    """The entry as it counts now: with an earlier correction in place."""
    return next((e for e in effective(context.person.entries) if e.id == entry.id), entry)


def happened_text(entry: Entry, context: FormContext) -> str:
    """When the entry happened as one would type it: the time alone on the same day, with its offset else."""
    local = entry.happened_at.astimezone(context.zone)
    if local.date() == context.day:
        return f"{local:%H:%M}"
    return local.replace(second=0, microsecond=0).isoformat(timespec="minutes")


def correction_of(entry: Entry, spec: FormSpec | None, context: FormContext) -> FormSpec:
    """A form that corrects `entry`: the questions of its own form as they were answered, its time, and why.

    Where the body cannot be corrected only the time is asked: take it back and enter it anew.
    """
    entry = counting(context, entry)
    rebuildable = (
        spec is not None and spec.fill is not None and (spec.rebuild or isinstance(entry.body, ev.FACTS))
    )
    typed: dict[str, str] = {}
    fields: tuple[Field, ...] = ()
    if rebuildable and spec is not None and spec.fill is not None:
        typed = spec.fill(entry.body, context)
        fields = tuple(_filled(field, typed.get(field.id, "")) for field in spec.fields)
    at_text = happened_text(entry, context)
    when = changed(WHEN, default=lambda _: at_text)
    why = Field(id="why_corrected", label="Correction", required=True, help="why it is corrected")

    def body_of(values: Values, now: FormContext) -> ev.Event | None:
        if not rebuildable or spec is None:
            return None
        if spec.rebuild is not None:
            body = spec.rebuild(values, now, entry.body)
        else:
            assert spec.build is not None
            made = spec.build(values, now)
            assert isinstance(made, cmd.Record)
            body = made.fact
        return body if _differs(body, entry.body) else None

    def build(values: Values, now: FormContext) -> cmd.Command:
        body: Any = body_of(values, now)
        return cmd.Correct(
            visit=now.person.id,
            target=entry.id,
            why=values["why_corrected"],
            body=body,
            new_at=_new_at(values, entry, now),
        )

    def check(values: Values, now: FormContext) -> dict[str, str]:
        problems = spec.check(values, now) if rebuildable and spec else {}
        if not problems and body_of(values, now) is None and _new_at(values, entry, now) is None:
            return {
                "why_corrected": "Nothing is different yet: change an answer or the time, or leave with Esc."
            }
        return problems

    title = spec.title if spec is not None else entry.kind.replace("_", " ").capitalize()
    intro = (
        ""
        if rebuildable
        else "Only its time can be corrected: to change the rest, undo it and enter it anew."
    )
    return FormSpec(
        id="correction",
        title=f"Correct: {title}",
        fields=(*fields, when, why),
        build=build,
        check=check,
        live=spec.live if rebuildable and spec is not None else lambda values, now: (),
        intro=intro,
        dated=False,
    )


def _filled(field: Field, text: str) -> Field:
    return changed(field, default=lambda _: text, suggest=None)


def _differs(body: ev.Event, old: ev.Event) -> bool:
    # Whether an unlikely value was confirmed is no part of what was measured.
    if isinstance(body, ev.VitalsTaken | ev.Weighed) and isinstance(old, ev.VitalsTaken | ev.Weighed):
        return replace(body, confirmed=False) != replace(old, confirmed=False)
    return body != old


def _new_at(values: Values, entry: Entry, context: FormContext) -> datetime | None:
    at: datetime = values.get("at") or context.now
    minute = entry.happened_at.replace(second=0, microsecond=0)
    return None if at.replace(second=0, microsecond=0) == minute else at


def by_kind(specs: Iterable[FormSpec]) -> dict[str, FormSpec]:
    """Which form an entry of a kind is entered with."""
    return {spec.kind: spec for spec in specs if spec.kind}


CORRECTIONS: Final = (
    FormSpec(
        id="undo",
        title="Take back",
        fields=(
            Field(
                id="target",
                label="Entry",
                kind="choice",
                choices=_entry_choices,
                default=_chosen,
                required=True,
                column=True,
            ),
            Field(
                id="why",
                label="Why",
                required=True,
                shown=_needs_reason,
            ),
        ),
        live=_undo_lines,
        build=lambda values, context: cmd.Undo(
            visit=context.person.id, target=values["target"], why=stated(values, "why")
        ),
        dated=False,
    ),
    FormSpec(
        id="correct",
        title="Correct an entry",
        intro="Choose the entry; its form opens as it was filled in.",
        fields=(
            Field(
                id="target",
                label="Entry",
                kind="choice",
                choices=_entry_choices,
                default=_chosen,
                required=True,
                column=True,
            ),
        ),
        picks_entry=True,
        dated=False,
    ),
)
