from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid, NotPossibleHere
from booking.locking import lock_records, writing
from booking.models import (
    HiddenFrom,
    JournalEntry,
    Participant,
    Partner,
    Referral,
    Referrer,
    Service,
)
from booking.models.journal import Verb
from booking.models.person import Mandate
from booking.once import once
from booking.storable import refuse_unstorable

_LONGEST_NOTE = 200


@once
def record_referral(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    partner: Partner,
    service: Service,
    mandate: Mandate,
    referred_on: date,
    referrer: Referrer | None = None,
    deadline: date | None = None,
    note: str = "",
    key: str = "",
) -> Referral:
    """Record that a person was sent to a partner for a service, or return the referral of that
    day if it is there already.

    Only for somebody whose record the actor may open: the referral would open it, and a refusal
    for people who are hidden from this partner must not tell them from those unknown to it.

    Raises NotAllowed, Merged, NotPossibleHere, Busy, Invalid (no such mandate, deadline before
    referral, service not offered there, note too long).
    """
    access.must_manage(by, partner.pk)
    access.must_know(by, participant)
    if mandate not in Mandate.values:
        raise Invalid(_("There is no such mandate: choose one of the list."))
    if deadline is not None and deadline < referred_on:
        raise Invalid(_("The deadline is before the date of referral."))
    if not partner.services.filter(pk=service.pk).exists():
        raise Invalid(_("This partner does not offer this service."))
    if len(note) > _LONGEST_NOTE:
        raise Invalid(_("A note has at most 200 characters."))
    refuse_unstorable(note)
    with writing():
        lock_records([participant.pk])
        # Whoever is hidden from all the actor's partners is unknown to them: see above.
        if HiddenFrom.objects.filter(participant=participant, partner=partner).exists():
            raise NotPossibleHere
        referral, created = Referral.objects.get_or_create(
            participant=participant,
            partner=partner,
            service=service,
            referred_on=referred_on,
            defaults={
                "referrer": referrer,
                "mandate": mandate,
                "deadline": deadline,
                "note": note,
            },
        )
        if created:
            journal.write(
                [
                    JournalEntry(
                        at=now,
                        actor=by,
                        verb=Verb.REFERRAL_RECORDED,
                        partner=partner,
                        participant=participant,
                        facts={
                            "referral": referral.pk,
                            "service": service.pk,
                            "referrer": referrer.pk if referrer else None,
                        },
                    )
                ]
            )
    return referral
