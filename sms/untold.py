"""Whom a text was meant for and did not reach: somebody must call. Read by the day's page."""

from __future__ import annotations

from datetime import datetime

from sms.models import Step, Text, TextState

_ENDED_BADLY = (TextState.FAILED, TextState.EXPIRED, TextState.UNCERTAIN)


def untold_seats(now: datetime, until: datetime) -> list[int]:
    """The seats, of sessions that start between two instants, one of whose texts failed, came too
    late, or may not have left. A cancellation that did not arrive counts too. One query."""
    texts = Text.objects.filter(
        state__in=_ENDED_BADLY, seat__starts_at__gt=now, seat__starts_at__lte=until
    ).exclude(step=Step.DAY7)  # The eve's reminder is still to come.
    return list(texts.order_by("seat_id").values_list("seat_id", flat=True).distinct())
