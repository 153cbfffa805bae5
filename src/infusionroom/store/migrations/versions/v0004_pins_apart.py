"""Beside a file the hashes of PINs go into a file of their own, which whoever may read the room need not read.

The hashes that are overwritten here would otherwise linger in the file: the connection overwrites what it deletes.
On a server they stay in a table that a viewer's role has no right to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "INSERT OR REPLACE INTO pins.credential (person, hash, failures, waits_until)"
        " SELECT person, hash, failures, waits_until FROM main.credential"
    )
    op.execute("DROP TABLE main.credential")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "credential",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("waits_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_credential")),
    )
    op.execute(
        "INSERT INTO main.credential (person, hash, failures, waits_until)"
        " SELECT person, hash, failures, waits_until FROM pins.credential"
    )
    op.execute("DELETE FROM pins.credential")
