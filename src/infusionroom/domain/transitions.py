"""What may follow what: for every event, the phases in which it can happen and the moment it cannot precede.

These are the laws of the room's life, held for new entries and again when a correction rewrites the past.
What a start or a discharge asks for besides is in `readiness`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from infusionroom.domain import events as ev
from infusionroom.domain.evolve import apply, effective
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Reason
from infusionroom.domain.visit import AFTER_INFUSION, HERE, NOT_COMING, RUNNING, Phase, Visit
from infusionroom.domain.words import PHASE_WORDS, entry_word

Moment = tuple[datetime, str]

_BEFORE_INFUSION: Final = frozenset({Phase.ARRIVED, Phase.SEATED})
_CHARTABLE: Final = HERE | {Phase.LEFT}
_ANY: Final = frozenset(Phase) - {Phase.ENTERED_IN_ERROR}

_PHASES: Final[dict[type[ev.Event], frozenset[Phase]]] = {
    # Of a visit that is over only whose it was is still said: it is assigned late.
    ev.PlanChanged: frozenset(Phase),
    ev.VisitCancelled: frozenset({Phase.PLANNED, Phase.NO_SHOW}),
    ev.NotShown: frozenset({Phase.PLANNED}),
    ev.EnteredInError: NOT_COMING - {Phase.ENTERED_IN_ERROR} | {Phase.PLANNED},
    ev.Arrived: frozenset({Phase.PLANNED}),
    ev.Seated: frozenset({Phase.ARRIVED}),
    ev.Moved: HERE - {Phase.ARRIVED},
    ev.TurnedAway: _BEFORE_INFUSION,
    ev.Identified: HERE,
    ev.Consented: HERE | {Phase.PLANNED},
    ev.Weighed: HERE | {Phase.PLANNED},
    ev.VitalsTaken: _CHARTABLE,
    ev.PainRated: _CHARTABLE,
    ev.AdultNamed: HERE | {Phase.PLANNED},
    ev.IvPlaced: HERE,
    ev.IvRemoved: _CHARTABLE - RUNNING,
    ev.LineChecked: _CHARTABLE,
    ev.BagChanged: RUNNING | AFTER_INFUSION | {Phase.LEFT},
    ev.AdjunctGiven: _CHARTABLE,
    ev.Noted: _ANY,
    ev.SideEffectSeen: _CHARTABLE,
    ev.AldreteScored: AFTER_INFUSION | {Phase.LEFT},
    ev.PadssScored: AFTER_INFUSION | {Phase.LEFT},
    ev.OrientationChecked: _CHARTABLE,
    ev.EscortPresent: _CHARTABLE,
    ev.InstructionsGiven: _CHARTABLE,
    ev.OralKetamineArranged: _CHARTABLE,
    ev.NextVisitArranged: _CHARTABLE,
    ev.Ordered: _BEFORE_INFUSION,
    ev.DoubleChecked: frozenset({Phase.SEATED}),
    ev.InfusionStarted: frozenset({Phase.SEATED}),
    ev.RateChanged: RUNNING,
    ev.Paused: frozenset({Phase.INFUSING}),
    ev.Resumed: frozenset({Phase.PAUSED}),
    ev.BolusGiven: RUNNING | AFTER_INFUSION | {Phase.LEFT},
    ev.Stopped: RUNNING,
    ev.PointOverridden: HERE,
    ev.SignedOff: frozenset({Phase.RECOVERING}),
    ev.WaitingFor: frozenset({Phase.READY}),
    ev.Left: AFTER_INFUSION,
    ev.AlarmAcknowledged: _CHARTABLE,
}

# Each of these moves the visit on in time: none may happen before the last of them.
_MILESTONES: Final = (
    ev.Arrived,
    ev.Seated,
    ev.Moved,
    ev.InfusionStarted,
    ev.RateChanged,
    ev.Paused,
    ev.Resumed,
    ev.Stopped,
    ev.SignedOff,
    ev.WaitingFor,
    ev.Left,
    ev.TurnedAway,
)
# These can only be seen on a person who is in the room.
_AT_THE_CHAIR: Final = (
    ev.Identified,
    ev.VitalsTaken,
    ev.PainRated,
    ev.IvPlaced,
    ev.LineChecked,
    ev.AdjunctGiven,
    ev.OrientationChecked,
    ev.EscortPresent,
    ev.AlarmAcknowledged,
)
_IN_RECOVERY: Final = (ev.AldreteScored, ev.PadssScored)
_WHILE_RUNNING: Final = (ev.BolusGiven, ev.BagChanged)


def unlawful(visit: Visit, body: ev.Event, at: datetime) -> Reason | None:
    """Why `body` cannot have happened `at` to the visit as it stands; None where it can."""
    phases = _PHASES.get(type(body))
    word = entry_word(ev.kind_of(body))
    if phases is None:
        return Reason("kind", f"{word}: nothing that happens to a visit.")
    if visit.phase not in phases:
        return Reason("phase", f"{_name(word)}: the visit is {PHASE_WORDS[visit.phase]}; {_when(phases)}.")
    floor = _floor(visit, body)
    if floor and at < floor[0]:
        return Reason("order", f"{_name(word)} cannot have happened before {floor[1]}.")
    if isinstance(body, _IN_RECOVERY) and visit.stopped_at is None:
        return Reason("order", f"{_name(word)}: nothing was infused, there is nothing to recover from.")
    if isinstance(body, _WHILE_RUNNING) and (
        visit.infusion is None or (visit.stopped_at and at > visit.stopped_at)
    ):
        return Reason("order", f"{_name(word)} cannot have happened after the infusion was stopped.")
    if (
        visit.phase is Phase.LEFT
        and isinstance(body, (*_AT_THE_CHAIR, *_IN_RECOVERY, ev.IvRemoved))
        and visit.ended_at
        and at > visit.ended_at
    ):
        return Reason("order", f"{_name(word)} cannot have happened after the person left.")
    return None


def unlawful_stream(entries: Sequence[Entry], about: int) -> Reason | None:
    """Why entry `about` cannot be corrected so: it, or a later entry, could then not have happened."""
    visit: Visit | None = None
    for entry in effective(entries):
        if visit is not None and (
            reason := unlawful(visit, entry.body, entry.happened_at) or _baseless(visit, entry.body)
        ):
            if entry.id == about:
                return reason
            return Reason(
                "later_entries",
                f"A later entry stands on it (#{entry.id} {entry_word(entry.kind)}): take that back first. "
                f"{reason.text}",
            )
        visit = apply(visit, entry)
    return None


def _baseless(visit: Visit, body: ev.Event) -> Reason | None:
    """Why an entry that names an order cannot stand: the order it rests on is another one, or gone."""
    order = visit.order.entry if visit.order else None
    if isinstance(body, ev.DoubleChecked | ev.InfusionStarted) and body.order != order:
        return Reason("order", f"{_name(entry_word(ev.kind_of(body)))} rests on order #{body.order}.")
    return None


def _floor(visit: Visit, body: ev.Event) -> Moment | None:
    """The moment before which `body` cannot have happened, and what happened then."""
    return max(_must_follow(visit, body), key=lambda moment: moment[0], default=None)


def _must_follow(visit: Visit, body: ev.Event) -> list[Moment]:
    infusion, order, check = visit.infusion, visit.order, visit.double_check
    moments: list[Moment] = []
    if isinstance(body, _MILESTONES):
        moments += _milestones_of(visit)
    if isinstance(body, _AT_THE_CHAIR + _IN_RECOVERY + (ev.IvRemoved,)) and visit.arrived_at:
        moments.append((visit.arrived_at, "the person arrived"))
    if isinstance(body, (*_IN_RECOVERY, ev.IvRemoved)) and visit.stopped_at:
        moments.append((visit.stopped_at, "the infusion was stopped"))
    if isinstance(body, ev.IvRemoved) and visit.iv:
        moments.append((visit.iv.at, "the IV was placed"))
    if isinstance(body, _WHILE_RUNNING) and infusion:
        moments.append((infusion.started_at, "the start"))
    if isinstance(body, ev.DoubleChecked | ev.InfusionStarted) and order:
        moments.append((order.at, "the order"))
    if isinstance(body, ev.InfusionStarted) and check:
        moments.append((check.at, "the double check"))
    if isinstance(body, ev.Stopped) and infusion:
        moments += [(bolus.at, "the last bolus") for bolus in infusion.boluses]
    if isinstance(body, ev.Left | ev.TurnedAway):
        moments += _seen_of(visit)
    return moments


def _seen_of(visit: Visit) -> list[Moment]:
    """When the person was last looked at: they cannot have gone before that."""
    moments = [
        *((vitals.at, "the last vitals") for vitals in visit.vitals[-1:]),
        *((pain.at, "the last pain rating") for pain in visit.pains[-1:]),
        *((score.at, "the last Aldrete") for score in visit.aldretes[-1:]),
        *((score.at, "the last PADSS") for score in visit.padsses[-1:]),
    ]
    return moments + ([(visit.iv_out.at, "the IV was taken out")] if visit.iv_out else [])


def _milestones_of(visit: Visit) -> list[Moment]:
    """The milestones so far, by the state alone, so that they also hold while a stream is being refolded."""
    moments: list[Moment] = []
    if visit.arrived_at:
        moments.append((visit.arrived_at, "the person arrived"))
    moments += [(stay.since, f"chair {stay.chair} was taken") for stay in visit.stays]
    if infusion := visit.infusion:
        moments.append((infusion.started_at, "the start"))
        moments += [(span.from_, "the last rate was set") for span in infusion.spans]
        moments += [(pause.since, "the pause began") for pause in infusion.pauses]
        if infusion.stopped_at:
            moments.append((infusion.stopped_at, "the infusion was stopped"))
    if visit.signed_off:
        moments.append((visit.signed_off.at, "the sign-off"))
    moments += [(wait.since, "the last waiting reason") for wait in visit.waits]
    return moments


def _name(word: str) -> str:
    return word[:1].upper() + word[1:]


def _when(phases: frozenset[Phase]) -> str:
    words = [PHASE_WORDS[p] for p in Phase if p in phases]
    return "it must be " + (words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1])
