"""Words that are not the shipped ones, and which shipped translations somebody has reviewed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.models import Partner
from booking.models.language import Language


class Manner(models.TextChoices):
    """How a text speaks. Discreet, for a shared phone, comes before volunteer."""

    PLAIN = "plain", _("plain")
    DISCREET = "discreet", _("discreet, for a shared phone")
    VOLUNTEER = "volunteer", _("for volunteers")


class OwnWording(models.Model):
    """A partner's own words for one kind of text. Without a row the shipped words are used, so a
    better default reaches every partner that did not touch it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="wordings")
    kind = models.CharField(max_length=24, help_text="sms.kinds.Kind")
    manner = models.CharField(_("manner"), max_length=12, choices=Manner.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    body = models.CharField(_("text"), max_length=600)
    default_digest = models.CharField(
        max_length=64, help_text="Of the shipped words that it replaced: they may change later."
    )
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(
        null=True, blank=True, help_text="Words in another language leave only once reviewed."
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("own words of a partner")
        verbose_name_plural = _("own words of partners")
        constraints = (
            models.UniqueConstraint(
                fields=("partner", "kind", "manner", "language"), name="own_wording_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner} · {self.kind} · {self.manner} · {self.language}"


class ReviewedWording(models.Model):
    """Somebody who reads the language has looked at these shipped words. Bound to the words: other
    words, even one letter, are to be reviewed again."""

    kind = models.CharField(max_length=24, help_text="sms.kinds.Kind")
    manner = models.CharField(_("manner"), max_length=12, choices=Manner.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    digest = models.CharField(max_length=64)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("reviewed translation")
        verbose_name_plural = _("reviewed translations")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "manner", "language"), name="reviewed_wording_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} · {self.manner} · {self.language}"
