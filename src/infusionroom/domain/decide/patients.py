"""Deciding on patients' files: register, change, merge a duplicate, part again."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.day import clinic_day
from infusionroom.domain.decide.asked import Asked, NotAllowed, refuse
from infusionroom.domain.decide.patient_file import as_kept, file_problems
from infusionroom.domain.decide.person import called
from infusionroom.domain.evolve import fold
from infusionroom.domain.journal import Draft
from infusionroom.domain.names import look_of
from infusionroom.domain.outcome import Reason
from infusionroom.domain.patient import Patient, stream_of
from infusionroom.domain.room import Room
from infusionroom.domain.visit import HERE, Phase, Visit, visit_id_of

MOST_ALIKE_NAMED = 5


def patient_id_of(command_id: str) -> str:
    """The id of the patient that this command registers."""
    return visit_id_of(f"patient/{command_id}")


def register(asked: Asked, command: cmd.RegisterPatient) -> list[Draft]:
    """A new file. Somebody alike is asked about once; a record number is nobody else's."""
    patient_id = patient_id_of(asked.command_id)
    _must_hold(asked, patient_id, command.file, None, command.confirmed)
    return [Draft(stream_of(patient_id), ev.PatientRegistered(file=as_kept(command.file)), asked.at)]


def change(asked: Asked, command: cmd.ChangePatient) -> list[Draft]:
    """The whole new file; the plans of this patient's visits still to come take on its names."""
    patient = standing_alone(asked, command.patient)
    _must_hold(asked, patient.id, command.file, patient.file, command.confirmed)
    file = as_kept(command.file)
    if file == patient.file:
        raise refuse("unchanged", "The file already says so.")
    changed = replace(patient, file=file)
    drafts = [Draft(stream_of(patient.id), ev.PatientChanged(file=file, why=command.why), asked.at)]
    if changed.as_planned() == patient.as_planned():
        return drafts
    after = replace(asked.room, patients={**asked.room.patients, patient.id: changed})
    to_come = (v for v in _visits_of(asked.room, patient) if v.phase is Phase.PLANNED)
    return drafts + [draft for v in to_come for draft in _named_after(asked, after, v, changed, command.why)]


def merge(asked: Asked, command: cmd.MergePatients) -> list[Draft]:
    """The duplicate's visits that are not over go on under the name of `into`; what is over keeps its own."""
    if command.patient == command.into:
        raise refuse("itself", "Merge: a file is no duplicate of itself; choose the other one.")
    duplicate, into = known(asked, command.patient), known(asked, command.into)
    if duplicate.merged_into:
        raise refuse("merged", f"Merge: {called(duplicate)} is already merged; part it first.")
    _must_stand_alone(asked, duplicate, into)
    _must_not_both_sit(asked, duplicate, into)
    room = asked.room
    after = replace(
        room,
        patients={**room.patients, duplicate.id: replace(duplicate, merged_into=into.id)},
        past={**room.past, into.id: {**room.past.get(duplicate.id, {}), **room.past.get(into.id, {})}},
    )
    going_on = (v for v in _visits_of(room, duplicate) if v.phase is Phase.PLANNED or v.phase in HERE)
    return [
        Draft(stream_of(duplicate.id), ev.PatientMerged(into=into.id, why=command.why), asked.at),
        *(draft for v in going_on for draft in _named_after(asked, after, v, into, command.why)),
    ]


def part(asked: Asked, command: cmd.PartPatients) -> list[Draft]:
    """Two people after all: what the merging moved and is not over yet goes back to whose it was."""
    patient = known(asked, command.patient)
    if patient.merge is None:
        raise refuse("not_merged", f"Part: {called(patient)} is not merged with anybody.")
    if holder := _holder_of(asked, patient.file.record_number, besides=patient.id):
        raise refuse(
            "record_number",
            f"Part: {called(holder)} has taken over record number {patient.file.record_number}; "
            "correct that file first.",
        )
    merge_id, moved_by = patient.merge.id, patient.merge.command
    drafts = [Draft(stream_of(patient.id), ev.Undone(target=merge_id, why=command.why), asked.at)]
    return drafts + [
        asked.happens(visit, ev.PlanChanged(plan=plan, why=command.why))
        for visit in asked.room.visits.values()
        if (visit.phase is Phase.PLANNED or visit.phase in HERE)
        and (plan := _as_before(asked.room, visit, moved_by, patient)) is not None
    ]


def known(asked: Asked, patient_id: str) -> Patient:
    """The patient of exactly this id, merged or not. Raises `NotAllowed` where there is none."""
    patient = asked.room.patients.get(patient_id)
    if patient is None:
        raise refuse(
            "unknown_patient", f"There is no patient {patient_id[:100]!r}: search for the file again."
        )
    return patient


