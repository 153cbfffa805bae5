"""The journal for eyes: each entry on a line of its own, and in the end who saw and who changed a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.day import local
from infusionroom.domain.staff import ACCESS_STREAM
from infusionroom.domain.words import entry_word
from infusionroom.domain.working_days import day_text
from infusionroom.services.journal_log import LoggedEntry
from infusionroom.tui.present.booking import archetype_words
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.said_entries import entry_words
from infusionroom.tui.present.times import clock_time

_HOW: Final[dict[ev.HowSignedIn, str]] = {
    "pin": "by PIN",
    "key": "by SSH key",
    "glass": "by emergency access",
    "machine": "as the machine's own user",
}
ON_THE_BOARD: Final = (
    "Whoever looked at the board that day saw the name there: “infusionroom log --access” tells who came in."
)


class LogText:
    """The lines of entries that are given in journal order; it remembers what each record was before."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone
        self._files: dict[str, ev.PatientFile] = {}

    def line(self, entry: LoggedEntry) -> str:
        """`#7  2026-11-23 18:30:05  lee  desk1 pts/3  visit:…  what it says  [marks]`, harmless to a terminal."""
        recorded = local(entry.recorded_at, self._timezone)
        said = self._said(entry)
        what = f"{entry_word(entry.kind)}: {said}" if said else entry_word(entry.kind)
        marks = "; ".join(self._marks(entry))
        return clean(
            f"#{entry.id}  {recorded:%Y-%m-%d %H:%M:%S}  {entry.actor}  {entry.terminal}  {entry.stream}  {what}"
            + (f"  [{marks}]" if marks else "")
        )

    def _marks(self, entry: LoggedEntry) -> Iterator[str]:
        if (entry.recorded_at - entry.happened_at).total_seconds() >= 60:
            recorded, happened = (local(at, self._timezone) for at in (entry.recorded_at, entry.happened_at))
            same_day = recorded.date() == happened.date()
            yield f"happened {happened:%H:%M}" if same_day else f"happened {happened:%Y-%m-%d %H:%M}"
        if entry.taken_back_by:
            yield f"taken back by #{entry.taken_back_by}"
        if entry.corrected_by:
            yield f"corrected by #{entry.corrected_by}"

    def _said(self, entry: LoggedEntry) -> str:
        match entry.body:
            case ev.PatientRegistered(file=file):
                self._files[entry.stream] = file
                return "; ".join(_values(file))
            case ev.PatientChanged(file=file, why=why):
                before, self._files[entry.stream] = self._files.get(entry.stream), file
                changes = _values(file) if before is None else _changes(before, file)
                return "; ".join([*changes, *([why] if why else [])])
            case ev.CourseBooked() as booked:
                days = (f"day {d.day} {self._at(d)}" for d in booked.days)
                kind = f"“{booked.archetype.name}” ({archetype_words(booked.archetype)})"
                return "; ".join([kind, booked.prescriber, *days])
            case ev.SignedIn(name=name, how=how):
                return f"{name}, {_HOW[how]}"
            case ev.SignInsFailed(name=name, count=count, wait_s=wait_s, key_of=key_of):
                by = f" by {key_of}'s key" if key_of else ""
                return f"{count} wrong PINs in a row for {name}{by}; the next one waits {wait_s} s"
            case ev.GlassBroken(name=name, reason=reason, minutes=minutes):
                return f"{name}, for {minutes} min: {reason}"
            case ev.GlassReviewed(entry=target, note=note):
                return f"entry #{target}: {note}"
            case ev.RecordOpened(what=what, id=record):
                return f"{what} {record}"
            case ev.AnswerFetched(what=what, day=day, format=form):
                return f"{what} of {day:%Y-%m-%d}" + (f", as {form}" if form else "")
            case ev.KeyGiven(name=name, fingerprint=key) | ev.KeyTakenBack(name=name, fingerprint=key):
                return f"{name}, {key}"
            case body:
                return entry_words(body, self._timezone)

    def _at(self, day: ev.DayBooked) -> str:
        at = f"{day_text(local(day.start, self._timezone).date())} {clock_time(day.start, self._timezone)}"
        return f"{at}, chair {day.chair}" if day.chair is not None else at


def _values(record: msgspec.Struct) -> list[str]:
    """What is filled in, each value after the name of its field."""
    return [
        f"{_name(field)} {_value(value)}"
        for field in record.__struct_fields__
        if (value := getattr(record, field)) not in (None, "", (), False)
    ]


def _changes(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    """What is another now: each field with what it was and what it is."""
    return [
        f"{_name(field)} {_value(was)} → {_value(now)}"
        for field in after.__struct_fields__
        if (was := getattr(before, field)) != (now := getattr(after, field))
    ]


def _name(field: str) -> str:
    return field.replace("_", " ")


def _value(value: object) -> str:
    match value:
        case None | "" | ():
            return "–"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(map(_value, value))
        case msgspec.Struct():
            return " ".join(
                _value(part) for field in value.__struct_fields__ if (part := getattr(value, field))
            )
        case _:
            return str(value)


# ── in the end ──────────────────────────────────────────────────────────────────────────────────────────────


class _Counted(NamedTuple):
    """How often somebody changed and saw a record, and the last time of either, as it reads."""

    changed: int = 0
    saw: int = 0
    last: str = ""


class Concerned:
    """Who had to do with a record: counted from the entries about it."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone
        self._people: dict[str, _Counted] = {}

    def count(self, entry: LoggedEntry) -> None:
        known = self._people.get(entry.actor, _Counted())
        last = f"{local(entry.recorded_at, self._timezone):%Y-%m-%d %H:%M}"
        if entry.stream == ACCESS_STREAM:
            self._people[entry.actor] = known._replace(saw=known.saw + 1, last=last)
        else:
            self._people[entry.actor] = known._replace(changed=known.changed + 1, last=last)

    def lines(self) -> Iterator[str]:
        """A line for each person, then where else a name can be seen; none where nobody had to do with it."""
        for person, counted in self._people.items():
            changed = f"changed it {_times(counted.changed)}" if counted.changed else "changed nothing"
            saw = f"opened or fetched it {_times(counted.saw)}" if counted.saw else "opened nothing besides"
            yield clean(f"{person}: {changed}, {saw}; last {counted.last}")
        if self._people:
            yield ON_THE_BOARD


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
