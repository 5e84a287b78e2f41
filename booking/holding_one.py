"""The short way to hold, for a seat that is only taken: one session, one person, and what the rules
ask of them.

It is walked at each booking, with others queueing for the session, so its SQL is written once, and
on PostgreSQL it is one round trip. Still three statements, one after the other: each sees what was
committed before it began, so the last one reads the seats as they are under both locks.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection

from booking.holding import Held
from booking.joined import Joined
from booking.models import Participant, Partner, Programme, Service, Session, Venue
from booking.seatmap import SeatMap, question

_SESSION = Joined(s=Session, partner=Partner, service=Service, venue=Venue, programme=Programme)
_PERSON = Joined(p=Participant)


def hold_one(session_id: int, person_id: int) -> Held:
    """Lock them, the session first, and read them as they are now."""
    on_postgresql = connection.vendor == "postgresql"
    of_session, of_person = _statements(on_postgresql)
    sessions, people, known = _ask(
        [
            of_session % int(session_id),
            of_person % int(person_id),
            question([session_id], [person_id]),
        ],
        at_once=on_postgresql,
    )
    session, person = _session(sessions[0]), _PERSON.read(people[0])["p"]
    return Held(
        {session.pk: session},
        {},
        {person.pk: person},
        SeatMap([session], [person], known),
    )


def _session(row: tuple[Any, ...]) -> Session:
    found = _SESSION.read(row)
    session: Session = found.pop("s")
    for name, related in found.items():
        setattr(session, name, related)
    return session


@cache
def _statements(on_postgresql: bool) -> tuple[str, str]:
    """SQLite has one writer at a time, and no row locks."""
    return (
        f"""
        SELECT {_SESSION.columns} FROM booking_session s
            JOIN booking_partner partner ON partner.id = s.partner_id
            JOIN booking_service service ON service.id = s.service_id
            LEFT JOIN booking_venue venue ON venue.id = s.venue_id
            LEFT JOIN booking_programme programme ON programme.id = s.programme_id
            WHERE s.id = %d {"FOR NO KEY UPDATE OF s" if on_postgresql else ""}""",
        f"""
        SELECT {_PERSON.columns} FROM booking_participant p
            WHERE p.id = %d {"FOR NO KEY UPDATE" if on_postgresql else ""}""",
    )


def _ask(statements: list[str], *, at_once: bool) -> list[list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        answers = []
        if at_once:
            cursor.execute(";".join(statements))
            answers.append(cursor.fetchall())
            while cursor.nextset():
                answers.append(cursor.fetchall())
        else:
            for statement in statements:
                cursor.execute(statement)
                answers.append(cursor.fetchall())
    return answers
