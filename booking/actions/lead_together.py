from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access, cancelling, changing, journal, seating
from booking.actions.discard_sessions import discard_sessions
from booking.errors import Busy, Invalid, PractitionerBusy
from booking.holding import Held, hold
from booking.locking import lock_practitioners, writing
from booking.models import Assignment, JournalEntry, Practitioner, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.waiting import ON_THE_LIST
from booking.once import once


@once
def lead_together(
    *,
    by: access.Actor,
    now: datetime,
    session: Session,
    practitioners: Iterable[Practitioner],
    key: str = "",
) -> Session:
    """From now on these practitioners, two at least, lead this session together; whoever led it and
    is not one of them no longer does. What each of them has open at that time gives way: a slot of
    theirs alone in which nobody sits and for which nobody waits is taken back (cancelled, if somebody
    had a seat there once).

    Raises NotAllowed, Invalid, SessionCancelled, TooLate, PractitionerBusy when one of them leads
    anything else then, and Busy; then nothing has changed.
    """
    access.must_manage(by, session.partner_id)
    leaders = sorted(set(practitioners), key=lambda one: one.pk)
    if len(leaders) < 2:
        raise Invalid(_("Choose at least two practitioners."))
    by_id = by.pk if by else None
    with writing():
        known = _leading(session) | {leader.pk for leader in leaders}
        lock_practitioners(known)
        in_the_way = _in_the_way(session, leaders)
        held = hold(now=now, sessions=[session.pk, *in_the_way])
        shared = held.sessions[session.pk]
        if not _leading(shared) <= known or _in_the_way(shared, leaders) != in_the_way:
            raise Busy  # Handed over or moved meanwhile: not everything is locked.
        seating.refuse_wrong_moment(shared, now)
        changing.refuse_foreign(shared.partner, None, leaders)
        before = sorted(_leading(shared))
        after = [leader.pk for leader in leaders]
        if before == after:
            return shared
        entries = _give_way(held, [held.sessions[pk] for pk in sorted(in_the_way)], by=by, now=now)
        changing.refuse_busy(leaders, shared.starts_at, shared.ends_at, but=shared)
        _lead(shared, before, after)
        facts = {"before": {"practitioners": before}, "after": {"practitioners": after}}
        entries.append(cancelling.of_session(shared, Verb.SESSION_MOVED, now, by_id, **facts))
        journal.write(entries)
    return shared


def _leading(session: Session) -> set[int]:
    return set(session.assignments.values_list("practitioner_id", flat=True))


def _in_the_way(session: Session, leaders: list[Practitioner]) -> set[int]:
    """What else these practitioners lead then."""
    led = Assignment.objects.filter(
        practitioner__in=leaders,
        active=True,
        starts_at__lt=session.ends_at,
        ends_at__gt=session.starts_at,
    )
    return set(led.exclude(session=session).values_list("session_id", flat=True))


def _give_way(
    held: Held, slots: list[Session], *, by: access.Actor, now: datetime
) -> list[JournalEntry]:
    """Take these held slots back. Returns the journal's part of those that are cancelled, because
    somebody was told of them once; the others' is written. Raises PractitionerBusy."""
    if not slots:
        return []
    shared = Assignment.objects.filter(session__in=slots).values_list("session_id", flat=True)
    led = list(shared)
    awaited = WaitingEntry.objects.filter(session__in=slots, state__in=ON_THE_LIST)
    if awaited.exists() or not all(
        led.count(one.pk) == 1 and _may_go(held, one, now) for one in slots
    ):
        raise PractitionerBusy
    gone = {one.pk for one in discard_sessions(by=by, now=now, sessions=slots)}
    entries: list[JournalEntry] = []
    for one in slots:
        if one.pk not in gone:
            entries += cancelling.cancel(held, one, now=now, by_id=by.pk if by else None)[1]
    return entries


def _may_go(held: Held, slot: Session, now: datetime) -> bool:
    return slot.programme_id is None and slot.starts_at > now and not held.seatmap.taken(slot)


def _lead(session: Session, before: list[int], after: list[int]) -> None:
    session.assignments.filter(~Q(practitioner__in=after)).delete()
    Assignment.objects.bulk_create(
        Assignment(
            session=session,
            practitioner_id=pk,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        for pk in after
        if pk not in before
    )
