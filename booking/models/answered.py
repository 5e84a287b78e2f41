"""What an action answered to a request that carried an idempotency key."""

from __future__ import annotations

from django.db import models

LONGEST_KEY = 64


class Answered(models.Model):
    """Written in the action's own transaction: a try that crashed leaves no row and blocks nobody.

    `actor_id` is 0 for the system itself, so that the unique constraint holds for it too. `digest`
    is SHA-256 over the action's name and its arguments, so no content is kept here.
    """

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=LONGEST_KEY)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(help_text="Primary keys only: see booking.once.")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("actor_id", "key"), name="answered_key_once"),
        )

    def __str__(self) -> str:
        return f"answer #{self.pk}"
