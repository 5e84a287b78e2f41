"""Free places for one person: the next ones in order of time, and each partner's first day.

Only what the seat engine would let this person sit in (booking.seating), of the reader's own
partners and of others where they are open to the network. Nobody else is ever named: a place that
somebody may not have is not there, whatever the reason. What is found may be gone a moment later;
the booking checks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import connection
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid, Merged, NotAllowed
from booking.joined import Joined, Known
from booking.models import Participant, Partner
from booking.queries.finding import cursor as marks
from booking.queries.finding import facts, places
from booking.queries.finding.instants import paris_day
from booking.queries.finding.places import Place
from booking.queries.finding.search import LARGEST_PAGE, Search
from booking.queries.finding.statement import Statement, listed
from booking.queries.finding.terms import Terms
from booking.queries.finding.walks import walks

__all__ = ["FirstDay", "Found", "Place", "Search", "find", "first_days"]

_PARTNER = Joined(p=Partner)
#: More are looked for along the network's own walks.
_FEW_PARTNERS = 60


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
    hold for everybody count. Two queries, whatever the size.

    Raises NotAllowed, also for a record that the reader may not open; Merged; Invalid for what
    cannot be searched and for a cursor that is not ours.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise Invalid(_("A page has from 1 to %(most)s places.") % {"most": LARGEST_PAGE})
    mark = marks.unpacked(cursor)
    terms = _ask(by, person, search, now)
    ask = places.page(connection.vendor, _limit(size), _few(terms.facts))
    rows = ask.rows(terms.values(mark))[: size + 1]
    known: Known = {}
    shown = [places.read(row, terms.facts.deadline, known) for row in rows[:size]]
    last = shown[-1].session if len(rows) > size else None
    return Found(
        # The database keeps `has_room`; the seats are counted all the same.
        places=tuple(place for place in shown if place.free > 0),
        cursor=marks.packed(marks.Mark(last.starts_at, last.pk)) if last else "",
        latest=terms.latest,
        mandate=terms.facts.mandate if search.latest is None else None,
        deadline=terms.facts.deadline,
    )


def first_days(
    by: access.Reader | None, person: Participant | None, search: Search, *, now: datetime
) -> list[FirstDay]:
    """The partners that offer one of the services or have a place for it, the first free day first,
    those without a place last. Two queries, whatever the size. Raises as `find`."""
    terms = _ask(by, person, search, now)
    rows = _first(connection.vendor).rows(terms.values())
    days = [FirstDay(_PARTNER.read(row)["p"], row[-1] and paris_day(row[-1])) for row in rows]
    return sorted(days, key=lambda one: one.day or date.max)


@cache
def _first(_vendor: str) -> Statement:
    return Statement(
        "first",
        f"""{walks(1, by_partner=True)}
        SELECT {_PARTNER.columns}, f.first FROM booking_partner p LEFT JOIN (
            SELECT partner_id, MIN(starts_at) AS first FROM found GROUP BY partner_id
        ) f ON f.partner_id = p.id
        WHERE (:partners IS NULL OR p.id IN ({listed("partners")}))
        AND (f.first IS NOT NULL OR EXISTS (SELECT 1 FROM booking_partner_services o
            WHERE o.partner_id = p.id AND o.service_id IN ({listed("services")})))
        ORDER BY p.name, p.id""",
    )


def _limit(size: int) -> int:
    """Statements for two sizes are enough."""
    return next(most for most in (21, LARGEST_PAGE + 1) if most > size)


def _few(known: facts.Facts) -> bool:
    """Whether partners are searched one by one."""
    return known.partners is not None and len(known.partners) <= _FEW_PARTNERS


def _ask(
    by: access.Reader | None, person: Participant | None, search: Search, now: datetime
) -> Terms:
    """What must be known beforehand, and who may ask."""
    if by is not None and not (access.scope(by).network or access.scope(by).admin_of):
        raise NotAllowed
    search.refuse()
    known = facts.read(by, person, search, now)
    if person is not None and not known.seen:
        raise NotAllowed
    if known.merged:
        raise Merged
    return Terms(by, search, known, now)
