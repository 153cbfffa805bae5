"""The one table of everything a person can do: footer, help, palette and keys are made from it.

Contextual verbs (`s`, `p`, `d`) stand for the next of several entries; each entry is in the table by itself as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from infusionroom.domain import allowed
from infusionroom.domain.events import Left
from infusionroom.domain.roles import refusal
from infusionroom.domain.transitions import unlawful

if TYPE_CHECKING:
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit

Where = Literal["person", "chair", "room"]
Group = Literal[
    "To the start",
    "Infusion",
    "Recovery and home",
    "Schedule",
    "Patients and courses",
    "Chairs",
    "Looking",
    "Program",
]


class Action(msgspec.Struct, frozen=True):
    """Something a person can do.

    `key` may be empty: then the palette is the way. `guard` is the name by which `domain.allowed.why_not` knows it
    (empty: always possible). `form` is the form that it opens; without one it acts at once or opens a screen.
    """

    id: str
    key: str
    word: str
    help: str
    group: Group
    where: Where = "person"
    guard: str = ""
    form: str = ""

    @property
    def on_board(self) -> bool:
        """Whether the board binds its key; the palette's is Textual's own."""
        return bool(self.key) and self.key != "ctrl+p"

    @property
    def key_word(self) -> str:
        """The key as the footer and help write it."""
        return KEY_WORDS.get(self.key, self.key)


KEY_WORDS: Final = {
    "enter": "⏎",
    "slash": "/",
    "question_mark": "?",
    "ctrl+p": "^P",
    "escape": "Esc",
    "f1": "F1",
    "f2": "F2",
    "f5": "F5",
    "f9": "F9",
}


def _group(group: Group, *rows: tuple[str, str, str, str, str, str]) -> tuple[Action, ...]:
    """One group of the table. A row is id, key, word, what it is for and its guard and form, and the help sentence.

    The fourth column reads `person`, `chair` or `room`; the fifth `guard` or `guard>form`, where what is left out is
    as the id, and `-` is no guard.
    """
    made = []
    for id_, key, word, where, does, help_ in rows:
        guard, opens, form = does.partition(">")
        if opens:
            guard, form = guard or id_, form or id_
            guard = "" if guard == "-" else guard
        made.append(Action(id_, key, word, help_, group, _WHERE[where], guard, form))
    return tuple(made)


_WHERE: Final[dict[str, Where]] = {"person": "person", "chair": "chair", "room": "room"}

ACTIONS: Final[tuple[Action, ...]] = (
    *_group(
        "To the start",
        ("arrive", "a", "Arrive", "person", ">", "Somebody on the schedule has come in."),
        ("next_step", "s", "Start", "person", "",
         "The next step to the start: seat, list, order, double check, start."),
        ("seat", "", "Seat", "person", ">", "Give somebody who has arrived a chair."),
        ("prestart", "", "Prepare", "person", "record:identified>",
         "What the start needs: identity, consent, weight, IV and the rest."),
        ("identify", "", "Identity", "person", "record:identified>", "Two identifiers were checked."),
        ("consent", "", "Consent", "person", "record:consented>", "The consent is signed; when."),
        ("weight", "", "Weight", "person", "record:weighed>", "Enter the weight in kg."),
        ("adult", "", "Adult", "person", "record:adult_named>",
         "The responsible adult who will take them home, as told on the phone or at the desk."),
        ("iv", "", "IV in", "person", "record:iv_placed>", "The cannula is in place; where."),
        ("order", "O", "Order", "person", ">",
         "Enter the physician's order; the pump's rate is worked out from it."),
        ("double_check", "c", "Check", "person", ">",
         "A second person enters drug, concentration, rate and patient again, blind."),
        ("start", "", "Start", "person", ">",
         "Start the infusion; refused until everything on the list is there."),
    ),
    *_group(
        "Infusion",
        ("pause_resume", "p", "Pause", "person", "", "Pause the pump with a reason, or let it run again."),
        ("pause", "", "Pause", "person", ">", "Pause the pump, with a reason; the end moves."),
        ("resume", "", "Resume", "person", ">", "Let a paused pump run again."),
        ("vitals", "v", "Vitals", "person", "record:vitals_taken>", "Enter a set of vital signs."),
        ("pain", "P", "Pain", "person", "record:pain_rated>", "Enter a pain rating, 0 to 10."),
        ("note", "n", "Note", "person", "record:noted>", "Write a note into the flowsheet."),
        ("rate", "r", "Rate", "person", "change_rate>", "Change the pump's rate, with a reason."),
        ("bolus", "b", "Bolus", "person", ">", "Record a bolus."),
        ("adjunct", "g", "Given", "person", "record:adjunct_given>", "Record another drug that was given."),
        ("side_effect", "x", "Side effect", "person", "record:side_effect_seen>",
         "Record something unwanted: what it was, and how bad at its worst."),
        ("line_check", "i", "IV check", "person", "record:line_checked>",
         "Record a look at the line and its site."),
        ("bag", "B", "Bag", "person", "record:bag_changed>", "Record a change of the bag."),
        ("stop", "e", "End", "person", ">", "End the infusion; short of the ordered time it asks why."),
    ),
    *_group(
        "Recovery and home",
        ("padss", "o", "Score", "person", "record:padss_scored>", "Take a PADSS score, item by item."),
        ("aldrete", "A", "Aldrete", "person", "record:aldrete_scored>",
         "Take an Aldrete score, item by item."),
        ("next_home", "d", "Discharge", "person", "", "The next step home: discharge list, sign-off, left."),
        ("discharge", "", "Discharge", "person", ">", "What keeps somebody from going home, point by point."),
        ("orientation", "", "Oriented", "person", "record:orientation_checked>",
         "Is the person oriented to name, place and time?"),
        ("iv_out", "I", "IV out", "person", "record:iv_removed>",
         "The cannula is out and its site was looked at."),
        ("escort", "E", "Escort", "person", "record:escort_present>", "The responsible adult is here."),
        ("instructions", "T", "Teach", "person", "record:instructions_given>",
         "Written instructions and a phone number were given."),
        ("oral", "R", "Oral Rx", "person", "record:oral_ketamine_arranged>",
         "Oral ketamine was prescribed and taught."),
        ("next_visit", "N", "Next visit", "person", "record:next_visit_arranged>",
         "The next visit or follow-up is arranged."),
        ("sign_off", "S", "Sign off", "person", ">", "A nurse's signature: ready to leave."),
        ("wait", "W", "Waits", "person", ">", "What somebody who is ready still waits for."),
        ("leave", "L", "Left", "person", ">", "The person has left; the chair is to be cleaned."),
        ("against_advice", "", "Left against advice", "person", "->",
         "The person goes although something is missing."),
        ("override", "V", "Override", "person", ">", "A physician lets a missing point pass, with a reason."),
        ("undo", "u", "Undo", "person", ">", "Take back the last entry for this person."),
        ("correct", "", "Correct", "person", "undo>", "Correct an entry; the original stays readable."),
    ),
    *_group(
        "Schedule",
        ("schedule", "t", "Schedule", "room", "", "A day's planned visits: book, change, cancel, any date."),
        ("two_weeks", "", "Two weeks", "room", "",
         "Chairs and days of two weeks, and how many more each day takes; v in the schedule."),
        ("book_course", "", "Book a course", "room", "",
         "For a patient on file: the days are proposed and can be moved."),
        ("close_day", "", "Close a day", "room", "->", "The clinic is closed on a day, with the reason."),
        ("open_day", "", "Open a day", "room", "->", "The clinic works on a holiday, or on a closed day."),
        ("walk_in", "w", "Walk-in", "room", "plan>", "Somebody without an appointment is here."),
        ("plan", "", "Book", "room", ">", "Put a visit on the schedule."),
        ("change_plan", "", "Change plan", "person", ">", "Change a planned visit."),
        ("cancel", "", "Cancel visit", "person", ">", "Cancel a planned visit."),
        ("no_show", "", "No-show", "person", ">", "Somebody on the schedule did not come."),
        ("entered_in_error", "", "Entered in error", "person", ">", "The booking was a mistake and never real."),
        ("turn_away", "", "Turn away", "person", ">", "Somebody goes home without an infusion."),
    ),
    *_group(
        "Patients and courses",
        ("patients", "f", "Patients", "room", "",
         "Find a patient by a few letters, open their file, register a new one."),
        ("follow_up", "F", "Follow-up", "room", "",
         "What is open after courses: calls, oral ketamine, days that nobody has decided on."),
        ("file", "H", "File", "person", "", "This person's file: history, courses, visits."),
        ("course", "D", "Course", "person", "", "The days of this person's course, and what belongs to it."),
        ("assign", "J", "Assign", "person", "",
         "Say whose a visit from another system is, and which day of which course."),
    ),
    *_group(
        "Chairs",
        ("move", "m", "Move", "person", ">", "Move somebody to another chair."),
        ("swap", "M", "Swap", "person", ">", "Let two people change chairs."),
        ("chair", "C", "Chair", "chair", "", "The chair is clean, goes out of service, or comes back."),
        ("chair_cleaned", "", "Chair clean", "chair", "chair_cleaned", "The chair has been cleaned and is open."),
        ("chair_out", "", "Chair out", "chair", "chair_out_of_service>chair",
         "Take the chair out of service, with a reason."),
        ("chair_in", "", "Chair in", "chair", "chair_in_service", "The chair can be used again."),
        ("chair_undo", "", "Undo chair", "chair", "undo_chair>",
         "Take back what was last done to a chair; u on a chair that nobody sits in."),
    ),
    *_group(
        "Looking",
        ("open", "enter", "Open", "person", "", "The whole visit: flowsheet, trends, course."),
        ("acknowledge", "k", "Acknowledge", "room", "",
         "I have seen the highest alarm: it is silent for a while and stays."),
        ("alarms", "K", "All alarms", "room", "",
         "Every alarm: state, begin, value, limit, who has seen it."),
        ("day", "y", "Day", "room", "", "The day as a drawing, chairs × time."),
        ("find", "slash", "Find", "room", "", "Find a person, today or in the past."),
        ("help", "question_mark", "Help", "room", "", "This table."),
    ),
    *_group(
        "Program",
        ("summary", "f5", "Summary", "room", "", "Write the day's summary for the back office."),
        ("rule", "", "Rule", "room", "change_rule>", "Change one of the clinic's thresholds, signed by a physician."),
        ("room", "", "Room", "room", "change_room>", "Change the room's name, hours or number of chairs."),
        ("sign_in", "f2", "Sign in", "room", "", "Sign in, or let somebody else take over; what is selected stays."),
        ("sign_out", "", "Sign out", "room", "", "Nobody is at the keys any more; the board goes on."),
        ("lock", "", "Lock now", "room", "", "Lock the terminal; what is open is kept for whoever locked it."),
        ("own_pin", "", "My PIN", "room", "", "Set or change your own PIN."),
        ("staff", "", "Staff", "room", "",
         "Who works here, in which roles, with a PIN or not; and emergency accesses to look at."),
        ("person", "", "Add a person", "room", "add_person>", "Add somebody to the staff list."),
        ("course_kind", "", "Kind of course", "room", "->",
         "Change a kind of course, or add one: days, ramp, chair and target."),
        ("withdraw_kind", "", "Withdraw kind of course", "room", "->",
         "A kind of course that nobody books any more."),
        ("consent_text", "", "Consent text", "room", "->",
         "Publish a new version of the consent: whoever starts from then on signs it."),
        ("reverse", "", "Flashing or reverse", "room", "", "Alarms flash, or stand in reverse video."),
        ("colours", "f9", "Colours", "room", "", "Dark or light colours."),
        ("palette", "ctrl+p", "All", "room", "", "Every action by name."),
        ("quit", "q", "Leave", "room", "", "Leave the program; the room stays as it is."),
    ),
)  # fmt: skip

BY_ID: Final = {action.id: action for action in ACTIONS}

# The footer's two lines, most needed first; what does not fit is in help and palette.
FOOTER_PERSON: Final = (
    "arrive", "next_step", "pause_resume", "vitals", "padss", "stop", "next_home", "move", "undo",
    "note", "pain", "rate", "aldrete", "open",
)  # fmt: skip
FOOTER_ROOM: Final = (
    "schedule", "day", "find", "palette", "walk_in", "chair", "summary", "quit", "patients", "follow_up", "help",
)  # fmt: skip


def entry_of(action_id: str, room: Room, visit: Visit | None, now: datetime) -> str:
    """The table entry that a verb stands for at this moment, for this person; itself for all but `s`, `p`, `d`."""
    if action_id == "next_step":
        return _next_step(room, visit, now)
    if action_id == "pause_resume":
        return "resume" if visit is not None and visit.phase == "paused" else "pause"
    if action_id == "next_home":
        return _next_home(room, visit, now)
    return action_id


def _next_step(room: Room, visit: Visit | None, now: datetime) -> str:
    from infusionroom.domain.readiness import start_points

    if visit is None or room.clinic is None:
        return "start"
    if visit.phase == "planned":
        return "arrive"
    if visit.phase == "arrived":
        return "seat"
    if visit.phase != "seated":
        return "start"
    missing = {
        point.key
        for point in start_points(visit, room.background(visit), room.clinic.rules, now)
        if point.open
    }
    if missing - {"order", "double_check"}:
        return "prestart"
    if "order" in missing:
        return "order"
    return "double_check" if missing else "start"


def _next_home(room: Room, visit: Visit | None, now: datetime) -> str:
    from infusionroom.domain.readiness import discharge_points

    if visit is None or room.clinic is None or visit.phase not in ("recovering", "ready"):
        return "discharge"
    points = discharge_points(visit, room.background(visit), room.clinic.rules, now)
    # Who is ready can be short of a point again: vital signs grow old while somebody waits for their escort.
    if any(point.open and point.key != "signed" for point in points):
        return "discharge"
    return "leave" if visit.phase == "ready" else "sign_off"


def chair_entry(room: Room, chair: int | None) -> str:
    """What `C` stands for: cleaned, back in service, or out of service."""
    if chair is None:
        return "chair_out"
    state = room.state_of(chair)
    return {"cleaning": "chair_cleaned", "out_of_service": "chair_in"}.get(state.value, "chair_out")


# What an entry of the table is by the roles' word where that is not its guard.
_ROLE_TAGS: Final = {
    "discharge": "record", "against_advice": "leave", "open": "open_record", "file": "open_record",
    "course": "open_record", "assign": "take_day", "acknowledge": "acknowledge", "book_course": "book_course",
    "close_day": "close_day", "open_day": "open_day", "course_kind": "set_archetype",
    "withdraw_kind": "withdraw_archetype", "consent_text": "publish_consent", "patients": "open_record",
    "follow_up": "open_record", "find": "open_record", "own_pin": "set_pin",
}  # fmt: skip


def role_tag(action: Action) -> str:
    """The word by which the table of roles knows the action; empty where it is anybody's."""
    return _ROLE_TAGS.get(action.id) or action.guard


