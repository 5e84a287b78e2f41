from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.labels import refuse_telling
from booking.locking import writing
from booking.models import JournalEntry, Partner, Programme, Service
from booking.models.journal import Verb
from booking.models.programme import ProgrammeKind
from booking.once import once


@once
def open_programme(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    kind: ProgrammeKind,
    label: str,
    late_joining: bool = False,
    key: str = "",
) -> Programme:
    """Open a course or a group; its sessions follow, with `open_session`.

    Raises NotAllowed, or Invalid when the partner has a programme of this label, does not offer
    the service, or a course could be joined late (domain rule 1).
    """
    access.must_manage(by, partner.pk)
    if kind == ProgrammeKind.COURSE and late_joining:
        raise Invalid(_("A course cannot be joined after its start."))
    refuse_telling(label, service)
    if not partner.services.filter(pk=service.pk).exists():
        raise Invalid(_("This partner does not offer this service."))
    with writing():
        if Programme.objects.filter(partner=partner, label=label).exists():
            raise Invalid(_("This partner already has a programme of this label."))
        programme = Programme.objects.create(
            partner=partner,
            service=service,
            kind=kind,
            label=label,
            late_joining=late_joining,
        )
        journal.write(
            [
                JournalEntry(
                    at=now,
                    actor=by,
                    verb=Verb.PROGRAMME_OPENED,
                    partner=partner,
                    programme=programme,
                    facts={"kind": kind},
                )
            ]
        )
    return programme
