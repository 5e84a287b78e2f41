"""The kinds of words that a text may need. A step is why a text leaves; its kind says also what it
must speak of: one session or several, the place that is new or the time. No database."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    SUMMONS = "summons", _("summons")
    SUMMONS_TWO_DAYS = "summons_two_days", _("summons, two days with the same hours")
    SUMMONS_MANY = "summons_many", _("summons, several days")
    SUMMONS_SAME_DAY = "summons_same_day", _("summons, several times of one day")
    DAY7 = "day7", _("reminder some days before")
    DAY7_SAME_DAY = "day7_same_day", _("reminder some days before, several times of one day")
    DAY1 = "day1", _("reminder the day before")
    DAY1_SAME_DAY = "day1_same_day", _("reminder the day before, several times of one day")
    HOURS3 = "hours3", _("reminder some hours before")
    CANCELLED = "cancelled", _("cancellation")
    CANCELLED_SAME_DAY = "cancelled_same_day", _("cancellation, several times of one day")
    CHANGED_PLACE = "changed_place", _("change of place")
    CHANGED = "changed", _("change of time")
    CHANGED_BOTH = "changed_both", _("change of time and place")
    CHANGED_UNKNOWN = "changed_unknown", _("change, the old time is not known")
    CHANGED_SAME_DAY = "changed_same_day", _("change, several times of one day")
    MISSED = "missed", _("missed appointment")
    OFFER = "offer", _("place offered")
    OFFER_MANY = "offer_many", _("place offered in a course")
    ANSWER = "answer", _("answer to a reply")
