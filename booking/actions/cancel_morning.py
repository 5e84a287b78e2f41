from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, cancelling, journal, waiting
from booking.errors import Invalid
from booking.holding import hold
from booking.locking import lock_practitioners, writing
from booking.models import Assignment, JournalEntry, Participant, Practitioner, Seat, Session
from booking.models.journal import Verb
from booking.once import once
from booking.reach import why_no_text


@dataclass(frozen=True)
class CancelledMorning:
    """What became of it, in order of time."""

    cancelled: tuple[Session, ...]
    #: Somebody else leads these too: they take place, without the absent practitioner.
    kept: tuple[Session, ...]
    #: Every seat that was booked there, of people whose record the actor may open: each person
    #: needs another date.
    to_rebook: tuple[Seat, ...]
    #: How many more there are, for the coordination to call.
    others: int = 0

    @property
    def to_call(self) -> list[Participant]:
        """Those whom no text will tell."""
        people = {seat.participant_id: seat.participant for seat in self.to_rebook}
        return [person for person in people.values() if why_no_text(person) is not None]


@once
def cancel_morning(
    *,
    by: access.Actor,
    now: datetime,
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    key: str = "",
) -> CancelledMorning:
    """A practitioner is ill: cancel everything that they alone lead and that starts from `starts_at`
    to `ends_at` (aware instants, the end excluded) and has not started yet, in one action.

    Raises NotAllowed, Invalid when the times are not in order, Busy.
    """
    access.must_manage(by, practitioner.partner_id)
    if starts_at.tzinfo is None or ends_at.tzinfo is None or starts_at >= ends_at:
        raise Invalid(_("Give the beginning and the end of the absence, in order."))
    by_id = by.pk if by else None
    with writing():
        lock_practitioners([practitioner.pk])
        led = Assignment.objects.filter(
            practitioner=practitioner,
            active=True,
            starts_at__gte=starts_at,
            starts_at__lt=ends_at,
            starts_at__gt=now,
        )
        ids = set(led.values_list("session_id", flat=True))
        shared = set(
            Assignment.objects.filter(session__in=ids)
            .exclude(practitioner=practitioner)
            .values_list("session_id", flat=True)
        )
        held = hold(now=now, sessions=ids, seated_there=True)
        done: dict[bool, list[Session]] = {True: [], False: []}
        seats: list[Seat] = []
        entries: list[JournalEntry] = []
        here = [held.sessions[pk] for pk in ids if not held.sessions[pk].cancelled]
        for session in sorted(here, key=lambda one: (one.starts_at, one.pk)):
            done[session.pk in shared].append(session)
            if session.pk in shared:
                entries.append(_leave(session, practitioner, now, by_id))
                continue
            cancelled, written = cancelling.cancel(held, session, now=now, by_id=by_id)
            seats += cancelled
            entries += written
        facts = {
            "practitioner": practitioner.pk,
            "from": starts_at.isoformat(),
            "until": ends_at.isoformat(),
            "cancelled": [one.pk for one in done[False]],
            "kept": [one.pk for one in done[True]],
        }
        first = JournalEntry(
            at=now,
            actor_id=by_id,
            verb=Verb.MORNING_CANCELLED,
            partner_id=practitioner.partner_id,
            facts=facts,
        )
        held.read_waiting()
        journal.write([first, *entries, *waiting.serve(held, now=now)])
    shown = _shown(seats, by)
    others = len(seats) - len(shown)
    return CancelledMorning(tuple(done[False]), tuple(done[True]), tuple(shown), others)


def _shown(seats: list[Seat], by: access.Actor) -> list[Seat]:
    if by is None:
        return seats
    people = Participant.objects.visible_to(by).filter(pk__in=[s.participant_id for s in seats])
    known = set(people.values_list("pk", flat=True))
    return [seat for seat in seats if seat.participant_id in known]


def _leave(
    session: Session, practitioner: Practitioner, now: datetime, by_id: int | None
) -> JournalEntry:
    before = sorted(session.assignments.values_list("practitioner_id", flat=True))
    session.assignments.filter(practitioner=practitioner).delete()
    after = [pk for pk in before if pk != practitioner.pk]
    return cancelling.of_session(
        session,
        Verb.SESSION_MOVED,
        now,
        by_id,
        before={"practitioners": before},
        after={"practitioners": after},
    )
