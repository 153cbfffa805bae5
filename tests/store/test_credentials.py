"""How people sign in is kept beside the journal: written over, never told, and not thrown away with the rows."""

from __future__ import annotations

import pytest
from tests.rooms import append, minutes

from infusionroom.store import Credential, Store


def keep(store: Store, credential: Credential) -> None:
    with store.writing(pins=True) as writing:
        writing.save_credential(credential)


def test_who_has_no_pin_has_no_credential(store: Store) -> None:
    assert store.credential("vega") is None
    assert store.credentials() == []


def test_a_wrong_pin_is_counted_over_what_was_there(store: Store) -> None:
    keep(store, Credential("vega", "$argon2id$one"))
    keep(store, Credential("osei", "$argon2id$two"))
    keep(store, Credential("vega", "$argon2id$one", failures=4, waits_until=minutes(5)))
    assert store.credential("vega") == Credential("vega", "$argon2id$one", 4, minutes(5))
    assert [each.person for each in store.credentials()] == ["osei", "vega"]


def test_no_entry_and_no_notice_is_made_of_it(store: Store) -> None:
    append(store, "visit:v1", command="c1")
    feed = store.feed()
    before = store.head()
    keep(store, Credential("vega", "$argon2id$one"))
    assert store.head() == before
    assert store.problems() == []
    feed.close()


def test_it_outlives_the_rows_that_follow_from_the_journal(store: Store) -> None:
    keep(store, Credential("vega", "$argon2id$one"))
    with store.writing() as writing:
        writing.clear_projections()
    assert store.credential("vega") is not None


def test_a_hash_is_not_shown_by_accident() -> None:
    assert "argon" not in repr(Credential("vega", "$argon2id$one"))


def test_an_instant_without_its_offset_is_kept_nowhere(store: Store) -> None:
    with pytest.raises(ValueError, match="without its offset"):
        keep(store, Credential("vega", "$argon2id$one", waits_until=minutes(5).replace(tzinfo=None)))
    assert store.credentials() == []
