"""The same answer without rows for dates: rhythms are expanded at request time, as the closest peer
does it, and correctly: one query for the rhythms with their events and rules, one for the exceptions,
one for the leaders, one for the seats of the month, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from schedule.models import Calendar, Event, Rule

from booking.models import Partner, Seat, Service
from calendars.models import Rhythm
from portal.bench.finding.network import Network
from portal.bench.finding.plan import SLOT_MINUTES, Weekly

_BATCH = 1000
#: A free slot: when, and with whom.
Slot = tuple[datetime, int]
_LETTERS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def open_rhythms(there: Network, today: date) -> int:
    """One for each opening and each evening of every partner's week; returns how many."""
    plans = [(one, weekly) for one in there.partners for weekly in there.plans[one.pk]]
    rules = {n: _rule(letters) for n, letters in enumerate(_LETTERS)}
    calendars = _calendars(there.partners)
    events = Event.objects.bulk_create(
        [_event(calendars[partner.pk], rules, weekly, today) for partner, weekly in plans],
        batch_size=_BATCH,
    )
    rhythms = Rhythm.objects.bulk_create(
        [
            _rhythm(there, partner, weekly, event)
            for (partner, weekly), event in zip(plans, events, strict=True)
        ],
        batch_size=_BATCH,
    )
    through = Rhythm.practitioners.through
    through.objects.bulk_create(
        [
            through(rhythm_id=rhythm.pk, practitioner_id=there.leader_of(partner, weekly).pk)
            for (partner, weekly), rhythm in zip(plans, rhythms, strict=True)
        ],
        batch_size=_BATCH,
    )
    return len(rhythms)


def next_free(service: Service, start: datetime, end: datetime, most: int) -> list[Slot]:
    """The next free slots of one service in the whole network."""
    rhythms = Rhythm.objects.filter(service=service).select_related(
        "event__rule", "partner", "venue", "service"
    )
    taken = _taken(service, start, end)
    free: list[Slot] = []
    for rhythm in rhythms.prefetch_related("event__occurrence_set", "practitioners"):
        leader = rhythm.practitioners.all()[0].pk
        free += (
            (at, leader)
            for at in _starts(rhythm, start, end)
            if start < at < end and taken[at, leader] < rhythm.capacity
        )
    return sorted(free)[:most]


def _taken(service: Service, start: datetime, end: datetime) -> Counter[Slot]:
    seats = Seat.objects.active().filter(
        session__service=service, starts_at__gt=start, starts_at__lt=end
    )
    return Counter(seats.values_list("starts_at", "session__assignments__practitioner"))


def _starts(rhythm: Rhythm, start: datetime, end: datetime) -> Iterator[datetime]:
    for one in rhythm.event.get_occurrences(start, end, clear_prefetch=False):
        if one.cancelled:
            continue
        at = one.start
        length = timedelta(minutes=rhythm.slot_minutes or rhythm.minutes)
        while at + length <= one.end:
            yield at
            at += length


def _rule(letters: str) -> Any:
    return Rule.objects.create(
        frequency="WEEKLY", params=f"byweekday:{letters}", name=letters, description=letters
    )


def _calendars(partners: list[Partner]) -> dict[int, Any]:
    made = [Calendar(name=one.slug, slug=one.slug) for one in partners]
    saved = Calendar.objects.bulk_create(made, batch_size=_BATCH)
    return {partner.pk: calendar for partner, calendar in zip(partners, saved, strict=True)}


def _event(calendar: Any, rules: dict[int, Any], weekly: Weekly, today: date) -> Any:
    first = today + timedelta(days=1)
    while first.weekday() != weekly.weekday:
        first += timedelta(days=1)
    start = datetime.combine(first, weekly.start, timezone.get_default_timezone())
    return Event(
        calendar=calendar,
        title="Groupe B",
        start=start,
        end=start + timedelta(minutes=weekly.minutes),
        rule=rules[weekly.weekday],
    )


def _rhythm(there: Network, partner: Partner, weekly: Weekly, event: Any) -> Rhythm:
    return Rhythm(
        event=event,
        partner=partner,
        service=there.service_of(weekly),
        venue=there.venues[partner.pk][0],
        label="Groupe B",
        capacity=there.capacity_of(weekly),
        minutes=weekly.minutes,
        slot_minutes=None if weekly.evening else SLOT_MINUTES,
    )
