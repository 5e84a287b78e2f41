"""What the demo must remember between two starts: a log-in that is shown again, feed addresses
that the database only knows hashed. A file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class DemoState:
    password: str = field(default_factory=lambda: f"jalon-{secrets.token_urlsafe(9)}")
    #: Label and token of each feed, in the order in which they are shown.
    feeds: list[tuple[str, str]] = field(default_factory=list)
    #: What the import of the history said when it was done.
    imported: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> DemoState | None:
        """What the last start left, or None when there is nothing usable."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            feeds = [(str(label), str(token)) for label, token in kept["feeds"]]
            password = kept["password"]
            if not isinstance(password, str) or not password:
                return None
            return cls(password=password, feeds=feeds)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
