from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid, NotAllowed
from booking.locking import writing
from booking.models import JournalEntry, Membership, Partner, User
from booking.models.journal import Verb
from booking.models.staff import NETWORK_ROLES, Role
from booking.once import once


@once
def add_member(
    *,
    by: access.Actor,
    now: datetime,
    email: str,
    name: str,
    role: Role,
    partner: Partner | None = None,
    password: str | None = None,
    key: str = "",
) -> User:
    """Give somebody an account with one role, or give a known account one role more.

    A partner admin may add admins and practitioners of their own partner; the network's own roles
    (coordinator, observer) are the coordination's to give. A known account keeps its name and
    password. Raises NotAllowed, or Invalid when role and partner do not fit.
    """
    if (role in NETWORK_ROLES) != (partner is None):
        raise Invalid(_("Coordinators and observers belong to the network, others to a partner."))
    if partner is None:
        if by is not None and not access.scope(by).network:
            raise NotAllowed
    else:
        access.must_manage(by, partner.pk)
    with writing():
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            user = User.objects.create_user(email, password, name=name)
        _given, new = Membership.objects.get_or_create(user=user, role=role, partner=partner)
        if not new:
            return user
        facts = {"user": user.pk, "role": role}
        verb = Verb.MEMBER_ADDED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, partner=partner, facts=facts)])
    return user
