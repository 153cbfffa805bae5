"""The summary as a page of plain texts: what Markdown and HTML both print, each with its own escaping."""

from __future__ import annotations

from typing import Final

import msgspec

from infusionroom.domain.dose_words import drug_text
from infusionroom.domain.figures import DayFigures
from infusionroom.domain.names import readable
from infusionroom.domain.open_matters import OpenMatter
from infusionroom.domain.recovery_figures import RecoveryFigures
from infusionroom.domain.visit_figures import VisitFigures, VisitOutcome
from infusionroom.domain.words import PHASE_WORDS
from infusionroom.report.visit_lines import Line, visit_lines
from infusionroom.report.wording import NOTHING, LocalClock, amount, day_text, h_mm, listed, pain, person


class KeyFigure(msgspec.Struct, frozen=True):
    """A figure of the room: what it is, the figure, and what has to be known beside it."""

    label: str
    value: str
    note: str = ""


class OpenLine(msgspec.Struct, frozen=True):
    """Something still open: who or which chair, what is the matter, since when, and why."""

    subject: str
    matter: str
    since: str
    reasons: tuple[str, ...]


class VisitRow(msgspec.Struct, frozen=True):
    """One visit in one row, and in lines. `tone` is a short word for how it ended, for styling."""

    cells: tuple[str, ...]
    who: str
    outcome: str
    tone: str
    lines: tuple[Line, ...]


class Page(msgspec.Struct, frozen=True):
    """The whole summary in words."""

    clinic: str
    day: str
    standing: tuple[str, ...]
    keys: tuple[KeyFigure, ...]
    open: tuple[OpenLine, ...]
    headings: tuple[str, ...]
    visits: tuple[VisitRow, ...]
    carried_over: tuple[VisitRow, ...]
    notes: tuple[str, ...]
    seal: str


HEADINGS: Final = (
    "Planned",
    "Person",
    "Course",
    "Chair",
    "Outcome",
    "Infusion",
    "Running",
    "Wall",
    "mg",
    "mL",
    "Pain",
    "Recovery",
    "Ready",
    "Left",
)

_MATTERS: Final = {
    "person_here": "still here",
    "not_arrived": "not arrived",
    "cleaning": "being cleaned",
    "out_of_service": "out of service",
    "set_aside": "import set aside",
}

_TONES: Final = {
    VisitOutcome.COMPLETED: "done",
    VisitOutcome.STOPPED_EARLY: "early",
    VisitOutcome.STILL_HERE: "here",
    VisitOutcome.STILL_TO_COME: "open",
}

NOTES: Final = (
    "Running minutes are what the pump gave, wall minutes run from the start to the stop. "
    "Amounts are summed exactly and rounded once, here.",
    "Recovery runs from the stop to the nurse's sign-off (ready). Who is still here, or went home before being "
    "ready, counts as at least that long (product-limit estimate, Kaplan and Meier 1958), so that the slow "
    "are not left out.",
    "Chair time counts within the opening hours and up to the moment of this summary; available is every chair "
    "that was not out of service.",
    "A visit belongs to the day on which the person came, else to the one it was planned for. Entries made later "
    "that concern this day are counted.",
    "Relief is compared with the pain before the course's first infusion.",
    "Billing lines are a hint for the coder to review, never a claim. NEWS2: Royal College of Physicians, "
    "National Early Warning Score (NEWS) 2, London 2017.",
)


def page_of(summary: DayFigures) -> Page:
    """The summary in words."""
    clock = LocalClock(summary.timezone, summary.day)
    everyone = {v.visit: v for v in (*summary.visits, *summary.carried_over)}
    return Page(
        clinic=readable(summary.clinic),
        day=day_text(summary.day),
        standing=_standing(summary, clock),
        keys=tuple(_keys(summary)),
        open=tuple(_open(matter, everyone, clock) for matter in summary.open),
        headings=HEADINGS,
        visits=tuple(_row(visit, clock) for visit in summary.visits),
        carried_over=tuple(_row(visit, clock) for visit in summary.carried_over),
        notes=NOTES,
        seal=_seal(summary),
    )


def recovery_text(recovery: RecoveryFigures) -> str:
    """`1:52`, or `not reached yet` while more than half are not known to be over."""
    if not recovery.counted:
        return NOTHING
    return "not reached yet" if recovery.median_s is None else h_mm(recovery.median_s)


def range_text(recovery: RecoveryFigures) -> str:
    """`0:58 to 2:40 or longer`; without anybody ready only what the longest has come to, and nothing for one."""
    if recovery.longest_s is None:
        return ""
    longest = h_mm(recovery.longest_s) + (" or longer" if recovery.longest_open else "")
    if recovery.shortest_s == recovery.longest_s:
        return ""
    if recovery.shortest_s is None:
        return longest
    return f"{h_mm(recovery.shortest_s)} to {longest}"


def counted_text(recovery: RecoveryFigures) -> str:
    """`2 still here counted as still here, 1 left before being ready counted as at least so long`."""
    parts = []
    if recovery.still_here:
        parts.append(f"{recovery.still_here} still here counted as still here")
    if recovery.left_before_ready:
        parts.append(f"{recovery.left_before_ready} left before being ready counted as at least so long")
    return ", ".join(parts)


