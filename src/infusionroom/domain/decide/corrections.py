"""Deciding on corrections: an entry is never changed, another names it and says what holds instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Point
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.course_step import must_stay_in_step
from infusionroom.domain.decide.facts import must_be_sound
from infusionroom.domain.decide.infusing import bolus_volume, within_limits
from infusionroom.domain.decide.seating import must_exist, must_not_sit_elsewhere
from infusionroom.domain.dose import DoseError, rate_from_ml_h
from infusionroom.domain.evolve import annulled_by, apply, effective, evolve
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.outcome import Reason
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.domain.room import CHAIR_STREAM, ChairState
from infusionroom.domain.transitions import unlawful_stream
from infusionroom.domain.visit import Visit, stream_of
from infusionroom.domain.words import entry_word

Correction = ev.Undone | ev.Corrected

# What is worked out from other entries is taken back and entered anew, so that it is worked out again.
_ENTER_ANEW = (
    ev.Ordered,
    ev.DoubleChecked,
    ev.InfusionStarted,
    ev.Seated,
    ev.Moved,
    ev.PointOverridden,
    ev.SignedOff,
    ev.Left,
    ev.AlarmAcknowledged,
)
_THE_PLAN = (ev.VisitPlanned, ev.PlanChanged)


def undo(asked: Asked, command: cmd.Undo) -> list[Draft]:
    """Takes an entry back, of a swap both halves. Within two minutes of recording it needs no reason (setting)."""
    visit = asked.visit(command.visit)
    target = _target(visit, command.target)
    if isinstance(target.body, ev.VisitPlanned):
        raise refuse("undo", "Undo: the plan itself is cancelled or marked as entered in error, not undone.")
    if target.id in annulled_by(visit.entries):
        raise refuse("undo", f"Undo: entry #{target.id} is already taken back.")
    if isinstance(target.body, ev.Ordered | ev.DoubleChecked) and visit.infusion is not None:
        raise refuse(
            "later_entries",
            "A later entry stands on it (start): take that back first, or note what was wrong.",
        )
    must_say_why(asked, target, command.why)
    return _rewritten(
        asked,
        [
            (half, ev.Undone(target=entry.id, why=command.why))
            for half, entry in _halves(asked, visit, target)
        ],
    )


def undo_chair(asked: Asked, command: cmd.UndoChair) -> list[Draft]:
    """Takes back a chair's last entry, unless somebody has sat down on the strength of it."""
    chair = asked.room.chair(command.chair)
    target = chair.last
    if target is None:
        raise refuse("undo", f"Undo: there is nothing of chair {command.chair} to take back.")
    if isinstance(target.body, ev.ChairVacated):
        raise refuse("undo", "Undo: the chair was vacated by a person; take back that they left or moved.")
    if sitter := asked.room.sat_in(command.chair, target.happened_at):
        raise refuse(
            "chair_taken", f"Undo: {sitter.patient.family} has sat in chair {command.chair} since then."
        )
    must_say_why(asked, target, command.why)
    return [asked.to_chair(command.chair, ev.Undone(target=target.id, why=command.why))]


def must_say_why(asked: Asked, target: Entry, why: str) -> None:
    """Raises `NotAllowed` without a reason: a fresh mistake needs none, an entry that others may have read does."""
    age_s = (asked.now - target.recorded_at).total_seconds()
    if age_s > asked.rules.undo_without_reason_s and not why.strip():
        raise refuse(
            "undo_reason",
            f"Undo: entry #{target.id} is {int(age_s // 60)} min old; say why it is taken back.",
        )


def correct(asked: Asked, command: cmd.Correct) -> list[Draft]:
    """Replaces what an entry says, or when it happened; of a swap for both."""
    visit = asked.visit(command.visit)
    target = _target(visit, command.target)
    if isinstance(target.body, ev.Undone | ev.Corrected):
        raise refuse("correct", f"Correct: #{target.id} is a correction itself; name the entry it is about.")
    if target.id in annulled_by(visit.entries):
        raise refuse("correct", f"Correct: entry #{target.id} is taken back.")
    if command.body is None and command.new_at is None:
        raise refuse("correct", "Correct: say what holds instead, or when it happened.")
    if command.new_at and command.new_at > asked.now:
        raise refuse("future", "Correct: the new time is in the future.")
    body = _sound_body(asked, visit, target, command)
    return _rewritten(
        asked,
        [
            (
                half,
                ev.Corrected(target=entry.id, body=body, new_happened_at=command.new_at, why=command.why),
            )
            for half, entry in _halves(asked, visit, target)
        ],
    )


