"""What Textual starts with: nothing of the environment that a caller over SSH could send, and no TLS.

Importing this module comes before the first import of Textual, which reads these variables when it is imported, and
before that of asyncio, which would load TLS.
"""

from __future__ import annotations

import os
import sys

# Plain keys as every terminal sends them; nothing moves on its own, so nothing is sent over the line for it.
_OURS = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_DISABLE_KITTY_KEY": "1", "TEXTUAL_SMOOTH_SCROLL": "0"}


def distrust() -> None:
    """Takes every Textual variable out of the environment and puts our own in."""
    for name in [name for name in os.environ if name == "TEXTUAL" or name.startswith("TEXTUAL_")]:
        del os.environ[name]
    os.environ.update(_OURS)


def leave_tls_out() -> None:
    """Loads asyncio as where Python has no TLS: a terminal never speaks it, and starts a twentieth sooner."""
    sys.modules["ssl"] = None  # type: ignore[assignment]  # how Python writes that an import is to fail
    try:
        import asyncio  # noqa: F401
    finally:
        # Whoever needs it later may have it.
        del sys.modules["ssl"]


if not {"asyncio", "ssl"} & sys.modules.keys():
    leave_tls_out()
# Where Textual has been imported already it has read them: taking them away would only confuse who put them there.
if "textual" not in sys.modules:
    distrust()
