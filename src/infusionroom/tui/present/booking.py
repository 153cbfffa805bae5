"""The words of a course that is being booked: its days, why each lies there, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.events import Archetype, PatientFile, Target
from infusionroom.domain.outcome import Reason, Taken
from infusionroom.domain.planned_order import UNITS, PlannedOrder
from infusionroom.domain.working_days import day_text
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit, wrapped
from infusionroom.tui.present.times import clock_time

READING: Final = ("looking for days …",)
NO_PLACE: Final = ("No day has been found.", "b goes back to the kind of course, e sets a day by hand.")

# What stands against a day, in a word or two beside it; the sentence stands below.
_SHORT: Final = {
    "closed_day": "closed",
    "before_opening": "before opening",
    "after_closing": "after closing",
    "same_day": "comes already",
    "no_chair": "no such chair",
    "past": "is over",
    "order": "out of order",
    "full": "full",
    "chair_booked": "chair taken",
    "two_starts": "two starts",
}


class DayShown(NamedTuple):
    """One day of the draft with everything that is said of it. Without a `start` it has no place yet.

    `taken` says that it fitted until somebody else entered something, and `taken_by` who that was.
    """

    number: int
    of: int
    start: datetime | None = None
    ends: datetime | None = None
    home: datetime | None = None
    chair: int | None = None
    order: PlannedOrder | None = None
    reasons: tuple[str, ...] = ()
    problems: tuple[Reason, ...] = ()
    taken: bool = False
    taken_by: Taken | None = None


def day_key(number: int) -> str:
    """What a day's row is selected by."""
    return f"day:{number}"


def patient_words(file: PatientFile) -> str:
    """`Marlowe, Ruth`, harmless to a terminal."""
    return clean(f"{file.family}, {file.given}" if file.given else file.family)


def patient_line(history: PatientHistory, infusions_before: int) -> str:
    """Who a course is booked for: name, how many infusions they know, born, record number."""
    file = history.patient.file
    count = {0: "first infusion", 1: "1 infusion before"}
    parts = [patient_words(file), count.get(infusions_before, f"{infusions_before} infusions before")]
    if file.birth_date:
        parts.append(f"born {file.birth_date.isoformat()}")
    if file.record_number:
        parts.append(f"record {clean(file.record_number)}")
    return "   ".join(parts)


def target_words(target: Target) -> str:
    """`0.35 mg/kg/h, cap 25 mg/h`."""
    words = f"{dose_text(target.dose)} {UNITS[target.basis]}"
    return words + (f", cap {dose_text(target.cap_mg_h)} mg/h" if target.cap_mg_h is not None else "")


def ramp_words(ramp: Sequence[int]) -> str:
    """`50→75→100 %`; the last step holds on."""
    return "→".join(map(str, ramp)) + " %"


def archetype_words(kind: Archetype) -> str:
    """What a kind of course is, beside its name."""
    days = "1 day" if kind.days == 1 else f"{kind.days} days"
    ramp = f"{ramp_words(kind.ramp)} of " if len(kind.ramp) > 1 or kind.ramp[0] != 100 else ""
    return f"{days}, {ramp}{target_words(kind.target)}"


def order_words(order: PlannedOrder | None, *, room: int) -> str:
    """`0.3 mg/kg/h = 21 mg/h` where there is room and a weight; what a cap makes of it, first."""
    if order is None:
        return ""
    words = f"{dose_text(quantity(order.dose, 3))} {order.unit}"
    if order.lowered_by == "cap" and order.cap_mg_h is not None:
        words = f"{dose_text(order.cap_mg_h)} mg/h (cap)"
    elif order.rate is not None and order.basis == "mg_per_kg_h":
        longer = f"{words} = {dose_text(quantity(order.rate.mg_h, 1))} mg/h"
        words = longer if len(longer) < room else words
    return words


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    wide = width >= 100
    return (
        ("day", 7),
        ("date", 12),
        ("infusion", 14 if wide else 12),
        ("home", 7 if wide else 6),
        ("chair", 7 if wide else 6),
        ("ramp", 7 if wide else 6),
        ("dose", 26 if wide else 14),
    )


def booking_head(width: int) -> Line:
    """The column heads."""
    text = " " + "".join(fit(head, size) for head, size in _columns(width))
    return (Cell(fit(text + ("why" if width >= 100 else ""), width), "head"),)


def booking_rows(
    days: Sequence[DayShown],
    skipped: Sequence[tuple[date, str]],
    missing: Sequence[str],
    width: int,
    timezone: str,
) -> tuple[Row, ...]:
    """A row for each day, between them the days that were passed over and why, at the end what found no place."""
    placed = [(clinic_day(d.start, timezone), 1, _day_row(d, width, timezone)) for d in days if d.start]
    last = max((day for day, _, _ in placed), default=date.max)
    passed = [(day, 0, _skipped_row(text)) for day, text in skipped if day <= last]
    rows = [row for _, _, row in sorted((*placed, *passed), key=lambda one: one[:2])]
    rows += [_day_row(d, width, timezone) for d in days if not d.start]
    rows += [
        Row("", (Cell("  × " if n == 0 else "    ", "high"), Cell(words, "warn")))
        for text in missing
        for n, words in enumerate(wrapped(text, width - 5))
    ]
    return tuple(rows)


