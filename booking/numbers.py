"""Who else has a number. One phone may be two people's: that is worth a warning, and no refusal."""

from __future__ import annotations

from booking import access
from booking.errors import NumberInUse
from booking.locking import lock_name
from booking.models import Participant
from booking.models.person import PhoneState


def lock_number(e164: str) -> None:
    """Let one transaction at a time write this number into a record, or judge it. Before any row:
    of two records that get one number at once, the second is warned."""
    if e164:
        lock_name(f"number {e164}")


def refuse_in_use(*, by: access.Actor, person: Participant, e164: str, anyway: bool) -> None:
    """Raise NumberInUse when another record has this number and it is not known to be wrong there.
    The system itself is not asked. One query."""
    if by is None or anyway or not e164:
        return
    others = Participant.objects.filter(phone=e164, merged_into=None).exclude(pk=person.pk)
    if others.exclude(phone_state=PhoneState.WRONG).exists():
        raise NumberInUse
