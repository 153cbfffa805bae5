"""Forms for two files of one person: merge them with both side by side, and part them again."""

from __future__ import annotations

from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.patient import Patient, stream_of
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.merge_words import merged_called, side_by_side

WHY = Field(id="why", label="Why", required=True, help="as: registered twice")


def merge_form(here: PatientHistory, other: PatientHistory) -> FormSpec:
    """Merges two files that were both looked at; asks whose file holds, and why."""
    one, two = here.patient, other.patient
    choices = (
        Choice("1", one.id, merged_called(one), "the left one"),
        Choice("2", two.id, merged_called(two), "the right one"),
    )

    def build(values: Values, context: FormContext) -> cmd.Command:
        holds = values["holds"]
        duplicate = two if holds == one.id else one
        return cmd.MergePatients(patient=duplicate.id, into=holds, why=values["why"])

    def live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
        return tuple(LiveLine(text, tone) for text, tone in side_by_side(here, other))

    return FormSpec(
        id="merge",
        title="Merge two files of one person",
        intro="Visits and courses of both are then one person's. The other file is kept and can be parted again.",
        fields=(
            Field(
                id="holds",
                label="This file holds",
                kind="choice",
                column=True,
                required=True,
                choices=lambda _: choices,
                default=lambda _: "1",
            ),
            WHY,
        ),
        live=live,
        build=build,
        about_visit=False,
        dated=False,
    )


def _duplicates(context: FormContext) -> tuple[Choice, ...]:
    found = context.history.duplicates if context.history else ()
    return tuple(Choice(str(n), patient.id, merged_called(patient)) for n, patient in enumerate(found, 1))


def _only(context: FormContext) -> str:
    return "1" if len(_duplicates(context)) == 1 else ""


def _part(values: Values, context: FormContext) -> cmd.Command:
    return cmd.PartPatients(patient=values["duplicate"], why=values["why"])


MERGING: Final = (
    FormSpec(
        id="part",
        title="Part two files again",
        intro="Two people after all: what the merging moved and is not over yet goes back to whose it was.",
        fields=(
            Field(
                id="duplicate",
                label="Part",
                kind="choice",
                column=True,
                required=True,
                choices=_duplicates,
                default=_only,
            ),
            WHY,
        ),
        build=_part,
        about_visit=False,
        dated=False,
    ),
)


def versions_of(*patients: Patient) -> dict[str, int]:
    """The version of each file that the form showed."""
    return {stream_of(patient.id): patient.version for patient in patients}
