"""What a partner chose about its texts: which leave, how early, and at which hours."""

from __future__ import annotations

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Partner, Service


def _within(low: int, high: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class TextPolicy(models.Model):
    """One partner's choices, for all its services or for one. What is empty is as the partner has it
    for all, and there as the network has it (sms.policies). Hours are Europe/Paris wall-clock.

    The summons, the reminder of the day before, changes and cancellations cannot be turned off: they
    are what keeps people from coming for nothing, or not at all (domain.md, evidence).
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="text_policies")
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="text_policies"
    )
    week_before = models.BooleanField(_("reminder a week before"), null=True, blank=True)
    week_before_days = models.PositiveSmallIntegerField(
        _("days before, for the early reminder"), null=True, blank=True, validators=_within(3, 14)
    )
    booked_ahead_days = models.PositiveSmallIntegerField(
        _("only if booked so many days ahead"), null=True, blank=True, validators=_within(4, 60)
    )
    hours_before = models.PositiveSmallIntegerField(
        _("reminder some hours before (0: none)"), null=True, blank=True, validators=_within(0, 6)
    )
    missed = models.BooleanField(_("text after a missed appointment"), null=True, blank=True)
    missed_after_minutes = models.PositiveSmallIntegerField(
        _("minutes between noting the absence and the text"),
        null=True,
        blank=True,
        validators=_within(15, 2880),
    )
    offers = models.BooleanField(_("text when a place is offered"), null=True, blank=True)
    held_minutes = models.PositiveSmallIntegerField(
        _("minutes that a change or a cancellation waits"),
        null=True,
        blank=True,
        validators=_within(5, 60),
    )
    reminder_time = models.TimeField(_("reminders leave at"), null=True, blank=True)
    opens = models.TimeField(_("no text before"), null=True, blank=True)
    closes = models.TimeField(_("no text after"), null=True, blank=True)
    rest_days = models.BooleanField(
        _("Sundays and public holidays kept for what cannot wait"), null=True, blank=True
    )
    daily_cap = models.PositiveSmallIntegerField(
        _("texts to one person in one day, at most"),
        null=True,
        blank=True,
        validators=_within(1, 6),
    )

    class Meta:
        verbose_name = _("rules of texts")
        verbose_name_plural = _("rules of texts")
        constraints = (
            models.UniqueConstraint(
                fields=("partner",), condition=Q(service=None), name="text_policy_partner_once"
            ),
            models.UniqueConstraint(fields=("partner", "service"), name="text_policy_service_once"),
        )

    def __str__(self) -> str:
        return f"{self.partner} · {self.service or '*'}"


#: Outside these hours no partner may send: domain.md, "ours go out 8:00 to 20:00".
EARLIEST, LATEST = time(8), time(20)
