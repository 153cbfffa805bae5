"""The time zone of the machine as the first answer when a room is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from infusionroom.tui.forms.machine_zone import machine_zone


def leading_to(tmp_path: Path, name: str) -> Path:
    """A machine's link to its zone."""
    zone = tmp_path / "zoneinfo" / name
    zone.parent.mkdir(parents=True)
    zone.touch()
    link = tmp_path / "localtime"
    link.symlink_to(zone)
    return link


def test_the_zone_is_where_the_machines_time_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert machine_zone(leading_to(tmp_path, "America/Chicago")) == "America/Chicago"


@pytest.mark.parametrize("name", ["Etc/UTC", "UTC", "Mars/Base"])
def test_what_is_no_place_leaves_the_answer_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert machine_zone(leading_to(tmp_path, name)) == ""
    assert machine_zone(tmp_path / "nowhere") == ""


@pytest.mark.parametrize(
    ("said", "zone"),
    [("Europe/Oslo", "Europe/Oslo"), (":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"), ("EST5EDT4", "")],
)
def test_what_tz_says_goes_before(monkeypatch: pytest.MonkeyPatch, said: str, zone: str) -> None:
    monkeypatch.setenv("TZ", said)
    assert machine_zone() == zone
