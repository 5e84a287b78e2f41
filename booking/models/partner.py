"""Who receives people, where, and what for."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models.language import Language


class Department(models.TextChoices):
    """The eight departments of Île-de-France, by their official number."""

    PARIS = "75", "Paris"
    SEINE_ET_MARNE = "77", "Seine-et-Marne"
    YVELINES = "78", "Yvelines"
    ESSONNE = "91", "Essonne"
    HAUTS_DE_SEINE = "92", "Hauts-de-Seine"
    SEINE_SAINT_DENIS = "93", "Seine-Saint-Denis"
    VAL_DE_MARNE = "94", "Val-de-Marne"
    VAL_D_OISE = "95", "Val-d'Oise"


class ServiceFamily(models.TextChoices):
    """The kinds of service, the same at every partner; figures are counted by them."""

    INTERVIEW = "interview", _("welcome interview")
    COURSE = "course", _("accountability course")
    GROUP = "group", _("talk group")
    PSYCHOLOGY = "psychology", _("psychological follow-up")
    ADDICTION = "addiction", _("addiction care")
    SOCIAL = "social", _("socio-educational support")
    WORK = "work", _("socio-professional support")
    HOUSING = "housing", _("housing")


class Service(models.Model):
    """One line of the network's catalogue. The label never leaves the building: see
    `Session.label` for what a text or a calendar may say."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    family = models.CharField(_("family"), max_length=20, choices=ServiceFamily.choices)
    letter = models.CharField(_("letter"), max_length=1)
    default_minutes = models.PositiveSmallIntegerField(_("usual length, in minutes"))
    default_capacity = models.PositiveSmallIntegerField(_("usual number of seats"), default=1)
    interview_first = models.BooleanField(
        _("needs an interview first"),
        default=False,
        help_text=_("Nobody takes part before a welcome interview."),
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                name="service_has_length_and_seats",
                condition=Q(default_minutes__gte=5, default_capacity__gte=1),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def one_to_one(self) -> bool:
        return self.default_capacity == 1


class Purpose(models.Model):
    """A set of services that a slot may be used for. A set never changes: another set is another
    row (booking.purposes)."""

    key = models.CharField(
        max_length=200,
        unique=True,
        editable=False,
        help_text="The services' primary keys in order, with commas: what makes a set one set.",
    )
    services = models.ManyToManyField(Service, related_name="purposes")

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")

    def __str__(self) -> str:
        return self.key


class Partner(models.Model):
    """An association of the network."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("short name for addresses"), unique=True)
    department = models.CharField(_("department"), max_length=3, choices=Department.choices)
    phone = models.CharField(
        _("number to call"),
        max_length=20,
        help_text=_("Stands in every text, as it is written here."),
    )
    sms_sender = models.CharField(
        _("sender of texts"),
        max_length=11,
        default="INFO RDV",
        validators=[RegexValidator(r"^[A-Za-z0-9 ]{3,11}$", _("3 to 11 letters or digits."))],
        help_text=_("Neutral: the phone may be in somebody else's hand."),
    )
    messaging_service = models.CharField(
        _("messaging service at the provider"),
        max_length=34,
        blank=True,
        validators=[RegexValidator(r"^MG[0-9a-f]{32}$", _("MG and 32 digits or letters a to f."))],
        help_text=_("Instead of the sender, where the provider chooses among several numbers."),
    )
    services = models.ManyToManyField(Service, related_name="partners", blank=True)
    offer_hours = models.PositiveSmallIntegerField(
        _("hours for which an offered place is held"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 14)],
    )
    offers_confirmed = models.BooleanField(
        _("offered places are confirmed at once"),
        default=False,
        help_text=_("Whoever waits is booked without being asked."),
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Venue(models.Model):
    """A place, down to the room."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="venues")
    name = models.CharField(_("name"), max_length=80)
    street = models.CharField(_("street"), max_length=120)
    postcode = models.CharField(
        _("postcode"),
        max_length=5,
        validators=[RegexValidator(r"^\d{5}$", _("Five digits."))],
    )
    city = models.CharField(_("town"), max_length=80)
    room = models.CharField(_("room"), max_length=40, blank=True)
    victims_only = models.BooleanField(
        _("kept for victims"),
        default=False,
        help_text=_("Nobody who was violent is ever seated here."),
    )

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ("partner", "name")
        constraints = (
            models.UniqueConstraint(fields=("partner", "name", "room"), name="venue_room_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Street and town: what a text or a calendar says of the place."""
        return f"{self.street}, {self.city}"


class Practitioner(models.Model):
    """Somebody who leads sessions at one partner. May have an account, or none."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="practitioners")
    user = models.ForeignKey(
        "booking.User", models.SET_NULL, null=True, blank=True, related_name="practices"
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ("partner", "name")
        constraints = (
            models.UniqueConstraint(fields=("partner", "name"), name="practitioner_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Spoken(models.Model):
    """A practitioner can hold an appointment in this language, beside French."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="spoken")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)

    class Meta:
        verbose_name = _("language spoken")
        verbose_name_plural = _("languages spoken")
        constraints = (
            models.UniqueConstraint(fields=("practitioner", "language"), name="spoken_once"),
        )

    def __str__(self) -> str:
        return f"{self.practitioner} · {self.language}"
