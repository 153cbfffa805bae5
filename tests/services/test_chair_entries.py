"""What is read of the chairs for one day: what happened about then, and what was unfinished before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.stories import Story

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain.chair_history import chair_spans
from infusionroom.services.chair_entries import CHAIR_STREAMS, chair_entries, first_recorded
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService


@pytest.fixture
def room(sqlite_url: str) -> Iterator[RoomService]:
    service = open_room(sqlite_url, clock=FrozenClock(datetime(2026, 10, 1, 12, 0, tzinfo=UTC)))
    yield service
    service.close()


@pytest.fixture
def story(room: RoomService) -> Story:
    """A month before Monday chairs 1 to 3 went out of service; since then 1 and 2 were mended or forgotten."""
    story = Story(service=room, known="-50 12:00")
    for chair in (1, 2, 3):
        story.do(cmd.TakeChairOut(chair=chair, why="brake broken"), "-40 08:00")
    story.do(cmd.ReturnChair(chair=1), "-39 08:00")
    story.person("Okafor", known="-38 07:00").arrives("-38 08:00").sits("-38 08:00", 4).is_sent_home(
        "-38 08:30"
    )
    story.person("Abara", known="-38 07:00").arrives("-38 08:30").sits("-38 08:30", 5).is_sent_home(
        "-38 09:00"
    )
    story.do(cmd.CleanChair(chair=5), "-38 09:20")
    story.do(cmd.ReturnChair(chair=2), "12:00")
    story.do(cmd.TakeChairOut(chair=1, why="arm rest"), "13:00")
    return story


def test_a_chair_unfinished_from_long_ago_is_known_from_its_beginning(
    story: Story, room: RoomService
) -> None:
    head, _ = room.store.head()
    at = story.moment("18:00")
    read = chair_entries(room.store, room.state, story.moment("00:00"), head)
    spans = [(s.chair, s.kind, s.since, s.until) for s in chair_spans(read, at)]
    assert spans == [
        (1, "out", story.moment("13:00"), None),
        (2, "out", story.moment("-40 08:00"), story.moment("12:00")),
        (3, "out", story.moment("-40 08:00"), None),
        (4, "cleaning", story.moment("-38 08:30"), None),
    ]
    everything = room.store.entries(streams=CHAIR_STREAMS, until=head)
    assert len(read) < len(everything)


def test_the_first_entry_since_a_moment_is_found(story: Story, room: RoomService) -> None:
    head, _ = room.store.head()
    entries = room.store.entries(until=head)
    for moment in ("-60 08:00", "-40 08:00", "-39 08:01", "12:00", "12:30", "23:00"):
        since = story.moment(moment)
        expected = next((e.id for e in entries if e.recorded_at >= since), head + 1)
        assert first_recorded(room.store, since, head) == expected
