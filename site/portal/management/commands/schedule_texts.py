from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sms.tasks import ensure_schedules


class Command(BaseCommand):
    help = "Write the worker's schedules for texts. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_schedules()
        self.stdout.write(_("The worker sends texts each minute and plans them every ten."))
