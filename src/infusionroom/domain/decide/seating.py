"""Deciding who sits where: arrive, seat, move, swap, send home; and the chairs themselves."""

from __future__ import annotations

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.journal import Draft
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import HERE, Phase, Visit


def arrive(asked: Asked, command: cmd.Arrive) -> list[Draft]:
    return [asked.happens(asked.visit(command.visit), ev.Arrived())]


def seat(asked: Asked, command: cmd.Seat) -> list[Draft]:
    visit = asked.visit(command.visit)
    draft = asked.happens(visit, ev.Seated(chair=command.chair))
    must_not_sit_elsewhere(asked, visit)
    must_be_free(asked, command.chair)
    return [draft]


def move(asked: Asked, command: cmd.Move) -> list[Draft]:
    visit = asked.visit(command.visit)
    if visit.chair is None:
        raise refuse("chair", "Move: the person has no chair yet; seat them first.")
    if command.chair == visit.chair:
        raise refuse("chair", f"Move: the person already sits in chair {visit.chair}.")
    body = ev.Moved(from_chair=visit.chair, to_chair=command.chair, why=command.why)
    draft = asked.happens(visit, body)
    must_be_free(asked, command.chair)
    return [draft, asked.to_chair(visit.chair, ev.ChairVacated(visit=visit.id))]


def swap(asked: Asked, command: cmd.Swap) -> list[Draft]:
    one, other = asked.visit(command.visit), asked.visit(command.with_visit)
    if one.id == other.id or one.chair is None or other.chair is None:
        raise refuse("chair", "Swap needs two people who both sit in a chair.")
    return [
        asked.happens(mover, ev.Moved(from_chair=a, to_chair=b, why=command.why, swapped_with=partner.id))
        for mover, partner, a, b in (
            (one, other, one.chair, other.chair),
            (other, one, other.chair, one.chair),
        )
    ]


def turn_away(asked: Asked, command: cmd.TurnAway) -> list[Draft]:
    visit = asked.visit(command.visit)
    return [asked.happens(visit, ev.TurnedAway(why=command.why)), *vacates(asked, visit)]


def vacates(asked: Asked, visit: Visit) -> list[Draft]:
    """The chair is free once the person has left, and is then to be cleaned."""
    if visit.chair is None:
        return []
    return [asked.to_chair(visit.chair, ev.ChairVacated(visit=visit.id))]


def must_be_free(asked: Asked, chair: int) -> None:
    """Raises `NotAllowed`, naming who sits there or what is the matter with the chair."""
    must_exist(asked, chair)
    if occupant := asked.room.occupant(chair):
        raise refuse(
            "chair_taken", f"Chair {chair} is taken by {occupant.patient.family}.", visits=(occupant.id,)
        )
    state = asked.room.state_of(chair)
    if state is ChairState.CLEANING:
        raise refuse("chair_cleaning", f"Chair {chair} is being cleaned: mark it clean first.")
    if state is ChairState.OUT_OF_SERVICE:
        why = asked.room.chair(chair).out_why
        raise refuse("chair_out", f"Chair {chair} is out of service: {why}.")
    _not_before_its_last_change(asked, chair)
    if earlier := asked.room.sat_in(chair, asked.at):
        raise refuse("chair_taken", f"{earlier.patient.family} still sat in chair {chair} then.")


def clean_chair(asked: Asked, command: cmd.CleanChair) -> list[Draft]:
    must_exist(asked, command.chair)
    if asked.room.state_of(command.chair) is not ChairState.CLEANING:
        raise refuse("chair_state", f"Chair {command.chair} is not being cleaned.")
    _not_before_its_last_change(asked, command.chair)
    return [asked.to_chair(command.chair, ev.ChairCleaned())]


def take_chair_out(asked: Asked, command: cmd.TakeChairOut) -> list[Draft]:
    must_exist(asked, command.chair)
    if occupant := asked.room.occupant(command.chair):
        raise refuse(
            "chair_taken",
            f"Chair {command.chair} is taken by {occupant.patient.family}: move them first.",
            visits=(occupant.id,),
        )
    if asked.room.chair(command.chair).out_since:
        raise refuse("chair_state", f"Chair {command.chair} is already out of service.")
    _not_before_its_last_change(asked, command.chair)
    return [asked.to_chair(command.chair, ev.ChairOutOfService(why=command.why))]


def return_chair(asked: Asked, command: cmd.ReturnChair) -> list[Draft]:
    must_exist(asked, command.chair)
    if asked.room.chair(command.chair).out_since is None:
        raise refuse("chair_state", f"Chair {command.chair} is not out of service.")
    _not_before_its_last_change(asked, command.chair)
    return [asked.to_chair(command.chair, ev.ChairInService())]


def must_exist(asked: Asked, chair: int) -> None:
    if not 1 <= chair <= asked.clinic.chairs:
        raise refuse("chair", f"There is no chair {chair}: this room has chairs 1 to {asked.clinic.chairs}.")


def _not_before_its_last_change(asked: Asked, chair: int) -> None:
    changed_at = asked.room.chair(chair).changed_at
    if changed_at and asked.at < changed_at:
        raise refuse("order", f"Chair {chair} was not yet free then: it was vacated, cleaned or out later.")


def must_not_sit_elsewhere(asked: Asked, visit: Visit) -> None:
    """One person never sits in two chairs, whatever number of visits a sender booked for them."""
    me = visit.patient
    for other in asked.room.visits.values():
        if other.id == visit.id or other.phase not in HERE - {Phase.ARRIVED}:
            continue
        them = other.patient
        same_record = bool(me.record_number) and me.record_number == them.record_number
        same_name = (me.family.casefold(), me.given.casefold()) == (
            them.family.casefold(),
            them.given.casefold(),
        )
        if same_record or (me.birth_date and me.birth_date == them.birth_date and same_name):
            raise refuse(
                "person_seated", f"{me.family} already sits in chair {other.chair}, with visit {other.id}."
            )
