"""Every form of the program by its id, and the screens that show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms.after_course import AFTER_COURSE
from infusionroom.tui.forms.consents import CONSENTS
from infusionroom.tui.forms.corrections import CORRECTIONS, by_kind, correction_of
from infusionroom.tui.forms.courses import COURSES
from infusionroom.tui.forms.door import DOOR
from infusionroom.tui.forms.gate import GateScreen
from infusionroom.tui.forms.home import HOME
from infusionroom.tui.forms.merging import MERGING
from infusionroom.tui.forms.offering import OFFERING
from infusionroom.tui.forms.ordering import ORDERING
from infusionroom.tui.forms.patients import PATIENTS
from infusionroom.tui.forms.plan import PLAN
from infusionroom.tui.forms.prestart import PRESTART
from infusionroom.tui.forms.pump import PUMP
from infusionroom.tui.forms.rates import RATES
from infusionroom.tui.forms.room_forms import ROOM
from infusionroom.tui.forms.scoring import SCORING
from infusionroom.tui.forms.screen import FormScreen, Submit
from infusionroom.tui.forms.spec import FormContext, FormSpec
from infusionroom.tui.forms.watching import WATCHING

__all__ = ["FORMS", "FormScreen", "FormSpec", "GateScreen", "Submit", "correction_screen", "form_screen"]

_ALL: Final = (
    *DOOR,
    *PLAN,
    *PRESTART,
    *CONSENTS,
    *WATCHING,
    *ORDERING,
    *RATES,
    *PUMP,
    *SCORING,
    *HOME,
    *CORRECTIONS,
    *ROOM,
    *OFFERING,
    *PATIENTS,
    *MERGING,
    *COURSES,
    *AFTER_COURSE,
)
FORMS: Final[Mapping[str, FormSpec]] = {spec.id: spec for spec in _ALL}
_BY_KIND: Final = by_kind(_ALL)


def form_screen(
    form_id: str,
    *,
    room: Room,
    visit: Visit | None,
    chair: int | None,
    now: datetime,
    actor: str,
    submit: Submit,
    entry: int | None = None,
    point: str = "",
    course: CourseFile | None = None,
    history: PatientHistory | None = None,
    day: int | None = None,
) -> FormScreen | GateScreen:
    """The screen of a form, to be pushed; it is dismissed with the outcome, or None when nothing was entered.

    `entry` is the journal id that undo and correct begin with, `point` the one that an override is about.
    A form about a course or a patient is given its `course` (and which `day` of it) or `history`.
    Raises `KeyError` for an unknown form.
    """
    spec = FORMS[form_id]
    chosen = next((e for e in visit.entries if e.id == entry), None) if visit else None
    context = FormContext(
        room=room,
        visit=visit,
        chair=chair,
        now=now,
        actor=actor,
        entry=chosen,
        point=point,
        course=course,
        history=history,
        course_day=day,
    )
    if spec.gate:
        return GateScreen(spec, context, submit)
    if form_id == "correct" and chosen is not None:
        return correction_screen(context, submit)
    return FormScreen(spec, context, submit)


def correction_screen(context: FormContext, submit: Submit) -> FormScreen:
    """The form that corrects the context's entry: its own, filled in as it was."""
    assert context.entry is not None
    spec = correction_of(context.entry, _BY_KIND.get(context.entry.kind), context)
    return FormScreen(spec, context, submit)
