"""Print which records look like one person, and who is placed at two partners for the same.
References, not names: a terminal keeps what it shows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.queries.doubles import Pair, doubles
from booking.queries.placed_twice import PlacedTwice, placed_twice

#: More than anybody looks at in one sitting.
_AT_MOST = 1000


class Command(BaseCommand):
    help = "List records that look like one person, and people placed twice, for the coordination."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        pairs = doubles(None, now, limit=_AT_MOST)
        twice = placed_twice(None, now, limit=_AT_MOST)
        if options["json"]:
            told = {"pairs": [_pair(one) for one in pairs], "twice": [_twice(one) for one in twice]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for pair in pairs:
            self.stdout.write(_pair_line(pair))
        for one in twice:
            self.stdout.write(_twice_line(one))
        self.stdout.write(_total(len(pairs), len(twice)))


def _pair_line(pair: Pair) -> str:
    words = [
        pair.first.reference,
        pair.second.reference,
        ", ".join(str(reason.label) for reason in pair.reasons),
    ]
    if pair.both_followed:
        words.append(_("both are expected for the same"))
    return "\t".join(words)


def _twice_line(one: PlacedTwice) -> str:
    partners = ", ".join(partner.slug for partner in one.partners)
    return "\t".join([one.participant.reference, str(one.family.label), partners])


def _total(pairs: int, twice: int) -> str:
    of_pairs = ngettext(
        "%(count)s pair of records looks like one person.",
        "%(count)s pairs of records look like one person.",
        pairs,
    )
    of_people = ngettext(
        "%(count)s person is placed at two partners for the same.",
        "%(count)s people are placed at two partners for the same.",
        twice,
    )
    return " ".join([of_pairs % {"count": pairs}, of_people % {"count": twice}])


def _pair(pair: Pair) -> dict[str, object]:
    return {
        "first": pair.first.reference,
        "second": pair.second.reference,
        "reasons": [reason.value for reason in pair.reasons],
        "both_followed": pair.both_followed,
    }


def _twice(one: PlacedTwice) -> dict[str, object]:
    return {
        "participant": one.participant.reference,
        "family": one.family.value,
        "partners": [partner.slug for partner in one.partners],
    }
