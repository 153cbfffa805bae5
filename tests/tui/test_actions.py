"""One table of actions: keys, guards, forms, help and palette agree with it."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.stories import Story
from tests.tui.boards import NOW
from tests.tui.test_board_screen import visit_of

from infusionroom.domain.commands import COMMANDS
from infusionroom.services.room import RoomService
from infusionroom.tui import actions, verbs
from infusionroom.tui.actions import ACTIONS, BY_ID
from infusionroom.tui.help_screen import help_rows
from infusionroom.tui.present.cells import text_of


def test_no_key_means_two_things() -> None:
    keys = Counter(action.key for action in ACTIONS if action.key)
    assert [key for key, count in keys.items() if count > 1] == []
    assert not set(keys) & {"h", "j", "l", *"0123456789"}, (
        "hjkl move and digits are chairs; k is shared on purpose"
    )


def test_keys_are_letters_and_function_keys() -> None:
    """Terminals over SSH differ on the rest."""
    named = {"slash", "question_mark", "enter", "ctrl+p"}
    for action in ACTIONS:
        if action.key and action.key not in named:
            assert action.key.isalpha() or (action.key[0] == "f" and action.key[1:].isdigit()), action


def test_every_action_does_something() -> None:
    for action in ACTIONS:
        contextual = action.id in ("next_step", "pause_resume", "next_home", "chair")
        acts = action.form or action.id in {*verbs._SCREENS, *verbs._ALWAYS, *verbs._AT_ONCE}
        assert acts or contextual, action


def test_every_form_of_the_table_exists() -> None:
    from infusionroom.tui.forms import FORMS

    assert {action.form for action in ACTIONS if action.form} <= set(FORMS)


def test_every_guard_is_a_command_that_the_room_knows() -> None:
    names = {str(command.__struct_config__.tag) for command in COMMANDS}
    for action in ACTIONS:
        if action.guard and action.guard != "discharge":
            assert action.guard.partition(":")[0] in names, action


def test_help_shows_every_key_and_names_what_the_palette_has_besides() -> None:
    lines = [text_of(row.line) for row in help_rows(200)]
    shown = "\n".join(lines)
    for action in ACTIONS:
        assert action.word in shown
        if action.key:
            assert f"{action.word}: {action.help}" in shown
            assert action.key_word in shown
    assert (
        sum("Pause" in line and "palette" not in line for line in lines) == shown.count("Pause the pump") == 1
    )
    assert shown.count("  Start: ") == 1
    assert sum(line.startswith("  ^P") for line in lines) <= 7, "one row a group, and the palette's own"


def test_the_footer_is_made_of_the_table() -> None:
    assert {*actions.FOOTER_PERSON, *actions.FOOTER_ROOM} <= set(BY_ID)
    assert actions.FOOTER_ROOM[-1] == "help", "what is last always fits"


@pytest.mark.parametrize(
    ("family", "verb", "entry"),
    [
        ("Petrov", "next_step", "arrive"),
        ("Duarte", "next_step", "start"),
        ("Marlowe", "next_step", "start"),
        ("Marlowe", "pause_resume", "pause"),
        ("Halvorsen", "pause_resume", "resume"),
        ("Bishop", "next_home", "discharge"),
        ("Marlowe", "next_home", "discharge"),
        ("Marlowe", "vitals", "vitals"),
    ],
)
def test_what_a_verb_stands_for(room: RoomService, family: str, verb: str, entry: str) -> None:
    visit = room.state.visits[visit_of(room, family)]
    assert actions.entry_of(verb, room.state, visit, NOW) == entry


def test_who_is_ready_and_short_of_a_point_again_gets_the_list() -> None:
    """Their vital signs grow old while they wait: a refusal to let them leave would be a dead end."""
    story = Story()
    person = story.person("Duarte").is_infused("08:30", "12:30", chair=1).is_ready("13:00")
    for when, entry in (("13:10", "leave"), ("13:16", "discharge")):
        assert actions.entry_of("next_home", story.room, person.now, story.moment(when)) == entry


def test_against_advice_leaves_who_recovers_and_nobody_else(room: RoomService) -> None:
    against = BY_ID["against_advice"]
    for family, possible in (("Bishop", True), ("Marlowe", False), ("Petrov", False)):
        visit = room.state.visits[visit_of(room, family)]
        assert (actions.why_not(against, room.state, visit, NOW, None) is None) is possible, family


def test_without_a_person_a_verb_asks_for_one(room: RoomService) -> None:
    for action in ACTIONS:
        if action.where == "person" and action.id != "open":
            said = actions.why_not(action, room.state, None, NOW, None)
            assert "choose a person" in (said or ""), action


def test_every_reason_is_a_sentence_of_its_verb(room: RoomService) -> None:
    for visit in room.state.visits.values():
        for action in ACTIONS:
            reason = actions.why_not(action, room.state, visit, NOW, visit.chair)
            if reason is not None:
                assert reason[0].isupper(), (action.id, reason)
                assert reason.endswith("."), (action.id, reason)
