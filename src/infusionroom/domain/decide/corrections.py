"""Deciding on corrections: an entry is never changed, another names it and says what holds instead."""

from __future__ import annotations

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.facts import must_be_sound
from infusionroom.domain.dose import DoseError, bolus_ml, rate_from_ml_h
from infusionroom.domain.evolve import annulled_by, evolve
from infusionroom.domain.journal import Draft, Entry
from infusionroom.domain.room import ChairState
from infusionroom.domain.transitions import unlawful_stream
from infusionroom.domain.visit import Visit, stream_of
from infusionroom.domain.words import entry_word

# What is worked out from other entries is taken back and entered anew, so that it is worked out again.
_ENTER_ANEW = (ev.Ordered, ev.DoubleChecked, ev.InfusionStarted, ev.Seated, ev.Moved, ev.SignedOff, ev.Left)


def undo(asked: Asked, command: cmd.Undo) -> list[Draft]:
    """Takes an entry back. Within two minutes of recording it needs no reason (setting), after that one."""
    visit = asked.visit(command.visit)
    target = _target(visit, command.target)
    if isinstance(target.body, ev.VisitPlanned):
        raise refuse("undo", "Undo: the plan itself is cancelled or marked as entered in error, not undone.")
    if target.id in annulled_by(visit.entries):
        raise refuse("undo", f"Undo: entry #{target.id} is already taken back.")
    age_s = (asked.now - target.recorded_at).total_seconds()
    if age_s > asked.rules.undo_without_reason_s and not command.why.strip():
        minutes = int(age_s // 60)
        raise refuse(
            "undo_reason", f"Undo: entry #{target.id} is {minutes} min old; say why it is taken back."
        )
    return _rewritten(asked, visit, ev.Undone(target=target.id, why=command.why))


def correct(asked: Asked, command: cmd.Correct) -> list[Draft]:
    """Replaces what an entry says, or when it happened."""
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
        visit,
        ev.Corrected(target=target.id, body=body, new_happened_at=command.new_at, why=command.why),
    )


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


def _sound_body(asked: Asked, visit: Visit, target: Entry, command: cmd.Correct) -> ev.EventBody | None:
    body = command.body
    if body is None:
        return None
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
    must_be_sound(asked, visit, body)
    infusion = visit.infusion
    try:
        if isinstance(body, ev.RateChanged) and infusion:
            order = visit.order.body if visit.order else None
            rate_from_ml_h(
                body.to_ml_h,
                weight_kg=order.weight_kg if order else None,
                concentration_mg_ml=infusion.concentration_mg_ml,
                step_ml_h=asked.rules.dose.pump_step_ml_h,
                cap_mg_h=order.cap_mg_h if order else None,
            )
            return replace(body, from_ml_h=target.body.from_ml_h)  # type: ignore[union-attr]
        if isinstance(body, ev.BolusGiven) and infusion:
            return replace(body, ml=bolus_ml(body.mg, concentration_mg_ml=infusion.concentration_mg_ml))
    except DoseError as error:
        raise refuse("dose", f"Correct: {error}") from None
    return body


def _rewritten(asked: Asked, visit: Visit, body: ev.Undone | ev.Corrected) -> list[Draft]:
    """The correcting entry, if the visit's life still holds together with it and its chair is free."""
    trial = Entry(
        id=visit.entries[-1].id + 1,
        stream=stream_of(visit.id),
        version=visit.version + 1,
        happened_at=asked.at,
        recorded_at=asked.now,
        actor=asked.actor,
        terminal="",
        command=asked.command_id,
        part=0,
        body=body,
    )
    if reason := unlawful_stream((*visit.entries, trial)):
        raise NotAllowed(reason)
    after = evolve(visit, trial)
    if after.here and after.chair is not None and after.chair != visit.chair:
        occupant = asked.room.occupant(after.chair)
        if occupant and occupant.id != visit.id:
            raise refuse(
                "chair_taken",
                f"It would put the person back in chair {after.chair}, which {occupant.patient.family} has now.",
            )
        if asked.room.state_of(after.chair) is ChairState.OUT_OF_SERVICE:
            raise refuse(
                "chair_out", f"It would put the person back in chair {after.chair}, which is out of service."
            )
    return [Draft(stream_of(visit.id), body, asked.at)]
