"""Texts as files in settings.OUTBOX, for trying things out: nothing leaves the machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from sms.models import TextState
from sms.transports import Found, Message, NotSent, Receipt

log = logging.getLogger(__name__)


class ConsoleTransport:
    # The file's name comes from the text's id, so a repeat writes the same file again.
    repeatable = True

    def send(self, message: Message) -> Receipt:
        """SENT and never DELIVERED: a file has left us, and reached nobody's phone."""
        name = f"text-{message.text_id:06d}.txt"
        try:
            self._write(Path(settings.OUTBOX), name, message)
        except OSError:
            log.exception("text %s could not be written to the outbox folder", message.text_id)
            raise NotSent("outbox_folder") from None
        log.info("text %s written, %s segment(s)", message.text_id, message.segments)
        return Receipt(name, TextState.SENT)

    def look_up(self, to: str, body: str, since: datetime) -> list[Found]:
        """Reads every file: there are few, and nobody asks often, because a repeat is harmless."""
        try:
            found = list(_written(Path(settings.OUTBOX), to, body, since))
        except OSError:
            log.exception("the outbox folder could not be read")
            raise NotSent("outbox_folder") from None
        return sorted(found, key=lambda one: one.at, reverse=True)

    def close(self) -> None:
        return None

    def _write(self, folder: Path, name: str, message: Message) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        # Written aside and moved, so that a reader of the folder never sees half a text. The
        # process's number keeps two writers of one text apart.
        draft = folder / f".{name}.{os.getpid()}"
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"To: {message.to}\nFrom: {message.sender}\n\n{message.body}\n")
        draft.replace(folder / name)


def _written(folder: Path, to: str, body: str, since: datetime) -> Iterator[Found]:
    for file in folder.glob("text-*.txt"):
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        head, _, said = file.read_text(encoding="utf-8").partition("\n\n")
        if at >= since and said == f"{body}\n" and head.splitlines()[:1] == [f"To: {to}"]:
            yield Found(file.name, TextState.SENT, "", at)
