"""Forms of the room itself: set up, its hours and chairs, a chair's state, a rule, a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, get_args

import msgspec

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import DEFAULT_RULES, Band, UnknownRule, with_rule
from infusionroom.domain.events import Role
from infusionroom.domain.room import ChairState
from infusionroom.domain.words import entry_word
from infusionroom.tui.forms.machine_zone import machine_zone
from infusionroom.tui.forms.questions import people, physician, stated
from infusionroom.tui.forms.reading import known_values, zones_like
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.times import clock_time

MOST_CHAIRS: Final = 99


def _chairs(_: FormContext) -> Limits:
    return Limits(possible=Band(Decimal(1), Decimal(MOST_CHAIRS)))


def _hours_checked(values: Values, context: FormContext) -> dict[str, str]:
    clinic = context.room.clinic
    opens = values.get("opens") or (clinic.opens if clinic else None)
    closes = values.get("closes") or (clinic.closes if clinic else None)
    if opens and closes and opens >= closes:
        return {"closes": "The room must open before it closes, on one day."}
    return {}


def _setup_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    zone = values.get("timezone")
    if not zone:
        return (LiveLine("The time zone is where the room's midnight is: type a city, as New York.", "dim"),)
    return (LiveLine(f"{zone}: there it is {clock_time(context.now, zone)} now.", "good"),)


def _zone_names(context: FormContext) -> tuple[str, ...]:
    return zones_like("/")


def _setup(values: Values, context: FormContext) -> cmd.Command:
    names = ("name", "timezone", "opens", "closes", "chairs", "first_user")
    return cmd.SetUpRoom(**{name: values[name] for name in names})


def _change_room(values: Values, context: FormContext) -> cmd.Command:
    known = {name: values.get(name) for name in ("name", "opens", "closes", "chairs")}
    clinic = context.room.clinic
    differing = {n: v for n, v in known_values(known).items() if v != getattr(clinic, n, None)}
    return cmd.ChangeRoom(**differing)


# ── a chair ─────────────────────────────────────────────────────────────────────────────────────────────────


def _chair_number(values: Values, context: FormContext) -> int | None:
    number: int | None = values.get("chair")
    return number or context.chair


def _all_chairs(context: FormContext) -> tuple[Choice, ...]:
    clinic = context.room.clinic
    return tuple(
        Choice(str(n), n, f"chair {n}", _state_words(n, context))
        for n in range(1, (clinic.chairs if clinic else 0) + 1)
    )


def _state_words(number: int, context: FormContext) -> str:
    state = context.room.state_of(number)
    if state is ChairState.OUT_OF_SERVICE:
        return f"out of service: {clean(context.room.chair(number).out_why)}"
    return state.value


def _turns(context: FormContext) -> tuple[Choice, ...]:
    state = context.room.state_of(context.chair) if context.chair else None
    wanted = {
        "clean": (state in (None, ChairState.CLEANING), "it is not being cleaned"),
        "out": (state in (None, ChairState.OPEN, ChairState.CLEANING), "it is not free"),
        "in": (state in (None, ChairState.OUT_OF_SERVICE), "it is in service"),
    }
    labels = {"clean": "is clean", "out": "goes out of service", "in": "is back in service"}
    return tuple(
        Choice(str(n), turn, labels[turn], closed="" if possible else why)
        for n, (turn, (possible, why)) in enumerate(wanted.items(), 1)
    )


def _usual_turn(context: FormContext) -> str:
    return next((c.key for c in _turns(context) if not c.closed), "") if context.chair else ""


def _chair(values: Values, context: FormContext) -> cmd.Command:
    number = _chair_number(values, context)
    assert number is not None
    if values["turn"] == "out":
        return cmd.TakeChairOut(chair=number, why=values["why"])
    return cmd.CleanChair(chair=number) if values["turn"] == "clean" else cmd.ReturnChair(chair=number)


def _chair_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    number = _chair_number(values, context)
    return (LiveLine(f"Chair {number}: {_state_words(number, context)}", "dim"),) if number else ()


def _chair_undo(values: Values, context: FormContext) -> cmd.Command:
    assert context.chair is not None
    return cmd.UndoChair(chair=context.chair, why=stated(values, "why"))


def _chair_undo_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    last = context.room.chair(context.chair).last if context.chair else None
    if last is None:
        return ()
    return (
        LiveLine(f"Chair {context.chair}: {entry_word(last.kind)}, entered by {clean(last.actor)}", "dim"),
    )


# ── a rule ──────────────────────────────────────────────────────────────────────────────────────────────────


def rule_names() -> tuple[str, ...]:
    """Every rule a clinic may set, by its dotted name."""
    return tuple(_names(DEFAULT_RULES, ""))


def _names(rules: msgspec.Struct, prefix: str) -> list[str]:
    found = []
    for name in rules.__struct_fields__:
        value = getattr(rules, name)
        if isinstance(value, msgspec.Struct) and not isinstance(value, Band):
            found += _names(value, f"{prefix}{name}.")
        else:
            found.append(prefix + name)
    return found


def rule_value(name: str, context: FormContext) -> Any:
    """What the clinic has set now. Raises `UnknownRule`."""
    value: Any = context.rules
    for step in name.split("."):
        if not isinstance(value, msgspec.Struct) or step not in value.__struct_fields__:
            raise UnknownRule(f"there is no rule named {name}")
        value = getattr(value, step)
    if isinstance(value, msgspec.Struct) and not isinstance(value, Band):
        raise UnknownRule(f"{name} is a group of rules")
    return value


def rule_words(value: Any) -> str:
    """A rule's value as it is read and typed."""
    if isinstance(value, Band):
        return f"{value.low} to {value.high}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def typed_rule(text: str, old: Any) -> Any:
    """What was typed, in the shape of the rule's present value."""
    if isinstance(old, Band):
        low, _, high = text.replace("–", " to ").partition(" to ")
        return {"low": low.strip(), "high": high.strip()}
    if isinstance(old, tuple):
        return [word.strip() for word in text.split(",") if word.strip()]
    if isinstance(old, bool):
        return {"yes": True, "no": False}.get(text.lower(), text)
    return text


