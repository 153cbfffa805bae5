"""`infusionroom import`: a schedule that somebody else's system wrote, and what of it was set aside."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infusionroom.cli.endings import DONE, REFUSED, USAGE, Ended
from infusionroom.cli.terminal import Terminal, clinic_of, say

if TYPE_CHECKING:
    from infusionroom.intake.importing import Preview, Report
    from infusionroom.intake.real_room import RealRoom


def import_schedule(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Files; or numbers, after --retry and --dismiss."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Show the difference and write nothing.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print a CSV file to fill in.")] = False,
    quarantine: Annotated[bool, typer.Option("--quarantine", help="List what was put aside.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Read what was put aside again: all, or these numbers.")
    ] = False,
    dismiss: Annotated[
        bool, typer.Option("--dismiss", help="Take these numbers off the list; their text is kept.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of sentences.")] = False,
) -> int:
    """Read a day's schedule: CSV, HL7 v2 SIU messages (S12 to S17, S26), or a FHIR R4 bundle.

    Prints one sentence for each appointment and the counts. Importing a file again changes nothing; an older
    message never overwrites a newer one. A file that is not understood as a whole stops everything before the
    first entry. A single message that is not understood is put aside, with its place and the reason, and the rest
    is imported: list it with --quarantine, try it again with --retry, drop it with --dismiss NUMBER.

    An appointment of a patient who is on file becomes the day of the course that lies on its date, or the next open
    day that its date fits; what fits none, or could be meant in two ways, is a single visit to be assigned.

    \b
    infusionroom import --check tomorrow.csv     what it would change
    infusionroom import tomorrow.csv
    infusionroom import --quarantine
    infusionroom import --retry 3 4

    Exit status 0 when everything was understood and applied (or, with --check, would be); 1 when a file was refused
    or anything was put aside, though the rest was imported. --quarantine alone is 0.
    """
    terminal: Terminal = ctx.obj
    given = names or []
    if sum((check, template, quarantine, retry, dismiss)) > 1:
        raise Ended(USAGE, "--check, --template, --quarantine, --retry and --dismiss each stand alone.")
    if template:
        from infusionroom.intake.csv_schedule import template as csv_template

        sys.stdout.write(csv_template())
        return DONE
    if not (quarantine or retry) and not given:
        raise Ended(
            USAGE, "Name the numbers to drop." if dismiss else "Name a file to import, or see --help."
        )
    from infusionroom.intake.real_room import RealRoom

    with terminal.room() as room:
        real = RealRoom(room, terminal.actor)
        if quarantine:
            return _list(real, json=json)
        if dismiss:
            return _dismiss(real, _numbers(given, real), json=json)
        zone, now = clinic_of(room).timezone, room.clock.now()
        if retry:
            from infusionroom.intake.importing import retry as retried

            ids = _numbers(given, real) if given else None
            report = retried(
                real, timezone=zone, now=now, actor=terminal.actor, terminal=terminal.name, ids=ids
            )
            return _told(report, json=json, title="again")
        return _import(given, real, terminal, zone, check=check, json=json)


def _import(
    files: Sequence[str], real: RealRoom, terminal: Terminal, zone: str, *, check: bool, json: bool
) -> int:
    from infusionroom.intake import importing
    from infusionroom.intake.notices import FileRefused

    paths, now = [Path(name) for name in files], real.now()
    try:
        if check:
            return _told(importing.check(paths, real, timezone=zone, now=now), json=json, title="check")
        report = importing.run(
            paths, real, timezone=zone, now=now, actor=terminal.actor, terminal=terminal.name
        )
    except FileRefused as refused:
        if json:
            say(_encoded({"refused": {"file": refused.file, "why": str(refused)}}))
        raise Ended(REFUSED, f"{_clean(str(refused))}. Nothing was imported.") from None
    return _told(report, json=json, title="import")


def _told(report: Preview | Report, *, json: bool, title: str) -> int:
    from infusionroom.intake.importing import Preview

    preview = isinstance(report, Preview)
    changes = report.changes if isinstance(report, Preview) else report.applied
    if json:
        say(
            _encoded(
                {
                    "written": not preview,
                    "counts": report.counts,
                    "changes": [
                        {
                            "file": change.notice.file,
                            "line": change.notice.line,
                            "action": change.action,
                            "appointment": change.notice.appointment,
                            "sentence": change.sentence,
                            "remark": change.notice.remark,
                            "why": change.why,
                            "course_day": change.day,
                        }
                        for change in changes
                    ],
                    "quarantined": [
                        {"file": one.file, "line": one.line, "field": one.field, "why": one.why}
                        for one in report.quarantined
                    ],
                    "remarks": report.remarks,
                }
            )
        )
    else:
        for sentence in report.sentences():
            say(_clean(sentence))
        say(_counted(report.counts, preview=preview))
    aside = len(report.quarantined)
    if aside and not json:
        say(_aside_sentence(aside, title))
    return DONE if report.clean else REFUSED


def _counted(counts: dict[str, int], *, preview: bool) -> str:
    words = ", ".join(f"{number} {action}" for action, number in counts.items() if action != "quarantined")
    return ("Would be: " if preview else "Imported: ") + (words or "nothing") + "."


def _aside_sentence(aside: int, title: str) -> str:
    entries = "1 entry" if aside == 1 else f"{aside} entries"
    if title == "check":
        return f"{entries} would be put aside."
    were = "was" if aside == 1 else "were"
    still = "still " if title == "again" else ""
    return f"{entries} {were} {still}put aside; see “infusionroom import --quarantine”."


def _list(real: RealRoom, *, json: bool) -> int:
    waiting = real.waiting()
    if json:
        say(_encoded({"quarantine": waiting}))
        return DONE
    for one in waiting:
        came = f" ({one.received_by})" if one.received_by else ""
        say(_clean(f"{one.id}: {one.file}, line {one.line}, {one.field}: {one.why}{came}"))
    if not waiting:
        say("Nothing is put aside.")
    return DONE


def _dismiss(real: RealRoom, ids: list[int], *, json: bool) -> int:
    real.settle_quarantined(ids, "dismissed")
    say(_encoded({"dismissed": ids}) if json else f"Dropped: {', '.join(map(str, ids))}.")
    return DONE


def _numbers(words: Iterable[str], real: RealRoom) -> list[int]:
    """The numbers of entries that wait. Raises `Ended` for anything else."""
    known = {one.id for one in real.waiting()}
    numbers: list[int] = []
    for word in words:
        if not word.isascii() or not word.isdigit() or int(word) not in known:
            raise Ended(
                REFUSED, f"Nothing is put aside under {word[:20]!r}: see “infusionroom import --quarantine”."
            )
        numbers.append(int(word))
    return numbers


def _clean(sentence: str) -> str:
    from infusionroom.tui.present.cells import clean

    return clean(sentence)


def _encoded(answer: dict[str, Any]) -> str:
    import msgspec

    return msgspec.json.encode(answer).decode("utf-8")
