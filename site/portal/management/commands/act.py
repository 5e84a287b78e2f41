from __future__ import annotations

import json
from argparse import ArgumentParser
from difflib import get_close_matches
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DataError
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.errors import BookingError
from booking.models import User
from portal.acting import telling
from portal.acting.unreadable import Unreadable
from portal.acting.values import read, refuse_odd
from portal.acting.verbs import Verb, verbs


class Command(BaseCommand):
    help = "Do any of the booking actions; --list says which there are and what each needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", nargs="?", default="", help="such as book_seat")
        parser.add_argument("given", nargs="*", metavar="name=value")
        parser.add_argument("--list", action="store_true", help="print every verb, and do nothing")
        parser.add_argument("--by", default="", metavar="E-MAIL", help="whose rights count")
        parser.add_argument("--key", default="", help="the same key again has no second effect")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(
        self, *, verb: str, given: list[str], by: str, key: str, json: bool, **options: Any
    ) -> None:
        known = verbs()
        if options["list"]:
            self.stdout.write("\n\n".join(_described(one) for one in known.values()))
            return
        if verb not in known:
            raise CommandError(_unknown(verb, list(known)))
        chosen = known[verb]
        arguments = _arguments(chosen, given)
        if key and not chosen.takes_key:
            raise CommandError(_("%(verb)s takes no key.") % {"verb": verb})
        if key:
            arguments["key"] = key
        answer = telling.told(_do(chosen, arguments, _actor(by)))
        self.stdout.write(_as_json(verb, answer) if json else f"{verb}: {telling.line(answer)}")


def _described(verb: Verb) -> str:
    return "\n".join([verb.name, f"    {verb.summary}", *(f"    {one}" for one in verb.arguments)])


def _unknown(verb: str, known: list[str]) -> str:
    close = ", ".join(get_close_matches(verb, known))
    if close:
        return _("There is no verb %(verb)s. Did you mean: %(close)s?") % {
            "verb": verb,
            "close": close,
        }
    return _("Say which verb. `manage.py act --list` prints every one.")


def _arguments(verb: Verb, given: list[str]) -> dict[str, object]:
    """Raises CommandError that says everything that is wrong, a line each."""
    known = {one.name: one for one in verb.arguments}
    values: dict[str, object] = {}
    wrong = []
    for pair in given:
        name, equals, word = pair.partition("=")
        argument = known.get(name)
        if not equals:
            wrong.append(_("%(pair)s: write name=value.") % {"pair": pair})
        elif argument is None:
            wrong.append(_("%(name)s: there is no such argument.") % {"name": name})
        elif name in values:
            wrong.append(_("%(name)s: given twice.") % {"name": name})
        else:
            try:
                values[name] = read(word, argument.hint)
                refuse_odd(values[name], argument.field)
            except Unreadable as error:
                values[name] = None  # It is not missing.
                wrong.append(f"{name}: {error}")
    wrong += [
        _("%(argument)s is missing.") % {"argument": one}
        for one in verb.arguments
        if one.required and one.name not in values
    ]
    wrong += [
        _("%(argument)s is missing: say at least one of its parts.") % {"argument": one.name}
        for one in verb.wholes
        if one.required and not one.said_in(values)
    ]
    if wrong:
        raise CommandError("\n".join([*wrong, "", _described(verb)]))
    return verb.whole(values)


def _actor(email: str) -> User | None:
    if not email:
        return None
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError(_("--by: there is no account of that e-mail address."))
    return user


def _do(verb: Verb, arguments: dict[str, object], by: User | None) -> object:
    try:
        return verb.action(by=by, now=timezone.now(), **arguments)
    except BookingError as refusal:
        raise CommandError(str(refusal)) from refusal
    except DataError as error:
        # The database's own words may quote a name.
        raise CommandError(_("A value is too long or too large. Check them.")) from error


def _as_json(verb: str, answer: object) -> str:
    return json.dumps({"verb": verb, "answer": answer}, ensure_ascii=False)
