"""Where senders put the time of an appointment, and how they count SCH's fields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.intake.samples import read, reasons

from infusionroom.intake.notices import Notice

HALF_PAST_TWO = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
HOUR = "^^60^20261123143000^20261123153000"


def message(
    timing: str = "", *, fields: dict[int, str] | None = None, then: str = "RGS|1", version: str = "2.5.1"
) -> str:
    """One booking: SCH-11 as given, other fields of SCH by number, and what comes after PID."""
    sch = ["SCH", "A-17", "F-17"] + [""] * 23
    sch[11] = timing
    for field, text in (fields or {}).items():
        sch[field] = text
    return "\r".join(
        [
            rf"MSH|^~\&|SCHED|NORTH|ROOM|NORTH|20261120090000||SIU^S12|M1|P|{version}",
            "|".join(sch),
            "PID|1||R-77||Marlowe^Rosa||19800229|F",
            then,
            "",
        ]
    )


def only(content: str) -> Notice:
    parsed = read(content)
    assert not parsed.quarantined, [entry.sentence for entry in parsed.quarantined]
    (notice,) = parsed.notices
    return notice


def when(content: str) -> tuple[datetime, int | None]:
    plan = only(content).plan
    assert plan is not None
    return plan.start, plan.duration_min


@pytest.mark.parametrize(
    ("timing", "fields", "minutes"),
    [
        ("^^^20261123143000^20261123153000", {}, 60),
        ("^^^20261123143000", {9: "90", 10: "MIN"}, 90),
        ("^^M45^20261123143000", {}, 45),
        ("^^H2^202611231430", {}, 120),
        ("^^45^202611231430", {}, 45),
        ("^^2700^202611231430", {10: "S"}, 45),
        ("^^^202611231430^^45^MIN", {9: "7200", 10: "S"}, 120),
        ("^^^20261123143000.0000", {}, None),
        ("^^^202611231430", {9: "90", 10: "fortnights"}, None),
    ],
)
def test_the_timing_alone_says_when_and_how_long(
    timing: str, fields: dict[int, str], minutes: int | None
) -> None:
    assert when(message(timing, fields=fields)) == (HALF_PAST_TWO, minutes)


@pytest.mark.parametrize("field", [8, 9, 10, 12])
def test_a_sender_who_counts_the_fields_of_sch_wrong_is_understood_and_told_of(field: int) -> None:
    notice = only(message(fields={field: HOUR}))
    assert notice.plan is not None
    assert (notice.plan.start, notice.plan.duration_min) == (HALF_PAST_TWO, 60)
    assert notice.remark == f"the time was found in SCH-{field}, component 4"


def test_start_and_end_without_the_parts_before_them() -> None:
    notice = only(message("202611231430^202611231500"))
    assert notice.plan is not None
    assert (notice.plan.start, notice.plan.duration_min) == (HALF_PAST_TWO, 30)
    assert "SCH-11" in notice.remark


def test_two_times_beside_each_other_are_never_guessed_between() -> None:
    parsed = read(message("202611231530", fields={10: "202611231430"}))
    assert reasons(parsed) == [(2, "SCH-10")]
    assert "SCH-11" in parsed.quarantined[0].why


def test_a_length_in_a_wrong_place_is_found_where_the_start_is_the_same() -> None:
    same = message(fields={10: HOUR}, then="RGS|1\rAIS|1||INF|20261123143000||60|MIN")
    assert when(same) == (HALF_PAST_TWO, 60)
    other = same.replace("20261123143000^20261123153000", "20261124143000^20261124153000")
    assert when(other) == (HALF_PAST_TWO, None)


@pytest.mark.parametrize(
    "then",
    ["RGS|1\rAIP|1||7^Okafor^Ada|||30", "AIS|1||INF|||30\rAIL|1||CHAIR 3|||soon", "AIG|1||||||||20261123"],
)
def test_what_is_no_time_in_a_field_for_one_is_passed_over_when_another_field_says_when(then: str) -> None:
    assert when(message(HOUR, then=then)) == (HALF_PAST_TWO, 60)


@pytest.mark.parametrize("version", ["2.3", "2.5"])
def test_a_code_in_place_of_the_appointments_timing_leaves_it_to_the_service(version: str) -> None:
    text = message("^^^CT", then="RGS|1\rAIS|1||INF|20261123143000|0|MIN", version=version)
    assert when(text) == (HALF_PAST_TWO, None)


def test_where_no_field_says_when_the_first_that_should_is_named() -> None:
    assert reasons(read(message("^^^CT", then="RGS|1\rAIP|1||7^Okafor|||30"))) == [(5, "AIP-6")]
    assert reasons(read(message("^^^20261123"))) == [(2, "SCH-11")]


def test_a_series_of_starts_is_no_one_appointment() -> None:
    parsed = read(message("^^^202611231430~^^^202611241430"))
    assert reasons(parsed) == [(2, "SCH-11")]
    assert "several start times" in parsed.quarantined[0].why


def test_before_version_2_5_the_appointments_length_comes_before_a_services() -> None:
    services = "RGS|1\rAIS|1||A|20261122||||oops\rRGS|2\rAIS|2||B||||15"
    fields = {9: "240", 10: "MIN^Minutes"}
    assert when(message("^^^202611231430", fields=fields, then=services, version="2.3"))[1] == 240
    assert when(message("^^^202611231430", fields=fields, then=services))[1] == 15


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("50|min", 50),
        ("50|MIN^Minutes", 50),
        ("45^MIN|MIN^Minutes^ISO+", 45),
        ("3000|S", 50),
        ("2|HR", 120),
        ("1.5|h", 90),
        ("50|", 50),
        ("0|min", None),
        ("-5|min", None),
        ("1|d", None),
    ],
)
def test_units_of_a_service(length: str, minutes: int | None) -> None:
    service = f"RGS|1\rAIS|1||INF|20261123143000|||{length}"
    assert when(message(then=service)) == (HALF_PAST_TWO, minutes)


def test_an_end_on_another_day_is_no_length() -> None:
    assert when(message("^^^202611231430^202611241500", fields={9: "30", 10: "m"})) == (HALF_PAST_TWO, 30)


@pytest.mark.parametrize(
    ("resource", "minutes"),
    [
        ("AIS|1||INF|||20261123143000|30^MIN", 30),
        ("AIL|1||CHAIR 3|Chair|20261123143000|||30|min", None),
        ("AIS|1||INF||202611231430\rAIP|1||7^Okafor||202611231430", None),
    ],
)
def test_a_resources_time_beside_its_place_is_taken_when_it_is_the_only_one(
    resource: str, minutes: int | None
) -> None:
    notice = only(message(then=resource))
    assert notice.plan is not None
    assert (notice.plan.start, notice.plan.duration_min) == (HALF_PAST_TWO, minutes)
    assert "the time was found in AI" in notice.remark


def test_two_different_times_around_a_resources_start_name_none() -> None:
    assert reasons(read(message(then="AIS|1||INF||20261123143000|20261123153000"))) == [(1, "TQ1-7")]


def test_an_end_after_a_resources_start_is_its_length_and_a_time_before_it_makes_both_unclear() -> None:
    both = message(then="AIL|1||CHAIR 3|||20261123143000|20261123160000|60|MIN")
    assert when(both) == (HALF_PAST_TWO, 90)
    shifted = message(then="AIG|1||CHAIR 3||||20261123143000|20261123160000")
    assert reasons(read(shifted)) == [(4, "AIG-8")]
