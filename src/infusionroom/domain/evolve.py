"""How a visit comes about: `evolve(visit, entry)` adds one entry, `fold` a whole stream.

A correction names an entry. The visit is then folded again from its entries with the correction in place, so
what was taken back has never had an effect, while `entries` keeps everything that was ever written.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.dose import RateSpan
from infusionroom.domain.journal import Entry
from infusionroom.domain.visit import (
    NOT_COMING,
    VISIT_STREAM,
    ChairStay,
    Infusion,
    PauseSpan,
    Phase,
    Stated,
    Visit,
    Wait,
)

Body = TypeVar("Body", bound=ev.Event)
Record = TypeVar("Record", bound=msgspec.Struct)


class NotAVisit(ValueError):
    """The entries do not begin with a planned visit."""


def fold(entries: Sequence[Entry]) -> Visit:
    """The visit that these entries, the whole stream in journal order, make. Raises `NotAVisit`."""
    visit: Visit | None = None
    for entry in effective(entries):
        visit = apply(visit, entry)
    if visit is None:
        raise NotAVisit("a visit begins with its plan")
    return _with_stream(visit, tuple(entries))


def evolve(visit: Visit | None, entry: Entry) -> Visit:
    """The visit after one more entry of its stream."""
    if visit is None:
        return fold((entry,))
    entries = (*visit.entries, entry)
    if isinstance(entry.body, ev.Undone | ev.Corrected):
        return fold(entries)
    return _with_stream(apply(visit, entry), entries)


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count: without those taken back, with corrections in place of what they correct.

    The last word wins: an `undone` may itself be undone, of two corrections the later holds in what it says,
    so that a new time leaves the values that were corrected before it.
    """
    stream = list(entries)
    annulled = annulled_by(stream)
    standing: dict[int, Entry] = {}
    for entry in stream:
        if entry.id in annulled or isinstance(entry.body, ev.Undone):
            continue
        if isinstance(entry.body, ev.Corrected):
            # What it is about may have been taken back since.
            if entry.body.target in standing:
                standing[entry.body.target] = _corrected(standing[entry.body.target], entry.body)
            continue
        standing[entry.id] = entry
    return list(standing.values())


