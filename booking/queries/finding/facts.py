"""Everything that the search needs to know beforehand, in one statement: of the person, of those
whom they must not meet, and of what is searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from booking import access
from booking.addresses import same_address
from booking.models import Participant, Venue
from booking.models.language import Language
from booking.queries.finding import known
from booking.queries.finding.instants import day, instant
from booking.queries.finding.rules import ACTIVE
from booking.queries.finding.search import Search, keys
from booking.queries.finding.spans import Span, Spans
from booking.queries.finding.statement import Statement, listed


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


#: What a row says.
_PERSON, _MANDATE, _HIDDEN, _BUSY, _INTERVIEW, _ENROLLED, _OTHERS, _VENUE = range(8)
_SERVICE, _PURPOSE, _PARTNER = range(8, 11)
#: Beside it: two numbers, two instants, a day, two words.
Row = tuple[Any, ...]
_COLUMNS = {
    "a": "bigint",
    "b": "bigint",
    "t": "timestamptz",
    "u": "timestamptz",
    "d": "date",
    "v": "varchar",
    "w": "varchar",
}


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
        "departments": sorted(search.departments) if search.departments else None,
    }
    rows: dict[int, list[Row]] = defaultdict(list)
    for kind, *row in _statement(connection.vendor).rows(values):
        rows[kind].append(tuple(row))
    facts = _facts(rows)
    if not search.partners and not search.departments:
        facts.partners = None
    return facts


@cache
def _statement(_vendor: str) -> Statement:
    return Statement("facts", " UNION ALL ".join((*_of_person(), *_of_others(), *_of_search())))


def _select(kind: int, source: str, **columns: str) -> str:
    given = (columns.get(name, f"CAST(NULL AS {of})") for name, of in _COLUMNS.items())
    return f"SELECT {kind}, {', '.join(given)} FROM {source}"


def _of_person() -> Iterable[str]:
    mine = f"booking_seat o WHERE o.participant_id = :person AND o.{ACTIVE}"
    yield _select(
        _PERSON,
        f"booking_participant p WHERE p.id = :person AND {known.known()}",
        a="merged_into_id",
        d="not_before",
        v="language",
    )
    # To partners of the reader, as access.referrals_visible_to has it of somebody who is seen.
    yield _select(
        _MANDATE,
        f"""booking_referral WHERE participant_id = :person AND deadline >= :today
        AND service_id IN ({listed("services")})
        AND (:own IS NULL OR partner_id IN ({listed("own")}))""",
        a="id",
        d="deadline",
    )
    yield _select(_HIDDEN, "booking_hiddenfrom WHERE participant_id = :person", a="partner_id")
    yield _select(_BUSY, f"{mine} AND o.ends_at > :now", t="o.starts_at", u="o.ends_at")
    # As SeatMap.interviewed_before; the earliest opens the most.
    yield _select(
        _INTERVIEW,
        """booking_seat o JOIN booking_session s ON s.id = o.session_id
        JOIN booking_service k ON k.id = s.service_id WHERE o.participant_id = :person
        AND o.state IN ('booked', 'present', 'late') AND k.family = 'interview'""",
        t="MIN(o.ends_at)",
    )
    yield _select(
        _ENROLLED,
        "booking_enrolment WHERE participant_id = :person AND state IN ('offered', 'active')",
        a="programme_id",
    )


def _of_others() -> Iterable[str]:
    """Where and when those are expected whom the person must not meet, and every venue that may
    have the same address: booking.seating.near."""
    others = f"""booking_seat o JOIN booking_session s ON s.id = o.session_id
        WHERE o.participant_id IN (
            SELECT second_id FROM booking_avoidancepair WHERE first_id = :person UNION
            SELECT first_id FROM booking_avoidancepair WHERE second_id = :person)
        AND o.{ACTIVE} AND o.ends_at > :lately"""
    yield _select(_OTHERS, others, a="s.id", b="s.venue_id", t="o.starts_at", u="o.ends_at")
    # SQLite has kept postcodes with a blank in them (booking.addresses.postcode_of).
    there = f"""SELECT REPLACE(there.postcode, ' ', '') FROM booking_venue there
        WHERE there.id IN (SELECT s.venue_id FROM {others})"""
    yield _select(
        _VENUE,
        f"booking_venue WHERE REPLACE(postcode, ' ', '') IN ({there})",
        a="id",
        v="REPLACE(postcode, ' ', '')",
        w="street",
    )


def _of_search() -> Iterable[str]:
    wanted = listed("services")
    first = "CASE WHEN interview_first AND family <> 'interview' THEN 1 ELSE 0 END"
    yield _select(_SERVICE, f"booking_service WHERE id IN ({wanted})", a="id", b=first)
    yield _select(
        _PURPOSE,
        f"""booking_purpose_services WHERE purpose_id IN (
            SELECT purpose_id FROM booking_purpose_services WHERE service_id IN ({wanted}))""",
        a="purpose_id",
        b="service_id",
    )
    yield _select(
        _PARTNER,
        f"""booking_partner WHERE (:chosen IS NOT NULL OR :departments IS NOT NULL)
        AND (:chosen IS NULL OR id IN ({listed("chosen")}))
        AND (:departments IS NULL OR department IN ({listed("departments")}))""",
        a="id",
    )


def _facts(rows: dict[int, list[Row]]) -> Facts:
    facts = Facts(
        hidden=_keys(rows[_HIDDEN]),
        busy=Spans.of(_span(row) for row in rows[_BUSY]),
        enrolled=_keys(rows[_ENROLLED]),
        with_others=_keys(rows[_OTHERS]),
        near=_near(rows[_OTHERS], rows[_VENUE]),
        services={row[0]: bool(row[1]) for row in rows[_SERVICE]},
        partners=_keys(rows[_PARTNER]),
    )
    for into, _b, _t, _u, earliest, language, _w in rows[_PERSON]:
        facts.seen, facts.merged, facts.language = True, into is not None, language
        facts.not_before = day(earliest) if earliest else None
    for row in rows[_INTERVIEW]:
        facts.interviewed = instant(row[2]) if row[2] else None
    for purpose, service, *_rest in rows[_PURPOSE]:
        facts.purposes[purpose].add(service)
    if rows[_MANDATE]:
        facts.deadline, facts.mandate = min((day(row[4]), row[0]) for row in rows[_MANDATE])
    return facts


def _near(others: list[Row], venues: list[Row]) -> dict[int, Spans]:
    """The rule of `booking.seating.near`, for every venue that somebody else's seat rules out."""
    known = [Venue(pk=row[0], postcode=row[5], street=row[6]) for row in venues]
    taken: dict[int, list[Span]] = defaultdict(list)
    for row in others:
        if row[1] is not None:
            start, end = _span(row)
            taken[row[1]].append((start - _margin(), end + _margin()))
    found: dict[int, list[Span]] = defaultdict(list)
    for there in known:
        for venue in known:
            if there.pk in taken and _same(there, venue):
                found[venue.pk] += taken[there.pk]
    return {pk: Spans.of(spans) for pk, spans in found.items()}


def _same(one: Venue, other: Venue) -> bool:
    return one.postcode == other.postcode and same_address(one, other)


def _margin() -> timedelta:
    return timedelta(minutes=settings.AVOIDANCE_MINUTES)


def _keys(rows: list[Row]) -> list[int]:
    return sorted({row[0] for row in rows})


def _span(row: Row) -> Span:
    return instant(row[2]), instant(row[3])
