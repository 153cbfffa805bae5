"""A letter's Markdown as a page: HTML that stands alone and prints, or a PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from infusionroom.domain.course import Letter
from infusionroom.domain.day import local
from infusionroom.report.as_html import page_template
from infusionroom.report.as_pdf import typeset
from infusionroom.report.markdown_text import blocks_of, html_of
from infusionroom.report.wording import date_text
from infusionroom.report.writing import make_folder, write_file

NOT_KEPT = "Draft, not kept"


def standing_of(letter: Letter | None, timezone: str) -> str:
    """What stands at the foot of every page: which version it is, and who sealed it when."""
    if letter is None:
        return NOT_KEPT
    if letter.sealed_at is None:
        return f"Version {letter.version}, draft of {_moment(letter.written_at, timezone)}, not sealed"
    sealed = f"sealed by {letter.sealed_by} on {_moment(letter.sealed_at, timezone)}"
    return f"Version {letter.version}, {sealed}, SHA-256 {letter.sha256[:16]}…"


def as_html(markdown: str, standing: str = "") -> str:
    """The letter as one self-contained page: nothing from outside, no script, no HTML of the text's own."""
    from markupsafe import Markup

    body = Markup(html_of(markdown))  # noqa: S704 - the parser escapes every text and knows no HTML
    return page_template("letter.html").render(body=body, standing=standing)


def as_pdf(markdown: str, standing: str = "") -> bytes:
    """The letter as a PDF; the same text gives the same bytes."""
    return typeset("letter.typ", {"blocks": blocks_of(markdown), "standing": standing})


def export(
    course_id: str, letter: Letter, timezone: str, formats: Iterable[str], directory: Path
) -> list[Path]:
    """Writes the letter in these formats (`md`, `html`, `pdf`) into `directory`, which is made (0700) where missing.

    Every file has mode 0600 and is named by course and version. Raises `FileRefused`.
    """
    standing = standing_of(letter, timezone)
    made: list[tuple[Path, bytes]] = []
    for each in formats:
        path = directory / f"letter-{course_id}-v{letter.version}.{each}"
        match each:
            case "html":
                made.append((path, as_html(letter.text, standing).encode("utf-8", "replace")))
            case "pdf":
                made.append((path, as_pdf(letter.text, standing)))
            case _:
                made.append((path, letter.text.encode("utf-8", "replace")))
    make_folder(directory, "The letter")
    for path, content in made:
        write_file(path, content, "The letter")
    return [path for path, _ in made]


def _moment(instant: datetime, timezone: str) -> str:
    then = local(instant, timezone)
    return f"{date_text(then.date())}, {then:%H:%M}"
