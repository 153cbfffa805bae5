"""What needs a hand, from what was charted. After IEC 60601-1-8 in meaning only: this is not an alarm system.

A first medium reading asks for a recheck; a second one confirms it. A high one counts at once and latches until
somebody has seen it; a medium one that is over stays in the list; a low one clears itself. What is missing never
alarms as loudly as what is bad. An acknowledgement silences only what was active then, and lapses.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.board import Alarm, Priority, Who
from infusionroom.domain.clinic import Rules
from infusionroom.domain.names import who_of
from infusionroom.domain.visit import AFTER_INFUSION, RUNNING, Phase, Stated, Visit
from infusionroom.domain.vitals import SIGN_NAMES, Breach, in_range
from infusionroom.domain.vitals_due import Anchors, due_state, next_due

RANK: Final[dict[Priority, int]] = {"low": 0, "medium": 1, "high": 2}


class Episode(msgspec.Struct, frozen=True):
    """A stretch in which one sign stayed outside a limit, from the reading that showed it.

    `recheck` marks a first medium reading that no second one has confirmed yet.
    """

    priority: Priority
    entry: int
    begin: datetime
    breach: Breach
    recheck: bool = False
    end: datetime | None = None

    @property
    def key(self) -> str:
        level = "recheck" if self.recheck else self.priority
        return f"{self.breach.sign}:{level}:{self.entry}"


def alarms_of(visit: Visit, rules: Rules, now: datetime, who: Who | None = None) -> tuple[Alarm, ...]:
    """Everything of this visit that needs a hand at `now`, the highest first, then the oldest."""
    if not visit.here:
        return ()
    person = who or who_of(visit)
    found = [
        *(
            (_of_episode(visit, person, episode, rules), episode.end or now)
            for episode in episodes(visit, rules, now)
        ),
        (_vitals_missing(visit, person, rules, now), now),
        (_infusion_over(visit, person, now), now),
    ]
    alarms = [_acknowledged(visit, alarm, rules, now, until) for alarm, until in found if alarm is not None]
    standing = [a for a in alarms if a.active or not a.acknowledged_by]
    return tuple(sorted(standing, key=urgency))


def urgency(alarm: Alarm) -> tuple[bool, bool, int, datetime]:
    """The order in which alarms are shown: what is on the strip first, then loud, then old."""
    return (not on_the_strip(alarm), alarm.silenced, -RANK[alarm.priority], alarm.begin)


def on_the_strip(alarm: Alarm) -> bool:
    """Active ones, and high ones that nobody has seen; a medium one that is over stays in the list alone."""
    return alarm.active or alarm.priority == "high"


def anchors_of(visit: Visit, now: datetime) -> Anchors:
    """What the vitals plan hangs on for this visit, of the sets taken up to `now`."""
    infusion = visit.infusion
    return Anchors(
        started_at=infusion.started_at if infusion else None,
        rises=infusion.rises if infusion else (),
        stopped_at=infusion.stopped_at if infusion else None,
        taken=tuple(s.at for s in visit.full_sets() if s.at <= now),
    )


def episodes(visit: Visit, rules: Rules, now: datetime) -> Iterator[Episode]:
    """The stretches outside limits, sign by sign, that the readings up to `now` show; low ones only while on."""
    baseline = visit.baseline()
    readings = [(r, in_range(r.body, baseline, rules.limits)) for r in visit.vitals if r.at <= now]
    for sign in SIGN_NAMES:
        current: Episode | None = None
        for reading, breaches in readings:
            if getattr(reading.body, sign) is None:
                continue
            breach = next((b for b in breaches if b.sign == sign), None)
            before, current = current, _after(current, reading, breach)
            if before and _outlives(before, current):
                yield msgspec.structs.replace(before, end=reading.at)
        if current:
            yield current


def _after(current: Episode | None, reading: Stated[ev.VitalsTaken], breach: Breach | None) -> Episode | None:
    """The episode that holds after one more reading of the sign."""
    if breach is None:
        return None
    known = current.breach.priority if current else None
    if current and known == breach.priority and not current.recheck:
        return msgspec.structs.replace(current, breach=breach)
    first_medium = breach.priority == "medium" and known not in ("medium", "high")
    return Episode(
        priority="low" if first_medium else breach.priority,
        entry=reading.entry,
        begin=reading.at,
        breach=breach,
        recheck=first_medium,
    )


def _outlives(before: Episode, after: Episode | None) -> bool:
    """Whether an episode that is no longer the current one stays to be seen: a louder one that calmed down."""
    if before.recheck or before.priority == "low":
        return False
    return after is None or RANK[after.priority] < RANK[before.priority]


def _of_episode(visit: Visit, who: Who, episode: Episode, rules: Rules) -> Alarm:
    breach = episode.breach
    text = f"{breach.text}; recheck within {rules.vitals.recheck_min} min" if episode.recheck else breach.text
    return Alarm(
        key=episode.key,
        visit=visit.id,
        chair=visit.chair,
        who=who,
        priority=episode.priority,
        text=text,
        begin=episode.begin,
        value=str(breach.value),
        limit=breach.limit,
        active=episode.end is None,
    )


def _acknowledged(visit: Visit, alarm: Alarm, rules: Rules, now: datetime, until: datetime) -> Alarm:
    """The alarm with who has seen it; a bad medium value that nobody sees in time becomes high, and stays so.

    `until` is when the cause was gone, or now: what nobody has seen grows louder only while it lasts.
    """
    escalates = timedelta(seconds=rules.alarms.medium_escalates_s)
    may_escalate = alarm.priority == "medium" and bool(alarm.value)
    seen = sorted(
        (a for a in visit.acknowledged if alarm.key in a.body.alarms and a.at <= now), key=lambda a: a.at
    )
    unseen_since = alarm.begin
    for at in (*(a.at for a in seen), None):
        if may_escalate and min(at or now, until) - unseen_since >= escalates:
            alarm = msgspec.structs.replace(alarm, priority="high")
            may_escalate = False
        if at is not None:
            unseen_since = at + _lapse(alarm, rules)
    if not seen:
        return alarm
    return msgspec.structs.replace(alarm, acknowledged_by=seen[-1].by, silenced=now < unseen_since)


def _lapse(alarm: Alarm, rules: Rules) -> timedelta:
    high, medium = rules.alarms.high_ack_lapses_s, rules.alarms.medium_ack_lapses_s
    return timedelta(seconds=high if alarm.priority == "high" else medium)


def _vitals_missing(visit: Visit, who: Who, rules: Rules, now: datetime) -> Alarm | None:
    """Vitals overdue: one line a person, low and then medium, never high."""
    if visit.phase not in RUNNING | AFTER_INFUSION:
        return None
    due = next_due(anchors_of(visit, now), rules.vitals)
    if due is None:
        return None
    state = due_state(due, now, rules.vitals)
    if state.kind not in ("low", "medium"):
        return None
    priority: Priority = "medium" if state.kind == "medium" else "low"
    after_min = rules.vitals.medium_after_min if priority == "medium" else rules.vitals.low_after_min
    return Alarm(
        key=f"vitals:{priority}:{int(due.timestamp())}",
        visit=visit.id,
        chair=visit.chair,
        who=who,
        priority=priority,
        text=f"vitals {_late(state.minutes)} late",
        begin=due + timedelta(minutes=after_min),
    )


def _late(minutes: int) -> str:
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"


def _infusion_over(visit: Visit, who: Who, now: datetime) -> Alarm | None:
    infusion = visit.infusion
    if visit.phase is not Phase.INFUSING or infusion is None:
        return None
    left_s = infusion.left_s(now)
    if left_s > 0:
        return None
    return Alarm(
        key=f"over:low:{int(infusion.started_at.timestamp())}",
        visit=visit.id,
        chair=visit.chair,
        who=who,
        priority="low",
        text="the ordered time is over: end it",
        begin=now + timedelta(seconds=left_s),
    )
