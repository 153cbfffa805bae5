"""Forms that give days of a course a date: defer one, with the later ones if need be, book an open one, extend."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Band
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.day import clinic_day
from infusionroom.domain.working_days import next_working_day
from infusionroom.services.when import WhenRefused, local_instant
from infusionroom.tui.forms.course_calendar import Calendar
from infusionroom.tui.forms.questions import physician, stated
from infusionroom.tui.forms.spec import (
    Choice,
    Field,
    FormContext,
    FormSpec,
    Limits,
    LiveLine,
    Suggestion,
    Values,
)
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.times import clock_time, day_words

MOST_MORE_DAYS: Final = 10
_SLOTS_SHOWN: Final = 6
_WHAT: Final = (
    Choice("1", "date", "another date"),
    Choice("2", "open", "open, until there is a date"),
)


def defer_form(calendar: Calendar, day: CourseDay) -> FormSpec:
    """Moves day `day`, or gives it its date where it is open or did not take place."""
    planned = day.state is DayState.PLANNED
    questions = _Moving(calendar, day)
    title = f"Defer day {day.number} of {day.of}" if planned else f"Book day {day.number} of {day.of}"
    what = Field(
        id="what",
        label="It gets",
        kind="choice",
        column=True,
        required=True,
        choices=lambda _: _WHAT,
        default=lambda _: "1",
    )
    return FormSpec(
        id="defer_day",
        title=title,
        fields=(
            *((what,) if day.state is not DayState.OPEN else ()),
            *questions.fields(),
            Field(id="why", label="Why", required=planned),
        ),
        check=questions.check,
        live=questions.live,
        build=questions.build,
        about_visit=False,
        dated=False,
    )


class _Moving:
    """The questions of one day's move: to when, in which chair, and whether the later days come along."""

    def __init__(self, calendar: Calendar, day: CourseDay) -> None:
        self.calendar, self.day = calendar, day
        self.later = tuple(one.number for one in calendar.later(day.number))
        self.first = self._first_day()
        self.along = bool(self.later) and not self._fits_between()

    def _first_day(self) -> date:
        today = self.calendar.day_of(self.calendar.now)
        if self.day.start is None or self.day.state is not DayState.PLANNED:
            return today
        return max(today, self.calendar.day_of(self.day.start) + timedelta(days=1))

    def _fits_between(self) -> bool:
        number = self.day.number
        return bool(self.calendar.proposed((number,), self.first, self.calendar.standing(number)).days)

    def _proposed(self, first: date) -> tuple[datetime, int | None] | None:
        number = self.day.number
        moved = (number, *self.later) if self.along else (number,)
        found = self.calendar.proposed(moved, first, self.calendar.standing(*moved)).days
        return next(((one.start, one.chair) for one in found if one.number == number), None)

    # ── fields ──────────────────────────────────────────────────────────────────────────────────────────────

    def fields(self) -> tuple[Field, ...]:
        """Day, time, chair, the later days, and a reason for over-booking where the room is full."""
        along = Field(
            id="along",
            label="Later days",
            kind="yes_no",
            required=True,
            default=lambda _: "y" if self.along else "n",
            reference=lambda _: f"move along: day {', '.join(map(str, self.later))}",
            shown=self._dated,
        )
        return (
            Field(
                id="on",
                label="Day",
                kind="date",
                width=14,
                required=True,
                default=self._default_day,
                shown=self._dated,
            ),
            Field(
                id="start",
                label="Start",
                kind="planned_time",
                width=10,
                required=True,
                suggest=self._suggested_start,
                shown=self._dated,
            ),
            Field(
                id="chair",
                label="Chair",
                kind="integer",
                width=6,
                help="nothing for any",
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(self.calendar.clinic.chairs))),
                suggest=self._suggested_chair,
                shown=self._dated,
            ),
            *((along,) if self.later else ()),
            _overbooked(self.wanted, self.calendar),
        )

    def _moved(self, values: Values) -> tuple[int, ...]:
        """The days that leave their place: this one, and the later ones where they move along."""
        along = values.get("along", self.along)
        return (self.day.number, *self.later) if along else (self.day.number,)

    def _dated(self, values: Values, _: FormContext) -> bool:
        return bool(values.get("what", "date") == "date")

    def _default_day(self, context: FormContext) -> str:
        found = self._proposed(self.first)
        return (self.calendar.day_of(found[0]) if found else self.first).isoformat()

    def _best(self, on: date | None) -> tuple[datetime, int | None, str] | None:
        """The best start on a day: what the planner proposes, else the first that can be booked there."""
        if on is None:
            return None
        found = self._proposed(on)
        if found is not None and self.calendar.day_of(found[0]) == on:
            return (*found, "proposed")
        slot = next(iter(self.calendar.slots(on, (self.day.number, *self.later))), None)
        return (slot.start, slot.chair, "the first that is free") if slot else None

    def _suggested_start(self, values: Values, context: FormContext) -> Suggestion | None:
        best = self._best(values.get("on"))
        return Suggestion(clock_time(best[0], context.timezone), best[2]) if best else None

    def _suggested_chair(self, values: Values, context: FormContext) -> Suggestion | None:
        start = _start(values, context)
        if start is None:
            return None
        best = self._best(values.get("on"))
        if best is not None and best[0] == start and best[1] is not None:
            return Suggestion(str(best[1]), "free until they go home")
        slots = self.calendar.slots(values["on"], self._moved(values))
        slot = next((slot for slot in slots if slot.start == start), None)
        return Suggestion(str(slot.chair), "free until they go home") if slot else None

    # ── what follows ────────────────────────────────────────────────────────────────────────────────────────

    def wanted(self, values: Values, context: FormContext) -> tuple[cmd.DayWanted, ...]:
        """This day, and the later ones where they move along; nothing while the answers are not whole."""
        start = _start(values, context)
        if not self._dated(values, context) or start is None:
            return ()
        this = cmd.DayWanted(day=self.day.number, start=start, chair=values.get("chair"))
        return (this, *self._moved_along(this)) if values.get("along") else (this,)

    def _moved_along(self, this: cmd.DayWanted) -> tuple[cmd.DayWanted, ...]:
        fixed = tuple(one for one in self.calendar.standing(*self.later, this.day) if one[0] < this.day)
        found = self.calendar.proposed(
            self.later,
            self.calendar.day_of(this.start) + timedelta(days=1),
            (*fixed, (this.day, this.start, this.chair)),
        )
        return tuple(
            cmd.DayWanted(day=one.number, start=one.start, chair=one.chair)
            for one in found.days
            if one.number in self.later
        )

    def check(self, values: Values, context: FormContext) -> dict[str, str]:
        """A time that the day does not have, and later days that find no place."""
        if not self._dated(values, context):
            return {} if stated(values, "why") else {"why": "Say why it is left open."}
        problems = _time_problem(values, context)
        wanted = self.wanted(values, context)
        if values.get("along") and wanted and len(wanted) < 1 + len(self.later):
            problems["along"] = "The later days find no place: choose another day, or move them one by one."
        return problems

    def live(self, values: Values, context: FormContext) -> tuple[LiveLine, ...]:
        """Where it comes to lie and until when, what speaks against it, what else is free on that day."""
        if not self._dated(values, context):
            return (LiveLine("Its chair is free at once; the day stays open until it is booked.", "dim"),)
        wanted = self.wanted(values, context)
        lines = list(_wanted_lines(wanted, self.calendar, context))
        on = values.get("on")
        if on is not None:
            slots = self.calendar.slots(on, self._moved(values))
            if slots:
                lines.append(LiveLine(_slots_words([s.start for s in slots], on, context), "dim"))
            else:
                lines.append(LiveLine(self.calendar.why_none(on, self._moved(values)), "warn"))
        return tuple(lines)

    def build(self, values: Values, context: FormContext) -> cmd.Command:
        """Deferred, opened, or taken."""
        wanted = self.wanted(values, context)
        course, why = self.calendar.file.course.id, stated(values, "why")
        overbooked = stated(values, "overbooked")
        if len(wanted) == 1 and self.day.state is not DayState.PLANNED:
            return cmd.TakeDay(course=course, wanted=wanted[0], why=why, overbooked=overbooked)
        return cmd.DeferDay(
            course=course, day=self.day.number, to=wanted, why=why or "booked", overbooked=overbooked
        )


