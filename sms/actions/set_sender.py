from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Partner
from booking.models.journal import Verb
from booking.once import once
from sms.limits import AS_IT_IS
from sms.neutral import tells
from sms.templates import known_of


@once
def set_sender(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    sender: str,
    messaging_service: str = AS_IT_IS,
    key: str = "",
) -> Partner:
    """Choose under which name a partner's texts arrive: 3 to 11 letters or digits that tell nobody who
    writes, and why. `messaging_service` is the provider's own choice among several numbers instead,
    "" for none; left out, it stays as it is.

    For whoever manages the partner; another messaging service for the coordination. Raises
    NotAllowed, Invalid, Busy.
    """
    access.must_manage(by, partner.pk)
    name = _cleaned("sms_sender", " ".join(sender.split()))
    if not any(letter.isalpha() for letter in name):
        raise Invalid(
            _("A sender needs a letter: a number would be taken for somebody's telephone.")
        )
    known = known_of(partner)
    if tells(name, partner.name, known.everybody, known.others, known.services):
        raise Invalid(
            _("This sender tells who writes, or why: the phone may be in somebody else's hand.")
        )
    with writing():
        current = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        pool = current.messaging_service
        if messaging_service is not AS_IT_IS and messaging_service != pool:
            access.must_coordinate(by)
            pool = messaging_service and _cleaned("messaging_service", messaging_service)
        before = {"sender": current.sms_sender, "messaging_service": current.messaging_service}
        after = {"sender": name, "messaging_service": pool}
        if before == after:
            return current
        current.sms_sender, current.messaging_service = name, pool
        current.save(update_fields=["sms_sender", "messaging_service"])
        facts = {"before": before, "after": after}
        verb = Verb.SENDER_CHANGED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, partner=current, facts=facts)])
    return current


def _cleaned(name: str, value: str) -> str:
    """Raise Invalid for what the field does not allow."""
    field: Any = Partner._meta.get_field(name)  # noqa: SLF001 - documented all the same
    try:
        return str(field.clean(value, None))
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
