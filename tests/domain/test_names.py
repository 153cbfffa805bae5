"""How people are named where others can read it, and how two alike are told apart."""

from __future__ import annotations

import pytest
from tests.domain.playing import Play, person

from infusionroom.domain.names import REPLACEMENT, folded, people, readable, who_of


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Marlowe", "Marlowe"),
        ("a\x1b[2Jb", f"a{REPLACEMENT}[2Jb"),
        ("two\nlines\tand tabs\r", "two lines and tabs"),
        ("\u202eevil", f"{REPLACEMENT}evil"),
        ("a\u2028b", f"a{REPLACEMENT}b"),
        ("\ue000", REPLACEMENT),
        ("漢字", "漢字"),
        ("علی\u200cرضا", "علیرضا"),
        ("Ångström-Núñez O'Neil", "Ångström-Núñez O'Neil"),
        ("[bold]x[/]", "[bold]x[/]"),
    ],
)
def test_a_name_steers_no_terminal(said: str, shown: str) -> None:
    assert readable(said) == shown


def test_surname_and_initial_or_initials_alone() -> None:
    play = Play()
    visit = play.plan(1, patient=person(1, family="Marlowe", given="Rae"))
    who = who_of(play.visit(visit))
    assert (who.short, who.initials, who.alike) == ("Marlowe R", "RM", False)


def test_without_a_given_name_the_surname_stands_alone() -> None:
    play = Play()
    who = who_of(play.visit(play.plan(1, patient=person(1, family="Marlowe", given=""))))
    assert (who.short, who.initials) == ("Marlowe", "M")


def test_two_alike_get_a_mark_and_more_letters() -> None:
    play = Play()
    one = play.plan(1, patient=person(1, family="Marlowe", given="Rae"))
    two = play.plan(2, patient=person(2, family="Marlow", given="Robin"))
    three = play.plan(3, patient=person(3, family="Tan", given="Rae"))
    named = people(play.room.visits.values())
    assert [named[v].alike for v in (one, two, three)] == [True, True, False]
    assert [named[v].short for v in (one, two, three)] == ["Marlowe Rae", "Marlow Rob", "Tan R"]


def test_two_bookings_of_one_person_are_not_two_alike() -> None:
    play = Play()
    one = play.plan(1)
    play.plan(2, patient=person(1))
    assert not people(play.room.visits.values())[one].alike


def test_a_name_is_found_by_its_plain_letters() -> None:
    assert folded("Sørensen  Łukasz") == "sorensen lukasz"
    assert folded("Müller") == folded("MULLER")
