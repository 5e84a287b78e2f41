from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import lock_practitioners, writing
from booking.models import JournalEntry, Practitioner, Spoken
from booking.models.journal import Verb
from booking.models.language import Language
from booking.once import once


@once
def set_languages(
    *,
    by: access.Actor,
    now: datetime,
    practitioner: Practitioner,
    languages: Iterable[Language],
    key: str = "",
) -> Practitioner:
    """Say in which languages a practitioner can hold an appointment: these and no others. French
    goes without saying and is not kept.

    Raises NotAllowed, Invalid for a language that is not on the list, Busy.
    """
    access.must_manage(by, practitioner.partner_id)
    wanted = {str(language) for language in languages}
    if not wanted <= set(Language.values):
        raise Invalid(_("Choose a language from the list."))
    wanted -= {Language.FRENCH}
    with writing():
        lock_practitioners([practitioner.pk])
        spoken = Spoken.objects.filter(practitioner=practitioner)
        before = set(spoken.values_list("language", flat=True))
        if before != wanted:
            spoken.exclude(language__in=wanted).delete()
            Spoken.objects.bulk_create(
                Spoken(practitioner=practitioner, language=language)
                for language in sorted(wanted - before)
            )
            facts = {
                "practitioner": practitioner.pk,
                "before": sorted(before),
                "after": sorted(wanted),
            }
            entry = JournalEntry(
                at=now,
                actor=by,
                verb=Verb.LANGUAGES_CHANGED,
                partner_id=practitioner.partner_id,
                facts=facts,
            )
            journal.write([entry])
    return practitioner
