from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from booking import access, journal
from booking.errors import NotAllowed
from booking.locking import writing
from booking.models import JournalEntry, Seat
from booking.models.journal import Verb
from booking.once import once
from sms.queries.letters import matters


@once
def write_letters(
    *, by: access.Actor, now: datetime, seats: Collection[Seat], key: str = ""
) -> list[Seat]:
    """Note that a letter was written about each of these seats, in place of a text.

    Nobody is told by that yet: `note_told` is, once the letter was posted or handed over.
    Raises NotAllowed for a seat that the actor may not see, NotActive where there is nothing to
    write, Busy.
    """
    wanted = {seat.pk for seat in seats}
    with writing():
        visible = Seat.objects.filter(pk__in=wanted)
        if by is not None:
            visible = visible.visible_to(by)
        found = matters(visible.order_by("starts_at", "pk"), now)
        if len(found) < len(wanted):
            raise NotAllowed
        journal.write(
            JournalEntry(
                at=now,
                actor=by,
                verb=Verb.LETTER_WRITTEN,
                partner=one.seat.session.partner,
                session=one.seat.session,
                seat=one.seat,
                participant=one.seat.participant,
                facts={"sittings": [seat.pk for seat in one.spoken_of]},
            )
            for one in found
        )
    return [one.seat for one in found]
