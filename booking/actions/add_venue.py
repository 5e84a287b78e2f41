from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.addresses import postcode_of
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Partner, Venue
from booking.models.journal import Verb
from booking.once import once


@once
def add_venue(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    name: str,
    street: str,
    postcode: str,
    city: str,
    room: str = "",
    victims_only: bool = False,
    key: str = "",
) -> Venue:
    """Add a place where the partner receives people.

    Raises NotAllowed, or Invalid for what is no postcode, or when the partner has this room of this
    venue already.
    """
    access.must_manage(by, partner.pk)
    postcode = postcode_of(postcode)
    with writing():
        if Venue.objects.filter(partner=partner, name=name, room=room).exists():
            raise Invalid(_("This partner already has this venue and room."))
        venue = Venue.objects.create(
            partner=partner,
            name=name,
            street=street,
            postcode=postcode,
            city=city,
            room=room,
            victims_only=victims_only,
        )
        facts = {"venue": venue.pk, "victims_only": victims_only}
        journal.write(
            [JournalEntry(at=now, actor=by, verb=Verb.VENUE_ADDED, partner=partner, facts=facts)]
        )
    return venue
