"""The second person of a form signs in inside it: name and PIN, without ending what the first one began."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from infusionroom.domain.staff import Person, person_named, pins_are_asked_for
from infusionroom.services.session import Refusal
from infusionroom.tui.forms.spec import Field, FormContext, FormSpec, Values

PIN: Final = "second_pin"


def second_of(values: Values, context: FormContext) -> Person | None:
    """Who is named as the second person, from the staff list."""
    return person_named(context.room.people, values.get("second") or "")


def _must_sign(values: Values, context: FormContext) -> bool:
    """Whoever is at the keys has signed in already."""
    second = second_of(values, context)
    return second is not None and second.has_pin and second.name != context.actor


def second_pin() -> Field:
    """Asks the second person's PIN, as soon as it is known whose."""
    return Field(id=PIN, label="Their PIN", kind="pin", width=14, required=True, shown=_must_sign)


def second_needs_pin(values: Values, context: FormContext) -> dict[str, str]:
    """The problem of a second person who cannot sign in: in a room with PINs everybody needs one."""
    second = second_of(values, context)
    if second is None or second.has_pin or second.name == context.actor:
        return {}
    if not pins_are_asked_for(context.room.people):
        return {}
    return {"second": f"{second.name} has no PIN yet: an administrator sets one in the staff list."}


async def refused_second(app: Any, spec: FormSpec, values: Values, context: FormContext) -> dict[str, str]:
    """Has the second person's PIN looked at, in a thread; what is wrong with it by field. Raises `RoomError`."""
    from infusionroom.tui.shared_terminal import sign_ins

    if all(field.id != PIN for field in spec.fields):
        return {}
    signs, second = sign_ins(app), second_of(values, context)
    if not _must_sign(values, context):
        # Over SSH nobody sees whether there is a second person at all.
        if (
            second is None
            or second.name == context.actor
            or signs is None
            or not signs.somebody_elses(second.name)
        ):
            return {}
        return {"second": f"Over SSH a second person signs with their PIN, and {second.name} has none yet."}
    if signs is None or second is None:
        return {PIN: "PINs cannot be looked at just now."}
    answer = await asyncio.to_thread(signs.check, second.name, values.get(PIN) or "", second=True)
    return {PIN: answer.sentence} if isinstance(answer, Refusal) else {}