def _rule_checked(values: Values, context: FormContext) -> dict[str, str]:
    name, text = values.get("name"), values.get("value")
    if not name or text is None:
        return {}
    try:
        old = rule_value(name, context)
    except UnknownRule:
        near = [known for known in rule_names() if name.rsplit(".", 1)[-1] in known]
        hint = f" Did you mean {near[0]}?" if near else " Type a part of it, as dose or vitals."
        return {"name": f"There is no rule named {name}.{hint}"}
    try:
        with_rule(context.rules, name, typed_rule(text, old))
    except UnknownRule as error:
        return {"value": f"{error}."}
    return {}


def _rule_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    name = values.get("name")
    if not name:
        return (LiveLine("A rule is the clinic's own threshold: a physician signs it off.", "dim"),)
    try:
        return (LiveLine(f"{name} is {rule_words(rule_value(name, context))} now", "good"),)
    except UnknownRule:
        like = [known for known in rule_names() if name.lower() in known][:6]
        return (LiveLine("  ".join(like) or "No rule has such a name.", "dim"),)


def _rule(values: Values, context: FormContext) -> cmd.Command:
    old = rule_value(values["name"], context)
    return cmd.ChangeRule(
        name=values["name"],
        value=typed_rule(values["value"], old),
        signed_off_by=values["signed_off_by"],
    )


def _clinic(read: Any) -> Any:
    return lambda context: str(read(context.room.clinic)) if context.room.clinic else ""


_ROLES: Final = tuple(Choice(str(n), role, role) for n, role in enumerate(get_args(Role), 1))

ROOM: Final = (
    FormSpec(
        id="setup",
        title="Set up the room",
        fields=(
            Field(id="name", label="Name of the room", required=True, width=40),
            Field(
                id="timezone",
                label="Time zone",
                kind="zone",
                required=True,
                width=32,
                names=_zone_names,
                help="for example America/New_York",
                default=lambda _: machine_zone(),
            ),
            Field(id="opens", label="Opens", kind="time", required=True, width=8, default=lambda _: "07:00"),
            Field(
                id="closes", label="Closes", kind="time", required=True, width=8, default=lambda _: "18:00"
            ),
            Field(
                id="chairs",
                label="Chairs",
                kind="integer",
                required=True,
                width=6,
                limits=_chairs,
                default=lambda _: "8",
            ),
            Field(
                id="first_user",
                label="Your name",
                required=True,
                width=30,
                help="charge nurse",
                default=lambda context: context.actor,
            ),
        ),
        check=_hours_checked,
        live=_setup_live,
        build=_setup,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="room",
        title="The room",
        fields=(
            Field(id="name", label="Name of the room", width=40, default=_clinic(lambda c: c.name)),
            Field(
                id="opens",
                label="Opens",
                kind="time",
                width=8,
                default=_clinic(lambda c: f"{c.opens:%H:%M}"),
            ),
            Field(
                id="closes",
                label="Closes",
                kind="time",
                width=8,
                default=_clinic(lambda c: f"{c.closes:%H:%M}"),
            ),
            Field(
                id="chairs",
                label="Chairs",
                kind="integer",
                width=6,
                limits=_chairs,
                default=_clinic(lambda c: c.chairs),
            ),
        ),
        check=_hours_checked,
        build=_change_room,
        about_visit=False,
        dated=False,
        whole=True,
    ),
    FormSpec(
        id="chair",
        title="Chair",
        fields=(
            Field(
                id="chair",
                label="Chair",
                kind="choice",
                choices=_all_chairs,
                required=True,
                column=True,
                shown=lambda values, context: context.chair is None,
            ),
            Field(
                id="turn",
                label="It",
                kind="choice",
                choices=_turns,
                default=_usual_turn,
                required=True,
                column=True,
            ),
            Field(
                id="why",
                label="Why",
                required=True,
                shown=lambda values, context: values.get("turn") == "out",
            ),
        ),
        live=_chair_live,
        build=_chair,
        about_visit=False,
    ),
    FormSpec(
        id="chair_undo",
        title="Take back the chair's last entry",
        fields=(Field(id="why", label="Why", help="needed once it is older than two minutes"),),
        live=_chair_undo_live,
        build=_chair_undo,
        about_visit=False,
    ),
    FormSpec(
        id="rule",
        title="Change a rule",
        fields=(
            Field(
                id="name",
                label="Rule",
                required=True,
                width=36,
                names=lambda _: rule_names(),
                help="as dose.duration_min",
            ),
            Field(id="value", label="New value", required=True, width=36),
            physician("signed_off_by", "Signed off by", required=True, width=30),
        ),
        check=_rule_checked,
        live=_rule_live,
        build=_rule,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="person",
        title="Add a person",
        fields=(
            Field(id="name", label="Name", required=True, width=30),
            Field(
                id="role",
                label="Role",
                kind="choice",
                choices=lambda _: _ROLES,
                required=True,
                column=True,
            ),
        ),
        live=lambda values, context: (
            LiveLine("Known: " + (", ".join(map(clean, people()(context))) or "nobody yet"), "dim"),
        ),
        build=lambda values, context: cmd.AddPerson(name=stated(values, "name"), role=values["role"]),
        about_visit=False,
        dated=False,
    ),
)
