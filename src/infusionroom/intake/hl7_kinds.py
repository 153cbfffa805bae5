"""What an HL7 v2 message is: an appointment notice that is followed, or which other thing, in words."""

from __future__ import annotations

import re
from typing import Final

from infusionroom.intake.hl7_message import Message
from infusionroom.intake.notices import Intent

TRIGGERS: Final[dict[str, Intent]] = {
    "S12": "book",
    "S13": "reschedule",
    "S14": "modify",
    "S15": "cancel",
    "S16": "discontinue",
    "S17": "delete",
    "S26": "no_show",
}
_OTHER_TRIGGERS: Final = {
    **dict.fromkeys(
        ("S18", "S19", "S20", "S21", "S22"), "a change to a room, thing or person of an appointment"
    ),
    "S23": "a blocked time, not an appointment",
    "S24": "a time no longer blocked, not an appointment",
    "S27": "a broadcast of scheduled appointments",
}
_OTHER_KINDS: Final = {
    "ACK": "an acknowledgement",
    "ADT": "a message about the patient, not about an appointment",
    "BAR": "a billing message",
    "DFT": "a billing message",
    "MDM": "a document",
    "MFN": "a master file",
    "OMG": "an order",
    "OMI": "an order",
    "OML": "an order",
    "ORM": "an order",
    "ORU": "a result",
    "RDE": "a pharmacy order",
    "REF": "a referral",
    "SQM": "a question about the schedule",
    "SQR": "an answer about the schedule",
    "SRM": "a request for an appointment, not a booked one",
    "SRR": "an answer to a request for an appointment",
}
_FOLLOWED: Final = "the appointment notices that are read are SIU^S12 to S17 and S26"
_STRUCTURE: Final = re.compile(r"SIU_?(S[0-9]{2})?")


def trigger_of(message: Message) -> str:
    """The trigger of an appointment notice, as in `TRIGGERS`. Raises `NotUnderstood` with what it is instead.

    MSH-9.2 says it; where it is missing the structure in MSH-9.1 or MSH-9.3, or EVN-1.
    """
    header = message.header
    kind, trigger, structure = (header.get(9, component).upper() for component in (1, 2, 3))
    if match := _STRUCTURE.fullmatch(kind):
        event = message.first("EVN")
        trigger = trigger or match[1] or structure[4:7] or (event.get(1).upper() if event else "")
        kind = "SIU"
    if kind == "SIU" and trigger in TRIGGERS:
        return trigger
    named = [part for part in (kind, trigger) if part.isascii() and part.isalnum() and len(part) == 3]
    code = "^".join(named) or "a message of an unknown kind"
    what = _OTHER_TRIGGERS.get(trigger) if kind == "SIU" else _OTHER_KINDS.get(kind)
    raise header.problem(
        9, f"this is {code}, {what}; {_FOLLOWED}" if what else f"this is {code}; {_FOLLOWED}"
    )
