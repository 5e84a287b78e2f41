"""What the demo prints while it works and when it is ready. On standard error: standard output is
for the JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from booking.models.staff import Role


class Telling:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._words = ""

    def say(self, words: str) -> None:
        self._close()
        self._console.print(words, highlight=False)

    def progress(self, words: str, done: int, total: int) -> None:
        """A bar in a terminal; elsewhere one line when it is done."""
        if self._console.is_terminal:
            self._draw(words, done, total)
        if done == total and words != self._words:
            self._words = words
            if not self._console.is_terminal:
                self._console.print(words, highlight=False)

    def summary(self, found: dict[str, Any], *, outbox: Path, site: str) -> None:
        """Where to go. `site` is empty when nothing is served."""
        self._close()
        counted = {"sent": found["texts_sent"], "planned": found["texts_planned"]}
        lines = [
            (_("People, sessions"), f"{found['participants']}, {found['sessions']}"),
            (_("Texts"), _("%(sent)s written, %(planned)s planned") % counted),
            (_("Texts are in"), str(outbox)),
        ]
        if site:
            lines.append((_("The site"), site))
        for member in found["staff"]:
            login = f"{member['email']}  {member['password']}"
            lines.append((str(Role(member["role"]).label).capitalize(), login))
        lines += [(feed["label"], feed["url"]) for feed in found["feeds"]]
        width = max(len(label) for label, _value in lines)
        self._console.print()
        for label, value in lines:
            # Addresses are for copying: never wrapped, never cut.
            self._console.print(f"{label:>{width}}  {value}", highlight=False, soft_wrap=True)
        if site:
            self._console.print()
            self._console.print(_("Ctrl-C stops everything."))

    def _draw(self, words: str, done: int, total: int) -> None:
        if self._bar is None:
            columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn())
            self._bar = Progress(*columns, console=self._console)
            self._bar.start()
        task = next((one for one in self._bar.tasks if one.description == words), None)
        known = task.id if task else self._bar.add_task(words, total=total)
        self._bar.update(known, completed=done, total=max(total, 1))

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
