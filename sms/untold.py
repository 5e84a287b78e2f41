"""Whom a text was meant for and did not reach: somebody must call. Read by the day's page and by the
page of texts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from booking.models.seat import SeatState
from sms.models import Step, Text, TextState

ENDED_BADLY = (TextState.FAILED, TextState.EXPIRED, TextState.UNCERTAIN)
#: After a missed appointment one calls soon or not at all.
_MISSED_WITHIN = timedelta(days=7)
#: The eve's reminder is still to come, or has been; and a reply stands in its own list until it is
#: read.
_NOBODYS_TASK = (Step.DAY7, Step.HOURS3, Step.ANSWER)
#: An offer that was answered, or a cancellation of what takes place after all, is over.
_OF_ANOTHER_STATE = (Step.OFFER, Step.CANCELLED, Step.MISSED)

_AT = Coalesce("sent_at", "due_at")


def untold(now: datetime) -> QuerySet[Text]:
    """The texts that failed, came too late, or may not have left, and after which nothing reached the
    person about that seat. A cancellation counts as long as the person might come for nothing, a
    missed appointment for a week."""
    heard = Text.objects.annotate(at=Coalesce("sent_at", "ended_at", "due_at")).filter(
        seat=OuterRef("seat"),
        state__in=(TextState.DELIVERED, TextState.BY_HAND),
        at__gt=OuterRef("tried_at"),
    )
    coming = Q(seat__starts_at__gt=now)
    awaited = coming & Q(seat__state=SeatState.BOOKED) & ~Q(step__in=_OF_ANOTHER_STATE)
    offered = coming & Q(seat__state=SeatState.HELD, step=Step.OFFER)
    gone = coming & Q(seat__state=SeatState.CANCELLED, step=Step.CANCELLED)
    missed = Q(step=Step.MISSED, seat__state=SeatState.UNEXCUSED, due_at__gt=now - _MISSED_WITHIN)
    texts = Text.objects.annotate(tried_at=_AT).filter(
        awaited | offered | gone | missed, state__in=ENDED_BADLY
    )
    return (
        texts.exclude(step__in=_NOBODYS_TASK).exclude(Exists(heard)).order_by(F("tried_at"), "pk")
    )


def untold_seats(now: datetime, until: datetime) -> list[int]:
    """The seats, of sessions that start between two instants, whose person a text did not reach. One
    query."""
    texts = untold(now).filter(seat__starts_at__gt=now, seat__starts_at__lte=until)
    return list(texts.order_by("seat_id").values_list("seat_id", flat=True).distinct())
