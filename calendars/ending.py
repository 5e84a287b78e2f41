"""What becomes of a rhythm's dates when it ends. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import Session
from booking.reach import why_no_text
from calendars.audience import People
from calendars.change import refuse_odd_day
from calendars.models import Rhythm, RhythmDate
from calendars.plan import Known, Stays, read
from calendars.review import Remains, Review, token


class Ending(TextChoices):
    """What becomes of the dates where somebody sits or waits."""

    KEEP = "keep", _("take place all the same")
    CANCEL = "cancel", _("are cancelled, and everybody is told")


@dataclass
class End:
    """The dates from a day on."""

    from_day: date
    rows: list[RhythmDate]
    #: Nobody ever used them.
    taken_back: list[Known] = field(default_factory=list)
    #: Nobody is there any more, or all of them are to be cancelled.
    cancelled: list[Known] = field(default_factory=list)
    kept: list[Known] = field(default_factory=list)

    @property
    def last(self) -> date | None:
        return max((one.row.day for one in self.kept), default=None)


def end(rhythm: Rhythm, from_day: date, *, seated: Ending, now: datetime) -> End:
    rows, known = read(rhythm, from_day)
    found = End(from_day, [row for row in rows if row.day >= from_day])
    for one in known:
        if one.session.cancelled or one.session.starts_at <= now:
            continue
        if not one.used:
            found.taken_back.append(one)
        elif one.occupied and seated == Ending.KEEP:
            found.kept.append(one)
        else:
            found.cancelled.append(one)
    return found


def review_end(
    *, by: access.Actor, now: datetime, rhythm: Rhythm, from_day: date, seated: Ending = Ending.KEEP
) -> Review:
    """What `end_rhythm` would do. Raises NotAllowed, Invalid."""
    access.must_manage(by, rhythm.partner_id)
    refuse_odd_day(rhythm, from_day, now)
    return of_end(rhythm, end(rhythm, from_day, seated=seated, now=now))


def of_end(rhythm: Rhythm, end: End) -> Review:
    """Before anything of it was carried out."""
    cancelled: list[Session] = [one.session for one in end.cancelled]
    people = People(cancelled)
    told = people.of(cancelled)
    return Review(
        token=token(
            rhythm.pk,
            end.from_day,
            [one.session.pk for one in end.taken_back],
            [(one.session.pk, one.session.revision) for one in end.cancelled],
            [one.session.pk for one in end.kept],
            [(seat.pk, why_no_text(seat.participant)) for seat in people.seats],
        ),
        taken_back=len(end.taken_back),
        remains=tuple(Remains(one.session, Stays.KEPT) for one in end.kept),
        cancelled=tuple(cancelled),
        by_text=sum(why_no_text(person) is None for person in told),
        to_call=sum(why_no_text(person) is not None for person in told),
        last=end.last,
    )
