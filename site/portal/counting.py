"""How far long work is, on a terminal: nothing is drawn in a file or a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn


@contextmanager
def counting(words: str) -> Iterator[Callable[[int], None]]:
    """Call what this yields with the number done so far, as often as wanted."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:.0f}"))
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done: bar.update(task, completed=done)
