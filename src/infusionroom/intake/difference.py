"""What a set of notices would change: a dry run, appointment by appointment, ending in commands like anybody's.

- An older message never overwrites a newer one: what was sent before the plan's `sent_at` changes nothing.
- A cancellation, no-show or deletion of an appointment that is not known here is planned and then marked, so that
  its booking, should it arrive late, does not put on the schedule somebody who will not come. Where such a message
  does not say who and when, it is held as an unknown appointment. A reschedule of an unknown one is planned.
- Nothing is applied to a person who is already in the room except a new note, length or course day: it is held.
- A message that gives a known appointment to somebody else is held: some senders use one id for everybody.
- A visit cancelled here by hand is not brought back by a file that only repeats what it said before.
- A new appointment becomes the day of a course that `attaching` has found for it, or a visit to be assigned. What
  becomes of a course's day that a sender takes off is left undecided: a person says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from infusionroom.domain.commands import (
    CancelVisit,
    ChangePlan,
    Command,
    MarkEnteredInError,
    MarkNoShow,
    PlanVisit,
)
from infusionroom.domain.commands.base import Rest
from infusionroom.domain.events import CourseDay, Plan, PlanChanged, VisitPlanned
from infusionroom.domain.visit import HERE, NOT_COMING, Phase, visit_id_of
from infusionroom.intake.attaching import KnownVisit, Landing
from infusionroom.intake.merging import another_person, names_of_changes, plan_after, same_content
from infusionroom.intake.notices import COMING, Intent, Notice, Quarantined
from infusionroom.intake.schedule import in_order

Action = Literal[
    "new", "changed", "cancelled", "no-show", "entered in error", "reinstated", "unchanged", "held"
]

# Begins the reason of every ending that a sender brought about; an ending without it was entered here by hand.
BY_SENDER: Final = "the sender says: "

_ENDS: Final[dict[Intent, tuple[Phase, Action]]] = {
    "cancel": (Phase.CANCELLED, "cancelled"),
    "discontinue": (Phase.CANCELLED, "cancelled"),
    "no_show": (Phase.NO_SHOW, "no-show"),
    "delete": (Phase.ENTERED_IN_ERROR, "entered in error"),
}
_WHY: Final[dict[Intent, str]] = {
    "cancel": BY_SENDER + "cancelled",
    "discontinue": BY_SENDER + "discontinued",
    "no_show": BY_SENDER + "no-show",
    "delete": BY_SENDER + "entered in error",
}
_DIRECT: Final = {
    Phase.CANCELLED: frozenset({Phase.PLANNED, Phase.NO_SHOW}),
    Phase.NO_SHOW: frozenset({Phase.PLANNED}),
    Phase.ENTERED_IN_ERROR: frozenset({Phase.PLANNED, Phase.NO_SHOW, Phase.CANCELLED}),
}
_HARMLESS_WHILE_HERE: Final = frozenset({"note", "length", "course"})


class Change(msgspec.Struct, frozen=True):
    """What one notice would do. `commands` are given in order; `sentence` names no patient.

    A `held` change has no commands: it goes to quarantine with `why`. `day` is the course's day that a new
    appointment becomes.
    """

    notice: Notice
    action: Action
    sentence: str
    commands: tuple[Command, ...] = ()
    why: str = ""
    day: CourseDay | None = None

    def quarantined(self, why: str = "") -> Quarantined:
        notice = self.notice
        return Quarantined(notice.file, notice.line, "appointment", why or self.why, notice.raw)


class _State(msgspec.Struct, frozen=True):
    """A visit as it would stand after the changes so far; `as_here` before the first of them.

    `said` is the start that a sender named last, as far as it is known.
    """

    id: str
    plan: Plan
    phase: Phase
    version: int
    ended_why: str = ""
    as_here: bool = False
    said: datetime | None = None


def difference(
    notices: Iterable[Notice],
    visits: Mapping[str, KnownVisit],
    timezone: str,
    landings: Mapping[str, Landing] | None = None,
) -> tuple[Change, ...]:
    """What would change, in the order of application; `timezone` is the clinic's.

    `visits` are those that are known, `landings` where the others come to lie, both by the appointment's key.
    """
    series: dict[str, list[tuple[Notice, datetime | None]]] = {}
    for notice, counts_from in in_order(notices):
        series.setdefault(notice.appointment.key, []).append((notice, counts_from))
    changes: list[Change] = []
    for key, same in series.items():
        known = visits.get(key)
        before = (
            None
            if known is None
            else _State(
                known.id,
                known.plan,
                Phase(known.phase),
                known.version,
                known.ended_why,
                as_here=True,
                said=_said_last(known),
            )
        )
        changes += _series(same, before, (landings or {}).get(key), ZoneInfo(timezone))
    return tuple(changes)


def _series(
    notices: Sequence[tuple[Notice, datetime | None]],
    before: _State | None,
    landing: Landing | None,
    zone: ZoneInfo,
) -> list[Change]:
    state = before
    changes: list[Change] = []
    for notice, counts_from in notices:
        change, state = _step(notice, counts_from, state, landing, zone)
        changes.append(change)
    if before is None or state is None or state.plan.sent_at != before.plan.sent_at:
        return changes
    if state.phase is before.phase and same_content(state.plan, before.plan):
        # What ends where the room already stands, without anything newer, was imported before.
        return [
            c
            if c.action in ("held", "unchanged")
            else _nothing(c.notice, "already so at the end of this import")
            for c in changes
        ]
    return changes


def _step(
    notice: Notice,
    counts_from: datetime | None,
    state: _State | None,
    landing: Landing | None,
    zone: ZoneInfo,
) -> tuple[Change, _State | None]:
    if state is not None and _older(counts_from, state.plan.sent_at):
        return _nothing(notice, "a newer message about it was applied before"), state
    if notice.intent == "fulfilled":
        if state is None:
            return _held(notice, "the sender says it is over, and it is not known here"), state
        return _nothing(notice, "the sender says it is over; this room's own record stands"), state
    if state is None:
        return _unknown(notice, landing, zone)
    if state.phase in HERE or state.phase is Phase.LEFT:
        return _here(notice, state)
    return _coming(notice, state, zone) if notice.intent in COMING else _ending(notice, state)


def _older(counts_from: datetime | None, applied: datetime | None) -> bool:
    return counts_from is not None and applied is not None and counts_from < applied


def _unknown(notice: Notice, landing: Landing | None, zone: ZoneInfo) -> tuple[Change, _State | None]:
    if notice.plan is None:
        return _held(
            notice, "unknown appointment: it was never planned here, and this message does not plan it"
        ), None
    landing = landing or Landing(notice.plan)
    planned, state = _landed(notice, landing)
    day = landing.plan.course if landing.plan.course_id else None
    when = f"{notice.plan.start.astimezone(zone):%Y-%m-%d %H:%M}"
    where = f"; {landing.said}" if landing.said else ""
    if notice.intent in COMING:
        extra = "" if notice.intent == "book" else "; it was not known here before"
        return _change(notice, "new", f"new, {when}{extra}{where}", planned, day=day), state
    change, after = _ending(notice, state)
    sentence = f"not known here before; planned for {when} and {change.action}{where}"
    return _change(notice, change.action, sentence, planned, *change.commands, day=day), after


def _landed(notice: Notice, landing: Landing) -> tuple[Command, _State]:
    """The command that makes an appointment known here, as a new visit or on a course's own, and what it makes."""
    visit, plan = landing.visit, landing.plan
    if visit is None:
        command = PlanVisit(id=_command_id(notice, "plan", 0), plan=plan)
        return command, _State(visit_id_of(notice.appointment.key), plan, Phase.PLANNED, 1)
    taken = ChangePlan(
        id=_command_id(notice, f"becomes {visit.id}", visit.version),
        expected_version=visit.version,
        visit=visit.id,
        plan=plan,
        why=BY_SENDER + "this is the appointment of this day",
    )
    return taken, _State(visit.id, plan, Phase(visit.phase), visit.version + 1)


