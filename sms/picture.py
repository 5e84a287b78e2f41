"""What is known of some seats at one moment: the seats, what was written about them, the rules. The
planner and the second look before a text leaves see the same picture, and ask it the same question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from booking.models import JournalEntry, Seat, WaitingEntry
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from sms.models import Text
from sms.policies import RuleBook, Rules, rules_for
from sms.wanted import Facts, Wanted, wanted_texts
from sms.wanted.places import MISSED_UNTIL
from sms.wanted.wish import NOTHING, Key

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Picture:
    """`seats` in order of time, each enrolment whole."""

    seats: list[Seat]
    texts: list[Text]
    book: RuleBook
    facts: Facts = NOTHING

    def wishes(self, now: datetime, *, but: int | None = None) -> dict[Key, Wanted]:
        """What ought to exist, as if the text `but` had never been written."""
        texts = [text for text in self.texts if text.pk != but]
        return {one.key: one for one in wanted_texts(self.seats, texts, now, self.book, self.facts)}

    def wished_to_the_end(self, text: Text) -> bool:
        """Whether it was still true when it became useless."""
        key = (text.seat_id, text.step, text.revision)
        return key in self.wishes(text.expires_at - MOMENT, but=text.pk)

    def rules(self, seat: Seat) -> Rules:
        return self.book.of(seat.session.partner_id, seat.session.service_id)


def picture(seats: list[Seat], texts: list[Text], now: datetime) -> Picture:
    """One query for the rules; one more where a place is offered, and where somebody was absent."""
    book = rules_for(seat.session.partner_id for seat in seats)
    held = [seat for seat in seats if seat.state == SeatState.HELD]
    absent = [
        seat.pk
        for seat in seats
        if seat.state == SeatState.UNEXCUSED and seat.starts_at > now - MISSED_UNTIL
    ]
    if not held and not absent:
        return Picture(seats, texts, book)
    return Picture(seats, texts, book, Facts(_offered(held), _noted(absent)))


def with_siblings(ids: Collection[int]) -> QuerySet[Seat]:
    """These seats, and all others of the enrolments to which one of them belongs. A union, because an
    OR with a subquery in it would read every seat there is."""
    own = Seat.objects.filter(pk__in=ids).order_by()
    enrolments = own.filter(enrolment__isnull=False).values("enrolment")
    siblings = Seat.objects.filter(enrolment__in=enrolments).order_by().values("pk")
    both = own.values("pk").union(siblings)
    return Seat.objects.filter(pk__in=both).order_by("starts_at", "pk")


def texts_of(
    seats: QuerySet[Seat, Any] | Collection[int], carried: Collection[int]
) -> QuerySet[Text, Any]:
    """Primary keys of what was written about these seats, and about those that somebody had before
    they were moved to one of `carried`. A union, because an OR of the two would read the whole
    outbox. Whoever was moved to a seat has it alone: it belongs to no enrolment."""
    own = Text.objects.filter(seat__in=seats).order_by().values("pk")
    return own.union(Text.objects.filter(carried_to__in=carried).order_by().values("pk"))


def sweepable(now: datetime) -> QuerySet[Seat]:
    """The seats about which a text may still be wanted."""
    coming = (SeatState.BOOKED, SeatState.CANCELLED, SeatState.HELD)
    return Seat.objects.filter(
        Q(starts_at__gt=now, state__in=coming)
        | Q(starts_at__gt=now - MISSED_UNTIL, starts_at__lte=now, state=SeatState.UNEXCUSED)
    )


def _offered(held: Iterable[Seat]) -> dict[int, datetime]:
    seats = list(held)
    if not seats:
        return {}
    theirs = Q(seat__in=seats) | Q(
        enrolment__in={seat.enrolment_id for seat in seats if seat.enrolment_id is not None}
    )
    until: dict[tuple[int | None, int | None], datetime | None] = {
        (seat, enrolment): at
        for seat, enrolment, at in WaitingEntry.objects.filter(
            theirs, state=WaitingState.OFFERED, held_until__isnull=False
        )
        .order_by()
        .values_list("seat_id", "enrolment_id", "held_until")
    }
    found = {}
    for seat in seats:
        own = (seat.pk, None) if seat.enrolment_id is None else (None, seat.enrolment_id)
        if (at := until.get(own)) is not None:
            found[seat.pk] = at
    return found


def _noted(absent: Collection[int]) -> dict[int, datetime]:
    """By the journal: a seat does not say since when it is what it is. History never sends a text."""
    if not absent:
        return {}
    entries = JournalEntry.objects.filter(seat__in=absent, verb=Verb.ATTENDANCE_RECORDED)
    return {
        seat: at
        for seat, at, facts in entries.order_by("pk").values_list("seat_id", "at", "facts")
        if not facts.get("history")
    }