def standing_alone(asked: Asked, patient_id: str) -> Patient:
    """The patient of this id. Raises `NotAllowed` where there is none, or the file of another one holds."""
    patient = known(asked, patient_id)
    if patient.merged_into:
        holds = asked.room.patient(patient_id)
        whose = called(holds) if holds is not None else patient.merged_into
        raise refuse("merged", f"This file is merged: that of {whose} holds; open that one.")
    return patient


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────


def _must_hold(
    asked: Asked, patient_id: str, file: ev.PatientFile, before: ev.PatientFile | None, confirmed: bool
) -> None:
    """Raises `NotAllowed` with every reason; those that can be confirmed pass when they are."""
    today = clinic_day(asked.now, asked.clinic.timezone)
    reasons = file_problems(file, before, today, asked.rules.plausible)
    number = file.record_number.strip()
    holder = _holder_of(asked, number, besides=patient_id)
    if holder is not None and (before is None or number != before.record_number):
        text = f"Record number {number} is held by {called(holder)}: open that file, or correct the number."
        reasons.append(Reason("record_number", text))
    if before is None or (_look(file), file.birth_date) != (_look(before), before.birth_date):
        reasons += [
            Reason("alike", f"There is already {called(other)}: is it the same person?", confirmable=True)
            for other in _alike(asked, patient_id, file)
        ]
    standing = [r for r in reasons if not (r.confirmable and confirmed)]
    if standing:
        raise NotAllowed(*standing)


def _others(asked: Asked, patient_id: str) -> Iterator[Patient]:
    """Everybody else who stands alone, as far as they were loaded."""
    for other in {**asked.room.alike, **asked.room.patients}.values():
        if other.id != patient_id and not other.merged_into:
            yield other


def _holder_of(asked: Asked, record_number: str, *, besides: str) -> Patient | None:
    number = record_number.strip().casefold()
    same = (o for o in _others(asked, besides) if number and o.file.record_number.casefold() == number)
    return next(same, None)


def _alike(asked: Asked, patient_id: str, file: ev.PatientFile) -> list[Patient]:
    """Who could be the same person: a similar name, and no birth date that says otherwise."""
    found = [
        other
        for other in _others(asked, patient_id)
        if _look(other.file) == _look(file)
        and (file.birth_date is None or other.file.birth_date in (None, file.birth_date))
    ]
    return found[:MOST_ALIKE_NAMED]


def _look(file: ev.PatientFile) -> str:
    return look_of(file.family, file.given)


# ── visits ──────────────────────────────────────────────────────────────────────────────────────────────────


def _visits_of(room: Room, patient: Patient) -> list[Visit]:
    """The patient's visits that are loaded, those under a duplicate's id included."""
    return [
        visit
        for visit in room.visits.values()
        if visit.plan.patient_id == patient.id
        or ((holds := room.patient(visit.plan.patient_id)) is not None and holds.id == patient.id)
    ]


def _named_after(asked: Asked, after: Room, visit: Visit, patient: Patient, why: str) -> Iterator[Draft]:
    """The plan under the patient's names, and the infusions before that are known of them `after` the command."""
    plan = replace(visit.plan, patient_id=patient.id)
    before = after.background(replace(visit, plan=plan)).infusions_before
    named = patient.as_planned(visit.patient.infusions_before if before is None else before)
    plan = replace(plan, patient=named)
    if plan != visit.plan:
        yield asked.happens(visit, ev.PlanChanged(plan=plan, why=why))


def _as_before(room: Room, visit: Visit, command_id: str, patient: Patient) -> ev.Plan | None:
    """The visit's plan with whose it was before this command moved it; None where it did not, or is elsewhere now."""
    moved = next(
        (e for e in visit.entries if e.command == command_id and isinstance(e.body, ev.PlanChanged)), None
    )
    holds = room.patient(patient.id)
    now = room.patient(visit.plan.patient_id)
    if moved is None or visit.plan.patient_id == patient.id or holds is None or now is None:
        return None
    if now.id != holds.id:
        return None
    was = fold([e for e in visit.entries if e.id < moved.id]).plan
    return replace(visit.plan, patient=was.patient, patient_id=was.patient_id)


def _must_stand_alone(asked: Asked, duplicate: Patient, into: Patient) -> None:
    if not into.merged_into:
        return
    holds = asked.room.patient(into.id)
    if holds is not None and holds.id == duplicate.id:
        raise refuse("circle", f"Merge: {called(into)} is merged into this file; that would be a circle.")
    whose = called(holds) if holds is not None else into.merged_into
    raise refuse("merged", f"Merge: {called(into)} is merged itself; merge into {whose}.")


def _must_not_both_sit(asked: Asked, duplicate: Patient, into: Patient) -> None:
    """Whoever sits in two chairs at once is two people."""
    chairs = [
        next((v.chair for v in _visits_of(asked.room, one) if v.here and v.chair is not None), None)
        for one in (duplicate, into)
    ]
    if None not in chairs:
        raise refuse(
            "person_seated",
            f"Merge: both sit here now, in chairs {chairs[0]} and {chairs[1]}; they are two people.",
        )
