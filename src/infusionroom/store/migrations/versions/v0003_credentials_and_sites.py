"""How people sign in; and on a server several rooms, each row with the site whose it is."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from infusionroom.domain.journal import GENESIS
from infusionroom.store.schema import POSTGRES_FUNCTIONS, POSTGRES_GUARDS
from infusionroom.store.sites import FUNCTION, function_statement

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# table → its key, its unique columns, the table it refers to
_KEYS: Final = {
    "head": ("one", {}, None),
    "journal": (
        "id",
        {"uq_journal_command_part": "command, part", "uq_journal_stream_version": "stream, version"},
        None,
    ),
    "quarantine": ("id", {}, None),
    "visit": ("visit", {}, None),
    "patient": ("patient", {}, None),
    "course": ("course", {}, None),
    "credential": ("person", {}, None),
    "seat": ("chair", {"uq_seat_visit": "visit"}, "visit"),
    "visit_day": ("day, visit", {}, "visit"),
    "patient_word": ("word, patient", {}, "patient"),
}
# index → table, its columns, whether unique, which rows
_INDEXES: Final = {
    "ix_quarantine_waiting": ("quarantine", "id", False, "state = 'waiting'"),
    "ix_visit_closed_at": ("visit", "closed_at", False, ""),
    "ix_visit_day": ("visit", "day", False, ""),
    "ix_visit_family_key": ("visit", "family_key", False, ""),
    "ix_visit_given_key": ("visit", "given_key", False, ""),
    "ix_visit_record_key": ("visit", "record_key", False, ""),
    "ix_visit_open": ("visit", "visit", False, "is_open"),
    "ix_visit_record_number_started_at": ("visit", "record_number, started_at", False, ""),
    "ix_visit_patient_id": ("visit", "patient_id", False, "patient_id <> ''"),
    "uq_visit_appointment": ("visit", "appointment", True, "appointment <> ''"),
    "ix_patient_look": ("patient", "look", False, ""),
    "ix_patient_name": ("patient", "family_key, given_key, patient", False, ""),
    "ix_patient_merged_into": ("patient", "merged_into", False, "merged_into <> ''"),
    "ix_patient_word_patient_word": ("patient_word", "patient, word", False, ""),
    "ix_course_patient": ("course", "patient", False, ""),
    "ix_course_state": ("course", "state", False, ""),
    "ix_course_due_on": ("course", "due_on", False, ""),
}
# Of these columns the planner may know what is frequent: kinds, and ids that say nothing. Of all others it could tell
# a stranger, for the estimates of EXPLAIN come from the rows of all sites.
_TELLING_NOTHING: Final = (
    *("site", "one", "id", "version", "part", "kind", "phase", "state", "is_open", "off"),
    *("visit", "patient", "patient_id", "merged_into", "course"),
)

_NEXT_BEFORE: Final = f"""
DECLARE
  last_id bigint;
  last_hash text;
BEGIN
  SELECT id, hash INTO last_id, last_hash FROM journal ORDER BY id DESC LIMIT 1;
  IF NEW.id IS DISTINCT FROM coalesce(last_id, 0) + 1 THEN
    RAISE EXCEPTION 'the journal grows by one: id out of order' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.prev_hash IS DISTINCT FROM coalesce(last_hash, '{GENESIS}') THEN
    RAISE EXCEPTION 'the journal is a chain: prev_hash is not the last hash' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.version IS DISTINCT FROM
      (SELECT coalesce(max(version), 0) + 1 FROM journal WHERE stream = NEW.stream) THEN
    RAISE EXCEPTION 'a stream grows by one: version out of order' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
"""  # noqa: S608 - nothing but a constant


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("person", _BY_CODE_POINT, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("waits_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_credential")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _add_sites()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _take_sites_away()
    op.drop_table("credential")


def _schema() -> str:
    return str(op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one())


def _add_sites() -> None:
    op.create_table(
        "site",
        sa.Column("site", _BY_CODE_POINT, nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site")),
    )
    # A site counts its own, for a sequence tells everybody how much the others have.
    op.execute("ALTER TABLE quarantine ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE IF EXISTS quarantine_id_seq")
    op.execute(function_statement(_schema()))
    for table in _KEYS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN site text COLLATE \"C\" NOT NULL DEFAULT ''")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN site SET DEFAULT {FUNCTION}()")
        _forget_what_was_counted(table)
    _make_keys("site, ")


def _forget_what_was_counted(table: str) -> None:
    """A column that is given its own type again loses its statistics, and gets none any more."""
    columns = op.get_bind().execute(
        sa.text(
            "SELECT quote_ident(attname), format_type(atttypid, atttypmod), quote_ident(collname)"
            " FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation"
            " WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped AND attname <> ALL(:but)"
        ),
        {"name": table, "but": list(_TELLING_NOTHING)},
    )
    changes = []
    for name, kind, collation in columns:
        collated = f" COLLATE pg_catalog.{collation}" if collation else ""
        changes += [f"ALTER {name} TYPE {kind}{collated}", f"ALTER {name} SET STATISTICS 0"]
    op.execute(f"ALTER TABLE {table} {', '.join(changes)}")


def _make_keys(lead: str) -> None:
    for table, (_, _, other) in _KEYS.items():
        if other:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_{other}")
    for table, (key, unique, _) in _KEYS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({lead}{key})")
        for name, columns in unique.items():
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({lead}{columns})")
    for name, (table, columns, is_unique, rows) in _INDEXES.items():
        op.execute(f"DROP INDEX {name}")
        where = f" WHERE {rows}" if rows else ""
        op.execute(f"CREATE {'UNIQUE ' * is_unique}INDEX {name} ON {table} ({lead}{columns}){where}")
    for table, (_, _, other) in _KEYS.items():
        if other:
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{other} FOREIGN KEY ({lead}{other})"
                f" REFERENCES {other} ({lead}{other}) DEFERRABLE INITIALLY DEFERRED"
            )


def _take_sites_away() -> None:
    """One room alone can go back, for before there was no telling whose row is whose."""
    named = op.get_bind().execute(sa.text("SELECT count(*) FROM site")).scalar_one()
    if named:
        raise RuntimeError("a database with several rooms cannot go back to one")
    for name in POSTGRES_GUARDS:
        op.execute(f"DROP TRIGGER {name} ON journal")
    for table in _KEYS:
        op.execute(f"DROP POLICY IF EXISTS own_site ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    _make_keys("")
    for table in _KEYS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN site")
    op.execute("CREATE SEQUENCE quarantine_id_seq OWNED BY quarantine.id")
    op.execute("SELECT setval('quarantine_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM quarantine), false)")
    op.execute("ALTER TABLE quarantine ALTER COLUMN id SET DEFAULT nextval('quarantine_id_seq')")
    op.drop_table("site")
    op.execute(f"DROP FUNCTION {FUNCTION}()")
    op.execute(
        "CREATE OR REPLACE FUNCTION journal_guard_next() RETURNS trigger LANGUAGE plpgsql"
        f" AS $guard${_NEXT_BEFORE}$guard$"
    )
    op.execute("ALTER FUNCTION journal_guard_next() RESET search_path")
    for name, (when, function, _) in POSTGRES_GUARDS.items():
        assert function in POSTGRES_FUNCTIONS
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()")
