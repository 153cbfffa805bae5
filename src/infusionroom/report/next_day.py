"""The next day's list: who comes when to which chair, and what is special about each, ready to be printed.

It is a page of plain texts; the text, HTML and PDF formats print it, each with its own escaping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

import msgspec

from infusionroom.domain.board import Tone
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.coming import Coming, Escort, special_of
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.fold_board import NoRoom, visits_of_day
from infusionroom.domain.names import people, readable
from infusionroom.domain.room import Room
from infusionroom.domain.visit import NOT_COMING, Phase, Visit
from infusionroom.domain.words import PHASE_WORDS
from infusionroom.report.wording import LocalClock, day_text, h_mm, identity, listed, person

_UNITS: Final = re.compile(r" (mg/kg/h|mg/h|mg|kg|h)\b")
NOTHING_KEPT: Final = "no chair kept"
ALIKE: Final = "≈ similar name on this day"


class ListedMark(msgspec.Struct, frozen=True):
    """Something special in few words, and how urgent it is."""

    text: str
    tone: Tone


class ListedPerson(msgspec.Struct, frozen=True):
    """One person of the day: each line of what is to be known, empty where there is nothing to say."""

    time: str
    chair: str
    name: str
    alike: str
    identity: str
    course: str
    dose: str
    marks: tuple[ListedMark, ...]
    escort: str
    notes: tuple[str, ...]


class ChairOverview(msgspec.Struct, frozen=True):
    """A chair's day: each stay as `08:00–14:00 Marlowe R`."""

    chair: str
    stays: tuple[str, ...]


class NextDay(msgspec.Struct, frozen=True):
    """The whole list. `standing` are the sentences above it: that it is closed, how many come, what they need."""

    clinic: str
    day: str
    standing: tuple[str, ...]
    people: tuple[ListedPerson, ...]
    chairs: tuple[ChairOverview, ...]
    not_coming: tuple[str, ...]
    printed: str


def next_day_of(room: Room, day: date, now: datetime, closed: str | None = None) -> NextDay:
    """The list of a clinic day as it is known at `now`; `closed` is why the clinic does not work on it.

    The room must hold the day's visits with what stands behind them. Raises `NoRoom` before it is set up.
    """
    clinic = room.clinic
    if clinic is None:
        raise NoRoom("no room is set up yet")
    visits = visits_of_day(room, day, now)
    coming = [visit for visit in visits if visit.phase not in NOT_COMING | {Phase.LEFT}]
    whos = people(coming)
    clock = LocalClock(clinic.timezone, day)
    closes_at = at_local(day, clinic.closes, clinic.timezone)
    special = [
        special_of(v, room.background(v), clinic.rules, now, clinic.timezone, closes_at=closes_at)
        for v in coming
    ]
    return NextDay(
        clinic=readable(clinic.name),
        day=day_text(day),
        standing=tuple(_standing(special, closed, {v: who.short for v, who in whos.items()})),
        people=tuple(_person(one, room, clinic, clock, alike=whos[one.visit.id].alike) for one in special),
        chairs=_chairs(special, clinic, clock, {v: who.short for v, who in whos.items()}),
        not_coming=tuple(
            listed((person(v.patient), PHASE_WORDS[v.phase], readable(v.ended_why)), ", ")
            for v in visits
            if v.phase in NOT_COMING
        ),
        printed=f"As known on {day_text(clinic_day(now, clinic.timezone))}, {_bare(now, clinic.timezone)}.",
    )


def _bare(now: datetime, timezone: str) -> str:
    return LocalClock(timezone, clinic_day(now, timezone)).time(now)


def _standing(special: list[Coming], closed: str | None, names: dict[str, str]) -> Iterator[str]:
    if closed:
        yield f"The clinic is closed on this day: it is {readable(closed)}."
    if not special:
        yield "Nobody is planned."
        return
    count = len(special)
    still = " all the same" if closed else ""
    yield f"{count} {'person is' if count == 1 else 'people are'} planned{still}."
    for kind, words in (
        ("unassigned", "to be assigned to a course"),
        ("consent", "without the consent in force"),
        ("escort", "without a named escort"),
        ("first time", "here for the first time"),
    ):
        marked = sum(any(mark.kind == kind and mark.tone != "know" for mark in one.marks) for one in special)
        if marked:
            yield f"{marked} {words}."
    early = [f"{names[one.visit.id]} ({one.early_start})" for one in special if one.early_start]
    if early:
        yield f"An early start is for {', '.join(early)}."


