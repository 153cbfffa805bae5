"""The flowsheet in words: every entry, who made it where and when, what was taken back and what holds instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from infusionroom.domain import events as ev
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.flowsheet import FlowLine, entry_text
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit, fit_line, width_of, wrapped
from infusionroom.tui.present.times import clock_time, day_words, zone

FLOW_TITLE = "Flowsheet"
FLOW_EMPTY = (
    "Every entry about this person appears here, newest last,",
    "with who made it and when it happened.",
)
_SHORT: Final[dict[str, str]] = {
    "identity checked": "identity",
    "responsible adult": "adult named",
    "sent home without infusion": "sent home",
    "instructions given": "instructions",
    "alarm acknowledged": "alarm seen",
    "entered in error": "in error",
}
TAKEN_BACK, CORRECTED, ABOUT = "×", "~", "↳"
_TIME, _SIGN, _LATE = 7, 2, 6


class Columns(NamedTuple):
    """How wide the columns are: the entry's word, what it says, by whom, and how late."""

    word: int
    said: int
    by: int


def columns(lines: Sequence[FlowLine], width: int, terminal: str) -> Columns:
    """Columns that fill `width`; who made the entries gets what the names need."""
    word = 20 if width >= 90 else 13
    longest = max((width_of(who_and_where(line, terminal)) for line in lines), default=8)
    by = min(longest + 1, 20 if width >= 90 else 15 if width >= 70 else 11)
    return Columns(word, max(4, width - _TIME - _SIGN - word - by - _LATE), by)


def flow_head(lines: Sequence[FlowLine], width: int, terminal: str = "") -> Line:
    """The column heads, as wide as the rows."""
    shape = columns(lines, width, terminal)
    left = f" {'at':<{_TIME + _SIGN - 1}}{fit('entry', shape.word + shape.said)}"
    return (Cell(f"{left}{fit('by', shape.by)}{'late':>{_LATE - 1}} ", "head"),)


def flow_rows(
    lines: Sequence[FlowLine], width: int, timezone: str, *, day: date, terminal: str = ""
) -> tuple[Row, ...]:
    """One row per entry, its journal id the key; `terminal` is this one, so that only others are named."""
    by_id = {line.entry.id: line for line in lines}
    shape = columns(lines, width, terminal)
    return tuple(Row(str(line.entry.id), _row(line, by_id, shape, timezone, day, terminal)) for line in lines)


def _row(
    line: FlowLine, by_id: Mapping[int, FlowLine], shape: Columns, timezone: str, day: date, terminal: str
) -> Line:
    style = "dim" if line.struck else "text"
    return (
        Cell(f" {_when(line.at, timezone, day):<{_TIME - 1}}", "dim" if line.struck else "strong"),
        sign_of(line),
        Cell(fit(_SHORT.get(line.word, line.word), shape.word - 1) + " ", style if line.struck else "name"),
        Cell(fit(clean(words_of(line, by_id, timezone)), shape.said - 1) + " ", style),
        Cell(fit(who_and_where(line, terminal), shape.by), "dim"),
        Cell(f"{late_words(line.late_s):>{_LATE - 1}} ", "warn" if line.late_s else "dim"),
    )


def sign_of(line: FlowLine) -> Cell:
    """× taken back, ~ corrected, ↳ about another entry."""
    if line.taken_back_by is not None:
        return Cell(f"{TAKEN_BACK} ", "warn")
    if line.corrected_by is not None:
        return Cell(f"{CORRECTED} ", "warn")
    return Cell(f"{ABOUT} " if line.corrects is not None else "  ", "dim")


def _when(at: datetime, timezone: str, day: date) -> str:
    local = at.astimezone(zone(timezone))
    return f"{local:%H:%M}" if local.date() == day else f"{local.day} {day_words(local.date()).split()[2]}"


def who_and_where(line: FlowLine, terminal: str) -> str:
    """`RN Lee`, and from where if that is another terminal than this one."""
    by = clean(line.by)
    return f"{by} @{clean(line.terminal)}" if terminal and line.terminal != terminal else by


def late_words(late_s: int) -> str:
    """How much later than it happened an entry was recorded: `+12 min`."""
    if not late_s:
        return ""
    minutes = late_s // 60
    return f"+{minutes}" if minutes < 100 else f"+{minutes // 60} h"


def words_of(line: FlowLine, by_id: Mapping[int, FlowLine], timezone: str) -> str:
    """What an entry says, with other entries named by what and when, and moments in the clinic's time."""
    body = line.entry.body
    if isinstance(body, ev.VisitPlanned | ev.PlanChanged):
        return _plan_words(body, timezone)
    if isinstance(body, ev.Undone):
        return _joined(_named(body.target, by_id, timezone), body.why)
    if isinstance(body, ev.Corrected):
        new = entry_text(body.body) if body.body is not None else ""
        at = f"happened {clock_time(body.new_happened_at, timezone)}" if body.new_happened_at else ""
        return _joined(f"{_named(body.target, by_id, timezone)} → {_joined(new, at)}", body.why)
    if isinstance(body, ev.VitalsTaken):
        return line.text.replace(" mmHg", "").replace(" %", "").replace("  ", " ")
    if isinstance(body, ev.Weighed):
        return f"{dose_text(body.kg)} kg"
    if isinstance(body, ev.Stopped):
        return _joined("early" if body.early else "complete", body.why)
    if isinstance(body, ev.DoubleChecked):
        return f"agrees with the {_named(body.order, by_id, timezone)}"
    return line.text


def _plan_words(body: ev.VisitPlanned | ev.PlanChanged, timezone: str) -> str:
    plan = body.plan
    local = plan.start.astimezone(zone(timezone))
    course = f"day {plan.course.day} of {plan.course.of}" if plan.course else ""
    why = body.why if isinstance(body, ev.PlanChanged) else ""
    return _joined(
        f"for {day_words(local.date())[4:-5]} {local:%H:%M}", course, "walk-in" if plan.walk_in else "", why
    )


def _named(entry: int, by_id: Mapping[int, FlowLine], timezone: str) -> str:
    about = by_id.get(entry)
    return f"{about.word} of {clock_time(about.at, timezone)}" if about else f"entry {entry}"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def detail_lines(
    line: FlowLine | None, lines: Sequence[FlowLine], width: int, height: int, timezone: str
) -> tuple[Line, ...]:
    """The selected entry in full: all its words, when it was recorded and where, and what became of it."""
    if line is None:
        return ()
    by_id = {each.entry.id: each for each in lines}
    said = wrapped(f"{line.word}: {words_of(line, by_id, timezone)}", width)
    facts = [
        f"happened {clock_time(line.at, timezone)}, recorded {clock_time(line.recorded_at, timezone)}"
        f" by {clean(line.by)} at {clean(line.terminal)}"
    ]
    facts += became(line, by_id, timezone)
    told = [(Cell(words, "text"),) for words in said[: max(1, height - len(facts))]]
    return tuple(fit_line(each, width) for each in (*told, *((Cell(fact, "dim"),) for fact in facts)))[
        :height
    ]


def became(line: FlowLine, by_id: Mapping[int, FlowLine], timezone: str) -> list[str]:
    """Who took the entry back, or corrected it, and why."""
    found = []
    for verb, other in (("taken back", line.taken_back_by), ("corrected", line.corrected_by)):
        by = by_id.get(other) if other is not None else None
        if by is None:
            continue
        why = clean(getattr(by.entry.body, "why", ""))
        found.append(
            f"{verb} {clock_time(by.recorded_at, timezone)} by {clean(by.by)}" + (f": {why}" if why else "")
        )
    return found
