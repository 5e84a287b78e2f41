"""What could still be sat in, by partner and service, as plain values: a few queries and then no
more, however many people ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from booking import purposes
from booking.models import AvoidancePair, HiddenFrom, Programme, Purpose, Seat, Session
from booking.models.programme import ProgrammeKind
from booking.models.seat import ACTIVE_STATES
from booking.models.session import SessionState

#: A partner and a service.
Offer = tuple[int, int]
#: From an instant to another, half-open.
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Place:
    """One session, or every coming session of a course or closed group: all of it or nothing."""

    partner_id: int
    sessions: frozenset[int]
    spans: tuple[Span, ...]
    #: As Paris counts days.
    first_day: date
    last_day: date
    #: Every session has a free seat, the allowance left aside.
    room: bool
    victims_only: bool


@dataclass(frozen=True)
class Obstacles:
    """What keeps people from places, whatever the room."""

    #: person → the partners that must not see them.
    hidden: dict[int, set[int]]
    #: person → the coming sessions in which somebody sits whom they must not meet.
    apart: dict[int, set[int]]

    def bars(self, person_id: int, place: Place) -> bool:
        """A safety reason. Whoever is told of it hears the same words for every reason."""
        return (
            place.victims_only
            or place.partner_id in self.hidden.get(person_id, ())
            or not place.sessions.isdisjoint(self.apart.get(person_id, ()))
        )


@dataclass(frozen=True)
class OpenPlaces:
    """Places with and without room, those that end first first."""

    places: dict[Offer, list[Place]] = field(default_factory=dict)
    #: Where a service is given as a whole: a sitting of a course is no place by itself.
    as_a_whole: frozenset[Offer] = frozenset()

    def sits_alone(self, offer: Offer, kind: str | None) -> bool:
        """Whether one session is a place: an evening of an open group always is, a session of no
        programme unless the partner gives this service as a whole. `kind` is the programme's."""
        return kind == ProgrammeKind.OPEN_GROUP or (kind is None and offer not in self.as_a_whole)


def overlaps(spans: Iterable[Span], others: Iterable[Span]) -> bool:
    """Half-open: one may begin when another ends."""
    busy = list(others)
    return any(start < end and begin < stop for start, stop in spans for begin, end in busy)


def open_places(now: datetime, services: Iterable[int]) -> OpenPlaces:
    """Every place that one could take now for one of these services. A course that began is none;
    a closed group that began is one where it may be joined late; an empty slot is one for each
    service for which it may be used. Two queries."""
    wanted = set(services)
    whole = Programme.objects.exclude(kind=ProgrammeKind.OPEN_GROUP).filter(service__in=wanted)
    whole_offers = frozenset(whole.order_by().values_list("partner_id", "service_id"))
    bare = OpenPlaces(as_a_whole=whole_offers)
    series: dict[Programme, list[Session]] = defaultdict(list)
    found: dict[Offer, list[Place]] = defaultdict(list)
    for session in _sessions(now, wanted):
        programme = session.programme
        if programme is not None and programme.enrols:
            series[programme].append(session)
        elif session.starts_at > now:
            for offer in _offers(session):
                if bare.sits_alone(offer, programme.kind if programme else None):
                    found[offer].append(_place([session]))
    for programme, sessions in series.items():
        coming = [session for session in sessions if session.starts_at > now]
        if coming and (len(coming) == len(sessions) or programme.late_joining):
            found[programme.partner_id, programme.service_id].append(_place(coming))
    for places in found.values():
        places.sort(key=lambda place: place.last_day)
    return OpenPlaces(dict(found), whole_offers)


def _offers(session: Session) -> list[Offer]:
    """What somebody could still sit down here for."""
    services = [session.service_id] if _seated(session) else purposes.services_of(session)
    return [(session.partner_id, service) for service in services]


def _sessions(now: datetime, services: set[int]) -> Iterable[Session]:
    """Those to come, and with them those that a programme has behind it."""
    siblings = Session.objects.filter(
        programme_id=OuterRef("programme_id"), state=SessionState.PLANNED, starts_at__gt=now
    )
    return (
        Session.objects.filter(
            Q(starts_at__gt=now)
            | (~Q(programme__kind=ProgrammeKind.OPEN_GROUP) & Exists(siblings)),
            Q(service__in=services)
            | Q(programme__service__in=services)
            | Q(purpose__in=Purpose.objects.filter(services__in=services)),
            state=SessionState.PLANNED,
        )
        .select_related("programme", "venue", "purpose")
        .annotate(seated=Count("seats", filter=Q(seats__state__in=ACTIVE_STATES)))
        .order_by("starts_at", "pk")
    )


def _place(sessions: list[Session]) -> Place:
    days = [timezone.localdate(session.starts_at) for session in sessions]
    return Place(
        partner_id=sessions[0].partner_id,
        sessions=frozenset(session.pk for session in sessions),
        spans=tuple((session.starts_at, session.ends_at) for session in sessions),
        first_day=min(days),
        last_day=max(days),
        room=all(_seated(session) < session.capacity for session in sessions),
        victims_only=any(s.venue is not None and s.venue.victims_only for s in sessions),
    )


def _seated(session: Session) -> int:
    seated: int = getattr(session, "seated")  # noqa: B009 - annotated in _sessions
    return seated


def obstacles(now: datetime) -> Obstacles:
    """Everybody's, three queries: these tables are short."""
    hidden: dict[int, set[int]] = defaultdict(set)
    for person, partner in HiddenFrom.objects.values_list("participant_id", "partner_id"):
        hidden[person].add(partner)
    pairs = list(AvoidancePair.objects.values_list("first_id", "second_id"))
    sits_in: dict[int, set[int]] = defaultdict(set)
    named = Q(participant__in=AvoidancePair.objects.values("first"))
    named |= Q(participant__in=AvoidancePair.objects.values("second"))
    coming = Seat.objects.active().filter(named, starts_at__gt=now)
    for person, session in coming.values_list("participant_id", "session_id"):
        sits_in[person].add(session)
    apart: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        apart[one] |= sits_in.get(other, set())
        apart[other] |= sits_in.get(one, set())
    return Obstacles(dict(hidden), dict(apart))
