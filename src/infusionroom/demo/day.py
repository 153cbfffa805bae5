"""A clinic day as a list of acts: pure, seeded, and plausible; every act is a command like anybody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec.structs import replace

from infusionroom.demo.cast import DEFAULT_SEED, stories
from infusionroom.demo.life import Life, Step, midnight_of
from infusionroom.demo.people import (
    CHAIRS,
    CHARGE_NURSE,
    CLERK,
    CLINIC_NAME,
    NURSES,
    PHYSICIAN,
    TIMEZONE,
)
from infusionroom.demo.story import Story
from infusionroom.domain import commands as cmd
from infusionroom.domain.day import at_local
from infusionroom.domain.events import Role

OPENS: Final = time(6)
CLOSES: Final = time(18, 30)


def setting_up(day: date, timezone: str = TIMEZONE) -> list[Step]:
    """The room and its people, set up on the day before this one."""
    at = at_local(day - timedelta(days=1), time(16), timezone)
    people: list[tuple[str, Role]] = [(nurse, "nurse") for nurse in NURSES if nurse != CHARGE_NURSE]
    people += [(PHYSICIAN, "prescriber"), (CLERK, "back office")]
    setup = cmd.SetUpRoom(
        name=CLINIC_NAME,
        timezone=timezone,
        opens=OPENS,
        closes=CLOSES,
        chairs=CHAIRS,
        first_user=CHARGE_NURSE,
    )
    steps = [Step(at, CHARGE_NURSE, setup)]
    steps += [Step(at, CHARGE_NURSE, cmd.AddPerson(name=name, role=role)) for name, role in people]
    return [replace(s, command=replace(s.command, id=f"demo-setup-{n}")) for n, s in enumerate(steps)]


def day_steps(
    day: date,
    seed: int = DEFAULT_SEED,
    *,
    told: Sequence[Story] | None = None,
    timezone: str = TIMEZONE,
    shifted: timedelta = timedelta(0),
) -> list[Step]:
    """Every act of a clinic day in the order of time, its planning on the day before included.

    `shifted` moves the day itself, not its planning. Same arguments, same steps: their commands carry ids that
    follow from them.
    """
    sent_at = at_local(day - timedelta(days=1), time(17), timezone)
    midnight = midnight_of(day, timezone) + shifted
    lives = [Life(story, day, midnight, seed) for story in (stories(seed) if told is None else told)]
    for number, life in enumerate(lives):
        life.plan(sent_at + timedelta(seconds=2 * number))
    lived(lives, midnight)
    return in_order((step for life in lives for step in life.steps), f"demo-{day:%Y%m%d}-{seed}")


def lived(lives: Iterable[Life], midnight: datetime) -> None:
    """The day of everybody who comes, each in a chair that is free by then."""
    free = dict.fromkeys(range(1, CHAIRS + 1), midnight)
    for life in sorted((x for x in lives if x.story.ends == "home"), key=lambda x: x.wants_chair_at):
        chair, seated = _chair_for(life, free)
        life.live(chair, seated)
        free[chair] = life.free_at


def _chair_for(life: Life, free: dict[int, datetime]) -> tuple[int, datetime]:
    """The chair it would like if that is free by then, else another, else the first that gets free."""
    wanted = life.wants_chair_at
    if free[life.story.chair] <= wanted:
        return life.story.chair, wanted
    chair = min(free, key=lambda c: (max(free[c], wanted), c))
    return chair, max(free[chair], wanted)


def in_order(steps: Iterable[Step], prefix: str) -> list[Step]:
    """The steps in the order of time, each with an id: its own, or one that follows from its place."""
    ordered = sorted(steps, key=lambda step: step.at)
    return [
        replace(s, command=replace(s.command, id=s.command.id or f"{prefix}-{n}"))
        for n, s in enumerate(ordered)
    ]
