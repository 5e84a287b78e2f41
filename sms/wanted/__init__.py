"""Which texts ought to exist: rows in, wishes out. No query, no clock of its own.

The planner compares these wishes with the outbox, and whoever hands a text over asks them once more:
there is no second opinion on what is true.
"""

from sms.wanted.people import reachable, undone, wanted_texts
from sms.wanted.wish import NOTHING, Facts, Wanted

__all__ = ["NOTHING", "Facts", "Wanted", "reachable", "undone", "wanted_texts"]
