"""Everything that the search needs to know beforehand: of the person, of those whom they must not
meet, and of what is searched."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from booking import access
from booking.addresses import same_address
from booking.models import Participant, Venue
from booking.models.language import Language
from booking.queries.finding import known, questions
from booking.queries.finding.instants import day, instant
from booking.queries.finding.search import Search, keys
from booking.queries.finding.spans import Span, Spans


@dataclass
class Facts:
    """What is known. Without a person: nothing stands in anybody's way."""

    seen: bool = False
    merged: bool = False
    not_before: date | None = None
    language: str = Language.FRENCH
    #: The nearest coming deadline for one of the services, and the mandate that sets it.
    deadline: date | None = None
    mandate: int | None = None
    hidden: list[int] = field(default_factory=list)
    busy: Spans = field(default_factory=Spans)
    #: From when on a welcome interview lies behind the person.
    interviewed: datetime | None = None
    #: Programmes.
    enrolled: list[int] = field(default_factory=list)
    #: Coming sessions in which somebody sits whom the person must not meet.
    with_others: list[int] = field(default_factory=list)
    #: venue → when not to be there.
    near: dict[int, Spans] = field(default_factory=dict)
    #: Of the searched services those that exist, and whether an interview must come first.
    services: dict[int, bool] = field(default_factory=dict)
    #: purpose → its services, of those purposes that have a searched one.
    purposes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: The partners among which one searches; None for all.
    partners: list[int] | None = None


def read(
    by: access.Reader | None, person: Participant | None, search: Search, now: datetime
) -> Facts:
    """One query. A record that the reader may not open is not `seen`."""
    values = {
        **known.values(by),
        "person": person.pk if person is not None else 0,
        "now": now,
        "lately": now - _margin(),
        "today": timezone.localdate(now),
        "services": keys(search.services),
        "chosen": keys(search.partners) if search.partners else None,
        "departments": search.department_codes() if search.departments else None,
    }
    rows: dict[int, list[questions.Row]] = defaultdict(list)
    for kind, *row in questions.questions(connection.vendor).rows(values):
        rows[kind].append(tuple(row))
    facts = _facts(rows)
    if not search.partners and not search.departments:
        facts.partners = None
    return facts


def _facts(rows: dict[int, list[questions.Row]]) -> Facts:
    facts = Facts(
        hidden=_keys(rows[questions.HIDDEN]),
        busy=Spans.of(_span(row) for row in rows[questions.BUSY]),
        enrolled=_keys(rows[questions.ENROLLED]),
        with_others=_keys(rows[questions.OTHERS]),
        near=_near(rows[questions.OTHERS], rows[questions.VENUE]),
        services={row[0]: bool(row[1]) for row in rows[questions.SERVICE]},
        partners=_keys(rows[questions.PARTNER]),
    )
    for into, _b, _t, _u, earliest, language, _w in rows[questions.PERSON]:
        facts.seen, facts.merged, facts.language = True, into is not None, language
        facts.not_before = day(earliest) if earliest else None
    for row in rows[questions.INTERVIEW]:
        facts.interviewed = instant(row[2]) if row[2] else None
    for purpose, service, *_rest in rows[questions.PURPOSE]:
        facts.purposes[purpose].add(service)
    if rows[questions.MANDATE]:
        facts.deadline, facts.mandate = min(
            (day(row[4]), row[0]) for row in rows[questions.MANDATE]
        )
    return facts


def _near(others: list[questions.Row], venues: list[questions.Row]) -> dict[int, Spans]:
    """The rule of `booking.seating.near`, for every venue that somebody else's seat rules out."""
    all_ = [Venue(pk=row[0], postcode=row[5], street=row[6]) for row in venues]
    taken: dict[int, list[Span]] = defaultdict(list)
    for row in others:
        if row[1] is not None:
            start, end = _span(row)
            taken[row[1]].append((start - _margin(), end + _margin()))
    found: dict[int, list[Span]] = defaultdict(list)
    for there in all_:
        for venue in all_:
            if there.pk in taken and same_address(there, venue):
                found[venue.pk] += taken[there.pk]
    return {pk: Spans.of(spans) for pk, spans in found.items()}


def _margin() -> timedelta:
    return timedelta(minutes=settings.AVOIDANCE_MINUTES)


def _keys(rows: list[questions.Row]) -> list[int]:
    return sorted({row[0] for row in rows})


def _span(row: questions.Row) -> Span:
    return instant(row[2]), instant(row[3])
