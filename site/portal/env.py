"""Reading settings from the environment, refusing nonsense with a sentence that says what to set."""

from __future__ import annotations

import os
import re
from datetime import time
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None, *, choices: tuple[str, ...] = ()) -> str:
    """A word or a line. Raises ImproperlyConfigured when it is missing or not among `choices`."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment: see .env.example."
        )
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(choices)}.")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to yes or no.")


def number(name: str, default: int, *, low: int, high: int) -> int:
    value = text(name, str(default))
    try:
        parsed = int(value)
    except ValueError:
        parsed = low - 1
    if not low <= parsed <= high:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Set it to a whole number from {low} to {high}."
        )
    return parsed


def at_least(name: str, value: int, times: int, other: str, unit: int) -> None:
    """Refuse a setting that must be so many times another one."""
    if value < times * unit:
        raise ImproperlyConfigured(
            f"{name} is {value}, and {other} is {unit}. Set {name} to at least {times * unit}: "
            f"{times} times {other}."
        )


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    path = Path(text(name, str(default))).expanduser()
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} is {path}, which is not a folder. Name a folder.")
    return path.resolve()


def hours(name: str, default: str) -> tuple[time, time]:
    """Two times of day, Europe/Paris: "08:00-20:00". "00:00-24:00" is the whole day."""
    value = text(name, default)
    match = re.fullmatch(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", value)
    try:
        if not match:
            raise ValueError
        h1, m1, h2, m2 = (int(part) for part in match.groups())
        start, end = time(h1, m1), time.max if (h2, m2) == (24, 0) else time(h2, m2)
        if start >= end:
            raise ValueError
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Write two times of day, the earlier first, like 08:00-20:00."
        ) from None
    return start, end


def secret(name: str, *, required: bool, kept_in: Path, length: int = 50) -> str:
    """A secret. Production must be given one; elsewhere one is made once and kept in a file that
    only its owner reads, so that a restart logs nobody out."""
    value = os.environ.get(name, "").strip()
    if value:
        if required and (len(value) < length or len(set(value)) < 5):
            raise ImproperlyConfigured(
                f"{name} is too weak. Set at least {length} random characters: "
                'python -c "import secrets; print(secrets.token_urlsafe(50))"'
            )
        return value
    if required:
        raise ImproperlyConfigured(
            f"{name} is not set. Production needs its own secret. Make one with "
            f'python -c "import secrets; print(secrets.token_urlsafe(50))" and set {name} to it.'
        )
    return _made_once(kept_in)


def _made_once(path: Path) -> str:
    import secrets

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path.parent} cannot be made ({error.strerror}). Set JALON_VAR to a folder that can be "
            "written."
        ) from None
    try:
        # O_EXCL: of two processes that start together, one makes the file and both read it.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    value = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as file:
        file.write(value)
    return value


def database(name: str, *, sqlite: Path, pool: int) -> dict[str, object]:
    """`postgresql://user:password@host:port/name?sslmode=require` in `name`, or SQLite at `sqlite`.

    `pool` is the largest number of connections kept by one process; 0 keeps one a thread.
    """
    url = os.environ.get(name, "").strip()
    if not url:
        sqlite.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # One writer at a time, readers never wait for it, and a writer that must wait
                # does so from its first statement: a check followed by a write is safe.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} is not a PostgreSQL address. Write it like "
            "postgresql://user:password@host:5432/jalon, or leave it empty for SQLite."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    # A lock that cannot be had in 3 s becomes the error Busy; without a bound a click hangs.
    options: dict[str, object] = {"options": "-c lock_timeout=3000", **query}
    host = query.pop("host", None) or parts.hostname or ""
    options.pop("host", None)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
