"""What repeats, what of it was published, when nothing is held, and who reads it from outside."""

from calendars.models.closure import Closure
from calendars.models.feed import TARGETS, Feed, FeedDetail, FeedScope
from calendars.models.rhythm import MAX_MINUTES, MAX_TIMES, Rhythm, RhythmDate, Treatment, Why

__all__ = [
    "MAX_MINUTES",
    "MAX_TIMES",
    "TARGETS",
    "Closure",
    "Feed",
    "FeedDetail",
    "FeedScope",
    "Rhythm",
    "RhythmDate",
    "Treatment",
    "Why",
]