def _coming(notice: Notice, state: _State, zone: ZoneInfo) -> tuple[Change, _State]:
    assert notice.plan is not None
    if another_person(state.plan.patient, notice.plan.patient):
        return _held(
            notice, "this id is known here for another person; ask the sender, or plan it by hand"
        ), state
    plan = plan_after(state.plan, notice.plan)
    what = names_of_changes(state.plan, plan, zone)
    if state.phase in NOT_COMING:
        if not what and _repeats(notice, state):
            return _nothing(
                notice, f"{_PHASE_SAID[state.phase]} here, and this message says nothing newer"
            ), state
        said = f"back on the schedule after {_PHASE_SAID[state.phase]}" + (
            f"; {', '.join(what)}" if what else ""
        )
        command = ChangePlan(
            id=_command_id(notice, "reinstate", state.version),
            expected_version=state.version,
            visit=state.id,
            plan=plan,
            why=BY_SENDER + "planned again",
        )
        return _change(notice, "reinstated", said, command), _after(state, plan)
    if not what:
        return _nothing(notice, "already so"), state
    if _moved_here(notice, state):
        return _nothing(notice, "its day of the course was moved here since this message"), state
    command = ChangePlan(
        id=_command_id(notice, "change", state.version),
        expected_version=state.version,
        visit=state.id,
        plan=plan,
        why=BY_SENDER + ("rescheduled" if notice.intent == "reschedule" else "changed"),
    )
    return _change(notice, "changed", ", ".join(what), command), _after(state, plan)


