"""Writing the summary's files: whole or not at all, and readable by their owner alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from infusionroom.domain.figures import DayFigures
from infusionroom.report import render


class FileRefused(OSError):
    """A file could not be written; `str()` and `strerror` are a sentence that says where and what to do."""

    def __str__(self) -> str:
        return str(self.strerror)


class SummaryRefused(FileRefused):
    """The summary's files could not be written."""


def file_name(summary: DayFigures, format: str) -> str:
    """`summary-2026-11-23.html`."""
    return f"summary-{summary.day.isoformat()}.{format}"


def write(summary: DayFigures, formats: Iterable[str], directory: Path) -> list[Path]:
    """Writes the summary in these formats into `directory`, which is made (0700) where it is missing.

    Every file has mode 0600 and takes the place of an older one in one step; all are rendered before the first
    is written. Raises `SummaryRefused`, and `UnknownFormat`.
    """
    rendered = [(directory / file_name(summary, each), render(summary, each)) for each in formats]
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, text in rendered:
            _replace(path, text.encode("utf-8", "replace"))
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise SummaryRefused(
            error.errno or 0,
            f"The summary cannot be written to {directory}: {reason}. Name another folder with --output.",
        ) from None
    return [path for path, _ in rendered]


def write_file(path: Path, content: bytes, what: str) -> None:
    """Writes one file of mode 0600 in place of an older one, in one step; its folder must be there.

    Raises `FileRefused`, in which `what` names what could not be written.
    """
    try:
        _replace(path, content)
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise FileRefused(error.errno or 0, f"{what} cannot be written to {path}: {reason}.") from None


def make_folder(directory: Path, what: str) -> None:
    """The folder for `what`, made for its owner alone where it is missing. Raises `FileRefused`."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise FileRefused(error.errno or 0, f"{what} cannot be written to {directory}: {reason}.") from None


def _replace(path: Path, content: bytes) -> None:
    # mkstemp gives mode 0600 from the first moment; the same folder makes the rename one step.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
