"""Benchmarks are collected only when they are asked for by name: `pytest tests/benchmarks`."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Takes `bench_*.py`, which the usual run leaves alone because of its name."""
    config = parent.config
    named = ((config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args)
    asked_for = any(path.is_relative_to(HERE) for path in named)
    if asked_for and file_path.name.startswith("bench_") and file_path.suffix == ".py":
        module: pytest.Module = pytest.Module.from_parent(parent, path=file_path)
        return module
    return None
