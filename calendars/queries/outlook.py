from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import Session
from calendars.dates import begins, planned
from calendars.form import Form, as_it_is
from calendars.models import Rhythm, RhythmDate
from calendars.own import FLAGS
from calendars.queries.at_a_glance import odd_list
from calendars.queries.dates_ahead import dates_ahead
from calendars.wanted import Day, beyond


class State(TextChoices):
    """What becomes of one date."""

    HELD = "held", _("takes place")
    CANCELLED = "cancelled", _("cancelled")
    SKIPPED = "skipped", _("is none")
    TO_COME = "to_come", _("not published yet")


@dataclass(frozen=True)
class Outlook:
    #: When the rhythm puts it, in Europe/Paris; the session says when it really is.
    start: datetime
    state: State
    #: With `taken` and `held`, and its venue.
    session: Session | None = None
    #: What was decided for this date alone (calendars.own).
    own: tuple[str, ...] = ()
    #: Why it is none, or what speaks against it: see `calendars.skipping.reason`.
    why: str = ""
    name: str = ""
    #: It should not take place, but somebody used it: move or cancel it.
    to_settle: bool = False


def outlook(by: access.Actor, rhythm: Rhythm, *, now: datetime, until: datetime) -> list[Outlook]:
    """Every date of a rhythm from today to `until` (an instant, at most 400 days ahead), published or
    not; of an opening every slot, or the day when all of it is skipped. In order; five queries.

    Raises NotAllowed unless the actor manages its partner.
    """
    access.must_manage(by, rhythm.partner_id)
    form = as_it_is(rhythm)
    ahead = dates_ahead(rhythm, now)
    days = form.days(form.judge(now, until), now, until)
    wanted = _wanted(rhythm, days, ahead, now)
    found = [_of(rhythm, row, form, wanted, now) for row in ahead if begins(row) < until]
    published = rhythm.published_until
    coming = [day for day in days if published is None or day.start >= published]
    found += [one for day in coming if day.date in wanted for one in _to_come(day)]
    return sorted(found, key=lambda one: one.start)


def _wanted(rhythm: Rhythm, days: list[Day], ahead: list[RhythmDate], now: datetime) -> set[date]:
    """The days that are not too many."""
    rows: dict[date, list[RhythmDate]] = defaultdict(list)
    if rhythm.times is not None:
        ids = [row.pk for row in ahead]
        for row in rhythm.dates.exclude(pk__in=ids).select_related("session"):
            rows[row.day].append(row)
        for row in ahead:
            rows[row.day].append(row)
    too_many = beyond(rhythm.times, days, rows, now=now)
    return {day.date for day in days} - too_many


def _of(rhythm: Rhythm, row: RhythmDate, form: Form, wanted: set[date], now: datetime) -> Outlook:
    session = row.session
    state = State.HELD
    if session is None:
        state = State.SKIPPED
    elif session.cancelled:
        state = State.CANCELLED
    against = bool(row.why) and odd_list(rhythm, row) == "to_settle"
    # Before its present form the rhythm had another one, whose dates stay as they are.
    falls_out = row.day >= form.first_day and row.day not in wanted and planned(row, now)
    return Outlook(
        start=begins(row),
        state=state,
        session=session,
        own=tuple(flag for flag in FLAGS if getattr(row, flag)),
        why=row.why,
        name=row.name,
        to_settle=state == State.HELD and bool(against or falls_out),
    )


def _to_come(day: Day) -> Iterator[Outlook]:
    if day.skipped and (verdict := day.verdict) is not None:
        yield Outlook(day.start, State.SKIPPED, why=verdict.why, name=verdict.name)
        return
    for slot in day.slots:
        state = State.SKIPPED if slot.skipped else State.TO_COME
        said = slot.verdict
        yield Outlook(
            slot.start, state, why=said.why if said else "", name=said.name if said else ""
        )
