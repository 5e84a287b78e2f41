"""Print the next free places for one person. References and counts, no names: a terminal keeps what
it shows."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.errors import BookingError
from booking.models import Participant, Partner, Service, User
from booking.models.language import Language
from booking.models.partner import Department
from booking.queries.finder import FirstDay, Found, Place, Search, find, first_days
from portal.acting import moments, rows
from portal.acting.unreadable import Unreadable


class Command(BaseCommand):
    help = "List the next free places where this person may sit, by the rules of booking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        many: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument("--person", metavar="REFERENCE", help="whose rules count")
        parser.add_argument("--service", required=True, metavar="NAME", **many)
        parser.add_argument("--department", choices=Department.values, **many)
        parser.add_argument("--partner", metavar="SHORT-NAME", **many)
        parser.add_argument(
            "--weekday", type=int, choices=range(1, 8), help="1 is Monday", metavar="1-7", **many
        )
        parser.add_argument("--after", metavar="HH:MM", help="starts at or after, Paris time")
        parser.add_argument("--before", metavar="HH:MM", help="ends at or before, Paris time")
        parser.add_argument("--language", choices=Language.values, default="")
        parser.add_argument("--earliest", metavar="YYYY-MM-DD")
        parser.add_argument(
            "--latest", metavar="YYYY-MM-DD", help="the nearest deadline if not said"
        )
        parser.add_argument("--by", default="", metavar="E-MAIL", help="whose rights count")
        parser.add_argument("--size", type=int, default=20, help="places on a page (20)")
        parser.add_argument("--cursor", default="", help="as the page before ended")
        parser.add_argument(
            "--first-days", action="store_true", help="each partner's first free day instead"
        )
        parser.add_argument("--json", action="store_true", help="for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        person = _row("person", options["person"], Participant)
        by = _row("by", options["by"], User)
        search, now = _search(options), timezone.now()
        try:
            if options["first_days"]:
                told, lines = _days(first_days(by, person, search, now=now))
            else:
                page = {"cursor": options["cursor"], "size": options["size"]}
                told, lines = _places(find(by, person, search, now=now, **page))
        except BookingError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(lines))


def _search(options: dict[str, Any]) -> Search:
    return Search(
        services=frozenset(_keys("service", options["service"], Service)),
        departments=frozenset(options["department"]),
        partners=frozenset(_keys("partner", options["partner"], Partner)),
        weekdays=frozenset(options["weekday"]),
        after=_read("after", options["after"], moments.hour),
        before=_read("before", options["before"], moments.hour),
        language=options["language"],
        earliest=_read("earliest", options["earliest"], moments.day),
        latest=_read("latest", options["latest"], moments.day),
    )


def _keys(name: str, words: list[str], kind: type[Model]) -> list[int]:
    return [row.pk for word in words if (row := _row(name, word, kind)) is not None]


def _row(name: str, word: str | None, kind: type[Model]) -> Any:
    return _read(name, word, lambda said: rows.find(said, kind))


def _read(name: str, word: str | None, how: Callable[[str], Any]) -> Any:
    """None for what was not said."""
    if not word:
        return None
    try:
        return how(word)
    except Unreadable as error:
        raise CommandError(f"--{name}: {error}") from None


def _places(found: Found) -> tuple[dict[str, Any], list[str]]:
    told = {
        "places": [_place(one) for one in found.places],
        "cursor": found.cursor,
        "latest": _iso(found.latest),
        "mandate": found.mandate,
    }
    count = len(found.places)
    lines = [_line(one) for one in found.places]
    lines.append(ngettext("%(count)s place.", "%(count)s places.", count) % {"count": count})
    if found.mandate is not None:
        lines[-1] += " " + _("Until the deadline of the mandate, %(day)s.") % {"day": found.latest}
    if found.cursor:
        lines.append(_("More with: %(how)s") % {"how": f"--cursor {found.cursor}"})
    return told, lines


def _place(one: Place) -> dict[str, Any]:
    start = timezone.localtime(one.session.starts_at)
    return {
        "session": one.session.pk,
        "programme": one.session.programme_id,
        "start": start.isoformat(),
        "end": timezone.localtime(one.session.ends_at).isoformat(),
        "partner": one.session.partner.slug,
        "venue": one.session.venue.name if one.session.venue else "",
        "service": one.service.name,
        "sessions": one.sessions,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "taken": one.taken,
        "free": one.free,
        "deadline_ok": one.deadline_ok,
    }


def _line(one: Place) -> str:
    start = timezone.localtime(one.session.starts_at)
    end = timezone.localtime(one.session.ends_at)
    words = [
        f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}",
        one.session.partner.slug,
        one.service.name,
        f"#{one.session.pk}",
        f"{one.taken}/{one.taken + one.free}",
    ]
    if one.sessions > 1:
        words.append(
            _("%(count)s sessions until %(day)s") % {"count": one.sessions, "day": one.last}
        )
    return "\t".join(words)


def _days(days: list[FirstDay]) -> tuple[dict[str, Any], list[str]]:
    told = [{"partner": one.partner.slug, "day": _iso(one.day)} for one in days]
    return {"days": told}, [f"{one['day'] or '–'}\t{one['partner']}" for one in told]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
