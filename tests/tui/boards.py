"""Boards built by hand, full and plausible: the room of eight chairs at 10:42, and one of forty."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from infusionroom.domain.board import (
    Alarm,
    Board,
    ChairLine,
    Counts,
    DayBar,
    DischargeLine,
    InfusionLine,
    Mark,
    Point,
    RecoveryLine,
    ToComeLine,
    VitalsDue,
    Who,
)
from infusionroom.domain.readiness import DISCHARGE_LABELS
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase

DAY = date(2026, 11, 23)
ZONE = "America/Chicago"


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the day, local to the clinic (UTC−6)."""
    return datetime(2026, 11, 23, hour, minute, second, tzinfo=UTC) + timedelta(hours=6)


NOW = at(10, 42)


def who(family: str, given: str, *, alike: bool = False) -> Who:
    """A person; the visit's id is the family name in small letters."""
    return Who(
        visit=family.lower(),
        family=family,
        given=given,
        short=f"{family} {given[:1]}",
        initials=given[:1] + family[:1],
        alike=alike,
    )


MARLOWE, OKAFOR, HALVORSEN = who("Marlowe", "Rosa"), who("Okafor", "Tunde"), who("Halvorsen", "Kari")
BISHOP, NAKAMURA, DUARTE = who("Bishop", "Ann"), who("Nakamura", "Jun"), who("Duarte", "Luis")
PETROV, ABARA = who("Petrov", "Ivan"), who("Abara", "Chidi")
LINDQVIST, OSEI = who("Lindqvist", "Maja"), who("Osei", "Peter")


def infusion(
    chair: int, person: Who, course: str, running_min: int, rate: str, mg: str, **more: object
) -> InfusionLine:
    """An infusion of four hours that runs at `rate` mL/h."""
    line = InfusionLine(
        chair=chair,
        who=person,
        course=course,
        paused=False,
        running_s=running_min * 60,
        wall_s=running_min * 60,
        ordered_s=240 * 60,
        rate_ml_h=Decimal(rate),
        rate_mg_h=Decimal(rate) * 2,
        given_mg=Decimal(mg),
        given_ml=Decimal(mg) / 2,
        total_mg=Decimal(rate) * 8,
        ends_at=NOW + timedelta(minutes=240 - running_min),
        vitals=VitalsDue("in", 7),
    )
    return msgspec.structs.replace(line, **more)


def points(*missing: str, not_needed: tuple[str, ...] = ()) -> tuple[Point, ...]:
    """The list for the way home with these points missing."""
    return tuple(
        Point(key, label, met=key not in missing, needed=key not in not_needed)
        for key, label in DISCHARGE_LABELS.items()
    )


