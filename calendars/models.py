"""What repeats, what of it was published, and who reads it from outside."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Partner, Practitioner, Programme, Service, Session, Venue
from booking.models.session import MAX_CAPACITY

#: A rhythm says "n times" up to this; a longer one ends on a date, or never.
MAX_TIMES = 200
MAX_MINUTES = 24 * 60


class Rhythm(models.Model):
    """A series of dates to come. django-scheduler's Event and Rule say when; this row says what
    each date becomes. Made by `calendars.rhythms.open_rhythm` only, so that the rule is always
    one that we can expand.

    With `slot_minutes` it is a practitioner's opening: each date is cut into slots.
    """

    event = models.OneToOneField("schedule.Event", models.PROTECT, related_name="rhythm")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="rhythms")
    service = models.ForeignKey(Service, models.PROTECT, related_name="rhythms")
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="rhythms")
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="rhythms"
    )
    practitioners = models.ManyToManyField(Practitioner, related_name="rhythms", blank=True)
    label = models.CharField(_("neutral label"), max_length=40)
    capacity = models.PositiveSmallIntegerField(_("seats"))
    allowance = models.PositiveSmallIntegerField(_("overbooking allowance"), default=0)
    minutes = models.PositiveSmallIntegerField(
        _("length, in minutes"), help_text=_("Of a session, or of the whole opening.")
    )
    slot_minutes = models.PositiveSmallIntegerField(
        _("length of a slot, in minutes"), null=True, blank=True
    )
    gap_minutes = models.PositiveSmallIntegerField(_("pause between slots, in minutes"), default=0)
    times = models.PositiveSmallIntegerField(
        _("number of dates"),
        null=True,
        blank=True,
        help_text=_("A date skipped for a public holiday does not count."),
    )
    skip_holidays = models.BooleanField(_("skip public holidays"), default=True)

    class Meta:
        verbose_name = _("rhythm")
        verbose_name_plural = _("rhythms")
        ordering = ("partner", "label", "pk")
        constraints = (
            models.CheckConstraint(
                name="rhythm_has_length_and_seats",
                condition=Q(
                    minutes__gte=5,
                    minutes__lte=MAX_MINUTES,
                    capacity__gte=1,
                    capacity__lte=MAX_CAPACITY,
                ),
            ),
            models.CheckConstraint(
                name="rhythm_slot_fits",
                condition=Q(slot_minutes__isnull=True, gap_minutes=0)
                # Said aloud: a comparison with NULL is not false, and lets the row in.
                | Q(
                    slot_minutes__isnull=False,
                    slot_minutes__gte=5,
                    slot_minutes__lte=models.F("minutes"),
                ),
            ),
            models.CheckConstraint(
                name="rhythm_times_in_bounds",
                condition=Q(times__isnull=True) | Q(times__gte=1, times__lte=MAX_TIMES),
            ),
        )

    def __str__(self) -> str:
        return self.label


class PublishedDate(models.Model):
    """This start of this rhythm became that session. It stays when the session is moved or
    cancelled, so that no later publication brings the date back."""

    rhythm = models.ForeignKey(Rhythm, models.PROTECT, related_name="published")
    original_start = models.DateTimeField(
        help_text="The instant that the rhythm gave, wherever the session is now."
    )
    session = models.OneToOneField(Session, models.PROTECT, related_name="published_date")

    class Meta:
        verbose_name = _("published date")
        verbose_name_plural = _("published dates")
        ordering = ("rhythm", "original_start")
        constraints = (
            models.UniqueConstraint(
                fields=("rhythm", "original_start"), name="published_date_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rhythm} {self.original_start:%Y-%m-%d %H:%M}"


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
