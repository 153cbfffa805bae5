"""The summary as one self-contained HTML page: nothing from outside, no script, made to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infusionroom.domain.figures import DayFigures
from infusionroom.report.drawing import drawing_of
from infusionroom.report.page import page_of

if TYPE_CHECKING:
    from jinja2 import Template


def to_html(summary: DayFigures) -> str:
    """The page; every text in it is escaped by the template engine."""
    return _template().render(page=page_of(summary), drawing=drawing_of(summary), day=summary.day.isoformat())


def _template() -> Template:
    # Only this format needs the engine, and the other ones should not wait for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("infusionroom.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("summary.html")
