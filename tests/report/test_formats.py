"""The summary in its four formats: the same every time, true to the figures, and harmless whatever the names."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from datetime import date, time
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.report.days import FORMULA, MARKUP, busy_day, hostile_day, next_day, summary_of, with_leftovers
from tests.stories import Story

from infusionroom.domain import events as ev
from infusionroom.report import FORMATS, UnknownFormat, render
from infusionroom.report.as_csv import BYTE_ORDER_MARK, COLUMNS, cell_text
from infusionroom.report.as_json import from_json
from infusionroom.report.as_markdown import escape
from infusionroom.report.drawing import drawing_of
from infusionroom.report.page import page_of

GOLDEN = Path(__file__).parent / "golden"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


class Tags(HTMLParser):
    """What a browser would make elements of, and the text it would show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_day_gives_the_same_bytes(format: str) -> None:
    assert render(with_leftovers(busy_day()), format) == render(with_leftovers(busy_day()), format)


@pytest.mark.parametrize("format", FORMATS)
def test_what_happens_on_later_days_changes_no_byte_of_a_day_that_is_over(format: str) -> None:
    story = Story()
    story.person("Marlowe").is_infused("08:00", "12:00", chair=1).is_ready("13:00").leaves("13:05")
    before = render(summary_of(story), format)
    story.person("Okafor", planned="+1 08:00").arrives("+1 07:50")
    assert render(summary_of(story), format) == before


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("at", ["-1 23:00", "00:00", "10:07", "+1 00:00"])
def test_every_format_takes_any_moment_of_a_day(format: str, at: str) -> None:
    assert render(summary_of(Story(), at), format)
    assert render(with_leftovers(busy_day(), at), format)


def test_a_format_that_there_is_not() -> None:
    with pytest.raises(UnknownFormat, match="choose json, csv, md, html"):
        render(summary_of(Story()), "pdf")


@pytest.mark.parametrize("format", ["csv", "md"])
def test_a_small_day_reads_as_it_always_has(format: str) -> None:
    story = Story(chairs=2)
    rae = story.person("Marlowe", course=(1, 5)).arrives("07:50").sits("07:55", 1)
    rae.is_prepared("08:00", pain=8).starts("08:05").pauses("09:05").resumes("09:15").stops("12:15")
    rae.is_ready("13:42", pain=4).waits_for("13:43", "escort").leaves("13:50")
    story.person("Petrov", "Ivan", planned="09:00").cancels("07:00", "fever")
    text = re.sub(r"hash [0-9a-f]{64}", "hash …", render(summary_of(story), format))
    golden = GOLDEN / f"small-day.{format}"
    assert text.encode() == golden.read_bytes()


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("story", [busy_day, hostile_day, Story])
def test_json_holds_the_whole_summary_exactly(story: type[Story]) -> None:
    summary = with_leftovers(story())
    assert from_json(render(summary, "json")) == summary


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_csv_says_what_the_day_was() -> None:
    by_name = {row["family"]: row for row in rows(render(with_leftovers(busy_day()), "csv"))}
    assert len(by_name) == 11
    kari = by_name["Halvorsen"]
    assert (kari["running_min"], kari["wall_min"], kari["paused_min"]) == ("190", "230", "40")
    assert (kari["given_mg"], kari["given_ml"]) == ("79.2", "39.6")
    assert kari["started"] == "2026-11-23T08:15:00-05:00"
    assert (kari["pain_before"], kari["pain_after"], kari["pain_change"]) == ("7", "6", "-1")
    assert by_name["Nakamura"]["pain_after"] == "unable"
    assert by_name["Osei"]["outcome"] == "no-show"


@pytest.mark.parametrize("format", ["csv", "md", "html"])
def test_side_effects_stand_in_the_summary(format: str) -> None:
    story = Story()
    rae = story.person("Marlowe").is_infused("08:00", "12:00", chair=1)
    rae.has("09:00", ev.SideEffectSeen(what="nausea", grade="moderate", note="after the rise"))
    assert "09:00 moderate nausea · after the rise · by Lee" in render(summary_of(story), format)


