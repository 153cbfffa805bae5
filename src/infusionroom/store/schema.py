"""What this program expects of a store: its version, its marks, and the triggers that guard the journal.

The guards keep the journal append-only, in order and in chain, in both databases. All of this is plain text and
imported cheaply, for every start compares what there is with what must be.
"""

# ruff: noqa: S608 - nothing but this module's own constants goes into these statements.

from __future__ import annotations

from typing import Final

from infusionroom.domain.journal import GENESIS
from infusionroom.store.errors import StoreNewer

# In order; the last is what this program writes. A test holds this equal to the migrations.
REVISIONS: Final[tuple[str, ...]] = ("0001", "0002", "0003", "0004")
CURRENT: Final = REVISIONS[-1]

# "INFR": marks a SQLite file as ours, so that no other program's database is taken for a store.
APPLICATION_ID: Final = 0x494E4652

_NO_UPDATE: Final = "the journal is append-only: an entry is never changed"
_NO_DELETE: Final = "the journal is append-only: an entry is never removed"
_ID: Final = "the journal grows by one: id out of order"
_CHAIN: Final = "the journal is a chain: prev_hash is not the last hash"
_VERSION: Final = "a stream grows by one: version out of order"
_TWICE: Final = "a command is written once"

SQLITE_GUARDS: Final[dict[str, str]] = {
    "journal_no_update": f"""CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN
  SELECT RAISE(ABORT, '{_NO_UPDATE}');
END""",
    "journal_no_delete": f"""CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN
  SELECT RAISE(ABORT, '{_NO_DELETE}');
END""",
    "journal_next": f"""CREATE TRIGGER journal_next BEFORE INSERT ON journal BEGIN
  SELECT RAISE(ABORT, '{_ID}')
    WHERE NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM journal);
  SELECT RAISE(ABORT, '{_CHAIN}')
    WHERE NEW.prev_hash IS NOT coalesce((SELECT hash FROM journal ORDER BY id DESC LIMIT 1), '{GENESIS}');
  SELECT RAISE(ABORT, '{_VERSION}')
    WHERE NEW.version IS NOT
      (SELECT coalesce(max(version), 0) + 1 FROM journal WHERE stream = NEW.stream);
  SELECT RAISE(ABORT, '{_TWICE}')
    WHERE EXISTS (SELECT 1 FROM journal WHERE command = NEW.command AND part = NEW.part);
END""",
}

_REFUSE_BODY: Final = f"""
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION '{_NO_UPDATE}' USING ERRCODE = 'restrict_violation';
  END IF;
  RAISE EXCEPTION '{_NO_DELETE}' USING ERRCODE = 'restrict_violation';
END
"""
_NEXT_BODY: Final = f"""
DECLARE
  last_id bigint;
  last_hash text;
BEGIN
  SELECT id, hash INTO last_id, last_hash FROM journal WHERE site = NEW.site ORDER BY id DESC LIMIT 1;
  IF NEW.id IS DISTINCT FROM coalesce(last_id, 0) + 1 THEN
    RAISE EXCEPTION '{_ID}' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.prev_hash IS DISTINCT FROM coalesce(last_hash, '{GENESIS}') THEN
    RAISE EXCEPTION '{_CHAIN}' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.version IS DISTINCT FROM
      (SELECT coalesce(max(version), 0) + 1 FROM journal WHERE site = NEW.site AND stream = NEW.stream) THEN
    RAISE EXCEPTION '{_VERSION}' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
"""

POSTGRES_FUNCTIONS: Final[dict[str, str]] = {
    "journal_guard_refuse": _REFUSE_BODY,
    "journal_guard_next": _NEXT_BODY,
}
# name → (when and for what, function, tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate)
POSTGRES_GUARDS: Final[dict[str, tuple[str, str, int]]] = {
    "journal_no_change": ("BEFORE UPDATE OR DELETE ON journal FOR EACH ROW", "journal_guard_refuse", 27),
    "journal_no_truncate": ("BEFORE TRUNCATE ON journal FOR EACH STATEMENT", "journal_guard_refuse", 34),
    "journal_next": ("BEFORE INSERT ON journal FOR EACH ROW", "journal_guard_next", 7),
}


def guard_statements(database: str, schema: str = "public") -> list[str]:
    """The statements that put all guards back, whatever was there, on `sqlite` or `postgresql`.

    `schema` is where the tables are: no guard looks at a table that a client put in the place of one of ours.
    """
    if database == "sqlite":
        dropped = [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_GUARDS]
        return dropped + list(SQLITE_GUARDS.values())
    statements = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = pg_catalog, {schema}, pg_temp AS $guard${body}$guard$"
        for name, body in POSTGRES_FUNCTIONS.items()
    ]
    for name, (when, function, _) in POSTGRES_GUARDS.items():
        statements.append(f"DROP TRIGGER IF EXISTS {name} ON journal")
        statements.append(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")
    return statements


def missing_guards(present: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """One sentence for each guard that is missing, changed, or not ours."""
    sentences = [
        f"The journal's guard {name} {'was changed' if name in present else 'is missing'}."
        for name, text in wanted.items()
        if present.get(name) != text
    ]
    sentences += [
        f"The journal has a trigger that is not ours: {name}." for name in present if name not in wanted
    ]
    return sentences


def needs_migration(revision: str | None) -> bool:
    """Whether a store at `revision` (None: empty) must be brought up. Raises `StoreNewer`."""
    if revision is not None and revision not in REVISIONS:
        raise StoreNewer(
            f"This store was made by a newer version of infusionroom (schema {revision}, "
            f"this one knows {CURRENT}): update the program on this machine."
        )
    return revision != CURRENT
