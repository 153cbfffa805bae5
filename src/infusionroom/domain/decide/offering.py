"""Deciding on what the clinic offers: its kinds of course, its closing days, its consent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.infusing import LONGEST_ORDER_MIN
from infusionroom.domain.decide.target import target_as_kept, target_problems
from infusionroom.domain.journal import Draft
from infusionroom.domain.outcome import Reason
from infusionroom.domain.room import ROOM_STREAM
from infusionroom.domain.working_days import closed_because, day_text, is_weekend

MOST_DAYS: Final = 60
SHORTEST_CHAIR_MIN, LONGEST_CHAIR_MIN = 15, 24 * 60
LONGEST_NAME: Final = 100
LAST_YEAR: Final = 2199
# The clauses that no version goes without, and whom each is asked of.
CLAUSES: Final[dict[str, ev.ClauseFor]] = {"no guarantee": "everybody", "off guideline": "off guideline"}


def set_archetype(asked: Asked, command: cmd.SetArchetype) -> list[Draft]:
    """Adds a kind of course or replaces the one of its name; its ramp rises to the target and stays there."""
    kind = command.archetype
    if problems := _archetype_problems(asked, kind):
        raise NotAllowed(*problems)
    name = _spelled(asked, kind.name.strip())
    kind = replace(kind, name=name, target=target_as_kept(kind.target))
    if asked.clinic.archetypes.get(name) == kind:
        raise refuse("unchanged", f"“{name}” already says so.")
    return [Draft(ROOM_STREAM, ev.ArchetypeSet(archetype=kind), asked.at)]


def withdraw_archetype(asked: Asked, command: cmd.WithdrawArchetype) -> list[Draft]:
    """Nobody books it any more; courses that are booked keep theirs."""
    name = _spelled(asked, command.name.strip())
    known = asked.clinic.archetypes
    if name not in known:
        raise refuse("archetype", f"There is no kind of course “{name}”: this clinic has {_listed(known)}.")
    if len(known) == 1:
        raise refuse("archetype", f"“{name}” is the only kind of course: add another one first.")
    return [Draft(ROOM_STREAM, ev.ArchetypeWithdrawn(name=name), asked.at)]


def close_day(asked: Asked, command: cmd.CloseDay) -> list[Draft]:
    _must_be_to_come(asked, command.day, "Close day")
    if why := closed_because(asked.clinic, asked.room.holidays, command.day):
        raise refuse("closed_day", f"Close day: {day_text(command.day)} is {why}; nobody works then anyway.")
    return [Draft(ROOM_STREAM, ev.DayClosed(day=command.day, why=command.why.strip()), asked.at)]


def open_day(asked: Asked, command: cmd.OpenDay) -> list[Draft]:
    _must_be_to_come(asked, command.day, "Open day")
    if is_weekend(command.day):
        raise refuse("weekend", f"Open day: {day_text(command.day)} is no weekday; courses run on weekdays.")
    if closed_because(asked.clinic, asked.room.holidays, command.day) is None:
        raise refuse("open_day", f"Open day: {day_text(command.day)} is a working day already.")
    return [Draft(ROOM_STREAM, ev.DayOpened(day=command.day, why=command.why.strip()), asked.at)]


def publish_consent(asked: Asked, command: cmd.PublishConsent) -> list[Draft]:
    """A version that was never used, with the clauses that no version goes without."""
    version = command.version.strip()
    reasons: list[Reason] = []
    if len(version) > LONGEST_NAME:
        reasons.append(Reason("version", f"Consent: a version's name is at most {LONGEST_NAME} characters."))
    if version.casefold() in _versions_used(asked):
        reasons.append(Reason("version", f"Consent: there was a version {version} already; name this anew."))
    reasons += _clause_problems(command.clauses)
    if reasons:
        raise NotAllowed(*reasons)
    clauses = tuple(ev.Clause(c.key.strip(), c.text.strip(), c.asked_of) for c in command.clauses)
    body = ev.ConsentPublished(version=version, text=command.text.strip(), clauses=clauses)
    return [Draft(ROOM_STREAM, body, asked.at)]


def _archetype_problems(asked: Asked, kind: ev.Archetype) -> list[Reason]:
    reasons: list[Reason] = []
    if not kind.name.strip() or len(kind.name) > LONGEST_NAME:
        reasons.append(Reason("name", f"Kind of course: a name of 1 to {LONGEST_NAME} characters is needed."))
    if kind.days > MOST_DAYS:
        reasons.append(Reason("days", f"Kind of course: 1 to {MOST_DAYS} days."))
    if len(kind.ramp) > kind.days:
        reasons.append(
            Reason("ramp", f"Ramp: {len(kind.ramp)} steps are more than the {kind.days} days of the course.")
        )
    if kind.ramp[-1] != max(kind.ramp):
        reasons.append(Reason("ramp", "Ramp: it must end at its highest step, which then holds on."))
    if not SHORTEST_CHAIR_MIN <= kind.chair_min <= LONGEST_CHAIR_MIN:
        reasons.append(
            Reason("chair_min", f"A chair is kept for {SHORTEST_CHAIR_MIN} to {LONGEST_CHAIR_MIN} minutes.")
        )
    elif kind.chair_min < (kind.target.duration_min or 0) <= LONGEST_ORDER_MIN:
        reasons.append(
            Reason(
                "chair_min",
                f"The infusion of {kind.target.duration_min} min is longer than the chair is kept "
                f"({kind.chair_min} min).",
            )
        )
    return reasons + target_problems(kind.target, asked.rules)


def _clause_problems(clauses: tuple[ev.Clause, ...]) -> list[Reason]:
    reasons: list[Reason] = []
    if any(not (clause.key.strip() and clause.text.strip()) for clause in clauses):
        reasons.append(Reason("clause", "Consent: every clause needs a key and a text."))
    keys = [clause.key.strip() for clause in clauses]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        reasons.append(Reason("clause", f"Consent: a clause stands in it twice: {', '.join(twice)}."))
    asked_of = {clause.key.strip(): clause.asked_of for clause in clauses}
    for key, whom in CLAUSES.items():
        if asked_of.get(key) != whom:
            who = "everybody" if whom == "everybody" else "those whose indication is off guideline"
            reasons.append(Reason("clause", f"Consent: the clause “{key}” must be in it, asked of {who}."))
    return reasons


def _versions_used(asked: Asked) -> set[str]:
    """Every version that was ever in force, or that somebody loaded has signed."""
    used = {consent.version for consent in asked.clinic.consents}
    used |= {consent.body.version for course in asked.room.courses.values() for consent in course.consents}
    used |= {v.consent.body.text_version for v in asked.room.visits.values() if v.consent is not None}
    return {version.casefold() for version in used}


def _must_be_to_come(asked: Asked, day: date, word: str) -> None:
    if day < clinic_day(asked.now, asked.clinic.timezone):
        raise refuse("past", f"{word}: {day.isoformat()} is over.")
    if day.year > LAST_YEAR:
        raise refuse("day", f"{word}: a day up to the year {LAST_YEAR} is meant.")


def _spelled(asked: Asked, name: str) -> str:
    """The name as the clinic spells it already, where it differs only in case."""
    return next((known for known in asked.clinic.archetypes if known.casefold() == name.casefold()), name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
