"""What the provider tells us. Written at once, acted upon by a task: a webhook answers fast."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Partner, Seat
from sms.models.text import Text


class StatusReport(models.Model):
    """One word of the provider about one of its messages; the same word twice is one row."""

    text = models.ForeignKey(Text, models.CASCADE, related_name="reports")
    provider_id = models.CharField(max_length=64)
    status = models.CharField(max_length=20)
    code = models.CharField(max_length=10, blank=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery report")
        verbose_name_plural = _("delivery reports")
        indexes = (models.Index(fields=("id",), name="report_to_do", condition=Q(handled_at=None)),)
        constraints = (
            models.UniqueConstraint(
                fields=("text", "provider_id", "status"), name="status_report_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.status} #{self.pk}"


class ReplyKind(models.TextChoices):
    STOP = "stop", _("wants no more texts")
    OTHER = "other", _("a reply")


class Reply(models.Model):
    """What somebody answered to a text. `number` and `body` are erased with the texts'."""

    provider_id = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=16, blank=True, help_text="E.164")
    body = models.CharField(max_length=1600, blank=True)
    kind = models.CharField(max_length=8, choices=ReplyKind.choices, default=ReplyKind.OTHER)
    text = models.ForeignKey(
        Text,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        help_text="The last text to that number.",
    )
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="replies")
    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        help_text="Empty: from a number that we never wrote to; for the coordination.",
    )
    received_at = models.DateTimeField(_("received"))
    handled_at = models.DateTimeField(null=True, blank=True, help_text="By the task.")
    read_at = models.DateTimeField(_("dealt with"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ("-received_at", "-pk")
        indexes = (
            models.Index(fields=("id",), name="reply_to_do", condition=Q(handled_at=None)),
            models.Index(
                fields=("partner", "received_at"), name="reply_unread", condition=Q(read_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
