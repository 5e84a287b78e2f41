"""What is read of a person just before a text leaves. Written out, because every text asks while its
person is locked: building these two queries anew took longer than the database needs for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

from booking.joined import Joined, Known
from booking.models import Participant, Partner, Referral, Seat, Service, Session, Venue
from sms.models import Text

_SEAT = Joined(
    s=Seat, session=Session, partner=Partner, service=Service, person=Participant,
    venue=Venue, referral=Referral,
)  # fmt: skip
_TEXT = Joined(t=Text)

#: People's own from some moment on, those that are named, and the rest of their enrolments. Unions:
#: an OR with a subquery in it would read every seat there is.
_SEATS = """
    WITH own AS (
        SELECT id, enrolment_id FROM booking_seat WHERE participant_id IN ({people}) AND starts_at > %s
        UNION SELECT id, enrolment_id FROM booking_seat WHERE id IN ({seats})
    )
    SELECT {columns} FROM booking_seat s
    JOIN booking_session session ON session.id = s.session_id
    JOIN booking_partner partner ON partner.id = session.partner_id
    JOIN booking_service service ON service.id = session.service_id
    JOIN booking_participant person ON person.id = s.participant_id
    LEFT JOIN booking_venue venue ON venue.id = session.venue_id
    LEFT JOIN booking_referral referral ON referral.id = s.referral_id
    WHERE s.id IN (
        SELECT id FROM own
        UNION SELECT b.id FROM booking_seat b JOIN own ON own.enrolment_id = b.enrolment_id
    )
    ORDER BY s.starts_at, s.id
"""
_TEXTS = """
    SELECT {columns} FROM sms_text t WHERE t.id IN (
        SELECT id FROM sms_text WHERE seat_id IN ({marks})
        UNION SELECT id FROM sms_text WHERE carried_to_id IN ({marks})
    ) ORDER BY t.id
"""


def seats_around(seat_ids: Collection[int], people: Collection[int], since: datetime) -> list[Seat]:
    """These seats, and these people's that start after `since`, each enrolment whole, in order of
    time; with all that a text may say of them. One row of a table is one object."""
    known: Known = {}
    at = connection.ops.adapt_datetimefield_value(since)
    seats, persons = (", ".join(["%s"] * len(ids)) for ids in (seat_ids, people))
    with connection.cursor() as cursor:
        cursor.execute(
            _SEATS.format(columns=_SEAT.columns, seats=seats, people=persons),
            [*people, at, *seat_ids],
        )
        return [_seat(_SEAT.read(row, known)) for row in cursor.fetchall()]


def _seat(found: dict[str, object]) -> Seat:
    seat, session = found["s"], found["session"]
    if not isinstance(seat, Seat) or not isinstance(session, Session):
        raise TypeError("a seat without a session")
    for name in ("partner", "service", "venue"):
        setattr(session, name, found[name])
    seat.session = session
    seat.participant = found["person"]  # type: ignore[assignment]
    seat.referral = found["referral"]  # type: ignore[assignment]
    return seat


def texts_about(seat_ids: Sequence[int]) -> list[Text]:
    """Everything that was written about these seats, or about those that somebody had before."""
    marks = ", ".join(["%s"] * len(seat_ids))
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS.format(columns=_TEXT.columns, marks=marks), [*seat_ids, *seat_ids])
        return [_TEXT.read(row)["t"] for row in cursor.fetchall()]
