"""A day's schedule as CSV, as spreadsheets and people write it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.intake.samples import HEADER, read, reasons, rows

from infusionroom.domain.events import CourseDay, Plan
from infusionroom.intake.csv_schedule import COLUMNS, template
from infusionroom.intake.notices import FileRefused

ROSA = "A-17,Marlowe,Rosa,1980-02-29,R-77,2026-11-23,14:30,240,3,5,planned,second arm"


def plan_of(content: str | bytes) -> Plan:
    parsed = read(content)
    assert not parsed.quarantined
    (notice,) = parsed.notices
    assert notice.plan is not None
    return notice.plan


def test_a_row_becomes_a_planned_visit() -> None:
    plan = plan_of(rows(ROSA))
    assert plan.start == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    assert plan.duration_min == 240
    assert plan.course == CourseDay(3, 5)
    assert plan.note == "second arm"
    assert (plan.patient.family, plan.patient.given, plan.patient.record_number) == (
        "Marlowe",
        "Rosa",
        "R-77",
    )
    assert plan.patient.birth_date == date(1980, 2, 29)
    assert plan.appointment is not None
    assert plan.appointment.key == "A-17/"


def test_the_template_names_every_column_and_can_be_filled_in() -> None:
    text = template()
    assert text.splitlines()[0].split(",") == list(COLUMNS)
    assert read(text).notices == ()
    assert read(text).remarks == ("day: there are no rows under the header",)
    example = next(line for line in text.splitlines() if line.startswith("# A-1001"))
    assert plan_of(text + example.removeprefix("# ")).patient.family == "Example"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "mark"])
def test_delimiters_line_ends_and_byte_order_marks_make_no_difference(
    delimiter: str, end: str, mark: bytes
) -> None:
    text = rows(ROSA).replace(",", delimiter).replace("\n", end)
    assert plan_of(mark + text.encode()) == plan_of(rows(ROSA))


def test_a_line_that_tells_a_spreadsheet_its_separator_is_followed() -> None:
    assert plan_of("sep=;\n" + rows(ROSA).replace(",", ";")) == plan_of(rows(ROSA))


@pytest.mark.parametrize(
    ("start", "hour"),
    [
        ("9:05", 14),
        ("09:05:00", 14),
        ("9:05 PM", 2),
        ("09:05-05:00", 14),
        ("09:05+0215", 6),
        ("09:05Z", 9),
        ("2026-11-23T09:05-05:00", 14),
        ("2026-11-23 09:05", 14),
    ],
)
def test_ways_to_write_a_start(start: str, hour: int) -> None:
    assert plan_of(rows(ROSA.replace("14:30", start))).start.hour == hour


@pytest.mark.parametrize(
    ("cell", "instead", "field"),
    [
        ("14:30", "25:00", "start"),
        ("14:30", "half past two", "start"),
        ("14:30", "13:00 PM", "start"),
        ("14:30", "", "start"),
        ("14:30", "2026-11-24T14:30", "start"),
        ("2026-11-23", "11/23/2026", "date"),
        ("2026-11-23", "2026-02-30", "date"),
        ("2026-11-23", "", "date"),
        ("240", "four hours", "minutes"),
        ("240", "0", "minutes"),
        (",3,5,", ",6,5,", "day"),
        (",3,5,", ",,5,", "day"),
        (",3,5,", ",3,,", "of"),
        ("planned", "perhaps", "status"),
        ("A-17", "", "appointment_id"),
        ("Marlowe", "", "family"),
        ("Marlowe", "M" * 201, "family"),
        ("1980-02-29", "2026-11-24", "birth_date"),
        ("1980-02-29", "1899-01-01", "birth_date"),
        ("1980-02-29", "29.02.1980", "birth_date"),
    ],
)
def test_a_row_that_is_not_understood_is_set_aside_by_line_and_field(
    cell: str, instead: str, field: str
) -> None:
    parsed = read(rows(ROSA.replace(cell, instead), ROSA.replace("A-17", "A-18")))
    assert reasons(parsed) == [(2, field)]
    assert [n.appointment.placer for n in parsed.notices] == ["A-18"]


def test_a_birth_date_of_today_is_possible_and_of_tomorrow_is_not() -> None:
    assert not read(rows(ROSA.replace("1980-02-29", "2026-11-23"))).quarantined
    assert reasons(read(rows(ROSA.replace("1980-02-29", "2026-11-24")))) == [(2, "birth_date")]


def test_an_hour_that_the_clock_skips_does_not_exist() -> None:
    (aside,) = read(rows(ROSA.replace("2026-11-23,14:30", "2027-03-14,02:30"))).quarantined
    assert (aside.field, aside.why) == (
        "start",
        "this local time does not exist in America/New_York: the clocks are put forward",
    )


def test_an_hour_that_comes_twice_needs_its_offset() -> None:
    twice = ROSA.replace("2026-11-23,14:30", "2026-11-01,01:30")
    assert reasons(read(rows(twice))) == [(2, "start")]
    first = plan_of(rows(twice.replace("01:30", "01:30-04:00"))).start
    second = plan_of(rows(twice.replace("01:30", "01:30-05:00"))).start
    assert (first.hour, second.hour) == (5, 6)


def test_line_breaks_in_quotation_marks_belong_to_the_cell_and_lines_are_counted_right() -> None:
    first = ROSA.replace("second arm", '"brings a chair\nand, perhaps, ""a friend"""')
    parsed = read(rows(first, ROSA.replace("14:30", "late")))
    assert parsed.notices[0].plan is not None
    assert parsed.notices[0].plan.note == 'brings a chair and, perhaps, "a friend"'
    assert reasons(parsed) == [(4, "start")]


