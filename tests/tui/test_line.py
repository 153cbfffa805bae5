"""What a terminal sends: letters, keys, and pastes in which nothing is a key."""

from __future__ import annotations

import pytest

from infusionroom.tui.line_driver import LineDecoder

SENT = "a\x1b[A\x1b[200~Ma\x1brl\x1b]0;ow\x07e ñ\r\x1b[20\x1b\x1b[201~\x1bq\x1b[200~two\x1b[201~".encode()
READ = "a\x1b[A\x1b[200~Marl]0;ow\x07e ñ\r[20\x1b[201~\x1bq\x1b[200~two\x1b[201~"


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 7, 4096])
def test_no_escape_in_a_paste_makes_the_rest_of_it_keys(at_once: int) -> None:
    line = LineDecoder()
    pieces = [SENT[at : at + at_once] for at in range(0, len(SENT), at_once)]
    assert "".join(line.decode(piece) for piece in pieces) == READ


def test_the_escape_key_waits_for_nothing() -> None:
    line = LineDecoder()
    assert [line.decode(sent) for sent in (b"\x1b", b"\x1b[", b"A")] == ["\x1b", "\x1b[", "A"]


def test_what_is_not_utf8_ends_nothing() -> None:
    assert LineDecoder().decode(b"\xf1\x80\x1b[200~\xf1\x1b[201~") == "ñ\ufffd\x1b[200~ñ\x1b[201~"
