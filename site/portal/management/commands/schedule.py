from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from portal.clock import DAILY, SCHEDULES, ensure_schedules


class Command(BaseCommand):
    help = "Write the worker's schedules. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_schedules()
        for name, (_func, minutes) in SCHEDULES.items():
            told = _("%(name)s, every %(minutes)s min") % {"name": name, "minutes": minutes}
            self.stdout.write(told)
        for name, (_func, at) in DAILY.items():
            self.stdout.write(_("%(name)s, daily at %(at)s") % {"name": name, "at": f"{at:%H:%M}"})
