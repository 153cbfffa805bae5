"""The terminal a command is given from: who, which store, what time; and where its answer goes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from infusionroom.cli.endings import REFUSED, SET_UP_FIRST, UNREACHABLE, USAGE, Ended, complain
from infusionroom.settings import Settings, resolved

if TYPE_CHECKING:
    from infusionroom.domain.clinic import Clinic
    from infusionroom.domain.outcome import Refused
    from infusionroom.services.clock import Clock
    from infusionroom.services.room import RoomService


class Terminal:
    """One command's surroundings. `clock` is the machine's unless a test brings its own.

    `settings` are those that hold already, whatever the environment says. From one that is `read_only` nothing can be
    written.
    """

    def __init__(
        self,
        store: str | None,
        user: str | None,
        clock: Clock | None = None,
        *,
        settings: Settings | None = None,
        read_only: bool = False,
    ) -> None:
        self._store, self._user = store, user
        self._settings = settings
        self.clock = clock
        self.read_only = read_only

    @property
    def settings(self) -> Settings:
        """Read when first asked for, so that --help needs none. Raises `BadSetting`."""
        if self._settings is None:
            self._settings = resolved(self._store, self._user)
        return self._settings

    @property
    def actor(self) -> str:
        return self.settings.user

    @property
    def name(self) -> str:
        return self.settings.terminal

    @contextmanager
    def room(self) -> Iterator[RoomService]:
        """The room in the store, which must be set up. Raises `Ended`, `RoomUnreachable`, `RoomRefused`."""
        from infusionroom.bootstrap import open_room
        from infusionroom.services.errors import RoomAbsent

        try:
            room = open_room(self.settings.store, create=False, read_only=self.read_only, clock=self.clock)
        except RoomAbsent:
            raise self.no_room() from None
        try:
            if room.state.clinic is None:
                raise Ended(REFUSED, SET_UP_FIRST)
            yield room
        finally:
            room.close()

    def no_room(self) -> Ended:
        """How a command ends where there is no store: nothing was set up, or its disk is not there."""
        kind, _, path = self.settings.store.partition(":///")
        folder = Path(path).absolute().parent
        if kind == "sqlite" and not self.settings.is_default and not folder.is_dir():
            return Ended(
                UNREACHABLE,
                f"The folder {folder} of the store is not there. For a new room “infusionroom setup” makes it.",
            )
        return Ended(REFUSED, SET_UP_FIRST)


def say(text: str) -> None:
    """A line, or lines, of the answer on standard output."""
    sys.stdout.write(text + "\n")


def harmless_json(text: str) -> str:
    """The same JSON, in which nothing that steers a terminal or cannot be seen stands as itself."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def say_bytes(line: bytes) -> None:
    """One line of an answer that somebody may be waiting for."""
    sys.stdout.write(harmless_json(line.decode("utf-8")))
    sys.stdout.flush()


def complain_each(sentences: Iterable[str]) -> None:
    """Each sentence on a line of its own on standard error, harmless to a terminal."""
    from infusionroom.tui.present.cells import clean

    for sentence in sentences:
        complain(clean(sentence))


def clinic_of(room: RoomService) -> Clinic:
    """The clinic of a room that is set up."""
    clinic = room.state.clinic
    if clinic is None:
        raise Ended(REFUSED, SET_UP_FIRST)
    return clinic


def refused(outcome: Refused) -> Ended:
    """How a command ends that the room refused: every reason in its own words."""
    return Ended(REFUSED, " ".join(reason.text for reason in outcome.reasons))


def day_named(text: str | None, room: RoomService) -> date:
    """The clinic day that `--date` names: YYYY-MM-DD, today, yesterday or tomorrow. Raises `Ended`."""
    today = room.day()
    match (text or "today").strip().lower():
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
        case "tomorrow":
            return today + timedelta(days=1)
        case word:
            try:
                day = date.fromisoformat(word)
            except ValueError:
                day = None
    if day is None or not 1900 <= day.year < 2200:
        raise Ended(USAGE, f"--date {word[:30]}: write a day as 2026-11-23, or today, yesterday, tomorrow.")
    return day


def hour_named(option: str, text: str) -> time:
    """A wall-clock time of day as 07:00 (or 7). Raises `Ended`."""
    hours, colon, minutes = text.strip().partition(":")
    if (hours + minutes).isascii() and hours.isdigit() and (minutes.isdigit() or not colon):
        with suppress(ValueError):
            return time(int(hours), int(minutes or "0"))
    raise Ended(USAGE, f"{option} {text[:20]}: write a time of day as 07:00.")


def moment_named(option: str, text: str, room: RoomService, day: date) -> datetime:
    """The instant that `option` names on the clinic day `day`, not in the future. Raises `Ended`."""
    from infusionroom.services.when import WhenRefused, parse_when

    try:
        return parse_when(text, room.clock.now(), clinic_of(room).timezone, day)
    except WhenRefused as why:
        raise Ended(REFUSED, f"{option}: {why.sentence}") from None
    except (ValueError, OverflowError):
        raise Ended(REFUSED, f"{option}: this is no time that can have been.") from None
