"""The HTML templates of the reports, which escape every text that is put into them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def page_template(name: str) -> Template:
    """The template of this name, for instance `summary.html`."""
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
