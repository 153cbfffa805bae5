"""Makes the pictures in this folder from the demonstration, at a fixed date, time and clock.

    python screenshots/make.py            make them anew
    python screenshots/make.py --check    say which ones no longer show what the program shows (exit 1)

The SVGs come from the screens themselves and are the same bytes each time; what `--check` compares is their text.
The PNGs are what a browser (chromium) makes of them and of the summary's page; they are not compared.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

    from infusionroom.services.room import RoomService

HERE: Final = Path(__file__).parent
DAY: Final = date(2026, 11, 23)
MORNING, EVENING = time(10, 42), time(19, 0)
DEADLINE_S: Final = 30.0
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


class Picture(NamedTuple):
    """One screen: its file's name, the terminal's size, the keys that lead to it, and what it then shows.

    Between the keys stands, after `~`, what has to be on the screen before the next one. `wall` is the wall view.
    """

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    shows: str = "Marlowe"
    wall: bool = False


PICTURES: Final = (
    Picture("board-80x24", (80, 24)),
    Picture("board-120x40", (120, 40)),
    Picture("board-200x60", (200, 60)),
    Picture("visit-120x40", (120, 40), ("4", "enter"), "PADSS"),
    Picture("form-vitals-120x40", (120, 40), ("1", "v"), "SBP"),
    Picture("course-120x40", (120, 40), ("1", "D"), "substantial relief"),
    Picture("booking-120x40", (120, 40), ("1", "H", "~Visits  ", "b", "~Kind", "enter"), "Thanksgiving"),
    Picture("two-weeks-120x40", (120, 40), ("t", "~Schedule", "v"), "usual infusions"),
    Picture("wall-120x40", (120, 40), shows="to come", wall=True),
    Picture("patient-80x24", (80, 24), ("1", "H"), "pain physician"),
)
SUMMARY_SIZE: Final = (1280, 1810)


def main() -> int:
    """The exit status: 0, or 1 where `--check` found a stale picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare the SVGs' text, write nothing")
    parser.add_argument("--no-browser", action="store_true", help="leave the PNGs as they are")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="infusionroom-pictures-") as folder:
        morning = demonstration_room(Path(folder), MORNING)
        try:
            drawn = {picture: asyncio.run(draw(picture, morning)) for picture in PICTURES}
        finally:
            morning.close()
        if asked.check:
            return report_stale(drawn)
        for picture, svg in drawn.items():
            (HERE / f"{picture.name}.svg").write_text(svg, encoding="utf-8")
        if not asked.no_browser:
            for picture, svg in drawn.items():
                photograph(HERE / f"{picture.name}.svg", size_of(svg), Path(folder))
            photograph(summary_page(Path(folder)), SUMMARY_SIZE, Path(folder))
    return 0


def demonstration_room(folder: Path, at: time) -> RoomService:
    """The demonstration's room on the fixed day, with a clock that stands still at `at`."""
    from infusionroom.bootstrap import open_room
    from infusionroom.demo import DEFAULT_SEED
    from infusionroom.demo.courses import everything
    from infusionroom.demo.people import TIMEZONE
    from infusionroom.demo.playing import played
    from infusionroom.domain.day import at_local
    from infusionroom.services.clock import FrozenClock

    moment = at_local(DAY, at, TIMEZONE)
    clock = FrozenClock(moment)
    room = open_room(f"sqlite:///{folder / f'{at:%H%M}.sqlite'}", clock=clock)
    played(room, everything(DAY, DEFAULT_SEED), moment)
    room.refresh()
    return room


# ── the terminal's screens ──────────────────────────────────────────────────────────────────────────────────


async def draw(picture: Picture, room: RoomService) -> str:
    """The screen as SVG, the same bytes each time."""
    from infusionroom.demo import CHARGE_NURSE, TERMINAL
    from infusionroom.tui.app import InfusionRoomApp
    from infusionroom.tui.wall_app import WallApp

    class StillApp(InfusionRoomApp):
        """The app without anything that depends on the moment at which it is looked at."""

        @property
        def flashing(self) -> bool:
            return False

    board = StillApp(room, actor=CHARGE_NURSE, terminal=TERMINAL)
    app: App[int] = WallApp(lambda: room) if picture.wall else board
    async with app.run_test(size=picture.size) as pilot:
        if not picture.wall:
            await until(pilot, lambda: "Marlowe" in screen_text(app))
        for key in picture.keys:
            if key.startswith("~"):
                awaited = key.removeprefix("~")
                await until(pilot, partial(shows, app, awaited))
                continue
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, lambda: picture.shows in screen_text(app))
        for _ in range(3):
            await pilot.pause()
        return settled(app.export_screenshot(title=" "), picture.name)


def shows(app: App[int], text: str) -> bool:
    return text in screen_text(app)


async def until(pilot: Pilot[int], so: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_S
    while not so():
        if loop.time() > deadline:
            raise TimeoutError(f"the screen never showed it:\n{screen_text(pilot.app)}")
        await pilot.pause(0.02)


def screen_text(app: App[int]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def settled(svg: str, name: str) -> str:
    """Without links to fonts on somebody's server, and with ids that follow from the picture's name."""
    svg = re.sub(r"@font-face\s*{[^}]*}", "", svg)
    svg = re.sub(r"terminal-\d+", f"screen-{name}", svg)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono")
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    return re.sub(r"\n\s*\n+", "\n", svg).strip() + "\n"


def words_of(svg: str) -> list[str]:
    """What an SVG says, line by line."""
    return [
        html.unescape(text).replace("\xa0", " ").rstrip()
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    ]


def report_stale(drawn: dict[Picture, str]) -> int:
    stale = 0
    for picture, svg in drawn.items():
        path = HERE / f"{picture.name}.svg"
        kept = words_of(path.read_text(encoding="utf-8")) if path.exists() else []
        now = words_of(svg)
        if kept != now:
            stale += 1
            first = next((pair for pair in zip(kept, now, strict=False) if pair[0] != pair[1]), ("", ""))
            say(f"{path.name} is stale: it says {first[0]!r} where the screen says {first[1]!r}")
    if stale:
        say("Run: python screenshots/make.py")
    return 1 if stale else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


# ── the browser's pictures ──────────────────────────────────────────────────────────────────────────────────


def summary_page(folder: Path) -> Path:
    """The summary of the whole day as a page."""
    from infusionroom.report import render
    from infusionroom.services.summary import day_summary

    room = demonstration_room(folder, EVENING)
    try:
        page = folder / "summary.html"
        page.write_text(render(day_summary(room, DAY), "html"), encoding="utf-8")
    finally:
        room.close()
    return page


def size_of(svg: str) -> tuple[int, int]:
    """Width and height of an SVG in whole pixels."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found
    return math.ceil(float(found[1])), math.ceil(float(found[2]))


def photograph(page: Path, size: tuple[int, int], folder: Path) -> None:
    """What a browser shows of a page, as a PNG of the page's name in this folder."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit("The PNGs need chromium; with --no-browser they are left as they are.")
    picture = folder / f"{page.stem}.png"
    width, height = size
    done = subprocess.run(  # noqa: S603 - our own words alone
        [
            browser,
            *BROWSER_FLAGS,
            f"--user-data-dir={tempfile.mkdtemp(dir=folder)}",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )
    if done.returncode or not picture.exists():
        sys.exit(f"{browser} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-400:]}")
    shutil.copyfile(picture, HERE / picture.name)


if __name__ == "__main__":
    sys.exit(main())
