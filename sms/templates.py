"""Words that partners write: what is wrong with them. Filled in by later commits."""

from sms.words import Words, words_for

__all__ = ["Words", "words_for"]