def _moved_here(notice: Notice, state: _State) -> bool:
    """Whether a course's day was moved by hand, and the message says what was applied before that."""
    if not (state.plan.course_id and state.as_here) or notice.plan is None:
        return False
    if notice.sent_at is not None:
        return notice.sent_at == state.plan.sent_at
    return notice.plan.start == state.said != state.plan.start


def _said_last(visit: KnownVisit) -> datetime | None:
    """The start in the last plan that a sender brought."""
    for entry in reversed(visit.entries):
        match entry.body:
            case PlanChanged(plan=plan, why=why) if why.startswith(BY_SENDER):
                return plan.start
            case VisitPlanned(plan=plan) if plan.source:
                return plan.start
            case _:
                pass
    return None


def _repeats(notice: Notice, state: _State) -> bool:
    """Whether a message that plans a visit which is off says nothing newer than what put it on or took it off."""
    if notice.sent_at is not None and state.plan.sent_at is not None:
        return notice.sent_at <= state.plan.sent_at
    return not state.ended_why.startswith(BY_SENDER)


def _ending(notice: Notice, state: _State) -> tuple[Change, _State]:
    phase, action = _ENDS[notice.intent]
    if state.phase is phase:
        return _nothing(notice, f"already {action}"), state
    commands: list[Command] = []
    after = state
    newer = notice.sent_at is not None and (state.plan.sent_at is None or notice.sent_at > state.plan.sent_at)
    if newer or state.phase not in _DIRECT[phase]:
        # The plan carries when the sender last spoke, and brings back a visit that is off in another way.
        plan = msgspec.structs.replace(state.plan, sent_at=notice.sent_at or state.plan.sent_at)
        commands.append(
            ChangePlan(
                id=_command_id(notice, "before the end", state.version),
                expected_version=state.version,
                visit=state.id,
                plan=plan,
                why=_WHY[notice.intent],
            )
        )
        after = _after(state, plan)
    commands.append(_ended(notice, action, after))
    ended = msgspec.structs.replace(
        after, phase=phase, version=after.version + 1, ended_why=_WHY[notice.intent]
    )
    return _change(notice, action, action, *commands), ended


def _ended(notice: Notice, action: Action, state: _State) -> Command:
    identity, why = _command_id(notice, "end", state.version), _WHY[notice.intent]
    if action == "entered in error":
        return MarkEnteredInError(id=identity, expected_version=state.version, visit=state.id, why=why)
    kind = CancelVisit if action == "cancelled" else MarkNoShow
    rest: Rest | None = "undecided" if state.plan.course_id else None
    return kind(id=identity, expected_version=state.version, visit=state.id, why=why, rest=rest)


def _here(notice: Notice, state: _State) -> tuple[Change, _State]:
    where = "has already left" if state.phase is Phase.LEFT else "is already in the room"
    if notice.intent not in COMING:
        action = _ENDS[notice.intent][1]
        return _held(notice, f"the sender says {action}, but the person {where}; nothing was changed"), state
    assert notice.plan is not None
    plan = plan_after(state.plan, notice.plan)
    what = names_of_changes(state.plan, plan, None)
    if not what:
        return _nothing(notice, "already so"), state
    if not set(what) <= _HARMLESS_WHILE_HERE:
        return _held(
            notice, f"the sender changes {', '.join(what)}, but the person {where}; change it by hand"
        ), state
    if state.phase is Phase.LEFT:
        return _nothing(notice, "the person has already left"), state
    command = ChangePlan(
        id=_command_id(notice, "change", state.version),
        expected_version=state.version,
        visit=state.id,
        plan=plan,
        why=BY_SENDER + "changed",
    )
    changed = msgspec.structs.replace(state, plan=plan, version=state.version + 1)
    return _change(notice, "changed", ", ".join(what), command), changed


_PHASE_SAID: Final = {
    Phase.CANCELLED: "cancelled",
    Phase.NO_SHOW: "no-show",
    Phase.ENTERED_IN_ERROR: "entered in error",
}


def _after(state: _State, plan: Plan) -> _State:
    return _State(state.id, plan, Phase.PLANNED, state.version + 1)


def _change(
    notice: Notice, action: Action, said: str, *commands: Command, day: CourseDay | None = None
) -> Change:
    return Change(notice, action, f"appointment {notice.appointment.key}: {said}", commands, day=day)


def _nothing(notice: Notice, said: str) -> Change:
    return _change(notice, "unchanged", said)


def _held(notice: Notice, why: str) -> Change:
    return Change(notice, "held", f"appointment {notice.appointment.key}: {why}", why=why)


def _command_id(notice: Notice, what: str, version: int) -> str:
    """The same notice on the same version of the visit is the same command, however often it is sent."""
    plan = msgspec.json.encode(notice.plan, order="deterministic") if notice.plan else b""
    text = "\n".join((notice.appointment.key, notice.intent, what, str(version)))
    return "import-" + hashlib.sha256(text.encode("utf-8") + b"\n" + plan).hexdigest()[:32]
