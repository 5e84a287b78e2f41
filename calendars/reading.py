"""What publishing reads and keeps of one rhythm, as statements that are written once: a night publishes all of
them, and building these queries anew for each took longer than the database needs to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.joined import Joined
from booking.models import Partner, Practitioner, Programme, Purpose, Service, Session, Venue
from calendars.models import Closure, Rhythm, RhythmDate
from calendars.rhythms import EVENT, RULE

_LOCK: Final = "SELECT id FROM calendars_rhythm WHERE id = %s FOR NO KEY UPDATE"

_RHYTHMS: Final = Joined(
    r=Rhythm, e=EVENT, u=RULE, p=Partner, s=Service, v=Venue, g=Programme, o=Purpose
)
_RHYTHM: Final = """
    FROM calendars_rhythm r
    JOIN schedule_event e ON e.id = r.event_id
    JOIN booking_partner p ON p.id = r.partner_id
    JOIN booking_service s ON s.id = r.service_id
    JOIN booking_venue v ON v.id = r.venue_id
    LEFT JOIN schedule_rule u ON u.id = e.rule_id
    LEFT JOIN booking_programme g ON g.id = r.programme_id
    LEFT JOIN booking_purpose o ON o.id = r.purpose_id
    WHERE r.id = %s
"""
_PUBLISHED: Final = "UPDATE calendars_rhythm SET published_until = %s WHERE id = %s"
_LEADERS: Final = Joined(l=Practitioner)
_LEADER: Final = """
    FROM booking_practitioner l
    JOIN calendars_rhythm_practitioners m ON m.practitioner_id = l.id
    WHERE m.rhythm_id = %s ORDER BY l.id
"""
_CLOSURES: Final = Joined(c=Closure)
_CLOSURE: Final = """
    FROM calendars_closure c
    WHERE c.lifted_at IS NULL AND c.starts_at < %s AND c.ends_at > %s AND (
        (c.partner_id IS NULL AND c.venue_id IS NULL AND c.practitioner_id IS NULL)
        OR c.partner_id = %s OR c.venue_id = %s OR c.practitioner_id IN (
            SELECT practitioner_id FROM calendars_rhythm_practitioners WHERE rhythm_id = %s))
    ORDER BY c.starts_at, c.id
"""
_DATES: Final = Joined(d=RhythmDate, s=Session)
_DATE: Final = """
    FROM calendars_rhythmdate d LEFT JOIN booking_session s ON s.id = d.session_id
    WHERE d.rhythm_id = %s AND d.day >= %s ORDER BY d.day, d.start
"""


def lock_rhythm(pk: int) -> Rhythm:
    """The rhythm as it is now, before any other lock: of two who publish or change it, the second
    sees what the first wrote. Raises Invalid when it is gone.

    Locked first and read then: what is joined to a row on which one had to wait is as old as the
    statement. On SQLite there is one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [pk])
    rows = _read(_RHYTHMS, _RHYTHM, [pk])
    if not rows:
        raise Invalid(_("This no longer exists. Reload the page."))
    found = rows[0]
    rhythm: Rhythm = found["r"]
    rhythm.event, rhythm.event.rule = found["e"], found["u"]
    rhythm.partner, rhythm.service, rhythm.venue = found["p"], found["s"], found["v"]
    rhythm.programme, rhythm.purpose = found["g"], found["o"]
    return rhythm


def leaders_of(rhythm: Rhythm) -> list[Practitioner]:
    return [row["l"] for row in _read(_LEADERS, _LEADER, [rhythm.pk])]


def closures_of(rhythm: Rhythm, since: datetime, until: datetime) -> list[Closure]:
    """Those that stand between these instants: of the network, or of the rhythm's own partner, venue
    and practitioners."""
    ours = [rhythm.partner_id, rhythm.venue_id, rhythm.pk]
    bounds = [connection.ops.adapt_datetimefield_value(one) for one in (until, since)]
    return [row["c"] for row in _read(_CLOSURES, _CLOSURE, [*bounds, *ours])]


def dates_of_rhythm(rhythm: Rhythm, since: date) -> list[RhythmDate]:
    """Those from this day on, each with its session, in order."""
    found = []
    day = connection.ops.adapt_datefield_value(since)
    for row in _read(_DATES, _DATE, [rhythm.pk, day]):
        one: RhythmDate = row["d"]
        one.rhythm, one.session = rhythm, row["s"]
        found.append(one)
    return found


def keep_published_until(rhythm: Rhythm, until: datetime) -> None:
    rhythm.published_until = until
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(until)
        cursor.execute(_PUBLISHED, [at, rhythm.pk])


def _read(joined: Joined, rest: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {joined.columns} {rest}", values)
        return [joined.read(row) for row in cursor.fetchall()]
