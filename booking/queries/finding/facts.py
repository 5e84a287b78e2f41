"""Everything that the search needs to know beforehand, in one statement: of the person, of those
whom they must not meet, and of what is searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from booking import access
from booking.addresses import same_address
from booking.models import Participant, Referral, Venue
from booking.models.language import Language
from booking.queries.finding.instants import day, instant, parameter
from booking.queries.finding.search import Search, keys
from booking.queries.finding.spans import Span, merged

_ACTIVE = "state IN ('held', 'booked', 'present', 'late', 'excused', 'unexcused')"
_CAME_OR_COMES = "('booked', 'present', 'late')"
#: The columns of every row, with the type of an empty one.
_COLUMNS = {
    "a": "bigint",
    "b": "bigint",
    "t": "timestamptz",
    "u": "timestamptz",
    "d": "date",
    "v": "varchar",
    "w": "varchar",
}


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
    hidden: set[int] = field(default_factory=set)
    busy: list[Span] = field(default_factory=list)
    #: From when on a welcome interview lies behind the person.
    interviewed: datetime | None = None
    enrolled: set[int] = field(default_factory=set)
    #: Coming sessions in which somebody sits whom the person must not meet.
    with_others: set[int] = field(default_factory=set)
    #: The venues of an address, and when not to be there.
    near: list[tuple[set[int], list[Span]]] = field(default_factory=list)
    #: Of the searched services those that exist, and whether an interview must come first.
    services: dict[int, bool] = field(default_factory=dict)
    #: purpose → the searched services among its own.
    purposes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    #: The partners among which one searches; None for all.
    partners: set[int] | None = None


def read(
    by: access.Reader | None, person: Participant | None, search: Search, now: datetime
) -> Facts:
    """One query. A record that the reader may not open is not `seen`."""
    question = _Question(search, now)
    if person is not None:
        question.ask_of_person(by, person)
    known: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(question.parts), question.values)
        for kind, *row in cursor.fetchall():
            known[kind].append(tuple(row))
    facts = Facts(partners=set() if search.departments or search.partners else None)
    for kind, rows in known.items():
        if kind in _TAKE_IN:
            _TAKE_IN[kind](facts, rows)
    facts.near = _near(known[_OTHERS], known[_VENUE])
    return facts


(_PERSON, _MANDATE, _HIDDEN, _BUSY, _INTERVIEW, _ENROLLED, _OTHERS, _VENUE) = range(8)
(_SERVICE, _PURPOSE, _PARTNER) = range(8, 11)


class _Question:
    """Rows of several kinds in one statement."""

    def __init__(self, search: Search, now: datetime) -> None:
        self.now = now
        self.services = keys(search.services)
        self.values: list[Any] = []
        self.parts: list[str] = []
        needs = "CASE WHEN interview_first AND family <> 'interview' THEN 1 ELSE 0 END"
        self.ask(_SERVICE, f"booking_service WHERE id IN ({self.services})", a="id", b=needs)
        self.ask(
            _PURPOSE,
            f"booking_purpose_services WHERE service_id IN ({self.services})",
            a="purpose_id",
            b="service_id",
        )
        if search.departments or search.partners:
            self._ask_for_partners(search)

    def ask(self, kind: int, table: str, values: Iterable[Any] = (), **columns: str) -> None:
        given = (columns.get(name, f"CAST(NULL AS {of})") for name, of in _COLUMNS.items())
        self.parts.append(f"SELECT {kind}, {', '.join(given)} FROM {table}")
        self.values += values

    def _ask_for_partners(self, search: Search) -> None:
        chosen, values = "1 = 1", []
        if search.partners:
            chosen += f" AND id IN ({keys(search.partners)})"
        if search.departments:
            values = sorted(search.departments)
            chosen += f" AND department IN ({', '.join(['%s'] * len(values))})"
        self.ask(_PARTNER, f"booking_partner WHERE {chosen}", values, a="id")

    def ask_of_person(self, by: access.Reader | None, person: Participant) -> None:
        pk = int(person.pk)
        seat = f"booking_seat o WHERE o.participant_id = {pk} AND o.{_ACTIVE}"
        since = parameter(self.now)
        self._ask_what_is_visible(by, pk)
        self.ask(_HIDDEN, f"booking_hiddenfrom WHERE participant_id = {pk}", a="partner_id")
        self.ask(_BUSY, f"{seat} AND o.ends_at > %s", [since], t="o.starts_at", u="o.ends_at")
        self.ask(
            _INTERVIEW,
            f"""booking_seat o JOIN booking_session s ON s.id = o.session_id
            JOIN booking_service k ON k.id = s.service_id WHERE o.participant_id = {pk}
            AND o.state IN {_CAME_OR_COMES} AND k.family = 'interview'""",
            u="MIN(o.ends_at)",
        )
        self.ask(
            _ENROLLED,
            f"""booking_enrolment WHERE participant_id = {pk}
            AND state IN ('offered', 'active')""",
            a="programme_id",
        )
        self._ask_of_others(pk)

    def _ask_what_is_visible(self, by: access.Reader | None, pk: int) -> None:
        people, mandates = Participant.objects.filter(pk=pk), Referral.objects.all()
        if by is not None:
            people, mandates = people.visible_to(by), mandates.visible_to(by)
        for kind, table, rows, columns in (
            (_PERSON, "participant", people, {"a": "merged_into_id", "d": "not_before"}),
            (
                _MANDATE,
                "referral",
                mandates.filter(
                    participant=pk,
                    service__in=[int(one) for one in self.services.split(", ")],
                    deadline__gte=timezone.localdate(self.now),
                ),
                {"a": "id", "d": "deadline"},
            ),
        ):
            try:
                sql, values = rows.order_by().values("pk").query.sql_with_params()
            except EmptyResultSet:
                continue
            language = {"v": "language"} if kind == _PERSON else {}
            self.ask(kind, f"booking_{table} WHERE id IN ({sql})", values, **columns, **language)

    def _ask_of_others(self, pk: int) -> None:
        since = parameter(self.now - _margin())
        others = f"""booking_seat o JOIN booking_session s ON s.id = o.session_id
            WHERE o.participant_id IN (
                SELECT second_id FROM booking_avoidancepair WHERE first_id = {pk} UNION
                SELECT first_id FROM booking_avoidancepair WHERE second_id = {pk})
            AND o.{_ACTIVE} AND o.ends_at > %s"""
        self.ask(_OTHERS, others, [since], a="s.id", b="s.venue_id", t="o.starts_at", u="o.ends_at")
        there = f"SELECT s.venue_id FROM {others}"
        self.ask(
            _VENUE,
            f"""booking_venue WHERE postcode IN (
                SELECT postcode FROM booking_venue WHERE id IN ({there}))""",
            [since],
            a="id",
            v="postcode",
            w="street",
        )


def _take_person(facts: Facts, rows: list[tuple[Any, ...]]) -> None:
    [(into, _b, _t, _u, first, language, _w)] = rows
    facts.seen, facts.merged = True, into is not None
    facts.not_before, facts.language = first and day(first), language


def _take_mandates(facts: Facts, rows: list[tuple[Any, ...]]) -> None:
    facts.deadline, facts.mandate = min((day(row[4]), row[0]) for row in rows)


def _take_purposes(facts: Facts, rows: list[tuple[Any, ...]]) -> None:
    for purpose, service, *_rest in rows:
        facts.purposes[purpose].add(service)


def _take_partners(facts: Facts, rows: list[tuple[Any, ...]]) -> None:
    facts.partners = {row[0] for row in rows}


def _take_interview(facts: Facts, rows: list[tuple[Any, ...]]) -> None:
    facts.interviewed = instant(rows[0][3]) if rows[0][3] else None


_TAKE_IN = {
    _PERSON: _take_person,
    _MANDATE: _take_mandates,
    _HIDDEN: lambda facts, rows: facts.hidden.update(row[0] for row in rows),
    _BUSY: lambda facts, rows: facts.busy.extend(merged(map(_span, rows))),
    _INTERVIEW: _take_interview,
    _ENROLLED: lambda facts, rows: facts.enrolled.update(row[0] for row in rows),
    _OTHERS: lambda facts, rows: facts.with_others.update(row[0] for row in rows),
    _SERVICE: lambda facts, rows: facts.services.update((row[0], bool(row[1])) for row in rows),
    _PURPOSE: _take_purposes,
    _PARTNER: _take_partners,
}


def _near(
    others: list[tuple[Any, ...]], venues: list[tuple[Any, ...]]
) -> list[tuple[set[int], list[Span]]]:
    """The rule of `booking.seating.near`, for every venue that somebody else's seat rules out."""
    known = {row[0]: Venue(pk=row[0], postcode=row[5], street=row[6]) for row in venues}
    when: dict[int, list[Span]] = defaultdict(list)
    for row in others:
        if row[1] is not None:
            start, end = _span(row)
            when[row[1]].append((start - _margin(), end + _margin()))
    found: dict[frozenset[int], list[Span]] = defaultdict(list)
    for pk, spans in when.items():
        found[_neighbours(known[pk], known.values())] += spans
    return [(set(ids), merged(spans)) for ids, spans in found.items()]


def _neighbours(venue: Venue, venues: Iterable[Venue]) -> frozenset[int]:
    return frozenset(
        other.pk
        for other in venues
        if other.postcode == venue.postcode and same_address(venue, other)
    )


def _margin() -> timedelta:
    return timedelta(minutes=settings.AVOIDANCE_MINUTES)


def _span(row: tuple[Any, ...]) -> Span:
    return instant(row[2]), instant(row[3])