def not_theirs(action: Action, room: Room, actor: str) -> str | None:
    """The sentence why this person's roles do not let them, or None; of nobody it is not asked."""
    tag = role_tag(action)
    if not tag or not actor or not room.people:
        return None
    reason = refusal(room, actor, tag)
    return reason.text if reason is not None else None


def why_not(
    action: Action, room: Room, visit: Visit | None, now: datetime, chair: int | None, *, actor: str = ""
) -> str | None:
    """The sentence why this entry cannot be done now by `actor`, or None."""
    return not_theirs(action, room, actor) or _why_not_now(action, room, visit, now, chair)


def _why_not_now(
    action: Action, room: Room, visit: Visit | None, now: datetime, chair: int | None
) -> str | None:
    if action.where == "person" and visit is None:
        return f"{action.word}: choose a person first, with the arrows or a chair's number."
    if action.id in ("file", "course", "assign"):
        assert visit is not None
        return _of_whom(action, visit)
    if action.guard == "discharge":
        assert visit is not None
        if visit.phase in ("recovering", "ready"):
            return None
        return f"{action.word}: the infusion has not ended; e ends it."
    if action.id == "against_advice":
        # What is missing is no reason against it; not to have been in the chair is.
        assert visit is not None
        reason = unlawful(visit, Left(chair=None), now)
        return reason.text if reason else None
    return allowed.why_not(room, visit, action.guard, now, chair=chair) if action.guard else None


def _of_whom(action: Action, visit: Visit) -> str | None:
    """Why a visit has no file or course to open, or is not to be assigned."""
    plan = visit.plan
    if action.id == "assign":
        over = visit.ended_at is not None
        known = (
            "it is a day of a course already." if plan.course_id else "this visit is over." if over else ""
        )
        return f"Assign: {known}" if known else None
    known_id = plan.patient_id if action.id == "file" else plan.course_id
    return None if known_id else f"{action.word}: nobody has said whose this visit is; J assigns it."
