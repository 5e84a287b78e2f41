from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid, NotAllowed
from booking.locking import writing
from booking.models import JournalEntry, Partner, Service
from booking.models.journal import Verb
from booking.once import once
from booking.phones import callable_number


@once
def add_partner(
    *,
    by: access.Actor,
    now: datetime,
    name: str,
    slug: str,
    department: str,
    phone: str,
    services: Iterable[Service] = (),
    key: str = "",
) -> Partner:
    """Add an association to the network. Only the coordination may.

    Raises NotAllowed, or Invalid when the name is taken or the phone is no number.
    """
    if by is not None and not access.scope(by).network:
        raise NotAllowed
    if not callable_number(phone):
        raise Invalid(_("Texts need a number that people can call: write one."))
    with writing():
        if Partner.objects.filter(name=name).exists():
            raise Invalid(_("A partner of this name exists already."))
        partner = Partner.objects.create(name=name, slug=slug, department=department, phone=phone)
        partner.services.set(services)
        journal.write([JournalEntry(at=now, actor=by, verb=Verb.PARTNER_ADDED, partner=partner)])
    return partner
