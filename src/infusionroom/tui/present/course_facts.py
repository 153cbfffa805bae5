"""What belongs to a course besides its days: the agreed plan, the consent, what followed, the letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from infusionroom.domain.background import Background
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_days import held
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.day import clinic_day
from infusionroom.domain.follow_up import Call, Oral
from infusionroom.tui.present.cells import Cell, Row, clean, wrapped
from infusionroom.tui.present.times import day_words

FACTS_TITLE: Final = "Agreed, consent, afterwards, letter"
_LABEL: Final = 14
Fact = tuple[str, str, str]


def fact_rows(file: CourseFile, clinic: Clinic, now: datetime, width: int) -> tuple[Row, ...]:
    """Label and words, wrapped; what is missing says so, with the key that enters it."""
    rows: list[Row] = []
    for label, words, style in _facts(file, clinic, now):
        for n, line in enumerate(wrapped(words, max(12, width - _LABEL - 2))):
            rows.append(Row("", (Cell(f" {label if n == 0 else '':<{_LABEL}}", "dim"), Cell(line, style))))
    return tuple(rows)


def _facts(file: CourseFile, clinic: Clinic, now: datetime) -> Iterator[Fact]:
    yield agreed_fact(file)
    yield consent_fact(file, clinic, now)
    yield from _afterwards(file, clinic, now)
    yield letter_fact(file, clinic.timezone)


def agreed_fact(file: CourseFile) -> Fact:
    """Who agreed to what, and when."""
    agreed = file.course.agreed
    if agreed is None:
        return "agreed plan", "nothing yet with their pain physician; a enters it", "warn"
    body = agreed.body
    return "agreed plan", f"{body.what}, with {body.physician}, {day_words(body.agreed_on)}", "text"


def consent_fact(file: CourseFile, clinic: Clinic, now: datetime) -> Fact:
    """Which version, by whom and when; a newer version and missing clauses in warning."""
    behind = Background(clinic.consents, file.patient, file.course)
    in_force = behind.consent(now)
    if not file.course.consents:
        return "consent", f"not given yet: version {clean(in_force.version)} is in force; c enters it", "warn"
    given = file.course.consents[-1].body
    said = f"version {given.version}, signed by {given.name}, {day_words(given.signed_on)}"
    if given.version != in_force.version:
        return "consent", f"{said}: version {in_force.version} is in force since, ask again", "warn"
    asked = behind.clauses_asked(clinic.rules.start, now)
    missing = [clause.key for clause in asked if clause.key not in given.clauses]
    if missing:
        return "consent", f"{said}; not acknowledged: {', '.join(missing)}", "warn"
    return "consent", said, "text"


def _afterwards(file: CourseFile, clinic: Clinic, now: datetime) -> Iterator[Fact]:
    today = clinic_day(now, clinic.timezone)
    over = file.follow_up is not None
    for n, (words, style) in enumerate(oral_lines(file.oral, over=over)):
        yield "oral ketamine" if n == 0 else "", words, style
    follow_up = file.follow_up
    if follow_up is None:
        days = ", ".join(str(day) for day in clinic.rules.follow_up.call_days)
        when = "when the course is over" if held(file.days) else "after a course with an infusion"
        yield "calls", f"of days {days}, {when}", "dim"
        return
    for n, call in enumerate(follow_up.calls):
        words, style = call_words(call, today)
        yield "calls" if n == 0 else "", words, style
    yield (
        "two weeks",
        f"day 14 is {day_words(follow_up.day_14)}" + (", closed" if follow_up.closed else ""),
        "text",
    )
    if (closed := file.course.follow_up_closed) is not None:
        yield "", f"closed: {closed.body.why}", "dim"


def oral_lines(oral: Oral, *, over: bool) -> Iterator[tuple[str, str]]:
    """Prescribed, taught, started; what is missing in warning once the course is over."""
    missing = "warn" if over else "dim"
    if oral.not_started:
        yield f"will not be started: {oral.not_started}", "text"
        return
    if oral.prescribed:
        on = f", {day_words(oral.prescribed_on)}" if oral.prescribed_on else ""
        yield f"{oral.dose or 'dose not said'}, prescribed by {oral.prescribed_by}{on}", "text"
    else:
        yield "not prescribed; R enters it", missing
    if oral.taught_on is not None:
        yield f"taught {day_words(oral.taught_on)}", "text"
    else:
        yield "not taught", missing
    if oral.started_on is not None:
        yield f"started {day_words(oral.started_on)}", "text"
    else:
        yield "start not known; s enters it", missing


def call_words(call: Call, today: date) -> tuple[str, str]:
    """A call: what came of it, or when it is due and how often it was tried."""
    head = f"day {call.day}: "
    if call.answered is not None:
        body = call.answered.body
        said = [body.outcome or "reached"]
        if body.pain is not None:
            said.append(f"pain {body.pain}")
        if body.pgic is not None:
            said.append(f"PGIC {body.pgic}")
        return clean(f"{head}{', '.join(said)} ({call.answered.by})"), "text"
    tried = f", tried {call.tried} ×" if call.tried else ""
    late = (today - call.due_on).days
    if late > 0:
        return (
            f"{head}{late} {'day' if late == 1 else 'days'} late, due {day_words(call.due_on)}{tried}",
            "warn",
        )
    due = "today" if late == 0 else day_words(call.due_on)
    return f"{head}due {due}{tried}", "strong" if late == 0 else "dim"


def letter_fact(file: CourseFile, timezone: str) -> Fact:
    """Its version, and whether it is sealed."""
    letter = file.course.letter
    if letter is None:
        return "letter", "none yet; L drafts it from the course", "dim"
    if letter.sealed_at is not None:
        on = day_words(clinic_day(letter.sealed_at, timezone))
        return "letter", f"version {letter.version}, sealed by {clean(letter.sealed_by)}, {on}", "text"
    on = day_words(clinic_day(letter.written_at, timezone))
    return (
        "letter",
        f"version {letter.version}, draft by {clean(letter.written_by)}, {on}: not sealed",
        "warn",
    )
