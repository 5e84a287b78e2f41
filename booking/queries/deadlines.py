"""Whose mandate cannot be met with the sessions that exist, enrolled or not.

Each person is looked at alone: when three people could all take the one seat that is left before
their deadline, each of them could still be met, and none of them is listed. An interview that must
come first is taken for granted, and so is whoever would have to be moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import Partner, Referral
from booking.models.person import Participant
from booking.queries.open_places import (
    Obstacles,
    OpenPlaces,
    Place,
    obstacles,
    open_places,
    overlaps,
)
from booking.queries.standing import Standing, standings
from booking.queries.waiting import positions

#: A deadline that was missed is shown for so long.
SHOWN_AFTER = timedelta(days=30)


class Reason(TextChoices):
    """Why the deadline cannot be met."""

    PASSED = "passed", _("the deadline has passed")
    OFFERED = "offered", _("a place is offered and not confirmed yet")
    MISSED = "missed", _("missed a sitting of the course")
    AFTER = "after", _("has a place, but it ends after the deadline")
    CANNOT_COME = "cannot_come", _("cannot come early enough")
    NOTHING = "nothing", _("nothing is planned before it")
    WAITING = "waiting", _("everything before it is full; on the waiting list")
    FULL = "full", _("everything before it is full")
    UNFIT = "unfit", _("the places left before it do not suit")


@dataclass(frozen=True)
class AtRisk:
    """One mandate that cannot be met as things are."""

    referral: Referral
    deadline: date
    #: Below 0 once the deadline has passed.
    days_left: int
    reason: Reason
    #: Whether another partner gives the same service and has room in time. Says no more of it: not
    #: whether this person is hidden from that partner, nor whom they would meet there.
    elsewhere: bool
    #: The best place in a waiting list for this service at this partner, or for this mandate at
    #: another, counted from 1.
    position: int | None

    @property
    def participant(self) -> Participant:
        return self.referral.participant

    @property
    def waits(self) -> bool:
        return self.position is not None

    @property
    def cannot_come_before(self) -> date | None:
        """The date to show beside the reason."""
        return self.participant.not_before if self.reason == Reason.CANNOT_COME else None


def deadlines_at_risk(
    user: access.Reader | None, now: datetime, *, partner: Partner | None = None
) -> list[AtRisk]:
    """Mandates that this account may see (None: all, for the command line), the earliest deadline
    first; those whose deadline passed unmet in the last 30 days come before the others.

    Met or safe: where the service is given as a whole, whoever is enrolled in a series that ends by
    the deadline, or attended all of one; elsewhere, whoever attended or is booked by then. An
    offered place is not safe before it is confirmed. Nor is anybody listed who could still have a
    seat in time. Ten queries, whatever the number of people.
    """
    today = timezone.localdate(now)
    seen = Referral.objects.all() if user is None else Referral.objects.visible_to(user)
    referrals = seen.filter(deadline__gte=today - SHOWN_AFTER, participant__merged_into=None)
    if partner is not None:
        referrals = referrals.filter(partner=partner)
    rows = list(
        referrals.select_related("participant")
        .prefetch_related("partner", "service")
        .order_by("deadline", "referred_on", "pk")
    )
    if not rows:
        return []
    looked = _Look(
        today,
        open_places(now, {row.service_id for row in rows}),
        obstacles(now),
        standings(referrals),
        positions(now),
    )
    return [
        risk for row in rows if row.deadline and (risk := looked.at(row, row.deadline)) is not None
    ]


class _Look:
    def __init__(
        self,
        today: date,
        open_: OpenPlaces,
        barred: Obstacles,
        standing: dict[int, Standing],
        waits: dict[tuple[int, int, int], int],
    ) -> None:
        self.today, self.open, self.barred = today, open_, barred
        self.standing, self.waits = standing, waits

    def at(self, referral: Referral, deadline: date) -> AtRisk | None:
        offer = (referral.partner_id, referral.service_id)
        theirs = self.standing.get(referral.participant_id, Standing())
        ours = theirs.towards(referral, deadline, self.open)
        if ours.met:
            return None
        position = self.waits.get((referral.participant_id, *offer))
        reason: Reason | None
        if deadline < self.today:
            reason = Reason.PASSED
        else:
            reason = self._reason(referral, deadline, theirs)
            if reason is None:
                return None
            if ours.offered:
                reason = Reason.OFFERED
            elif ours.missed:
                reason = Reason.MISSED
            elif ours.after:
                reason = Reason.AFTER
            elif reason == Reason.FULL and position is not None:
                reason = Reason.WAITING
        return AtRisk(
            referral=referral,
            deadline=deadline,
            days_left=(deadline - self.today).days,
            reason=reason,
            elsewhere=self._elsewhere(referral, deadline, theirs),
            position=position,
        )

    def _reason(self, referral: Referral, deadline: date, theirs: Standing) -> Reason | None:
        """None when a seat can still be had."""
        person = referral.participant
        earliest = person.not_before
        if earliest is not None and earliest > deadline:
            return Reason.CANNOT_COME
        places = self.open.places.get((referral.partner_id, referral.service_id), [])
        in_time = [place for place in places if place.last_day <= deadline]
        if not in_time:
            return Reason.NOTHING
        with_room = [place for place in in_time if place.room]
        if not with_room:
            return Reason.FULL
        suiting = [place for place in with_room if self._suits(person.pk, place, theirs)]
        if not suiting:
            return Reason.UNFIT
        if earliest is None or any(place.first_day >= earliest for place in suiting):
            return None
        return Reason.CANNOT_COME

    def _suits(self, person_id: int, place: Place, theirs: Standing) -> bool:
        return not self.barred.bars(person_id, place) and not overlaps(place.spans, theirs.spans)

    def _elsewhere(self, referral: Referral, deadline: date, theirs: Standing) -> bool:
        """What keeps this very person from that partner is left out: a "no" where others read "yes"
        would tell that there is something."""
        earliest = referral.participant.not_before or date.min
        from_day = max(earliest, self.today)
        return any(
            place.room
            and place.first_day >= from_day
            and place.last_day <= deadline
            and not place.victims_only
            and not overlaps(place.spans, theirs.spans)
            for (partner_id, service_id), places in self.open.places.items()
            if service_id == referral.service_id and partner_id != referral.partner_id
            for place in places
        )
