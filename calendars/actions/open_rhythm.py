from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from booking import access, journal
from booking.kind import Kind
from booking.locking import writing
from booking.models import JournalEntry, Partner, Practitioner, Programme, Service, Venue
from booking.models.journal import Verb
from booking.models.language import Language
from booking.once import once
from booking.purposes import purpose_of
from calendars import tasks
from calendars.errors import RhythmsOverlap
from calendars.models import Rhythm, Treatment
from calendars.proper import refuse_odd_rhythm
from calendars.queries.overlaps import overlaps
from calendars.recurrence import Recurrence
from calendars.rhythms import make_event


@once
def open_rhythm(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    venue: Venue,
    label: str,
    first_day: date,
    start: time,
    minutes: int,
    recurrence: Recurrence,
    capacity: int,
    allowance: int = 0,
    pause_minutes: int = 0,
    programme: Programme | None = None,
    practitioners: Iterable[Practitioner] = (),
    slot_minutes: int | None = None,
    gap_minutes: int = 0,
    also_for: Iterable[Service] = (),
    language: Language = Language.FRENCH,
    interpreter: Language | None = None,
    open_to_network: bool = True,
    public_holidays: Treatment = Treatment.SKIP,
    school_holidays: Treatment = Treatment.HOLD,
    weekends: Treatment = Treatment.HOLD,
    closures: Treatment = Treatment.SKIP,
    anyway: bool = False,
    key: str = "",
) -> Rhythm:
    """Open a series of dates; soon after, a worker turns them into sessions (calendars.publish).

    `start` is Paris wall-clock. The first date is the first that fits on or after `first_day`. With
    `slot_minutes` it is the opening of exactly one practitioner, cut into slots, which may be used
    `also_for` other services of the partner.
    Raises NotAllowed, Busy, Invalid when a value makes no sense, and RhythmsOverlap unless `anyway`
    when one of the practitioners has another rhythm at that time.
    """
    leaders = tuple(sorted(set(practitioners), key=lambda one: one.pk))
    kind = Kind(
        partner=partner,
        service=service,
        venue=venue,
        label=label,
        capacity=capacity,
        allowance=allowance,
        pause_minutes=pause_minutes,
        programme=programme,
        leaders=leaders,
        purpose=None,
        language=language,
        interpreter=interpreter or "",
        open_to_network=open_to_network,
    )
    others = tuple(also_for)
    times = refuse_odd_rhythm(
        kind,
        by=by,
        also_for=others,
        recurrence=recurrence,
        first_day=first_day,
        start=start,
        minutes=minutes,
        slot_minutes=slot_minutes,
        gap_minutes=gap_minutes,
    )
    if not anyway and (met := overlaps(leaders, recurrence, first_day, start, minutes, now=now)):
        raise RhythmsOverlap(met)
    with writing():
        rhythm = Rhythm.objects.create(
            event=make_event(
                owner=leaders[0] if slot_minutes is not None else partner,
                label=label,
                first_day=first_day,
                start=start,
                minutes=minutes,
                recurrence=recurrence,
                by=by,
            ),
            partner=partner,
            service=service,
            venue=venue,
            purpose=purpose_of((service, *others)),
            programme=programme,
            label=label,
            capacity=capacity,
            allowance=allowance,
            minutes=minutes,
            pause_minutes=pause_minutes,
            slot_minutes=slot_minutes,
            gap_minutes=gap_minutes,
            times=recurrence.times,
            language=language,
            interpreter=interpreter or "",
            open_to_network=open_to_network,
            public_holidays=public_holidays,
            school_holidays=school_holidays,
            weekends=weekends,
            closures=closures,
        )
        rhythm.practitioners.set(leaders)
        entry = JournalEntry(
            at=now,
            actor=by,
            verb=Verb.RHYTHM_OPENED,
            partner=partner,
            programme=programme,
            facts={"rhythm": rhythm.pk, "first": times[0].isoformat()},
        )
        journal.write([entry])
        tasks.ring(rhythm)
    return rhythm
