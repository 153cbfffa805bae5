"""The one table of everything a person can do: footer, help, palette and keys are made from it.

Contextual verbs (`s`, `p`, `d`) stand for the next of several entries; each entry is in the table by itself as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from infusionroom.domain.room import Room
    from infusionroom.domain.visit import Visit

Where = Literal["person", "chair", "room"]
Group = Literal["To the start", "Infusion", "Recovery and home", "Schedule", "Chairs", "Looking", "Program"]


@dataclass(frozen=True, slots=True)
class Action:
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
    "f5": "F5",
    "f9": "F9",
}

ACTIONS: Final[tuple[Action, ...]] = (
    # ── to the start ────────────────────────────────────────────────────────────────────────────────────────
    Action("arrive", "a", "Arrive", "Somebody on the schedule has come in.", "To the start", "person", "arrive", "arrive"),
    Action("next_step", "s", "Start", "The next step to the start: seat, list, order, double check, start.", "To the start"),
    Action("seat", "", "Seat", "Give somebody who has arrived a chair.", "To the start", "person", "seat", "seat"),
    Action("prestart", "", "List", "What the start needs: identity, consent, weight, IV and the rest.", "To the start", "person", "record:identified", "prestart"),
    Action("order", "O", "Order", "Enter the physician's order; the pump's rate is worked out from it.", "To the start", "person", "order", "order"),
    Action("double_check", "c", "Check", "A second person enters drug, concentration, rate and patient again, blind.", "To the start", "person", "double_check", "double_check"),
    Action("start", "", "Start", "Start the infusion; refused until everything on the list is there.", "To the start", "person", "start", "start"),
    # ── infusion ────────────────────────────────────────────────────────────────────────────────────────────
    Action("pause_resume", "p", "Pause", "Pause the pump with a reason, or let it run again.", "Infusion"),
    Action("pause", "", "Pause", "Pause the pump, with a reason; the end moves.", "Infusion", "person", "pause", "pause"),
    Action("resume", "", "Resume", "Let a paused pump run again.", "Infusion", "person", "resume", "resume"),
    Action("vitals", "v", "Vitals", "Enter a set of vital signs.", "Infusion", "person", "record:vitals_taken", "vitals"),
    Action("pain", "P", "Pain", "Enter a pain rating, 0 to 10.", "Infusion", "person", "record:pain_rated", "pain"),
    Action("note", "n", "Note", "Write a note into the flowsheet.", "Infusion", "person", "record:noted", "note"),
    Action("rate", "r", "Rate", "Change the pump's rate, with a reason.", "Infusion", "person", "change_rate", "rate"),
    Action("bolus", "b", "Bolus", "Record a bolus.", "Infusion", "person", "bolus", "bolus"),
    Action("adjunct", "g", "Given", "Record another drug that was given.", "Infusion", "person", "record:adjunct_given", "adjunct"),
    Action("line_check", "i", "IV check", "Record a look at the line and its site.", "Infusion", "person", "record:line_checked", "line_check"),
    Action("bag", "B", "Bag", "Record a change of the bag.", "Infusion", "person", "record:bag_changed", "bag"),
    Action("stop", "e", "End", "End the infusion; short of the ordered time it asks why.", "Infusion", "person", "stop", "stop"),
    # ── recovery and home ───────────────────────────────────────────────────────────────────────────────────
    Action("padss", "o", "Score", "Take a PADSS score, item by item.", "Recovery and home", "person", "record:padss_scored", "padss"),
    Action("aldrete", "A", "Aldrete", "Take an Aldrete score, item by item.", "Recovery and home", "person", "record:aldrete_scored", "aldrete"),
    Action("next_home", "d", "Discharge", "The next step home: discharge list, sign-off, left.", "Recovery and home"),
    Action("discharge", "", "Discharge", "What keeps somebody from going home, point by point.", "Recovery and home", "person", "discharge", "discharge"),
    Action("iv_out", "I", "IV out", "The cannula is out and its site was looked at.", "Recovery and home", "person", "record:iv_removed", "iv_out"),
    Action("escort", "E", "Escort", "The responsible adult is here.", "Recovery and home", "person", "record:escort_present", "escort"),
    Action("instructions", "T", "Teach", "Written instructions and a phone number were given.", "Recovery and home", "person", "record:instructions_given", "instructions"),
    Action("oral", "R", "Oral Rx", "Oral ketamine was prescribed and taught.", "Recovery and home", "person", "record:oral_ketamine_arranged", "oral"),
    Action("next_visit", "N", "Next visit", "The next visit or follow-up is arranged.", "Recovery and home", "person", "record:next_visit_arranged", "next_visit"),
    Action("sign_off", "S", "Sign off", "A nurse's signature: ready to leave.", "Recovery and home", "person", "sign_off", "sign_off"),
    Action("wait", "W", "Waits", "What somebody who is ready still waits for.", "Recovery and home", "person", "wait", "wait"),
    Action("leave", "L", "Left", "The person has left; the chair is to be cleaned.", "Recovery and home", "person", "leave", "leave"),
    Action("against_advice", "", "Left against advice", "The person goes although something is missing.", "Recovery and home", "person", "", "against_advice"),
    Action("override", "V", "Override", "A physician lets a missing point pass, with a reason.", "Recovery and home", "person", "override", "override"),
    Action("undo", "u", "Undo", "Take back the last entry for this person.", "Recovery and home", "person", "undo", "undo"),
    Action("correct", "", "Correct", "Correct an entry; the original stays readable.", "Recovery and home", "person", "undo", "correct"),
    # ── schedule ────────────────────────────────────────────────────────────────────────────────────────────
    Action("schedule", "t", "Schedule", "A day's planned visits: book, change, cancel, any date.", "Schedule", "room"),
    Action("walk_in", "w", "Walk-in", "Somebody without an appointment is here.", "Schedule", "room", "plan", "walk_in"),
    Action("plan", "", "Book", "Put a visit on the schedule.", "Schedule", "room", "plan", "plan"),
    Action("change_plan", "", "Change plan", "Change a planned visit.", "Schedule", "person", "change_plan", "change_plan"),
    Action("cancel", "", "Cancel visit", "Cancel a planned visit.", "Schedule", "person", "cancel", "cancel"),
    Action("no_show", "", "No-show", "Somebody on the schedule did not come.", "Schedule", "person", "no_show", "no_show"),
    Action("turn_away", "", "Turn away", "Somebody goes home without an infusion.", "Schedule", "person", "turn_away", "turn_away"),
    # ── chairs ──────────────────────────────────────────────────────────────────────────────────────────────
    Action("move", "m", "Move", "Move somebody to another chair.", "Chairs", "person", "move", "move"),
    Action("swap", "M", "Swap", "Let two people change chairs.", "Chairs", "person", "swap", "swap"),
    Action("chair", "C", "Chair", "The chair is clean, goes out of service, or comes back.", "Chairs", "chair"),
    Action("chair_cleaned", "", "Cleaned", "The chair has been cleaned and is open.", "Chairs", "chair", "chair_cleaned"),
    Action("chair_out", "", "Out of service", "Take the chair out of service, with a reason.", "Chairs", "chair", "chair_out_of_service", "chair"),
    Action("chair_in", "", "Back in service", "The chair can be used again.", "Chairs", "chair", "chair_in_service"),
    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────────
    Action("open", "enter", "Open", "The whole visit: flowsheet, trends, course.", "Looking"),
    Action("acknowledge", "k", "Acknowledge", "I have seen the highest alarm: it is silent for a while and stays.", "Looking", "room"),
    Action("alarms", "K", "All alarms", "Every alarm: state, begin, value, limit, who has seen it.", "Looking", "room"),
    Action("day", "y", "Day", "The day as a drawing, chairs × time.", "Looking", "room"),
    Action("find", "slash", "Find", "Find a person, today or in the past.", "Looking", "room"),
    Action("help", "question_mark", "Help", "This table.", "Looking", "room"),
    # ── program ─────────────────────────────────────────────────────────────────────────────────────────────
    Action("summary", "f5", "Summary", "Write the day's summary for the back office.", "Program", "room"),
    Action("reverse", "", "Flashing or reverse", "Alarms flash, or stand in reverse video.", "Program", "room"),
    Action("colours", "f9", "Colours", "Dark or light colours.", "Program", "room"),
    Action("palette", "ctrl+p", "All", "Every action by name.", "Program", "room"),
    Action("quit", "q", "Leave", "Leave the program; the room stays as it is.", "Program", "room"),
)  # fmt: skip

BY_ID: Final = {action.id: action for action in ACTIONS}

# The footer's two lines, most needed first; what does not fit is in help and palette.
FOOTER_PERSON: Final = (
    "arrive", "next_step", "pause_resume", "vitals", "padss", "stop", "next_home", "move", "undo", "open",
    "note", "pain", "rate", "bolus", "double_check", "order",
)  # fmt: skip
FOOTER_CHAIR: Final = ("chair",)
FOOTER_ROOM: Final = (
    "schedule",
    "day",
    "walk_in",
    "find",
    "alarms",
    "chair",
    "summary",
    "quit",
    "palette",
    "help",
)


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
    missing = {point.key for point in start_points(visit, room.clinic.rules, now) if point.open}
    if missing - {"order", "double_check"}:
        return "prestart"
    if "order" in missing:
        return "order"
    return "double_check" if missing else "start"


def _next_home(room: Room, visit: Visit | None, now: datetime) -> str:
    from infusionroom.domain.readiness import discharge_points

    if visit is None or room.clinic is None or visit.phase not in ("recovering", "ready"):
        return "discharge"
    if visit.phase == "ready":
        return "leave"
    points = discharge_points(visit, room.clinic.rules, now)
    return "discharge" if any(point.open and point.key != "signed" for point in points) else "sign_off"


def chair_entry(room: Room, chair: int | None) -> str:
    """What `C` stands for: cleaned, back in service, or out of service."""
    if chair is None:
        return "chair_out"
    state = room.state_of(chair)
    return {"cleaning": "chair_cleaned", "out_of_service": "chair_in"}.get(state.value, "chair_out")


def why_not(action: Action, room: Room, visit: Visit | None, now: datetime, chair: int | None) -> str | None:
    """The sentence why this entry cannot be done now, or None."""
    from infusionroom.domain import allowed

    if action.where == "person" and visit is None:
        return f"{action.word}: choose a person first, with the arrows or a chair's number."
    if action.guard == "discharge":
        assert visit is not None
        if visit.phase in ("recovering", "ready"):
            return None
        return f"{action.word}: the infusion has not ended; e ends it."
    return allowed.why_not(room, visit, action.guard, now, chair=chair) if action.guard else None
