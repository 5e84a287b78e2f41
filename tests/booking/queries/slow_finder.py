"""The finder's answer found the slow and obvious way: every coming session is looked at with the seat
engine's own rules, one after the other, in Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.utils import timezone

from booking import access, purposes, seating, waiting
from booking.errors import BookingError
from booking.models import Participant, Referral, Service, Session, User
from booking.models.partner import Spoken
from booking.models.programme import STANDING_STATES
from booking.queries.finder import Search
from booking.seatmap import SeatMap

#: The first session, and the services for which it could be taken.
Slow = tuple[int, frozenset[int]]


def slow_find(by: User | None, person: Participant, search: Search, now: datetime) -> list[Slow]:
    coming = Session.objects.filter(state="planned", starts_at__gt=now).select_related(
        "partner", "venue", "service", "programme", "purpose"
    )
    units: dict[tuple[str, int], list[Session]] = defaultdict(list)
    for session in coming.order_by("starts_at", "pk"):
        whole = session.programme_id if session.programme and session.programme.enrols else None
        units[("whole", whole) if whole else ("one", session.pk)].append(session)
    latest = search.latest or _deadline(by, person, search, now)
    found = []
    for sessions in units.values():
        services = _services(person, sessions, search, now)
        if services and all(_asked(by, person, one, search, latest) for one in sessions):
            found.append((sessions[0], services))
    found.sort(key=lambda one: (one[0].starts_at, one[0].pk))
    return [(session.pk, services) for session, services in found]


def _deadline(by: User | None, person: Participant, search: Search, now: datetime) -> date | None:
    seen = Referral.objects.all() if by is None else Referral.objects.visible_to(by)
    coming = seen.filter(
        participant=person, service__in=search.services, deadline__gte=timezone.localdate(now)
    )
    return min((one.deadline for one in coming if one.deadline), default=None)


def _services(
    person: Participant, sessions: list[Session], search: Search, now: datetime
) -> frozenset[int]:
    first = sessions[0]
    programme = first.programme
    if programme is not None and programme.enrols:
        if not waiting.joinable(programme, now):
            return frozenset()
        if programme.enrolments.filter(participant=person, state__in=STANDING_STATES).exists():
            return frozenset()
    served = Service.objects.filter(pk__in=purposes.services_of(first) & search.services)
    return frozenset(one.pk for one in served if _may_sit(person, sessions, one))


def _may_sit(person: Participant, sessions: list[Session], service: Service) -> bool:
    seatmap = SeatMap(sessions, [person])
    try:
        for session in sessions:
            seating.take(seatmap, session, person, service=service)
    except BookingError:
        return False
    return True


def _asked(
    by: User | None, person: Participant, session: Session, search: Search, latest: date | None
) -> bool:
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    same_day = start.date() == end.date()
    return (
        _where(by, session, search)
        and (not search.weekdays or start.isoweekday() in search.weekdays)
        and (search.after is None or start.time() >= search.after)
        and (search.before is None or (same_day and end.time() <= search.before))
        and (search.earliest is None or start.date() >= search.earliest)
        and (latest is None or start.date() <= latest)
        and _language(person, session, search)
    )


def _where(by: User | None, session: Session, search: Search) -> bool:
    held = access.scope(by) if by else None
    own = held is None or held.network or session.partner_id in held.admin_of
    return (
        (own or session.open_to_network)
        and (not search.departments or session.partner.department in search.departments)
        and (not search.partners or session.partner_id in search.partners)
    )


def _language(person: Participant, session: Session, search: Search) -> bool:
    wanted = search.language
    if not wanted:
        return session.language in {"fr", person.language}
    if wanted in {session.language, session.interpreter}:
        return True
    leaders = list(session.practitioners.all())
    if session.capacity > 1 or not leaders:
        return False
    return (
        wanted == "fr" or Spoken.objects.filter(practitioner__in=leaders, language=wanted).exists()
    )
