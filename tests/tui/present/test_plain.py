"""Plain letters for a terminal that shows no UTF-8: as wide as what they stand for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infusionroom.tui.present.cells import clean, width_of
from infusionroom.tui.present.plain import plain


def test_names_keep_their_shape_and_other_scripts_their_width() -> None:
    assert plain("Sinéad Łukasz Ørsted Müller-Groß") == "Sinead Lukasz Orsted Muller-Gros"
    assert plain("山田 太郎") == "???? ????"
    assert plain("┌ Chairs ─┐") == "+ Chairs -+"
    assert plain("11:00 → 12:00 · 36.5 °C …") == "11:00 > 12:00 - 36.5 oC ~"


def test_states_that_differ_go_on_differing() -> None:
    assert len({plain(sign) for sign in "▶‖◔●○█▓▒░"}) == 9


@given(st.text())
def test_whatever_a_name_holds_is_drawn_in_ascii_in_as_many_cells(name: str) -> None:
    shown = clean(name)
    assert plain(shown).isascii()
    assert width_of(plain(shown)) == width_of(shown)
