"""Too much of anything is refused with a sentence, before it costs much."""

from __future__ import annotations

import json

import pytest
from tests.intake.samples import appointment, bundle, patient, read, rows, siu

from infusionroom.intake import notices
from infusionroom.intake.notices import FileRefused


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "MOST_APPOINTMENTS", 3)
    monkeypatch.setattr(notices, "MOST_ASIDE", 3)


CSV_ROW = "A-{0},Marlowe,Rosa,1980-02-29,R-77,2026-11-23,09:00,240,,,planned,"


def csv_of(count: int, row: str = CSV_ROW) -> str:
    return rows(*[row.format(n) for n in range(count)])


def hl7_of(count: int) -> str:
    return "".join(siu(ids=f"A-{n}|") for n in range(count))


def fhir_of(count: int) -> str:
    return bundle(patient(), *[appointment(identifier=None, id=f"a{n}") for n in range(count)])


@pytest.mark.parametrize("many", [csv_of, hl7_of, fhir_of])
@pytest.mark.usefixtures("small_limits")
def test_more_appointments_than_any_schedule_has(many: object) -> None:
    assert callable(many)
    assert len(read(many(3)).notices) == 3
    with pytest.raises(FileRefused, match="more than 3 appointments; split the file"):
        read(many(4))


@pytest.mark.parametrize(
    "noise",
    [
        csv_of(4, "A-{0},,Rosa,1980-02-29,R-77,2026-11-23,09:00,240,,,planned,"),
        "MSH|^~\\&|x\r" * 3 + "MSH|^~\\&|y\r",
        bundle(*[appointment(status="someday", id=f"a{n}") for n in range(3)], appointment(status="never")),
    ],
)
@pytest.mark.usefixtures("small_limits")
def test_a_file_that_is_mostly_not_understood_is_refused_as_a_whole(noise: str) -> None:
    with pytest.raises(FileRefused, match="more than 3 "):
        read(noise)


def test_a_line_of_json_before_noise_does_not_keep_all_the_noise() -> None:
    lines = json.dumps(patient()) + "\n" + "{bad\n" * 100_000
    with pytest.raises(FileRefused, match="more than 2000 messages in it are not understood"):
        read(lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"resourceType": tru', "cut off"),
        ('{"resourceType": "Bundle", "total": 1', "cut off"),
        ('{"resourceType": xx, "total": 1}', "not valid JSON"),
    ],
)
def test_json_that_is_cut_off_and_json_that_is_wrong(text: str, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read(text)


def test_headers_of_other_peoples_tables() -> None:
    text = (
        "Appt ID,Last Name,First Name,DOB,MRN,Appt Date,Start Time,Duration (min),Provider\n"
        "A-1,Marlowe,Rosa,1980-02-29,R-77,2026-11-23,2:30 PM,240,Okafor\n"
    )
    parsed = read(text)
    (notice,) = parsed.notices
    assert notice.plan is not None
    assert (notice.plan.patient.record_number, notice.plan.duration_min) == ("R-77", 240)
    assert "not read: Provider" in parsed.remarks[0]