def annulled_by(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Which entries (by journal id) are taken back, each with the `undone` entry that did it."""
    annulled: dict[int, Entry] = {}
    for entry in reversed(entries):
        if isinstance(entry.body, ev.Undone) and entry.id not in annulled:
            annulled.setdefault(entry.body.target, entry)
    return annulled


def apply(visit: Visit | None, entry: Entry) -> Visit:
    """The visit after one effective entry; corrections do not come here."""
    if isinstance(entry.body, ev.VisitPlanned):
        return Visit(
            id=entry.stream.removeprefix(VISIT_STREAM), version=0, phase=Phase.PLANNED, plan=entry.body.plan
        )
    if visit is None:
        raise NotAVisit(f"entry {entry.id} comes before the visit's plan")
    step = _STEPS.get(type(entry.body))
    if step is None:
        raise NotAVisit(f"entry {entry.id}: {entry.kind} is nothing that happens to a visit")
    return step(visit, entry, entry.body)


def _with_stream(visit: Visit, entries: tuple[Entry, ...]) -> Visit:
    last = entries[-1]
    return replace(
        visit, version=last.version, entries=entries, changed_at=last.recorded_at, changed_by=last.actor
    )


def _corrected(entry: Entry, correction: ev.Corrected) -> Entry:
    return replace(
        entry,
        body=correction.body or entry.body,
        happened_at=correction.new_happened_at or entry.happened_at,
    )


def _stated(entry: Entry, body: Body) -> Stated[Body]:
    return Stated(entry=entry.id, at=entry.happened_at, by=entry.actor, body=body)


def _in_order(known: tuple[Stated[Body], ...], new: Stated[Body]) -> tuple[Stated[Body], ...]:
    ordered = list(known)
    insort(ordered, new, key=lambda s: (s.at, s.entry))
    return tuple(ordered)


# ── steps: the plan and the person ──────────────────────────────────────────────────────────────────────────


def _plan_changed(visit: Visit, entry: Entry, body: ev.PlanChanged) -> Visit:
    if visit.phase in NOT_COMING:
        return replace(visit, plan=body.plan, phase=Phase.PLANNED, ended_at=None, ended_why="")
    return replace(visit, plan=body.plan)


def _ended(phase: Phase) -> Callable[[Visit, Entry, Any], Visit]:
    def step(visit: Visit, entry: Entry, body: Any) -> Visit:
        return replace(visit, phase=phase, ended_at=entry.happened_at, ended_why=body.why)

    return step


def _arrived(visit: Visit, entry: Entry, body: ev.Arrived) -> Visit:
    return replace(visit, phase=Phase.ARRIVED, arrived_at=entry.happened_at)


def _seated(visit: Visit, entry: Entry, body: ev.Seated) -> Visit:
    stay = ChairStay(body.chair, entry.happened_at)
    return replace(visit, phase=Phase.SEATED, chair=body.chair, stays=(*visit.stays, stay))


def _moved(visit: Visit, entry: Entry, body: ev.Moved) -> Visit:
    stays = (*_stays_closed(visit, entry), ChairStay(body.to_chair, entry.happened_at))
    return replace(visit, chair=body.to_chair, stays=stays)


def _stays_closed(visit: Visit, entry: Entry) -> tuple[ChairStay, ...]:
    if not visit.stays or visit.stays[-1].until is not None:
        return visit.stays
    return (*visit.stays[:-1], replace(visit.stays[-1], until=entry.happened_at))


def _turned_away(visit: Visit, entry: Entry, body: ev.TurnedAway) -> Visit:
    return replace(
        _gone(visit, entry), phase=Phase.LEFT, ended_why=body.why, turned_away=_stated(entry, body)
    )


def _gone(visit: Visit, entry: Entry) -> Visit:
    return replace(visit, ended_at=entry.happened_at, chair=None, stays=_stays_closed(visit, entry))


# ── steps: facts ────────────────────────────────────────────────────────────────────────────────────────────


def _latest(field: str) -> Callable[[Visit, Entry, Any], Visit]:
    """The field holds the statement that happened last."""

    def step(visit: Visit, entry: Entry, body: Any) -> Visit:
        known: Stated[Any] | None = getattr(visit, field)
        new = _stated(entry, body)
        return visit if known and known.at > new.at else replace(visit, **{field: new})

    return step


def _listed(field: str) -> Callable[[Visit, Entry, Any], Visit]:
    """The field lists every statement, in the order of happening."""

    def step(visit: Visit, entry: Entry, body: Any) -> Visit:
        return replace(visit, **{field: _in_order(getattr(visit, field), _stated(entry, body))})

    return step


def _iv_placed(visit: Visit, entry: Entry, body: ev.IvPlaced) -> Visit:
    """A new cannula is in, whatever was removed before it; one that is charted late changes nothing after it."""
    new = _stated(entry, body)
    iv = visit.iv if visit.iv and visit.iv.at > new.at else new
    still_out = visit.iv_out if visit.iv_out and visit.iv_out.at > new.at else None
    return replace(visit, iv=iv, iv_out=still_out)


def _only_in_the_flowsheet(visit: Visit, entry: Entry, body: Any) -> Visit:
    return visit


# ── steps: order and infusion ───────────────────────────────────────────────────────────────────────────────


def _ordered(visit: Visit, entry: Entry, body: ev.Ordered) -> Visit:
    return replace(visit, order=_stated(entry, body), double_check=None)


def _started(visit: Visit, entry: Entry, body: ev.InfusionStarted) -> Visit:
    infusion = Infusion(
        drug=body.drug,
        started_at=entry.happened_at,
        duration_min=body.duration_min,
        concentration_mg_ml=body.concentration_mg_ml,
        rate_ml_h=body.rate_ml_h,
        infusions_before=body.infusions_before,
        spans=(RateSpan(body.rate_ml_h, entry.happened_at),),
    )
    return replace(visit, phase=Phase.INFUSING, infusion=infusion)


def _infusion(visit: Visit) -> Infusion:
    if visit.infusion is None:
        raise NotAVisit("nothing was infused yet")
    return visit.infusion


def _spans_closed(infusion: Infusion, entry: Entry) -> tuple[RateSpan, ...]:
    if not infusion.spans or infusion.spans[-1].until is not None:
        return infusion.spans
    return (*infusion.spans[:-1], replace(infusion.spans[-1], until=entry.happened_at))


def _pauses_closed(infusion: Infusion, entry: Entry) -> tuple[PauseSpan, ...]:
    if not infusion.paused:
        return infusion.pauses
    return (*infusion.pauses[:-1], replace(infusion.pauses[-1], until=entry.happened_at))


def _rate_changed(visit: Visit, entry: Entry, body: ev.RateChanged) -> Visit:
    infusion = _infusion(visit)
    if infusion.paused:
        return replace(visit, infusion=replace(infusion, rate_ml_h=body.to_ml_h))
    rises = infusion.rises
    if body.to_ml_h > infusion.rate_ml_h:
        rises = (*rises, entry.happened_at)
    spans = (*_spans_closed(infusion, entry), RateSpan(body.to_ml_h, entry.happened_at))
    return replace(visit, infusion=replace(infusion, rate_ml_h=body.to_ml_h, spans=spans, rises=rises))


def _paused(visit: Visit, entry: Entry, body: ev.Paused) -> Visit:
    infusion = _infusion(visit)
    paused = replace(
        infusion,
        spans=_spans_closed(infusion, entry),
        pauses=(*infusion.pauses, PauseSpan(entry.happened_at, body.why)),
    )
    return replace(visit, phase=Phase.PAUSED, infusion=paused)


def _resumed(visit: Visit, entry: Entry, body: ev.Resumed) -> Visit:
    infusion = _infusion(visit)
    resumed = replace(
        infusion,
        spans=(*infusion.spans, RateSpan(infusion.rate_ml_h, entry.happened_at)),
        pauses=_pauses_closed(infusion, entry),
        rises=(*infusion.rises, entry.happened_at),
    )
    return replace(visit, phase=Phase.INFUSING, infusion=resumed)


def _bolus(visit: Visit, entry: Entry, body: ev.BolusGiven) -> Visit:
    infusion = _infusion(visit)
    boluses = _in_order(infusion.boluses, _stated(entry, body))
    return replace(visit, infusion=replace(infusion, boluses=boluses))


def _stopped(visit: Visit, entry: Entry, body: ev.Stopped) -> Visit:
    infusion = _infusion(visit)
    stopped = replace(
        infusion,
        spans=_spans_closed(infusion, entry),
        pauses=_pauses_closed(infusion, entry),
        stopped_at=entry.happened_at,
        stopped_early=body.early,
        stop_why=body.why,
    )
    return replace(visit, phase=Phase.RECOVERING, infusion=stopped)


# ── steps: the way home ─────────────────────────────────────────────────────────────────────────────────────


def _signed_off(visit: Visit, entry: Entry, body: ev.SignedOff) -> Visit:
    return replace(visit, phase=Phase.READY, signed_off=_stated(entry, body))


def _waits_closed(visit: Visit, entry: Entry) -> tuple[Wait, ...]:
    if not visit.waits:
        return ()
    return (*visit.waits[:-1], replace(visit.waits[-1], until=entry.happened_at))


def _waiting(visit: Visit, entry: Entry, body: ev.WaitingFor) -> Visit:
    wait = Wait(body.reason, body.note, entry.happened_at)
    return replace(visit, waits=(*_waits_closed(visit, entry), wait))


def _left(visit: Visit, entry: Entry, body: ev.Left) -> Visit:
    return replace(
        _gone(visit, entry),
        phase=Phase.LEFT,
        ended_why=body.against_advice,
        left=_stated(entry, body),
        waits=_waits_closed(visit, entry),
    )


_STEPS: Final[dict[type[ev.Event], Callable[[Visit, Entry, Any], Visit]]] = {
    ev.PlanChanged: _plan_changed,
    ev.VisitCancelled: _ended(Phase.CANCELLED),
    ev.NotShown: _ended(Phase.NO_SHOW),
    ev.EnteredInError: _ended(Phase.ENTERED_IN_ERROR),
    ev.Arrived: _arrived,
    ev.Seated: _seated,
    ev.Moved: _moved,
    ev.TurnedAway: _turned_away,
    ev.Identified: _latest("identified"),
    ev.Consented: _latest("consent"),
    ev.Weighed: _listed("weights"),
    ev.VitalsTaken: _listed("vitals"),
    ev.PainRated: _listed("pains"),
    ev.AdultNamed: _latest("adult"),
    ev.IvPlaced: _iv_placed,
    ev.IvRemoved: _latest("iv_out"),
    ev.LineChecked: _only_in_the_flowsheet,
    ev.BagChanged: _only_in_the_flowsheet,
    ev.AdjunctGiven: _only_in_the_flowsheet,
    ev.Noted: _only_in_the_flowsheet,
    ev.SideEffectSeen: _listed("side_effects"),
    ev.AldreteScored: _listed("aldretes"),
    ev.PadssScored: _listed("padsses"),
    ev.OrientationChecked: _listed("orientations"),
    ev.EscortPresent: _latest("escort"),
    ev.InstructionsGiven: _latest("instructions"),
    ev.OralKetamineArranged: _latest("oral_ketamine"),
    ev.NextVisitArranged: _latest("next_visit"),
    ev.Ordered: _ordered,
    ev.DoubleChecked: _latest("double_check"),
    ev.InfusionStarted: _started,
    ev.RateChanged: _rate_changed,
    ev.Paused: _paused,
    ev.Resumed: _resumed,
    ev.BolusGiven: _bolus,
    ev.Stopped: _stopped,
    ev.PointOverridden: _listed("overrides"),
    ev.SignedOff: _signed_off,
    ev.WaitingFor: _waiting,
    ev.Left: _left,
    ev.AlarmAcknowledged: _listed("acknowledged"),
}