def extend_form(calendar: Calendar) -> FormSpec:
    """Further days after the last one, at the planner's times or from a time of one's own."""
    course = calendar.file.course
    dated = [day.start for day in calendar.file.days if day.start is not None]
    today = calendar.day_of(calendar.now)
    last = max((calendar.day_of(start) for start in dated), default=today)
    first = next_working_day(calendar.clinic, calendar.holidays, max(last, today - timedelta(days=1)))

    def wanted(values: Values, context: FormContext) -> tuple[cmd.DayWanted, ...]:
        count, start = values.get("count") or 0, _start(values, context)
        if not count or values.get("on") is None:
            return ()
        numbers = tuple(range(course.of + 1, course.of + 1 + count))
        found = calendar.proposed(numbers, values["on"], calendar.standing())
        if start is not None and not (found.days and found.days[0].start == start):
            free = (slot.chair for slot in calendar.slots(values["on"], numbers[:1]) if slot.start == start)
            by_hand = (numbers[0], start, next(free, None))
            found = calendar.proposed(numbers, values["on"], (*calendar.standing(), by_hand))
        return tuple(cmd.DayWanted(day=d.number, start=d.start, chair=d.chair) for d in found.days)

    def suggested(values: Values, context: FormContext) -> Suggestion | None:
        if values.get("on") is None:
            return None
        found = calendar.proposed((course.of + 1,), values["on"], calendar.standing()).days
        same = [one for one in found if clinic_day(one.start, context.timezone) == values["on"]]
        return Suggestion(clock_time(same[0].start, context.timezone), "proposed") if same else None

    def check(values: Values, context: FormContext) -> dict[str, str]:
        problems = _time_problem(values, context)
        if not problems and len(wanted(values, context)) < (values.get("count") or 0):
            problems["count"] = "Not every day finds a place: take fewer, or begin later."
        return problems

    def live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
        return _wanted_lines(wanted(values, context), calendar, context)

    def build(values: Values, context: FormContext) -> cmd.Command:
        return cmd.ExtendCourse(
            course=course.id,
            days=wanted(values, context),
            why=values["why"],
            prescriber=values["prescriber"],
            overbooked=stated(values, "overbooked"),
        )

    return FormSpec(
        id="extend_course",
        title="Extend the course",
        intro=f"It has {course.of} days now; the ramp's last step holds on.",
        fields=(
            Field(
                id="count",
                label="Further days",
                kind="integer",
                width=6,
                required=True,
                default=lambda _: "1",
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(MOST_MORE_DAYS))),
            ),
            Field(
                id="on",
                label="from",
                kind="date",
                width=14,
                required=True,
                default=lambda _: first.isoformat(),
            ),
            Field(id="start", label="Start", kind="planned_time", width=10, suggest=suggested),
            _overbooked(wanted, calendar),
            physician("prescriber", "Prescriber", required=True),
            Field(id="why", label="Why", required=True),
        ),
        check=check,
        live=live,
        build=build,
        about_visit=False,
        dated=False,
    )


