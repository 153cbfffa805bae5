"""The letter to the pain physician: what it says, the same every time, and harmless whatever the names."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader
from tests.report.courses import (
    CLINIC,
    FIRST,
    HOSTILE,
    MARLOWE,
    booking,
    file_of,
    first_day_only,
    infused,
    stopped_on_day_3,
)

from infusionroom.domain import events as ev
from infusionroom.domain.course import Letter
from infusionroom.report.as_pdf import drawn
from infusionroom.report.letter import NO_GUARANTEE, draft, said
from infusionroom.report.letter_pages import as_html, as_pdf, standing_of
from infusionroom.report.markdown_text import blocks_of

GOLDEN = Path(__file__).parent / "golden"
ON = date(2026, 11, 30)


def text_of(pdf: bytes) -> str:
    """What one reads in a PDF, in single spaces: lines break where the page has them break."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_course_stopped_on_day_3_reads_as_it_always_has() -> None:
    written = draft(stopped_on_day_3(), CLINIC, ON)
    assert written == (GOLDEN / "letter-stopped-on-day-3.md").read_text(encoding="utf-8")


def test_one_day_without_effect_is_too_early_to_say() -> None:
    written = draft(first_day_only(), CLINIC, ON)
    assert "pain 8 → 8 after day 1: too early to say." in written
    assert "Nothing was changed so far." in written
    assert "4 days are still to come." in written


def test_what_is_not_known_is_left_to_be_filled_in() -> None:
    written = draft(first_day_only(), CLINIC, ON)
    assert "To ……" in written
    assert "born ……" in written
    assert "None" not in written


def test_nothing_infused_is_said_plainly() -> None:
    written = draft(file_of([(FIRST, booking())], []), CLINIC, ON)
    assert "Nothing has been infused." in written
    assert "pain: nothing infused yet" not in written
    assert NO_GUARANTEE in written


def test_oral_ketamine_that_was_never_prescribed_or_will_not_be_taken_is_named() -> None:
    last = FIRST + timedelta(hours=6)
    told: list[tuple[datetime, ev.Event]] = [
        (FIRST - timedelta(days=7), booking(1)),
        (last, ev.CourseStopped(reason="side effects", why="panic")),
    ]
    assert "not prescribed yet" in draft(file_of(told, [infused(1)]), CLINIC, ON)
    told.append((last, ev.OralNotStarted(why="pregnancy")))
    written = draft(file_of(told, [infused(1)]), CLINIC, ON)
    assert "Oral ketamine is not taken: pregnancy." in written
    assert "the course was stopped early: side effects, panic." in written


def test_an_omitted_day_says_why_and_an_entry_taken_back_is_not_told() -> None:
    told: list[tuple[datetime, ev.Event]] = [
        (FIRST - timedelta(days=7), booking(2)),
        (FIRST, ev.DayOmitted(day=2, why="a cold")),
        (FIRST, ev.TargetChanged(target=booking().target, why="slip", prescriber="Dr. Osei")),
        (FIRST, ev.Undone(target=3)),
    ]
    written = draft(file_of(told, [infused(1)]), CLINIC, ON)
    assert "day 2 omitted: a cold." in written
    assert "| 2/2 | – | – | – | – | – | – | – | omitted: a cold |" in written
    assert "target changed" not in written


def test_a_stop_that_was_followed_by_more_days_is_not_told_as_the_end() -> None:
    told: list[tuple[datetime, ev.Event]] = [
        (FIRST - timedelta(days=7), booking(1)),
        (FIRST, ev.CourseStopped(reason="patient's wish")),
        (
            FIRST + timedelta(days=1),
            ev.CourseExtended(days=(ev.DayBooked(2, "v2", FIRST + timedelta(days=2)),), why="pain is back"),
        ),
    ]
    written = draft(file_of(told, [infused(1)]), CLINIC, ON)
    assert "extended by 1 day: pain is back." in written
    assert "stopped early" not in written


def test_days_that_move_along_are_one_sentence() -> None:
    file = stopped_on_day_3()
    entries = tuple(
        msgspec.structs.replace(e, command="one") if isinstance(e.body, ev.DayDeferred) else e
        for e in file.course.entries
    )
    file = msgspec.structs.replace(file, course=msgspec.structs.replace(file.course, entries=entries))
    written = draft(file, CLINIC, ON)
    assert "day 2 deferred to 25 November 2026, day 3 moved along: transport." in written


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_letter_gives_the_same_bytes() -> None:
    one, two = (draft(stopped_on_day_3(), CLINIC, ON) for _ in range(2))
    assert as_html(one, "Version 1") == as_html(two, "Version 1")
    assert as_pdf(one, "Version 1") == as_pdf(two, "Version 1")
    assert as_pdf(one, "Version 1") != as_pdf(one, "Version 2")


