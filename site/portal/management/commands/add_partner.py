from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from booking import actions
from booking.errors import BookingError
from booking.models import Partner, Service, Venue
from booking.models.partner import Department
from portal.usual_services import add_usual_services


class Command(BaseCommand):
    help = "Add a partner with its first venue; the first one brings the usual services."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--department", required=True, choices=Department.values)
        parser.add_argument("--phone", required=True, help="stands in every text as written here")
        parser.add_argument("--street", required=True)
        parser.add_argument("--postcode", required=True)
        parser.add_argument("--city", required=True)
        parser.add_argument("--room", default="")

    def handle(self, *, name: str, department: str, phone: str, **place: Any) -> None:
        venue = {key: place[key] for key in ("street", "postcode", "city", "room")}
        slug = slugify(name)[:50]
        try:
            Partner(name=name, slug=slug, department=department, phone=phone).full_clean()
            Venue(name=place["city"], **venue).clean_fields(exclude=["partner"])
            with transaction.atomic():
                self._add(name, slug, department, phone, venue)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except BookingError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("%(name)s is part of the network.") % {"name": name})

    def _add(
        self, name: str, slug: str, department: str, phone: str, venue: dict[str, str]
    ) -> None:
        now = timezone.now()
        if not Service.objects.exists():
            add_usual_services(now=now)
        partner = actions.add_partner(
            by=None,
            now=now,
            name=name,
            slug=slug,
            department=department,
            phone=phone,
            services=Service.objects.all(),
        )
        actions.add_venue(
            by=None,
            now=now,
            partner=partner,
            name=venue["city"],
            street=venue["street"],
            postcode=venue["postcode"],
            city=venue["city"],
            room=venue["room"],
        )
