"""Whether days that somebody wants can be booked: open days, hours, chairs, and a nurse for each start.

Everything is compared in UTC; the clinic's zone only says when its door opens and closes on a day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.day import at_local, clinic_day, day_bounds, local
from infusionroom.domain.outcome import Reason
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.stays import ChairPlan, Stay, recovery_min, stay_of, too_near
from infusionroom.domain.working_days import closed_because, day_text

__all__ = ["Stay", "Wanted", "problems", "recovery_min", "stay_of", "stay_wanted"]


class Wanted(msgspec.Struct, frozen=True):
    """A day somebody wants: the infusion's start (aware), its minutes, the usual recovery, a chair or any.

    `visit` is the visit that becomes this day, where there is one: what is booked for it counts no more.
    """

    start: datetime
    infusion_min: int
    recovery_min: int
    chair: int | None = None
    visit: str = ""

    @property
    def home(self) -> datetime:
        """When the usual recovery is over."""
        return self.start + timedelta(minutes=self.infusion_min + self.recovery_min)


def stay_wanted(wanted: Wanted, clinic: Clinic) -> Stay:
    until = wanted.home + timedelta(minutes=clinic.rules.chair_turnover_min)
    return Stay(wanted.start, until, wanted.chair, wanted.visit, wanted.start)


def opening(clinic: Clinic, day: date) -> tuple[datetime, datetime]:
    """When the door opens and closes on a day, as UTC instants."""
    return at_local(day, clinic.opens, clinic.timezone), at_local(day, clinic.closes, clinic.timezone)


def clock(instant: datetime, clinic: Clinic) -> str:
    """What the clinic's wall clock shows: `08:15`."""
    return f"{local(instant, clinic.timezone):%H:%M}"


def problems(
    clinic: Clinic,
    holidays: Mapping[date, str],
    booked: Iterable[VisitRecord],
    wanted: Sequence[Wanted],
    *,
    patient_ids: Collection[str] = (),
    now: datetime | None = None,
) -> tuple[Reason, ...]:
    """Why these days, all of one person, cannot be booked together; nothing where they can.

    `booked` are the visits of the days wanted, `patient_ids` the person's own and those of their duplicates, and
    with `now` whoever is still here then keeps the chair. Rules: `closed_day`, `before_opening`, `after_closing`,
    `same_day`, `no_chair`; and, with a reason for over-booking, `full`, `chair_booked` and `two_starts`.
    """
    moved = {w.visit for w in wanted if w.visit}
    rows = [row for row in booked if not row.off and row.visit not in moved]
    stays = [stay_of(row, clinic, now) for row in rows]
    own_days = {row.day: row.visit for row in rows if row.patient_id in patient_ids and counts_as_day(row)}
    found: list[Reason] = []
    for place, one in enumerate(wanted):
        others = [w for n, w in enumerate(wanted) if n != place]
        kept = [*stays, *(stay_wanted(w, clinic) for w in others)]
        earlier = {clinic_day(w.start, clinic.timezone): w.visit for w in wanted[:place]}
        found += _of_the_day(clinic, holidays, one, own_days | earlier)
        found += _of_the_room(clinic, kept, one)
    return tuple(found)


def counts_as_day(row: VisitRecord) -> bool:
    """Whether a visit is a day of its person: somebody sent home without an infusion may come again that day."""
    return not row.off and (row.left_at is None or row.started_at is not None)


def _of_the_day(
    clinic: Clinic, holidays: Mapping[date, str], one: Wanted, own_days: Mapping[date, str]
) -> Iterable[Reason]:
    day = clinic_day(one.start, clinic.timezone)
    name, at = day_text(day), clock(one.start, clinic)
    closed = closed_because(clinic, holidays, day)
    if closed is not None:
        yield Reason("closed_day", f"{name} is {closed}: choose a working day.")
    opens, closes = opening(clinic, day)
    if one.start < opens:
        yield Reason("before_opening", f"{name} {at}: the door opens at {clinic.opens:%H:%M}. Start later.")
    if one.home > closes:
        same = clinic_day(one.home, clinic.timezone) == day
        end = f"at {clock(one.home, clinic)}" if same else "on a later day"
        yield Reason(
            "after_closing",
            f"{name} {at}: infusion and usual recovery end {end}, the door closes at {clinic.closes:%H:%M}. "
            "Start earlier.",
        )
    if day in own_days:
        yield Reason(
            "same_day",
            f"{name}: this person is already booked on this day. Choose another day.",
            visits=_named(own_days[day]),
        )
    if one.chair is not None and not 1 <= one.chair <= clinic.chairs:
        yield Reason("no_chair", f"There is no chair {one.chair}: choose 1 to {clinic.chairs}.")


def _of_the_room(clinic: Clinic, kept: Sequence[Stay], one: Wanted) -> Iterable[Reason]:
    day = clinic_day(one.start, clinic.timezone)
    at = f"{day_text(day)} {clock(one.start, clinic)}"
    stay = stay_wanted(one, clinic)
    plan = ChairPlan(on_day(kept, day, clinic), clinic.chairs)
    free = plan.free_chairs(stay.since, stay.until)
    there = _named(*(other.visit for other in plan.stays if other.overlaps(stay)))
    if not free:
        yield Reason(
            "full",
            f"{at}: no chair is free until {clock(stay.until, clinic)}. Choose another time, or over-book with a "
            "reason.",
            overridable=True,
            visits=there,
        )
    elif one.chair is None and not plan.seats_anywhere(stay.since, stay.until):
        yield Reason(
            "full",
            f"{at}: there is no room without a given chair. Choose chair {free[0]}, which is free, or over-book "
            "with a reason.",
            overridable=True,
            visits=there,
        )
    elif one.chair is not None and 1 <= one.chair <= clinic.chairs and one.chair not in free:
        holder = plan.holder(one.chair, stay.since, stay.until)
        until = f" until {clock(holder.until, clinic)}" if holder is not None else ""
        yield Reason(
            "chair_booked",
            f"{at}: chair {one.chair} is booked{until}. Chair {free[0]} is free; or over-book with a reason.",
            overridable=True,
            visits=_named(holder.visit) if holder is not None else (),
        )
    other = too_near(kept, one.start, clinic.rules.booking.start_gap_min)
    if other is not None and other.begins is not None:
        where = f" in chair {other.chair}" if other.chair is not None else ""
        yield Reason(
            "two_starts",
            f"{at}: another infusion begins at {clock(other.begins, clinic)}{where}. Starts lie "
            f"{clinic.rules.booking.start_gap_min} min apart; choose another time, or over-book with a reason.",
            overridable=True,
            visits=_named(other.visit),
        )


def _named(*visits: str) -> tuple[str, ...]:
    """Those of them that are somebody's visit: the other days that are wanted have none yet."""
    return tuple(visit for visit in visits if visit)


def on_day(stays: Iterable[Stay], day: date, clinic: Clinic) -> list[Stay]:
    """The stays that share any time with those who are treated on this day."""
    begins, ends = day_bounds(day, clinic.timezone)
    ends += timedelta(minutes=clinic.rules.chair_turnover_min)
    return [stay for stay in stays if stay.since < ends and stay.until > begins]
