"""The journal: what is appended is read as it was, in order, once, and cannot be changed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from tests.rooms import MORNING, append, minutes, note

from infusionroom.domain.events import Arrived, Seated, VitalsTaken, Weighed
from infusionroom.domain.journal import GENESIS, Draft
from infusionroom.store import JournalRefused, Store


def test_an_empty_store_has_no_last_entry(store: Store) -> None:
    assert store.head() == (0, GENESIS)
    assert store.entries() == []


def test_what_is_appended_is_read_as_it_was(store: Store) -> None:
    kilo = Weighed(kg=Decimal("71.50"))
    vitals = VitalsTaken(sbp=128, dbp=80, spo2=97, temp_c=Decimal("36.6"))
    written = append(store, "visit:v1", Arrived(), kilo, vitals, command="c1", at=minutes(3))
    assert store.entries() == written
    assert [entry.body for entry in written] == [Arrived(), kilo, vitals]
    assert [(entry.id, entry.version, entry.part) for entry in written] == [(1, 1, 0), (2, 2, 1), (3, 3, 2)]
    assert {(entry.actor, entry.terminal, entry.command) for entry in written} == {("vega", "desk", "c1")}
    assert store.head() == (3, written[-1].hash)


def test_an_instant_with_an_offset_is_read_as_the_same_instant_in_utc(store: Store) -> None:
    denver = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-7)))
    append(store, "visit:v1", Arrived(), command="c1", at=denver)
    assert store.entries()[0].happened_at == datetime(2026, 11, 23, 15, 0, 0, 123456, tzinfo=UTC)
    assert store.entries()[0].happened_at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "Ångström–测试 🪑 \u202eevil",
        "'; DROP TABLE journal; --",
        "[/red] %s %(x)s :name",
        "nul \x00 in a note",
    ],
)
def test_hostile_words_come_back_as_they_were(store: Store, text: str) -> None:
    append(store, "visit:v1", note(text), command="c1")
    assert store.entries()[0].body == note(text)
    assert store.problems() == []


def test_entries_are_asked_for_by_place_stream_and_time(store: Store) -> None:
    append(store, "visit:v1", command="c1", at=minutes(0))
    append(store, "visit:v2", command="c2", at=minutes(5))
    append(store, "visit:v1", Seated(chair=3), command="c3", at=minutes(9))
    assert [entry.id for entry in store.entries(after=1)] == [2, 3]
    assert [entry.id for entry in store.entries(after=1, until=2)] == [2]
    assert [entry.id for entry in store.entries(streams=["visit:v1"])] == [1, 3]
    assert [entry.id for entry in store.entries(streams=["visit:v1", "visit:v2"], after=2)] == [3]
    assert store.entries(streams=[]) == []
    assert [entry.id for entry in store.entries(recorded_until=minutes(5))] == [1, 2]
    assert [entry.id for entry in store.entries(recorded_until=minutes(4.99))] == [1]


def test_of_each_stream_the_last_entries_are_asked_for_at_once(store: Store) -> None:
    for number in range(6):
        append(store, "chair:1", note(f"a{number}"), command=f"a{number}", at=minutes(number))
    append(store, "chair:2", note("b"), command="b", at=minutes(6))
    append(store, "chair:3", note("c"), command="c", at=minutes(7))
    both = ["chair:1", "chair:2", "chair:4"]
    assert [entry.id for entry in store.last_entries(both, 2, until=8)] == [5, 6, 7]
    assert [entry.id for entry in store.last_entries(both, 2, until=4)] == [3, 4]
    assert [entry.id for entry in store.last_entries(both, 2, until=8, recorded_until=minutes(2))] == [2, 3]
    assert store.last_entries([], 2, until=8) == []


def test_versions_count_within_a_stream(store: Store) -> None:
    append(store, "visit:v1", Arrived(), Seated(chair=1), command="c1")
    append(store, "visit:v2", command="c2")
    assert store.versions(["visit:v1", "visit:v2", "visit:nobody"]) == {
        "visit:v1": 2,
        "visit:v2": 1,
        "visit:nobody": 0,
    }


def test_a_transaction_sees_what_it_has_appended_and_others_do_not(store: Store) -> None:
    with store.writing() as writing:
        draft = Draft("visit:v1", Arrived(), MORNING)
        entries = writing.append([draft], recorded_at=MORNING, actor="vega", terminal="desk", command="c1")
        assert writing.by_command("c1") == entries
        assert writing.entries() == entries
        assert writing.versions(["visit:v1"]) == {"visit:v1": 1}
        assert writing.head() == (1, entries[0].hash)
        assert store.entries() == []
    assert store.by_command("c1") == entries


def test_what_raises_in_a_transaction_leaves_nothing(store: Store) -> None:
    append(store, "visit:v1", command="c1")

    def fails() -> None:
        with store.writing() as writing:
            three = [Draft("visit:v1", note("x"), MORNING)] * 3
            writing.append(three, recorded_at=MORNING, actor="vega", terminal="desk", command="c2")
            assert len(writing.entries()) == 4
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert len(store.entries()) == 1
    append(store, "visit:v1", note("next"), command="c3")
    assert store.problems() == []


def test_a_command_that_appends_twice_goes_on_counting_its_parts(store: Store) -> None:
    with store.writing() as writing:
        for stream in ("visit:v1", "chair:3"):
            writing.append(
                [Draft(stream, note("x"), MORNING)],
                recorded_at=MORNING,
                actor="a",
                terminal="t",
                command="c1",
            )
    assert [(entry.stream, entry.part) for entry in store.by_command("c1")] == [
        ("visit:v1", 0),
        ("chair:3", 1),
    ]


def test_a_command_is_never_written_twice(store: Store) -> None:
    append(store, "visit:v1", command="c1")
    with pytest.raises(JournalRefused):
        append(store, "visit:v1", command="c1")
    assert len(store.entries()) == 1
    assert store.problems() == []


def test_another_terminal_reads_on_where_the_first_one_ended(
    store_url: str, open_room: Callable[[str], Store]
) -> None:
    desk, wall = open_room(store_url), open_room(store_url)
    append(desk, "visit:v1", command="c1")
    seen = wall.entries()
    append(wall, "visit:v1", Seated(chair=2), command="c2")
    assert [entry.id for entry in desk.entries(after=seen[-1].id)] == [2]
    assert wall.head() == desk.head()


def test_thousands_of_entries_are_streamed_in_order(store: Store) -> None:
    with store.writing() as writing:
        for number in range(2100):
            draft = Draft(f"visit:v{number % 7}", note(str(number)), MORNING)
            writing.append([draft, draft], recorded_at=MORNING, actor="a", terminal="t", command=f"c{number}")
    assert [row.id for row in store.raw_entries()] == list(range(1, 4201))
    assert [row.id for row in store.raw_entries(after=4198)] == [4199, 4200]
    assert store.problems() == []


def test_postgresql_tells_its_own_time(postgres_url: str, open_room: Callable[[str], Store]) -> None:
    with open_room(postgres_url).writing() as writing:
        assert writing.server_now is not None
        assert writing.server_now.tzinfo is UTC


def test_sqlite_has_no_time_of_its_own(sqlite_store: Store) -> None:
    with sqlite_store.writing() as writing:
        assert writing.server_now is None


def test_every_thread_of_a_terminal_may_read_while_another_writes(store: Store) -> None:
    def read(_: int) -> list[int]:
        return [entry.id for _ in range(20) for entry in store.entries(after=store.head()[0] - 1)]

    with ThreadPoolExecutor(8) as threads:
        reading = threads.map(read, range(8))
        for number in range(10):
            append(store, "visit:v1", note(str(number)), command=f"c{number}")
        assert all(seen == sorted(seen) for seen in reading)
    assert store.problems() == []
