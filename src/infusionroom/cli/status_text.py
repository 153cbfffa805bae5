"""The status of a day for eyes: the panes of the board, one below the other, in plain text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from infusionroom.cli.tables import WIDTH, table
from infusionroom.domain.board import Board, Counts, ToComeLine, Who
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.visit import Phase
from infusionroom.domain.words import PHASE_WORDS
from infusionroom.services.status import Status, VisitStatus
from infusionroom.tui.present.cells import clean, cut
from infusionroom.tui.present.times import clock_time, day_words, due_words, h_mm, left_words
from infusionroom.tui.present.to_come import since_words

_COUNTED = ("to_come", "waiting", "infusing", "paused", "recovering", "ready", "left", "cancelled", "no_show")
_OFF = frozenset({Phase.LEFT, Phase.CANCELLED, Phase.NO_SHOW, Phase.ENTERED_IN_ERROR})


def status_text(status: Status, board: Board) -> str:
    """The whole board in lines of at most 100 cells."""
    lines = _head(status, board)
    for title, rows in (
        ("Alarms", _alarms(board)),
        ("Chairs", _chairs(board)),
        ("Infusing", _infusing(board)),
        ("Recovery", _recovery(board)),
        ("Way home", _way_home(board)),
        ("To come", _to_come(status, board)),
        ("To do", _to_do(board)),
        ("Over", _over(status)),
    ):
        if rows:
            lines += ["", title, *rows]
    return "\n".join(lines)


def _head(status: Status, board: Board) -> list[str]:
    zone = board.timezone
    when = f"{day_words(status.day)} · {clock_time(status.now, zone)}"
    known = " · as it was known then" if status.known_at else ""
    seen_on = clinic_day(status.now, zone)
    if seen_on != status.day:
        when = f"{day_words(status.day)} · seen {day_words(seen_on)} {clock_time(status.now, zone)}"
    counted = ", ".join(_counted(status.counts)) or "nobody planned"
    return [
        cut(f"{clean(board.clinic)} · {when} {zone}{known}", WIDTH),
        cut(f"{counted} · last start {clock_time(board.last_start, zone)}", WIDTH),
    ]


def _counted(counts: Counts) -> Iterable[str]:
    for name in _COUNTED:
        if number := getattr(counts, name):
            yield f"{number} {name.replace('_', '-' if name == 'no_show' else ' ')}"


def _name(who: Who | None) -> str:
    return who.short if who else ""


def _chair(number: int | None) -> str:
    return "" if number is None else str(number)


def _alarms(board: Board) -> list[str]:
    if not board.alarms:
        return []
    return table(
        ("prio", "chair", "who", "since", "what"),
        [
            (
                alarm.priority,
                _chair(alarm.chair),
                _name(alarm.who),
                clock_time(alarm.begin, board.timezone),
                alarm.text
                + ("" if alarm.active else " (over)")
                + (f" (seen by {alarm.acknowledged_by})" if alarm.acknowledged_by else ""),
            )
            for alarm in board.alarms
        ],
    )


def _chairs(board: Board) -> list[str]:
    rows = []
    for line in board.chairs:
        upcoming = (
            f"next {_name(line.next_who)} {clock_time(line.next_at, board.timezone)}"
            if line.next_who and line.next_at
            else ""
        )
        rows.append(
            (
                str(line.number),
                PHASE_WORDS[line.phase] if line.phase else line.state.value.replace("_", " "),
                _name(line.who),
                clock_time(line.since, board.timezone) if line.since else "",
                h_mm(line.elapsed_s) if line.since else "",
                left_words(line.left_s) if line.left_s is not None else "",
                line.note or upcoming,
            )
        )
    return table(("chair", "state", "who", "since", "for", "left", "note"), rows)


def _infusing(board: Board) -> list[str]:
    if not board.infusions:
        return []
    return table(
        (
            "chair",
            "who",
            "course",
            "ran",
            "wall",
            "of",
            "mL/h",
            "mg/h",
            "given mg",
            "of mg",
            "ends",
            "vitals",
        ),
        [
            (
                _chair(line.chair),
                _name(line.who),
                line.course,
                h_mm(line.running_s),
                h_mm(line.wall_s),
                h_mm(line.ordered_s),
                "paused" if line.paused else dose_text(line.rate_ml_h),
                "" if line.paused else dose_text(line.rate_mg_h),
                dose_text(quantity(line.given_mg)),
                dose_text(quantity(line.total_mg)),
                clock_time(line.ends_at, board.timezone),
                due_words(line.vitals) + (f"; {line.pause_why}" if line.pause_why else ""),
            )
            for line in board.infusions
        ],
    )


def _recovery(board: Board) -> list[str]:
    if not board.recovery:
        return []
    return table(
        ("chair", "who", "since", "so far", "usual", "Aldrete", "PADSS", "vitals", "home"),
        [
            (
                _chair(line.chair),
                _name(line.who),
                clock_time(line.since, board.timezone),
                h_mm(line.elapsed_s),
                h_mm(line.usual_s),
                "" if line.aldrete is None else str(line.aldrete),
                " ".join(str(total) for total in line.padss[-3:]),
                due_words(line.vitals),
                _between(line.home_from, line.home_to, board.timezone),
            )
            for line in board.recovery
        ],
    )


def _between(since: datetime | None, until: datetime | None, zone: str) -> str:
    return f"{clock_time(since, zone)}–{clock_time(until, zone)}" if since and until else ""


def _way_home(board: Board) -> list[str]:
    if not board.discharge:
        return []
    rows = []
    for line in board.discharge:
        missing = ", ".join(point.label for point in line.missing)
        ready = f"ready for {h_mm(line.ready_s)}" if line.ready_at else ""
        waiting = f"waiting for {line.waiting_for}" if line.waiting_for else ""
        said = [ready, waiting, f"missing: {missing}" if missing else "nothing missing"]
        rows.append((_chair(line.chair), _name(line.who), "; ".join(word for word in said if word)))
    return table(("chair", "who", ""), rows)


def _to_come(status: Status, board: Board) -> list[str]:
    if not board.to_come:
        return []
    known = {visit.visit: visit for visit in status.visits}
    return table(
        ("start", "who", "course", "visit", "appointment", "note"),
        [
            (
                clock_time(line.start, board.timezone),
                _name(line.who),
                line.course,
                line.who.visit,
                _appointment(known[line.who.visit]),
                "; ".join(_remarks(line)),
            )
            for line in board.to_come
        ],
    )


def _appointment(visit: VisitStatus) -> str:
    return visit.appointment.key if visit.appointment else "walk-in" if visit.plan.walk_in else ""


def _remarks(line: ToComeLine) -> Iterable[str]:
    if line.phase is Phase.ARRIVED:
        yield "here"
    elif line.late_s >= 60:
        yield f"{h_mm(line.late_s)} past the time"
    if line.dose:
        yield line.dose
    yield from (mark.text for mark in line.marks)
    if line.note:
        yield line.note


def _to_do(board: Board) -> list[str]:
    if not board.tasks:
        return []
    rows = [
        (_name(task.who), since_words(task.due_on, board.day), task.course, task.text) for task in board.tasks
    ]
    return table(("who", "due", "course", "what"), rows)


def _over(status: Status) -> list[str]:
    over = [visit for visit in status.visits if visit.phase in _OFF]
    if not over:
        return []
    rows = []
    for visit in over:
        infusion = visit.infusion
        given = (
            f"{dose_text(quantity(infusion.given_mg))} mg in {h_mm(infusion.running_s)}" if infusion else ""
        )
        rows.append(
            (
                clock_time(visit.plan.start, status.room.timezone),
                f"{visit.patient.family} {visit.patient.given[:1]}".strip(),
                visit.outcome.value,
                clock_time(visit.times.ended, status.room.timezone) if visit.times.ended else "",
                "; ".join(word for word in (given, visit.ended_why) if word),
            )
        )
    return table(("start", "who", "outcome", "at", ""), rows)
