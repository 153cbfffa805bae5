"""Lists in one line: forgiving to type, and read back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infusionroom.domain.events import Contact
from infusionroom.tui.forms.typed_lists import read_contacts, read_list, written_contacts, written_list

words = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=' ;,"()'), max_size=20).map(
    lambda text: " ".join(text.split())
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ()),
        ("penicillin, latex", ("penicillin", "latex")),
        (" penicillin ;latex; ", ("penicillin", "latex")),
        ("shellfish, raw; latex", ("shellfish, raw", "latex")),
        ('"shellfish, raw"', ("shellfish, raw",)),
        ('5" needles', ('5" needles',)),
    ],
)
def test_allergies_as_people_type_them(typed: str, meant: tuple[str, ...]) -> None:
    assert read_list(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Sam Marlowe", (Contact("Sam Marlowe"),)),
        ("Sam Marlowe (son), 555-0100", (Contact("Sam Marlowe", "555-0100", "son"),)),
        ("Sam Marlowe, 555-0100, son", (Contact("Sam Marlowe", "555-0100", "son"),)),
        ("Sam Marlowe, son, +1 (212) 555 0100", (Contact("Sam Marlowe", "+1 (212) 555 0100", "son"),)),
        ("Sam Marlowe 555-0100", (Contact("Sam Marlowe", "555-0100"),)),
        (
            "Sam, 555 0100; Kim Doe, neighbour",
            (Contact("Sam", "555 0100"), Contact("Kim Doe", "", "neighbour")),
        ),
    ],
)
def test_escorts_as_people_type_them(typed: str, meant: tuple[Contact, ...]) -> None:
    assert read_contacts(typed) == meant


@given(st.lists(words.filter(bool), max_size=4))
def test_whatever_is_on_file_is_read_back_from_its_line(items: list[str]) -> None:
    assert read_list(written_list(items)) == tuple(items)


@given(st.lists(st.builds(Contact, words.filter(bool), words, words), max_size=3))
def test_every_escort_on_file_is_read_back_from_its_line(contacts: list[Contact]) -> None:
    assert read_contacts(written_contacts(contacts)) == tuple(contacts)
