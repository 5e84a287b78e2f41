"""Print whose deadline cannot be met. References, not names: a terminal keeps what it shows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.models import Partner
from booking.queries.deadlines import AtRisk, deadlines_at_risk


class Command(BaseCommand):
    help = "List the mandates whose deadline cannot be met with the sessions that exist."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--partner", metavar="SLUG", help="only those sent to this partner")
        parser.add_argument("--json", action="store_true", help="one JSON list, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        partner = self._partner(options["partner"]) if options["partner"] else None
        found = deadlines_at_risk(None, timezone.now(), partner=partner)
        if options["json"]:
            self.stdout.write(json.dumps([_facts(one) for one in found], ensure_ascii=False))
            return
        for one in found:
            self.stdout.write(_line(one))
        count = ngettext(
            "%(count)s deadline cannot be met.", "%(count)s deadlines cannot be met.", len(found)
        )
        self.stdout.write(count % {"count": len(found)})

    def _partner(self, slug: str) -> Partner:
        try:
            return Partner.objects.get(slug=slug)
        except Partner.DoesNotExist:
            raise CommandError(_("No partner is called “%(slug)s”.") % {"slug": slug}) from None


def _line(one: AtRisk) -> str:
    words = [
        f"{one.deadline:%Y-%m-%d}",
        f"{one.days_left:+d}",
        one.participant.reference,
        one.referral.partner.slug,
        one.referral.service.name,
        _because(one),
    ]
    if one.elsewhere:
        words.append(_("room elsewhere"))
    return "\t".join(words)


def _because(one: AtRisk) -> str:
    words = str(one.reason.label)
    if one.cannot_come_before:
        words += f" ({one.cannot_come_before:%Y-%m-%d})"
    if one.position is not None:
        words += f" (#{one.position})"
    return words


def _facts(one: AtRisk) -> dict[str, object]:
    return {
        "deadline": one.deadline.isoformat(),
        "days_left": one.days_left,
        "participant": one.participant.reference,
        "referral": one.referral.pk,
        "partner": one.referral.partner.slug,
        "service": one.referral.service.name,
        "reason": one.reason.value,
        "cannot_come_before": one.cannot_come_before and one.cannot_come_before.isoformat(),
        "elsewhere": one.elsewhere,
        "position": one.position,
    }
