"""A room that people reach over SSH: one server for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.ssh_room import SshRoom, ssh_room


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshRoom]:
    """A room with three people on its staff list, each with a key of their own, and an sshd that lets them in."""
    with ssh_room(tmp_path_factory.mktemp("ssh")) as room:
        yield room
