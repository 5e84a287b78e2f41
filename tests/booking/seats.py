"""Seats as rows, whatever the rules of sitting down say: for tests of what comes after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from booking.models import JournalEntry, Participant, Partner, Seat, Session
from booking.models.seat import SeatState
from tests import factories


def seat(person: Participant, session: Session, **fields: Any) -> Seat:
    """A booked seat; its number is the next one unless told."""
    values = {
        "number": Seat.objects.filter(session=session).count() + 1,
        "state": SeatState.BOOKED,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        **fields,
    }
    return Seat.objects.create(session=session, participant=person, **values)


def past_session(of: Partner, *, days: int, minutes: int = 0, **fields: Any) -> Session:
    """Two hours, so many days ago (and so many minutes later)."""
    start = timezone.now() - timedelta(days=days) + timedelta(minutes=minutes)
    values: dict[str, Any] = {
        "service": factories.service(),
        "label": "Groupe B",
        "capacity": 8,
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "changed_at": start,
        **fields,
    }
    return Session.objects.create(partner=of, **values)


def snapshot(*, journal: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Every row of the core's tables; the journal only if told."""
    left_out: set[type[Model]] = set() if journal else {JournalEntry}
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("booking").get_models(include_auto_created=True)
        if model not in left_out
    }
