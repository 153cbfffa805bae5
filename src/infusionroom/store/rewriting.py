"""Writing all that follows from the journal anew: after a migration, and when the check is asked to."""

from __future__ import annotations

from infusionroom.domain import course as courses
from infusionroom.domain import patient as patients
from infusionroom.domain.course_record import course_record_of
from infusionroom.domain.evolve import NotAVisit, fold
from infusionroom.domain.patient_record import patient_record_of, words_of
from infusionroom.domain.visit import VISIT_STREAM
from infusionroom.store.walk import Walk, chunks, streams
from infusionroom.store.writing import Writing


def rewrite_soundly(writing: Writing) -> str:
    """Rewrites from the journal that the transaction finds; the sentence why it cannot be done, or an empty one.

    After a sentence the transaction is to be given up.
    """
    walk = Walk(writing)
    for problem in walk.problems:
        return problem
    try:
        rewrite(writing, walk)
    except (NotAVisit, patients.NotAPatient, courses.NotACourse) as error:
        return f"{error}."
    return ""


def rewrite(writing: Writing, walk: Walk) -> int:
    """Empties the rows and writes them anew from the journal, in this transaction; the number of visits.

    `walk` is over the journal as the transaction finds it, without problems. Raises `NotAVisit`, `NotAPatient` and
    `NotACourse`, which are ValueErrors, where entries make no sense.
    """
    writing.clear_projections()
    seats: dict[str, int | None] = {}
    for chunk in chunks(sorted(walk.patients)):
        people = [patients.fold(own) for _, own in streams(writing, patients.PATIENT_STREAM, chunk)]
        writing.save_patients((patient_record_of(person), words_of(person)) for person in people)
    for chunk in chunks(sorted(walk.visits)):
        visits = [fold(own) for _, own in streams(writing, VISIT_STREAM, chunk)]
        writing.save_visits((walk.record(visit), walk.days(visit)) for visit in visits)
        seats |= {v.id: v.chair for v in visits if v.here and v.chair is not None}
    writing.set_seats(seats)
    # Last, for a course's row says what its visits' rows say.
    for chunk in chunks(sorted(walk.courses)):
        booked = [courses.fold(own) for _, own in streams(writing, courses.COURSE_STREAM, chunk)]
        rows = writing.visits_of({course.patient for course in booked})
        writing.save_courses(course_record_of(course, rows[course.patient], walk.clinic) for course in booked)
    return len(walk.visits)
