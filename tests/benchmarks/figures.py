"""What a benchmark found: medians and spreads, printed as one table. Nothing is asserted on seconds."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One line of the table."""

    what: str
    value: str
    remark: str = ""


Figures = list[Figure]


def setting(name: str, default: int) -> int:
    """A benchmark's size, from `INFUSIONROOM_BENCH_<NAME>`."""
    return int(os.environ.get(f"INFUSIONROOM_BENCH_{name}", default))


def spread(seconds: Sequence[float]) -> str:
    """Median, and lowest to highest, in milliseconds."""
    ordered = sorted(seconds)
    middle = statistics.median(ordered)
    return f"{_ms(middle)} ({_ms(ordered[0])}–{_ms(ordered[-1])}, n={len(ordered)})"


def percentile(seconds: Sequence[float], share: float) -> float:
    """By nearest rank."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratio(seconds: Sequence[float], to: Sequence[float]) -> str:
    return f"{statistics.median(seconds) / statistics.median(to):.2f} ×"


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns."""
    widths = [max(len(figure[column]) for figure in figures) for column in range(2)]
    return "\n".join(
        f"{figure.what:<{widths[0]}}  {figure.value:<{widths[1]}}  {figure.remark}".rstrip()
        for figure in figures
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 10 else f"{seconds:.3g} s"
