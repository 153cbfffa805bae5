"""Several rooms in one PostgreSQL database: whose row is whose, and who may do what with it.

Every table says of each row to which site it belongs, and the server shows and takes only rows of the site whose
roles the user is a member of. No setting of the client's takes part in that, only membership. A user of no named
site works in the default one, whose name is empty: a database with one room needs no set-up.
"""

# ruff: noqa: S608 - nothing but this module's own words and quoted names go into these statements.

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

FUNCTION: Final = "infusionroom_site"
POLICY: Final = "own_site"
# The name under which PostgreSQL tells the default site's terminals of a commit; other sites have unguessable ones.
CHANNEL: Final = "infusionroom_journal"

# Fully named, and never by the client's search path: a temporary table could take the place of any other name.
# Who is above all rules is a member of everything: such a user works in the default site.
_FUNCTION_BODY: Final = """
DECLARE
  mine text;
  many bigint;
BEGIN
  SELECT min(s.site), count(*) INTO mine, many FROM {schema}.site s
    WHERE pg_has_role((SELECT r.oid FROM pg_roles r WHERE r.rolname = s.reader), 'USAGE')
      AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user);
  IF many > 1 THEN
    RETURN NULL;
  END IF;
  RETURN coalesce(mine, '');
END
"""
_OWN: Final = f"(site = ( SELECT {FUNCTION}() AS {FUNCTION}))"

CHANNEL_QUESTION: Final = f"coalesce((SELECT s.channel FROM site s WHERE s.site = {FUNCTION}()), '{CHANNEL}')"


class Privileges(NamedTuple):
    """What the two roles of a site may do with a table; a writer may do what a reader may."""

    reader: str
    writer: str


_FOLLOWS: Final = Privileges("SELECT", "INSERT, UPDATE, DELETE")
PRIVILEGES: Final[Mapping[str, Privileges]] = {
    "journal": Privileges("SELECT", "INSERT"),
    "head": Privileges("SELECT", "UPDATE"),
    "visit": _FOLLOWS,
    "visit_day": _FOLLOWS,
    "seat": _FOLLOWS,
    "patient": _FOLLOWS,
    "patient_word": _FOLLOWS,
    "course": _FOLLOWS,
    "quarantine": Privileges("SELECT", "INSERT, UPDATE"),
    "credential": Privileges("", "SELECT, INSERT, UPDATE"),
}


def function_body(schema: str) -> str:
    """The body of the function that tells a user's site, in this schema (a quoted name)."""
    return _FUNCTION_BODY.format(schema=schema)


def function_statement(schema: str) -> str:
    """Makes the function that tells a user's site; NULL for who belongs to several, and may then see none."""
    return (
        f"CREATE OR REPLACE FUNCTION {schema}.{FUNCTION}() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE"
        f" SET search_path = pg_catalog, pg_temp AS $site${function_body(schema)}$site$"
    )


def policy_statements(schema: str) -> list[str]:
    """Puts the rows of every table under the rule, for the tables' owner too, whatever was there."""
    own = f"site = (SELECT {schema}.{FUNCTION}())"
    statements = [function_statement(schema)]
    for table in PRIVILEGES:
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS {POLICY} ON {table}",
            f"CREATE POLICY {POLICY} ON {table} USING ({own}) WITH CHECK ({own})",
        ]
    return [
        *statements,
        # The owner makes the sites; a user reads the names of the own roles and channel, and of no other.
        "ALTER TABLE site ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {POLICY} ON site",
        f"CREATE POLICY {POLICY} ON site FOR SELECT USING"
        " (pg_has_role((SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = reader), 'USAGE'))",
        "GRANT SELECT ON site TO PUBLIC",
    ]


def grant_statements(reader: str, writer: str) -> list[str]:
    """Gives a site's roles (quoted names) their rights on the tables, and takes every other."""
    both = f"{reader}, {writer}"
    statements = [f"GRANT SELECT ON alembic_version TO {reader}"]
    for table, rights in PRIVILEGES.items():
        statements.append(f"REVOKE ALL ON {table} FROM {both}")
        if rights.reader:
            statements.append(f"GRANT {rights.reader} ON {table} TO {reader}")
        statements.append(f"GRANT {rights.writer} ON {table} TO {writer}")
    return statements


GUARDED_QUESTION: Final = (
    "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,"
    " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),"
    " (SELECT bool_and(p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'"
    f" AND replace(pg_get_expr(p.polqual, p.polrelid), current_schema() || '.', '') = '{_OWN}'"
    f" AND replace(pg_get_expr(p.polwithcheck, p.polrelid), current_schema() || '.', '') = '{_OWN}')"
    "   FROM pg_policy p WHERE p.polrelid = c.oid)"
    " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
)
FUNCTION_QUESTION: Final = (
    "SELECT p.prosrc, coalesce(array_to_string(p.proconfig, ';'), ''), quote_ident(current_schema())"
    f" FROM pg_proc p WHERE p.oid = to_regproc(quote_ident(current_schema()) || '.{FUNCTION}')"
)

STANDING_QUESTION: Final = (
    f"SELECT (SELECT version_num FROM alembic_version), {FUNCTION}(), pg_database_size(current_database()),"
    " current_setting('server_version'), has_table_privilege('journal', 'INSERT')"
)
# Of the roles that may write in any room, those of this one.
WRITERS_QUESTION: Final = (
    "SELECT r.rolname FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper"
    " AND has_table_privilege(r.oid, 'journal', 'INSERT')"
    f" AND CASE {FUNCTION}() WHEN '' THEN NOT EXISTS (SELECT 1 FROM site s, pg_roles w"
    "  WHERE w.rolname = s.writer AND pg_has_role(r.oid, w.oid, 'USAGE'))"
    " ELSE EXISTS (SELECT 1 FROM site s, pg_roles w"
    f"  WHERE s.site = {FUNCTION}() AND w.rolname = s.writer AND pg_has_role(r.oid, w.oid, 'USAGE')) END"
    " ORDER BY r.rolname"
)


def separation_problems(
    guarded: Mapping[str, tuple[bool, int, bool]], function: tuple[str, str, str] | None
) -> list[str]:
    """One sentence for each table whose rows are not kept apart: from the two questions above."""
    problems = [
        f"The rows of table {table} are not kept apart by site: its row-level security was changed."
        for table in PRIVILEGES
        if guarded.get(table) != (True, 1, True)
    ]
    if function is None or function[:2] != (
        function_body(function[2]),
        "search_path=pg_catalog, pg_temp",
    ):
        problems.append(f"The function {FUNCTION}, which tells whose row is whose, was changed.")
    return problems
