"""Free places for one person: the next ones in order of time, and each partner's first day.

Only what the seat engine would let this person sit in (booking.seating), of the reader's own
partners and of others where they are open to the network. Nobody else is ever named: a place that
somebody may not have is not there, whatever the reason. What is found may be gone a moment later;
the booking checks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid, Merged, NotAllowed
from booking.joined import Joined
from booking.models import Participant, Partner
from booking.queries.finding import cursor as marks
from booking.queries.finding import facts, places
from booking.queries.finding.instants import paris_day
from booking.queries.finding.places import Place
from booking.queries.finding.rules import Rules
from booking.queries.finding.search import LARGEST_PAGE, Search, keys
from booking.queries.finding.walks import Walks

__all__ = ["FirstDay", "Found", "Place", "Search", "find", "first_days"]

_PARTNER = Joined(p=Partner)


@dataclass(frozen=True)
class Found:
    #: In order of time.
    places: tuple[Place, ...]
    #: For the next page; empty at the end.
    cursor: str
    #: The last day that was searched: as it was asked, else the nearest deadline; None for no bound.
    latest: date | None
    #: The mandate whose deadline `latest` is; None when it was asked, or there is none.
    mandate: int | None
    #: The nearest coming deadline, whatever was asked.
    deadline: date | None


@dataclass(frozen=True)
class FirstDay:
    partner: Partner
    #: As Paris counts days; None when there is no place.
    day: date | None


def find(
    by: access.Reader | None,
    person: Participant | None,
    search: Search,
    *,
    now: datetime,
    cursor: str = "",
    size: int = 20,
) -> Found:
    """The next free places. `by` is None for the command line; without a person only the rules that
    hold for everybody count. Three queries, whatever the size.

    Raises NotAllowed, also for a record that the reader may not open; Merged; Invalid for what
    cannot be searched and for a cursor that is not ours.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid(_("A page has from 1 to %(most)s places.") % {"most": LARGEST_PAGE})
    mark = marks.unpacked(cursor)
    known = _ask(by, person, search, now)
    rules = Rules(by, search, known, now)
    walks = Walks(rules, after=mark)
    rows = _rows(places.page_of(walks.sql(most=size + 1), size + 1), rules) if walks else []
    found = [places.read(row) for row in rows]
    shown = found[:size]
    of = places.sittings([session for session, _what in shown], now) if shown else {}
    last = shown[-1][0] if len(found) > size else None
    return Found(
        places=tuple(
            place
            for session, what in shown
            if session.pk in of
            and (place := places.place(session, what, of[session.pk], known.deadline)).free > 0
        ),
        cursor=marks.packed(marks.Mark(last.starts_at, last.pk)) if last else "",
        latest=rules.latest,
        mandate=known.mandate if search.latest is None else None,
        deadline=known.deadline,
    )


def first_days(
    by: access.Reader | None, person: Participant | None, search: Search, *, now: datetime
) -> list[FirstDay]:
    """The partners that offer one of the services or have a place for it, the first free day first,
    those without a place last. Two queries, whatever the size. Raises as `find`."""
    known = _ask(by, person, search, now)
    rules = Rules(by, search, known, now)
    walks = Walks(rules)
    if not known.services:
        return []
    first = "SELECT partner_id, starts_at FROM (SELECT 0 AS partner_id, NULL AS starts_at) none"
    among = "" if known.partners is None else f"AND p.id IN ({keys(known.partners)})"
    statement = f"""
        SELECT {_PARTNER.columns}, f.first FROM booking_partner p LEFT JOIN (
            SELECT partner_id, MIN(starts_at) AS first
            FROM ({walks.by_partner() if walks else first}) found GROUP BY partner_id
        ) f ON f.partner_id = p.id
        WHERE (f.first IS NOT NULL OR EXISTS (SELECT 1 FROM booking_partner_services o
            WHERE o.partner_id = p.id AND o.service_id IN ({keys(known.services)}))) {among}
        ORDER BY f.first IS NULL, p.name, p.id"""
    days = [
        FirstDay(_PARTNER.read(row)["p"], row[-1] and paris_day(row[-1]))
        for row in _rows(statement, rules)
    ]
    return sorted(days, key=lambda one: one.day or date.max)


def _ask(
    by: access.Reader | None, person: Participant | None, search: Search, now: datetime
) -> facts.Facts:
    """What must be known beforehand, and who may ask."""
    if by is not None and not (access.scope(by).network or access.scope(by).admin_of):
        raise NotAllowed
    search.refuse()
    known = facts.read(by, person, search, now)
    if person is not None and not known.seen:
        raise NotAllowed
    if known.merged:
        raise Merged
    return known


def _rows(statement: str, rules: Rules) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, rules.values)
        return cursor.fetchall()
