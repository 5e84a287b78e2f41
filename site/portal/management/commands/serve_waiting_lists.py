"""End the offers whose time is over, and offer what is free, without a worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from booking.tasks import serve_waiting_lists


class Command(BaseCommand):
    help = "End the offers whose time is over, and offer their places to the next who wait."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = serve_waiting_lists()
        self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))