def _halves(asked: Asked, visit: Visit, target: Entry) -> list[tuple[Visit, Entry]]:
    """The entry, and where it is half of a swap the other half: both people get up, or none."""
    root = target
    while isinstance(root.body, ev.Undone | ev.Corrected):
        about = root.body.target
        root = next(e for e in visit.entries if e.id == about)
    if not (isinstance(root.body, ev.Moved) and root.body.swapped_with):
        return [(visit, target)]
    partner = asked.room.visits.get(root.body.swapped_with)
    other = next((e for e in partner.entries if e.command == target.command), None) if partner else None
    if partner is None or other is None:
        raise refuse("swap", "The other half of this swap is not at hand any more: move the people instead.")
    return [(visit, target), (partner, other)]


def _target(visit: Visit, target: int | None) -> Entry:
    if target is None:
        standing = [
            e
            for e in visit.entries
            if e.id not in annulled_by(visit.entries) and not isinstance(e.body, ev.Undone)
        ]
        if len(standing) < 2:
            raise refuse("undo", "Undo: there is nothing to take back.")
        last = standing[-1]
        # The parts of one command stand and fall together; its first part is the one to name.
        return next(
            e for e in standing if e.command == last.command and not isinstance(e.body, ev.VisitPlanned)
        )
    for entry in visit.entries:
        if entry.id == target:
            return entry
    raise refuse("unknown_entry", f"This visit has no entry #{target}.")


def _sound_body(asked: Asked, visit: Visit, target: Entry, command: cmd.Correct) -> ev.VisitBody | None:
    """What the entry is to say, held to what a new entry of its kind is held to."""
    holds = next(e for e in effective(visit.entries) if e.id == target.id)
    at = command.new_at or holds.happened_at
    body = command.body
    if body is None:
        _gate_was_open(asked, _before(visit, target), holds.body, at)
        return _stop_at(asked, visit, holds, at) if isinstance(holds.body, ev.Stopped) else None
    if type(body) is not type(target.body):
        raise refuse(
            "correct",
            f"Correct: entry #{target.id} is “{entry_word(target.kind)}”, not “{entry_word(ev.kind_of(body))}”.",
        )
    if isinstance(body, _ENTER_ANEW):
        raise refuse(
            "correct",
            f"Correct: take “{entry_word(target.kind)}” back and enter it anew; its time can be corrected.",
        )
    if isinstance(body, _THE_PLAN):
        raise refuse("correct", "Correct: the plan is not corrected but changed: give the whole new plan.")
    match body:
        case ev.RateChanged():
            return _sound_rate(asked, _before(visit, target), body)
        case ev.BolusGiven():
            volume = bolus_volume(asked, _before(visit, target), body.mg, body.reason)
            return replace(body, ml=volume)
        case ev.Stopped():
            return _stop_at(asked, visit, replace(holds, body=body), at)
        case _:
            must_be_sound(replace(asked, at=at), _without(visit, target), body)
            return body


def _before(visit: Visit, target: Entry) -> Visit:
    """The visit as the target met it, by what is known now."""
    return _folded(visit, lambda entry: entry.id < target.id)


def _without(visit: Visit, target: Entry) -> Visit:
    return _folded(visit, lambda entry: entry.id != target.id)


def _folded(visit: Visit, counts: Callable[[Entry], bool]) -> Visit:
    folded: Visit | None = None
    for entry in effective(visit.entries):
        if counts(entry):
            folded = apply(folded, entry)
    return folded or visit


def _gate_was_open(asked: Asked, before: Visit, body: ev.Event, at: datetime) -> None:
    """Raises `NotAllowed` where a start or a sign-off is moved to when something was still missing."""
    missing: list[Point] = []
    match body:
        case ev.InfusionStarted():
            missing = [p for p in start_points(before, asked.background(before), asked.rules, at) if p.open]
        case ev.SignedOff():
            points = discharge_points(before, asked.background(before), asked.rules, at)
            missing = [p for p in points if p.open and p.key != "signed"]
    if missing:
        word = entry_word(ev.kind_of(body)).capitalize()
        raise NotAllowed(*(Reason(f"gate.{p.key}", f"{word} then: {p.label} — {p.detail}.") for p in missing))


