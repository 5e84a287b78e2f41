"""A made-up appointment at a partner, to try its words on. Rows that are never saved, and nobody
real: only the partner's own number and places are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from booking.models import Partner, Session, Venue
from sms.gsm import to_gsm
from sms.hours import PARIS
from sms.kinds import Kind
from sms.languages import speech
from sms.variables import Scene

#: The longest day and month that French has; a year that is nobody's.
_START = datetime(2026, 9, 23, 18, 0, tzinfo=PARIS)
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_SITTINGS = 6
_SAMPLE = Venue(street="12 rue des Lilas", city="Pontoise", room="salle 2")


def longest(venues: Iterable[Venue]) -> Venue:
    """The one that costs most to say; a made-up one where there is none. Nobody is ever seated in a
    place that is kept for victims."""
    seated = [venue for venue in venues if not venue.victims_only]
    return max(seated, key=_length, default=_SAMPLE)


def scene(kind: Kind, language: str, *, partner: Partner, venue: Venue) -> Scene:
    """What a text of this kind would speak of: the day before, at nine."""
    starts = _starts(kind)
    sittings = [
        Session(partner=partner, venue=venue, starts_at=start, ends_at=start + timedelta(hours=2))
        for start in starts
    ]
    before = starts[0] - _DAY
    known = Scene(
        own=sittings[0],
        sittings=sittings,
        in_hand=[start - _WEEK for start in starts],
        now=before.replace(hour=9),
        until=before.replace(hour=12) - _WEEK,
        phone=partner.phone,
        speech=speech(language),
    )
    moved = kind not in {Kind.CANCELLED, Kind.CANCELLED_SAME_DAY, Kind.CHANGED_PLACE}
    known = known if moved else replace(known, in_hand=starts)
    return replace(known, now=starts[0].replace(hour=12)) if kind == Kind.HOURS3 else known


def _starts(kind: Kind) -> list[datetime]:
    if kind in {Kind.SUMMONS_MANY, Kind.OFFER_MANY}:
        return [_START + _WEEK * n for n in range(_SITTINGS)]
    if kind == Kind.SUMMONS_TWO_DAYS:
        return [_START, _START + _DAY]
    if kind.value.endswith("_same_day"):
        return [_START.replace(hour=10), _START.replace(hour=14)]
    return [_START]


def _length(venue: Venue) -> int:
    return len(to_gsm(f"{venue.address}{venue.room}"))
