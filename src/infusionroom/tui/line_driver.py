"""The line to a real terminal: whether it shows UTF-8 is asked of the terminal itself, which alone can know.

No locale tells: over SSH it is the caller's word, and this program takes no word of the caller's.
"""

from __future__ import annotations

import codecs
from typing import Any, Final

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

# Written in the corner before the first paint, then: where is the cursor? One letter of two bytes has moved it by one
# column, or by two where each byte was taken for a letter. No East Asian font draws this one wide.
_LETTER: Final = "ñ"
_QUESTION: Final = f"\x1b[1;1H{_LETTER}\x1b[6n\x1b[1;1H  \x1b[1;1H"
_AS_BYTES: Final = len(_LETTER.encode())
_FIRST_PRINTED: Final = 0xA0
_PASTE_BEGINS: Final = "\x1b[200~"
_PASTE_ENDS: Final = "\x1b[201~"


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


class LineDecoder:
    """What the line brings, as text; nothing that is pasted is taken for keys that somebody pressed.

    An ESC inside a paste would end it for Textual, and what follows would be verbs: it is left out.
    """

    def __init__(self) -> None:
        self._decoded = codecs.getincrementaldecoder("utf-8")(errors="as-latin")
        self._pasting = False
        # The end of what came last: either marker may come in two pieces.
        self._before = ""

    def decode(self, data: bytes, final: bool = False) -> str:
        """The text of these bytes; the begin of a character, or of the mark that ends a paste, waits for its rest."""
        text = self._decoded.decode(data, final)
        told: list[str] = []
        while text:
            text = self._to_the_end(text, told) if self._pasting else self._to_a_paste(text, told)
        return "".join(told)

    def _to_a_paste(self, text: str, told: list[str]) -> str:
        """Tells what is typed, up to a paste and with its mark; what is left."""
        known = self._before + text
        at = known.find(_PASTE_BEGINS)
        self._pasting = at >= 0
        typed = at + len(_PASTE_BEGINS) - len(self._before) if self._pasting else len(text)
        self._before = "" if self._pasting else known[1 - len(_PASTE_BEGINS) :]
        told.append(text[:typed])
        return text[typed:]

    def _to_the_end(self, text: str, told: list[str]) -> str:
        """Tells what is pasted, with the mark that ends it if it has come; what is left."""
        pasted, mark, rest = (self._before + text).partition(_PASTE_ENDS)
        self._before = "" if mark else _begun(_PASTE_ENDS, pasted)
        self._pasting = not mark
        told.append(pasted.removesuffix(self._before).replace("\x1b", "") + mark)
        return rest


def _begun(mark: str, text: str) -> str:
    """The longest end of the text that begins the mark."""
    return next((mark[:n] for n in range(len(mark) - 1, 0, -1) if text.endswith(mark[:n])), "")


def _forgiving(encoding: str) -> Any:
    return LineDecoder


codecs.register_error("as-latin", _as_latin)
# The thread that reads keys takes its decoder by this name, and ends the program at the first byte it cannot read.
linux_driver.getincrementaldecoder = _forgiving  # type: ignore[attr-defined]
