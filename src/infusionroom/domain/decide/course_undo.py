"""Deciding on taking back what was said of a course: an answer, a consent, a call; never what moved visits."""

from __future__ import annotations

from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.decide.corrections import must_say_why
from infusionroom.domain.evolve import annulled_by
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.words import entry_word

_ANSWERS: Final = (
    ev.PlanAgreed,
    ev.ConsentAcknowledged,
    ev.PgicRated,
    ev.OralPrescribed,
    ev.OralTaught,
    ev.OralStarted,
    ev.OralNotStarted,
    ev.FollowUpCalled,
    ev.FollowUpClosed,
)
_INSTEAD: Final[dict[type[ev.Event], str]] = {
    ev.CourseBooked: "stop the course",
    ev.DayTaken: "defer the day",
    ev.DayDeferred: "defer it again, or take it",
    ev.DayOmitted: "extend the course",
    ev.CourseStopped: "extend the course",
    ev.CourseExtended: "omit the days, or stop the course",
    ev.TargetChanged: "change the target again",
    ev.LetterDrafted: "write the letter anew",
    ev.LetterSealed: "write another version",
}


def undo_course(asked: Asked, command: cmd.UndoCourse) -> list[Draft]:
    """Takes back an answer with everything that was said in the same breath. Fresh, it needs no reason (setting)."""
    course = asked.course(command.course)
    annulled = annulled_by(course.entries)
    standing = [e for e in course.entries if e.id not in annulled]
    target = _target(course.entries, standing, command.target)
    must_say_why(asked, target, command.why)
    together = [
        e for e in standing if e.command == target.command and isinstance(e.body, (*_ANSWERS, ev.Undone))
    ]
    return [
        asked.to_course(course.id, ev.Undone(target=entry.id, why=command.why))
        for entry in reversed(together)
    ]


def _target(entries: tuple[Entry, ...], standing: list[Entry], target: int | None) -> Entry:
    if target is None:
        last = next((e for e in reversed(standing) if isinstance(e.body, _ANSWERS)), None)
        if last is None:
            raise refuse("undo", "Undo: this course has no answer, consent or call to take back.")
        return last
    entry = next((e for e in entries if e.id == target), None)
    if entry is None:
        raise refuse("unknown_entry", f"This course has no entry #{target}.")
    if entry not in standing:
        raise refuse("undo", f"Undo: entry #{target} is already taken back.")
    if not isinstance(entry.body, _ANSWERS):
        instead = _INSTEAD.get(type(entry.body), "enter it anew")
        raise refuse("undo", f"Undo: “{entry_word(entry.kind)}” is not taken back: {instead} instead.")
    return entry
