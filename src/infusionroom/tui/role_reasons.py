"""Why a person's roles keep them from a verb or form of files and courses, before anything is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp

# The commands behind the verbs of a course and of a patient's file.
COURSE_VERBS: Final = {
    "defer": "defer_day",
    "omit": "omit_day",
    "stop": "stop_course",
    "extend": "extend_course",
    "target": "change_target",
    "agree": "agree_plan",
    "consent": "acknowledge_consent",
    "pgic": "rate_pgic",
    "oral": "prescribe_oral",
    "started": "start_oral",
    "call": "record_call",
    "letter": "write_letter",
    "undo": "undo_course",
    "close": "close_follow_up",
    "patient": "open_record",
    "open": "open_record",
}
PATIENT_VERBS: Final = {
    "edit": "change_patient",
    "weigh": "change_patient",
    "book": "book_course",
    "merge": "merge_patients",
    "part": "part_patients",
}
# The commands behind the forms, where they are called otherwise.
_FORMS: Final = {
    "register": "register_patient",
    "weight_on_file": "change_patient",
    "merge": "merge_patients",
    "part": "part_patients",
    "consent": "acknowledge_consent",
    "oral_course": "prescribe_oral",
    "oral_started": "start_oral",
    "course_day": "book_course",
    "overbook": "book_course",
    "assign": "take_day",
    "course_kind": "set_archetype",
    "withdraw_kind": "withdraw_archetype",
    "consent_text": "publish_consent",
}


def not_theirs(app: InfusionRoomApp, tag: str) -> str | None:
    """The sentence why whoever is at the keys may not give the command of this word, or None."""
    from infusionroom.domain.roles import MAY, refusal

    room = app.room_state
    if room is None or not room.people or not app.actor or tag not in MAY:
        return None
    reason = refusal(room, app.actor, tag)
    return reason.text if reason is not None else None


def form_is_shut(app: InfusionRoomApp, form_id: str) -> bool:
    """Whether a form does not open for whoever is at the keys; says why."""
    return said_why(app, not_theirs(app, _FORMS.get(form_id, form_id)))


def action_not_theirs(app: InfusionRoomApp, action_id: str) -> str | None:
    """The same for an entry of the table of actions."""
    from infusionroom.tui.actions import BY_ID
    from infusionroom.tui.actions import not_theirs as of_action

    room = app.room_state
    return of_action(BY_ID[action_id], room, app.actor) if room is not None else None


def said_why(app: InfusionRoomApp, why: str | None) -> bool:
    """Whether there is a reason against it; says it."""
    if why is not None:
        app.say(why, warn=True)
    return why is not None
