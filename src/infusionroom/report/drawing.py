"""The day drawn as chairs × time: plain numbers and texts, which the page's template turns into an SVG.

Widths follow instants, not wall clocks, so that a day of 23 or 25 hours has its true length. Every kind of
stretch has a pattern beside its colour: the drawing reads in black and white.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from infusionroom.domain.board import DayBar
from infusionroom.domain.figures import DayFigures
from infusionroom.domain.names import readable
from infusionroom.domain.visit_figures import VisitFigures
from infusionroom.report.wording import LocalClock, h_mm, person

WIDTH: Final = 1000
LEFT: Final = 44
RIGHT: Final = 12
TOP: Final = 30
ROW: Final = 36
NAME: Final = 13
BAR: Final = 17
LETTER: Final = 6.0
LEGEND_STEP: Final = 118

Place = Callable[[datetime], float]

KINDS: Final[dict[str, str]] = {
    "waiting": "waiting",
    "infusion": "infusion",
    "pause": "pause",
    "recovery": "recovery",
    "ready": "ready",
    "cleaning": "cleaning",
    "out": "out of service",
}


class Mark(msgspec.Struct, frozen=True):
    """An hour on the axis; `offset` only where the clock shows that hour twice."""

    x: float
    label: str
    offset: str = ""


class Stretch(msgspec.Struct, frozen=True):
    x: float
    y: float
    width: float
    kind: str
    title: str


class Name(msgspec.Struct, frozen=True):
    x: float
    y: float
    text: str


class Swatch(msgspec.Struct, frozen=True):
    x: float
    kind: str
    label: str


class Drawing(msgspec.Struct, frozen=True):
    """Everything to draw, in units of a canvas `width` × `height`. `now` is None for a day that is over."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    bar: int
    chairs: tuple[Name, ...]
    rules: tuple[int, ...]
    marks: tuple[Mark, ...]
    opening: tuple[float, float]
    stretches: tuple[Stretch, ...]
    names: tuple[Name, ...]
    legend: tuple[Swatch, ...]
    legend_y: int
    now: Mark | None
    description: str


def drawing_of(summary: DayFigures) -> Drawing:
    """The drawing of the day, from its first full hour to its last, opening hours always in it."""
    clock = LocalClock(summary.timezone, summary.day)
    since, until = _bounds(summary, clock)
    scale = (WIDTH - LEFT - RIGHT) / (until - since).total_seconds()

    def x(instant: datetime) -> float:
        seconds = (min(max(instant, since), until) - since).total_seconds()
        return round(LEFT + seconds * scale, 1)

    bottom = TOP + ROW * summary.chairs
    kinds = [kind for kind in KINDS if any(bar.kind == kind for bar in summary.bars)]
    running = summary.begins_at <= summary.at < summary.ends_at
    visits = (*summary.visits, *summary.carried_over)
    return Drawing(
        width=WIDTH,
        height=bottom + (44 if kinds else 20),
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=bottom,
        bar=BAR,
        chairs=tuple(
            Name(LEFT - 10, _row_y(chair) + NAME + BAR - 4, str(chair))
            for chair in range(1, summary.chairs + 1)
        ),
        rules=tuple(TOP + ROW * row for row in range(summary.chairs + 1)),
        marks=tuple(_marks(since, until, clock, x)),
        opening=(x(summary.opens_at), x(summary.closes_at)),
        stretches=tuple(_stretch(bar, visits, clock, x) for bar in summary.bars),
        names=tuple(_names(visits, summary, x)),
        legend=tuple(
            Swatch(LEFT + LEGEND_STEP * place, kind, KINDS[kind]) for place, kind in enumerate(kinds)
        ),
        legend_y=bottom + 24,
        now=Mark(x(summary.at), f"now {clock.time(summary.at)}") if running else None,
        description=_description(summary),
    )


def _row_y(chair: int) -> int:
    return TOP + ROW * (chair - 1)


def _bounds(summary: DayFigures, clock: LocalClock) -> tuple[datetime, datetime]:
    moments = [summary.opens_at, summary.closes_at]
    moments += [
        m for bar in summary.bars if bar.kind not in ("cleaning", "out") for m in (bar.since, bar.until)
    ]
    since, until = min(moments), max(moments)
    hours = [hour for hour, _ in _hours(summary.begins_at, summary.ends_at, clock)]
    hours.append(summary.ends_at)
    return (
        max([h for h in hours if h <= since], default=summary.begins_at),
        min([h for h in hours if h >= until], default=summary.ends_at),
    )


def _hours(since: datetime, until: datetime, clock: LocalClock) -> Iterator[tuple[datetime, str]]:
    moment = since
    while moment <= until:
        if label := clock.hour(moment):
            yield moment, label
        moment += timedelta(minutes=15)


def _marks(since: datetime, until: datetime, clock: LocalClock, x: Place) -> Iterator[Mark]:
    for moment, label in _hours(since, until, clock):
        yield Mark(x(moment), label, clock.offset(moment) if clock.twice(moment) else "")


def _stretch(bar: DayBar, visits: tuple[VisitFigures, ...], clock: LocalClock, x: Place) -> Stretch:
    who = next((person(v.patient) for v in visits if bar.who and v.visit == bar.who.visit), "")
    lasted = h_mm(int((bar.until - bar.since).total_seconds()))
    title = (
        f"Chair {bar.chair}, {KINDS.get(bar.kind, bar.kind)} {clock.span(bar.since, bar.until)} ({lasted})"
    )
    left = x(bar.since)
    return Stretch(
        x=left,
        y=_row_y(bar.chair) + NAME,
        width=max(1.0, round(x(bar.until) - left, 1)),
        kind=bar.kind,
        title=f"{who}: {title}" if who else title,
    )


def _names(visits: tuple[VisitFigures, ...], summary: DayFigures, x: Place) -> Iterator[Name]:
    """Each person over their stay, cut where the next one in that chair begins."""
    stays = _stays(visits, summary)
    for place, (chair, since, visit) in enumerate(stays):
        following = stays[place + 1] if place + 1 < len(stays) and stays[place + 1][0] == chair else None
        room = (x(following[1]) if following else WIDTH - RIGHT) - x(since)
        text = _fitting(visit, int(room / LETTER))
        if text:
            yield Name(x(since), _row_y(chair) + NAME - 3, text)


def _stays(visits: tuple[VisitFigures, ...], summary: DayFigures) -> list[tuple[int, datetime, VisitFigures]]:
    here = [
        (stay.chair, max(stay.since, summary.begins_at), visit)
        for visit in visits
        for stay in visit.stays
        if stay.since < summary.ends_at and (stay.until is None or stay.until > summary.begins_at)
    ]
    return sorted(here, key=lambda stay: (stay[0], stay[1], stay[2].visit))


def _fitting(visit: VisitFigures, letters: int) -> str:
    whole = person(visit.patient)
    family = readable(visit.patient.family)
    for text in (whole, family):
        if len(text) <= letters:
            return text
    return f"{family[: letters - 1]}…" if letters >= 4 else ""


def _description(summary: DayFigures) -> str:
    people = sum(bool(visit.stays) for visit in (*summary.visits, *summary.carried_over))
    return (
        f"One row for each of {summary.chairs} chairs, time from left to right: when each of {people} people "
        "waited, was infused, paused, recovered and was ready. The tables below say the same in words."
    )
