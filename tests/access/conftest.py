"""A desk in a room that is set up, for tests that let people in."""

from __future__ import annotations

import pytest
from tests.cli.command_line import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    """A terminal in a room whose only person is vega."""
    desk = Desk(sqlite_url)
    answer = desk.set_up()
    assert answer.status == 0, answer.err
    return desk
