"""What a nurse would measure: vitals, pain and scores that move the way they do around such an infusion."""

from __future__ import annotations

import random
from typing import Any

from infusionroom.demo.story import Person
from infusionroom.domain import events as ev

ONSET_MIN = 60
FADE_MIN = 45
PRESSURE_RISE = 0.11
PULSE_RISE = 0.09


class Bedside:
    """One person's measurements in the course of a day, with a small spread drawn from `dice`."""

    def __init__(self, person: Person, dice: random.Random) -> None:
        self._person, self._dice = person, dice
        self._relief = dice.uniform(0.3, 0.65)

    def baseline(self) -> ev.VitalsTaken:
        return self._vitals(0.0, moaas=5)

    def running(self, minutes: float, **odd: Any) -> ev.VitalsTaken:
        """So many minutes into the infusion; ketamine raises pressure and pulse a little."""
        effect = min(1.0, minutes / ONSET_MIN)
        return self._vitals(effect, moaas=5 if effect < 0.5 or self._dice.random() < 0.4 else 4, **odd)

    def recovering(self, minutes: float) -> ev.VitalsTaken:
        """So many minutes after the stop."""
        effect = max(0.0, 1.0 - minutes / FADE_MIN)
        return self._vitals(effect, moaas=5 if minutes >= 15 else 4)

    def _vitals(self, effect: float, *, moaas: int, **odd: Any) -> ev.VitalsTaken:
        person, near = self._person, self._dice.randint
        signs: dict[str, Any] = {
            "sbp": round(person.sbp * (1 + PRESSURE_RISE * effect)) + near(-3, 3),
            "dbp": round(person.dbp * (1 + PRESSURE_RISE * effect)) + near(-2, 2),
            "hr": round(person.hr * (1 + PULSE_RISE * effect)) + near(-3, 3),
            "rr": near(13, 16),
            "spo2": near(96, 99) - (1 if effect > 0.6 else 0),
            "moaas": moaas,
        }
        return ev.VitalsTaken(**(signs | odd))

    def pain_before(self) -> ev.PainRated:
        worst = min(10, self._person.pain + 1)
        return ev.PainRated(
            nrs=self._person.pain,
            average_24h=self._person.pain,
            worst=worst,
            least=max(0, self._person.pain - 2),
        )

    def pain(self, progress: float) -> int:
        """NRS at a share of the whole infusion."""
        return max(0, round(self._person.pain * (1 - self._relief * min(1.0, progress))))

    def aldrete(self, minutes: float) -> ev.AldreteScored:
        awake = 2 if minutes >= 15 else 1
        return ev.AldreteScored(activity=2, respiration=2, circulation=2, consciousness=awake, spo2=2)

    def padss(self, progress: float) -> ev.PadssScored:
        """Rises from 5 or 6 to 10 with the share of the recovery that is over."""
        nrs = self.pain(1.0)
        return ev.PadssScored(
            vital_signs=2 if progress >= 0.6 else 1,
            walking=2 if progress >= 0.8 else 1 if progress >= 0.4 else 0,
            nausea=2 if progress >= 0.3 else 1,
            bleeding=2,
            nrs=nrs,
            acceptable=progress >= 0.15 and nrs > 3,
        )
