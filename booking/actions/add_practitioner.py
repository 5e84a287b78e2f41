from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Partner, Practitioner, User
from booking.models.journal import Verb
from booking.models.staff import Role
from booking.once import once


@once
def add_practitioner(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    name: str,
    user: User | None = None,
    key: str = "",
) -> Practitioner:
    """Add somebody who leads sessions at this partner, with or without an account.

    Raises NotAllowed, or Invalid when the partner has a practitioner of this name, or the account
    is not a practitioner's of this partner.
    """
    access.must_manage(by, partner.pk)
    if (
        user is not None
        and not user.memberships.filter(partner=partner, role=Role.PRACTITIONER).exists()
    ):
        raise Invalid(_("This account is not a practitioner’s of this partner."))
    with writing():
        if Practitioner.objects.filter(partner=partner, name=name).exists():
            raise Invalid(_("This partner already has a practitioner of this name."))
        practitioner = Practitioner.objects.create(partner=partner, name=name, user=user)
        facts = {"practitioner": practitioner.pk, "account": user.pk if user else None}
        verb = Verb.PRACTITIONER_ADDED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, partner=partner, facts=facts)])
    return practitioner
