"""Rhythms that give the very sessions of `country`, on django-scheduler's own tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from schedule.models import Calendar, Event, Rule

from booking.models import Partner
from calendars.models import Rhythm
from portal.bench.finding.network import Network
from portal.bench.finding.plan import SLOT_MINUTES, Weekly

_BATCH = 1000
_LETTERS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def open_rhythms(there: Network, today: date) -> int:
    """One for each opening and each evening of every partner's week; returns how many."""
    plans = [(one, weekly) for one in there.partners for weekly in there.plans[one.pk]]
    rules = [_rule(letters) for letters in _LETTERS]
    calendars = Calendar.objects.bulk_create(
        [Calendar(name=one.slug, slug=one.slug) for one in there.partners], batch_size=_BATCH
    )
    calendar_of = {one.pk: own for one, own in zip(there.partners, calendars, strict=True)}
    events = Event.objects.bulk_create(
        [
            _event(calendar_of[one.pk], rules[weekly.weekday], weekly, today)
            for one, weekly in plans
        ],
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


def _rule(letters: str) -> Any:
    return Rule.objects.create(
        frequency="WEEKLY", params=f"byweekday:{letters}", name=letters, description=letters
    )


def _event(calendar: Any, rule: Any, weekly: Weekly, today: date) -> Any:
    monday = today - timedelta(days=today.weekday())
    first = monday + timedelta(days=weekly.weekday, weeks=-weekly.age)
    start = datetime.combine(first, weekly.start, timezone.get_default_timezone())
    end = start + timedelta(minutes=weekly.minutes)
    return Event(calendar=calendar, title="Groupe B", start=start, end=end, rule=rule)


def _rhythm(there: Network, partner: Partner, weekly: Weekly, event: Any) -> Rhythm:
    return Rhythm(
        event=event,
        partner=partner,
        service=there.service_of(weekly),
        venue=there.venue_of(partner, weekly),
        label="Groupe B",
        capacity=there.capacity_of(weekly),
        minutes=weekly.minutes,
        slot_minutes=None if weekly.evening else SLOT_MINUTES,
        language=weekly.language,
        interpreter=weekly.interpreter,
        open_to_network=weekly.open_to_network,
    )
