"""The tables as PostgreSQL has them: those of a file, each led by the site to which its rows belong."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from infusionroom.store.sites import FUNCTION
from infusionroom.store.tables import METADATA, NAMING, PINS_METADATA

SITE: Final = "site"
_NAME: Final[Any] = Text().with_variant(Text(collation="C"), "postgresql")


def metadata_for(database: str) -> MetaData:
    """What is declared for `sqlite` or `postgresql`."""
    return METADATA if database == "sqlite" else _sited()


@lru_cache
def _sited() -> MetaData:
    sited = MetaData(naming_convention=NAMING)
    Table(
        SITE,
        sited,
        Column(SITE, _NAME, primary_key=True),
        Column("reader", Text, nullable=False),
        Column("writer", Text, nullable=False),
        Column("channel", Text, nullable=False),
    )
    for table in (*METADATA.sorted_tables, *PINS_METADATA.sorted_tables):
        _with_site(table, sited)
    return sited


def _with_site(table: Table, sited: MetaData) -> None:
    """The same columns, and the site before them in every key, constraint and index, by the same names."""
    copy = Table(
        table.name,
        sited,
        *[Column(column.name, column.type, nullable=column.nullable) for column in table.columns],
        Column(SITE, _NAME, nullable=False, server_default=text(f"{FUNCTION}()")),
    )
    for constraint in table.constraints:
        names = [column.name for column in getattr(constraint, "columns", ())]
        match constraint:
            case PrimaryKeyConstraint():
                copy.append_constraint(PrimaryKeyConstraint(SITE, *names, name=f"pk_{table.name}"))
            case ForeignKeyConstraint():
                other = constraint.elements[0].target_fullname.split(".")[0]
                keys = [element.target_fullname for element in constraint.elements]
                copy.append_constraint(
                    ForeignKeyConstraint(
                        [SITE, *names],
                        [f"{other}.{SITE}", *keys],
                        name=constraint.name,
                        deferrable=True,
                        initially="DEFERRED",
                    )
                )
            case UniqueConstraint():
                copy.append_constraint(UniqueConstraint(SITE, *names, name=constraint.name))
            case CheckConstraint():
                copy.append_constraint(CheckConstraint(constraint.sqltext, name=constraint.name))
            case _:
                raise AssertionError(f"unthought of: {constraint}")
    for index in table.indexes:
        where = index.dialect_options["postgresql"]["where"]
        Index(
            index.name,
            copy.c[SITE],
            *[copy.c[column.name] for column in index.columns],
            unique=index.unique,
            postgresql_where=where,
        )
