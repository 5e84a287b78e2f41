"""What a letter has to say, and who needs one. Paper takes the place of texts, so it is read from the
same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from booking import access
from booking.errors import NotActive
from booking.models import JournalEntry, Partner, Seat, WaitingEntry
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from booking.queries.to_call import AHEAD, Call, to_call
from sms import in_hand
from sms.by_hand import gone_unsaid, told_seats
from sms.in_hand import Told
from sms.models import Text
from sms.untold import untold_seats


@dataclass(frozen=True)
class Matter:
    """One letter's, about one seat and those of its enrolment."""

    seat: Seat
    #: Booked or offered, to come, in order of time; empty when nothing is.
    coming: tuple[Seat, ...] = ()
    #: To come, and their session is cancelled.
    cancelled: tuple[Seat, ...] = ()
    #: What the person was told of a coming seat and is no longer so, by the seat's primary key.
    was: Mapping[int, Told] = field(default_factory=dict)
    #: The seat itself, if nobody came and nobody excused it.
    missed: Seat | None = None
    #: When the place goes to somebody else.
    offered_until: datetime | None = None

    @property
    def spoken_of(self) -> tuple[Seat, ...]:
        return (*self.coming, *self.cancelled) if self.missed is None else (self.missed,)


def matters(seats: Iterable[Seat], now: datetime) -> list[Matter]:
    """In the order of the seats. Raises NotActive for a seat of which there is nothing to write:
    released, over, or declined. Four queries, whatever the number of seats."""
    wanted = list(seats)
    together = _with_siblings(wanted)
    texts = _texts_of(together.values())
    offers = _offers(together.values(), now)
    return [_matter(together[one.pk], together.values(), texts, offers, now) for one in wanted]


def need_a_letter(user: access.Reader, now: datetime, partners: Iterable[Partner]) -> list[Call]:
    """Who is awaited at these partners within 14 days and whom no text reaches, or did not, until
    somebody notes that they know. Six queries at most."""
    until = now + AHEAD
    calls = to_call(
        user,
        now,
        untold={*untold_seats(now, until), *gone_unsaid(now, until)},
        told=told_seats(now, until),
    )
    managed = {partner.pk for partner in partners}
    return [call for call in calls if call.seat.session.partner_id in managed]


def written_at(seats: Iterable[Seat]) -> dict[int, datetime]:
    """When a letter was last written about each of these seats, by primary key. One query."""
    entries = JournalEntry.objects.filter(
        verb=Verb.LETTER_WRITTEN, seat__in=[seat.pk for seat in seats]
    )
    return dict(entries.order_by("at").values_list("seat_id", "at"))


def _with_siblings(seats: list[Seat]) -> dict[int, Seat]:
    enrolments = {seat.enrolment_id for seat in seats if seat.enrolment_id}
    rows = Seat.objects.filter(
        Q(pk__in=[seat.pk for seat in seats]) | Q(enrolment__in=enrolments)
    ).select_related(
        *("session__partner", "session__service", "session__venue", "participant", "referral")
    )
    # Whose names a letter must not hold: sms.discretion.
    rows = rows.prefetch_related("session__partner__practitioners")
    return {seat.pk: seat for seat in rows.order_by("starts_at", "pk")}


def _texts_of(seats: Iterable[Seat]) -> dict[int, list[Text]]:
    ids = [seat.pk for seat in seats]
    found: dict[int, list[Text]] = defaultdict(list)
    for text in Text.objects.filter(Q(seat__in=ids) | Q(carried_to__in=ids)).defer("body", "to"):
        found[text.carried_to_id or text.seat_id].append(text)
    return found


def _offers(seats: Iterable[Seat], now: datetime) -> dict[tuple[str, int | None], datetime | None]:
    """When the offer ends for which a seat, or the seats of an enrolment, are held."""
    held = [seat for seat in seats if seat.state == SeatState.HELD]
    entries = WaitingEntry.objects.filter(
        Q(seat__in=held) | Q(enrolment__in={seat.enrolment_id for seat in held} - {None}),
        state=WaitingState.OFFERED,
        held_until__gt=now,
    )
    return {
        ("seat", one.seat_id) if one.seat_id else ("enrolment", one.enrolment_id): one.held_until
        for one in entries
    }


def _matter(
    seat: Seat,
    seats: Iterable[Seat],
    texts: Mapping[int, list[Text]],
    offers: Mapping[tuple[str, int | None], datetime | None],
    now: datetime,
) -> Matter:
    if seat.state == SeatState.UNEXCUSED and seat.starts_at <= now:
        return Matter(seat, missed=seat)
    own = [one for one in seats if one.pk == seat.pk or _same(one, seat)]
    ahead = [one for one in own if one.session.starts_at > now]
    states = (SeatState.BOOKED, SeatState.HELD)
    coming = tuple(one for one in ahead if one.state in states and not one.session.cancelled)
    gone = tuple(one for one in ahead if one.state == SeatState.CANCELLED and one.session.cancelled)
    until = offers.get(("seat", seat.pk)) or offers.get(("enrolment", seat.enrolment_id))
    if seat not in (*coming, *gone) or (seat.state == SeatState.HELD and until is None):
        raise NotActive
    said = {one.pk: in_hand.last(one, texts.get(one.pk, ())) for one in coming}
    was = {one.pk: told for one in coming if (told := said[one.pk]) and not told.holds(one)}
    offered = until if seat.state == SeatState.HELD else None
    return Matter(seat, coming, gone, was, offered_until=offered)


def _same(one: Seat, other: Seat) -> bool:
    """Of one enrolment, and still one person's: a first sitting may have stayed with a merged
    record."""
    return one.enrolment_id is not None and (one.enrolment_id, one.participant_id) == (
        other.enrolment_id,
        other.participant_id,
    )
