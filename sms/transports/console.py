"""Texts as files in settings.OUTBOX, for trying things out: nothing leaves the machine."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings

from sms.transports import Message, NotSent, Receipt

log = logging.getLogger(__name__)


class ConsoleTransport:
    # The file's name comes from the text's id, so a repeat writes the same file again.
    repeatable = True

    def send(self, message: Message) -> Receipt:
        name = f"text-{message.text_id:06d}.txt"
        try:
            self._write(Path(settings.OUTBOX), name, message)
        except OSError:
            log.exception("text %s could not be written to the outbox folder", message.text_id)
            raise NotSent("outbox_folder") from None
        log.info("text %s written, %s segment(s)", message.text_id, message.segments)
        return Receipt(provider_id=name)

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
