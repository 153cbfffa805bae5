"""Several rooms in one database: each has its own journal, and no room's user can read or change another's."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import psycopg
import pytest
from psycopg import sql
from tests.postgres import PostgresServer
from tests.rooms import MONDAY, append, here, minutes, note, save

from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.journal import GENESIS
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.store import (
    Credential,
    Quarantined,
    Store,
    StoreError,
    StoreReadOnly,
    StoreRefused,
    open_store,
)
from infusionroom.store.making_sites import MadeSite, make_site
from infusionroom.store.sites import PRIVILEGES

SECRET: Final = "Zebulon"
TABLES: Final = sorted(PRIVILEGES)


class Rooms(NamedTuple):
    """Two rooms in one database, and its administrator's address."""

    alpha: MadeSite
    beta: MadeSite
    administrator: str


@pytest.fixture(scope="module")
def rooms(postgres: PostgresServer) -> Rooms:
    """Room alpha has somebody in a chair, of whom room beta must never learn; beta has somebody else.

    For all tests that end as they began.
    """
    return made_rooms(postgres.administrators_url(postgres.empty_database()))


@pytest.fixture
def own_rooms(empty_postgres_url: str) -> Rooms:
    """The same, for one test alone."""
    return made_rooms(empty_postgres_url)


def made_rooms(empty_postgres_url: str) -> Rooms:
    alpha, beta = (make_site(empty_postgres_url, name) for name in ("alpha", "beta"))
    for made, family in ((alpha, SECRET), (beta, "Abara")):
        store = open_store(made.writer_url)
        append(store, f"visit:{made.site}1", note(f"for {family}"), command="c1")
        save(store, here(f"{made.site}1", family=family, appointment=f"{made.site}/1", chair=3))
        with store.writing() as writing:
            writing.set_seats({f"{made.site}1": 3})
            patient = PatientRecord(f"{made.site}-p", 1, family, "Given", None, "K-1", "", "", "", "", "")
            writing.save_patients([(patient, {family.casefold()})])
            dates = (MONDAY, MONDAY, None, MONDAY)
            course = f"{made.site}-c", 1, patient.patient, family, 5, "running", *dates, False, MONDAY
            writing.save_courses([CourseRecord(*course)])
            writing.save_credential(Credential(family, f"$argon2id${family}"))
            writing.add_quarantine(
                [Quarantined("f.csv", 1, "name", "odd", family)], received_at=minutes(0), received_by="vega"
            )
        store.close()
    return Rooms(alpha, beta, empty_postgres_url)


