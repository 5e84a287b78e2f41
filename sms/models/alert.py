"""What the operators must hear of: texts do not leave, or do not arrive."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AlertKind(models.TextChoices):
    REFUSED = "refused", _("the provider refuses our texts")
    FAILURES = "failures", _("too many texts fail")
    LATE = "late", _("texts that are due do not leave")
    UNCERTAIN = "uncertain", _("what became of some texts is not known")


class Alert(models.Model):
    """Something that lasts: it begins, and ends when it is over. `facts` are counts and codes."""

    kind = models.CharField(_("what"), max_length=12, choices=AlertKind.choices)
    began_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When operators were written.")

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-began_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind",), condition=Q(ended_at=None), name="alert_open_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.began_at:%Y-%m-%d %H:%M}"