def _stop_at(asked: Asked, visit: Visit, stop: Entry, at: datetime) -> ev.Stopped:
    """The stop as it holds at its new time: whether it is early follows from the time the pump ran."""
    body, infusion = stop.body, _before(visit, stop).infusion
    assert isinstance(body, ev.Stopped)
    if infusion is None:
        return body
    early = infusion.left_s(at) > asked.rules.dose.complete_within_min * 60
    if early and not body.why.strip():
        raise refuse("early", "Correct: that is an early stop; give the stop with its reason.")
    return replace(body, early=early or (body.early and bool(body.why.strip())))


def _sound_rate(asked: Asked, before: Visit, body: ev.RateChanged) -> ev.RateChanged:
    infusion, order = before.infusion, before.order.body if before.order else None
    if infusion is None:
        raise refuse("phase", "Correct: nothing was started for this visit.")
    try:
        rate = rate_from_ml_h(
            body.to_ml_h,
            weight_kg=order.weight_kg if order else None,
            concentration_mg_ml=infusion.concentration_mg_ml,
            step_ml_h=asked.rules.dose.pump_step_ml_h,
            cap_mg_h=order.cap_mg_h if order else None,
        )
    except DoseError as error:
        raise refuse("dose", f"Correct: {error}") from None
    if rate.ml_h > max(infusion.rate_ml_h, order.rate_ml_h if order else infusion.rate_ml_h):
        within_limits(asked, rate.mg_per_kg_h, body)
    return replace(body, from_ml_h=infusion.rate_ml_h)


def _rewritten(asked: Asked, corrections: list[tuple[Visit, Correction]]) -> list[Draft]:
    """The correcting entries, if every life still holds together with them and nobody shares a chair."""
    after = asked.room
    for nth, (visit, body) in enumerate(corrections, start=1):
        trial = Entry(
            id=max(asked.room.head, visit.entries[-1].id) + nth,
            stream=stream_of(visit.id),
            version=visit.version + 1,
            happened_at=asked.at,
            recorded_at=asked.now,
            actor=asked.actor,
            terminal="",
            command=asked.command_id,
            part=nth - 1,
            body=body,
        )
        if reason := unlawful_stream((*visit.entries, trial), about=body.target):
            raise NotAllowed(reason)
        after = replace(after, visits={**after.visits, visit.id: evolve(visit, trial)})
    then = replace(asked, room=after)
    for visit, _ in corrections:
        _chairs_hold(then, visit, after.visits[visit.id])
        must_stay_in_step(asked, visit, after.visits[visit.id])
    drafts = [Draft(stream_of(visit.id), body, asked.at) for visit, body in corrections]
    for visit, _ in corrections:
        drafts += _left_behind(then, visit, after.visits[visit.id])
    return drafts


def _chairs_hold(then: Asked, before: Visit, after: Visit) -> None:
    """Raises `NotAllowed` where the rewritten past would put two people in one chair, or one in two."""
    for stay in after.stays:
        if stay in before.stays:
            continue
        other = then.room.sat_in(stay.chair, stay.since, stay.until, besides=after.id)
        if other is None:
            continue
        if stay.until is None and other.here and other.chair == stay.chair:
            text = (
                f"It would put the person back in chair {stay.chair}, which {other.patient.family} has now."
            )
        else:
            text = f"It would put two people in chair {stay.chair}: {other.patient.family} sat there then."
        raise refuse("chair_taken", text)
    if not after.here or after.chair is None or after.chair == before.chair:
        return
    must_exist(then, after.chair)
    if before.chair is None:
        must_not_sit_elsewhere(then, after)
    if then.room.state_unless_taken(after.chair) is ChairState.OUT_OF_SERVICE:
        raise refuse(
            "chair_out", f"It would put the person back in chair {after.chair}, which is out of service."
        )


def _left_behind(then: Asked, before: Visit, after: Visit) -> list[Draft]:
    """Chairs that somebody has left by the correction are to be cleaned, as after any leaving."""
    was = Counter(stay.chair for stay in before.stays if stay.until)
    now = Counter(stay.chair for stay in after.stays if stay.until)
    return [
        Draft(f"{CHAIR_STREAM}{chair}", ev.ChairVacated(visit=after.id), then.at)
        for chair in (now - was)
        if then.room.occupant(chair) is None
    ]
