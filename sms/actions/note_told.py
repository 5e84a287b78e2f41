from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.errors import Busy, NotActive, NotAllowed, TooLate
from booking.locking import lock_participants, lock_sessions, writing
from booking.models import JournalEntry, Seat
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.once import once
from sms import by_hand, in_hand
from sms.models import How, Step, Text, TextState
from sms.picture import texts_of

#: Where there is something to tell.
_TELLING = frozenset({SeatState.HELD, SeatState.BOOKED, SeatState.CANCELLED, SeatState.UNEXCUSED})


@once
def note_told(*, by: access.Actor, now: datetime, seat: Seat, how: How, key: str = "") -> Text:
    """Note that the person was told, by a call, a letter or face to face, how it is with this seat
    now: the text that waited for it or did not arrive is settled, and what changes later is told
    again. Whoever is told of one day of a course is told of all that are to come.

    A text that is being sent is left as it is. Where the person knows already, no text failed and
    texts reach them, nothing is written; whoever is out of reach was reminded by it, and leaves the
    list of calls. Noted by mistake, it is not taken back: the reminders leave all the same.

    For whoever manages the partner, and the practitioners of the session. Raises NotAllowed,
    NotActive when the seat was given back, TooLate when the session has begun, Busy.
    """
    if by is not None and not Seat.objects.visible_to(by).filter(pk=seat.pk).exists():
        raise NotAllowed
    with writing():
        seat = _locked(seat)
        _refuse_over(seat, now)
        sittings = _sittings(seat)
        # As the planner locks them; a dispatcher finds out by its claim, which no longer stands.
        ids = [one.pk for one in sittings]
        locked = Text.objects.select_for_update(of=("self",), no_key=True)
        texts = list(locked.filter(pk__in=texts_of(ids, ids)).order_by("pk"))
        step = by_hand.news(seat, texts)
        row = by_hand.settled(seat, step, texts)
        if row is None and step is None:
            step = by_hand.reminder(seat, texts)
        if row is None and step is None:
            return _known_by(seat, texts)
        row = row or _new(seat, step or Step.SUMMONS, now)
        row.state, row.how, row.told_by = TextState.BY_HAND, how, by
        row.told = by_hand.told_of(seat, step, sittings)
        row.sent_at = row.ended_at = now
        row.lease_until = None
        row.save()
        entry = JournalEntry(
            at=now,
            actor=by,
            verb=Verb.TOLD_BY_HAND,
            partner_id=seat.session.partner_id,
            session=seat.session,
            seat=seat,
            participant=seat.participant,
            facts={"text": row.pk, "step": row.step, "how": how.value},
        )
        journal.write([entry])
    return row


def _locked(seat: Seat) -> Seat:
    """As it is now, with its session and its person locked: nothing moves while it is told."""
    lock_sessions([seat.session_id])
    lock_participants([seat.participant_id])
    related = ("session__partner", "session__venue", "participant")
    fresh = Seat.objects.select_related(*related).get(pk=seat.pk)
    if fresh.participant_id != seat.participant_id:  # Merged while this one waited.
        raise Busy
    return fresh


def _refuse_over(seat: Seat, now: datetime) -> None:
    if seat.state not in _TELLING:
        raise NotActive
    if seat.starts_at <= now and seat.state != SeatState.UNEXCUSED:
        raise TooLate


def _sittings(seat: Seat) -> list[Seat]:
    if seat.enrolment_id is None:
        return [seat]
    sittings = Seat.objects.filter(enrolment=seat.enrolment_id).select_related("session")
    return list(sittings.order_by("starts_at", "pk"))


def _known_by(seat: Seat, texts: list[Text]) -> Text:
    """The text that told it."""
    told = [text for text in texts if in_hand.arrived(text)]
    mine = [text for text in told if (text.carried_to_id or text.seat_id) == seat.pk]
    return max(mine or told, key=lambda text: (text.sent_at or seat.created_at, text.pk))


def _new(seat: Seat, step: Step, now: datetime) -> Text:
    return Text(
        seat=seat,
        step=step,
        revision=seat.session.revision,
        due_at=now,
        expires_at=seat.session.starts_at,
    )
