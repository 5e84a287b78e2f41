"""Who appears in the tests, so that a permission test reads by itself."""

from __future__ import annotations

from booking.models.staff import Role
from tests import factories


class Cast:
    """`ours` and `theirs` are two partners; `stranger` runs the other one."""

    def __init__(self) -> None:
        self.ours = factories.partner(name="Le Relais", slug="le-relais")
        self.theirs = factories.partner(name="La Passerelle", slug="la-passerelle")
        self.coordinator = factories.user(Role.COORDINATOR, email="coordination@jalon.example")
        self.observer = factories.user(Role.OBSERVER, email="observation@jalon.example")
        self.admin = factories.user(Role.ADMIN, self.ours, email="admin@jalon.example")
        self.stranger = factories.user(Role.ADMIN, self.theirs, email="stranger@jalon.example")
        self.doctor = factories.user(Role.PRACTITIONER, self.ours, email="doctor@jalon.example")
        self.practitioner = factories.practitioner(self.ours, self.doctor, name="Dr Morel")
        self.venue = factories.venue(self.ours)
        self.hamel = factories.participant(last_name="Hamel", phone="+33639980072")
        self.referral = factories.referral(self.hamel, self.ours)
