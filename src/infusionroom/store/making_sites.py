"""Making a room's place on a server: the tables' owner, the site's two roles, and what each may do.

Everything may be run again: what is there is left, what is missing is made, rights are set as they must be.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
import psycopg
from psycopg import sql

from infusionroom.domain.journal import GENESIS
from infusionroom.store.address import PostgresAddress, parse_address
from infusionroom.store.errors import StoreRefused
from infusionroom.store.postgres import PostgresBackend
from infusionroom.store.sites import grant_statements

_SITE: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")
_LONGEST_ROLE: Final = 63
# Any number: only those who make sites in the same database at the same moment meet at it.
_ADVISORY_LOCK: Final = 0x53495445
_WRITING: Final = {"idle_in_transaction_session_timeout": "30s", "lock_timeout": "10s"}


class MadeSite(msgspec.Struct, frozen=True):
    """A site's roles, the addresses of its two kinds of terminal without passwords, and who has no password."""

    site: str
    owner: str
    writer: str
    reader: str
    writer_url: str
    reader_url: str
    was_there: bool
    without_password: tuple[str, ...]


def make_site(url: str, site: str, passwords: Mapping[str, str] | None = None) -> MadeSite:
    """Makes the tables, if they are missing, and a site in them, as the server's administrator at `url`.

    `passwords` are by `writer` and `reader`; only a SCRAM verifier of each is sent. Without one a role is let in by
    the server's own rules (pg_hba.conf) alone. Raises `StoreError`s.
    """
    address = parse_address(url)
    if not isinstance(address, PostgresAddress):
        raise StoreRefused(
            "A store in a file has no roles: “infusionroom setup” makes it, and file permissions guard it."
        )
    if not _SITE.fullmatch(site):
        raise StoreRefused("A site is named by 1 to 20 small letters, digits and hyphens, a letter first.")
    backend = PostgresBackend(address)
    with backend.connect_as_administrator() as connection:
        try:
            return _Making(connection, address, site).make(passwords or {})
        except psycopg.Error as error:
            raise backend.explain(error) from None