# ── of both ─────────────────────────────────────────────────────────────────────────────────────────────────


def _overbooked(wanted: object, calendar: Calendar) -> Field:
    def shown(values: Values, context: FormContext) -> bool:
        assert callable(wanted)
        return any(reason.overridable for reason in calendar.objections(wanted(values, context)))

    return Field(
        id="overbooked",
        label="Over-book because",
        required=True,
        shown=shown,
        help="the room is full then; or choose another time",
    )


def _start(values: Values, context: FormContext) -> datetime | None:
    on, typed = values.get("on"), values.get("start")
    if on is None or not typed:
        return None
    try:
        return local_instant(typed, context.timezone, on)
    except WhenRefused:
        return None


def _time_problem(values: Values, context: FormContext) -> dict[str, str]:
    if values.get("on") is None or not values.get("start"):
        return {}
    try:
        local_instant(values["start"], context.timezone, values["on"])
    except WhenRefused as refused:
        return {"start": refused.sentence}
    return {}


def _wanted_lines(
    wanted: tuple[cmd.DayWanted, ...], calendar: Calendar, context: FormContext
) -> tuple[LiveLine, ...]:
    lines = []
    for one in wanted:
        day = one.start.astimezone(context.zone).date()
        home = one.start + timedelta(minutes=calendar.infusion_min + calendar.recovery_min)
        chair = f", chair {one.chair}" if one.chair is not None else ""
        text = f"Day {one.day}: {day_words(day)}, {clock_time(one.start, context.timezone)}{chair}"
        lines.append(LiveLine(f"{text}; usually home by {clock_time(home, context.timezone)}", "plain"))
    lines += [
        LiveLine(clean(reason.text), "warn" if reason.overridable else "bad")
        for reason in calendar.objections(wanted)
    ]
    return tuple(lines)


def _slots_words(starts: list[datetime], on: date, context: FormContext) -> str:
    times = [clock_time(start, context.timezone) for start in starts]
    step = max(1, -(-len(times) // _SLOTS_SHOWN))
    shown = times[::step]
    return f"Free on {day_words(on)[:-5]}: {', '.join(shown)}" + (" and between" if step > 1 else "")
