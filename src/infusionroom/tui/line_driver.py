"""The line to a real terminal: whether it shows UTF-8 is asked of the terminal itself, which alone can know.

No locale tells: over SSH it is the caller's word, and this program takes no word of the caller's.
"""

from __future__ import annotations

import codecs
from functools import partial
from typing import Any, Final

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

# Written in the corner before the first paint, then: where is the cursor? One letter of two bytes has moved it by one
# column, or by two where each byte was taken for a letter. No East Asian font draws this one wide.
_LETTER: Final = "ñ"
_QUESTION: Final = f"\x1b[1;1H{_LETTER}\x1b[6n\x1b[1;1H  \x1b[1;1H"
_AS_BYTES: Final = len(_LETTER.encode())
_FIRST_PRINTED: Final = 0xA0


class LineDriver(LinuxDriver):
    """Textual's own, but that it knows a terminal without UTF-8 and draws for it in plain letters.

    What such a terminal sends is not UTF-8 either: it is read as Latin-1, instead of ending the program.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain = False
        self._asked = False

    def ask_for_letters(self) -> None:
        """Asks the terminal; whoever never answers is believed to show UTF-8."""
        self._asked = True
        self.write(_QUESTION)

    def told_column(self, column: int) -> bool:
        """Takes the answer, columns counted from 0; whether everything has to be drawn anew, in plain letters."""
        if not self._asked:
            return False
        self._asked = False
        self.plain = column == _AS_BYTES
        return self.plain

    def write(self, data: str) -> None:
        if self.plain and not data.isascii():
            from infusionroom.tui.present.plain import plain

            data = plain(data)
        super().write(data)


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return "".join(chr(byte) if byte >= _FIRST_PRINTED else "\ufffd" for byte in wrong), error.end


def _forgiving(encoding: str) -> Any:
    return partial(codecs.getincrementaldecoder(encoding), errors="as-latin")


codecs.register_error("as-latin", _as_latin)
# The thread that reads keys takes its decoder by this name, and ends the program at the first byte it cannot read.
linux_driver.getincrementaldecoder = _forgiving  # type: ignore[attr-defined]