def test_the_page_holds_all_of_the_letter() -> None:
    written = draft(stopped_on_day_3(), CLINIC, ON)
    pdf = text_of(as_pdf(written, "Version 1, draft"))
    page = Elements(as_html(written, "Version 1, draft"))
    for words in (
        "Dr. Adaeze Obi",
        "Rae Marlowe",
        "G90.511",
        "severe high pressure",
        "stopped early: blood pressure",
        "substantial relief",
        "12 December 2026",
        "Relief is not guaranteed",
        "Version 1, draft",
    ):
        assert words in pdf
        assert words in page.text
    assert page.tags.count("tr") == 6
    assert "1 / 1" in pdf


def test_a_long_letter_turns_the_page_and_counts_it() -> None:
    written = draft(stopped_on_day_3(), CLINIC, ON) + "\nMore to say. " * 400
    pdf = as_pdf(written, "")
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    assert "2 / 2" in text_of(pdf)


def test_names_that_mean_something_to_markdown_a_browser_or_a_typesetter_are_names() -> None:
    written = draft(stopped_on_day_3(HOSTILE), CLINIC, ON)
    plain = draft(stopped_on_day_3(), CLINIC, ON)
    page, usual = Elements(as_html(written)), Elements(as_html(plain))
    assert page.tags == usual.tags, "whatever the names, the page has the same elements"
    assert page.attributes == usual.attributes
    pdf = text_of(as_pdf(written))
    for shown in (
        "# <script>alert(1)</script> *bold*",
        "#set page(width: 1pt) $x$ [a](javascript:b)",
        "| a | b |",
        "1. one - two > three `code` _em_ ~~gone~~ &lt;",
        "To =====",
    ):
        assert shown in page.text.replace("\n", " ")
    assert "alert(1)" in pdf
    assert "#set page(width: 1pt) $x$" in pdf
    assert [b["kind"] for b in blocks_of(written)] == [b["kind"] for b in blocks_of(plain)]


def test_an_edited_letter_brings_no_markup_links_or_pictures_of_its_own() -> None:
    edited = (
        "# Dear <b>colleague</b>\n\n<script>alert(1)</script>\n\n[click](javascript:alert(1)) "
        '![pixel](http://evil.example/p.png) <http://evil.example>\n\n#import "x": y\n\n'
        '> quoted *kindly*\n\n3. third\n4. fourth\n\n```\n#eval("1")\n```\n\n---\n\nThe end\\\nof it.\n'
    )
    page = Elements(as_html(edited))
    assert not {"script", "b", "a", "img"} & set(page.tags)
    pdf = text_of(as_pdf(edited))
    for words in ("<script>alert(1)</script>", "#import", "quoted kindly", "4. fourth", '#eval("1")'):
        assert words in pdf


@pytest.mark.parametrize(
    "text", ["", "\n", "|", "| a |\n|---|\n", "> " * 200 + "x", "- " * 200 + "x", "\x00"]
)
def test_whatever_somebody_types_becomes_a_page(text: str) -> None:
    assert as_pdf(text).startswith(b"%PDF")
    assert as_html(text)


def test_a_name_in_any_script_is_drawn() -> None:
    person = msgspec.structs.replace(MARLOWE, family="Ødegård-Łukasz", given="Zoë")
    written = draft(stopped_on_day_3(person), CLINIC, ON)
    assert "Zoë Ødegård-Łukasz" in text_of(as_pdf(written))
    picture = drawn("letter.typ", {"blocks": blocks_of(written), "standing": ""})
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "opening", ["# a", "- a", "+ a", "1. a", "12) a", "===", "---", "    a", "> a", "<b>"]
)
def test_no_text_opens_a_block(opening: str) -> None:
    (block,) = blocks_of(f"before  \n{said(opening)}")
    assert block["kind"] == "paragraph"
    assert "".join(run["text"] for run in block["runs"]) == f"before{opening.strip()}"


def test_the_foot_says_which_version_it_is() -> None:
    at = datetime(2026, 11, 30, 17, tzinfo=UTC)
    letter = Letter(2, "text", at, "Lee", 9)
    assert (
        standing_of(letter, "America/New_York") == "Version 2, draft of 30 November 2026, 12:00, not sealed"
    )
    sealed = msgspec.structs.replace(letter, sealed_at=at, sealed_by="Dr. Osei", sha256="ab" * 32)
    assert standing_of(sealed, "America/New_York") == (
        "Version 2, sealed by Dr. Osei on 30 November 2026, 12:00, SHA-256 abababababababab…"
    )
    assert standing_of(None, "UTC") == "Draft, not kept"
