"""`infusionroom letter`: a course's letter to the patient's own pain physician, from the draft to the sealed file.

A course is named by its id, so that no patient's name stands in a command line, a shell's history or a file name.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from infusionroom.cli.endings import DONE, REFUSED, USAGE, Ended
from infusionroom.cli.terminal import Terminal, clinic_of, refused, say

if TYPE_CHECKING:
    from infusionroom.domain.commands import Command
    from infusionroom.domain.course import Letter
    from infusionroom.domain.course_file import CourseFile
    from infusionroom.services.room import RoomService

FORMATS: Final = ("md", "html", "pdf")
MOST_CHARACTERS: Final = 100_000
_Course = Annotated[str, typer.Argument(help="The course's id, as “infusionroom letter list” prints it.")]
_Version = Annotated[int | None, typer.Option(help="This version (default the last).", min=1)]


def letters() -> typer.Typer:
    """The commands about letters."""
    app = typer.Typer(
        name="letter",
        help="Write, seal and export the letter to the patient's own pain physician.",
        rich_markup_mode=None,
        no_args_is_help=False,
        add_completion=False,
    )
    for name, command, short in (
        ("list", list_letters, "List the courses that have ended, and how far their letters are."),
        ("draft", draft_letter, "Draft a course's letter from the journal."),
        ("write", write_letter, "Keep an edited text as the letter's next draft."),
        ("show", show_letter, "Print the letter as it is kept."),
        ("seal", seal_letter, "Make the last draft final."),
        ("export", export_letter, "Write the letter as files."),
    ):
        app.command(name, short_help=short)(command)
    return app


def list_letters(ctx: typer.Context) -> int:
    """List the courses that have ended and whose two weeks are not over, and how far their letters are."""
    terminal: Terminal = ctx.obj
    from infusionroom.cli.tables import table

    with terminal.room() as room:
        files = room.courses_in_follow_up()
    if not files:
        say("No course is in its two weeks of follow-up.")
        return DONE
    rows = [
        (
            file.course.id,
            f"{file.patient.file.family} {file.patient.file.given[:1]}".strip(),
            file.follow_up.ended_on.isoformat() if file.follow_up else "",
            _state(file.course.letter),
        )
        for file in files
    ]
    say("\n".join(table(("course", "who", "ended", "letter"), rows, indent="")))
    return DONE


def draft_letter(
    ctx: typer.Context,
    course: _Course,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it in the journal as the letter's next draft.")
    ] = False,
) -> int:
    """Draft a course's letter from the journal, as Markdown on standard output.

    Nothing is kept without --keep. To change it first: send it to a file of your own, edit that, and give it to
    “infusionroom letter write”.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.domain.commands import WriteLetter
    from infusionroom.report.letter import draft

    with terminal.room() as room:
        file = _file(room, course)
        text = draft(file, clinic_of(room), room.day())
        if keep:
            _give(room, terminal, WriteLetter(course=file.course.id, text=text))
            say(_kept(room, course))
            return DONE
    sys.stdout.write(text)
    return DONE


def write_letter(
    ctx: typer.Context,
    course: _Course,
    file: Annotated[str, typer.Option(help="The text as Markdown (UTF-8); - for standard input.")],
) -> int:
    """Keep an edited text as the letter's next draft. After a sealed version it is the next one."""
    terminal: Terminal = ctx.obj
    from infusionroom.domain.commands import WriteLetter

    text = _text(file)
    with terminal.room() as room:
        known = _file(room, course)
        _give(room, terminal, WriteLetter(course=known.course.id, text=text))
        say(_kept(room, course))
    return DONE


def show_letter(ctx: typer.Context, course: _Course, version: _Version = None) -> int:
    """Print the letter as it is kept, as Markdown."""
    terminal: Terminal = ctx.obj
    with terminal.room() as room:
        letter = _letter(_file(room, course), version)
    sys.stdout.write(letter.text if letter.text.endswith("\n") else letter.text + "\n")
    return DONE


