from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.locking import writing
from booking.models import Session
from booking.once import once
from calendars.closable import must_close
from calendars.closing import reopen
from calendars.models import Closure, RhythmDate


@dataclass(frozen=True)
class Lifted:
    closure: Closure
    #: So many sessions were opened again at once; of many rhythms, soon after.
    opened: int
    #: Dates of an earlier form of their rhythm, which nothing can bring back by itself: open them by
    #: hand if they are wanted.
    left: tuple[RhythmDate, ...]
    #: Others lead these on without who was absent, who is not free then, or absent all the same.
    without: tuple[Session, ...] = ()


@once
def lift_closure(*, by: access.Actor, now: datetime, closure: Closure, key: str = "") -> Lifted:
    """It is not closed after all, or no longer: the dates that were taken back come back, and who was
    absent leads again. What was cancelled stays cancelled. Raises NotAllowed, Invalid, Busy."""
    must_close(by, closure)
    with writing():
        # Its row first: of two who lift it at once, the second sees it lifted.
        standing = Closure.objects.select_for_update(no_key=True, of=("self",))
        locked = standing.select_related("venue", "practitioner").get(pk=closure.pk)
        if locked.lifted_at is not None:
            raise Invalid(_("This closure was lifted already."))
        if locked.ends_at <= now:
            raise Invalid(_("This is over already."))
        opened, left, without = reopen(locked, by=by, now=now)
    locked.lifted_at = now
    return Lifted(locked, opened, left, without)
