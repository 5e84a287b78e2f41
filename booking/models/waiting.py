"""Who waits for a place, and what was offered to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models.person import Participant, Referral
from booking.models.programme import Enrolment, Programme
from booking.models.seat import Seat
from booking.models.session import Session


class WaitingState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    OFFERED = "offered", _("offered a place")
    SEATED = "seated", _("has a place")
    DECLINED = "declined", _("declined the place")
    LAPSED = "lapsed", _("did not answer in time")
    LEFT = "left", _("left the list")


#: On the list: either without a place, or with one that waits for an answer.
ON_THE_LIST = (WaitingState.WAITING, WaitingState.OFFERED)


class WaitingQuerySet(models.QuerySet["WaitingEntry"]):
    def in_order(self) -> WaitingQuerySet:
        """The one order: whoever was moved up, the mandate's deadline, the date of referral.
        Somebody without a deadline, or without a referral, comes after those who have one."""
        return self.order_by(
            "-lift",
            F("referral__deadline").asc(nulls_last=True),
            F("referral__referred_on").asc(nulls_last=True),
            "pk",
        )

    def visible_to(self, user: access.Reader) -> WaitingQuerySet:
        """The entries of one's own partner, about people whose record one may open."""
        return access.waiting_visible_to(self, user)


class WaitingEntry(models.Model):
    """One person, waiting for one session, or for a programme: for the whole of a course or closed
    group, for the first evening with room of an open group."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="waiting")
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="waiting"
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="waiting"
    )
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, blank=True, related_name="waiting"
    )
    joined_at = models.DateTimeField(_("since"))
    lift = models.PositiveSmallIntegerField(
        _("moved up"), default=0, help_text="The highest comes first; 0 for most."
    )
    lift_reason = models.CharField(
        _("why"), max_length=200, blank=True, help_text=_("Practical only: nothing on health.")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=WaitingState.choices, default=WaitingState.WAITING
    )
    # What is offered: one seat, or an enrolment with all its seats. Kept afterwards, as a trace.
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="offers")
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, blank=True, related_name="offers"
    )
    held_until = models.DateTimeField(_("the offer holds until"), null=True, blank=True)
    passed_for = models.CharField(
        max_length=40,
        blank=True,
        editable=False,
        help_text="The last reason for which a place went to somebody else, as in the journal.",
    )

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting person")
        verbose_name_plural = _("waiting list")
        indexes = (
            models.Index(
                fields=("held_until",), name="waiting_held_until", condition=Q(state="offered")
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="waiting_for_one_thing",
                condition=Q(session__isnull=False, programme__isnull=True)
                | Q(session__isnull=True, programme__isnull=False),
            ),
            models.CheckConstraint(
                name="waiting_offer_has_an_end",
                condition=~Q(state=WaitingState.OFFERED)
                | Q(held_until__isnull=False, seat__isnull=False, enrolment__isnull=True)
                | Q(held_until__isnull=False, seat__isnull=True, enrolment__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("session", "participant"),
                condition=Q(state__in=ON_THE_LIST),
                name="waiting_session_once",
            ),
            models.UniqueConstraint(
                fields=("programme", "participant"),
                condition=Q(state__in=ON_THE_LIST),
                name="waiting_programme_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant} … {self.target}"

    @property
    def target(self) -> Session | Programme:
        """What this person waits for."""
        if self.session is not None:
            return self.session
        if self.programme is None:
            raise ValueError("a waiting entry names a session or a programme")
        return self.programme
