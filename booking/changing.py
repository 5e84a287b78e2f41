"""The rules of changing sessions, shared by the actions that open, move and cancel them. Call with
everything held (booking.holding)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import access, seating
from booking.errors import (
    BookingError,
    CannotCarry,
    Invalid,
    Misfit,
    NotAdvised,
    NotPossibleHere,
    Overlaps,
    PractitionerBusy,
)
from booking.holding import Held
from booking.models import (
    Assignment,
    Enrolment,
    JournalEntry,
    Participant,
    Partner,
    Practitioner,
    Programme,
    Seat,
    Session,
    Venue,
    WaitingEntry,
)
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.models.session import MAX_CAPACITY, SessionState
from booking.models.waiting import WaitingState
from booking.seatmap import SeatMap
from booking.waiting import about

_LONGEST = timedelta(hours=24)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
#: Code pénal R131-36: a course takes at most six hours a day, and a month from first to last day.
_COURSE_DAY = timedelta(hours=6)
_COURSE_SPAN = relativedelta(months=1)


def refuse_times(starts_at: datetime, ends_at: datetime, pause_minutes: int = 0) -> None:
    """Raise Invalid unless these are aware instants, in order, at most 24 hours apart, with a break
    that leaves something of the session."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid(_("A session’s times need a time zone."))
    if not _FIRST_YEAR <= starts_at.year <= ends_at.year <= _LAST_YEAR:
        raise Invalid(_("Check the year."))
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    if not timedelta() < ends_at - starts_at <= _LONGEST:
        raise Invalid(_("A session ends after it starts, and within 24 hours."))
    if not timedelta() <= timedelta(minutes=pause_minutes) < ends_at - starts_at:
        raise Invalid(_("The break is shorter than the session."))


def refuse_size(capacity: int, allowance: int) -> None:
    """Raise Invalid unless a session may have so many seats."""
    if capacity < 1 or allowance < 0 or capacity + allowance > MAX_CAPACITY:
        raise Invalid(_("A session has from 1 to %(most)s seats.") % {"most": MAX_CAPACITY})


def refuse_foreign(
    partner: Partner,
    venue: Venue | None,
    leaders: Iterable[Practitioner],
    programme: Programme | None = None,
) -> None:
    """Raise Invalid unless all of them are this partner's."""
    foreign = venue is not None and venue.partner_id != partner.pk
    foreign = foreign or any(leader.partner_id != partner.pk for leader in leaders)
    if foreign or (programme is not None and programme.partner_id != partner.pk):
        raise Invalid(_("The venue, the practitioners and the programme belong to the partner."))