def _skipped_row(text: str) -> Row:
    return Row("", (Cell(" " * 8), Cell(clean(text), "dim")))


def _day_row(day: DayShown, width: int, timezone: str) -> Row:
    sizes = [size for _, size in _columns(width)]
    style = "text" if not day.problems else ("high" if _is_hard(day) else "warn")
    if day.start is None or day.ends is None or day.home is None:
        values = [f"{day.number}/{day.of}", "no date yet", "", "", "", "", ""]
    else:
        values = [
            f"{day.number}/{day.of}",
            day_text(clinic_day(day.start, timezone)),
            f"{clock_time(day.start, timezone)}–{clock_time(day.ends, timezone)}",
            clock_time(day.home, timezone),
            f"{day.chair}" if day.chair is not None else "any",
            f"{day.order.percent} %" if day.order else "",
            order_words(day.order, room=sizes[-1]),
        ]
    styles = ["dim", "name", "strong", "text", "chair", "text", "text"]
    cells = [Cell(" ")]
    for text, size, cell_style in zip(values, sizes, styles, strict=True):
        cells.append(Cell(fit(text, size - 1) + " ", cell_style))
    room = max(0, width - 1 - sum(sizes))
    cells.append(Cell(fit(_note(day), room), style if day.problems else "dim"))
    return Row(day_key(day.number), tuple(cells))


def _note(day: DayShown) -> str:
    if day.start is None:
        return "e sets it"
    if not day.problems:
        return clean("; ".join(day.reasons))
    sign = "×" if _is_hard(day) else "!"
    words = ", ".join(dict.fromkeys(_SHORT.get(r.rule, r.rule) for r in day.problems))
    return f"{sign} {words}" + (" now" if day.taken else "")


def _is_hard(day: DayShown) -> bool:
    return any(not reason.overridable for reason in day.problems)


def detail_lines(day: DayShown | None, width: int, timezone: str) -> tuple[Line, ...]:
    """Everything about the day under the cursor: what stands against it first, then why it lies there."""
    if day is None or day.start is None:
        return ()
    lines: list[Line] = []
    if day.taken:
        lines += _bullet("!", _taken_words(day.taken_by, timezone), "warn", width)
    for reason in day.problems:
        sign, style = ("!", "warn") if reason.overridable else ("×", "high")
        lines += _bullet(sign, reason.text, style, width)
    if day.order is not None and day.order.lowered_words:
        lines += _bullet("·", day.order.lowered_words, "text", width)
    if day.order is not None and day.order.problem:
        lines += _bullet("!", f"Dose: {day.order.problem}", "warn", width)
    for text in day.reasons:
        lines += _bullet("·", text, "dim", width)
    return tuple(lines)


def _taken_words(taken: Taken | None, timezone: str) -> str:
    if taken is None:
        return "Somebody else has just taken this place."
    at = clock_time(taken.when, timezone)
    return f"{clean(taken.by)} at {clean(taken.terminal)} took this place at {at}: Enter shows the next one like it."


def _bullet(sign: str, text: str, style: str, width: int) -> list[Line]:
    return [
        (Cell(f"{sign} " if n == 0 else "  ", style), Cell(words, style))
        for n, words in enumerate(wrapped(text, max(20, width - 3)))
    ]


def refusal_words(problems: Mapping[int, Sequence[Reason]], missing: int) -> str:
    """Why a draft cannot be booked as it stands: the first hard reason, and that there are more."""
    found = [(n, r) for n, reasons in sorted(problems.items()) for r in reasons if not r.overridable]
    if found:
        number, reason = found[0]
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        return f"Day {number}: {reason.text}{more}"
    if missing:
        count = "One day has" if missing == 1 else f"{missing} days have"
        return f"{count} no date yet: e sets it by hand, b asks for fewer days."
    return ""


def booked_words(file: PatientFile, kind: str, starts: Sequence[datetime], timezone: str) -> str:
    """What has just been booked, in a sentence."""
    days = [clinic_day(start, timezone) for start in starts]
    first, last = day_text(days[0]), day_text(days[-1])
    when = first if len(days) == 1 else f"{len(days)} days, {first} to {last}"
    return f"Booked: {clean(kind)} for {patient_words(file)}, {when}."


def weight_words(weight: tuple[Decimal, date] | None) -> str:
    """The weight that doses in mg/h are reckoned with."""
    if weight is None:
        return "No weight is known: doses per kilogram only."
    kg, on = weight
    return f"mg/h at {dose_text(kg)} kg of {on.isoformat()}; the order asks for the weight of the day."
