"""What keeps the house running and is nobody's business rule: signs of life of the workers. Nothing
about people, sessions or texts belongs here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One supervised worker. `at` moves only when a task was really run by it: a cluster whose
    processes live but no longer take work looks dead, and is."""

    name = models.CharField(max_length=120, unique=True, help_text="Machine and supervisor.")
    at = models.DateTimeField()
    started_at = models.DateTimeField()
    restarts = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name
