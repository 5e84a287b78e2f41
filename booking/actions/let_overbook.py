from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Membership, Partner, User
from booking.models.journal import Verb
from booking.models.staff import Role
from booking.once import once


@once
def let_overbook(
    *,
    by: access.Actor,
    now: datetime,
    user: User,
    partner: Partner,
    allowed: bool,
    key: str = "",
) -> Membership:
    """Give a partner's admin the right to seat people beyond the capacity, or take it back. The
    coordination's to give; it has the right itself.

    Raises NotAllowed, Invalid when the account is no admin there, Busy."""
    access.must_coordinate(by)
    with writing():
        held = Membership.objects.select_for_update(of=("self",), no_key=True)
        found = held.filter(user=user, partner=partner, role=Role.ADMIN).first()
        if found is None:
            raise Invalid(_("This account is no admin of this partner."))
        if found.may_overbook != allowed:
            found.may_overbook = allowed
            found.save(update_fields=["may_overbook"])
            facts = {"user": user.pk, "may_overbook": allowed}
            verb = Verb.POLICY_CHANGED
            journal.write([JournalEntry(at=now, actor=by, verb=verb, partner=partner, facts=facts)])
    return found
