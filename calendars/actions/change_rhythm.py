from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from booking import access, journal
from booking.locking import writing
from booking.models import Practitioner, Service, Session, Venue
from booking.models.journal import Verb
from booking.models.language import Language
from booking.once import once
from calendars.applying import apply
from calendars.change import FORM_FACTS, Change, changed
from calendars.entries import coming, entry
from calendars.form import Form, as_it_is, midnight
from calendars.gripping import grip
from calendars.models import Rhythm, Treatment
from calendars.plan import Seated
from calendars.planning import plan
from calendars.publish import publish
from calendars.reading import lock_rhythm
from calendars.recurrence import Recurrence
from calendars.review import gate, of_change


@dataclass(frozen=True)
class Changed:
    rhythm: Rhythm
    #: Somebody uses these, and they followed the rhythm.
    moved: tuple[Session, ...]
    #: These did not, and never will: see `calendars.review`.
    remain: tuple[Session, ...]
    taken_back: int
    opened: int


@once
def change_rhythm(
    *,
    by: access.Actor,
    now: datetime,
    rhythm: Rhythm,
    from_day: date,
    start: time | None = None,
    minutes: int | None = None,
    recurrence: Recurrence | None = None,
    venue: Venue | None = None,
    practitioners: Iterable[Practitioner] | None = None,
    capacity: int | None = None,
    allowance: int | None = None,
    pause_minutes: int | None = None,
    slot_minutes: int | None = None,
    gap_minutes: int | None = None,
    also_for: Iterable[Service] | None = None,
    language: Language | None = None,
    interpreter: Language | None = None,
    no_interpreter: bool = False,
    open_to_network: bool | None = None,
    public_holidays: Treatment | None = None,
    school_holidays: Treatment | None = None,
    weekends: Treatment | None = None,
    closures: Treatment | None = None,
    seated: Seated = Seated.KEEP,
    reason: str = "",
    reviewed: str = "",
    anyway: bool = False,
    although_advised_against: bool = False,
    key: str = "",
) -> Changed:
    """From a day on (tomorrow at the soonest) the rhythm has another form; what is None stays. A
    recurrence that is given begins on that day, and its "n times" are those of the rhythm's whole life.

    Dates that nobody ever used are opened anew. Those where somebody sits or waits stay as they are,
    for ever, or go to the new dates (`calendars.planning` says which), and everybody is told. What was
    decided for one date alone stays in any case. `reason` is needed to raise the allowance of dates
    that are used.

    Everything or nothing. Raises ReviewFirst when people would be told, unless `reviewed` is the
    token of `calendars.review.review_change`; RhythmsOverlap; both pass with `anyway`. DateRefused
    when one date cannot follow; DateWarned when it is advised against for somebody's safety, which
    has its own `although_advised_against`: each warning is seen before it is passed. NotAllowed,
    Invalid, Busy.
    """
    change = Change(
        from_day=from_day,
        start=start,
        minutes=minutes,
        recurrence=recurrence,
        venue=venue,
        practitioners=practitioners,
        capacity=capacity,
        allowance=allowance,
        pause_minutes=pause_minutes,
        slot_minutes=slot_minutes,
        gap_minutes=gap_minutes,
        also_for=also_for,
        language=language,
        interpreter=interpreter,
        no_interpreter=no_interpreter,
        open_to_network=open_to_network,
        public_holidays=public_holidays,
        school_holidays=school_holidays,
        weekends=weekends,
        closures=closures,
    )
    with writing():
        locked = lock_rhythm(rhythm.pk)
        before = as_it_is(locked)
        form = changed(locked, change, by=by, now=now)
        grip(
            now=now,
            rhythms=[locked],
            sessions=coming(locked, now),
            leaders=[one.pk for one in form.leaders],
            seated_there=True,
        )
        begins = midnight(from_day)
        if locked.published_until is None or locked.published_until < begins:
            # The last dates of the old form: nobody could tell them later.
            publish(rhythm=locked, now=now, by=by, until=begins)
            form.rhythm.published_until = begins
        found = plan(locked, form, from_day, seated=seated, now=now)
        gate(of_change(locked, found, now=now), reviewed=reviewed, anyway=anyway)
        opened = apply(
            found,
            by=by,
            now=now,
            anyway=although_advised_against,
            over=anyway or bool(reviewed),
            reason=reason,
        )
        moved = tuple(shift.known.session for shift in found.shifts)
        facts: dict[str, object] = {
            "rhythm": locked.pk,
            "from_day": from_day.isoformat(),
            "before": _facts(before),
            "after": _facts(form),
            "moved": [one.pk for one in moved],
            "remain": [known.session.pk for known, _why in found.stay],
        }
        journal.write([entry(locked, Verb.RHYTHM_CHANGED, by, now, facts)])
    remain = tuple(known.session for known, _why in found.stay)
    return Changed(form.rhythm, moved, remain, len(found.taken_back), len(opened))


def _facts(form: Form) -> dict[str, object]:
    how = form.recurrence
    return {
        **{name: getattr(form.rhythm, name) for name in FORM_FACTS},
        "start": form.start.isoformat(),
        "first": form.first_day.isoformat(),
        "practitioners": [one.pk for one in form.leaders],
        "weekdays": list(how.weekdays),
        "every": how.every,
        "month_day": how.month_day,
        "nth": how.nth,
        "until": how.until and how.until.isoformat(),
    }
