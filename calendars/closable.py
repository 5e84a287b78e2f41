"""Who may close what, what is no closure, and which rhythms one concerns."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.identity import fold
from booking.labels import tells
from booking.models import JournalEntry
from booking.models.journal import Verb
from booking.storable import refuse_unstorable
from calendars.models import Closure, Rhythm
from calendars.recurrence import FIRST_YEAR, LAST_YEAR, PARIS

_LONGEST = timedelta(days=400)
_LONGEST_NAME = 80

# Beginnings of words that say something of somebody's health: colleagues read this name.
_OF_HEALTH = (
    *("malad", "hopita", "hospit", "grippe", "covid", "cancer", "depress", "medic"),
    *("chirurg", "enceinte", "grossesse", "matern", "burn"),
)
# Whole words of that kind. A town hall issues an “arrêté”, and there is a “rue de la Santé”.
_OF_HEALTH_WHOLE = ("arret", "arrets", "sante")


def refuse_odd(name: str, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise Invalid unless these are aware instants in order, not over yet, at most 400 days apart,
    and the name says nothing that agendas must not."""
    refuse_unstorable(name)
    folded = fold(name)
    if not folded or len(name) > _LONGEST_NAME:
        raise Invalid(_("A closure has a name, of at most 80 characters: “Summer closing”."))
    if tells(name) or _of_health(name):
        raise Invalid(_("Colleagues read this name: nothing on health, and none of the services."))
    if starts_at.tzinfo is None or ends_at.tzinfo is None or starts_at >= ends_at:
        raise Invalid(_("Give the beginning and the end, in order."))
    if not FIRST_YEAR <= starts_at.year <= ends_at.year < LAST_YEAR:
        raise Invalid(_("Check the year."))
    if ends_at - starts_at > _LONGEST:
        raise Invalid(_("At most %(days)s days at once.") % {"days": _LONGEST.days})
    if ends_at <= now:
        raise Invalid(_("This is over already."))


def _of_health(name: str) -> bool:
    words = [fold(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name))]
    return any(
        word.startswith(_OF_HEALTH)
        or (word in _OF_HEALTH_WHOLE and (before, word) != ("la", "sante"))
        for before, word in pairwise(["", *words])
    )


def must_close(by: access.Actor, closure: Closure) -> None:
    """Raise NotAllowed unless the actor may note or lift this: the network's is the coordination's,
    any other belongs to whoever manages the partner, an absence also to the practitioner."""
    partner = partner_of(closure)
    if partner is None:
        access.must_coordinate(by)
    elif not _themselves(by, closure):
        access.must_manage(by, partner)


def _themselves(by: access.Actor, closure: Closure) -> bool:
    absent = closure.practitioner
    if by is None or absent is None or absent.user_id != by.pk:
        return False
    return absent.partner_id in access.scope(by).practises_at


def acting(by: access.Actor, closure: Closure) -> access.Actor:
    """Who does what follows: somebody who may only note their own absence changes no session, the
    system does."""
    partner = partner_of(closure)
    return by if partner is None or access.may_manage(by, partner) else None


def partner_of(closure: Closure) -> int | None:
    if closure.partner_id is not None:
        return closure.partner_id
    one = closure.venue or closure.practitioner
    return one.partner_id if one is not None else None


def concerned(closure: Closure) -> Q:
    """The rhythms for which it may matter."""
    goes_on = Q(ended_on=None) | Q(ended_on__gt=closure.starts_at.astimezone(PARIS).date())
    if closure.practitioner_id is not None:
        led = Rhythm.practitioners.through.objects.filter(practitioner=closure.practitioner_id)
        return goes_on & Q(pk__in=led.values("rhythm"))
    if closure.venue_id is not None:
        return goes_on & Q(venue=closure.venue_id)
    return goes_on if closure.partner_id is None else goes_on & Q(partner=closure.partner_id)


def entry(closure: Closure, verb: Verb, by: access.Actor, now: datetime) -> JournalEntry:
    """Without its name, which is free text."""
    facts = {
        "closure": closure.pk,
        "from": closure.starts_at.isoformat(),
        "until": closure.ends_at.isoformat(),
        "venue": closure.venue_id,
        "practitioner": closure.practitioner_id,
    }
    partner = partner_of(closure)
    return JournalEntry(at=now, actor=by, verb=verb, partner_id=partner, facts=facts)
