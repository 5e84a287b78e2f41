"""Seats that a safety rule forbids which was made after them. Nobody is moved by the system: the
coordination decides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models import AvoidancePair, HiddenFrom, Partner, Seat
from booking.models.seat import SeatQuerySet


class Rule(TextChoices):
    """Which rule a seat breaks, the gravest first."""

    PAIR = "pair", _("two people who must not meet")
    HIDDEN = "hidden", _("hidden from this partner")
    VICTIMS_ONLY = "victims_only", _("a venue kept for victims")
    TOO_EARLY = "too_early", _("before the date on which this person can come")


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
    rules stands there twice. Two queries."""
    if not access.scope(user).network:
        return []
    coming = Seat.objects.active().filter(starts_at__gt=now)
    if partner is not None:
        coming = coming.filter(session__partner=partner)
    rows = list(_suspects(coming))
    found = [Conflict(seat, rule) for seat in rows for rule in _broken(seat)]
    found += _pairs([seat for seat in rows if getattr(seat, "paired")])  # noqa: B009 - annotated
    gravity = list(Rule)
    return sorted(found, key=lambda one: (one.seat.starts_at, gravity.index(one.rule), one.seat.pk))


def _suspects(coming: SeatQuerySet) -> SeatQuerySet:
    """Few: everybody who has an earliest date is among them, and compared as Paris counts days."""
    hidden = HiddenFrom.objects.filter(
        participant_id=OuterRef("participant_id"), partner_id=OuterRef("session__partner_id")
    )
    first = AvoidancePair.objects.filter(first_id=OuterRef("participant_id"))
    second = AvoidancePair.objects.filter(second_id=OuterRef("participant_id"))
    return (
        coming.annotate(unseen=Exists(hidden), paired=Exists(first) | Exists(second))
        .filter(
            Q(unseen=True)
            | Q(paired=True)
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
    return rules


def _pairs(seats: list[Seat]) -> list[Conflict]:
    """Each pair that sits in one session, once."""
    there: dict[int, dict[int, Seat]] = defaultdict(dict)
    for seat in seats:
        there[seat.session_id][seat.participant_id] = seat
    pairs = list(AvoidancePair.objects.values_list("first_id", "second_id"))
    return [
        Conflict(people[one], Rule.PAIR, people[other])
        for people in there.values()
        for one, other in pairs
        if one in people and other in people
    ]
