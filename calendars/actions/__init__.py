"""The verbs of what repeats, and the only writers of rhythms and closures. One file each, called as
those of `booking.actions` are."""

from calendars.actions.open_rhythm import open_rhythm

__all__ = [
    "open_rhythm",
]
