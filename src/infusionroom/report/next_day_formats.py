"""The next day's list as text for 80 columns, as one HTML page that prints, or as a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Final, Literal, get_args

import msgspec

from infusionroom.report.next_day import ListedPerson, NextDay

NextDayFormat = Literal["text", "html", "pdf"]
NEXT_DAY_FORMATS: Final[tuple[NextDayFormat, ...]] = get_args(NextDayFormat)
WIDTH: Final = 80
_INDENT: Final = 16


def render_next_day(page: NextDay, format: NextDayFormat) -> bytes:
    """The list in one format, as the bytes of a file; the same list gives the same bytes."""
    match format:
        case "text":
            return to_text(page).encode("utf-8", "replace")
        case "html":
            from infusionroom.report.as_html import page_template

            return page_template("next_day.html").render(page=page).encode("utf-8", "replace")
        case "pdf":
            from infusionroom.report.as_pdf import typeset

            return typeset("next_day.typ", msgspec.to_builtins(page))


def to_text(page: NextDay) -> str:
    """The list in lines of at most 80 characters, with a newline at its end."""
    title = f"{page.clinic}: {page.day}"
    lines = [*wrap(title, WIDTH), "=" * min(len(title), WIDTH)]
    lines += [line for sentence in page.standing for line in wrap(sentence, WIDTH)]
    for person in page.people:
        lines += ["", *_person(person)]
    if page.people:
        lines += ["", "Chairs"]
        for chair in page.chairs:
            lines += _labelled(chair.chair, ", ".join(chair.stays) or "free")
    if page.not_coming:
        lines += ["", "Not coming"]
        lines += [
            line
            for who in page.not_coming
            for line in wrap(who, WIDTH - 2, initial_indent="  ", subsequent_indent="    ")
        ]
    lines += ["", *wrap(page.printed, WIDTH)]
    return ("\n".join(lines) + "\n").replace("\N{NO-BREAK SPACE}", " ")


def _person(person: ListedPerson) -> Iterator[str]:
    chair = f"chair {person.chair}" if person.chair else "no chair"
    name = f"{person.name}  {person.alike}".rstrip()
    yield from _labelled(f"{person.time} {chair}", name, indent=0)
    marks = " · ".join(f"! {mark.text}" if mark.tone == "must" else mark.text for mark in person.marks)
    yield from _labelled("", marks)
    yield from _labelled("", f"{person.identity} · {person.course}".strip(" ·"))
    if person.dose:
        yield from _labelled("  planned", person.dose)
    yield from _labelled("  escort", person.escort)
    for note in person.notes:
        yield from _labelled("", note)


def _labelled(label: str, text: str, *, indent: int = 2) -> list[str]:
    lead = label if indent == 0 or label.startswith(" ") else " " * indent + label
    return wrap(
        text,
        WIDTH,
        initial_indent=f"{lead:<{_INDENT}}",
        subsequent_indent=" " * _INDENT,
        break_on_hyphens=False,
    )