@contextlib.contextmanager
def prompt(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody at the database's own prompt, with all that a client may set."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        yield connection


def as_text(rows: object) -> str:
    return repr(rows)


def whole(store: Store) -> tuple[object, ...]:
    return (
        list(store.raw_entries()),
        store.records(),
        store.seats(),
        store.quarantined(None),
        store.credentials(),
    )


# ── every room has its own ──────────────────────────────────────────────────────────────────────────────────


def test_each_room_has_a_journal_that_begins_with_its_own_first_entry(
    rooms: Rooms, open_room: Callable[[str], Store]
) -> None:
    for made in (rooms.alpha, rooms.beta):
        store = open_room(made.writer_url)
        assert [(row.id, row.prev_hash) for row in store.raw_entries()] == [(1, GENESIS)]
        assert store.seats() == {3: f"{made.site}1"}
        assert [one.id for one in store.quarantined()] == [1]
        assert store.problems() == []


def test_both_rooms_use_the_same_names_without_meeting(
    own_rooms: Rooms, open_room: Callable[[str], Store]
) -> None:
    alpha, beta = open_room(own_rooms.alpha.writer_url), open_room(own_rooms.beta.writer_url)
    for store in (alpha, beta):
        append(store, "visit:same", command="same")
        save(store, here("same", appointment="same"))
    assert alpha.head()[0] == beta.head()[0] == 2
    with alpha.writing() as writing:
        writing.clear_projections()
    assert alpha.records() == []
    assert {record.visit for record in beta.records()} == {"beta1", "same"}


def test_rooms_do_not_wait_for_each_other(own_rooms: Rooms, open_room: Callable[[str], Store]) -> None:
    alpha, beta = open_room(own_rooms.alpha.writer_url), open_room(own_rooms.beta.writer_url)
    with alpha.writing():
        append(beta, "visit:beta1", note("meanwhile"), command="c2")
    assert beta.head()[0] == 2


def test_a_rooms_feed_is_silent_about_the_other(own_rooms: Rooms, open_room: Callable[[str], Store]) -> None:
    alpha, beta = open_room(own_rooms.alpha.writer_url), open_room(own_rooms.beta.writer_url)
    feed = beta.feed()
    append(alpha, "visit:alpha1", note("again"), command="c2")
    assert not feed.wait(0)
    append(open_room(own_rooms.beta.writer_url), "visit:beta1", note("again"), command="c2")
    assert feed.wait(10)
    feed.close()


# ── who tries ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=["writer", "reader"])
def stranger(request: pytest.FixtureRequest, rooms: Rooms) -> Iterator[psycopg.Connection[Any]]:
    """Room beta's writer or reader, who wants to know of room alpha."""
    with prompt(rooms.beta.writer_url if request.param == "writer" else rooms.beta.reader_url) as connection:
        yield connection


def tried(connection: psycopg.Connection[Any], statement: str) -> str:
    """Everything that whoever runs it is told: rows, count, notices, or every field of the error."""
    notices: list[str] = []
    connection.add_notice_handler(lambda diagnostic: notices.append(str(diagnostic.message_primary)))
    try:
        cursor = connection.execute(statement.encode())
        told = as_text((cursor.fetchall() if cursor.description else "", cursor.statusmessage))
    except psycopg.Error as error:
        fields = ("message_primary", "message_detail", "message_hint", "context", "constraint_name")
        told = as_text([error.sqlstate, *(getattr(error.diag, field) for field in fields)])
    return told + as_text(notices)


PEEPS: Final = [
    *(f"SELECT * FROM {table}" for table in TABLES),
    *(f"SELECT * FROM {table} WHERE site = 'alpha'" for table in TABLES),
    "SELECT family FROM visit WHERE site = 'alpha' OR true",
    "SELECT v.family FROM beta_nothing RIGHT JOIN visit v ON true",
    "WITH x AS (SELECT * FROM visit) SELECT * FROM x",
    "SELECT * FROM visit TABLESAMPLE SYSTEM (100)",
    "SELECT table_to_xml('visit', true, false, '')",
    "SELECT query_to_xml('SELECT * FROM journal', true, false, '')",
    "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'visit'",
    "SELECT * FROM pg_statistic",
    "SELECT query FROM pg_stat_activity",
    "SELECT * FROM site",
    "SET row_security = off; SELECT * FROM visit",
    "SET infusionroom.site = 'alpha'; SELECT * FROM visit",
    "SET site = 'alpha'",
    "SET search_path = pg_temp, public; SELECT * FROM visit",
    "SELECT * FROM journal WHERE 1 / (length(body) - length(body)) = 1 AND site = 'alpha'",
    "SELECT family::int FROM visit WHERE site = 'alpha'",
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM visit LOOP RAISE NOTICE '%', r; END LOOP; END $$",
    "UPDATE visit SET family = family WHERE site = 'alpha' RETURNING *",
    "DELETE FROM visit WHERE site = 'alpha' RETURNING *",
    "INSERT INTO visit SELECT * FROM visit WHERE site = 'alpha' RETURNING *",
    "SELECT pg_read_file('pg_hba.conf')",
    "COPY (SELECT * FROM visit) TO PROGRAM 'cat'",
    "CREATE VIEW mine AS SELECT * FROM visit; SELECT * FROM mine",
    "SELECT * FROM pg_catalog.pg_largeobject",
    "SELECT lo_import('/etc/passwd')",
]


@pytest.mark.parametrize("statement", PEEPS)
def test_no_question_tells_of_the_other_room(
    stranger: psycopg.Connection[Any], rooms: Rooms, statement: str
) -> None:
    with prompt(rooms.administrator) as administrator:
        administrator.execute("ANALYZE")
    told = tried(stranger, statement)
    assert SECRET not in told
    assert SECRET.casefold() not in told
    assert "alpha1" not in told
    assert rooms.alpha.writer not in told


def test_copying_a_table_out_copies_the_own_rows_only(stranger: psycopg.Connection[Any]) -> None:
    for table in (table for table in TABLES if table != "credential"):
        with stranger.cursor().copy(f"COPY {table} TO STDOUT".encode()) as rows:
            copied = b"".join(bytes(row) for row in rows).decode()
        assert copied
        assert SECRET not in copied


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_copied_in(stranger: psycopg.Connection[Any], table: str) -> None:
    with (
        pytest.raises(psycopg.Error) as refused,
        stranger.cursor().copy(f"COPY {table} FROM STDIN".encode()) as rows,
    ):
        rows.write("x\n")
    assert refused.value.sqlstate in {"42501", "0A000"}


@pytest.mark.parametrize("of", ["alpha", "beta"])
@pytest.mark.parametrize("what", ["owner", "writer", "reader", "administrator"])
def test_nobody_becomes_somebody_else(rooms: Rooms, of: str, what: str) -> None:
    made = rooms.alpha if of == "alpha" else rooms.beta
    who = {"owner": made.owner, "writer": made.writer, "reader": made.reader, "administrator": "postgres"}[
        what
    ]
    for url in (rooms.beta.writer_url, rooms.beta.reader_url):
        with prompt(url) as connection:
            for how in ("SET ROLE {}", "SET SESSION AUTHORIZATION {}"):
                with contextlib.suppress(psycopg.Error):
                    connection.execute(sql.SQL(how).format(sql.Identifier(who)))
            assert SECRET not in tried(connection, "SELECT * FROM visit")
            (acting,) = connection.execute("SELECT current_user").fetchone() or ("",)
            assert acting in {rooms.beta.writer, rooms.beta.reader}


def test_a_table_in_the_place_of_ours_does_not_decide_whose_row_is_whose(
    own_rooms: Rooms,
) -> None:
    """Who may make temporary tables could otherwise tell the server which site is the own."""
    with prompt(own_rooms.administrator) as administrator:
        (name,) = administrator.execute("SELECT current_database()").fetchone() or ("",)
        administrator.execute(
            sql.SQL("GRANT TEMPORARY ON DATABASE {} TO PUBLIC").format(sql.Identifier(name))
        )
    with prompt(own_rooms.beta.writer_url) as stranger:
        stranger.execute("CREATE TEMPORARY TABLE site (site text, reader text, writer text, channel text)")
        stranger.execute(f"INSERT INTO site VALUES ('alpha', '{own_rooms.beta.reader}', '', '')")
        stranger.execute("CREATE TEMPORARY TABLE pg_roles (rolname text, oid oid, rolsuper bool)")
        stranger.execute("SET search_path = pg_temp, public, pg_catalog")
        stranger.execute(
            "CREATE FUNCTION pg_temp.infusionroom_site() RETURNS text LANGUAGE sql AS $$SELECT 'alpha'$$"
        )
        stranger.execute(
            "CREATE FUNCTION pg_temp.tells(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS"
            " $$BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END$$"
        )
        for statement in (
            "SELECT * FROM public.visit",
            "SELECT count(*) FROM public.visit WHERE pg_temp.tells(family)",
            "SELECT count(*) FROM public.journal WHERE pg_temp.tells(body)",
        ):
            assert SECRET not in tried(stranger, statement)
        (mine,) = stranger.execute("SELECT public.infusionroom_site()").fetchone() or ("",)
        assert mine == "beta"


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_put_into_the_other_room(
    own_rooms: Rooms, table: str, open_room: Callable[[str], Store]
) -> None:
    before = whole(open_room(own_rooms.alpha.writer_url))
    with prompt(own_rooms.beta.writer_url) as stranger:
        columns = [
            name
            for (name,) in stranger.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0"
                " AND NOT attisdropped AND attname <> 'site'",
                [table],
            )
        ]
        named = ", ".join(f'"{name}"' for name in columns)
        for statement in (
            f"INSERT INTO {table} ({named}, site) SELECT {named}, 'alpha' FROM {table}",
            f"INSERT INTO {table} ({named}, site) SELECT {named}, 'alpha' FROM {table} ON CONFLICT DO NOTHING",
            f"UPDATE {table} SET site = 'alpha'",
        ):
            told = tried(stranger, statement)
            assert "42501" in told or "23001" in told, told
            assert SECRET not in told
        tried(stranger, f"DELETE FROM {table}")
        tried(stranger, f"TRUNCATE {table}")
        tried(stranger, f"DROP TABLE {table}")
        tried(stranger, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        tried(stranger, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    assert whole(open_room(own_rooms.alpha.writer_url)) == before
    assert open_room(own_rooms.alpha.writer_url).problems() == []


def test_no_error_tells_whether_the_other_room_has_a_row(rooms: Rooms) -> None:
    """A key that is taken there, and one that is not: both are answered in the same words."""

    def answer(connection: psycopg.Connection[Any], statement: str, name: str) -> str:
        return tried(connection, statement.format(name)).replace(name, "NAME")

    with prompt(rooms.beta.writer_url) as stranger:
        for statement in (
            "INSERT INTO credential (site, person, hash, failures) VALUES ('alpha', '{}', '', 0)",
            "INSERT INTO credential (site, person, hash, failures) VALUES ('alpha', '{}', '', 0)"
            " ON CONFLICT (site, person) DO UPDATE SET hash = 'x'",
            "INSERT INTO credential (person, hash, failures) VALUES ('{}', '', 0) ON CONFLICT DO NOTHING",
            "UPDATE credential SET site = 'alpha', person = '{}'",
        ):
            there, nowhere = answer(stranger, statement, SECRET), answer(stranger, statement, "Nobody")
            assert there == nowhere, statement
        for statement in (
            "INSERT INTO visit_day (day, visit) VALUES ('2026-11-23', '{}')",
            "INSERT INTO visit_day (site, day, visit) VALUES ('alpha', '2026-11-23', '{}')",
            "INSERT INTO seat (chair, visit) VALUES (9, '{}')",
            "UPDATE seat SET visit = '{}'",
        ):
            there, nowhere = answer(stranger, statement, "alpha1"), answer(stranger, statement, "nobody")
            assert there == nowhere, statement


def test_the_planner_does_not_tell_what_is_frequent_in_the_other_room(
    own_rooms: Rooms, open_room: Callable[[str], Store]
) -> None:
    """The estimates of EXPLAIN come from statistics over all rows, whoever asks."""
    alpha = open_room(own_rooms.alpha.writer_url)
    save(alpha, *(here(f"alpha{number}", family=SECRET, is_open=False) for number in range(2, 400)))
    with prompt(own_rooms.administrator) as administrator:
        administrator.execute("ANALYZE")
    with prompt(own_rooms.beta.writer_url) as stranger:
        for column in ("family", "family_key", "appointment", "record_number"):
            for comparison in ("=", "<"):
                question = f"EXPLAIN SELECT * FROM visit WHERE {column} {comparison} "
                asked_for = (SECRET, SECRET.casefold(), "Nobody", "AAAA", "zzzz")
                plans = {re.sub(r"'[^']*'", "", tried(stranger, f"{question}'{it}'")) for it in asked_for}
                assert len(plans) == 1, plans


def test_who_listens_hears_nothing_of_the_other_room(
    own_rooms: Rooms, open_room: Callable[[str], Store]
) -> None:
    alpha = open_room(own_rooms.alpha.writer_url)
    with prompt(own_rooms.beta.writer_url) as stranger:
        for channel in ("infusionroom_journal", "infusionroom_alpha", "alpha", "infusionroom"):
            stranger.execute(f"LISTEN {channel}")
        append(alpha, "visit:alpha1", note(SECRET), command="c2")
        assert list(stranger.notifies(timeout=0.2)) == []
    with prompt(own_rooms.alpha.reader_url) as own:
        (channel,) = own.execute("SELECT channel FROM site").fetchone() or ("",)
        assert re.fullmatch("infusionroom_[0-9a-f]{32}", channel)
        own.execute(f"LISTEN {channel}")
        append(alpha, "visit:alpha1", note(SECRET), command="c3")
        assert [notice.payload for notice in own.notifies(timeout=10, stop_after=1)] == [""]


# ── what a role may do in its own room ──────────────────────────────────────────────────────────────────────


def test_a_reader_reads_and_writes_nothing(rooms: Rooms, open_room: Callable[[str], Store]) -> None:
    store = open_room(rooms.alpha.reader_url)
    assert [record.family for record in store.records()] == [SECRET]
    assert store.problems() == []
    with pytest.raises(StoreReadOnly):
        append(store, "visit:alpha1", note("x"), command="c9")
    with pytest.raises(StoreReadOnly):
        store.credential(SECRET)
    with prompt(rooms.alpha.reader_url) as connection:
        for table in TABLES:
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET site = site", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT id FROM head FOR UPDATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET actor = 'x'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "TRUNCATE visit CASCADE",
        "DELETE FROM head",
        "DELETE FROM quarantine",
        "DELETE FROM credential",
        "INSERT INTO head (one, id, hash) VALUES (1, 0, '')",
        "DROP TABLE seat",
        "CREATE TABLE mine (x int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "DROP POLICY own_site ON visit",
        "UPDATE alembic_version SET version_num = '9'",
        "INSERT INTO site VALUES ('gamma', 'x', 'x', 'x')",
        "UPDATE site SET site = 'alpha'",
        "SET session_replication_role = replica",
    ],
)
def test_a_writer_writes_as_a_room_does_and_not_otherwise(rooms: Rooms, statement: str) -> None:
    with prompt(rooms.alpha.writer_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_every_table_has_its_rights(rooms: Rooms) -> None:
    with prompt(rooms.administrator) as administrator:
        tables = {
            name
            for (name,) in administrator.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        }
    assert tables == {*TABLES, "site", "alembic_version"}


# ── making rooms ────────────────────────────────────────────────────────────────────────────────────────────


def test_making_a_room_again_changes_nothing(rooms: Rooms, open_room: Callable[[str], Store]) -> None:
    before = whole(open_room(rooms.alpha.writer_url))
    again = make_site(rooms.administrator, "alpha")
    assert again.was_there
    assert (again.writer_url, again.reader_url) == (rooms.alpha.writer_url, rooms.alpha.reader_url)
    assert whole(open_room(rooms.alpha.writer_url)) == before


def test_the_server_is_told_no_password(own_rooms: Rooms) -> None:
    made = make_site(own_rooms.administrator, "alpha", {"writer": "correct horse"})
    assert made.without_password == (made.reader,)
    with prompt(own_rooms.administrator) as administrator:
        (kept,) = administrator.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [made.writer]
        ).fetchone() or ("",)
    assert kept.startswith("SCRAM-SHA-256$")
    assert "horse" not in made.writer_url


