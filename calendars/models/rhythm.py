"""What repeats, and what became of each of its dates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Partner, Practitioner, Programme, Purpose, Service, Session, Venue
from booking.models.language import Language
from booking.models.session import MAX_CAPACITY

#: A rhythm says "n times" up to this; a longer one ends on a date, or never.
MAX_TIMES = 200
MAX_MINUTES = 24 * 60


class Treatment(models.TextChoices):
    """What becomes of a date on a day that is not like the others."""

    SKIP = "skip", _("is skipped")
    WARN = "warn", _("takes place, with a warning")
    HOLD = "hold", _("takes place")


class Why(models.TextChoices):
    """Why a date is no session, or one with a warning."""

    PUBLIC_HOLIDAY = "public_holiday", _("public holiday")
    SCHOOL_HOLIDAY = "school_holiday", _("school holidays")
    WEEKEND = "weekend", _("weekend")
    CLOSURE = "closure", _("closed")
    ABSENCE = "absence", _("the practitioner is absent")
    REFUSED = "refused", _("not possible")


class Rhythm(models.Model):
    """A series of dates to come. django-scheduler's Event and Rule say when; this row says what
    each date becomes. Made by `calendars.actions.open_rhythm` only, so that the rule is always
    one that we can expand.

    With `slot_minutes` it is a practitioner's opening: each date is cut into slots.
    """

    event = models.OneToOneField("schedule.Event", models.PROTECT, related_name="rhythm")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="rhythms")
    service = models.ForeignKey(Service, models.PROTECT, related_name="rhythms")
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="rhythms")
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rhythms",
        help_text="Every service that its slots may be used for; empty: only its own.",
    )
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
    pause_minutes = models.PositiveSmallIntegerField(_("of which a break, in minutes"), default=0)
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
    language = models.CharField(
        _("held in"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    interpreter = models.CharField(
        _("with an interpreter for"), max_length=2, choices=Language.choices, blank=True
    )
    open_to_network = models.BooleanField(_("other partners may seat people"), default=True)
    public_holidays = models.CharField(
        _("on a public holiday"),
        max_length=4,
        choices=Treatment.choices,
        default=Treatment.SKIP,
    )
    school_holidays = models.CharField(
        _("in the school holidays"),
        max_length=4,
        choices=Treatment.choices,
        default=Treatment.HOLD,
    )
    weekends = models.CharField(
        _("on a Saturday or Sunday"),
        max_length=4,
        choices=Treatment.choices,
        default=Treatment.HOLD,
    )
    closures = models.CharField(
        _("when something is closed"),
        max_length=4,
        choices=Treatment.choices,
        default=Treatment.SKIP,
        help_text=_("The network, the partner or the venue. An absent practitioner never leads."),
    )
    ended_on = models.DateField(
        _("ended"), null=True, blank=True, help_text=_("No date on this day or later.")
    )
    published_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Every date before this instant is a session or has a reason; empty: to do.",
    )

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


class RhythmDate(models.Model):
    """One start of this rhythm, and what became of it. It stays when its session is moved or
    cancelled, so that no later publication brings the date back.

    With a session and a reason: it takes place, and the reason is a warning. Of an opening each slot
    has a row; one that is skipped as a whole has one, at its beginning.
    """

    rhythm = models.ForeignKey(Rhythm, models.CASCADE, related_name="dates")
    day = models.DateField(help_text="Paris wall-clock, as the rhythm gave it, like `start`.")
    start = models.TimeField()
    session = models.OneToOneField(
        Session, models.PROTECT, null=True, blank=True, related_name="rhythm_date"
    )
    why = models.CharField(max_length=16, choices=Why.choices, blank=True)
    name = models.CharField(
        max_length=80, blank=True, help_text="Of the holiday, the closure or the refusal."
    )
    # What was decided for this date alone, and that no change of the rhythm undoes.
    own_time = models.BooleanField(default=False)
    own_place = models.BooleanField(default=False)
    own_leaders = models.BooleanField(default=False)
    own_seats = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("date of a rhythm")
        verbose_name_plural = _("dates of rhythms")
        ordering = ("rhythm", "day", "start")
        constraints = (
            models.UniqueConstraint(fields=("rhythm", "day", "start"), name="rhythm_date_once"),
            models.CheckConstraint(
                name="rhythm_date_is_something", condition=Q(session__isnull=False) | ~Q(why="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.rhythm} {self.day:%Y-%m-%d} {self.start:%H:%M}"
