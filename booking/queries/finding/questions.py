"""What is asked beforehand: rows of many kinds in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from booking.queries.finding import known
from booking.queries.finding.rules import ACTIVE
from booking.queries.finding.statement import Statement, listed

#: What a row says.
PERSON, MANDATE, HIDDEN, BUSY, INTERVIEW, ENROLLED, OTHERS, VENUE = range(8)
SERVICE, PURPOSE, PARTNER = range(8, 11)
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


@cache
def questions(_vendor: str) -> Statement:
    return Statement("facts", " UNION ALL ".join((*_of_person(), *_of_others(), *_of_search())))


def _select(kind: int, source: str, **columns: str) -> str:
    given = (columns.get(name, f"CAST(NULL AS {of})") for name, of in _COLUMNS.items())
    return f"SELECT {kind}, {', '.join(given)} FROM {source}"


def _of_person() -> Iterable[str]:
    mine = f"booking_seat o WHERE o.participant_id = :person AND o.{ACTIVE}"
    yield _select(
        PERSON,
        f"booking_participant p WHERE p.id = :person AND {known.known()}",
        a="merged_into_id",
        d="not_before",
        v="language",
    )
    # To partners of the reader, as access.referrals_visible_to has it of somebody who is seen.
    yield _select(
        MANDATE,
        f"""booking_referral WHERE participant_id = :person AND deadline >= :today
        AND service_id IN ({listed("services")})
        AND (:own IS NULL OR partner_id IN ({listed("own")}))""",
        a="id",
        d="deadline",
    )
    yield _select(HIDDEN, "booking_hiddenfrom WHERE participant_id = :person", a="partner_id")
    yield _select(BUSY, f"{mine} AND o.ends_at > :now", t="o.starts_at", u="o.ends_at")
    # As SeatMap.interviewed_before; the earliest opens the most.
    yield _select(
        INTERVIEW,
        """booking_seat o JOIN booking_session s ON s.id = o.session_id
        JOIN booking_service k ON k.id = s.service_id WHERE o.participant_id = :person
        AND o.state IN ('booked', 'present', 'late') AND k.family = 'interview'""",
        t="MIN(o.ends_at)",
    )
    yield _select(
        ENROLLED,
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
    yield _select(OTHERS, others, a="s.id", b="s.venue_id", t="o.starts_at", u="o.ends_at")
    # SQLite has kept postcodes with a blank in them (booking.addresses.postcode_of).
    there = f"""SELECT REPLACE(there.postcode, ' ', '') FROM booking_venue there
        WHERE there.id IN (SELECT s.venue_id FROM {others})"""
    yield _select(
        VENUE,
        f"booking_venue WHERE REPLACE(postcode, ' ', '') IN ({there})",
        a="id",
        v="REPLACE(postcode, ' ', '')",
        w="street",
    )


def _of_search() -> Iterable[str]:
    wanted = listed("services")
    first = "CASE WHEN interview_first AND family <> 'interview' THEN 1 ELSE 0 END"
    yield _select(SERVICE, f"booking_service WHERE id IN ({wanted})", a="id", b=first)
    yield _select(
        PURPOSE,
        f"""booking_purpose_services WHERE purpose_id IN (
            SELECT purpose_id FROM booking_purpose_services WHERE service_id IN ({wanted}))""",
        a="purpose_id",
        b="service_id",
    )
    yield _select(
        PARTNER,
        f"""booking_partner WHERE (:chosen IS NOT NULL OR :departments IS NOT NULL)
        AND (:chosen IS NULL OR id IN ({listed("chosen")}))
        AND (:departments IS NULL OR department IN ({listed("departments")}))""",
        a="id",
    )
