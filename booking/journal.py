"""Writing the journal. One call at the end of an action, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable

from django.dispatch import Signal

from booking.inserting import insert
from booking.models import JournalEntry

#: Sent inside the transaction, after the entries are written: `entries` is their list. What
#: follows from an action (texts, feeds) listens here, so that it stands or falls with the action.
#: A receiver must be quick, must not call anything outside the database, and must not fail.
written = Signal()


def write(entries: Iterable[JournalEntry]) -> None:
    """Append these entries and tell the listeners once."""
    rows = list(entries)
    insert(rows)
    written.send(sender=JournalEntry, entries=rows)