def test_a_room_that_needed_no_set_up_goes_on_beside_new_ones(
    postgres: PostgresServer, postgres_url: str, open_room: Callable[[str], Store]
) -> None:
    old = open_room(postgres_url)
    append(old, "visit:old", note(SECRET), command="c1")
    made = make_site(postgres.administrators_url(postgres_url), "gamma")
    assert made.owner == "room"
    new = open_room(made.writer_url)
    assert new.entries() == []
    append(new, "visit:new", command="c1")
    append(old, "visit:old", note("more"), command="c2")
    assert [entry.id for entry in open_room(postgres_url).entries()] == [1, 2]
    assert old.problems() == new.problems() == []


def test_who_would_see_all_rooms_is_refused(rooms: Rooms) -> None:
    with pytest.raises(StoreRefused, match="would see them all"):
        open_store(rooms.administrator)


def test_who_belongs_to_two_rooms_sees_none_and_is_told(postgres: PostgresServer, own_rooms: Rooms) -> None:
    postgres.administer("DROP ROLE IF EXISTS twice")
    postgres.administer("CREATE ROLE twice LOGIN")
    for made in (own_rooms.alpha, own_rooms.beta):
        postgres.administer("GRANT {} TO twice", made.writer)
    url = own_rooms.alpha.writer_url.replace(own_rooms.alpha.writer, "twice")
    with prompt(url) as connection:
        assert connection.execute("SELECT * FROM visit").fetchall() == []
    with pytest.raises(StoreRefused, match="belongs to several rooms"):
        open_store(url)
    postgres.administer("DROP ROLE twice")


