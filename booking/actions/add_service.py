from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid, NotAllowed
from booking.locking import writing
from booking.models import JournalEntry, Service
from booking.models.journal import Verb
from booking.models.partner import ServiceFamily
from booking.once import once


@once
def add_service(
    *,
    by: access.Actor,
    now: datetime,
    name: str,
    family: ServiceFamily,
    letter: str,
    default_minutes: int,
    default_capacity: int = 1,
    interview_first: bool = False,
    key: str = "",
) -> Service:
    """Add a line to the network's catalogue. Only the coordination may. `interview_first`: nobody
    takes part before a welcome interview, as the law asks of courses.

    Raises NotAllowed, or Invalid when the name is taken or the usual length or size makes no sense.
    """
    if by is not None and not access.scope(by).network:
        raise NotAllowed
    if default_minutes < 5 or default_capacity < 1:
        raise Invalid(_("A service lasts at least 5 minutes and seats at least one person."))
    with writing():
        if Service.objects.filter(name=name).exists():
            raise Invalid(_("A service of this name exists already."))
        service = Service.objects.create(
            name=name,
            family=family,
            letter=letter,
            default_minutes=default_minutes,
            default_capacity=default_capacity,
            interview_first=interview_first,
        )
        facts = {"service": service.pk}
        journal.write([JournalEntry(at=now, actor=by, verb=Verb.SERVICE_ADDED, facts=facts)])
    return service