def eight_chairs() -> Board:
    """The room as the sketch of the screen shows it."""
    late = Alarm(
        key="halvorsen:vitals",
        visit="halvorsen",
        chair=3,
        who=HALVORSEN,
        priority="medium",
        text="vitals 11 min late",
        begin=at(10, 31),
        limit="10 min",
    )
    ends = Alarm(
        key="okafor:vitals",
        visit="okafor",
        chair=2,
        who=OKAFOR,
        priority="low",
        text="vitals due",
        begin=at(10, 42),
    )
    pressure = Alarm(
        key="bishop:sbp",
        visit="bishop",
        chair=4,
        who=BISHOP,
        priority="low",
        text="systolic pressure 164 mmHg",
        begin=at(10, 12),
        value="164",
        limit="above 160",
        silenced=True,
        acknowledged_by="RN Lee",
    )
    chairs = (
        ChairLine(1, ChairState.OCCUPIED, MARLOWE, Phase.INFUSING, at(8, 56), 6360, 8040),
        ChairLine(2, ChairState.OCCUPIED, OKAFOR, Phase.INFUSING, at(6, 51), 13860, 540, alarm="low"),
        ChairLine(3, ChairState.OCCUPIED, HALVORSEN, Phase.PAUSED, at(10, 36), 360, None, "nausea", "medium"),
        ChairLine(4, ChairState.OCCUPIED, BISHOP, Phase.RECOVERING, at(9, 1), 6060, alarm="low"),
        ChairLine(5, ChairState.OCCUPIED, NAKAMURA, Phase.RECOVERING, at(10, 20), 1320),
        ChairLine(6, ChairState.OCCUPIED, DUARTE, Phase.READY, at(10, 31), 660),
        ChairLine(7, ChairState.CLEANING, since=at(10, 34), elapsed_s=480),
        ChairLine(8, ChairState.OPEN, next_who=PETROV, next_at=at(11)),
    )
    return Board(
        clinic="Northside Infusion",
        timezone=ZONE,
        day=DAY,
        now=NOW,
        opens_at=at(7),
        closes_at=at(18),
        last_start=at(12, 10),
        counts=Counts(to_come=4, infusing=2, paused=1, recovering=2, ready=1, left=1),
        alarms=(late, ends, pressure),
        chairs=chairs,
        infusions=(
            infusion(1, MARLOWE, "3/5", 106, "25.0", "44.2"),
            infusion(2, OKAFOR, "1/1", 231, "35.0", "134.8", vitals=VitalsDue("due"), alarm="low"),
            infusion(
                3,
                HALVORSEN,
                "1/10",
                50,
                "25.0",
                "10.4",
                paused=True,
                pause_why="nausea",
                vitals=VitalsDue("medium", 11),
                alarm="medium",
            ),
        ),
        recovery=(
            RecoveryLine(
                4, BISHOP, at(9, 1), 6060, 7200, False, 1, (2, 5, 7, 8), 9,
                VitalsDue("in", 12), at(11, 5), at(12, 20), "low",
            ),
            RecoveryLine(
                5, NAKAMURA, at(10, 20), 1320, 3600, True, 14, (5,), None, VitalsDue("in", 8), at(11, 15), at(12, 5)
            ),
        ),
        discharge=(
            DischargeLine(6, DUARTE, Phase.READY, 10, points(), at(10, 31), 660, "escort in car"),
            DischargeLine(
                4, BISHOP, Phase.RECOVERING, 8,
                points("padss", "iv_out", "escort", "instructions", "signed", not_needed=("oral_ketamine",)),
                None, 0, "",
            ),
        ),
        to_come=(
            ToComeLine(
                PETROV,
                Phase.PLANNED,
                at(11),
                "1/1",
                0,
                "0.5 mg/kg/h",
                (
                    Mark("consent", "consent missing", "must"),
                    Mark("allergy", "allergy: latex", "mind"),
                    Mark("first time", "first time", "mind"),
                ),
            ),
            ToComeLine(ABARA, Phase.PLANNED, at(11, 30), "2/5", 0, "0.4 mg/kg/h"),
            ToComeLine(
                LINDQVIST,
                Phase.PLANNED,
                at(12),
                "7/10",
                0,
                "25 mg/h",
                (Mark("experienced", "12th infusion", "know"),),
            ),
            ToComeLine(OSEI, Phase.PLANNED, at(12, 30), "4/5", 0, "0.5 mg/kg/h", note="late arrival?"),
        ),
        bars=(
            DayBar(1, "infusion", at(8, 56), NOW, MARLOWE),
            DayBar(1, "planned", NOW, at(12, 56), MARLOWE),
            DayBar(1, "forecast", at(12, 56), at(14, 56), MARLOWE),
            DayBar(2, "infusion", at(6, 51), NOW, OKAFOR),
            DayBar(2, "planned", NOW, at(10, 51), OKAFOR),
            DayBar(2, "forecast", at(10, 51), at(12, 51), OKAFOR),
            DayBar(2, "planned", at(13), at(17), LINDQVIST),
            DayBar(3, "infusion", at(9, 46), at(10, 36), HALVORSEN),
            DayBar(3, "pause", at(10, 36), NOW, HALVORSEN),
            DayBar(3, "planned", NOW, at(14, 2), HALVORSEN),
            DayBar(3, "forecast", at(14, 2), at(16, 2), HALVORSEN),
            DayBar(4, "infusion", at(7), at(9, 1), BISHOP),
            DayBar(4, "recovery", at(9, 1), NOW, BISHOP),
            DayBar(4, "forecast", NOW, at(12, 20), BISHOP),
            DayBar(5, "infusion", at(7, 20), at(10, 20), NAKAMURA),
            DayBar(5, "recovery", at(10, 20), NOW, NAKAMURA),
            DayBar(5, "forecast", NOW, at(12, 5), NAKAMURA),
            DayBar(6, "infusion", at(7), at(9, 30), DUARTE),
            DayBar(6, "recovery", at(9, 30), at(10, 31), DUARTE),
            DayBar(6, "ready", at(10, 31), NOW, DUARTE),
            DayBar(7, "cleaning", at(10, 34), NOW),
            DayBar(8, "planned", at(11), at(17), PETROV),
        ),
        head=120,
    )  # fmt: skip


