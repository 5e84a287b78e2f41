"""What people answered, for those who may read it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from booking import access
from booking.models import Partner, Seat
from sms.models import Reply

#: What a page of them needs of each.
_WITH = ("partner", "seat__session__service", "seat__session__venue", "seat__participant", "text")


def readable(user: access.Reader) -> QuerySet[Reply]:
    """The replies that this account may read: those to its own partners, of people whom it may see.
    Whose they are nobody knows of some: those are the coordination's."""
    held = access.scope(user)
    if held.network:
        return Reply.objects.all()
    seats = Seat.objects.visible_to(user).order_by().values("pk")
    return Reply.objects.filter(partner__in=held.admin_of, seat__in=seats)


def open_replies(user: access.Reader, partner: Partner | None = None) -> list[Reply]:
    """Those that nobody has dealt with, the newest first; of one partner if one is named. One query."""
    waiting = readable(user).filter(~Q(handled_at=None), read_at=None)
    if partner is not None:
        waiting = waiting.filter(partner=partner)
    return list(waiting.select_related(*_WITH).order_by("-received_at", "-pk"))
