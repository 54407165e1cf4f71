"""One migrated database for all: whoever needs one copies it in a second; running the migrations takes half a minute.

The first who asks makes it, under a lock that the run's other processes wait for. It belongs to the PostgreSQL of this
run. Where that is kept (ONETHREAD_TEST_VAR_IS_KEPT), another migration makes another template, and so does --create-db.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django import get_version
from django.apps import apps
from psycopg import sql

from helpdesk import embedded
from helpdesk.embedded import BASE_DIR, database_url
from helpdesk.engines import PostgresEngine

PREFIX = "migrated_"
UNFINISHED = "migrating"


def address_of(name: str) -> str:
    """The address of a database beside the embedded one."""
    return database_url().replace("/helpdesk?", f"/{name}?")


def template() -> str:
    """The name of the migrated database. Nobody may be connected to it while it is copied."""
    name = PREFIX + digest()
    with alone(), psycopg.connect(database_url(), autocommit=True) as link:
        if name not in templates(link):
            drop(link, [*templates(link), UNFINISHED])
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(UNFINISHED)))
            migrate(UNFINISHED)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            link.execute(rename.format(sql.Identifier(UNFINISHED), sql.Identifier(name)))
    return name


def pour_into(engine: PostgresEngine) -> None:
    """Fill the database of another PostgreSQL, which cannot copy from ours."""
    dump = subprocess.run([engine._bin / "pg_dump", address_of(template())], check=True, capture_output=True)
    psql = [str(engine._bin / "psql"), "-Xq", "--set=ON_ERROR_STOP=1", engine.url]
    subprocess.run(psql, input=dump.stdout, check=True, capture_output=True)


def forget() -> None:
    """Let the next who asks run the migrations again."""
    with alone(), psycopg.connect(database_url(), autocommit=True) as link:
        drop(link, templates(link))


def exists(name: str) -> bool:
    with psycopg.connect(database_url(), autocommit=True) as link:
        return bool(link.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount)


def migrate(name: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = {**os.environ, "DATABASE_URL": address_of(name), "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    subprocess.run(command, cwd=BASE_DIR, env=environment, check=True)


def digest() -> str:
    """Changes with every migration."""
    found = hashlib.sha256(get_version().encode())
    for config in apps.get_app_configs():
        for path in sorted((Path(config.path) / "migrations").glob("*.py")):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def templates(link: psycopg.Connection) -> list[str]:
    rows = link.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [name for (name,) in rows]


def drop(link: psycopg.Connection, names: list[str]) -> None:
    for name in names:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def alone() -> Iterator[None]:
    with (embedded.var_directory() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
