"""What is let in: the kind is seen in the content, and anything else is turned away in one sentence."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.intake.paper_room import NOW, ZONE
from tests.intake.samples import appointment, bundle, patient, read, rows, siu

from infusionroom.intake import detect
from infusionroom.intake.detect import kind_of
from infusionroom.intake.notices import FileRefused
from infusionroom.intake.schedule import read_files

ROW = "A-17,Marlowe,Rosa,1980-02-29,R-77,2026-11-23,14:30,240,3,5,planned,"


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        read_files([path], ZONE, NOW)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (siu(), "hl7"),
        ("\x0b" + siu(), "hl7"),
        ("FHS|^~\\&|\r" + siu(), "hl7"),
        ("\ufeff" + siu(), "hl7"),
        (bundle(patient(), appointment()), "fhir"),
        ("\ufeff \n[]", "fhir"),
        (rows(ROW), "csv"),
        ("# a day\n" + rows(ROW), "csv"),
    ],
)
def test_the_kind_is_seen_in_the_content(content: str, kind: str) -> None:
    assert kind_of(content.encode(), "schedule.pdf") == kind


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n", "the file is empty"),
        (b"PK\x03\x04xlsx", "save the sheet as CSV"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"<?xml version='1.0'?><Bundle/>", "XML or HTML"),
        (b"Dear nurse\nplease plan Rosa\n", "no schedule that can be read"),
        (bytes(range(256)) * 20, "binary data"),
        ("name,time\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_schedule_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    assert says in refusal(path)
    assert refusal(path).startswith("day.csv")


def test_missing_files_directories_links_pipes_and_locked_files(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none")
    assert "directory" in refusal(tmp_path)
    assert "no such file" in refusal(tmp_path / "none" / "none")
    (tmp_path / "day").write_text(rows(ROW))
    (tmp_path / "link").symlink_to(tmp_path / "day")
    assert "symbolic link" in refusal(tmp_path / "link")
    assert "not a directory" in refusal(tmp_path / "day" / "day")
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(tmp_path / "pipe")
    assert "cannot be opened" in refusal(tmp_path / ("x" * 300))


def test_fifty_megabytes_of_noise_are_refused_by_their_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "noise"
    with path.open("wb") as stream:
        stream.write(random.Random(7).randbytes(1_000_000))
        stream.truncate(50_000_000)
    asked: list[int] = []
    monkeypatch.setattr(detect, "HEAD_BYTES", 4096)
    monkeypatch.setattr(detect, "text_of", asked.append)
    assert "binary data" in refusal(path)
    assert asked == []


def test_a_file_too_large_for_any_day_is_refused_even_when_it_begins_well(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    with path.open("wb") as stream:
        stream.write(rows(*[ROW] * 2000).encode())
        stream.truncate(33 * 1024 * 1024)
    assert "larger than 32 MB" in refusal(path)


def test_a_file_name_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in refusal(tmp_path / "\x1b[2Jday")


def test_one_file_that_is_refused_stops_all(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(rows(ROW))
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(FileRefused, match=r"empty\.csv"):
        read_files([tmp_path / "good.csv", tmp_path / "empty.csv"], ZONE, NOW)


def test_a_csv_loads_neither_the_hl7_nor_the_fhir_library() -> None:
    import subprocess

    code = (
        "import sys\nfrom datetime import UTC, datetime\nfrom infusionroom.intake import importing\n"
        "from infusionroom.intake.schedule import read_bytes\n"
        f"read_bytes({rows(ROW).encode()!r}, 'day', 'UTC', datetime(2026, 1, 1, tzinfo=UTC))\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('hl7', 'fhir', 'pydantic', 'sqlalchemy', 'textual')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


PIECES = st.sampled_from(
    [
        *(part.encode() + b"\r" for part in siu().split("\r")),
        *(part.encode() for part in bundle(patient(), appointment()).split(",")),
        *(line.encode() + b"\n" for line in rows(ROW).split("\n")),
        b"MSH|^~\\&|", b"\x0b", b"\x1c", b'"', b"\\", b"\xff", b"\x00", b"{", b"]", b",", b"|", b"^", b"&", b"~",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400), st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=20).map(b"".join)
    )
)
@example(b"MSH|")
@example(b"MSH||||||||SIU^S12\r")
@example(b'{"resourceType":"Appointment","start":{"a":1},"participant":{},"identifier":[[]],"contained":7}')
@example(
    b'[{"resourceType":"Appointment","status":["booked"],"participant":[7,{"actor":7},{"actor":{"reference":"#"}}]}]'
)
def test_no_bytes_whatever_do_more_than_be_refused(content: bytes) -> None:
    try:
        parsed = read(content)
    except FileRefused:
        return
    for entry in parsed.quarantined:
        assert entry.line >= 1
        assert entry.why
        entry.raw.encode("utf-8")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_schedule_with_bytes_changed_anywhere_does_no_more_than_be_refused(data: st.DataObject) -> None:
    whole = bytearray(
        data.draw(st.sampled_from([siu(), bundle(patient(), appointment()), rows(ROW)])).encode()
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    test_no_bytes_whatever_do_more_than_be_refused.hypothesis.inner_test(bytes(whole))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "noise",
    [
        siu() + "MSH|^~\\&|\r" * 10_000,
        rows(ROW, *['"' * n for n in range(10_000)]),
        "[" + '{"resourceType":"Appointment"},' * 10_000 + "{}]",
    ],
    ids=["hl7", "csv", "fhir"],
)
def test_noise_that_begins_like_a_schedule_is_refused_and_not_set_aside_piece_by_piece(noise: str) -> None:
    with pytest.raises(FileRefused, match="not understood"):
        read(noise)


def test_a_message_of_megabytes_is_set_aside_unread() -> None:
    parsed = read(siu() + siu(name="M" * 2_000_000) + siu())
    assert len(parsed.notices) == 2
    assert "larger than any appointment" in parsed.quarantined[0].why
