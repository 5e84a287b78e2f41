"""A rhythm as somebody wants it to be from a day on. Nothing is written here."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.kind import Kind
from booking.models import Practitioner, Service, Venue
from booking.models.language import Language
from calendars.form import Form, as_it_is, midnight
from calendars.models import Rhythm, Treatment
from calendars.proper import refuse_odd_rhythm
from calendars.recurrence import PARIS, Recurrence
from calendars.rhythms import MAX_DAYS, dates_of


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to be different from a day on; what is None stays. See `change_rhythm`."""

    from_day: date
    start: time | None = None
    minutes: int | None = None
    recurrence: Recurrence | None = None
    venue: Venue | None = None
    practitioners: Iterable[Practitioner] | None = None
    capacity: int | None = None
    allowance: int | None = None
    pause_minutes: int | None = None
    slot_minutes: int | None = None
    gap_minutes: int | None = None
    also_for: Iterable[Service] | None = None
    language: Language | None = None
    interpreter: Language | None = None
    no_interpreter: bool = False
    open_to_network: bool | None = None
    public_holidays: Treatment | None = None
    school_holidays: Treatment | None = None
    weekends: Treatment | None = None
    closures: Treatment | None = None

    def said(self) -> dict[str, object]:
        """As `change_rhythm` takes it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


#: What of a change is a column of the rhythm, of the same name.
_COLUMNS = (
    *("minutes", "venue", "capacity", "allowance", "pause_minutes", "slot_minutes", "gap_minutes"),
    *("language", "open_to_network", "public_holidays", "school_holidays", "weekends", "closures"),
)
CHANGED_COLUMNS = (*_COLUMNS, "interpreter", "times", "purpose")
#: What the journal says of them: numbers and short words.
FORM_FACTS = tuple(
    "venue_id" if name == "venue" else name for name in (*_COLUMNS, "interpreter", "times")
)


def changed(rhythm: Rhythm, change: Change, *, by: access.Actor, now: datetime) -> Form:
    """The rhythm as it would be. Raises NotAllowed, or Invalid when a value makes no sense."""
    access.must_manage(by, rhythm.partner_id)
    refuse_odd_day(rhythm, change.from_day, now)
    before = as_it_is(rhythm)
    new = copy.copy(rhythm)
    for name in _COLUMNS:
        if (value := getattr(change, name)) is not None:
            setattr(new, name, value)
    if change.interpreter is not None or change.no_interpreter:
        new.interpreter = change.interpreter or ""
    recurrence = change.recurrence or before.recurrence
    new.times = recurrence.times
    form = Form(
        rhythm=new,
        recurrence=recurrence,
        first_day=change.from_day,
        start=change.start or before.start,
        leaders=before.leaders if change.practitioners is None else _sorted(change.practitioners),
        also_for=None if change.also_for is None else tuple(change.also_for),
    )
    form = replace(form, first_day=_first_day(form, before, change))
    _refuse_odd(form, by=by)
    return form


def refuse_odd_day(rhythm: Rhythm, day: date, now: datetime) -> None:
    """Raise Invalid unless the rhythm can be changed or ended from that day on."""
    today = now.astimezone(PARIS).date()
    if not today < day <= today + timedelta(days=MAX_DAYS):
        raise Invalid(
            _("Choose a day from tomorrow on, at most %(days)s days ahead.") % {"days": MAX_DAYS}
        )
    if rhythm.ended_on is not None and rhythm.ended_on <= day:
        raise Invalid(_("This rhythm has ended by then."))


def _sorted(practitioners: Iterable[Practitioner]) -> tuple[Practitioner, ...]:
    return tuple(sorted(set(practitioners), key=lambda one: one.pk))


def _first_day(form: Form, before: Form, change: Change) -> date:
    """A recurrence that is given begins on that day; one that stays goes on in its own weeks, or months."""
    if change.recurrence is None:
        endless = replace(form.recurrence, until=None, times=None)
        since = midnight(change.from_day)
        until, anchor = since + timedelta(days=MAX_DAYS), _anchor(before, change.from_day)
        for one in dates_of(endless, anchor, form.start, form.rhythm.minutes, since, until):
            return one.start.date()
    return form.recurrence.first_on_or_after(change.from_day)


def _anchor(before: Form, day: date) -> date:
    """The beginning of a week or month that is the rhythm's own, on this day or before: its present
    form may begin later, when it was changed for then already."""
    first, how = before.first_day, before.recurrence
    step = relativedelta(months=how.every) if how.monthly else relativedelta(weeks=how.every)
    begins = first.replace(day=1) if how.monthly else first - timedelta(days=first.weekday())
    while begins > day:
        begins -= step
    return begins


def _refuse_odd(form: Form, *, by: access.Actor) -> None:
    rhythm = form.rhythm
    kind = Kind(
        partner=rhythm.partner,
        service=rhythm.service,
        venue=rhythm.venue,
        label=rhythm.label,
        capacity=rhythm.capacity,
        allowance=rhythm.allowance,
        pause_minutes=rhythm.pause_minutes,
        programme=rhythm.programme,
        leaders=form.leaders,
        purpose=rhythm.purpose if form.also_for is None else None,
        language=rhythm.language,
        interpreter=rhythm.interpreter,
        open_to_network=rhythm.open_to_network,
    )
    refuse_odd_rhythm(
        kind,
        by=by,
        also_for=form.also_for or (),
        recurrence=form.recurrence,
        first_day=form.first_day,
        start=form.start,
        minutes=rhythm.minutes,
        slot_minutes=rhythm.slot_minutes,
        gap_minutes=rhythm.gap_minutes,
    )
