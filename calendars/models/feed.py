"""Who reads the calendars from outside."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Partner, Practitioner, Programme, Venue


class FeedScope(models.TextChoices):
    """Each value but MINE and NETWORK is also the name of the field that holds its target."""

    MINE = "mine", _("my sessions")
    PRACTITIONER = "practitioner", _("one practitioner")
    PARTNER = "partner", _("one partner")
    VENUE = "venue", _("one venue")
    PROGRAMME = "programme", _("one programme")
    NETWORK = "network", _("the whole network")


class FeedDetail(models.TextChoices):
    BUSY = "busy", _("only “busy”")
    COUNTS = "counts", _("labels and counts")


TARGETS = (FeedScope.PRACTITIONER, FeedScope.PARTNER, FeedScope.VENUE, FeedScope.PROGRAMME)


def _only(target: FeedScope | None) -> Q:
    """This target's field is filled and no other."""
    return Q(**{f"{field.value}__isnull": field != target for field in TARGETS})


class Feed(models.Model):
    """One secret address of one member of staff. Only a hash of the secret is kept, so a copy of
    the database opens no calendar."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feeds")
    scope = models.CharField(_("what it shows"), max_length=12, choices=FeedScope.choices)
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, null=True, blank=True, related_name="+"
    )
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="+")
    venue = models.ForeignKey(Venue, models.CASCADE, null=True, blank=True, related_name="+")
    programme = models.ForeignKey(
        Programme, models.CASCADE, null=True, blank=True, related_name="+"
    )
    detail = models.CharField(
        _("how much it says"),
        max_length=8,
        choices=FeedDetail.choices,
        default=FeedDetail.COUNTS,
    )
    token_hash = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the secret, in hex."
    )
    created_at = models.DateTimeField(_("since"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    read_at = models.DateTimeField(
        _("last read"), null=True, blank=True, help_text="To within ten minutes."
    )
    etag = models.CharField(max_length=64, blank=True, editable=False)
    body_changed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the bytes with this etag were first served: Last-Modified.",
    )

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ("user", "pk")
        constraints = (
            models.CheckConstraint(
                name="feed_target_fits_scope",
                condition=Q(
                    Q(scope__in=(FeedScope.MINE, FeedScope.NETWORK)) & _only(None),
                    *(Q(scope=target) & _only(target) for target in TARGETS),
                    _connector=Q.OR,
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_scope_display()}"
