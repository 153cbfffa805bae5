"""Pages set by Typst: the template is the program's own, everything else travels as data and is never markup."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Literal


def typeset(template: str, page: dict[str, Any]) -> bytes:
    """The PDF that a template of this package makes of the page's data; the same data gives the same bytes."""
    return _compiled(template, page, "pdf")


def drawn(template: str, page: dict[str, Any]) -> bytes:
    """The first page as a picture (PNG), to look at."""
    return _compiled(template, page, "png")


def _compiled(template: str, page: dict[str, Any], format: Literal["pdf", "png"]) -> bytes:
    # Only a PDF needs it, and the other formats should not wait for it.
    import typst

    source = resources.files("infusionroom.report").joinpath("templates", template).read_bytes()
    data = {"page": json.dumps(page, ensure_ascii=False)}
    made: bytes | list[bytes] = typst.compile(source, format=format, sys_inputs=data)
    return made[0] if isinstance(made, list) else made