def test_nothing_in_the_csv_is_a_formula() -> None:
    text = render(summary_of(hostile_day()), "csv")
    for row in rows(text):
        for column, cell in row.items():
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                assert column == "pain_change", (column, cell)
            assert not re.search(r";\s*[=+\-@]", cell)
            assert "\n" not in cell
            assert "\t" not in cell
    assert f"'{FORMULA}" in {row["family"] for row in rows(text)}
    assert "'-3" in {row["family"] for row in rows(text)}


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'=1+1"),
        ("+49 555", "'+49 555"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ('"=1+1"', '"\'=1+1"'),
        ("a;=1+1", "a;'=1+1"),
        ("a\r\n=b", "a  =b"),
        ("O'Neil-Smith", "O'Neil-Smith"),
        (-3, "-3"),
        (None, ""),
        (True, "yes"),
    ],
)
def test_a_text_is_no_formula_and_a_number_stays_one(cell: str | int | None, shown: str) -> None:
    assert cell_text(cell) == shown


def test_the_csv_keeps_to_its_standard() -> None:
    text = render(summary_of(Story()), "csv")
    assert text == BYTE_ORDER_MARK + ",".join(COLUMNS) + "\r\n"
    assert render(with_leftovers(busy_day()), "csv").count("\n") == 12


def test_who_was_carried_over_is_in_the_csv_and_marked() -> None:
    story = Story()
    story.person("Night", planned="16:00").is_infused("17:00", "21:00", chair=1)
    (row,) = rows(render(next_day(story), "csv"))
    assert (row["family"], row["carried_over"]) == ("Night", "yes")


# ── Markdown ────────────────────────────────────────────────────────────────────────────────────────────────


def test_markdown_shows_marks_as_they_are() -> None:
    assert escape("*a* `b` | c") == r"\*a\* \`b\` \| c"
    assert escape("[x](y) ~~z~~") == r"\[x\](y) \~\~z\~\~"
    assert escape("<b>&amp;") == "&lt;b&gt;&amp;amp;"
    assert escape("America/New_York _x_") == r"America/New_York \_x\_"


def test_every_row_of_a_markdown_table_has_its_headings_cells() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", render(summary_of(hostile_day()), "md"), re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1, table


def test_no_html_gets_through_markdown() -> None:
    text = render(summary_of(hostile_day()), "md")
    assert not re.search(r"<[a-z/]", text)
    assert "&lt;script&gt;" in text


# ── HTML ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_whole_in_itself_and_runs_nothing() -> None:
    for summary in (with_leftovers(busy_day()), summary_of(hostile_day())):
        page = render(summary, "html")
        tags = Tags(page)
        names = {name for name, _ in tags.tags}
        assert not names & {"script", "img", "link", "iframe", "object", "a", "form", "b"}
        for _, attributes in tags.tags:
            assert not any(name.startswith("on") or name in ("src", "href") for name in attributes)
        assert not re.search(r"url\((?!#p-)|@import|https?:(?!//www\.w3\.org/2000/svg)(?!//evil)", page)


def test_names_are_shown_and_never_run() -> None:
    page = render(summary_of(hostile_day()), "html")
    assert MARKUP not in page
    assert MARKUP in Tags(page).text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page
    assert "\x1b" not in page


def test_the_page_can_be_read_aloud() -> None:
    tags = Tags(render(with_leftovers(busy_day()), "html")).tags
    assert ("html", {"lang": "en"}) in tags
    assert all(attributes.get("scope") in ("col", "row") for name, attributes in tags if name == "th")
    (drawing,) = [attributes for name, attributes in tags if name == "svg"]
    assert drawing["role"] == "img"
    assert {"title", "desc"} <= {name for name, _ in tags}
    identities = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(identities) == len(set(identities))


def test_the_drawing_is_well_formed_even_with_hostile_names() -> None:
    page = render(summary_of(hostile_day()), "html")
    found = re.search(r"<svg.*</svg>", page, re.DOTALL)
    assert found
    assert ElementTree.fromstring(found[0]).tag.endswith("svg")


# ── the drawing ─────────────────────────────────────────────────────────────────────────────────────────────


