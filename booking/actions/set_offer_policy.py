from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Partner
from booking.models.journal import Verb
from booking.once import once

_LONGEST_HOURS = 24 * 14


@once
def set_offer_policy(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    hours: int,
    confirmed_at_once: bool,
    key: str = "",
) -> Partner:
    """For how many hours a partner holds an offered place, and whether whoever waits is booked
    without being asked. Offers made before keep their end. Raises NotAllowed, Invalid, Busy."""
    access.must_manage(by, partner.pk)
    if not 1 <= hours <= _LONGEST_HOURS:
        raise Invalid(_("An offer holds from 1 hour to 14 days."))
    with writing():
        current = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        before = {"hours": current.offer_hours, "confirmed": current.offers_confirmed}
        after = {"hours": hours, "confirmed": confirmed_at_once}
        if before == after:
            return current
        current.offer_hours, current.offers_confirmed = hours, confirmed_at_once
        current.save(update_fields=["offer_hours", "offers_confirmed"])
        facts = {"before": before, "after": after}
        verb = Verb.POLICY_CHANGED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, partner=current, facts=facts)])
    return current
