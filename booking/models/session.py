"""The only thing one can sit in: a group's evening, a day of a course, an appointment."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models.language import Language
from booking.models.partner import Partner, Practitioner, Purpose, Service, Venue
from booking.models.programme import Programme

MAX_CAPACITY = 200


class SessionState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CANCELLED = "cancelled", _("cancelled")
    #: Was opened for a date that is none after all, and nobody ever sat or waited there: for
    #: everybody it does not exist. The row stays, because the journal names it.
    DISCARDED = "discarded", _("discarded")


#: What the finder walks over (booking.queries.finding.walks).
_FREE = Q(state=SessionState.PLANNED, has_room=True)
_FREE_SLOT = Q(state=SessionState.PLANNED, has_room=True, purpose__isnull=False)


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: access.Reader) -> SessionQuerySet:
        """The sessions whose page this member of staff may open."""
        return access.sessions_visible_to(self, user)


class Session(models.Model):
    """A dated stretch of time with numbered seats.

    An appointment is a session of capacity 1. `starts_at` and `ends_at` are instants (stored in
    UTC); people read them as Europe/Paris wall-clock.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="sessions")
    service = models.ForeignKey(Service, models.PROTECT, related_name="sessions")
    venue = models.ForeignKey(
        Venue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        help_text="Empty only for imported history, which does not know it.",
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        help_text=(
            "Every service that this slot may be used for; empty: only its own. The first person "
            "who sits down decides (booking.purposes)."
        ),
    )
    practitioners = models.ManyToManyField(
        Practitioner, through="booking.Assignment", related_name="sessions"
    )
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    label = models.CharField(
        _("neutral label"),
        max_length=40,
        help_text=_("What calendars say: “Group B”, “Appointment”. Never the service."),
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    pause_minutes = models.PositiveSmallIntegerField(
        _("of which a break, in minutes"),
        default=0,
        help_text=_("A course’s six hours a day do not count it."),
    )
    capacity = models.PositiveSmallIntegerField(_("seats"))
    allowance = models.PositiveSmallIntegerField(_("overbooking allowance"), default=0)
    allowance_reason = models.CharField(
        _("why the allowance was raised"),
        max_length=200,
        blank=True,
        help_text=_("Practical only: nothing on health."),
    )
    language = models.CharField(
        _("held in"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    interpreter = models.CharField(
        _("with an interpreter for"), max_length=2, choices=Language.choices, blank=True
    )
    open_to_network = models.BooleanField(
        _("other partners may seat people"),
        default=True,
        help_text=_("They find the place and the hour, never who sits there."),
    )
    has_room = models.BooleanField(
        default=True,
        editable=False,
        help_text=(
            "Fewer people sit here than the capacity. Kept by the database itself (booking.guards), "
            "so that the finder walks over free places only; a booking never trusts it."
        ),
    )
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=SessionState.choices,
        default=SessionState.PLANNED,
    )
    revision = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Rises with each change of time, place or state.",
    )
    changed_at = models.DateTimeField(
        editable=False,
        help_text="When the revision last rose: LAST-MODIFIED in calendars.",
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("starts_at", "pk")
        indexes = (
            models.Index(fields=("partner", "starts_at"), name="session_partner_start"),
            models.Index(fields=("starts_at",), name="session_start"),
            models.Index(
                fields=("service", "starts_at", "id"), name="session_free_service", condition=_FREE
            ),
            models.Index(
                fields=("partner", "service", "starts_at", "id"),
                name="session_free_here",
                condition=_FREE,
            ),
            models.Index(
                fields=("purpose", "service", "starts_at", "id"),
                name="session_free_purpose",
                condition=_FREE_SLOT,
            ),
            models.Index(
                fields=("partner", "purpose", "service", "starts_at", "id"),
                name="session_free_purpose_here",
                condition=_FREE_SLOT,
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="session_capacity_in_bounds",
                condition=Q(capacity__gte=1, capacity__lte=MAX_CAPACITY),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def cancelled(self) -> bool:
        """Whether nothing takes place: for whoever comes, a discarded session is as good."""
        return self.state != SessionState.PLANNED


class Assignment(models.Model):
    """A practitioner leads a session.

    The times are the session's own, repeated here so that the database can forbid a practitioner
    two overlapping sessions; a trigger keeps them equal (booking.guards).
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="assignments")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="assignments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    active = models.BooleanField(default=True, help_text="False once the session is cancelled.")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = (
            models.UniqueConstraint(fields=("session", "practitioner"), name="assignment_once"),
        )

    def __str__(self) -> str:
        return f"{self.practitioner} · {self.session}"
