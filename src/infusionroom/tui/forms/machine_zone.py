"""The time zone that this machine is set to, as a first answer for a room that is being set up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones

LOCAL_TIME: Final = Path("/etc/localtime")
_FOLDER: Final = "/zoneinfo/"


def machine_zone(local_time: Path = LOCAL_TIME) -> str:
    """The IANA name from TZ or from where `local_time` leads; empty where there is none to be had.

    UTC and its like are how a machine is delivered and no place where a room could be: they count as none.
    """
    named = os.environ.get("TZ", "").removeprefix(":")
    if not named:
        try:
            named = str(local_time.resolve())
        except OSError:
            return ""
    name = named.rpartition(_FOLDER)[2]
    place = "/" in name and not name.startswith("Etc/")
    return name if place and name in available_timezones() else ""