def refuse_busy(
    leaders: Iterable[Practitioner],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Session | None = None,
) -> None:
    """Raise PractitionerBusy when one of them leads another session then. Call with them locked."""
    led = Assignment.objects.filter(
        practitioner__in=list(leaders), active=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if but is not None:
        led = led.exclude(session=but)
    if led.exists():
        raise PractitionerBusy


def refuse_long_course(
    programme: Programme | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    pause_minutes: int,
    but: Session | None = None,
) -> None:
    """Raise Invalid when a course would take more than 6 hours on one day, breaks not counted, or
    more than a month from its first day to its last (Code pénal R131-36). Days are Paris days."""
    if programme is None or programme.kind != ProgrammeKind.COURSE:
        return
    planned = Session.objects.filter(programme=programme, state=SessionState.PLANNED)
    if but is not None:
        planned = planned.exclude(pk=but.pk)
    sittings = list(planned.values_list("starts_at", "ends_at", "pause_minutes"))
    by_day: dict[date, timedelta] = defaultdict(timedelta)
    for start, end, pause in [*sittings, (starts_at, ends_at, pause_minutes)]:
        by_day[timezone.localdate(start)] += end - start - timedelta(minutes=pause)
    if max(by_day.values()) > _COURSE_DAY:
        raise Invalid(_("A course takes at most 6 hours a day: shorten it or choose another day."))
    if min(by_day) + _COURSE_SPAN < max(by_day):
        raise Invalid(_("A course takes at most one month from its first day to its last."))


def breaches(held: Held, session: Session) -> dict[int, set[type[BookingError]]]:
    """Person → the rules that their seat in this session breaks as it is now in memory."""
    seatmap = held.seatmap
    return {
        pk: {type(one) for one in _breaches(seatmap, session, held.people[pk])}
        for pk in seatmap.seated[session.pk]
    }


def misfits(
    held: Held,
    session: Session,
    *,
    beside: dict[int, set[type[BookingError]]],
    anyway: bool,
) -> list[Misfit]:
    """Who of those seated cannot stay in this session as it is now in memory, and why: what they
    break beside what they broke before."""
    found = []
    for pk in held.seatmap.seated[session.pk]:
        person = held.people[pk]
        for reason in _breaches(held.seatmap, session, person):
            told = isinstance(reason, NotAdvised) and anyway
            if type(reason) not in beside.get(pk, ()) and not told:
                found.append(Misfit(person, reason))
                break
    return found


def _breaches(seatmap: SeatMap, session: Session, person: Participant) -> Iterator[BookingError]:
    if seatmap.clashes[session.pk, person.pk] - {session.pk}:
        yield Overlaps()
    yield from seating.breaches(seatmap, session, person)
    if (advice := seating.near(seatmap, session, person)) is not None:
        yield advice


def refuse_misfits(by: access.Actor, misfits: list[Misfit]) -> None:
    """Raise CannotCarry for these. What must not be found out names nobody to a partner: then the
    answer is the bare NotPossibleHere or NotAdvised, and somebody whose record the actor may not
    open is counted only."""
    if not misfits:
        return
    if by is None or access.scope(by).network:
        raise CannotCarry(misfits)
    for one in misfits:
        if isinstance(one.reason, NotPossibleHere):
            raise one.reason
    plain = [one for one in misfits if not isinstance(one.reason, NotAdvised)]
    if not plain:
        raise NotAdvised
    people = Participant.objects.visible_to(by).filter(pk__in=[one.participant.pk for one in plain])
    known = set(people.values_list("pk", flat=True))
    shown = [one for one in plain if one.participant.pk in known]
    raise CannotCarry(shown, others=len(plain) - len(shown))


def cancel(
    held: Held, session: Session, *, now: datetime, by_id: int | None
) -> tuple[list[Seat], list[JournalEntry]]:
    """Cancel one held session: its seats, its practitioners' time, and what waits for it. Returns
    the seats and the journal's part, not written yet.

    Raises SessionCancelled, TooLate."""
    seating.refuse_wrong_moment(session, now)
    session.state = SessionState.CANCELLED
    session.revision += 1
    session.changed_at = now
    session.save(update_fields=["state", "revision", "changed_at"])
    Assignment.objects.filter(session=session).update(active=False)
    seats = list(Seat.objects.active().filter(session=session).select_related("participant"))
    facts = {"revision": session.revision, "seats": len(seats)}
    entries = [of_session(session, Verb.SESSION_CANCELLED, now, by_id, **facts)]
    for seat in seats:
        seat.session = session
        seat.state = SeatState.CANCELLED
        held.seatmap.rise(session.pk, seat.participant_id)
        entries.append(seating.entry(seat, Verb.SEAT_CANCELLED, at=now, by_id=by_id))
    Seat.objects.bulk_update(seats, ["state"])
    return seats, entries + _close_lists(session, now, by_id)


def _close_lists(session: Session, now: datetime, by_id: int | None) -> list[JournalEntry]:
    """Whoever waited for this session waits no longer; whoever was offered a seat in it while they
    waited for its group, and nothing else, waits again."""
    offers = WaitingEntry.objects.filter(state=WaitingState.OFFERED, programme__isnull=False)
    held = Seat.objects.filter(enrolment=OuterRef("enrolment"), state=SeatState.HELD)
    again = offers.filter(
        Q(seat__session=session) | Q(~Exists(held), enrolment__seats__session=session)
    )
    pks = set(again.values_list("pk", flat=True))
    of_nothing = Enrolment.objects.filter(offers__in=pks, state=EnrolmentState.OFFERED)
    of_nothing.update(state=EnrolmentState.WITHDRAWN)
    offers.filter(pk__in=pks).update(
        state=WaitingState.WAITING, seat=None, enrolment=None, held_until=None
    )
    over = list(
        WaitingEntry.objects.filter(
            session=session, state__in=(WaitingState.WAITING, WaitingState.OFFERED)
        ).select_related("session")
    )
    for waiting in over:
        waiting.state = WaitingState.LEFT
    WaitingEntry.objects.bulk_update(over, ["state"])
    return [about(one, Verb.WAITING_LEFT, now, by_id, reason="session_cancelled") for one in over]


def of_session(
    session: Session, verb: Verb, at: datetime, by_id: int | None, **facts: object
) -> JournalEntry:
    """The journal entry of something that happened to a session."""
    return JournalEntry(
        at=at,
        actor_id=by_id,
        verb=verb,
        partner_id=session.partner_id,
        programme_id=session.programme_id,
        session=session,
        facts=facts,
    )
