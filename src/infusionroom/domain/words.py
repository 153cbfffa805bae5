"""The room's own words for its entries, commands and phases: one table each, used wherever a person reads."""

from __future__ import annotations

from typing import Final

from infusionroom.domain.visit import Phase

ENTRY_WORDS: Final[dict[str, str]] = {
    "visit_planned": "planned",
    "plan_changed": "plan changed",
    "visit_cancelled": "cancelled",
    "no_show": "no-show",
    "entered_in_error": "entered in error",
    "arrived": "arrived",
    "seated": "seated",
    "moved": "moved",
    "turned_away": "sent home without infusion",
    "identified": "identity checked",
    "consented": "consent",
    "weighed": "weight",
    "vitals_taken": "vitals",
    "pain_rated": "pain",
    "adult_named": "responsible adult",
    "iv_placed": "IV placed",
    "iv_removed": "IV out",
    "line_checked": "line check",
    "bag_changed": "bag change",
    "adjunct_given": "adjunct",
    "noted": "note",
    "aldrete_scored": "Aldrete",
    "padss_scored": "PADSS",
    "orientation_checked": "orientation",
    "escort_present": "escort present",
    "instructions_given": "instructions given",
    "oral_ketamine_arranged": "oral ketamine",
    "next_visit_arranged": "next visit",
    "ordered": "order",
    "double_checked": "double check",
    "infusion_started": "start",
    "rate_changed": "rate change",
    "paused": "pause",
    "resumed": "resume",
    "bolus_given": "bolus",
    "stopped": "stop",
    "point_overridden": "override",
    "signed_off": "sign-off",
    "waiting_for": "waiting",
    "left": "left",
    "alarm_acknowledged": "alarm acknowledged",
    "undone": "taken back",
    "corrected": "corrected",
    "chair_vacated": "chair vacated",
    "chair_cleaned": "chair cleaned",
    "chair_out_of_service": "chair out of service",
    "chair_in_service": "chair back in service",
    "room_set_up": "room set up",
    "room_changed": "room changed",
    "rule_changed": "rule changed",
    "person_added": "person added",
}

COMMAND_WORDS: Final[dict[str, str]] = {
    "plan": "Plan",
    "change_plan": "Change plan",
    "cancel": "Cancel",
    "no_show": "No-show",
    "entered_in_error": "Entered in error",
    "arrive": "Arrive",
    "seat": "Seat",
    "move": "Move",
    "swap": "Swap",
    "turn_away": "Send home",
    "record": "Record",
    "order": "Order",
    "double_check": "Double check",
    "start": "Start",
    "change_rate": "Rate change",
    "pause": "Pause",
    "resume": "Resume",
    "bolus": "Bolus",
    "stop": "End",
    "override": "Override",
    "sign_off": "Sign-off",
    "wait": "Waiting",
    "leave": "Leave",
    "acknowledge": "Acknowledge",
    "undo": "Undo",
    "correct": "Correct",
    "chair_cleaned": "Chair cleaned",
    "chair_out_of_service": "Out of service",
    "chair_in_service": "Back in service",
    "undo_chair": "Undo",
    "set_up_room": "Set up",
    "change_room": "Room",
    "change_rule": "Rule",
    "add_person": "Add person",
}

PHASE_WORDS: Final[dict[Phase, str]] = {
    Phase.PLANNED: "planned",
    Phase.ARRIVED: "arrived",
    Phase.SEATED: "seated",
    Phase.INFUSING: "infusing",
    Phase.PAUSED: "paused",
    Phase.RECOVERING: "recovering",
    Phase.READY: "ready",
    Phase.LEFT: "left",
    Phase.CANCELLED: "cancelled",
    Phase.NO_SHOW: "no-show",
    Phase.ENTERED_IN_ERROR: "entered in error",
}


def entry_word(kind: str) -> str:
    """What an entry of this kind is called, for instance `rate change`."""
    return ENTRY_WORDS.get(kind, kind.replace("_", " "))


def command_word(name: str) -> str:
    """What a command is called; `record:vitals_taken` is called by its fact."""
    head, _, fact = name.partition(":")
    return entry_word(fact).capitalize() if fact else COMMAND_WORDS.get(head, head)