def test_a_person_may_be_a_member_of_a_rooms_role(
    postgres: PostgresServer, own_rooms: Rooms, open_room: Callable[[str], Store]
) -> None:
    postgres.administer("DROP ROLE IF EXISTS vega")
    postgres.administer("CREATE ROLE vega LOGIN")
    postgres.administer("GRANT {} TO vega", own_rooms.alpha.writer)
    store = open_room(own_rooms.alpha.writer_url.replace(own_rooms.alpha.writer, "vega"))
    append(store, "visit:alpha1", note("x"), command="c2")
    assert store.head()[0] == 2


@pytest.mark.parametrize("site", ["", "Alpha", "a b", "a;drop", "1st", "x" * 21, "owner'--", "a_b"])
def test_a_site_has_a_plain_name(empty_postgres_url: str, site: str) -> None:
    with pytest.raises(StoreRefused, match="small letters"):
        make_site(empty_postgres_url, site)


def test_a_role_of_somebody_elses_is_not_taken_over(
    postgres: PostgresServer, empty_postgres_url: str
) -> None:
    name = empty_postgres_url.split("/")[3].split("?")[0]
    postgres.administer("CREATE ROLE {} LOGIN", f"{name}_alpha_writer")
    with pytest.raises(StoreRefused, match="not ours"):
        make_site(empty_postgres_url, "alpha")


