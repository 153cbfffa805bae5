"""Deciding on the letter to the patient's own pain physician: drafts until one is sealed, then another version."""

from __future__ import annotations

import hashlib

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.asked import Asked, refuse
from infusionroom.domain.journal import Draft


def write_letter(asked: Asked, command: cmd.WriteLetter) -> list[Draft]:
    """The text as the open version's draft; after a sealed one it is the next version."""
    last = asked.course(command.course).letter
    if last is not None and last.text == command.text:
        raise refuse("unchanged", f"Letter: version {last.version} already says so.")
    version = 1 if last is None else last.version + (last.sealed_at is not None)
    return [asked.to_course(command.course, ev.LetterDrafted(version=version, text=command.text))]


def seal_letter(asked: Asked, command: cmd.SealLetter) -> list[Draft]:
    """What was sealed can be proven later by the hash of its text (UTF-8)."""
    last = asked.course(command.course).letter
    if last is None:
        raise refuse("letter", "Seal: no letter is written yet.")
    if last.sealed_at is not None:
        raise refuse(
            "sealed", f"Seal: version {last.version} is sealed; what is written now is the next one."
        )
    digest = hashlib.sha256(last.text.encode("utf-8")).hexdigest()
    return [asked.to_course(command.course, ev.LetterSealed(version=last.version, sha256=digest))]