_FAMILIES = (
    "Adler", "Benito", "Castell", "Dufour", "Eklund", "Farah", "Grieg", "Hassan", "Ibarra", "Jansen", "Kovacs",
    "Laurent", "Mbeki", "Novak", "Oduya", "Park", "Quiroga", "Rossi", "Silva", "Tanaka", "Ueda", "Varga", "Weiss",
    "Ximenes", "Yilmaz", "Zeman", "Arslan", "Brandt", "Cisse", "Dahl", "Engel", "Fischer", "Garnier", "Horvat",
)  # fmt: skip


def forty_chairs() -> Board:
    """A big room: thirty people infusing, two recovering, two ready, six chairs open."""
    people = [who(family, "Kim") for family in _FAMILIES]
    chairs, infusions, recovery, discharge, bars = [], [], [], [], []
    for number in range(1, 41):
        if number > len(people):
            chairs.append(ChairLine(number, ChairState.OPEN))
            continue
        person = people[number - 1]
        if number <= 30:
            running = (number * 7) % 230 + 5
            chairs.append(
                ChairLine(
                    number,
                    ChairState.OCCUPIED,
                    person,
                    Phase.INFUSING,
                    NOW - timedelta(minutes=running),
                    running * 60,
                    (240 - running) * 60,
                )
            )
            infusions.append(infusion(number, person, "2/5", running, "20.0", f"{running * 2 / 3:.1f}"))
            bars.append(DayBar(number, "infusion", NOW - timedelta(minutes=running), NOW, person))
            bars.append(DayBar(number, "planned", NOW, NOW + timedelta(minutes=240 - running), person))
        else:
            ready = number > 32
            phase = Phase.READY if ready else Phase.RECOVERING
            chairs.append(ChairLine(number, ChairState.OCCUPIED, person, phase, at(9), 6120))
            discharge.append(
                DischargeLine(number, person, phase, 9, points("escort"), at(10) if ready else None, 2520, "")
            )
            if not ready:
                recovery.append(
                    RecoveryLine(
                        number,
                        person,
                        at(9),
                        6120,
                        7200,
                        False,
                        1,
                        (6, 9),
                        9,
                        VitalsDue("in", 9),
                        at(11),
                        at(12),
                    )
                )
    return msgspec.structs.replace(
        eight_chairs(),
        clinic="Southside Infusion",
        counts=Counts(to_come=4, infusing=30, recovering=2, ready=2),
        alarms=(),
        chairs=tuple(chairs),
        infusions=tuple(sorted(infusions, key=lambda line: line.ends_at)),
        recovery=tuple(recovery),
        discharge=tuple(discharge),
        bars=tuple(bars),
    )
