"""The letter to the patient's own pain physician: drafted from the course, in Markdown, for a person to edit.

It lists and quotes; what it means is for the physicians to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_days import CourseDay, DayState, held
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.course_response import response_of
from infusionroom.domain.course_response import words as response_words
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text, drug_text
from infusionroom.domain.follow_up import Call, FollowUp
from infusionroom.domain.icd import icd_normal, icd_text
from infusionroom.domain.journal import Entry
from infusionroom.domain.names import readable
from infusionroom.report.as_markdown import escape
from infusionroom.report.wording import NOTHING, date_text, h_mm, listed

NO_GUARANTEE: Final = (
    "Relief is not guaranteed, whatever the number of infusions. This letter is drawn up from the infusion room's "
    "records to assist the physicians who decide; it replaces no judgement of theirs."
)
NOT_SAID: Final = "………………………………………"
HEADINGS: Final = (
    "Day",
    "Date",
    "mg/h",
    "mg/kg/h",
    "Total mg",
    "Running",
    "Pain before → after",
    "Worst side effect",
    "Remarks",
)
# What the fold of a course writes beside a day that its stopping freed.
FREED: Final = "stopped: "
_BASIS: Final[dict[ev.DoseBasis, str]] = {"mg_per_kg_h": "mg/kg/h", "mg_per_h": "mg/h"}
# At the beginning of a line these would make a heading, a list or a rule of it.
_OPENING: Final = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#+\-=]))(.)")


def draft(file: CourseFile, clinic: Clinic, on: date) -> str:
    """The letter's first text as Markdown, dated `on`; the same course and day give the same text."""
    lines = [
        *_head(file, clinic, on),
        *_agreed(file, clinic),
        *_given(file, clinic),
        *_decided(file, clinic),
        *_afterwards(file, clinic),
        *_closing(file, on),
    ]
    return "\n".join(lines) + "\n"


def said(text: str) -> str:
    """A text from the data as Markdown shows it: on one line, without any markup of its own, wherever it stands."""
    return _OPENING.sub(lambda found: f"{found[1]}\\{found[2]}", escape(readable(text)))


# ── to whom, about whom ─────────────────────────────────────────────────────────────────────────────────────


def _head(file: CourseFile, clinic: Clinic, on: date) -> Iterator[str]:
    patient = file.patient.file
    physician = patient.pain_physician
    born = patient.birth_date.isoformat() if patient.birth_date else NOT_SAID
    yield from (f"# {said(clinic.name)}", "", date_text(on), "")
    if physician is None:
        yield f"To {NOT_SAID}"
    else:
        yield f"To {said(physician.name)}" + ("  " if physician.contact else "")
        if physician.contact:
            yield said(physician.contact)
    yield from ("", f"## Ketamine infusions: {_name(file)}", "")
    yield f"**Patient:** {_name(file)}, born {born}, record {said(patient.record_number) or NOT_SAID}  "
    yield f"**Indication:** {_indication(patient)}  "
    yield f"**Course:** {said(file.course.archetype.name)}, {_stretch(file, clinic)}"


def _name(file: CourseFile) -> str:
    patient = file.patient.file
    return " ".join(part for part in (said(patient.given), said(patient.family)) if part)


def _indication(patient: ev.PatientFile) -> str:
    code = icd_normal(patient.icd10)
    words = readable(patient.indication) or icd_text(code) or ""
    if words and code:
        return f"{said(words)} ({said(code)})"
    return said(words or code) or NOT_SAID


def _stretch(file: CourseFile, clinic: Clinic) -> str:
    given = held(file.days)
    count = f"{len(given)} of {file.course.of} {_plural(file.course.of, 'day', 'days')} given"
    dates = [clinic_day(day.start, clinic.timezone) for day in given if day.start is not None]
    if not dates:
        return count
    first, last = date_text(min(dates)), date_text(max(dates))
    return f"{first}, {count}" if first == last else f"{first} to {last}, {count}"


# ── what was agreed ─────────────────────────────────────────────────────────────────────────────────────────


def _agreed(file: CourseFile, clinic: Clinic) -> Iterator[str]:
    course, target = file.course, file.course.target
    yield from ("", "## What was agreed", "")
    if course.agreed is None:
        yield "No agreement with the pain physician is on record."
    else:
        plan = course.agreed.body
        yield f"With {said(plan.physician)} on {date_text(plan.agreed_on)}: {_sentence(plan.what)}"
    cap = f", at most {dose_text(target.cap_mg_h)} mg/h" if target.cap_mg_h is not None else ""
    drug = drug_text(target.drug or clinic.rules.dose.drug)
    prescribed = f", prescribed by {said(course.prescriber)}" if course.prescriber else ""
    yield from (
        "",
        f"Target: {said(drug)} {dose_text(target.dose)} {_BASIS[target.basis]}{cap} over "
        f"{h_mm(60 * (target.duration_min or clinic.rules.dose.duration_min))} h{prescribed}.",
    )


