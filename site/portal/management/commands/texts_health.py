"""For a monitoring probe: do texts leave, and does a worker run? It looks for itself, so that it
notices when no worker does."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.models import Heartbeat
from portal.vitals import START
from sms.alerts import watch
from sms.queries.alerts import in_words

#: A worker that ended without being told to is missed for so long, while others go on.
_MISSED: Final = timedelta(days=1)


class Command(BaseCommand):
    help = "Say what is wrong with the texts and their workers; exit code 1 when anything is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        alerts = watch(now)
        beats = list(Heartbeat.objects.order_by("name"))
        wrong = [in_words(alert) for alert in alerts] + _silent(beats, now)
        if options["json"]:
            facts = {
                "fine": not wrong,
                "alerts": {alert.kind: alert.facts for alert in alerts},
                "workers": [
                    {"name": one.name, "at": one.at.isoformat(), "restarts": one.restarts}
                    for one in beats
                ],
                "sentences": wrong,
            }
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            if wrong:
                raise SystemExit(1)
        elif wrong:
            raise CommandError("\n".join(wrong))
        else:
            self.stdout.write(_("All is well."))


def _silent(beats: list[Heartbeat], now: datetime) -> list[str]:
    limit = now - timedelta(seconds=settings.WORKER_SILENCE + START)
    if not any(one.at >= limit for one in beats):
        return [_("No worker runs. Start one: manage.py worker")]
    return [
        _("The worker %(name)s has given no sign of life since %(since)s.")
        % {"name": one.name, "since": date_format(timezone.localtime(one.at), "j F Y H:i")}
        for one in beats
        if now - _MISSED <= one.at < limit
    ]
