"""Which store, who, and from where: the command line before the environment before the machine."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from infusionroom.settings import BadSetting, resolved, terminal_name


def test_the_command_line_comes_before_the_environment() -> None:
    environ = {"INFUSIONROOM_STORE": "sqlite:////env.sqlite", "INFUSIONROOM_USER": "lee"}

    said = resolved("sqlite:////said.sqlite", "vega", environ)
    assert (said.store, said.user, said.is_default) == ("sqlite:////said.sqlite", "vega", False)

    unsaid = resolved(None, None, environ)
    assert (unsaid.store, unsaid.user, unsaid.is_default) == ("sqlite:////env.sqlite", "lee", False)


def test_whoever_names_nothing_has_a_store_of_their_own(tmp_path: Path) -> None:
    settings = resolved(None, None, {})

    assert settings.is_default
    assert settings.store == f"sqlite:///{tmp_path / 'data' / 'infusionroom' / 'room.sqlite'}"
    assert settings.user == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\tb", "\u202elee", "\ud800"])
def test_a_name_that_no_entry_could_carry_is_refused(name: str) -> None:
    with pytest.raises(BadSetting, match="--user"):
        resolved("sqlite:////x", name, {})


def test_an_empty_store_is_a_slip() -> None:
    with pytest.raises(BadSetting, match="--store"):
        resolved("", "vega", {})


def test_a_terminal_is_its_machine_and_its_line_and_no_more() -> None:
    name = terminal_name()

    assert name.startswith(os.uname().nodename.partition(".")[0])
    assert name.count(" ") == 1
    assert len(name) <= 60
