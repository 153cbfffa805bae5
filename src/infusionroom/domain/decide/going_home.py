"""Deciding on the way home: override, sign-off, waiting, leaving; and acknowledging alarms."""

from __future__ import annotations

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.alarms import alarms_of
from infusionroom.domain.board import Point
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.seating import vacates
from infusionroom.domain.journal import Draft
from infusionroom.domain.outcome import Reason
from infusionroom.domain.readiness import DISCHARGE_LABELS, START_LABELS, discharge_points
from infusionroom.domain.visit import Phase


def override(asked: Asked, command: cmd.Override) -> list[Draft]:
    """Only what the clinic marks as overridable, and only what such a gate has."""
    visit = asked.visit(command.visit)
    start = command.gate == "start"
    labels = START_LABELS if start else DISCHARGE_LABELS
    if command.point not in labels:
        raise refuse("point", f"Override: the {command.gate} list has no point {command.point!r}.")
    allowed = asked.rules.start.overridable if start else asked.rules.discharge.overridable
    if command.point not in allowed:
        raise refuse(
            "not_overridable", f"Override: this clinic lets nobody override “{labels[command.point]}”."
        )
    if start and visit.infusion is not None:
        raise refuse("phase", "Override: the infusion has already been started.")
    body = ev.PointOverridden(
        gate=command.gate, point=command.point, physician=command.physician, reason=command.reason
    )
    return [asked.happens(visit, body)]


def sign_off(asked: Asked, command: cmd.SignOff) -> list[Draft]:
    """A nurse's signature, once nothing else is missing."""
    visit = asked.visit(command.visit)
    draft = asked.happens(visit, ev.SignedOff())
    points = discharge_points(visit, asked.background(visit), asked.rules, asked.at)
    _nothing_missing("Sign-off", [p for p in points if p.open and p.key != "signed"])
    return [draft]


def wait(asked: Asked, command: cmd.Wait) -> list[Draft]:
    return [
        asked.happens(asked.visit(command.visit), ev.WaitingFor(reason=command.reason, note=command.note))
    ]


def leave(asked: Asked, command: cmd.Leave) -> list[Draft]:
    """The person goes home and frees the chair. Against advice is possible, and keeps what was missing."""
    visit = asked.visit(command.visit)
    missing = [p for p in discharge_points(visit, asked.background(visit), asked.rules, asked.at) if p.open]
    body = ev.Left(
        chair=visit.chair,
        accompanied_by=command.accompanied_by or (visit.escort.body.name if visit.escort else ""),
        against_advice=command.against_advice,
        missing=tuple(p.key for p in missing) if command.against_advice.strip() else (),
    )
    draft = asked.happens(visit, body)
    if not command.against_advice.strip():
        _nothing_missing("Leave", missing)
        if visit.phase is not Phase.READY:
            raise refuse("discharge.signed", "Leave: a nurse's sign-off is missing.")
    return [draft, *vacates(asked, visit)]


def acknowledge(asked: Asked, command: cmd.Acknowledge) -> list[Draft]:
    visit = asked.visit(command.visit)
    keys = tuple(a.key for a in alarms_of(visit, asked.rules, asked.at) if not a.silenced)
    if not keys:
        raise refuse("no_alarm", "Acknowledge: nothing is active for this person.")
    return [asked.happens(visit, ev.AlarmAcknowledged(alarms=keys))]


def _nothing_missing(word: str, points: list[Point]) -> None:
    if points:
        raise NotAllowed(
            *(
                Reason(f"discharge.{p.key}", f"{word}: {p.label} — {p.detail}.", overridable=p.overridable)
                for p in points
            )
        )
