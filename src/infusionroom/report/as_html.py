"""The summary as one self-contained HTML page: nothing from outside, no script, made to be printed."""

from __future__ import annotations

from infusionroom.domain.figures import DayFigures
from infusionroom.report.drawing import drawing_of
from infusionroom.report.page import page_of
from infusionroom.report.page_template import page_template


def to_html(summary: DayFigures) -> str:
    """The page; every text in it is escaped by the template engine."""
    return page_template("summary.html").render(
        page=page_of(summary), drawing=drawing_of(summary), day=summary.day.isoformat()
    )
