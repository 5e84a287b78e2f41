"""What a rhythm would say from one day on. Nothing is written here."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.kind import Kind
from booking.models import Practitioner, Service, Venue
from booking.models.language import Language
from calendars.models import Closure, Rhythm, Treatment
from calendars.proper import refuse_odd_rhythm
from calendars.recurrence import PARIS, Recurrence
from calendars.rhythms import MAX_DAYS, dates_of, first_start, recurrence_of
from calendars.skipping import Judge
from calendars.wanted import Day, wanted_days


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


@dataclass(frozen=True)
class Form:
    #: With the new values, in memory only.
    rhythm: Rhythm
    recurrence: Recurrence
    #: A day of the recurrence: its weeks or months are counted from here.
    first_day: date
    start: time
    leaders: tuple[Practitioner, ...]
    #: None: as before.
    also_for: tuple[Service, ...] | None

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.rhythm.slot_minutes or self.rhythm.minutes)

    @property
    def purpose_key(self) -> str:
        """Of the services that a slot is for (booking.purposes), "" for only its own."""
        if self.also_for is None:
            return self.rhythm.purpose.key if self.rhythm.purpose else ""
        ids = sorted({self.rhythm.service_id, *(one.pk for one in self.also_for)})
        return ",".join(map(str, ids)) if len(ids) > 1 else ""

    def judge(self, since: datetime, until: datetime) -> Judge:
        """One query. The last date may end up to a day after the window."""
        rhythm = self.rhythm
        here = Q(partner=None, venue=None, practitioner=None) | Q(partner=rhythm.partner_id)
        here |= Q(venue=rhythm.venue_id) | Q(practitioner__in=self.leaders)
        closures = Closure.objects.standing(since, until + timedelta(days=1)).filter(here)
        return Judge(rhythm, list(closures))

    def days(self, judge: Judge, since: datetime, until: datetime) -> list[Day]:
        """Its dates that start in [since, until), also those that are skipped, or too many."""
        ends = self.rhythm.ended_on
        last = min(until, midnight(ends)) if ends is not None else until
        if last <= since:
            return []
        begins, minutes = self.start, self.rhythm.minutes
        dates = dates_of(self.recurrence, self.first_day, begins, minutes, since, last)
        return list(wanted_days(self.rhythm, dates, judge, self.leaders))


def as_it_is(rhythm: Rhythm) -> Form:
    return Form(
        rhythm=rhythm,
        recurrence=recurrence_of(rhythm),
        first_day=first_start(rhythm).date(),
        start=first_start(rhythm).time(),
        leaders=tuple(rhythm.practitioners.order_by("pk")),
        also_for=None,
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


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


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
