"""A numbered row: this person, in that session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models.person import Participant, Referral
from booking.models.programme import Enrolment
from booking.models.session import Session


class SeatState(models.TextChoices):
    HELD = "held", _("offered")
    BOOKED = "booked", _("booked")
    PRESENT = "present", _("present")
    LATE = "late", _("late")
    EXCUSED = "excused", _("excused")
    UNEXCUSED = "unexcused", _("unexcused")
    RELEASED = "released", _("released")
    CANCELLED = "cancelled", _("session cancelled")


#: Every state that consumes the place. Repeated in the constraints and in booking.guards.
ACTIVE_STATES = (
    SeatState.HELD,
    SeatState.BOOKED,
    SeatState.PRESENT,
    SeatState.LATE,
    SeatState.EXCUSED,
    SeatState.UNEXCUSED,
)
#: The person came.
ATTENDED_STATES = (SeatState.PRESENT, SeatState.LATE)


class SeatQuerySet(models.QuerySet["Seat"]):
    def active(self) -> SeatQuerySet:
        return self.filter(state__in=ACTIVE_STATES)

    def attended(self) -> SeatQuerySet:
        return self.filter(state__in=ATTENDED_STATES)

    def visible_to(self, user: access.Reader) -> SeatQuerySet:
        """The seats whose person this member of staff may see in that session."""
        return access.seats_visible_to(self, user)


class Seat(models.Model):
    """While it is active a seat carries a number from 1 to capacity plus allowance, and no other
    active seat of the session carries the same one: two requests that both want seat 12 cannot
    both have it, even if somebody forgets the lock."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="seats")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="seats")
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, blank=True, related_name="seats"
    )
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, blank=True, related_name="seats"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=12, choices=SeatState.choices, default=SeatState.BOOKED
    )
    # The session's own times, for the rule against overlapping seats (booking.guards).
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    over_reason = models.CharField(
        _("why beyond the capacity"),
        max_length=200,
        blank=True,
        help_text=_("Practical only: nothing on health."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ("session", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("session", "number"),
                condition=Q(state__in=ACTIVE_STATES),
                name="seat_number_once",
            ),
            models.UniqueConstraint(
                fields=("session", "participant"),
                condition=Q(state__in=ACTIVE_STATES),
                name="seat_participant_once",
            ),
            models.CheckConstraint(name="seat_number_from_1", condition=Q(number__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.session} #{self.number}"

    @property
    def active(self) -> bool:
        return self.state in ACTIVE_STATES
