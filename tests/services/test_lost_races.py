"""What is a lost race and what is none, on both databases; and that whoever holds a place is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain.playing import LEE, PARK, person, vitals
from tests.services.test_room import done, give, infusing, plan, seated, set_up, terminal

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Conflict, Done, Refused
from infusionroom.services.room import RoomService

__all__ = ["terminal"]

Terminal = Callable[..., RoomService]


def both(url: str, terminal: Terminal, visit_of: Callable[[RoomService], str]) -> tuple[Any, Any, str, int]:
    """Two terminals that show the same person: mine, theirs, the visit and the version that both show."""
    mine, theirs = terminal(url), terminal(url)
    set_up(mine)
    visit = visit_of(mine)
    mine.refresh()
    theirs.refresh()
    return mine, theirs, visit, mine.state.visits[visit].version


VITALS, PAIN = vitals(), ev.PainRated(nrs=4)
NOTE = ev.Noted(text="asked for water")


@pytest.mark.parametrize(
    ("first", "mine"),
    [(PAIN, VITALS), (VITALS, PAIN), (NOTE, NOTE), (NOTE, VITALS), (VITALS, NOTE)],
    ids=lambda fact: type(fact).__name__,
)
def test_two_who_chart_different_things_do_not_disturb_each_other(
    store_url: str, terminal: Terminal, first: Any, mine: Any
) -> None:
    here, there, visit, shown = both(store_url, terminal, seated)
    done(there, cmd.Record(visit=visit, fact=first), PARK)
    outcome = give(here, cmd.Record(visit=visit, fact=mine, expected_version=shown))
    assert isinstance(outcome, Done)
    here.refresh()
    assert [entry.body for entry in here.state.visits[visit].entries][-2:] == [first, mine], "both are kept"


def test_two_who_chart_the_same_thing_are_told(store_url: str, terminal: Terminal) -> None:
    here, there, visit, shown = both(store_url, terminal, seated)
    done(there, cmd.Record(visit=visit, fact=VITALS), PARK)
    done(there, cmd.Record(visit=visit, fact=NOTE), PARK)
    outcome = give(here, cmd.Record(visit=visit, fact=VITALS, expected_version=shown))
    assert isinstance(outcome, Conflict)
    assert (outcome.by, outcome.same) == (PARK, True)
    assert [entry.body for entry in outcome.since] == [VITALS], "the note bears on nobody's vitals"


def test_a_pump_is_stopped_whatever_was_charted_meanwhile_but_not_past_another_stop(
    store_url: str, terminal: Terminal
) -> None:
    here, there, visit, shown = both(store_url, terminal, infusing)
    done(there, cmd.Record(visit=visit, fact=VITALS), PARK)
    assert isinstance(give(here, cmd.Pause(visit=visit, why="dizzy", expected_version=shown)), Done)
    here.refresh()
    paused = here.state.visits[visit].version
    done(there, cmd.Stop(visit=visit, why="severe nausea"), PARK)
    outcome = give(here, cmd.Stop(visit=visit, why="dizzy", expected_version=paused))
    assert isinstance(outcome, Conflict)
    assert outcome.same


@pytest.mark.parametrize("fact", [VITALS, NOTE, ev.SideEffectSeen(what="nausea", grade="severe")])
def test_dose_chair_and_discharge_are_never_merged_with_anything(
    store_url: str, terminal: Terminal, fact: Any
) -> None:
    here, there, visit, shown = both(store_url, terminal, infusing)
    done(there, cmd.Record(visit=visit, fact=fact), PARK)
    for command in (
        cmd.ChangeRate(visit=visit, to_ml_h=Decimal(10), why="as ordered"),
        cmd.GiveBolus(visit=visit, mg=Decimal(5), why="as ordered"),
        cmd.Order(visit=visit, basis="mg_per_h", dose=Decimal(20), prescriber="Dr X"),
        cmd.Move(visit=visit, chair=5, why="light"),
        cmd.SignOff(visit=visit),
        cmd.Leave(visit=visit),
        cmd.Acknowledge(visit=visit),
    ):
        assert isinstance(give(here, replace(command, expected_version=shown)), Conflict), command


def test_who_took_the_chair_is_named_with_where_from_and_when(store_url: str, terminal: Terminal) -> None:
    here, there = terminal(store_url), terminal(store_url)
    set_up(here)
    one, two = plan(here, 1), plan(here, 2)
    for visit in (one, two):
        done(here, cmd.Arrive(visit=visit))
    here.refresh()
    head = here.state.head
    there.refresh()
    seated_by = give(there, cmd.Seat(visit=one, chair=3), PARK, "chair 3")
    assert isinstance(seated_by, Done)
    outcome = give(here, cmd.Seat(visit=two, chair=3))
    assert isinstance(outcome, Refused)
    (taken,) = outcome.taken
    assert (taken.visit, taken.by, taken.terminal, taken.chair) == (one, PARK, "chair 3", 3)
    assert taken.when == seated_by.entries[0].recorded_at
    assert taken.entry > head, "it was taken after what this terminal showed"


def test_who_booked_the_place_is_named_and_a_note_about_them_changes_nothing(
    store_url: str, terminal: Terminal
) -> None:
    here, there = terminal(store_url), terminal(store_url)
    set_up(here, chairs=1)
    done(here, cmd.ChangeRoom(opens=time(0), closes=time(23, 59)))
    file = ev.PatientFile(family="Weld", given="Ida", record_number="K-1")
    patient = done(here, cmd.RegisterPatient(file=file)).entries[0].stream.partition(":")[2]
    start = (here.clock.now() + timedelta(days=14)).replace(hour=14, minute=0, second=0, microsecond=0)
    while start.weekday() > 4:
        start += timedelta(days=1)
    there.refresh()
    planned = give(
        there, cmd.PlanVisit(plan=ev.Plan(patient=person(7), start=start, chair=1)), PARK, "back office"
    )
    assert isinstance(planned, Done), planned
    visit = planned.entries[0].stream.partition(":")[2]
    done(there, cmd.Record(visit=visit, fact=NOTE), LEE)
    done(here, cmd.AddPerson(name="Dr Roy", role="prescriber"))
    outcome = give(
        here,
        cmd.BookCourse(
            patient=patient, archetype="single day", days=(cmd.DayWanted(1, start, 1),), prescriber="Dr Roy"
        ),
    )
    assert isinstance(outcome, Refused), outcome
    assert {reason.rule for reason in outcome.reasons} >= {"full"}
    (taken,) = outcome.taken
    assert (taken.visit, taken.by, taken.terminal, taken.start) == (visit, PARK, "back office", start)


def test_a_setting_of_the_room_is_lost_only_to_the_same_setting(store_url: str, terminal: Terminal) -> None:
    here, there = terminal(store_url), terminal(store_url)
    set_up(here)
    here.refresh()
    there.refresh()
    shown = here.state.versions["room"]
    done(there, cmd.ChangeRoom(chairs=9))
    assert isinstance(give(here, cmd.ChangeRoom(closes=time(19), expected_version=shown)), Done)
    outcome = give(here, cmd.ChangeRoom(chairs=7, expected_version=shown))
    assert isinstance(outcome, Conflict)
    assert [entry.body for entry in outcome.since] == [ev.RoomChanged(chairs=9)]
    assert not outcome.same, "nine are not seven"
    agreed = give(here, cmd.ChangeRoom(chairs=9, expected_version=shown))
    assert isinstance(agreed, Conflict)
    assert agreed.same
    # A command from a script that saw no version is as it was.
    assert isinstance(give(here, cmd.ChangeRoom(chairs=7)), Done)
