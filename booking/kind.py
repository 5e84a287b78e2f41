"""What the dates that are opened together have in common."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, changing
from booking.diary import Times
from booking.errors import Invalid
from booking.inserting import another
from booking.labels import refuse_telling
from booking.models import Partner, Practitioner, Programme, Purpose, Service, Session, Venue
from booking.models.language import Language
from booking.models.programme import ProgrammeKind


@dataclass(frozen=True, kw_only=True)
class Kind:
    partner: Partner
    service: Service
    venue: Venue
    label: str
    capacity: int
    allowance: int
    pause_minutes: int
    programme: Programme | None
    leaders: tuple[Practitioner, ...]
    purpose: Purpose | None
    language: str
    #: "" for none.
    interpreter: str
    open_to_network: bool

    @property
    def is_course(self) -> bool:
        return self.programme is not None and self.programme.kind == ProgrammeKind.COURSE

    def refuse(self, by: access.Actor) -> None:
        """Raise NotAllowed, or Invalid for a value that makes no sense whatever the date."""
        access.must_manage(by, self.partner.pk)
        refuse_telling(self.label, self.service)
        offered = set(self.partner.services.values_list("pk", flat=True))
        if self.service.pk not in offered:
            raise Invalid(_("This partner does not offer this service."))
        if self.programme is not None and self.programme.service_id != self.service.pk:
            raise Invalid(_("A session has the service of its programme."))
        if self.purpose is not None:
            wanted = set(self.purpose.services.values_list("pk", flat=True))
            if self.service.pk not in wanted or not wanted <= offered:
                raise Invalid(
                    _("A slot is for its own service and others that the partner offers.")
                )
        known = Language.values
        if self.language not in known or self.interpreter not in ("", *known):
            raise Invalid(_("Choose a language from the list."))
        changing.refuse_size(self.capacity, self.allowance)
        changing.refuse_foreign(self.partner, self.venue, self.leaders, self.programme)

    def as_now(self) -> Kind:
        """With the venue, the partner and the service as they are now, not as the caller read
        them."""
        venue = Venue.objects.select_related("partner").get(pk=self.venue.pk)
        service = Service.objects.get(pk=self.service.pk)
        return replace(self, venue=venue, partner=venue.partner, service=service)

    def sessions(self, times: Sequence[Times], now: datetime) -> list[Session]:
        """One for each of these times, not saved."""
        like = Session(
            partner=self.partner,
            service=self.service,
            venue=self.venue,
            programme=self.programme,
            purpose=self.purpose,
            label=self.label,
            pause_minutes=self.pause_minutes,
            capacity=self.capacity,
            allowance=self.allowance,
            language=self.language,
            interpreter=self.interpreter,
            open_to_network=self.open_to_network,
            changed_at=now,
        )
        return [
            another(like, uid=uuid.uuid4(), starts_at=start, ends_at=end) for start, end in times
        ]
