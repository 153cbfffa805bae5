"""Every kind of entry and command has the room's own word: nobody reads a name from the wire."""

from __future__ import annotations

from typing import get_args

import pytest

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.words import COMMAND_WORDS, ENTRY_WORDS, command_word, entry_word

KINDS = sorted(str(body.__struct_config__.tag) for body in get_args(ev.EventBody))
NAMES = sorted(str(command.__struct_config__.tag) for command in cmd.COMMANDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_has_a_word(kind: str) -> None:
    assert entry_word(kind) == ENTRY_WORDS[kind]
    assert "_" not in entry_word(kind)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_has_a_word(name: str) -> None:
    assert command_word(name) == COMMAND_WORDS[name]
    assert "_" not in command_word(name)


def test_there_is_no_word_for_what_does_not_exist() -> None:
    assert sorted(ENTRY_WORDS) == KINDS
    assert sorted(COMMAND_WORDS) == NAMES


def test_a_fact_is_recorded_under_its_own_word() -> None:
    assert command_word("record:side_effect_seen") == "Side effect"
    assert command_word("record:iv_placed") == "IV placed"
