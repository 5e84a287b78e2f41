from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from booking import access, journal, seating
from booking.errors import Invalid, PractitionerBusy
from booking.labels import refuse_telling
from booking.locking import lock_participants, lock_programme, writing
from booking.models import (
    Assignment,
    Enrolment,
    JournalEntry,
    Partner,
    Practitioner,
    Programme,
    Service,
    Session,
    Venue,
)
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.session import MAX_CAPACITY

_LONGEST = timedelta(hours=24)


def open_session(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    venue: Venue,
    label: str,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    allowance: int = 0,
    programme: Programme | None = None,
    practitioners: Iterable[Practitioner] = (),
) -> Session:
    """Open one session. `starts_at` and `ends_at` are aware instants, at most 24 hours apart.

    Whoever is enrolled in the programme is seated too, or nothing is opened.
    Raises NotAllowed, PractitionerBusy, Busy, Invalid when a value makes no sense, and what
    `booking.seating` raises for somebody enrolled.
    """
    access.must_manage(by, partner.pk)
    leaders = sorted(set(practitioners), key=lambda practitioner: practitioner.pk)
    refuse_telling(label, service)
    if not partner.services.filter(pk=service.pk).exists():
        raise Invalid(_("This partner does not offer this service."))
    if programme is not None and programme.service_id != service.pk:
        raise Invalid(_("A session has the service of its programme."))
    _refuse_nonsense(partner, venue, programme, leaders, starts_at, ends_at, capacity, allowance)
    with writing():
        if programme is not None:
            lock_programme(programme.pk)
        # The leaders' rows are the lock: two sessions for one person cannot open at once.
        list(
            Practitioner.objects.select_for_update(no_key=True)
            .filter(pk__in=[leader.pk for leader in leaders])
            .order_by("pk")
        )
        if Assignment.objects.filter(
            practitioner__in=leaders,
            active=True,
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        ).exists():
            raise PractitionerBusy
        session = Session.objects.create(
            partner=partner,
            service=service,
            venue=venue,
            programme=programme,
            label=label,
            starts_at=starts_at,
            ends_at=ends_at,
            capacity=capacity,
            allowance=allowance,
            changed_at=now,
        )
        Assignment.objects.bulk_create(
            Assignment(
                session=session,
                practitioner=leader,
                starts_at=starts_at,
                ends_at=ends_at,
            )
            for leader in leaders
        )
        carried = _carry_enrolled(session, at=now, by_id=by.pk if by else None)
        journal.write(
            [
                JournalEntry(
                    at=now,
                    actor=by,
                    verb=Verb.SESSION_OPENED,
                    partner=partner,
                    programme=programme,
                    session=session,
                    facts={
                        "starts_at": starts_at.isoformat(),
                        "ends_at": ends_at.isoformat(),
                        "capacity": capacity,
                        "allowance": allowance,
                    },
                ),
                *carried,
            ]
        )
    return session


def _carry_enrolled(session: Session, *, at: datetime, by_id: int | None) -> list[JournalEntry]:
    """Everybody who is enrolled in the programme sits in a session that is added to it too: every
    session or none. Raises what `seating.take` raises, and then nothing is opened."""
    if session.programme_id is None or session.starts_at <= at:
        return []
    enrolled = Enrolment.objects.filter(
        programme=session.programme_id, state=EnrolmentState.ACTIVE
    ).select_related("participant", "referral")
    by_person = {one.participant_id: one for one in enrolled}
    return [
        seating.entry(
            seating.take(
                session,
                person,
                referral=by_person[person.pk].referral,
                enrolment=by_person[person.pk],
            ),
            Verb.SEAT_BOOKED,
            at=at,
            by_id=by_id,
        )
        for person in lock_participants(by_person)
    ]


def _refuse_nonsense(
    partner: Partner,
    venue: Venue,
    programme: Programme | None,
    leaders: list[Practitioner],
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    allowance: int,
) -> None:
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid(_("A session’s times need a time zone."))
    if not timedelta() < ends_at - starts_at <= _LONGEST:
        raise Invalid(_("A session ends after it starts, and within 24 hours."))
    if capacity < 1 or allowance < 0 or capacity + allowance > MAX_CAPACITY:
        raise Invalid(_("A session has from 1 to %(most)s seats.") % {"most": MAX_CAPACITY})
    foreign = venue.partner_id != partner.pk or any(one.partner_id != partner.pk for one in leaders)
    if foreign or (programme is not None and programme.partner_id != partner.pk):
        raise Invalid(_("The venue, the practitioners and the programme belong to the partner."))
