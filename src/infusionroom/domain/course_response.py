"""What a course did to the pain: its days, and the last reading against the one before its first infusion.

Responder cut-offs and PGIC as in `response`. After a single day without effect nothing is said of the course: some
respond only in its last days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from infusionroom.domain.course import Course
from infusionroom.domain.course_days import CourseDay, DayState, held
from infusionroom.domain.day import clinic_day
from infusionroom.domain.response import PGIC, Relief, pgic_responder, relief, responder_30, responder_50

TOO_EARLY = "too early to say"


class DayPain(msgspec.Struct, frozen=True):
    """Pain (NRS-11) of one day on which something was infused; what was not rated is None.

    `average` (of 24 h), `worst` and `least` are as last told on that day.
    """

    number: int
    before: int | None
    after: int | None
    average: int | None = None
    worst: int | None = None
    least: int | None = None


class FollowUpReading(msgspec.Struct, frozen=True):
    """A pain reading (NRS-11) after an infusion: after day `day`, or in the call of follow-up day `call`."""

    nrs: int
    at: datetime
    day: int | None = None
    call: int | None = None

    @property
    def words(self) -> str:
        return f"at the call of day {self.call}" if self.day is None else f"after day {self.day}"


class CourseResponse(msgspec.Struct, frozen=True):
    """The response so far. `baseline` is the pain before the course's first infusion, `latest` the last after one.

    Without either, and for a baseline of 0, the responders have no answer (None). `running` says that infusions are
    still to come. `pgic` is the last one given, 1 to 7.
    """

    days: tuple[DayPain, ...]
    baseline: int | None
    latest: FollowUpReading | None
    responder_30: bool | None
    responder_50: bool | None
    relief: Relief | None
    pgic: int | None
    pgic_responder: bool | None
    too_early: bool
    running: bool


def response_of(course: Course, days: Iterable[CourseDay], timezone: str) -> CourseResponse:
    """The response of a course from its days, its follow-up calls and its PGICs."""
    days = tuple(days)
    infused = held(days)
    pains = tuple(_day_pain(day) for day in infused)
    baseline = pains[0].before if pains else None
    readings = _readings(course, infused)
    latest = max(readings, key=lambda r: r.at, default=None)
    answer = (baseline, latest.nrs) if baseline is not None and latest is not None else None
    at_30 = responder_30(*answer) if answer else None
    called = any(reading.call is not None for reading in readings)
    pgic = _last_pgic(course, timezone)
    return CourseResponse(
        days=pains,
        baseline=baseline,
        latest=latest,
        responder_30=at_30,
        responder_50=responder_50(*answer) if answer else None,
        relief=relief(*answer) if answer else None,
        pgic=pgic,
        pgic_responder=None if pgic is None else pgic_responder(pgic),
        too_early=at_30 is False and len(infused) == 1 and not called,
        running=any(day.to_come or day.state is DayState.HERE for day in days) and course.stopped is None,
    )


def words(response: CourseResponse) -> str:
    """The response in one sentence without its full stop: `pain 8 → 7 after day 1: too early to say`."""
    said = _pain_words(response)
    if response.pgic is None:
        return said
    return f"{said}; PGIC {response.pgic}, {PGIC[response.pgic]}"


def _pain_words(response: CourseResponse) -> str:
    baseline, latest = response.baseline, response.latest
    if not response.days:
        return "nothing infused yet"
    if baseline is None:
        return "no answer: pain before the first infusion was not rated"
    if baseline == 0:
        return "no answer: no pain before"
    if latest is None:
        return f"pain {baseline} before the first infusion, none rated since"
    change = f"pain {baseline} → {latest.nrs} {latest.words}"
    if response.too_early:
        return f"{change}: {TOO_EARLY}"
    if response.relief == "none" and response.running:
        return f"{change}, {_percent(baseline, latest.nrs)}: no response so far"
    verdict = {
        "substantial": "substantial relief (at least 50 %)",
        "moderate": "moderate relief (at least 30 %)",
        "none": "no response (less than 30 %)",
    }[response.relief or "none"]
    return f"{change}, {_percent(baseline, latest.nrs)}: {verdict}"


def _percent(baseline: int, follow_up: int) -> str:
    """Whole per cent, towards nothing: 28.6 is never shown as if it were nearer to 30."""
    if follow_up == baseline:
        return "unchanged"
    whole = abs(baseline - follow_up) * 100 // baseline
    return f"{whole} % {'less' if follow_up < baseline else 'more'}"


def _day_pain(day: CourseDay) -> DayPain:
    row = day.visit
    assert row is not None
    return DayPain(
        number=day.number,
        before=row.pain_before,
        after=row.pain_after,
        average=row.pain_average,
        worst=row.pain_worst,
        least=row.pain_least,
    )


def _readings(course: Course, infused: Sequence[CourseDay]) -> list[FollowUpReading]:
    after = [
        FollowUpReading(row.pain_after, row.left_at or row.stopped_at, day=day.number)
        for day in infused
        if (row := day.visit) is not None and row.pain_after is not None and row.stopped_at is not None
    ]
    told = [
        FollowUpReading(call.body.pain, call.at, call=call.body.day)
        for call in course.calls
        if call.body.reached and call.body.pain is not None
    ]
    return after + told


def _last_pgic(course: Course, timezone: str) -> int | None:
    """The one of the latest day; of one day's the one entered last."""
    given = [(p.body.rated_on, p.entry, p.body.pgic) for p in course.pgics]
    given += [
        (clinic_day(c.at, timezone), c.entry, c.body.pgic)
        for c in course.calls
        if c.body.reached and c.body.pgic is not None
    ]
    return max(given)[2] if given else None