def test_a_quotation_mark_that_never_closes_costs_one_row_only() -> None:
    broken = ROSA.replace("second arm", '"oops')
    parsed = read(rows(broken, *[ROSA.replace("A-17", f"B-{n}") for n in range(3)]))
    assert reasons(parsed) == [(2, "row")]
    assert len(parsed.notices) == 3


def test_two_such_marks_do_not_swallow_the_rows_between_them() -> None:
    broken = ROSA.replace("second arm", '"oops')
    parsed = read(rows(broken, ROSA.replace("A-17", "B-1"), broken, ROSA.replace("A-17", "B-2")))
    assert reasons(parsed) == [(2, "row"), (4, "row")]
    assert [n.appointment.placer for n in parsed.notices] == ["B-1", "B-2"]


@pytest.mark.parametrize("row", ["A-17,Marlowe,Rosa,1980-02", ROSA + ",and,more"], ids=["short", "long"])
def test_a_row_with_too_few_or_too_many_values_is_set_aside(row: str) -> None:
    assert reasons(read(rows(row))) == [(2, "row")]


def test_the_statuses() -> None:
    statuses = ["planned", "Cancelled", "no-show", "entered in error", ""]
    parsed = read(rows(*[ROSA.replace("planned", status) for status in statuses]))
    assert [n.intent for n in parsed.notices] == ["book", "cancel", "no_show", "delete", "book"]


def test_columns_under_their_usual_names_are_understood_and_strange_ones_named() -> None:
    parsed = read(
        "MRN;Last Name;First Name;ID;Date;Start Time;Parking\nR-77;Marlowe;Rosa;A-17;2026-11-23;14:30;P2\n"
    )
    assert parsed.notices[0].plan is not None
    assert parsed.notices[0].plan.patient.record_number == "R-77"
    assert parsed.remarks == ("day, line 1: these columns are not read: Parking",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("family,given\nMarlowe,Rosa\n", "line 1, header: the header lacks appointment_id, start"),
        (HEADER + ",family\n", "the column family is there twice"),
        (rows(ROSA).replace("Rosa", "Zoë").encode("latin-1"), "line 2: the encoding is not UTF-8"),
        (rows(ROSA).encode("utf-16"), "UTF-16"),
        (rows(ROSA).encode("utf-16-le"), "UTF-16"),
    ],
)
def test_a_file_that_is_not_understandable_as_a_whole_is_refused(content: str | bytes, says: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert says in str(refused.value)
    assert "Marlowe" not in str(refused.value)


def test_hostile_names_are_made_harmless_and_markup_stays_text() -> None:
    name = "\u202e[/oops]\x1b[31m\u2066 =1+1\x07 \u05d3\u05d5\u05d3"
    plan = plan_of(rows(ROSA.replace("Rosa", name)))
    assert plan.patient.given == "[/oops] [31m =1+1 \u05d3\u05d5\u05d3"
