from __future__ import annotations


class Unreadable(ValueError):
    """The word cannot be taken; the sentence says what to write instead."""
