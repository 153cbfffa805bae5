"""Where a made document goes: standard output, or a file that only its owner reads."""

from __future__ import annotations

import sys
from pathlib import Path

from infusionroom.cli.endings import REFUSED, USAGE, Ended
from infusionroom.cli.terminal import say


def put_out(content: bytes, out: str, *, what: str, binary: bool = False) -> None:
    """Writes `content` to the file `out`, whose name is then printed, or to standard output where it is `-`.

    A `binary` document is not poured into a terminal. Raises `Ended`.
    """
    if out == "-":
        if binary and sys.stdout.isatty():
            raise Ended(USAGE, f"{what} as PDF is not for a terminal: name a file with --out.")
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from infusionroom.report.writing import FileRefused, write_file

    try:
        write_file(Path(out), content, what)
    except FileRefused as refused:
        raise Ended(REFUSED, str(refused)) from None
    say(out)
