"""Who may give which command, by role: one table, held by the room itself and shown by the screens.

It is the clinic's division of labour (choice): nurses treat, prescribers decide on drugs, the back office books and
telephones, administrators keep the house, viewers look.
"""

from __future__ import annotations

from typing import Final, get_args

from infusionroom.domain.events import Role, kind_of
from infusionroom.domain.outcome import Reason
from infusionroom.domain.room import Room
from infusionroom.domain.words import command_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain import commands as cmd

ROLES: Final[tuple[Role, ...]] = get_args(Role)

_NURSES: Final[frozenset[Role]] = frozenset({"charge nurse", "nurse"})
_BEDSIDE: Final[frozenset[Role]] = _NURSES | {"prescriber"}
_DESK: Final[frozenset[Role]] = _NURSES | {"back office"}
_ALL_BUT_VIEWERS: Final[frozenset[Role]] = _BEDSIDE | {"back office", "administrator"}
_HOUSE: Final[frozenset[Role]] = frozenset({"charge nurse", "administrator"})
_RULES: Final[frozenset[Role]] = frozenset({"prescriber", "administrator"})
_EVERYBODY: Final[frozenset[Role]] = frozenset(ROLES)

# By the word that names a command on the wire; an observation by `record:` and its kind, else as `record`; so are
# the answers that are fetched over SSH, past any screen.
MAY: Final[dict[str, frozenset[Role]]] = {
    # the plan
    "plan": _DESK,
    "change_plan": _DESK,
    "cancel": _DESK,
    "no_show": _DESK,
    "entered_in_error": _DESK,
    # the person in the room
    "arrive": _DESK,
    "seat": _NURSES,
    "move": _NURSES,
    "swap": _NURSES,
    "turn_away": _BEDSIDE,
    "record": _BEDSIDE,
    "record:noted": _BEDSIDE | {"back office"},
    "record:consented": _BEDSIDE | {"back office"},
    "record:adult_named": _BEDSIDE | {"back office"},
    "record:escort_present": _BEDSIDE | {"back office"},
    "record:next_visit_arranged": _BEDSIDE | {"back office"},
    # order and infusion
    "order": _BEDSIDE,
    "double_check": _BEDSIDE,
    "start": _NURSES,
    "change_rate": _NURSES,
    "pause": _NURSES,
    "resume": _NURSES,
    "bolus": _NURSES,
    "stop": _NURSES,
    # the way home
    "override": _BEDSIDE,
    "sign_off": _NURSES,
    "wait": _DESK,
    "leave": _NURSES,
    "acknowledge": _NURSES,
    "undo": _ALL_BUT_VIEWERS,
    "correct": _ALL_BUT_VIEWERS,
    # chairs
    "chair_cleaned": _NURSES,
    "chair_out_of_service": _NURSES,
    "chair_in_service": _NURSES,
    "undo_chair": _NURSES,
    # patients and courses
    "register_patient": _DESK | {"prescriber"},
    "change_patient": _DESK | {"prescriber"},
    "merge_patients": frozenset({"charge nurse", "back office", "administrator"}),
    "part_patients": frozenset({"charge nurse", "back office", "administrator"}),
    "book_course": _DESK,
    "defer_day": _DESK,
    "omit_day": _DESK | {"prescriber"},
    "take_day": _DESK,
    "stop_course": _DESK | {"prescriber"},
    "extend_course": _DESK | {"prescriber"},
    "change_target": _BEDSIDE,
    "agree_plan": _DESK | {"prescriber"},
    "acknowledge_consent": _DESK | {"prescriber"},
    "rate_pgic": _DESK | {"prescriber"},
    "prescribe_oral": _BEDSIDE,
    "teach_oral": _BEDSIDE,
    "start_oral": _DESK | {"prescriber"},
    "not_start_oral": _DESK | {"prescriber"},
    "record_call": _DESK | {"prescriber"},
    "close_follow_up": _DESK | {"prescriber"},
    "write_letter": _DESK | {"prescriber"},
    "seal_letter": frozenset({"charge nurse", "prescriber"}),
    "undo_course": _DESK | {"prescriber"},
    # the house
    "change_room": _HOUSE,
    "change_rule": _RULES,
    "set_archetype": _RULES | {"charge nurse"},
    "withdraw_archetype": _RULES | {"charge nurse"},
    "close_day": _HOUSE | {"back office"},
    "open_day": _HOUSE | {"back office"},
    "publish_consent": _RULES,
    # the staff list
    "add_person": frozenset({"administrator"}),
    "give_role": frozenset({"administrator"}),
    "take_role": frozenset({"administrator"}),
    "disable_person": frozenset({"administrator"}),
    "enable_person": frozenset({"administrator"}),
    "set_pin": _EVERYBODY,
    "review_glass": frozenset({"administrator"}),
    "open_record": _ALL_BUT_VIEWERS,
    # what is fetched over SSH without a screen: names and doses leave the room, for those whose work needs them
    "fetch_answer": _BEDSIDE | {"back office"},
    "fetch_answer:status": _EVERYBODY,
    "fetch_answer:summary": frozenset({"charge nurse", "prescriber", "back office"}),
}

# What nobody's role speaks of: it comes before a role is known, or past all roles from the machine's owner.
FREE: Final = frozenset(
    {
        "set_up_room",
        "sign_in",
        "fail_sign_in",
        "break_glass",
        "recover_administrator",
        "give_key",
        "take_key_back",
    }
)


def tag_of(command: cmd.Command) -> str:
    """The word by which the table knows the command: an observation's says which."""
    # Here and not above: the first board dims its keys by the table and gives no command yet.
    from infusionroom.domain import commands as cmd

    word = cmd.name_of(command)
    if isinstance(command, cmd.Record):
        return f"{word}:{kind_of(command.fact)}"
    if isinstance(command, cmd.FetchAnswer):
        return f"{word}:{command.what}"
    return word


def roles_for(tag: str) -> frozenset[Role]:
    """Who may give the command of this word; nobody where the table does not know it."""
    return MAY.get(tag) or MAY.get(tag.partition(":")[0], frozenset())


def refusal(room: Room, actor: str, tag: str) -> Reason | None:
    """Why this person may not give the command: not on the staff list, disabled, or in no role that may."""
    if tag in FREE or room.clinic is None:
        return None
    person = room.people.get(actor)
    if person is None:
        return Reason(
            "not_on_staff", f"{actor} is not on this room's staff list: an administrator adds people to it."
        )
    if not person.active:
        return Reason("disabled", f"{actor} may not give commands any more: {person.disabled}.")
    allowed = roles_for(tag)
    if person.roles & allowed:
        return None
    text = f"{command_word(tag)}: that is {for_whom(tag)}; {actor} is {_roles(person.roles)}."
    return Reason("role", text)


def for_whom(tag: str) -> str:
    """Whose work the command of this word is: `for a charge nurse, nurse or prescriber`."""
    allowed = [role for role in ROLES if role in roles_for(tag)]
    if not allowed:
        return "for nobody"
    named = " or ".join(part for part in (", ".join(allowed[:-1]), allowed[-1]) if part)
    return f"for {'an' if allowed[0] == 'administrator' else 'a'} {named}"


def _roles(roles: frozenset[Role]) -> str:
    return " and ".join(role for role in ROLES if role in roles) or "in no role"
