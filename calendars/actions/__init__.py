"""The verbs of what repeats, and the only writers of rhythms and closures. One file each, called as
those of `booking.actions` are."""

from calendars.actions.add_closure import add_closure
from calendars.actions.change_rhythm import change_rhythm
from calendars.actions.delete_rhythm import delete_rhythm
from calendars.actions.end_rhythm import end_rhythm
from calendars.actions.lift_closure import lift_closure
from calendars.actions.open_rhythm import open_rhythm
from calendars.actions.report_absence import report_absence

__all__ = [
    "add_closure",
    "change_rhythm",
    "delete_rhythm",
    "end_rhythm",
    "lift_closure",
    "open_rhythm",
    "report_absence",
]
