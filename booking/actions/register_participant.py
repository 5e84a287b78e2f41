from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal, phones
from booking.errors import Invalid, KnownInNetwork, NotAllowed
from booking.identity import fold, identity_key
from booking.locking import lock_name, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.person import PhoneState

_LONGEST_NAME = 80


def register_participant(
    *,
    by: access.Actor,
    now: datetime,
    last_name: str,
    first_name: str,
    birth_date: date,
    phone: str = "",
    language: str = "fr",
    texts_refused: bool = False,
    needs_interpreter: bool = False,
    not_before: date | None = None,
) -> Participant:
    """Register a person, or return the one of that name and birth date who is known already.

    `phone` is taken in any shape; what is no number is kept as it was written and the person is
    marked for a call. For somebody known, what was missing is filled in (a number, a need, a later
    earliest date), a refusal of texts is added, and nothing is taken away.

    Raises NotAllowed, Busy, KnownInNetwork when the actor may not see who is known, or Invalid when a name is empty or does not fit.
    """
    if by is not None and not (access.scope(by).network or access.scope(by).admin_of):
        raise NotAllowed
    if not fold(last_name) or not fold(first_name):
        raise Invalid(_("A person needs a last name and a first name."))
    if max(len(last_name.strip()), len(first_name.strip())) > _LONGEST_NAME:
        raise Invalid(_("A name has at most 80 letters."))
    key = identity_key(last_name, first_name, birth_date)
    with writing():
        # There is no row to lock for somebody who is not there yet.
        lock_name(key)
        known = (
            Participant.objects.select_for_update(no_key=True)
            .filter(identity_key=key)
            .order_by("pk")
            .first()
        )
        if known is not None and by is not None and not access.reveals(known, by):
            raise KnownInNetwork
        person = known or Participant(
            identity_key=key,
            last_name=last_name.strip(),
            first_name=first_name.strip(),
            birth_date=birth_date,
            language=language,
        )
        before = _details(person)
        if person.phone == "":
            _take_phone(person, phone)
        person.texts_refused |= texts_refused
        person.needs_interpreter |= needs_interpreter
        if not_before and (person.not_before is None or person.not_before < not_before):
            person.not_before = not_before
        after = _details(person)
        changed = sorted(name for name in after if after[name] != before[name])
        if known is None or changed:
            person.save()
            verb = Verb.PARTICIPANT_CHANGED if known else Verb.PARTICIPANT_REGISTERED
            # The names of what changed, never the values: the journal outlives the record.
            facts = {"changed": changed}
            journal.write(
                [JournalEntry(at=now, actor=by, verb=verb, participant=person, facts=facts)]
            )
    return person


def _details(person: Participant) -> dict[str, object]:
    fields = ("phone", "phone_as_typed", "phone_state", "texts_refused")
    return {name: getattr(person, name) for name in (*fields, "needs_interpreter", "not_before")}


def _take_phone(person: Participant, typed: str) -> None:
    typed = typed.strip()
    if not typed:
        return
    try:
        person.phone = phones.parse(typed)
        person.phone_as_typed = ""
        person.phone_state = PhoneState.UNCONFIRMED
    except ValueError:
        person.phone_as_typed = typed[:40]
        person.phone_state = PhoneState.UNUSABLE
