"""Where people stand with their mandates: what they attended, where they are awaited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from booking.models import Referral, Seat
from booking.models.person import ReferralQuerySet
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import ATTENDED_STATES, SeatState
from booking.queries.open_places import OpenPlaces, Span

#: Awaited, or came. A past seat that is still booked is an attendance that nobody recorded yet.
_GOOD_STATES = (SeatState.BOOKED, *ATTENDED_STATES)
_MISSED_STATES = (SeatState.EXCUSED, SeatState.UNEXCUSED)


class Sat(NamedTuple):
    """One active seat, and what it belongs to."""

    participant_id: int
    state: str
    starts_at: datetime
    ends_at: datetime
    referral_id: int | None
    enrolment_id: int | None
    enrolment_state: str | None
    enrolment_referral_id: int | None
    partner_id: int
    service_id: int
    kind: str | None

    @property
    def day(self) -> date:
        return timezone.localdate(self.starts_at)

    def names(self, referral: Referral) -> bool:
        """Whether it was taken for this very referral."""
        return referral.pk in (self.referral_id, self.enrolment_referral_id)


@dataclass
class Towards:
    """What somebody has towards one mandate."""

    met: bool = False
    #: A place that would meet it is offered, and not confirmed.
    offered: bool = False
    #: A sitting of a course was missed, which ends it (domain rule 1).
    missed: bool = False
    #: A place that ends after the deadline.
    after: bool = False


@dataclass
class Standing:
    """Every active seat of one person, wherever it is."""

    seats: list[Sat] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        return [(sat.starts_at, sat.ends_at) for sat in self.seats]

    def towards(self, referral: Referral, deadline: date, open_: OpenPlaces) -> Towards:
        """Look at the seats for this service at this partner, none from before the referral unless
        it was taken for it; and at those that were taken for it anywhere else."""
        told = Towards()
        series: dict[int, list[Sat]] = defaultdict(list)
        for sat in self.seats:
            at_home = sat.partner_id == referral.partner_id
            if sat.service_id != referral.service_id or not (at_home or sat.names(referral)):
                continue
            offer = (sat.partner_id, sat.service_id)
            if sat.enrolment_id is not None:
                series[sat.enrolment_id].append(sat)
            elif open_.sits_alone(offer, sat.kind) and _is_for(referral, [sat]):
                _tell_one(told, sat, deadline)
        for sats in series.values():
            if _is_for(referral, sats):
                _tell_series(told, sats, deadline)
        return told


def _is_for(referral: Referral, sats: list[Sat]) -> bool:
    named = any(sat.names(referral) for sat in sats)
    return named or max(sat.day for sat in sats) >= referral.referred_on


def _tell_one(told: Towards, sat: Sat, deadline: date) -> None:
    in_time = sat.day <= deadline
    if sat.state == SeatState.HELD:
        told.offered |= in_time
    elif sat.state in ATTENDED_STATES or (sat.state == SeatState.BOOKED and in_time):
        told.met = True
    elif sat.state == SeatState.BOOKED:
        told.after = True


def _tell_series(told: Towards, sats: list[Sat], deadline: date) -> None:
    """One enrolment, by its seats: a session that was cancelled has none."""
    in_time = max(sat.day for sat in sats) <= deadline
    if sats[0].enrolment_state == EnrolmentState.OFFERED:
        told.offered |= in_time
    elif sats[0].enrolment_state != EnrolmentState.ACTIVE:
        return
    elif sats[0].kind == ProgrammeKind.COURSE and any(s.state in _MISSED_STATES for s in sats):
        told.missed = True
    elif in_time:
        # Somebody who missed every evening of a group has not taken part in it.
        told.met |= any(sat.state in _GOOD_STATES for sat in sats)
    elif all(sat.state in ATTENDED_STATES for sat in sats):
        told.met = True
    else:
        told.after = True


def standings(referrals: ReferralQuerySet) -> dict[int, Standing]:
    """The people of these referrals, by primary key; who has no seat at all is not there. One
    query. Counts also the seats that the reader may not see: nobody sits in two places at once."""
    people = referrals.order_by().values("participant_id")
    found: dict[int, Standing] = defaultdict(Standing)
    for row in _seats(people):
        found[row.participant_id].seats.append(row)
    return dict(found)


def _seats(people: QuerySet[Referral, Any]) -> Iterable[Sat]:
    rows = Seat.objects.active().filter(participant_id__in=people).order_by()
    columns = rows.values_list(
        "participant_id",
        "state",
        "starts_at",
        "ends_at",
        "referral_id",
        "enrolment_id",
        "enrolment__state",
        "enrolment__referral_id",
        "session__partner_id",
        "session__service_id",
        "session__programme__kind",
    )
    return (Sat(*row) for row in columns)
