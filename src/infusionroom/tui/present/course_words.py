"""What a course is called, where it stands, and what it did, in a few words each."""

from __future__ import annotations

from datetime import date

from infusionroom.domain.course_days import DayState, held
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.course_response import response_of
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.events import Target
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.times import day_words, h_mm

UNITS = {"mg_per_kg_h": "mg/kg/h", "mg_per_h": "mg/h"}
DAY_SIGN: dict[DayState, str] = {
    DayState.HELD: "●",
    DayState.HERE: "▶",
    DayState.PLANNED: "·",
    DayState.OPEN: "○",
    DayState.OMITTED: "×",
    DayState.UNDECIDED: "?",
}
DAY_STYLE: dict[DayState, str] = {
    DayState.HELD: "text",
    DayState.HERE: "infusing",
    DayState.PLANNED: "planned",
    DayState.OPEN: "warn",
    DayState.OMITTED: "dim",
    DayState.UNDECIDED: "high",
}


def target_words(target: Target) -> str:
    """`0.35 mg/kg/h, at most 25 mg/h, over 4:00 h`."""
    parts = [f"{dose_text(target.dose)} {UNITS[target.basis]}"]
    if target.cap_mg_h is not None:
        parts.append(f"at most {dose_text(target.cap_mg_h)} mg/h")
    if target.duration_min is not None:
        parts.append(f"over {h_mm(target.duration_min * 60)} h")
    if target.concentration_mg_ml is not None:
        parts.append(f"{dose_text(target.concentration_mg_ml)} mg/mL")
    if target.drug:
        parts.append(clean(target.drug))
    return ", ".join(parts)


def state_of(file: CourseFile) -> tuple[str, str]:
    """Where a course stands and the style of it: `running`, `stopped`, `follow-up`, `done`, `undecided`."""
    if file.over:
        if file.follow_up is not None and not file.follow_up.closed:
            return ("stopped, follow-up" if file.course.stopped else "follow-up"), "recovering"
        if file.course.stopped is not None:
            return "stopped", "dim"
        return ("done" if held(file.days) else "nothing infused"), "dim"
    if any(day.state is DayState.UNDECIDED for day in file.days):
        return "undecided", "high"
    if any(day.state is DayState.OPEN for day in file.days):
        return "a day is open", "warn"
    return "running", "infusing"


def stopped_words(file: CourseFile) -> str:
    """Why it was stopped: `side effects, nausea on three days`; empty where it was not."""
    stopped = file.course.stopped
    if stopped is None:
        return ""
    return clean(stopped.body.reason + (f", {stopped.body.why}" if stopped.body.why else ""))


def day_words_of(file: CourseFile) -> str:
    """`day 3 of 10`: the one that comes next or takes place; `4 of 5 days held` once it is over."""
    done, of = len(held(file.days)), file.course.of
    here = next((day for day in file.days if day.state is DayState.HERE), None)
    coming = here or next((day for day in file.days if day.to_come), None)
    if coming is None or file.over:
        return f"{done} of {of} days held"
    return f"day {coming.number} of {of}" + (" takes place now" if here is not None else f", {done} held")


def response_word(file: CourseFile, timezone: str) -> str:
    """One word for a list: `substantial`, `moderate`, `none so far`, `too early`."""
    answer = response_of(file.course, file.days, timezone)
    if answer.relief is None:
        return "–"
    if answer.too_early:
        return "too early"
    if answer.relief == "none":
        return "none so far" if answer.running else "none"
    return answer.relief


def span_words(file: CourseFile, timezone: str) -> str:
    """`23 Nov – 4 Dec 2026`: from its first dated day to its last."""
    dated: list[date] = [
        clinic_day(day.start, timezone)
        for day in file.days
        if day.start is not None and day.state is not DayState.OMITTED
    ]
    if not dated:
        return "no date"
    first, last = day_words(min(dated))[4:], day_words(max(dated))[4:]
    if first == last:
        return first
    day, month, year = first.split()
    _, same_month, same_year = last.split()
    if year != same_year:
        return f"{first} – {last}"
    return f"{day} – {last}" if month == same_month else f"{day} {month} – {last}"