# ── what was given ──────────────────────────────────────────────────────────────────────────────────────────


def _given(file: CourseFile, clinic: Clinic) -> Iterator[str]:
    yield from ("", "## Days", "")
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|---|---|---:|---:|---:|---:|---|---|---|"
    for day in file.days:
        yield "| " + " | ".join(_cells(day, clinic.timezone)) + " |"
    response = response_of(file.course, file.days, clinic.timezone)
    yield from ("", "## Tolerance and pain", "", _tolerance(file))
    if not response.days:
        return
    yield ""
    yield _sentence(f"Pain (0 to 10): {response_words(response)}")
    if response.too_early:
        yield "Some respond only in the last days of a series."


def _cells(day: CourseDay, timezone: str) -> tuple[str, ...]:
    dated = day.start if day.state is not DayState.OMITTED else None
    on = date_text(clinic_day(dated, timezone), short=True) if dated is not None else NOTHING
    number, row = f"{day.number}/{day.of}", day.visit
    if day.state not in (DayState.HELD, DayState.HERE) or row is None or row.started_at is None:
        return (number, on, *[NOTHING] * 6, _not_given(day))
    before, after = _nrs(row.pain_before), _nrs(row.pain_after)
    return (
        number,
        on,
        _highest(row.ordered_mg_h, row.highest_mg_h),
        _rounded(row.ordered_mg_per_kg_h, 2),
        _rounded(row.given_mg, 1),
        h_mm(row.running_s),
        f"{before} → {after}",
        said(row.side_effect) or "none charted",
        _remarks(day),
    )


def _highest(ordered: str | None, highest: str | None) -> str:
    """The order's rate; where the pump ran higher later on, that too."""
    first = _rounded(ordered, 1)
    if ordered is None or highest is None or Decimal(highest) <= Decimal(ordered):
        return first
    return f"{first}, up to {_rounded(highest, 1)}"


def _rounded(amount: str | None, places: int) -> str:
    return NOTHING if amount is None else dose_text(quantity(Decimal(amount), places))


def _nrs(pain: int | None) -> str:
    return NOTHING if pain is None else str(pain)


def _not_given(day: CourseDay) -> str:
    why = f": {said(day.why)}" if day.why else ""
    match day.state:
        case DayState.OMITTED if day.why.startswith(FREED):
            return "not given, the course was stopped"
        case DayState.OMITTED:
            return f"omitted{why}"
        case DayState.UNDECIDED:
            return "did not take place"
        case DayState.OPEN:
            return f"no date yet{why}"
        case DayState.HERE:
            return "here today"
        case _:
            return f"planned{why}"


def _remarks(day: CourseDay) -> str:
    row = day.visit
    early = "stopped early" if row is not None and row.stopped_early else ""
    if row is not None and early and row.stop_why:
        early += f": {said(row.stop_why)}"
    running = "still running" if day.state is DayState.HERE else ""
    return listed((running, early, f"moved: {said(day.why)}" if day.why else ""), "; ")


def _tolerance(file: CourseFile) -> str:
    seen = [(day.visit.side_effect, day.number) for day in held(file.days) if day.visit is not None]
    charted = [(effect, number) for effect, number in seen if effect]
    early = [day.number for day in held(file.days) if day.visit is not None and day.visit.stopped_early]
    if not seen:
        return "Nothing has been infused."
    if not charted:
        words = "No side effects were charted"
    else:
        worst = sorted(charted, key=lambda effect: _grade(effect[0]))
        words = "Side effects at their worst: " + ", ".join(f"{said(e)} (day {n})" for e, n in worst)
    if early:
        ends = ", ".join(str(number) for number in early)
        words += f"; the infusion was stopped early on {_plural(len(early), 'day', 'days')} {ends}"
    return words + "."


def _grade(effect: str) -> int:
    grades = ("severe", "moderate", "mild")
    return next((at for at, grade in enumerate(grades) if effect.startswith(grade)), len(grades))


# ── what was decided, what follows ──────────────────────────────────────────────────────────────────────────


def _decided(file: CourseFile, clinic: Clinic) -> Iterator[str]:
    lines = list(_decisions(file, clinic))
    yield from ("", "## What was decided", "")
    unchanged = "The course was given as it was planned." if file.over else "Nothing was changed so far."
    yield from (f"- {line}" for line in lines or [unchanged])


