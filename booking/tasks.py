"""What the clock runs of the core. A task carries nothing and may run twice: its truth is in our
tables. No rule belongs here, and nothing of django-q2."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from booking import once
from booking.actions import serve_waiting_lists as serve


def serve_waiting_lists() -> dict[str, int]:
    """End offers whose time is over and offer what is free. Same as `manage.py serve_waiting_lists`."""
    return asdict(serve(now=timezone.now()))


def forget_answers() -> int:
    """Drop the answers to requests that no browser sends again."""
    return once.forget_answers(timezone.now())
