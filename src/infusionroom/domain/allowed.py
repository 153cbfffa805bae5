"""Why a command cannot be given now, in one sentence, before anybody has typed anything.

It is what dims a key and what the key then answers; the decision itself is `decide`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from infusionroom.domain import events as ev
from infusionroom.domain.alarms import alarms_of
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.room import ChairState, Room
from infusionroom.domain.transitions import unlawful
from infusionroom.domain.visit import Visit
from infusionroom.domain.words import command_word

_NOTHING: Final = Decimal(0)
# A body of the kind that each command would append: only its kind is looked at.
_PROBES: Final[dict[str, ev.Event]] = {
    "cancel": ev.VisitCancelled(),
    "no_show": ev.NotShown(),
    "entered_in_error": ev.EnteredInError(),
    "arrive": ev.Arrived(),
    "seat": ev.Seated(chair=0),
    "move": ev.Moved(from_chair=0, to_chair=0),
    "swap": ev.Moved(from_chair=0, to_chair=0),
    "turn_away": ev.TurnedAway(why="-"),
    "order": ev.Ordered(
        drug="",
        basis="mg_per_h",
        dose=_NOTHING,
        duration_min=0,
        concentration_mg_ml=_NOTHING,
        rate_ml_h=_NOTHING,
        rate_mg_h=_NOTHING,
        prescriber="-",
    ),
    "double_check": ev.DoubleChecked(
        order=0, drug="", concentration_mg_ml=_NOTHING, rate_ml_h=_NOTHING, patient=""
    ),
    "start": ev.InfusionStarted(
        drug="", rate_ml_h=_NOTHING, concentration_mg_ml=_NOTHING, duration_min=0, order=0
    ),
    "change_rate": ev.RateChanged(from_ml_h=_NOTHING, to_ml_h=_NOTHING, why="-"),
    "pause": ev.Paused(why="-"),
    "resume": ev.Resumed(),
    "bolus": ev.BolusGiven(mg=_NOTHING, ml=_NOTHING, why="-"),
    "stop": ev.Stopped(early=False),
    "override": ev.PointOverridden(gate="start", point="", physician="-", reason="-"),
    "sign_off": ev.SignedOff(),
    "wait": ev.WaitingFor(reason="other"),
    "leave": ev.Left(chair=None),
    "record:identified": ev.Identified(by=()),
    "record:consented": ev.Consented(signed_on=date.min),
    "record:weighed": ev.Weighed(kg=_NOTHING),
    "record:vitals_taken": ev.VitalsTaken(),
    "record:pain_rated": ev.PainRated(),
    "record:adult_named": ev.AdultNamed(name="-"),
    "record:iv_placed": ev.IvPlaced(site="-"),
    "record:iv_removed": ev.IvRemoved(site_check="-"),
    "record:line_checked": ev.LineChecked(finding="-"),
    "record:bag_changed": ev.BagChanged(),
    "record:adjunct_given": ev.AdjunctGiven(drug="-", dose="-"),
    "record:noted": ev.Noted(text="-"),
    "record:side_effect_seen": ev.SideEffectSeen(what="other", grade="mild"),
    "record:aldrete_scored": ev.AldreteScored(),
    "record:padss_scored": ev.PadssScored(),
    "record:orientation_checked": ev.OrientationChecked(oriented=True),
    "record:escort_present": ev.EscortPresent(name="-"),
    "record:instructions_given": ev.InstructionsGiven(phone="-"),
    "record:oral_ketamine_arranged": ev.OralKetamineArranged(prescribed_by="-", taught=True),
    "record:next_visit_arranged": ev.NextVisitArranged(what="-"),
}


def why_not(
    room: Room, visit: Visit | None, command: str, now: datetime, *, chair: int | None = None
) -> str | None:
    """The sentence why `command` (its name on the wire, `record:<fact>` for a fact) cannot be given now.

    None where it can, as far as that is known before its form is filled in.
    """
    word = command_word(command)
    if room.clinic is None:
        return None if command == "set_up_room" else f"{word}: no room is set up yet."
    if command.startswith("chair_") or command == "undo_chair":
        return _chair(room, command, chair)
    if command not in _PROBES and command not in _OTHERS:
        return None
    if visit is None:
        return f"{word}: choose a person first."
    if (probe := _PROBES.get(command)) and (reason := unlawful(visit, probe, now)):
        return reason.text
    further = _OTHERS.get(command)
    return further(room, visit, now) if further else None


def _start(room: Room, visit: Visit, now: datetime) -> str | None:
    assert room.clinic is not None
    missing = [p for p in start_points(visit, room.background(visit), room.clinic.rules, now) if p.open]
    return f"Start: {missing[0].label} — {missing[0].detail}." if missing else None


def _sign_off(room: Room, visit: Visit, now: datetime) -> str | None:
    assert room.clinic is not None
    points = discharge_points(visit, room.background(visit), room.clinic.rules, now)
    missing = [p for p in points if p.open and p.key != "signed"]
    return f"Sign-off: {missing[0].label} — {missing[0].detail}." if missing else None


def _leave(room: Room, visit: Visit, now: datetime) -> str | None:
    assert room.clinic is not None
    missing = [p for p in discharge_points(visit, room.background(visit), room.clinic.rules, now) if p.open]
    return f"Leave: {missing[0].label} — {missing[0].detail}." if missing else None


def _seat(room: Room, visit: Visit, now: datetime) -> str | None:
    assert room.clinic is not None
    chairs = range(1, room.clinic.chairs + 1)
    if any(room.state_of(chair) is ChairState.OPEN for chair in chairs):
        return None
    return "Seat: no chair is open; clean one or wait."


def _swap(room: Room, visit: Visit, now: datetime) -> str | None:
    others = [v for v in room.visits.values() if v.here and v.chair is not None and v.id != visit.id]
    return None if others else "Swap: nobody else sits in a chair."


def _acknowledge(room: Room, visit: Visit, now: datetime) -> str | None:
    assert room.clinic is not None
    open_alarms = [a for a in alarms_of(visit, room.clinic.rules, now) if not a.silenced]
    return None if open_alarms else "Acknowledge: nothing is active for this person."


def _undo(room: Room, visit: Visit, now: datetime) -> str | None:
    return None if len(visit.entries) > 1 else "Undo: there is nothing to take back."


_OTHERS: Final[dict[str, Callable[[Room, Visit, datetime], str | None]]] = {
    "start": _start,
    "sign_off": _sign_off,
    "leave": _leave,
    "seat": _seat,
    "swap": _swap,
    "acknowledge": _acknowledge,
    "undo": _undo,
}


def _chair(room: Room, command: str, chair: int | None) -> str | None:
    word = command_word(command)
    if chair is None:
        return f"{word}: choose a chair first."
    state = room.state_of(chair)
    if command == "undo_chair":
        last = room.chair(chair).last
        undoable = last is not None and not isinstance(last.body, ev.ChairVacated)
        return None if undoable and state is not ChairState.OCCUPIED else f"{word}: nothing to take back."
    wanted = {
        "chair_cleaned": (ChairState.CLEANING,),
        "chair_out_of_service": (ChairState.OPEN, ChairState.CLEANING),
        "chair_in_service": (ChairState.OUT_OF_SERVICE,),
    }[command]
    if state in wanted:
        return None
    return f"{word}: chair {chair} is {state.value.replace('_', ' ')}."