def _decisions(file: CourseFile, clinic: Clinic) -> Iterator[str]:
    for _, group in groupby(_standing(file), key=lambda entry: entry.command):
        entries = list(group)
        on = date_text(clinic_day(entries[0].happened_at, clinic.timezone))
        if moved := [entry.body for entry in entries if isinstance(entry.body, ev.DayDeferred)]:
            yield f"{on}: {_moved(moved, clinic.timezone)}"
        for entry in entries:
            if words := _decision(entry, file):
                yield f"{on}: {words}"
    undecided = [str(day.number) for day in file.days if day.state is DayState.UNDECIDED]
    if undecided and file.course.stopped is None:
        yield f"It is not decided yet what becomes of day {', '.join(undecided)}."


def _decision(entry: Entry, file: CourseFile) -> str:
    match entry.body:
        case ev.CourseExtended(days=days, why=why):
            return f"extended by {len(days)} {_plural(len(days), 'day', 'days')}: {_sentence(why)}"
        case ev.TargetChanged(target=target, why=why, prescriber=by):
            dose = f"{dose_text(target.dose)} {_BASIS[target.basis]}"
            return f"target changed to {dose} by {said(by)}: {_sentence(why)}"
        case ev.DayOmitted(day=day, why=why):
            return f"day {day} omitted: {_sentence(why)}"
        case ev.CourseStopped(reason=reason, why=why) if entry.id == _stop(file):
            return f"the course was stopped early: {_sentence(listed((reason, why), ', '))}"
        case _:
            return ""


def _moved(moved: Sequence[ev.DayDeferred], timezone: str) -> str:
    """A deferral in one sentence, with the days that had to move along."""
    first = moved[0]
    to = f"to {date_text(clinic_day(first.to, timezone))}" if first.to else "without a date yet"
    along = [str(one.day) for one in moved[1:]]
    words = f"day {first.day} deferred {to}"
    if along:
        words += f", {_plural(len(along), 'day', 'days')} {', '.join(along)} moved along"
    return f"{words}: {_sentence(first.why)}"


def _standing(file: CourseFile) -> list[Entry]:
    """The course's entries that were not taken back, in journal order."""
    undone: set[int] = set()
    for entry in reversed(file.course.entries):
        if isinstance(entry.body, ev.Undone) and entry.id not in undone:
            undone.add(entry.body.target)
    return [entry for entry in file.course.entries if entry.id not in undone]


def _stop(file: CourseFile) -> int | None:
    return file.course.stopped.entry if file.course.stopped is not None else None


def _afterwards(file: CourseFile, clinic: Clinic) -> Iterator[str]:
    yield from ("", "## What follows", "")
    if file.follow_up is None:
        to_come = sum(1 for day in file.days if day.to_come)
        if to_come and not file.over:
            yield f"- {to_come} {_plural(to_come, 'day is', 'days are')} still to come."
        yield "- After the last infusion: very low-dose oral ketamine for two weeks."
        return
    yield from (f"- {line}" for line in _oral(file.follow_up))
    yield from (f"- {_call(call, clinic.timezone)}" for call in file.follow_up.calls)
    if closed := file.course.follow_up_closed:
        yield f"- The follow-up is closed: {_sentence(closed.body.why)}"


def _oral(follow_up: FollowUp) -> Iterator[str]:
    oral = follow_up.oral
    if oral.not_started:
        yield f"Oral ketamine is not taken: {_sentence(oral.not_started)}"
        return
    if not oral.prescribed:
        yield "Very low-dose oral ketamine for two weeks: not prescribed yet."
        return
    dose = f"{said(drug_text(oral.dose))}, " if oral.dose else ""
    on = f" on {date_text(oral.prescribed_on)}" if oral.prescribed_on else ""
    taught = "taught" if oral.taught else "not taught yet"
    yield (
        f"Very low-dose oral ketamine for two weeks: {dose}prescribed by {said(oral.prescribed_by)}{on}, {taught}."
    )
    if oral.started_on is None:
        yield "Whether it was started is not known yet."
    else:
        yield f"Started on {date_text(oral.started_on)}; day 14 is {date_text(follow_up.day_14)}."


def _call(call: Call, timezone: str) -> str:
    tried = f", tried {call.tried} ×" if call.tried else ""
    if call.answered is None:
        return f"Call of day {call.day}: due on {date_text(call.due_on)}{tried}."
    body = call.answered.body
    on = date_text(clinic_day(call.answered.at, timezone))
    pain = f"pain {body.pain}" if body.pain is not None else ""
    told = listed((pain, said(body.outcome)), ", ") or "reached"
    return f"Call of day {call.day}, {on}: {told}."


def _closing(file: CourseFile, on: date) -> Iterator[str]:
    yield from ("", NO_GUARANTEE, "", f"Signed: {NOT_SAID} Date: ………………………", "")
    yield f"Course {file.course.id}, as recorded by {date_text(on)}."


def _sentence(text: str) -> str:
    words = said(text)
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _plural(count: int, one: str, more: str) -> str:
    return one if count == 1 else more
