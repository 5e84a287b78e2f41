from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import access, doubles, journal, phones
from booking.errors import Busy, Invalid, KnownInNetwork, LooksKnown, NotAllowed
from booking.identity import fold
from booking.locking import lock_name, lock_participants, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.language import Language
from booking.models.person import PhoneState
from booking.numbers import inherit_refusal, log_warned
from booking.once import once
from booking.storable import refuse_unstorable

_LONGEST_NAME = 80
_EARLIEST_BIRTH = date(1900, 1, 1)


@once
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
    anyway: bool = False,
    key: str = "",
) -> Participant:
    """Register a person, or return the one of that name and birth date who is known already.

    `phone` is taken in any shape; what is no number is kept as it was written and the person is
    marked for a call. For somebody known, what was missing is filled in (a number, a need, a later
    earliest date), a refusal of texts is added, and nothing is taken away. A record that was merged
    is followed to the one that goes on. The system itself takes over a refusal of texts that another
    record with this number holds.

    Raises NotAllowed, Busy, KnownInNetwork when the actor may not see who is known, Invalid when a
    name is empty or does not fit, nobody is born then or the language is not in the list, and unless
    `anyway`, LooksKnown when another record has this number or the same names exchanged; the system
    itself is not asked.
    """
    if by is not None and not (access.scope(by).network or access.scope(by).admin_of):
        raise NotAllowed
    _refuse_odd(last_name, first_name, birth_date, phone, language, now)
    identity, exchanged = doubles.identity_keys(last_name, first_name, birth_date)
    with writing():
        # There is no row to lock for somebody who is not there yet. One lock for both orders of
        # the names: of two people who register them at once, the second is warned.
        lock_name(min(identity, exchanged))
        known = _known(identity)
        if by is not None:
            if known is not None and not access.reveals(known, by):
                raise KnownInNetwork
            described = _described(known, last_name, first_name, birth_date, phone)
            if not anyway and doubles.looks_like(described, by).exists():
                log_warned(by, "register_participant")
                raise LooksKnown
        person = known or Participant(
            identity_key=identity,
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
        if person.phone != before["phone"]:
            inherit_refusal(by=by, now=now, person=person)
    return person


def _refuse_odd(
    last_name: str, first_name: str, birth_date: date, phone: str, language: str, now: datetime
) -> None:
    """Raise Invalid for what nobody is called, and for what one engine would store and the other
    would not."""
    if not fold(last_name) or not fold(first_name):
        raise Invalid(_("A person needs a last name and a first name."))
    if max(len(last_name.strip()), len(first_name.strip())) > _LONGEST_NAME:
        raise Invalid(_("A name has at most 80 letters."))
    refuse_unstorable(last_name, first_name, phone)
    if not _EARLIEST_BIRTH <= birth_date <= timezone.localdate(now):
        raise Invalid(_("A birth date is between 1900 and today."))
    if language not in Language.values:
        raise Invalid(_("There is no such language: choose one of the list."))


def _known(key: str) -> Participant | None:
    """The record of this key that goes on, locked. Raises Busy when it is just being merged."""
    those = Participant.objects.filter(identity_key=key).order_by("pk")
    known = those.select_for_update(no_key=True).filter(merged_into=None).first()
    if known is not None:
        return known
    merged = those.first()
    if merged is None:
        return None
    [known] = lock_participants([doubles.goes_on(merged).pk])
    if known.merged_into_id is not None:
        raise Busy
    return known


def _described(
    known: Participant | None, last_name: str, first_name: str, birth_date: date, typed: str
) -> doubles.Described:
    """Whom to compare with the other records. A number that is on record stays: see above."""
    if known is not None and known.phone:
        return doubles.Described(
            last_name, first_name, birth_date, known.phone, known.pk, known.phone_state
        )
    try:
        phone = phones.parse(typed)
    except ValueError:
        phone = ""
    return doubles.Described(last_name, first_name, birth_date, phone, known.pk if known else None)


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
