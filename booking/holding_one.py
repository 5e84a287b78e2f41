"""The short way to hold, for a seat that is only taken: one session, one person, and what the rules
ask of them.

It is walked at each booking, with others queueing for the session, so its SQL is written once, and
on PostgreSQL it is planned once and takes one round trip. Still several statements, one after the
other: each sees what was committed before it began, so the last ones read the session, with its
venue and service, and the seats as they are under both locks.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.holding import Held
from booking.joined import Joined
from booking.models import Participant, Partner, Programme, Purpose, Service, Session, Venue
from booking.prepared import prepare
from booking.seatmap import SeatMap, question

_SESSION = Joined(
    s=Session, partner=Partner, service=Service, venue=Venue, programme=Programme, purpose=Purpose
)
_PERSON = Joined(p=Participant)

Answers = list[list[tuple[Any, ...]]]


def hold_one(session_id: int, person_id: int) -> Held:
    """Lock them, the session first, and read them as they are now. Raises Invalid when one is
    gone."""
    ask = _at_once if connection.vendor == "postgresql" else _one_by_one
    people, sessions, known = ask(int(session_id), int(person_id))
    if not sessions or not people:
        raise Invalid(_("This no longer exists. Reload the page."))
    session, person = _session(sessions[0]), _PERSON.read(people[0])["p"]
    return Held({session.pk: session}, {}, {person.pk: person}, SeatMap([session], [person], known))


def _session(row: tuple[Any, ...]) -> Session:
    found = _SESSION.read(row)
    session: Session = found.pop("s")
    for name, related in found.items():
        setattr(session, name, related)
    return session


def _at_once(session_id: int, person_id: int) -> Answers:
    lock = "SELECT 1 FROM booking_session WHERE id = $1 FOR NO KEY UPDATE"
    prepare({"lock_session(bigint)": lock, **_statements(" FOR NO KEY UPDATE")})
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXECUTE lock_session({session_id}); EXECUTE hold_person({person_id}); "
            f"EXECUTE read_session({session_id}); EXECUTE hold_rules({session_id}, {person_id})"
        )
        answers = []
        while cursor.nextset():
            answers.append(cursor.fetchall())
    return answers


def _one_by_one(session_id: int, person_id: int) -> Answers:
    """SQLite has one writer at a time, and no row locks."""
    answers = []
    with connection.cursor() as cursor:
        for heading, statement in _statements("").items():
            asked = statement
            keys = (person_id,) if "person" in heading else (session_id, person_id)
            for mark, key in zip(("$1", "$2"), keys, strict=False):
                asked = asked.replace(mark, str(key))
            cursor.execute(asked)
            answers.append(cursor.fetchall())
    return answers


@cache
def _statements(lock_person: str) -> dict[str, str]:
    """With the session locked already."""
    return {
        "hold_person(bigint)": f"""
            SELECT {_PERSON.columns} FROM booking_participant p WHERE p.id = $1{lock_person}""",
        "read_session(bigint)": f"""
            SELECT {_SESSION.columns} FROM booking_session s
            JOIN booking_partner partner ON partner.id = s.partner_id
            JOIN booking_service service ON service.id = s.service_id
            LEFT JOIN booking_venue venue ON venue.id = s.venue_id
            LEFT JOIN booking_programme programme ON programme.id = s.programme_id
            LEFT JOIN booking_purpose purpose ON purpose.id = s.purpose_id
            WHERE s.id = $1""",
        "hold_rules(bigint, bigint)": question("$1", "$2"),
    }
