"""Seats that a rule forbids which was made after them, or whose ground was taken away since. Nobody
is moved by the system: the coordination decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import HiddenFrom, Partner, Seat
from booking.models.partner import ServiceFamily
from booking.models.seat import ATTENDED_STATES, SeatQuerySet, SeatState
from booking.queries.apart import meetings


class Rule(TextChoices):
    """Which rule a seat breaks, the gravest first."""

    PAIR = "pair", _("two people who must not meet")
    HIDDEN = "hidden", _("hidden from this partner")
    VICTIMS_ONLY = "victims_only", _("a venue kept for victims")
    NEAR = "near", _("two people who must not meet, at one address shortly after each other")
    TOO_EARLY = "too_early", _("before the date on which this person can come")
    NO_INTERVIEW = "no_interview", _("without the interview that must come first")


@dataclass(frozen=True)
class Conflict:
    seat: Seat
    rule: Rule
    #: Who else sits there, for a pair: only the coordination ever reads this.
    other: Seat | None = None


def conflicts(
    user: access.Reader, now: datetime, *, partner: Partner | None = None
) -> list[Conflict]:
    """The coordination's alone; nothing for anybody else. The soonest first; a seat that breaks two
    rules stands there twice. Three queries."""
    if not access.scope(user).network:
        return []
    coming = Seat.objects.active().filter(starts_at__gt=now)
    if partner is not None:
        coming = coming.filter(session__partner=partner)
    found = [Conflict(seat, rule) for seat in _suspects(coming) for rule in _broken(seat)]
    found += _together(now, partner)
    gravity = list(Rule)
    return sorted(found, key=lambda one: (one.seat.starts_at, gravity.index(one.rule), one.seat.pk))


def _suspects(coming: SeatQuerySet) -> SeatQuerySet:
    """Few: everybody who has an earliest date is among them, and compared as Paris counts days."""
    hidden = HiddenFrom.objects.filter(
        participant_id=OuterRef("participant_id"), partner_id=OuterRef("session__partner_id")
    )
    interview = Seat.objects.filter(
        participant_id=OuterRef("participant_id"),
        session__service__family=ServiceFamily.INTERVIEW,
        state__in=(SeatState.BOOKED, *ATTENDED_STATES),
        ends_at__lte=OuterRef("starts_at"),
    )
    needs_one = Q(session__service__interview_first=True) & ~Q(
        session__service__family=ServiceFamily.INTERVIEW
    )
    return (
        coming.annotate(unseen=Exists(hidden), unprepared=Q(needs_one & ~Q(Exists(interview))))
        .filter(
            Q(unseen=True)
            | Q(unprepared=True)
            | Q(session__venue__victims_only=True)
            | Q(participant__not_before__isnull=False)
        )
        .select_related("participant", "session__partner", "session__venue")
        .order_by("starts_at", "pk")
    )


def _broken(seat: Seat) -> list[Rule]:
    rules = []
    if getattr(seat, "unseen"):  # noqa: B009 - annotated
        rules.append(Rule.HIDDEN)
    if seat.session.venue is not None and seat.session.venue.victims_only:
        rules.append(Rule.VICTIMS_ONLY)
    earliest = seat.participant.not_before
    if earliest is not None and timezone.localdate(seat.starts_at) < earliest:
        rules.append(Rule.TOO_EARLY)
    if getattr(seat, "unprepared"):  # noqa: B009 - annotated
        rules.append(Rule.NO_INTERVIEW)
    return rules


def _together(now: datetime, partner: Partner | None) -> list[Conflict]:
    """Each two once, at the seat that is to come, or comes first; the other one may be elsewhere."""
    found = []
    for meeting in meetings(now):
        asked = [
            (seat, other)
            for seat, other in ((meeting.one, meeting.other), (meeting.other, meeting.one))
            if seat.starts_at > now and partner in (None, seat.session.partner)
        ]
        if asked:
            seat, other = min(asked, key=lambda both: (both[0].starts_at, both[0].pk))
            rule = Rule.PAIR if meeting.in_one_session else Rule.NEAR
            found.append(Conflict(seat, rule, other))
    return found