def test_who_may_not_make_roles_is_told_so(postgres_url: str) -> None:
    with pytest.raises(StoreRefused, match="administrator"):
        make_site(postgres_url, "alpha")


def test_an_administrator_without_all_powers_is_enough(
    postgres: PostgresServer, empty_postgres_url: str
) -> None:
    name = empty_postgres_url.split("/")[3].split("?")[0]
    postgres.administer("CREATE ROLE {} LOGIN CREATEROLE", f"{name}_dba")
    postgres.administer("ALTER DATABASE {} OWNER TO {}", name, f"{name}_dba")
    url = postgres.url_of(f"{name}_dba", name)
    made = make_site(url, "alpha")
    assert make_site(url, "alpha").was_there
    store = open_store(made.writer_url)
    append(store, "visit:v1", command="c1")
    assert store.problems() == []
    store.close()


@pytest.mark.parametrize(
    "weaken",
    [
        "ALTER TABLE visit DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE visit NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_site ON patient",
        "CREATE POLICY everybody ON patient USING (true)",
        "ALTER POLICY own_site ON visit USING (true)",
        "ALTER POLICY own_site ON journal WITH CHECK (true)",
        "ALTER FUNCTION infusionroom_site() RESET search_path",
        "CREATE OR REPLACE FUNCTION infusionroom_site() RETURNS text LANGUAGE sql STABLE AS $$SELECT 'alpha'$$",
        "ALTER FUNCTION journal_guard_next() RESET search_path",
    ],
)
def test_a_database_that_does_not_keep_rooms_apart_is_not_opened(own_rooms: Rooms, weaken: str) -> None:
    with prompt(own_rooms.administrator) as administrator:
        administrator.execute(weaken.encode())
    with pytest.raises(StoreError, match=r"kept apart|was changed"):
        open_store(own_rooms.alpha.writer_url)
