"""Whether anything may leave at all, and how fast."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Sending(models.Model):
    """One row, number 1: the switch. `paused` is a person's doing; `halted` is the provider's, who
    refuses us as a whole (credit, authentication): one text is tried again at `probe_at`."""

    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    halted_at = models.DateTimeField(_("refused by the provider since"), null=True, blank=True)
    halted_code = models.CharField(max_length=40, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sending")
        constraints = (models.CheckConstraint(name="sending_is_one", condition=Q(pk=1)),)

    def __str__(self) -> str:
        return "paused" if self.paused_at else "halted" if self.halted_at else "open"


class SenderPace(models.Model):
    """When a sender may send its next text: carriers drop what comes faster."""

    sender = models.CharField(max_length=34, unique=True)
    free_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pace of a sender")
        verbose_name_plural = _("paces of senders")

    def __str__(self) -> str:
        return self.sender
