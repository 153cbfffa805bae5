"""The next day's list: what it says, in three formats, the same every time and harmless whatever the names."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.domain.course_paper import booked, course
from tests.domain.playing import MONDAY, Play, person

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.fold_board import NoRoom
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.room import Room
from infusionroom.report.next_day import NextDay, next_day_of
from infusionroom.report.next_day_formats import NEXT_DAY_FORMATS, render_next_day, to_text

GOLDEN = Path(__file__).parent / "golden"
MARLOWE = ev.PatientFile(
    family="Marlowe",
    given="Ruth",
    birth_date=date(1971, 3, 14),
    record_number="K-1001",
    infusions_elsewhere=0,
    indication="Lyme disease",
    icd10="A69.2",
    weight=ev.WeightOnFile(kg=Decimal(70), on=date(2026, 9, 1)),
    allergies=("latex", "nickel"),
    contraindications=("pregnancy",),
    escorts=(ev.Contact(name="Ada Marlowe", phone="555-0100", relation="sister"), ev.Contact(name="Ben")),
)
HOSTILE = ev.PatientFile(
    family="<script>alert(1)</script>",
    given="#set page(width: 1pt) *bold* $x$",
    record_number="</td><b>",
    escorts=(ev.Contact(name="<img src=x>", phone="#eval(1)"),),
    allergies=("*a*",),
    infusions_elsewhere=0,
)


def monday(file: ev.PatientFile = MARLOWE, days: int = 5) -> Play:
    """A course from Monday on, a single visit at nine, and one that was cancelled; it is Sunday."""
    play = Play()
    play.plan(2, start="9:00", note="needs an interpreter")
    gone = play.plan(3, start="10:00")
    play.do(cmd.CancelVisit(visit=gone, why="fever"))
    starts = [play.time("8:00", MONDAY + timedelta(days=day)) for day in range(days)]
    entries = booked(play.room, course(days=days), starts, entries=len(play.entries), file=file)
    play.entries += entries
    play.room = evolve(play.room, entries)
    return play.at("18:30", MONDAY - timedelta(days=1))


def listed(play: Play, day: date = MONDAY, closed: str | None = None) -> NextDay:
    return next_day_of(play.room, day, play.now, closed)


def pdf_text(page: NextDay) -> str:
    pages = PdfReader(io.BytesIO(render_next_day(page, "pdf"))).pages
    return re.sub(r"\s+", " ", " ".join(one.extract_text() for one in pages))


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def html(page: NextDay) -> Elements:
    return Elements(render_next_day(page, "html").decode())


def test_a_monday_reads_as_it_always_has() -> None:
    text = to_text(listed(monday()))
    assert text == (GOLDEN / "next-day.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("format", NEXT_DAY_FORMATS)
def test_the_same_day_gives_the_same_bytes(format: str) -> None:
    one, two = (render_next_day(listed(monday()), format) for _ in range(2))  # type: ignore[arg-type]
    assert one == two


def test_every_format_says_all_of_it() -> None:
    page = listed(monday())
    texts = [re.sub(r"\s+", " ", text) for text in (to_text(page), pdf_text(page), html(page).text)]
    for words in (
        "Monday 23 November 2026",
        "Marlowe, Ruth",
        "born 1971-03-14, record K-1001",
        "day 1 of 5",
        "0.3 mg/kg/h (60 % of the target) = 21 mg/h, 84 mg",
        "consent missing",
        "pregnancy",
        "weight 83 days old",
        "allergies: latex, nickel",
        "first time",
        "off guideline",
        "Ada Marlowe (sister) 555-0100 to be confirmed",
        "Ben no number to be confirmed",
        "An early start is for Marlowe Rut (first time)",
        "to be assigned",
        "single visit",
        "nobody named",
        "needs an interpreter",
        "similar name on this day",
        "chair 3",
        "08:00–14:00 Marlowe Rut",
        "no chair kept",
        "Marlowe3, Rae, cancelled, fever",
        "As known on Sunday 22 November 2026, 18:30.",
    ):
        for text in texts:
            assert words in text, words


def test_a_number_is_never_parted_from_its_unit() -> None:
    dose = listed(monday()).people[0].dose
    for together in ("0.3\N{NO-BREAK SPACE}mg/kg/h", "84\N{NO-BREAK SPACE}mg", "70\N{NO-BREAK SPACE}kg"):
        assert together in dose


def test_people_stand_in_the_order_of_their_starts() -> None:
    assert [one.time for one in listed(monday()).people] == ["08:00", "09:00"]


def test_the_last_day_asks_for_the_oral_ketamine() -> None:
    notes = listed(monday(days=1)).people[0].notes
    assert "Last day: prescribe and teach the oral ketamine." in notes
    assert not any("Last day" in note for note in listed(monday()).people[0].notes)


def test_an_allergy_that_nobody_asked_about_is_not_none() -> None:
    unasked = ev.PatientFile(family="Marlowe", given="Ruth")
    assert "Allergies: nobody has asked." in listed(monday(unasked)).people[0].notes
    known = ev.PatientFile(family="Marlowe", given="Ruth", no_known_allergies=True)
    assert "Allergies: none known." in listed(monday(known)).people[0].notes


def test_a_closed_day_and_a_day_without_anybody_say_so() -> None:
    play = monday()
    empty = listed(play, MONDAY + timedelta(days=5), "a Saturday")
    assert empty.standing == ("The clinic is closed on this day: it is a Saturday.", "Nobody is planned.")
    for words in ("it is a Saturday", "Nobody is planned."):
        assert words in to_text(empty)
        assert words in pdf_text(empty)
        assert words in html(empty).text
    assert "table" not in html(empty).tags
    full = listed(play, closed="a closing day (floor)")
    assert "2 people are planned all the same." in full.standing


def test_without_a_room_there_is_no_list() -> None:
    with pytest.raises(NoRoom):
        next_day_of(Room(), MONDAY, monday().now)


def test_names_that_mean_something_elsewhere_are_names() -> None:
    page = listed(monday(HOSTILE))
    shown = html(page)
    assert not {"script", "b", "img"} & set(shown.tags)
    assert "<script>alert(1)</script>" in shown.text
    text = pdf_text(page)
    assert "alert(1)" in text
    assert "#set page(width: 1pt) *bold* $x$" in text
    assert "#eval(1)" in text


def test_a_crowded_day_keeps_its_columns_over_several_pages() -> None:
    play = Play(chairs=40).at("6:00", MONDAY)
    for number in range(1, 29):
        play.plan(number, patient=person(number, family=f"Person{number:02}"))
    page = listed(play)
    assert len(page.people) == 28
    pages = PdfReader(io.BytesIO(render_next_day(page, "pdf"))).pages
    assert len(pages) > 2
    assert all("Special" in one.extract_text() for one in pages[:2]), "the heads are repeated"
