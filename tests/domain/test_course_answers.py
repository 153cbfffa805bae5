"""What is said of a course: agreed, consented, rated, followed up by telephone, written down; and taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from tests.domain.course_playing import FIVE, SINGLE, Courses

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.course import fold


@pytest.fixture
def play() -> Courses:
    play = Courses(chairs=3)
    play.at("7:00")
    return play


@pytest.fixture
def course(play: Courses) -> str:
    return play.booked(play.registered(), FIVE, days=play.days(3))


@pytest.fixture
def ended(play: Courses) -> str:
    """A single day, given and over; it is the evening of that day."""
    course = play.booked(play.registered(), SINGLE)
    play.held(course, [1])
    return course


# ── before and during ───────────────────────────────────────────────────────────────────────────────────────


def test_another_target_holds_for_the_days_to_come(play: Courses, course: str) -> None:
    target = ev.Target("mg_per_kg_h", Decimal("0.45"), duration_min=180)
    change = cmd.ChangeTarget(course=course, target=target, why="dizzy", prescriber="Dr Y")
    play.do(change)
    assert (play.course(course).target, play.course(course).prescriber) == (target, "Dr Y")
    assert play.rules(change) == ["unchanged"]
    high = replace(change, target=replace(target, dose=Decimal("1.5")))
    assert play.rules(high) == ["hard_limit"]


def test_a_course_that_is_over_has_no_other_target(play: Courses, ended: str) -> None:
    target = ev.Target("mg_per_h", Decimal(20))
    assert play.rules(cmd.ChangeTarget(course=ended, target=target, why="x", prescriber="Dr Y")) == ["over"]


def test_what_was_agreed_has_a_name_and_a_day_that_was(play: Courses, course: str) -> None:
    agreed = cmd.AgreePlan(
        course=course, physician="Dr Kern", agreed_on=play.day, what="three days, then talk"
    )
    assert play.rules(replace(agreed, agreed_on=play.day + timedelta(days=1))) == ["future"]
    assert play.rules(replace(agreed, physician=" ")) == ["empty"]
    play.do(agreed)
    said = play.course(course).agreed
    assert said is not None
    assert said.body.physician == "Dr Kern"


def test_consent_is_to_the_version_in_force_clause_by_clause(play: Courses, course: str) -> None:
    signed = cmd.AcknowledgeConsent(
        course=course, version="1", clauses=("no guarantee",), name="Ruth Marlowe", signed_on=play.day
    )
    assert play.rules(replace(signed, version="0")) == ["version"]
    assert play.rules(replace(signed, clauses=())) == ["clause"]
    assert play.rules(replace(signed, clauses=("no guarantee", "no refunds"))) == ["clause"]
    assert play.rules(replace(signed, name="  ")) == ["empty"]
    assert play.rules(replace(signed, signed_on=play.day + timedelta(days=1))) == ["consent"]
    play.do(signed)
    assert play.course(course).consents[-1].body.clauses == ("no guarantee",)


def test_an_indication_off_the_guideline_has_a_clause_of_its_own(play: Courses) -> None:
    lyme = play.registered(family="Abel", record_number="A1", icd10="A69.20", indication="Lyme disease")
    course = play.booked(lyme, SINGLE)
    signed = cmd.AcknowledgeConsent(
        course=course, version="1", clauses=("no guarantee",), name="Ruth Abel", signed_on=play.day
    )
    [reason] = play.refused(signed)
    assert "off guideline" in reason.text
    play.do(replace(signed, clauses=("off guideline", "no guarantee")))
    assert play.course(course).consents[-1].body.clauses == ("no guarantee", "off guideline")


def test_a_version_that_changes_overnight_is_signed_anew(play: Courses, course: str) -> None:
    play.consented(course)
    old, published = play.now, play.later(60).now
    clauses = play.room.clinic.consent.clauses if play.room.clinic else ()
    play.do(cmd.PublishConsent(version="2", text="A new text.", clauses=clauses))
    signed = cmd.AcknowledgeConsent(
        course=course, version="1", clauses=("no guarantee",), name="Ruth Marlowe", signed_on=play.day
    )
    assert play.rules(signed) == ["version"]
    play.do(replace(signed, version="2"))
    play.do(replace(signed, at=old))
    assert published > old


def test_the_change_is_rated_after_something_was_given(play: Courses, course: str) -> None:
    rated = cmd.RatePgic(course=course, pgic=2, rated_on=play.day)
    assert play.rules(rated) == ["pgic"]
    play.held(course, [1])
    assert play.rules(replace(rated, rated_on=play.day + timedelta(days=1))) == ["future"]
    play.do(rated)
    assert [said.body.pgic for said in play.course(course).pgics] == [2]


# ── the two weeks after ─────────────────────────────────────────────────────────────────────────────────────


def test_prescribed_and_taught_in_one_go_and_started_the_day_after(play: Courses, ended: str) -> None:
    prescribed = cmd.PrescribeOral(
        course=ended, by="Dr X", on=play.day, dose="25 mg at night", taught_on=play.day
    )
    assert play.rules(replace(prescribed, on=play.day + timedelta(days=1))) == ["future"]
    assert [e.kind for e in play.do(prescribed)] == ["oral_prescribed", "oral_taught"]
    before = play.day - timedelta(days=1)
    assert play.rules(cmd.StartOral(course=ended, on=before)) == ["order"]
    assert play.rules(cmd.StartOral(course=ended, on=play.day + timedelta(days=1))) == ["future"]
    play.at("9:00", play.day + timedelta(days=1))
    play.do(cmd.StartOral(course=ended, on=play.day))
    assert play.rules(cmd.StartOral(course=ended, on=play.day)) == ["unchanged"]
    follow_up = play.file(ended).follow_up
    assert follow_up is not None
    assert follow_up.day_14 == play.day + timedelta(days=14)
    assert play.rules(cmd.NotStartOral(course=ended, why="x")) == ["started"]


def test_who_starts_after_all_has_not_never_started(play: Courses, ended: str) -> None:
    play.do(cmd.NotStartOral(course=ended, why="afraid of it"))
    assert play.file(ended).oral.not_started == "afraid of it"
    play.do(cmd.StartOral(course=ended, on=play.day))
    oral = play.file(ended).oral
    assert (oral.not_started, oral.started_on) == ("", play.day)
    play.do(cmd.UndoCourse(course=ended))
    oral = play.file(ended).oral
    assert (oral.not_started, oral.started_on) == ("afraid of it", None)


def test_a_call_that_nobody_answers_stays_due(play: Courses, ended: str) -> None:
    call = cmd.RecordCall(course=ended, day=1, reached=False, outcome="no answer")
    play.at("10:00", play.day + timedelta(days=1)).do(call)
    follow_up = play.file(ended).follow_up
    assert follow_up is not None
    assert (follow_up.calls[0].answered, follow_up.calls[0].tried) == (None, 1)
    assert play.rules(replace(call, pain=3)) == ["reached"]
    assert play.rules(cmd.RecordCall(course=ended, day=1, reached=True)) == ["outcome"]


def test_an_answered_call_keeps_pain_change_and_start(play: Courses, ended: str) -> None:
    last = play.day
    play.at("10:00", play.day + timedelta(days=1))
    call = cmd.RecordCall(
        course=ended, day=1, reached=True, outcome="slept well", pain=3, pgic=2, started_on=last
    )
    entries = play.do(call)
    assert [e.kind for e in entries] == ["follow_up_called", "oral_started", "pgic_rated"]
    play.do(cmd.UndoCourse(course=ended))
    course = play.course(ended)
    assert (course.calls, course.pgics, course.oral_started) == ((), (), None)
    assert play.rules(replace(call, at=play.now - timedelta(days=1))) == ["order"]


def test_nothing_follows_a_course_that_is_not_over_or_gave_nothing(play: Courses, course: str) -> None:
    call = cmd.RecordCall(course=course, day=1, reached=True, outcome="x")
    assert play.rules(call) == ["running"]
    play.do(cmd.StopCourse(course=course, reason="patient's wish"))
    assert play.rules(call) == ["no_follow_up"]
    assert play.rules(cmd.StartOral(course=course, on=play.day)) == ["order"]
    assert play.rules(cmd.CloseFollowUp(course=course, why="x")) == ["no_follow_up"]


def test_a_follow_up_is_closed_once(play: Courses, ended: str) -> None:
    play.do(cmd.CloseFollowUp(course=ended, why="admitted elsewhere"))
    assert play.file(ended).tasks == ()
    assert play.rules(cmd.CloseFollowUp(course=ended, why="x")) == ["unchanged"]


# ── the letter ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_is_edited_until_it_is_sealed_and_then_has_another_version(
    play: Courses, ended: str
) -> None:
    write = cmd.WriteLetter(course=ended, text="# Dear colleague")
    assert play.rules(cmd.SealLetter(course=ended)) == ["letter"]
    play.do(write)
    assert play.rules(write) == ["unchanged"]
    play.do(replace(write, text="# Dear Dr Kern, schöne Grüße"))
    play.do(cmd.SealLetter(course=ended))
    assert play.rules(cmd.SealLetter(course=ended)) == ["sealed"]
    assert play.rules(replace(write, text="# Dear Dr Kern, schöne Grüße")) == ["unchanged"]
    play.do(replace(write, text="# Correction"))
    first, second = play.course(ended).letters
    assert (first.version, second.version, second.sealed_at) == (1, 2, None)
    assert first.sha256 == hashlib.sha256("# Dear Dr Kern, schöne Grüße".encode()).hexdigest()


# ── taking back ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_taken_back_at_once_and_later_with_a_reason(play: Courses, course: str) -> None:
    [entry] = play.consented(course)
    undo = cmd.UndoCourse(course=course, target=entry.id)
    assert play.later(3).rules(undo) == ["undo_reason"]
    play.do(replace(undo, why="signed for somebody else"))
    assert play.course(course).consents == ()
    assert play.rules(replace(undo, why="again")) == ["undo"]
    assert play.rules(cmd.UndoCourse(course=course)) == ["undo"]
    assert play.rules(cmd.UndoCourse(course=course, target=10_000)) == ["unknown_entry"]
    assert fold(play.course(course).entries) == play.course(course)


@pytest.mark.parametrize(
    ("moves", "instead"),
    [
        (lambda c: cmd.DeferDay(course=c, day=2, why="x"), "defer it again, or take it"),
        (lambda c: cmd.OmitDay(course=c, day=2, why="x"), "extend the course"),
        (lambda c: cmd.StopCourse(course=c, reason="physician"), "extend the course"),
        (lambda c: cmd.WriteLetter(course=c, text="x"), "write the letter anew"),
    ],
    ids=["deferred", "omitted", "stopped", "letter"],
)
def test_what_moved_visits_is_done_the_other_way_round(
    play: Courses, course: str, moves: Callable[[str], cmd.Command], instead: str
) -> None:
    [entry] = [e for e in play.do(moves(course)) if e.stream.startswith("course:")]
    [reason] = play.refused(cmd.UndoCourse(course=course, target=entry.id))
    assert reason.rule == "undo"
    assert instead in reason.text
