"""The texts that one reader may see: those of the seats that they may. What cannot be seen is not
there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from booking import access
from booking.models import Participant, Seat
from sms.hours import day_bounds
from sms.models import Text, TextState
from sms.untold import untold

#: Of a text that did not happen yet, only its plan is known.
_TO_COME = (TextState.PLANNED, TextState.CLAIMED)
_WITH = ("seat__participant", "seat__session__partner", "told_by")


def visible(user: access.Reader, partners: Collection[int] | None = None) -> QuerySet[Text]:
    """`partners` keeps to those of these partners."""
    texts = Text.objects.all()
    if not access.scope(user).network:
        texts = texts.filter(seat__in=Seat.objects.visible_to(user).order_by().values("pk"))
    if partners is not None:
        texts = texts.filter(seat__session__partner__in=partners)
    return texts


def last_of(seats: Iterable[Seat]) -> dict[int, Text]:
    """By seat: what happened last, or what happens next where nothing did yet. The seats are such as
    the reader may see. One query."""
    last: dict[int, Text] = {}
    texts = Text.objects.filter(seat__in=list(seats)).exclude(state=TextState.VOID)
    for text in sorted(texts.defer("body", "told"), key=_newest_first):
        last.setdefault(text.seat_id, text)
    return last


def _newest_first(text: Text) -> tuple[bool, float, int]:
    at = (text.sent_at or text.ended_at or text.due_at).timestamp()
    to_come = text.state in _TO_COME
    return (to_come, at if to_come else -at, -text.pk)


def not_arrived(
    user: access.Reader, now: datetime, partners: Collection[int] | None = None
) -> list[Text]:
    """For each seat the last text that did not reach its person, the soonest session first."""
    texts = untold(now).filter(pk__in=visible(user, partners).order_by().values("pk"))
    by_seat = {text.seat_id: text for text in texts.select_related(*_WITH).defer("body", "told")}
    return sorted(by_seat.values(), key=lambda one: (one.seat.starts_at, one.pk))


@dataclass(frozen=True)
class Asked:
    """What is searched; empty is whatever it may be."""

    reference: str = ""
    state: str = ""
    step: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Found:
    texts: Sequence[Text]
    page: int
    more: bool


def recent(
    user: access.Reader,
    now: datetime,
    asked: Asked,
    partners: Collection[int] | None = None,
    *,
    page: int = 1,
    size: int = 30,
) -> Found:
    """The last texts first. What is planned, or was to leave later, stands apart
    (sms.queries.planned) unless it is asked for by state, person or day. One query."""
    texts = visible(user, partners).annotate(at=Coalesce("sent_at", "ended_at", "due_at"))
    if asked.reference:
        texts = texts.filter(seat__participant__reference=asked.reference)
    if asked.step:
        texts = texts.filter(step=asked.step)
    if asked.day is not None:
        start, end = day_bounds(asked.day)
        texts = texts.filter(at__gte=start, at__lt=end)
    if asked.state:
        texts = texts.filter(state=asked.state)
    elif not (asked.reference or asked.day):
        texts = texts.filter(at__lte=now).exclude(state=TextState.PLANNED)
    first = (page - 1) * size
    rows = texts.order_by("-at", "-pk").select_related(*_WITH)
    found = list(rows.defer("told")[first : first + size + 1])
    return Found(found[:size], page, len(found) > size)


def of_person(user: access.Reader, person: Participant) -> list[tuple[Seat, list[Text]]]:
    """Every text about seats that the reader may see, by seat, the latest session first and within it
    the latest text. One query."""
    texts = visible(user).annotate(at=Coalesce("sent_at", "ended_at", "due_at"))
    rows = texts.filter(seat__participant=person).order_by("-seat__starts_at", "seat", "-at", "-pk")
    by_seat: dict[int, tuple[Seat, list[Text]]] = {}
    for text in rows.select_related(*_WITH).defer("told"):
        by_seat.setdefault(text.seat_id, (text.seat, []))[1].append(text)
    return list(by_seat.values())
