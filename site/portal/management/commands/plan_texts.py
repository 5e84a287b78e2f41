"""Plan the texts of every seat to come, without a worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sms.tasks import sweep


class Command(BaseCommand):
    help = "Compare the outbox with every seat to come: add what is missing, void what is obsolete."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sweep()
        self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))
