"""What an importer did not understand waits in the store until somebody looks at it."""

from __future__ import annotations

import msgspec
from tests.rooms import MORNING, minutes

from infusionroom.store import Quarantined, Store

BAD_DATE = Quarantined(file="monday.csv", line=7, field="start", why="25:70 is no time", raw="Abara;25:70")
NO_NAME = Quarantined(file="siu.hl7", line=2, field="PID-5", why="there is no name", raw="PID|||77")


def test_what_was_not_understood_waits_with_its_reason(store: Store) -> None:
    ids = store.add_quarantine([BAD_DATE, NO_NAME], received_at=MORNING, received_by="vega")
    kept = store.quarantined()
    assert [one.id for one in kept] == ids
    assert kept[0] == msgspec.structs.replace(BAD_DATE, id=ids[0], received_at=MORNING, received_by="vega")


def test_the_same_file_again_adds_nothing(store: Store) -> None:
    first = store.add_quarantine([BAD_DATE], received_at=MORNING, received_by="vega")
    again = store.add_quarantine([BAD_DATE, BAD_DATE, NO_NAME], received_at=minutes(5), received_by="vega")
    assert again[:2] == first * 2
    assert len(store.quarantined()) == 2


def test_what_was_settled_waits_no_more_and_is_kept(store: Store) -> None:
    one, two = store.add_quarantine([BAD_DATE, NO_NAME], received_at=MORNING, received_by="vega")
    store.resolve_quarantine([one], "retried")
    store.resolve_quarantine([two], "dismissed")
    assert store.quarantined() == []
    assert [kept.id for kept in store.quarantined("dismissed")] == [two]
    assert [kept.state for kept in store.quarantined(None)] == ["retried", "dismissed"]


def test_what_no_database_takes_is_kept_as_escapes(store: Store) -> None:
    raw = "half \udc80 nul \x00 ünd"
    store.add_quarantine([msgspec.structs.replace(NO_NAME, raw=raw)], received_at=MORNING, received_by="vega")
    assert store.quarantined()[0].raw == "half \\udc80 nul \\x00 ünd"


def test_an_import_that_fails_leaves_no_quarantine_either(store: Store) -> None:
    try:
        with store.writing() as writing:
            writing.add_quarantine([BAD_DATE], received_at=MORNING, received_by="vega")
            raise KeyError
    except KeyError:
        pass
    assert store.quarantined() == []
