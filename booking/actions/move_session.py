from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from booking import access, cancelling, carrying, changing, journal, offers, seating, waiting
from booking.errors import Busy, Invalid
from booking.holding import hold
from booking.locking import lock_practitioners, writing
from booking.models import Assignment, Practitioner, Session, Venue
from booking.models.journal import Verb
from booking.once import once


@once
def move_session(
    *,
    by: access.Actor,
    now: datetime,
    session: Session,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    venue: Venue | None = None,
    practitioners: Iterable[Practitioner] | None = None,
    anyway: bool = False,
    key: str = "",
) -> Session:
    """Give a session another time, venue or practitioners; what is None stays. A new start alone
    keeps the length. Everybody who sits there comes along, or CannotCarry says who could not and
    why, and nothing is moved. A rule that somebody's seat there breaks already, because it was made
    later, does not stand in the way: `queries.conflicts` lists it.

    Raises NotAllowed, SessionCancelled, TooLate, Invalid, PractitionerBusy, CannotCarry, Busy;
    somebody for whom it is only not advised counts as a misfit unless `anyway`.
    """
    access.must_manage(by, session.partner_id)
    leaders = None if practitioners is None else sorted(set(practitioners), key=lambda one: one.pk)
    by_id = by.pk if by else None
    with writing():
        known = _leading(session) | {leader.pk for leader in leaders or ()}
        lock_practitioners(known)
        held = hold(now=now, sessions=[session.pk], seated_there=True)
        moved = held.sessions[session.pk]
        if not _leading(moved) <= known:
            raise Busy  # Handed over meanwhile: whoever leads it now is not locked.
        seating.refuse_wrong_moment(moved, now)
        before = _facts(moved)
        start = (starts_at or moved.starts_at).astimezone(UTC)
        end = (ends_at or start + (moved.ends_at - moved.starts_at)).astimezone(UTC)
        changing.refuse_times(start, end, moved.pause_minutes)
        standing = carrying.breaches(held, moved)
        was_at, was_on = moved.venue_id, (moved.starts_at, moved.ends_at)
        if start <= now:
            raise Invalid(_("A session moves to a time to come."))
        if venue is not None:
            # As it is now: it may have been kept for victims since the caller read it.
            moved.venue = Venue.objects.get(pk=venue.pk)
        leading = list(moved.practitioners.all()) if leaders is None else leaders
        changing.refuse_foreign(moved.partner, venue, leading)
        changing.refuse_busy(leading, start, end, but=moved)
        if (start, end) != was_on:
            changing.refuse_long_course(
                moved.programme, start, end, pause_minutes=moved.pause_minutes, but=moved
            )
            held.seatmap.move(moved, start, end)
        standing = carrying.still_standing(
            standing,
            elsewhere=moved.venue_id != was_at,
            at_another_time=(start, end) != was_on,
        )
        carrying.refuse_misfits(by, carrying.misfits(held, moved, beside=standing, anyway=anyway))
        if leaders is not None:
            _lead(moved, leaders)
        after = _facts(moved)
        if after == before:
            return moved
        # Another practitioner is no news for those who come: neither texts nor SEQUENCE follow.
        if {**after, "practitioners": None} != {**before, "practitioners": None}:
            moved.revision += 1
            moved.changed_at = now
            moved.save(update_fields=["starts_at", "ends_at", "venue", "revision", "changed_at"])
            offers.end_in_time(moved)
        facts = {"before": before, "after": after, "revision": moved.revision}
        entry = cancelling.of_session(moved, Verb.SESSION_MOVED, now, by_id, **facts)
        journal.write([entry, *waiting.serve(held, now=now)])
    return moved


def _leading(session: Session) -> set[int]:
    return set(session.assignments.values_list("practitioner_id", flat=True))


def _facts(session: Session) -> dict[str, object]:
    return {
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "venue": session.venue.pk if session.venue else None,
        "practitioners": sorted(_leading(session)),
    }


def _lead(session: Session, leaders: list[Practitioner]) -> None:
    session.assignments.exclude(practitioner__in=leaders).delete()
    there = _leading(session)
    Assignment.objects.bulk_create(
        Assignment(
            session=session,
            practitioner=leader,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        for leader in leaders
        if leader.pk not in there
    )
