"""PINs at a fraction of their cost, for tests of the counting and of the screens and not of the hash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infusionroom.services import pins


@contextmanager
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same argon2id with next to no work in it."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(pins, "_hasher", lambda: cheap)
    pins._nobodys.cache_clear()
    yield
    pins._nobodys.cache_clear()
