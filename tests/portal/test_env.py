"""Settings that make no sense stop the start with a sentence that says what to set."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env


def test_a_missing_production_secret_stops_the_start(tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("JALON_", "DATABASE_"))}
    started = subprocess.run(
        [sys.executable, "-m", "portal", "check"],
        check=False,
        env={
            **clean,
            "JALON_ENV": "production",
            "JALON_HOSTS": "a.example",
            "JALON_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        },
        capture_output=True,
        text=True,
    )
    assert started.returncode != 0
    assert "JALON_SECRET_KEY is not set. Production needs its own secret." in started.stderr


@pytest.mark.parametrize(
    ("value", "says"),
    [("2", "too weak"), ("a" * 60, "too weak")],
)
def test_a_weak_production_secret_is_refused(
    value: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match=says):
        env.secret("X", required=True, kept_in=tmp_path / "key")


def test_elsewhere_a_secret_is_made_once_for_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("X", raising=False)
    path = tmp_path / "var" / "key"
    first = env.secret("X", required=False, kept_in=path)
    assert env.secret("X", required=False, kept_in=path) == first
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["8-20", "20:00-08:00", "25:00-26:00", "08:00-24:30", "08:00"])
def test_hours_that_make_no_sense_are_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="like 08:00-20:00"):
        env.hours("X", "08:00-20:00")


def test_hours_may_be_the_whole_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "00:00-24:00")
    assert env.hours("X", "08:00-20:00") == (time(0), time.max)


def test_numbers_flags_and_words_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "many")
    with pytest.raises(ImproperlyConfigured, match="whole number from 1 to 9"):
        env.number("X", 3, low=1, high=9)
    with pytest.raises(ImproperlyConfigured, match="yes or no"):
        env.flag("X", default=True)
    with pytest.raises(ImproperlyConfigured, match="one of: a, b"):
        env.text("X", "a", choices=("a", "b"))


def test_a_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", "postgresql://jalon:p%40ss@db:5433/network?sslmode=require")
    found = env.database("X", sqlite=tmp_path / "x", pool=8)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "jalon",
        "p@ss",
        "db",
        "5433",
        "network",
    )
    assert found["OPTIONS"] == {
        "options": "-c lock_timeout=3000",
        "sslmode": "require",
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
    }
    assert found["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("value", ["mysql://a/b", "postgresql://host", "jalon.db"])
def test_another_kind_of_database_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="not a PostgreSQL address"):
        env.database("X", sqlite=tmp_path / "x", pool=0)


def test_sqlite_has_one_writer_and_enforces_foreign_keys(db: None, engine: str) -> None:
    from django.db import connection

    if engine != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        pragma = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1}
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert connection.settings_dict["OPTIONS"]["timeout"] == 20


def _settings(tmp_path: Path, **given: str) -> str:
    """What the start says with these settings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("JALON_", "DATABASE_"))}
    started = subprocess.run(
        [sys.executable, "-c", "import portal.settings"],
        check=False,
        env={**clean, "JALON_VAR": str(tmp_path), **given},
        capture_output=True,
        text=True,
    )
    return started.stderr


def test_a_lease_outlasts_the_request_that_is_made_in_it(tmp_path: Path) -> None:
    assert "Set SMS_LEASE to at least 30: 3 times TWILIO_TIMEOUT." in _settings(
        tmp_path, SMS_LEASE="29"
    )
    assert _settings(tmp_path, SMS_LEASE="10", TWILIO_TIMEOUT="3") == ""


def test_a_request_fits_into_a_task(tmp_path: Path) -> None:
    assert "Set it to a whole number from 1 to 20." in _settings(tmp_path, TWILIO_TIMEOUT="60")