def _person(one: Coming, room: Room, clinic: Clinic, clock: LocalClock, *, alike: bool) -> ListedPerson:
    visit = one.visit
    course = visit.plan.course
    return ListedPerson(
        time=clock.time(visit.plan.start),
        chair=_chair(visit),
        name=person(visit.patient),
        alike=ALIKE if alike else "",
        identity=identity(visit.patient),
        course=f"day {course.day} of {course.of}" if course else "single visit",
        dose=_dose(one),
        # Whom to ring stands in a place of its own.
        marks=tuple(
            ListedMark(readable(mark.text), mark.tone)
            for mark in one.marks
            if mark.kind != "escort" or mark.tone != "know"
        ),
        escort=_escorts(one.escorts),
        notes=tuple(_notes(one, room, clock)),
    )


def _chair(visit: Visit) -> str:
    chair = visit.chair or visit.plan.chair
    return str(chair) if chair is not None else ""


def _dose(one: Coming) -> str:
    """`0.4 mg/kg/h (80 % of the target) = 28 mg/h, 112 mg in 4:00 h, for 70 kg`, as far as it is known."""
    order = one.order
    if order is None:
        return ""
    words = f"{one.dose} ({order.percent} % of the target)"
    if order.rate is not None and order.total_mg is not None:
        words += f" = {dose_text(quantity(order.rate.mg_h))} mg/h, {dose_text(order.total_mg)} mg"
        words += f" in {h_mm(60 * order.duration_min)} h"
    if one.weight_kg is not None:
        words += f", for {dose_text(one.weight_kg)} kg"
    # A number and its unit are never parted at the end of a line.
    return _UNITS.sub("\N{NO-BREAK SPACE}\\1", listed((words, order.lowered_words, readable(order.problem))))


def _escorts(escorts: Iterable[Escort]) -> str:
    named = [
        " ".join(
            part
            for part in (
                readable(escort.name),
                f"({readable(escort.relation)})" if escort.relation else "",
                readable(escort.phone) or "no number",
                "" if escort.confirmed else "to be confirmed",
            )
            if part
        )
        for escort in escorts
    ]
    return ", or ".join(named) or "nobody named"


def _notes(one: Coming, room: Room, clock: LocalClock) -> Iterator[str]:
    visit = one.visit
    if one.last_day and visit.plan.course is not None:
        due = (
            "prescribe and teach the oral ketamine"
            if one.oral_due
            else "oral ketamine is prescribed and taught"
        )
        yield f"Last day: {due}."
    yield f"Recovery is reckoned with {h_mm(60 * one.expected_min)}: home about {clock.time(one.home_by)}."
    patient = room.background(visit).patient
    if patient is not None and not patient.file.allergies:
        known = "none known" if patient.file.no_known_allergies else "nobody has asked"
        yield f"Allergies: {known}."
    if visit.plan.overbooked:
        yield f"Over-booked: {readable(visit.plan.overbooked)}."
    if visit.plan.note:
        yield f"Note: {readable(visit.plan.note)}"


def _chairs(
    special: list[Coming], clinic: Clinic, clock: LocalClock, names: dict[str, str]
) -> tuple[ChairOverview, ...]:
    kept: dict[int | None, list[str]] = {chair: [] for chair in range(1, clinic.chairs + 1)}
    for one in special:
        chair = one.visit.chair or one.visit.plan.chair
        stay = f"{clock.span(one.visit.plan.start, one.home_by)} {names[one.visit.id]}"
        kept.setdefault(chair if chair in kept else None, []).append(stay)
    return tuple(
        ChairOverview(f"chair {chair}" if chair is not None else NOTHING_KEPT, tuple(stays))
        for chair, stays in kept.items()
    )
