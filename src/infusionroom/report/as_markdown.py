"""The summary as Markdown: a page that also reads well as plain text. Every cell is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from infusionroom.domain.figures import DayFigures
from infusionroom.report.page import Page, VisitRow, page_of

# Inside a word an underscore means nothing, and America/New_York is to be read.
_MEANING: Final = re.compile(r"([\\`*\[\]|~]|(?<!\w)_|_(?!\w))")
_RIGHT: Final = frozenset({"Running", "Wall", "mg", "mL", "Recovery"})


def to_markdown(summary: DayFigures) -> str:
    """The summary as GitHub-flavoured Markdown, with a newline at its end."""
    return "\n".join(_lines(page_of(summary))) + "\n"


def escape(text: str) -> str:
    """The text so that Markdown shows it as it is: no markup, no table cell, no HTML of its own."""
    html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MEANING.sub(r"\\\1", html)


def _lines(page: Page) -> list[str]:
    lines = [f"# {escape(page.clinic)}: {page.day}", ""]
    lines += [escape(text) + "  " for text in page.standing]
    lines += ["", "## The room", ""]
    lines += _table(("Figure", "", ""), [(k.label, k.value, k.note) for k in page.keys])
    lines += ["", "## Still open", ""]
    if page.open:
        rows = [(o.subject, o.matter, o.since, "; ".join(o.reasons)) for o in page.open]
        lines += _table(("Who or what", "Matter", "Since", "Why"), rows)
    else:
        lines.append("Nothing is left over.")
    lines += ["", "## Visits", ""]
    if page.visits:
        lines += _table(page.headings, [row.cells for row in page.visits])
        lines += _details(page.visits)
    else:
        lines.append("Nobody was planned, and nobody came.")
    if page.carried_over:
        lines += ["", "## Carried over from earlier days", ""]
        lines += _table(page.headings, [row.cells for row in page.carried_over])
        lines += _details(page.carried_over)
    lines += ["", "## How this is counted", ""]
    lines += [f"- {escape(note)}" for note in page.notes]
    lines += ["", escape(page.seal)]
    return lines


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruler = ["---:" if heading in _RIGHT else "---" for heading in headings]
    cells = [[escape(heading) for heading in headings], ruler]
    cells += [[escape(cell) for cell in row] for row in rows]
    return ["| " + " | ".join(row) + " |" for row in cells]


def _details(rows: Iterable[VisitRow]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += ["", f"### {escape(row.who)}: {escape(row.outcome)}", ""]
        for label, texts in row.lines:
            if len(texts) == 1:
                lines.append(f"- **{label}:** {escape(texts[0])}")
            else:
                lines += [f"- **{label}:**", *(f"  - {escape(_not_a_list(text))}" for text in texts)]
    return lines


def _not_a_list(text: str) -> str:
    # What begins with the mark of a heading or a list would be one inside this list's item.
    return f"“{text}”" if re.match(r"([#+\-]|\d+[.)])\s", text) else text
