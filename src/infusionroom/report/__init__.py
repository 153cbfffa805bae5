"""From the day's figures to what the back office reads: JSON, CSV, Markdown, and one HTML page that prints."""

from __future__ import annotations

from typing import Final, Literal, get_args

from infusionroom.domain.figures import DayFigures

Format = Literal["json", "csv", "md", "html"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


class UnknownFormat(ValueError):
    """No summary is written in this format; the message is a sentence that lists those there are."""


def render(summary: DayFigures, format: str) -> str:
    """The summary in one format; the same summary gives the same text. Raises `UnknownFormat`.

    Each format loads what it needs and no more: templates only for HTML.
    """
    match format:
        case "json":
            from infusionroom.report.as_json import to_json

            return to_json(summary)
        case "csv":
            from infusionroom.report.as_csv import to_csv

            return to_csv(summary)
        case "md":
            from infusionroom.report.as_markdown import to_markdown

            return to_markdown(summary)
        case "html":
            from infusionroom.report.as_html import to_html

            return to_html(summary)
        case _:
            raise UnknownFormat(f"There is no format {format[:20]!r}: choose {', '.join(FORMATS)}.")
