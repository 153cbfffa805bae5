"""Self-contained HTML pages: nothing from outside, no script, made to be printed; the summary is one of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from infusionroom.domain.figures import DayFigures

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def to_html(summary: DayFigures) -> str:
    """The page; every text in it is escaped by the template engine."""
    from infusionroom.report.drawing import drawing_of
    from infusionroom.report.page import page_of

    return page_template("summary.html").render(
        page=page_of(summary), drawing=drawing_of(summary), day=summary.day.isoformat()
    )


def page_template(name: str) -> Template:
    """The template of this name, which escapes every text that is put into it."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    # Only HTML needs the engine, and the other formats should not wait for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("infusionroom.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
