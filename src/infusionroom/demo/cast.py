"""The demonstration's day, visit by visit, made for a look at 10:42."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from infusionroom.demo.people import (
    ABARA,
    BISHOP,
    DUARTE,
    HADDAD,
    HALVORSEN,
    LINDQVIST,
    MARLOWE,
    NAKAGAWA,
    NAKAMURA,
    OKAFOR,
    OSEI,
    PETROV,
    SORENSEN,
)
from infusionroom.demo.story import (
    Dose,
    EarlyStop,
    OddReading,
    Pause,
    RateStep,
    Story,
    Unwanted,
    Waiting,
)
from infusionroom.domain.events import CourseDay

DEFAULT_SEED: Final = 1


def _mg_kg(amount: str, minutes: int = 240, *, cap: str | None = None, reason: str = "") -> Dose:
    return Dose("mg_per_kg_h", Decimal(amount), minutes, Decimal(cap) if cap else None, reason)


def _at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


_DAY: Final = (
    Story(
        number=1,
        person=MARLOWE,
        planned=_at("08:30"),
        arrives=_at("08:24"),
        start=_at("08:56"),
        chair=1,
        dose=_mg_kg("0.35", cap="25"),
        course=CourseDay(3, 5),
        infusions_before=2,
        recovery=62,
    ),
    Story(
        number=2,
        person=OKAFOR,
        planned=_at("06:30"),
        arrives=_at("06:21"),
        start=_at("06:51"),
        chair=2,
        dose=Dose("mg_per_h", Decimal(35)),
        course=CourseDay(1, 1),
        infusions_before=0,
        recovery=105,
        late_sets=((1, 0), (2, 0), (3, 0), (4, 0), (5, 4), (6, 5), (7, 5), (8, 0), (9, 4)),
        odd=(OddReading(199, "sbp", 158),),
        escort_after=152,
    ),
    Story(
        number=3,
        person=HALVORSEN,
        planned=_at("09:15"),
        arrives=_at("09:13"),
        start=_at("09:46"),
        chair=3,
        dose=_mg_kg("0.2"),
        course=CourseDay(1, 10),
        infusions_before=0,
        recovery=95,
        pauses=(Pause(50, 16, "nausea", ("ondansetron", "4 mg")),),
        unwanted=(Unwanted(50, "nausea", "moderate"),),
        late_sets=((1, 0), (2, 0), (3, 13)),
    ),
    Story(
        number=4,
        person=BISHOP,
        planned=_at("06:00"),
        arrives=_at("05:58"),
        start=_at("06:31"),
        chair=4,
        dose=_mg_kg("0.24", 150),
        course=CourseDay(1, 5),
        infusions_before=0,
        recovery=214,
        rates=(RateStep(38, 80, "dizzy and restless"), RateStep(70, 100, "comfortable again, as ordered")),
        odd=(OddReading(95, "spo2", 91, recheck=95),),
        mistaken_note="Asked for a second blanket.",
    ),
    Story(
        number=5,
        person=NAKAMURA,
        planned=_at("06:00"),
        arrives=_at("05:52"),
        start=_at("06:20"),
        chair=5,
        dose=_mg_kg("0.22"),
        course=CourseDay(4, 10),
        infusions_before=13,
        recovery=75,
    ),
    Story(
        number=6,
        person=DUARTE,
        planned=_at("06:00"),
        arrives=_at("05:55"),
        start=_at("06:26"),
        chair=6,
        dose=_mg_kg("0.2", 180),
        course=CourseDay(10, 10),
        infusions_before=9,
        recovery=65,
        waiting=Waiting(24, "escort", "escort in car"),
    ),
    Story(
        number=7,
        person=ABARA,
        planned=_at("06:15"),
        arrives=_at("06:10"),
        start=_at("06:42"),
        chair=7,
        dose=_mg_kg("0.4"),
        course=CourseDay(2, 5),
        infusions_before=1,
        recovery=78,
        odd=(OddReading(136, "sbp", 183, recheck=186),),
        early=EarlyStop(146, "pressure stayed above 180 after a pause in talking; physician asked to stop"),
        waiting=Waiting(8, "paperwork", "work letter"),
    ),
    Story(
        number=8,
        person=SORENSEN,
        planned=_at("07:00"),
        chair=8,
        dose=_mg_kg("0.3"),
        course=CourseDay(1, 5),
        infusions_before=0,
        ends="no_show",
        ended_at=_at("08:05"),
        ended_why="did not come and did not answer the phone",
    ),
    Story(
        number=9,
        person=PETROV,
        planned=_at("11:00"),
        arrives=_at("10:51"),
        start=_at("11:24"),
        chair=8,
        dose=_mg_kg("0.55", reason="one-day course, highest dose decided with the patient"),
        course=CourseDay(1, 1),
        infusions_before=0,
        recovery=128,
        consent_at_the_door=True,
        rates=(RateStep(35, 85, "lively images, wished for a little less"),),
    ),
    Story(
        number=10,
        person=NAKAGAWA,
        planned=_at("11:30"),
        arrives=_at("11:22"),
        start=_at("11:52"),
        chair=7,
        dose=_mg_kg("0.3"),
        course=CourseDay(2, 5),
        infusions_before=1,
        recovery=66,
        consent_at_the_door=True,
    ),
    Story(
        number=11,
        person=LINDQVIST,
        planned=_at("12:00"),
        arrives=_at("11:56"),
        start=_at("12:26"),
        chair=6,
        dose=_mg_kg("0.2", 180),
        course=CourseDay(7, 10),
        infusions_before=6,
        recovery=48,
        pauses=(Pause(75, 9, "went to the toilet"),),
    ),
    Story(
        number=12,
        person=OSEI,
        planned=_at("12:30"),
        arrives=_at("13:04"),
        start=_at("13:31"),
        chair=4,
        dose=_mg_kg("0.4", 150),
        course=CourseDay(4, 5),
        infusions_before=3,
        recovery=72,
        note="late arrival?",
    ),
    Story(
        number=13,
        person=HADDAD,
        planned=_at("12:15"),
        chair=5,
        dose=_mg_kg("0.2"),
        course=CourseDay(1, 10),
        infusions_before=0,
        ends="cancelled",
        ended_at=_at("09:20"),
        ended_why="has a cold; the referring office will call",
    ),
)  # fmt: skip


def stories(seed: int) -> Sequence[Story]:
    """The day's visits. The default seed's are as written; another seed deals the people and shifts the hours."""
    if seed == DEFAULT_SEED:
        return _DAY
    dice = random.Random(f"cast/{seed}")  # noqa: S311 - a play, not a secret
    people = [story.person for story in _DAY]
    dice.shuffle(people)
    dealt = []
    for story, person in zip(_DAY, people, strict=True):
        later = dice.randint(-6, 14) if story.ends == "home" else 0
        dealt.append(
            replace(
                story,
                person=person,
                arrives=story.arrives + later,
                start=story.start + later,
                recovery=max(40, story.recovery * dice.randint(85, 130) // 100),
                dose=_in_mg_per_kg(story.dose, story.person.weight_kg),
            )
        )
    return dealt


def _in_mg_per_kg(dose: Dose, weight_kg: Decimal) -> Dose:
    """A fixed rate per hour belongs to one person's weight; dealt to another it follows theirs."""
    if dose.basis == "mg_per_kg_h":
        return dose
    per_kg = (dose.amount / weight_kg).quantize(Decimal("0.01"))
    return replace(dose, basis="mg_per_kg_h", amount=per_kg)