def _standing(summary: DayFigures, clock: LocalClock) -> tuple[str, ...]:
    zone = f"Times are {summary.timezone}."
    hours = (summary.ends_at - summary.begins_at).total_seconds() / 3600
    if hours != 24:
        zone += f" The clocks change on this day: it has {hours:g} hours."
    opening = f"Open {clock.span(summary.opens_at, summary.closes_at)}, {summary.chairs} chairs."
    if summary.over:
        return (f"The whole day, until midnight. {opening}", zone)
    if summary.at < summary.begins_at:
        return (f"A day to come, as planned on {clock.time(summary.at)}. {opening}", zone)
    so_far = "after closing" if summary.at >= summary.closes_at else "it is not over"
    return (f"The day until {clock.time(summary.at)}; {so_far}. {opening}", zone)


def _keys(summary: DayFigures) -> list[KeyFigure]:
    use, recovery = summary.chair_use, summary.recovery
    counts = [f"{c.visits} {c.outcome.value}" for c in summary.outcomes if c.visits]
    carried = len(summary.carried_over)
    if carried:
        counts.append(f"{carried} carried over from earlier days, not counted")
    share = f"{round(100 * use.used_s / use.available_s)} %" if use.available_s else ""
    outside = f"{_minutes(use.outside_s)} more outside the opening hours" if use.outside_s else ""
    gone = f"{_minutes(use.out_of_service_s)} out of service" if use.out_of_service_s else ""
    cleaning = f"{_minutes(use.cleaning_s)} waiting for cleaning" if use.cleaning_s else ""
    spread = range_text(recovery)
    keys = [
        KeyFigure("Visits", str(len(summary.visits)), ", ".join(counts)),
        KeyFigure(
            "Chair minutes used",
            f"{use.used_s // 60} of {use.available_s // 60}",
            listed((share, outside, gone, cleaning), ", "),
        ),
        KeyFigure(
            "Recovery, median",
            recovery_text(recovery),
            listed((_people(recovery), f"range {spread}" if spread else "", counted_text(recovery)), "; "),
        ),
    ]
    for drug in summary.given:
        name = drug_text(readable(drug.drug))
        keys.append(
            KeyFigure(f"{name[:1].upper()}{name[1:]} given", amount(drug.mg, "mg"), amount(drug.ml, "mL"))
        )
    still_open = len(summary.open)
    keys.append(
        KeyFigure("Still open", str(still_open), "see below" if still_open else "nothing is left over")
    )
    return keys


def _people(recovery: RecoveryFigures) -> str:
    counted = recovery.counted
    return f"of {counted} people" if counted > 1 else "of 1 person" if counted else "no infusion is over"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min"


def _open(matter: OpenMatter, visits: dict[str, VisitFigures], clock: LocalClock) -> OpenLine:
    names = [person(visits[matter.visit].patient)] if matter.visit in visits else []
    chair = [f"chair {matter.chair}"] if matter.chair is not None else []
    return OpenLine(
        subject=listed([*names, *chair]) or "schedule import",
        matter=_MATTERS[matter.kind]
        + (f", {matter.phase.value}" if matter.kind == "person_here" and matter.phase else ""),
        since=clock.time(matter.since),
        reasons=tuple(readable(reason) for reason in matter.reasons),
    )


def _phase(matter: OpenMatter) -> str:
    return PHASE_WORDS[matter.phase] if matter.kind == "person_here" and matter.phase else ""


def _row(visit: VisitFigures, clock: LocalClock) -> VisitRow:
    times = visit.times
    early = visit.outcome is VisitOutcome.STILL_HERE and visit.stopped_early
    against = " against advice" if visit.leaving and visit.leaving.against_advice else ""
    outcome = visit.outcome.value + (", stopped early" if early else "") + against
    cells = (
        clock.time(times.planned_start),
        person(visit.patient),
        f"{visit.course.day}/{visit.course.of}" if visit.course else NOTHING,
        " ".join(str(stay.chair) for stay in visit.stays) or NOTHING,
        outcome,
        clock.span(times.started_at, times.stopped_at) if times.started_at else NOTHING,
        h_mm(visit.running_s),
        h_mm(visit.wall_s),
        amount(visit.given_mg),
        amount(visit.given_ml),
        f"{pain(visit.pain_before)} → {pain(visit.pain_after)}" if visit.pain_before else NOTHING,
        h_mm(visit.recovery_s),
        clock.time(times.ready_at),
        clock.time(times.left_at),
    )
    return VisitRow(
        cells=cells,
        who=person(visit.patient),
        outcome=outcome,
        tone=_TONES.get(visit.outcome, "none"),
        lines=visit_lines(visit, clock),
    )


def _seal(summary: DayFigures) -> str:
    if not summary.seal.entry:
        return "No journal entry concerns this day."
    return f"Made from the journal up to entry {summary.seal.entry}, hash {summary.seal.hash}."
