"""A series that one may enrol in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models.partner import Partner, Service
from booking.models.person import Participant, Referral


class ProgrammeKind(models.TextChoices):
    COURSE = "course", _("course")
    CLOSED_GROUP = "closed_group", _("closed group")
    OPEN_GROUP = "open_group", _("open group")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: access.Reader) -> ProgrammeQuerySet:
        return access.programmes_visible_to(self, user)


class Programme(models.Model):
    """Course and closed group: one enrolment takes a seat in every session or in none.
    Open group: one sits session by session."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="programmes")
    service = models.ForeignKey(Service, models.PROTECT, related_name="programmes")
    kind = models.CharField(_("kind"), max_length=12, choices=ProgrammeKind.choices)
    label = models.CharField(
        _("neutral label"), max_length=40, help_text=_("What calendars say: “Group B”.")
    )
    late_joining = models.BooleanField(
        _("may be joined after the start"),
        default=False,
        help_text=_("Never for a course."),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("partner", "label")
        constraints = (
            models.UniqueConstraint(fields=("partner", "label"), name="programme_label_once"),
            models.CheckConstraint(
                name="programme_course_is_never_joined_late",
                condition=~Q(kind=ProgrammeKind.COURSE, late_joining=True),
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def enrols(self) -> bool:
        """Whether one enrols for the whole (course, closed group) or sits seat by seat."""
        return self.kind != ProgrammeKind.OPEN_GROUP


class EnrolmentState(models.TextChoices):
    OFFERED = "offered", _("offered")
    ACTIVE = "active", _("enrolled")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: Every state that consumes a place in each session of the programme.
STANDING_STATES = (EnrolmentState.OFFERED, EnrolmentState.ACTIVE)


class Enrolment(models.Model):
    """One person's place in a whole programme: while it is offered its seats are held, while it
    is active they are booked."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="enrolments")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="enrolments")
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, blank=True, related_name="enrolments"
    )
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=EnrolmentState.choices,
        default=EnrolmentState.ACTIVE,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "participant"),
                condition=Q(state__in=STANDING_STATES),
                name="enrolment_active_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant} ∈ {self.programme}"
