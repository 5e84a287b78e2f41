"""The demo's network: services, partners, venues, staff accounts, practitioners."""

from __future__ import annotations

from datetime import datetime

from booking import actions
from booking.models import Partner, User
from portal.demo.catalogue import PARTNERS, STAFF, WITH_VICTIMS_VENUE
from portal.usual_services import add_usual_services


def load_network(*, now: datetime) -> None:
    """Write the services, and the partners with their venues."""
    services = add_usual_services(now=now)
    for order, fact in enumerate(PARTNERS, start=1):
        partner = actions.add_partner(
            by=None,
            now=now,
            name=fact.name,
            slug=fact.slug,
            department=fact.department,
            phone=f"01 99 00 10 {order:02d}",
            services=services,
        )
        for room in ("salle 1", "salle 2"):
            actions.add_venue(
                by=None,
                now=now,
                partner=partner,
                name=f"Locaux de {fact.city}",
                street=fact.street,
                postcode=fact.postcode,
                city=fact.city,
                room=room,
            )
        if fact.slug == WITH_VICTIMS_VENUE:
            actions.add_venue(
                by=None,
                now=now,
                partner=partner,
                name=f"Accueil des victimes, {fact.city}",
                street="27 rue Basse",
                postcode=fact.postcode,
                city=fact.city,
                victims_only=True,
            )


def load_staff(*, now: datetime, password: str) -> None:
    """Write one account of each role, all with the same password, then the practitioners: one of
    them has an account."""
    accounts = {
        fact.name: actions.add_member(
            by=None,
            now=now,
            email=fact.email,
            name=fact.name,
            role=fact.role,
            partner=Partner.objects.get(slug=fact.partner) if fact.partner else None,
            password=password,
        )
        for fact in STAFF
    }
    tilleuls = Partner.objects.get(slug="tilleuls")
    actions.let_overbook(
        by=None, now=now, user=accounts["Odile Renard"], partner=tilleuls, allowed=True
    )
    for fact in PARTNERS:
        partner = Partner.objects.get(slug=fact.slug)
        for name in fact.practitioners:
            actions.add_practitioner(
                by=None, now=now, partner=partner, name=name, user=accounts.get(name)
            )


def set_passwords(password: str) -> None:
    """Give the demo's accounts this password: the file that knew the old one is gone."""
    for user in User.objects.filter(email__in=[fact.email for fact in STAFF]):
        user.set_password(password)
        user.save(update_fields=["password"])
