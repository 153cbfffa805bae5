"""How long recovery takes, with those still here counted as still here.

Nobody can predict recovery, and whoever is slow is the last to leave: to count only those who are ready would
call every afternoon a quick one. So whoever is still recovering, or went home before being ready, counts as
"at least this long" (right-censored; product-limit estimator, Kaplan and Meier 1958), in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Final

import msgspec

from infusionroom.domain.visit import Visit

HALF: Final = Fraction(1, 2)


class Recovery(msgspec.Struct, frozen=True):
    """One recovery from the stop of the pump: `lasted_s` until ready, or at least so long if not `over`."""

    lasted_s: int
    over: bool


class RecoveryFigures(msgspec.Struct, frozen=True):
    """The recoveries of a day. Each is from the stop of the pump to the sign-off (ready).

    `ended` became ready, `still_here` are recovering, `left_before_ready` went home against advice.
    `median_s` is None while more than half are not known to be over. `longest_s` is the longest seen;
    `longest_open` says that this one was not over, so that it is `or longer`.
    """

    ended: int
    still_here: int
    left_before_ready: int
    median_s: int | None
    shortest_s: int | None
    longest_s: int | None
    longest_open: bool

    @property
    def counted(self) -> int:
        return self.ended + self.still_here + self.left_before_ready


def recovery_figures(visits: Iterable[Visit], at: datetime) -> RecoveryFigures:
    """The recoveries of these visits as they stand `at`."""
    recoveries: list[Recovery] = []
    still_here = 0
    for visit in visits:
        if visit.stopped_at is None or visit.stopped_at > at:
            continue
        end = visit.ready_at or visit.left_at or at
        still_here += visit.ready_at is None and visit.left_at is None
        lasted_s = int((end - visit.stopped_at).total_seconds())
        recoveries.append(Recovery(lasted_s, over=visit.ready_at is not None))
    ended = [r.lasted_s for r in recoveries if r.over]
    longest = max((r.lasted_s for r in recoveries), default=None)
    return RecoveryFigures(
        ended=len(ended),
        still_here=still_here,
        left_before_ready=len(recoveries) - len(ended) - still_here,
        median_s=median_s(recoveries),
        shortest_s=min(ended, default=None),
        longest_s=longest,
        longest_open=longest is not None and longest > max(ended, default=-1),
    )


def survival(recoveries: Iterable[Recovery]) -> list[tuple[int, Fraction]]:
    """The share still recovering after each time at which one ended, times rising (Kaplan and Meier 1958).

    One that is censored at the very time another ended was still at risk then.
    """
    known = list(recoveries)
    share = Fraction(1)
    curve: list[tuple[int, Fraction]] = []
    for time_s in sorted({r.lasted_s for r in known if r.over}):
        at_risk = sum(r.lasted_s >= time_s for r in known)
        ended = sum(r.over and r.lasted_s == time_s for r in known)
        share *= Fraction(at_risk - ended, at_risk)
        curve.append((time_s, share))
    return curve


def median_s(recoveries: Iterable[Recovery]) -> int | None:
    """The time by which half have recovered, whole seconds; None where that is not reached yet.

    Where exactly half have recovered from one time until the next, the middle between both, half a second
    dropped: with everybody recovered this is the ordinary median.
    """
    curve = survival(recoveries)
    for index, (time_s, share) in enumerate(curve):
        if share < HALF:
            return time_s
        if share == HALF:
            following = curve[index + 1][0] if index + 1 < len(curve) else time_s
            return (time_s + following) // 2
    return None