def seal_letter(ctx: typer.Context, course: _Course, version: _Version = None) -> int:
    """Make the last draft final. What is written after it is another version.

    With --version only that one is sealed: should somebody have written since, nothing is.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.domain.commands import SealLetter

    with terminal.room() as room:
        file = _file(room, course)
        last = _letter(file, None)
        if version not in (None, last.version):
            raise Ended(REFUSED, f"The last draft is version {last.version}: read it, then seal that one.")
        _give(room, terminal, SealLetter(course=file.course.id, expected_version=file.course.version))
        sealed = _letter(_file(room, course), None)
    say(f"Version {sealed.version} is sealed. Its SHA-256 is {sealed.sha256}.")
    return DONE


def export_letter(
    ctx: typer.Context,
    course: _Course,
    out: Annotated[Path, typer.Option(help="The folder for the files; it is made where it is missing.")],
    format: Annotated[str, typer.Option(help="md, html, pdf; several by commas.")] = "pdf",
    version: _Version = None,
) -> int:
    """Write the letter as files that you alone can read, named by course and version, never by a patient.

    A draft can be exported too; every page says that it is one.
    """
    terminal: Terminal = ctx.obj
    wanted = _formats(format)
    from infusionroom.report.letter_pages import export
    from infusionroom.report.writing import FileRefused

    with terminal.room() as room:
        file = _file(room, course)
        letter, timezone = _letter(file, version), clinic_of(room).timezone
    try:
        for path in export(file.course.id, letter, timezone, wanted, out):
            say(str(path))
    except FileRefused as error:
        raise Ended(REFUSED, str(error)) from None
    return DONE


# ── what they share ─────────────────────────────────────────────────────────────────────────────────────────


def _file(room: RoomService, course: str) -> CourseFile:
    file = room.course(course.strip())
    if file is None:
        raise Ended(REFUSED, f"There is no course {course[:40]!r}: “infusionroom letter list” names them.")
    return file


def _letter(file: CourseFile, version: int | None) -> Letter:
    found = next((x for x in reversed(file.course.letters) if version in (None, x.version)), None)
    if found is not None:
        return found
    if version is not None and file.course.letters:
        raise Ended(REFUSED, f"This letter has no version {version}.")
    raise Ended(
        REFUSED,
        f"No letter is kept yet: “infusionroom letter draft {file.course.id} --keep” makes the first draft.",
    )


def _give(room: RoomService, terminal: Terminal, command: Command) -> None:
    from infusionroom.domain.outcome import Conflict, Refused

    outcome = room.execute(command, actor=terminal.actor, terminal=terminal.name)
    match outcome:
        case Refused():
            raise refused(outcome)
        case Conflict(by=by, terminal=where, what=what):
            raise Ended(REFUSED, f"{by} at {where} was faster ({what}): look at the letter again.")
        case _:
            return


def _kept(room: RoomService, course: str) -> str:
    return f"Kept as {_state(_file(room, course).course.letter)}."


def _state(letter: Letter | None) -> str:
    if letter is None:
        return "none"
    return f"version {letter.version}, {'sealed' if letter.sealed_at else 'draft'}"


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Ended(REFUSED, f"{file}: {error.strerror}.") from None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Ended(REFUSED, "The letter's text is not UTF-8: save it as UTF-8.") from None
    if not text.strip():
        raise Ended(REFUSED, "The letter has no text.")
    if len(text) > MOST_CHARACTERS:
        raise Ended(REFUSED, f"The letter is longer than {MOST_CHARACTERS} characters: shorten it.")
    return text


def _formats(text: str) -> list[str]:
    wanted = list(dict.fromkeys(word.strip().lower() for word in text.split(",") if word.strip()))
    unknown = [word for word in wanted if word not in FORMATS]
    if unknown or not wanted:
        raise Ended(USAGE, f"--format {(unknown or [text])[0][:20]}: the formats are {', '.join(FORMATS)}.")
    return wanted
