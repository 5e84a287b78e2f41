"""Whose case has been closed for long enough. Reads only.

A case closes with the person's last contact: the end of a seat, what was done for them (the journal:
bookings, calls, letters, referrals, the waiting list), a text or a reply. Whoever has a seat to come
or stands on a waiting list has an open case. Records that were merged are one person: most of what
points at them moved to the one that goes on, but not what one person cannot have twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from booking.models import JournalEntry, Participant, Referral, Seat, WaitingEntry
from booking.models.seat import ACTIVE_STATES
from booking.models.waiting import ON_THE_LIST
from sms.hours import day_bounds, paris_day
from sms.models import Reply, Text


def edge(now: datetime) -> datetime:
    """Contact from here on keeps a case open: of whom was last here on day D texts are kept until
    day D + settings.SMS_KEPT_DAYS begins, Europe/Paris."""
    return day_bounds(paris_day(now) - timedelta(days=settings.SMS_KEPT_DAYS - 1))[0]


def without_contact(people: QuerySet[Participant], since: datetime) -> QuerySet[Participant]:
    """Those of these records that had no contact since then and have nothing to come."""
    whose = OuterRef("pk")
    contact = (
        Seat.objects.filter(participant=whose, state__in=ACTIVE_STATES, ends_at__gte=since),
        WaitingEntry.objects.filter(participant=whose, state__in=ON_THE_LIST),
        WaitingEntry.objects.filter(participant=whose, joined_at__gte=since),
        Referral.objects.filter(participant=whose, referred_on__gte=paris_day(since)),
        JournalEntry.objects.filter(participant=whose, at__gte=since),
        Text.objects.filter(seat__participant=whose, sent_at__gte=since),
        Reply.objects.filter(seat__participant=whose, received_at__gte=since),
        Reply.objects.filter(seat=None, text__seat__participant=whose, received_at__gte=since),
    )
    for rows in contact:
        people = people.exclude(Exists(rows))
    return people


def closed(ids: Iterable[int], since: datetime) -> set[int]:
    """Those of these people whose case is closed, all their records considered. Two queries."""
    same = _same_person()
    records = {pk: same.get(pk, {pk}) for pk in ids}
    everybody = Participant.objects.filter(pk__in=set().union(*records.values())).order_by()
    quiet = set(without_contact(everybody, since).values_list("pk", flat=True))
    return {pk for pk, all_of_them in records.items() if all_of_them <= quiet}


def _same_person() -> dict[int, set[int]]:
    """For each record that was merged, or into which one was: all records of that person."""
    merges = Participant.objects.filter(merged_into__isnull=False).order_by()
    rows = merges.values_list("pk", "merged_into")
    into: dict[int, int] = {pk: goes_on for pk, goes_on in rows if goes_on is not None}
    people: dict[int, set[int]] = {}
    for pk in into:
        root = pk
        while root in into:
            root = into[root]
        people.setdefault(root, {root}).add(pk)
    return {pk: records for records in people.values() for pk in records}
