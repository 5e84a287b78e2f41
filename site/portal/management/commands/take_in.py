"""Act upon what the provider told us, without a worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sms import tasks


class Command(BaseCommand):
    help = "Take in delivery reports and replies. Safe beside workers and beside itself."

    def handle(self, *args: Any, **options: Any) -> None:
        taken = {name: number for name, number in tasks.take_in().items() if number}
        self.stdout.write(", ".join(f"{n} {name}" for name, n in taken.items()) or "nothing came")
