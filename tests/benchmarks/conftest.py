"""Benchmarks are collected only when they are asked for by name: `pytest tests/benchmarks`; one table at the end."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil
import pytest
from tests.benchmarks.figures import Figure, Figures, table

HERE = Path(__file__).parent
_FOUND: Figures = []


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Takes `bench_*.py`, which the usual run leaves alone because of its name."""
    config = parent.config
    named = {(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args}
    # A file that is itself named pytest takes without being told.
    asked_for = file_path not in named and any(path.is_relative_to(HERE) for path in named)
    if asked_for and file_path.name.startswith("bench_") and file_path.suffix == ".py":
        module: pytest.Module = pytest.Module.from_parent(parent, path=file_path)
        return module
    return None


@pytest.fixture(scope="session")
def found() -> Figures:
    """Where a benchmark puts its figures."""
    return _FOUND


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _FOUND:
        where = Figure("measured on", f"Python {platform.python_version()}, {psutil.cpu_count()} cores")
        terminalreporter.write_line(f"\n{table([where, *_FOUND])}\n")