class _Making:
    def __init__(self, connection: psycopg.Connection[Any], address: PostgresAddress, site: str) -> None:
        self._connection = connection
        self._address = address
        self._site = site
        ((self._database, self._me, self._above, self._may_make, self._server),) = self._ask(
            "SELECT current_database(), current_user, rolsuper, rolcreaterole,"
            " current_setting('server_version_num')::int FROM pg_roles WHERE rolname = current_user"
        )
        if not (self._above or self._may_make):
            raise StoreRefused(f"The user {self._me} may not make roles: name the server's administrator.")
        self._writer, self._reader = (f"{self._database}_{site}_{what}" for what in ("writer", "reader"))
        if max(len(self._writer.encode()), len(self._reader.encode())) > _LONGEST_ROLE:
            raise StoreRefused(
                "The names of the database and of the site are too long together: shorten one."
            )

    def make(self, passwords: Mapping[str, str]) -> MadeSite:
        self._run("SELECT pg_advisory_lock({})", sql.Literal(_ADVISORY_LOCK))
        owner = self._made_owner()
        from infusionroom.store.migrate import bring_up

        bring_up(PostgresBackend(self._address, role=owner))
        with self._connection.transaction():
            for role in (self._reader, self._writer):
                self._make_role(role, "LOGIN INHERIT")
            self._let_them_in()
            was_there = self._made_site(owner)
            self._set_passwords(passwords)
        with self._connection.transaction():
            self._run("SET LOCAL ROLE {}", sql.Identifier(owner))
            # The place of the one room that needs no set-up, where nobody ever used it.
            self._run(
                "DELETE FROM head WHERE site = '' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.site = '')"
            )
        return MadeSite(
            self._site,
            owner,
            self._writer,
            self._reader,
            self._url(self._writer),
            self._url(self._reader),
            was_there,
            tuple(role for role in (self._writer, self._reader) if not self._has_password(role, passwords)),
        )

    def _made_owner(self) -> str:
        """Who owns the tables: nobody logs in as the owner, only the administrator acts as it."""
        for (owner,) in self._ask(
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass('journal')"
        ):
            self._act_as(owner)
            return str(owner)
        owner = f"{self._database}_owner"
        with self._connection.transaction():
            self._make_role(owner, "NOLOGIN NOINHERIT")
            ((schema,),) = self._ask("SELECT current_schema()")
            mine = sql.Identifier(schema), sql.Identifier(owner)
            self._run("GRANT USAGE, CREATE ON SCHEMA {} TO {}", *mine)
            # A stranger's tables and functions must not be able to stand where ours are looked for.
            self._run("REVOKE CREATE ON SCHEMA {} FROM PUBLIC", mine[0])
            self._run("REVOKE ALL ON DATABASE {} FROM PUBLIC", sql.Identifier(self._database))
            self._run("GRANT CONNECT ON DATABASE {} TO {}", sql.Identifier(self._database), mine[1])
        return owner

    def _make_role(self, name: str, how: str) -> None:
        """A role of ours with no more than it needs; a stranger's of that name is refused."""
        mark = f"infusionroom, database {self._database}"
        found = self._ask("SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s", name)
        if found and found[0][0] != mark:
            raise StoreRefused(
                f"The server has a role {name} already that is not ours: name the site otherwise."
            )
        role = sql.Identifier(name)
        verb = "ALTER" if found else "CREATE"
        # Who may not give a power may not take it either, and made the role without it.
        bare = "NOSUPERUSER NOREPLICATION NOBYPASSRLS NOCREATEDB NOCREATEROLE" if self._above else ""
        self._run(f"{verb} ROLE {{}} {how} {bare}", role)
        self._run("COMMENT ON ROLE {} IS {}", role, sql.Literal(mark))
        self._act_as(name)

    def _act_as(self, role: str) -> None:
        """Lets an administrator who is not above all rules act as the role, without belonging to its site."""
        if self._above or role == self._me:
            return
        how = " WITH INHERIT FALSE, SET TRUE" if self._server >= 160000 else ""
        self._run(f"GRANT {{}} TO {{}}{how}", sql.Identifier(role), sql.Identifier(self._me))

    def _let_them_in(self) -> None:
        reader, writer = sql.Identifier(self._reader), sql.Identifier(self._writer)
        ((schema,),) = self._ask("SELECT current_schema()")
        self._run("GRANT {} TO {}", reader, writer)
        self._run("GRANT CONNECT ON DATABASE {} TO {}", sql.Identifier(self._database), reader)
        self._run("GRANT USAGE ON SCHEMA {} TO {}", sql.Identifier(schema), reader)
        self._run("ALTER ROLE {} SET default_transaction_read_only = on", reader)
        for name, value in _WRITING.items():
            self._run(f"ALTER ROLE {{}} SET {name} = {{}}", writer, sql.Literal(value))

    def _made_site(self, owner: str) -> bool:
        """The site's row, its roles' rights and the head of its journal; whether it was there."""
        writer = sql.Identifier(self._writer)
        self._run("SET LOCAL ROLE {}", sql.Identifier(owner))
        row = (self._site, self._reader, self._writer)
        kept = self._ask("SELECT site, reader, writer FROM site WHERE site = %s", self._site)
        if kept and kept[0] != row:
            raise StoreRefused(f"The site {self._site} has other roles than it was made with: {kept[0][1:]}.")
        if not kept:
            # Who guesses a channel's name could tell from it when the room is at work.
            self._connection.execute(
                "INSERT INTO site (site, reader, writer, channel) VALUES (%s, %s, %s, %s)",
                (*row, f"infusionroom_{secrets.token_hex(16)}"),
            )
        for statement in grant_statements(
            *(sql.Identifier(r).as_string() for r in (self._reader, self._writer))
        ):
            self._connection.execute(statement.encode())
        self._run("GRANT INSERT ON head TO {}", writer)
        self._run("SET LOCAL ROLE {}", writer)
        self._connection.execute(
            "INSERT INTO head (one, id, hash) VALUES (1, 0, %s) ON CONFLICT DO NOTHING", [GENESIS]
        )
        self._run("SET LOCAL ROLE {}", sql.Identifier(owner))
        self._run("REVOKE INSERT ON head FROM {}", writer)
        self._run("RESET ROLE")
        return bool(kept)

    def _set_passwords(self, passwords: Mapping[str, str]) -> None:
        """The server learns a verifier and never the password, which its log could keep."""
        for what, role in (("writer", self._writer), ("reader", self._reader)):
            if password := passwords.get(what):
                verifier = self._connection.pgconn.encrypt_password(
                    password.encode(), role.encode(), b"scram-sha-256"
                )
                self._run("ALTER ROLE {} PASSWORD {}", sql.Identifier(role), sql.Literal(verifier.decode()))

    def _has_password(self, role: str, passwords: Mapping[str, str]) -> bool:
        if passwords.get("writer" if role == self._writer else "reader"):
            return True
        if not self._above:
            return False
        return bool(self._ask("SELECT 1 FROM pg_authid WHERE rolname = %s AND rolpassword IS NOT NULL", role))

    def _url(self, role: str) -> str:
        shown = urlsplit(self._address.display)
        place = shown.netloc.rpartition("@")[2]
        netloc = f"{quote(role)}@{place}"
        return urlunsplit(("postgresql+psycopg", netloc, shown.path, shown.query, ""))

    def _ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(question.encode(), values).fetchall()

    def _run(self, statement: str, *parts: sql.Composable) -> None:
        self._connection.execute(sql.SQL(statement).format(*parts))
