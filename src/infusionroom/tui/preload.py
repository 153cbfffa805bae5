"""Loads what the first keys will need, in a thread, once the board is up and nobody is waiting for it."""

from __future__ import annotations

import gc
import importlib
import threading

MODULES = (
    "infusionroom.tui.verbs",
    "infusionroom.tui.forms",
    "infusionroom.tui.visit_screen",
    "infusionroom.tui.palette",
    "textual.widgets._toast",
    "textual.widgets._input",
)


def preload() -> threading.Thread:
    """Starts the loading; a module that cannot be loaded will say so when it is used."""

    def load() -> None:
        for name in MODULES:
            try:
                importlib.import_module(name)
            except ImportError:
                continue
        if not gc.isenabled():
            # The start held it off (`cli.board`). What was loaded stays for good and is never looked through again.
            gc.freeze()
            gc.enable()

    thread = threading.Thread(target=load, name="infusionroom-preload", daemon=True)
    thread.start()
    return thread
