from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import writing
from booking.models import JournalEntry, Partner, Programme, Service
from booking.models.journal import Verb
from booking.models.programme import ProgrammeKind


def open_programme(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    kind: ProgrammeKind,
    label: str,
    late_joining: bool = False,
) -> Programme:
    """Open a course or a group; its sessions follow, with `open_session`. Raises NotAllowed."""
    access.must_manage(by, partner.pk)
    with writing():
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
