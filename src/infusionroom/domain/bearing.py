"""What others entered meanwhile, and whether it bears on a command: what does not is no lost race.

Two people who chart different things of one person disturb each other no more than on paper. What dose, chair and
discharge rest upon is not merged: whoever orders, starts, changes the pump or sends somebody home has seen all of it.
"""

from __future__ import annotations

from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.events import kind_of
from infusionroom.domain.journal import Entry

# Observations that speak of one thing: of two entries among these the second should know the first.
_LINE: Final = frozenset({"iv_placed", "iv_removed", "line_checked", "bag_changed"})
_ESCORT: Final = frozenset({"adult_named", "escort_present"})
_TOGETHER: Final = (_LINE, _ESCORT)

_OBSERVATIONS: Final = frozenset(
    str(fact.__struct_config__.tag) for fact in ev.FACTS
) | {"alarm_acknowledged"}  # fmt: skip

# Of a course: what is asked of the patient and written about them, by subject.
_ORAL: Final = frozenset({"oral_prescribed", "oral_taught", "oral_started", "oral_not_started"})
_CALLED: Final = frozenset({"follow_up_called"})
_LETTER: Final = frozenset({"letter_drafted", "letter_sealed"})
_ANSWERS: Final = frozenset({"plan_agreed", "consent_acknowledged", "pgic_rated"}) | _ORAL | _CALLED | _LETTER
_SUBJECTS: Final[dict[type[cmd.Command], frozenset[str]]] = {
    cmd.AgreePlan: frozenset({"plan_agreed"}),
    cmd.AcknowledgeConsent: frozenset({"consent_acknowledged"}),
    cmd.RatePgic: _CALLED | {"pgic_rated"},
    cmd.PrescribeOral: _ORAL | _CALLED,
    cmd.TeachOral: _ORAL | _CALLED,
    cmd.StartOral: _ORAL | _CALLED,
    cmd.NotStartOral: _ORAL | _CALLED,
    cmd.RecordCall: _ORAL | _CALLED | {"pgic_rated"},
}
# When a day takes place does not depend on these.
_NOT_OF_THE_CALENDAR: Final = _LETTER | {"pgic_rated", "consent_acknowledged"}

# What a command enters, where the two are called otherwise.
_ENTERS: Final[dict[str, str]] = {
    "change_plan": "plan_changed", "cancel": "visit_cancelled", "arrive": "arrived", "seat": "seated",
    "move": "moved", "swap": "moved", "turn_away": "turned_away", "order": "ordered",
    "double_check": "double_checked", "start": "infusion_started", "change_rate": "rate_changed",
    "pause": "paused", "resume": "resumed", "bolus": "bolus_given", "stop": "stopped",
    "override": "point_overridden", "sign_off": "signed_off", "wait": "waiting_for", "leave": "left",
    "acknowledge": "alarm_acknowledged", "change_room": "room_changed", "change_rule": "rule_changed",
    "give_role": "role_given", "take_role": "role_taken", "disable_person": "person_disabled",
    "enable_person": "person_enabled", "set_archetype": "archetype_set",
    "withdraw_archetype": "archetype_withdrawn", "close_day": "day_closed", "open_day": "day_opened",
    "publish_consent": "consent_published", "change_patient": "patient_changed",
    "merge_patients": "patient_merged", "defer_day": "course_day_deferred", "omit_day": "course_day_omitted",
    "take_day": "course_day_taken", "stop_course": "course_stopped", "extend_course": "course_extended",
    "change_target": "course_target_changed", "agree_plan": "plan_agreed",
    "acknowledge_consent": "consent_acknowledged", "rate_pgic": "pgic_rated",
    "prescribe_oral": "oral_prescribed", "teach_oral": "oral_taught", "start_oral": "oral_started",
    "not_start_oral": "oral_not_started", "record_call": "follow_up_called",
    "close_follow_up": "follow_up_closed", "write_letter": "letter_drafted", "seal_letter": "letter_sealed",
}  # fmt: skip


# Of these two people may well mean different things: they are the same only where every value is.
_VALUES: Final = frozenset(
    {
        *("change_plan", "change_rate", "order", "change_room", "change_rule", "set_archetype"),
        *("publish_consent", "change_patient", "change_target", "write_letter", "defer_day", "take_day"),
        *("extend_course", "give_role", "take_role"),
    }
)


def bears_on(entry: Entry, command: cmd.Command) -> bool:
    """Whether who gives this command should first see this entry of the same stream."""
    kind, body = entry.kind, entry.body
    match command:
        case cmd.Record(fact=fact):
            return kind not in _OBSERVATIONS or _of_one_thing(kind, kind_of(fact))
        case cmd.Arrive() | cmd.Wait() | cmd.Pause() | cmd.Stop():
            # Whoever stops a pump is not held up by a note.
            return kind not in _OBSERVATIONS or kind in _LINE
        case cmd.DeferDay() | cmd.OmitDay() | cmd.TakeDay() | cmd.ExtendCourse() | cmd.StopCourse():
            return kind not in _NOT_OF_THE_CALENDAR
        case cmd.CourseCommand() if type(command) in _SUBJECTS:
            return kind not in _ANSWERS or kind in _SUBJECTS[type(command)]
        case cmd.ChangeRoom():
            return isinstance(body, ev.RoomChanged) and any(
                getattr(command, name) is not None and getattr(body, name) is not None
                for name in ("name", "opens", "closes", "chairs")
            )
        case cmd.ChangeRule(name=name):
            return isinstance(body, ev.RuleChanged) and body.name == name
        case cmd.SetArchetype() | cmd.WithdrawArchetype():
            return _kind_named(body) == _kind_named(command)
        case cmd.CloseDay(day=day) | cmd.OpenDay(day=day):
            return isinstance(body, ev.DayClosed | ev.DayOpened) and body.day == day
        case cmd.PublishConsent():
            return isinstance(body, ev.ConsentPublished)
        case cmd.GiveRole(name=name) | cmd.TakeRole(name=name):
            return getattr(body, "name", None) == name and kind != "pin_set"
        case cmd.DisablePerson(name=name) | cmd.EnablePerson(name=name):
            return getattr(body, "name", None) == name and kind != "pin_set"
        case _:
            return True


def same_thing(entry: Entry, command: cmd.Command) -> bool:
    """Whether the entry is what this command would enter: the same observation or step, or the very same setting."""
    if isinstance(command, cmd.Record):
        return entry.kind == kind_of(command.fact)
    name = cmd.name_of(command)
    if isinstance(command, cmd.RecordCall) and isinstance(entry.body, ev.FollowUpCalled):
        return entry.body.day == command.day
    if name in _VALUES and not _same_values(entry.body, command):
        return False
    return entry.kind == _ENTERS.get(name, name)


def _same_values(body: ev.Event, command: cmd.Command) -> bool:
    fields = [field for field in body.__struct_fields__ if field != "schema"]
    return all(getattr(command, field, None) == getattr(body, field) for field in fields)


def _of_one_thing(one: str, other: str) -> bool:
    # Two notes are two notes.
    return (one == other != "noted") or any(one in group and other in group for group in _TOGETHER)


def _kind_named(said: object) -> str | None:
    match said:
        case ev.ArchetypeSet() | cmd.SetArchetype():
            return said.archetype.name.strip().casefold()
        case ev.ArchetypeWithdrawn() | cmd.WithdrawArchetype():
            return said.name.strip().casefold()
        case _:
            return None
