"""Real processes against the test database of the current engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.engines import ENGINES_IN_USE

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """What a child needs to open this very database with the portal's own settings."""
    values = {
        **os.environ,
        "DATABASE_URL": ENGINES_IN_USE.url(),
        "JALON_ENV": "development",
        "JALON_POOL": "0",
        "JALON_VAR": str(settings.VAR),
        "JALON_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    if connection.vendor == "sqlite":
        values["JALON_SQLITE"] = str(connection.settings_dict["NAME"])
    return values


def run_together(script: str, arguments: list[list[str]], timeout: float = 90) -> list[str]:
    """Start one process for each list of arguments, all at once, and return what each printed."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, *words],
            env=environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in arguments
    ]
    printed = []
    for child in children:
        out, err = child.communicate(timeout=timeout)
        assert child.returncode == 0, err
        printed.append(out.strip())
    return printed