def hours(story: Story) -> list[str]:
    return [f"{mark.label}{mark.offset}" for mark in drawing_of(summary_of(story)).marks]


def test_the_drawing_of_a_day_has_as_many_hours_as_the_day() -> None:
    spring = hours(Story(date(2026, 3, 8), opens=time(0), closes=time(23)))
    autumn = hours(Story(date(2026, 11, 1), opens=time(0), closes=time(23)))
    assert spring[:4] == ["00", "01", "03", "04"]
    assert autumn[:5] == ["00", "01−04:00", "01−05:00", "02", "03"]
    assert (len(spring), len(autumn)) == (23, 25)


def test_an_hour_is_as_wide_on_a_day_on_which_the_clocks_change() -> None:
    marks = drawing_of(summary_of(Story(date(2026, 11, 1), opens=time(0), closes=time(23)))).marks
    widths = [after.x - before.x for before, after in pairwise(marks)]
    assert max(widths) - min(widths) < 0.2


def test_only_a_day_that_is_not_over_has_a_now() -> None:
    story = busy_day()
    now = drawing_of(with_leftovers(story)).now
    assert now
    assert now.label == "now 16:30"
    assert drawing_of(summary_of(story)).now is None


def test_every_stretch_lies_on_the_canvas() -> None:
    for summary in (with_leftovers(busy_day()), next_day(busy_day())):
        drawing = drawing_of(summary)
        for stretch in drawing.stretches:
            assert drawing.left <= stretch.x <= stretch.x + stretch.width <= drawing.right + 1
            assert drawing.top <= stretch.y <= drawing.bottom - drawing.bar


# ── the wording ─────────────────────────────────────────────────────────────────────────────────────────────


def key(story: Story, label: str, at: str) -> str:
    found = next(k for k in page_of(summary_of(story, at)).keys if k.label == label)
    return f"{found.value} ({found.note})"


def test_the_median_says_who_is_still_here() -> None:
    story = Story()
    for chair, ready in enumerate(("11:58", "12:52", "13:40"), start=1):
        story.person(f"Ready{chair}").is_infused("07:00", "11:00", chair=chair).is_ready(ready)
    for chair in (4, 5):
        story.person(f"Slow{chair}").is_infused("07:00", "11:00", chair=chair)
    # Of five, three are ready after 0:58, 1:52 and 2:40; the two slow ones are at 3:00 and counting.
    assert key(story, "Recovery, median", "14:00") == (
        "2:40 (of 5 people; range 0:58 to 3:00 or longer; 2 still here counted as still here)"
    )
    assert key(story, "Recovery, median", "13:00").startswith(
        "not reached yet (of 5 people; range 0:58 to 2:00 or longer; 3 "
    )


def test_a_time_that_came_twice_shows_its_offset() -> None:
    story = Story(date(2026, 11, 1), opens=time(0), closes=time(23))
    story.person("Night", planned="00:30").arrives("01:30").sits("01:30 again", 1)
    lines = dict(page_of(summary_of(story)).visits[0].lines)
    assert "arrived 01:30 −04:00 · seated 01:30 −05:00" in lines["Times"][0]
    assert any("25 hours" in text for text in page_of(summary_of(story)).standing)


def test_what_was_missing_against_advice_is_written_down() -> None:
    visits = {row.who: dict(row.lines) for row in page_of(with_leftovers(busy_day())).visits}
    assert visits["Duarte, Lucía"]["Against advice"][0] == "child at school"
    assert "Nurse's sign-off" in visits["Duarte, Lucía"]["Against advice"][1]
    assert visits["Okafor, Tunde"]["Overridden"] == (
        "14:00 discharge: Responsible adult present · Dr Osei: wife waits at the bus stop · recorded by Lee",
    )


def test_only_html_loads_the_template_engine() -> None:
    code = "import sys, infusionroom.report.as_csv, infusionroom.report.as_markdown, infusionroom.report.as_json,"
    code += " infusionroom.report.as_html; print([m for m in ('jinja2', 'textual', 'sqlalchemy', 'sqlite3')"
    code += " if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
