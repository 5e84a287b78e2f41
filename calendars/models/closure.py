"""When nothing is held."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from booking.models import Partner, Practitioner, Venue

_ONE_TARGET = (
    Q(partner__isnull=True, venue__isnull=True, practitioner__isnull=True),
    Q(partner__isnull=False, venue__isnull=True, practitioner__isnull=True),
    Q(partner__isnull=True, venue__isnull=False, practitioner__isnull=True),
    Q(partner__isnull=True, venue__isnull=True, practitioner__isnull=False),
)


class ClosureQuerySet(models.QuerySet["Closure"]):
    def standing(self, start: datetime, end: datetime) -> ClosureQuerySet:
        """Those that touch [start, end) and were not lifted."""
        return self.filter(lifted_at=None, starts_at__lt=end, ends_at__gt=start)


class Closure(models.Model):
    """The network, a partner, a venue or a practitioner is not there. A practitioner's says
    nothing of why: a sick day is health data."""

    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="closures"
    )
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="closures")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="closures"
    )
    name = models.CharField(
        _("name"),
        max_length=80,
        help_text=_("What agendas say: “Summer closing”. Nothing on health."),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), help_text=_("The first moment after it."))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ("starts_at", "pk")
        indexes = (
            models.Index(
                fields=("ends_at", "starts_at"), name="closure_times", condition=Q(lifted_at=None)
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="closure_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="closure_of_one_thing", condition=Q(*_ONE_TARGET, _connector=Q.OR)
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at:%Y-%m-%d}"
