"""What a change of a rhythm would do, to be looked at before it is done.

It is computed from the rows, and not tried out in a savepoint that is rolled back: trying it out would
lock every session and everybody who sits there, for as long as it takes, each time somebody looks at
the page. What only the attempt can tell (a person who is elsewhere at the new hour, two who must not
meet) is said by the refusal, which names the date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.models import Session, Venue
from booking.reach import why_no_text
from calendars.audience import People
from calendars.change import FORM_FACTS, Change, changed
from calendars.errors import ReviewFirst, RhythmsOverlap
from calendars.form import Form, as_it_is
from calendars.models import Rhythm
from calendars.plan import Plan, Seated, Stays
from calendars.planning import plan
from calendars.queries.overlaps import Overlap, overlaps
from calendars.wanted import Day


@dataclass(frozen=True)
class Goes:
    """A session somebody uses, and where it goes."""

    session: Session
    starts_at: datetime
    venue: Venue | None
    #: Those who come are told.
    is_news: bool


@dataclass(frozen=True)
class Remains:
    session: Session
    why: Stays


@dataclass(frozen=True)
class Skipped:
    day: date
    #: See `calendars.skipping.reason`.
    why: str
    name: str


@dataclass(frozen=True)
class Review:
    #: What was looked at; whoever goes on with it goes on with just that.
    token: str
    #: Empty dates that are taken back, for new ones.
    taken_back: int
    goes: tuple[Goes, ...] = ()
    remains: tuple[Remains, ...] = ()
    cancelled: tuple[Session, ...] = ()
    #: How many people are told by a text, and how many must be called.
    by_text: int = 0
    to_call: int = 0
    #: Sessions that would have more people than seats.
    over: tuple[Session, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    #: The last date, if there is one within 400 days.
    last: date | None = None

    @property
    def told(self) -> int:
        return self.by_text + self.to_call


def review_change(
    *, by: access.Actor, now: datetime, rhythm: Rhythm, change: Change, seated: Seated = Seated.KEEP
) -> Review:
    """What `change_rhythm` would do with `**change.said()`. Raises NotAllowed, Invalid."""
    form = changed(rhythm, change, by=by, now=now)
    return of_change(rhythm, plan(rhythm, form, change.from_day, seated=seated, now=now), now=now)


def of_change(rhythm: Rhythm, plan: Plan, *, now: datetime) -> Review:
    """Before anything of the plan was carried out. Four queries."""
    people = People(shift.known.session for shift in plan.shifts if shift.aspects)
    told = people.of(shift.known.session for shift in plan.news)
    met = _overlaps(rhythm, plan.form, now)
    goes = [
        Goes(shift.known.session, shift.starts_at, shift.venue, shift.is_news)
        for shift in sorted(plan.shifts, key=lambda one: (one.starts_at, one.known.session.pk))
        if shift.aspects
    ]
    held = [day.date for day in plan.days if not day.skipped]
    return Review(
        token=_token(rhythm, plan, people, met),
        taken_back=len(plan.taken_back),
        goes=tuple(goes),
        remains=tuple(Remains(known.session, why) for known, why in plan.stay),
        by_text=sum(why_no_text(person) is None for person in told),
        to_call=sum(why_no_text(person) is not None for person in told),
        over=tuple(
            shift.known.session
            for shift in plan.shifts
            if people.number(shift.known.session) > shift.capacity < shift.known.session.capacity
        ),
        skipped=tuple(_skipped(plan.days)),
        overlaps=met,
        last=max(held, default=None) if plan.complete else None,
    )


def gate(review: Review, *, reviewed: str, anyway: bool) -> None:
    """Raise ReviewFirst or RhythmsOverlap unless it was looked at, or it is `anyway`; Invalid when
    what was looked at is no longer so."""
    if reviewed:
        if reviewed != review.token:
            raise Invalid(_("It changed meanwhile: look at it again."))
        return
    if anyway:
        return
    if review.told:
        raise ReviewFirst(review)
    if review.overlaps:
        raise RhythmsOverlap(review.overlaps)


def token(*facts: object) -> str:
    """The same for the same facts, whoever looks, and whenever."""
    said = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _token(rhythm: Rhythm, plan: Plan, people: People, met: Iterable[Overlap]) -> str:
    form = plan.form
    return token(
        rhythm.pk,
        plan.from_day,
        repr(form.recurrence),
        form.first_day,
        form.start,
        [one.pk for one in form.leaders],
        form.purpose_key,
        [getattr(form.rhythm, name) for name in FORM_FACTS],
        [one.session.pk for one in plan.taken_back],
        [
            (one.known.session.pk, one.known.session.revision, one.starts_at, one.ends_at)
            for one in plan.shifts
        ],
        [(one.session.pk, one.session.revision, why) for one, why in plan.stay],
        [(seat.pk, why_no_text(seat.participant)) for seat in people.seats],
        [(one.rhythm.pk, one.first, one.dates) for one in met],
    )


def _overlaps(rhythm: Rhythm, form: Form, now: datetime) -> tuple[Overlap, ...]:
    """Only those that the change makes: what overlapped before was shown before."""
    before = as_it_is(rhythm)
    new, old = form.rhythm, before.rhythm
    same_time = (form.recurrence, form.start, new.minutes) == (
        before.recurrence,
        before.start,
        old.minutes,
    )
    if same_time and set(form.leaders) <= set(before.leaders):
        return ()
    found = overlaps(
        form.leaders,
        form.recurrence,
        form.first_day,
        form.start,
        new.minutes,
        but=rhythm,
        now=now,
    )
    return tuple(found)


def _skipped(days: Iterable[Day]) -> Iterator[Skipped]:
    for day in days:
        verdict = day.verdict or day.slots[0].verdict
        if day.skipped and verdict is not None:
            yield Skipped(day.date, verdict.why, verdict.name)
