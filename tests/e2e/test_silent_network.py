"""A terminal whose network takes bytes and gives none back says so, is back by itself, and can be left meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.e2e.stress_day import Evening
from tests.network import Network, network_to
from tests.postgres import PostgresServer
from tests.terminal import Terminal

pytestmark = pytest.mark.stress

PATIENTLY = 60.0
# What the README says, and as much again for a machine that does other things besides.
SAID_WITHIN_S = 30.0
OUT_OF_REACH = "store out of reach since"


@contextmanager
def far_terminal(server: PostgresServer, url: str) -> Iterator[tuple[Terminal, Network]]:
    """The program in a terminal, its board on the screen, and the network between it and its store."""
    Evening(url)
    database = url.split("/")[3].split("?")[0]
    with network_to(server.folder / ".s.PGSQL.5432") as network:
        address = f"postgresql+psycopg://room@127.0.0.1:{network.port}/{database}"
        with Terminal([sys.executable, "-m", "infusionroom", "--store", address]) as terminal:
            terminal.wait_for("Marlowe1", within=PATIENTLY)
            yield terminal, network


def test_a_terminal_on_a_silent_network_says_so_and_is_back_by_itself(
    postgres: PostgresServer, postgres_url: str
) -> None:
    with far_terminal(postgres, postgres_url) as (terminal, network):
        network.fall_silent()
        terminal.wait_for(OUT_OF_REACH, within=SAID_WITHIN_S)
        network.flow()
        terminal.wait_for(lambda screen: OUT_OF_REACH not in screen, within=SAID_WITHIN_S)


def test_a_terminal_on_a_silent_network_can_be_left(postgres: PostgresServer, postgres_url: str) -> None:
    with far_terminal(postgres, postgres_url) as (terminal, network):
        network.fall_silent()
        terminal.press("ctrl+q")
        # At once, or when a question that was asked before is given up.
        assert terminal.wait_end(within=SAID_WITHIN_S) == 0
