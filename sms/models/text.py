"""The outbox: one row per text that ought to leave, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Seat


class Step(models.TextChoices):
    SUMMONS = "summons", _("summons")
    DAY7 = "day7", _("reminder a week before")
    DAY1 = "day1", _("reminder the day before")
    HOURS3 = "hours3", _("reminder some hours before")
    CANCELLED = "cancelled", _("cancellation")
    CHANGED = "changed", _("change")
    MISSED = "missed", _("missed appointment")
    OFFER = "offer", _("place offered")
    ANSWER = "answer", _("answer to a reply")


class TextState(models.TextChoices):
    """A state only moves forward; a text that certainly was not sent may wait once more."""

    PLANNED = "planned", _("planned")
    CLAIMED = "claimed", _("leaving")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("not delivered")
    UNCERTAIN = "uncertain", _("uncertain")
    VOID = "void", _("no longer needed")
    EXPIRED = "expired", _("too late to send")
    BY_HAND = "by_hand", _("told otherwise")


class How(models.TextChoices):
    """How somebody was told without a text."""

    CALL = "call", _("by telephone")
    LETTER = "letter", _("by letter")
    PERSON = "person", _("in person")


#: It reached the person, may have, or is about to: what comes later must take it into account.
TOLD = (
    TextState.CLAIMED,
    TextState.SENT,
    TextState.DELIVERED,
    TextState.UNCERTAIN,
    TextState.BY_HAND,
)


class Text(models.Model):
    """One text for one seat, about one revision of its session.

    `to` and `body` stay empty until the text is handed to the transport: while it waits it follows
    the person's number and the seat as they are. So a claimed row with a `to` may have been sent,
    and one without certainly was not.
    """

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="texts")
    carried_to = models.ForeignKey(
        Seat,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inherited_texts",
        db_index=False,  # A partial one, below: few people are moved, and every text would pay.
        help_text="The seat that the person has instead, after having been moved.",
    )
    step = models.CharField(_("step"), max_length=12, choices=Step.choices)
    revision = models.PositiveIntegerField(
        help_text="The session's revision it speaks of; of an answer, the day's ordinal."
    )
    state = models.CharField(
        _("state"), max_length=12, choices=TextState.choices, default=TextState.PLANNED
    )
    wanted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the planner wants it. `due_at` is when it is tried next.",
    )
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(
        _("useless after"), help_text="Never after the session's start."
    )
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="Until when the one who claimed it may act on it."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sender = models.CharField(max_length=11, blank=True)
    to = models.CharField(max_length=16, blank=True, help_text="E.164")
    body = models.TextField(blank=True)
    told = models.JSONField(
        null=True,
        blank=True,
        help_text="When and where, for each seat that it spoke of. Filled as it leaves: sms.in_hand.",
    )
    segments = models.PositiveSmallIntegerField(default=0)
    leader = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followers",
        db_index=False,
        help_text="The text that left for this one too: two sessions on one day are one text.",
    )
    provider_id = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was delivered, or known not to be."
    )
    looked_up_at = models.DateTimeField(
        null=True, blank=True, help_text="When the provider was last asked what became of it."
    )
    how = models.CharField(
        _("told otherwise"), max_length=12, blank=True, choices=How.choices, default=""
    )
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When number and body were erased: data law."
    )
    problem = models.CharField(
        max_length=40, blank=True, help_text="A short code, never personal data."
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ("due_at", "pk")
        indexes = (
            models.Index(fields=("due_at", "id"), name="text_due", condition=Q(state="planned")),
            models.Index(fields=("lease_until",), name="text_lease", condition=Q(state="claimed")),
            models.Index(
                fields=("sent_at",), name="text_uncertain", condition=Q(state="uncertain")
            ),
            models.Index(
                fields=("provider_id",), name="text_provider", condition=~Q(provider_id="")
            ),
            models.Index(fields=("to", "sent_at"), name="text_to", condition=~Q(to="")),
            models.Index(fields=("leader",), name="text_leader", condition=Q(leader__isnull=False)),
            models.Index(
                fields=("carried_to",), name="text_carried", condition=Q(carried_to__isnull=False)
            ),
        )
        constraints = (
            # A void text makes room: a number that is taken back and confirmed again needs its
            # text again, and the row that was given up stays as it ended.
            models.UniqueConstraint(
                fields=("seat", "step", "revision"),
                condition=~Q(state=TextState.VOID),
                name="text_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} #{self.pk}"
