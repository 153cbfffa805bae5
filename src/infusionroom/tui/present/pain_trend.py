"""Pain over the days of a course as a small chart: `b` before and `a` after each infusion, `c` told in a call.

Plotted by plotext, whose import waits until a chart is looked at; its output becomes cells in our own colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.course_response import CourseResponse, response_of, words
from infusionroom.domain.follow_up import FollowUp
from infusionroom.tui.present.cells import Cell, Line, Row, clean, wrapped

TREND_TITLE: Final = "Response"
TREND_EMPTY: Final = (
    "Pain over the days of the course appears here, before and after each infusion,",
    "and whether it fell by 30 or 50 %.",
)
BEFORE, AFTER, BOTH, TOLD = "b", "a", "x", "c"
LEAST_WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 24, 5, 14
_STYLES: Final = {BEFORE: "paused", AFTER: "ok", BOTH: "strong", TOLD: "low", "·": "dim"}


class Point(NamedTuple):
    """A pain reading (NRS-11) at a place along the axis, and what it is drawn as."""

    place: int
    pain: int
    mark: str


def response_rows(file: CourseFile, timezone: str, width: int, height: int) -> tuple[Row, ...]:
    """The response in words, then the chart in what is left of `height`; nothing where nothing was rated."""
    answer = response_of(file.course, file.days, timezone)
    if not answer.days:
        return ()
    lines = list(answer_lines(answer, width))
    chart = trend_lines(
        answer, file.follow_up, file.course.of, width, min(MOST_HEIGHT, height - len(lines) - 1)
    )
    if chart:
        legend = f" {BEFORE} before  {AFTER} after  {BOTH} same"
        told = (
            f"  {TOLD} call" if any(point.mark == TOLD for point in points_of(answer, file.follow_up)) else ""
        )
        lines += [(Cell(" Pain", "title"), Cell(f"  {legend.strip()}{told}", "dim")), *chart]
    return tuple(Row("", line) for line in lines)


def answer_lines(answer: CourseResponse, width: int) -> tuple[Line, ...]:
    """The verdict in a sentence, then the two cut-offs as they stand."""
    style = "ok" if answer.responder_30 else "text"
    said: list[Line] = [
        (Cell(f" {line}", style),) for line in wrapped(clean(words(answer)), max(16, width - 2))
    ]
    if answer.responder_30 is not None and not answer.too_early:
        cuts = (("30 %", answer.responder_30), ("50 %", answer.responder_50))
        cells: list[Cell] = []
        for label, met in cuts:
            cells += [
                Cell(f"{'   ' if cells else ' '}by {label}: ", "dim"),
                Cell("yes" if met else "not yet" if answer.running else "no", "strong"),
            ]
        said.append(tuple(cells))
    return tuple(said)


def points_of(answer: CourseResponse, follow_up: FollowUp | None) -> tuple[Point, ...]:
    """Every reading in its place: the course's days by their number, the calls after them."""
    points = []
    for day in answer.days:
        if day.before is not None and day.before == day.after:
            points.append(Point(day.number, day.before, BOTH))
            continue
        points += [
            Point(day.number, pain, mark)
            for pain, mark in ((day.before, BEFORE), (day.after, AFTER))
            if pain is not None
        ]
    last = max((day.number for day in answer.days), default=0)
    for n, call in enumerate(follow_up.calls if follow_up else (), 1):
        if call.answered is not None and call.answered.body.pain is not None:
            points.append(Point(last + n, call.answered.body.pain, TOLD))
    return tuple(points)


def trend_lines(
    answer: CourseResponse, follow_up: FollowUp | None, of: int, width: int, height: int
) -> tuple[Line, ...]:
    """The chart in at most `width` × `height` cells; nothing where there is no room or no reading.

    Of a course that still runs the axis has all its `of` days, so that what is to come has its place.
    """
    points = points_of(answer, follow_up)
    if not points or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return ()
    last = max(day.number for day in answer.days)
    labels = {day: str(day) for day in range(1, (of if answer.running else last) + 1)}
    for n, call in enumerate(follow_up.calls if follow_up else (), 1):
        labels[last + n] = f"+{call.day}"
    text = _plotted(points, labels, width, height)
    return tuple(_cells(line[:width]) for line in text)


def _plotted(points: Sequence[Point], labels: dict[int, str], width: int, height: int) -> list[str]:
    import plotext  # type: ignore[import-untyped]

    figure: Any = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    before = [(p.place, p.pain) for p in points if p.mark in (BEFORE, BOTH, TOLD)]
    if len(before) > 1:
        figure.draw(figure.signal(*_apart(before), marker="·").lines(True))
    for mark in (AFTER, BEFORE, BOTH, TOLD):
        its = [(p.place, p.pain) for p in points if p.mark == mark]
        if its:
            figure.draw(figure.signal(*_apart(its), marker=mark).lines(False))
    figure.ruler("y").lim(0, 10).ticks([0, 5, 10] if height < 9 else [0, 2, 4, 6, 8, 10])
    step = next(n for n in (1, 2, 5, 10, 50) if len(labels) * 4 <= (width - 4) * n)
    shown = [place for place in labels if labels[place].startswith("+") or (place - 1) % step == 0]
    figure.ruler("x").lim(0.5, max(labels) + 0.5).ticks(shown, [labels[place] for place in shown])
    figure.axes(False, side=1)
    return str(plotext.uncolorize(str(figure.build()))).splitlines()


def _apart(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [x for x, _ in pairs], [y for _, y in pairs]


def _cells(line: str) -> Line:
    """One line of the plot in our styles; whatever is no letter of ours or of a frame stays plain."""
    shown = clean(line).rstrip()
    axis = max(shown.find("┤"), shown.find("│"), shown.find("└"))
    if axis < 0:
        return (Cell(shown, "dim"),)
    cells = [Cell(shown[: axis + 1], "dim")]
    for char in shown[axis + 1 :]:
        style = _STYLES.get(char, "dim")
        if len(cells) > 1 and cells[-1].style == style:
            cells[-1] = Cell(cells[-1].text + char, style)
        else:
            cells.append(Cell(char, style))
    return tuple(cells)
