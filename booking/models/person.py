"""The people who are sent, and how each was sent."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.models.language import Language
from booking.models.partner import Partner, Service

# No 0/O, 1/I/L: a reference is read out on the phone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference() -> str:
    """Six characters that say nothing about anybody: 31**6, about 888 million."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(6))


class PhoneState(models.TextChoices):
    NONE = "none", _("no number")
    UNUSABLE = "unusable", _("unusable number")
    UNCONFIRMED = "unconfirmed", _("not confirmed yet")
    CONFIRMED = "confirmed", _("confirmed by voice")
    WRONG = "wrong", _("wrong number")


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: access.Reader) -> ParticipantQuerySet:
        """The people whose record this member of staff may open."""
        return access.participants_visible_to(self, user)


class Participant(models.Model):
    """A person who was sent to the network. To be in this table is criminal-offence data."""

    reference = models.CharField(
        _("reference"), max_length=6, unique=True, default=new_reference, editable=False
    )
    last_name = models.CharField(_("last name"), max_length=80)
    first_name = models.CharField(_("first name"), max_length=80)
    birth_date = models.DateField(_("born on"))
    identity_key = models.CharField(
        max_length=200,
        db_index=True,
        editable=False,
        help_text="Folded names and birth date, for finding doubles: see booking.identity.",
    )
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text="E.164")
    phone_as_typed = models.CharField(_("phone as it was written"), max_length=40, blank=True)
    phone_state = models.CharField(
        _("state of the number"),
        max_length=12,
        choices=PhoneState.choices,
        default=PhoneState.NONE,
    )
    phone_shared = models.BooleanField(_("shared phone"), default=False)
    texts_refused = models.BooleanField(_("refuses texts"), default=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    postal_address = models.CharField(
        _("postal address"),
        max_length=240,
        blank=True,
        help_text=_("For letters to those whom no text reaches. One line below the other."),
    )
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    not_before = models.DateField(
        _("not before"),
        null=True,
        blank=True,
        help_text=_("Release from prison, for example: no seat before this date."),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        editable=False,
        help_text="This record was a double: the other one goes on. See booking.actions.merge.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    hidden_from = models.ManyToManyField(
        Partner, through="booking.HiddenFrom", related_name="hidden_participants"
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("last_name", "first_name", "birth_date")
        indexes = (
            # Likeness by number: booking.doubles.
            models.Index(fields=("phone",), name="participant_phone", condition=~Q(phone="")),
        )
        constraints = (
            models.CheckConstraint(
                name="participant_phone_fits_state",
                condition=Q(phone_state__in=(PhoneState.NONE, PhoneState.UNUSABLE), phone="")
                | (
                    Q(phone__startswith="+")
                    & ~Q(phone_state__in=(PhoneState.NONE, PhoneState.UNUSABLE))
                ),
            ),
        )

    def __str__(self) -> str:
        # The reference, not the name: this string ends up in logs and error pages.
        return self.reference

    @property
    def full_name(self) -> str:
        return f"{self.last_name} {self.first_name}"


class HiddenFrom(models.Model):
    """This person must not be seen by that partner: a victim or a relative works there."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="hidings")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="hidings")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("participant", "partner"), name="hidden_from_partner_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant} ⊘ {self.partner}"


class ReferrerKind(models.TextChoices):
    PROSECUTOR = "prosecutor", _("prosecutor's office or delegate")
    JUDGE = "judge", _("liberty or examining judge")
    COURT = "court", _("court")
    SENTENCE_JUDGE = "sentence_judge", _("sentence-enforcement judge")
    PROBATION = "probation", _("probation service")
    JUDICIAL_CONTROL = "judicial_control", _("judicial-control association")
    LAWYER = "lawyer", _("lawyer")
    CARE = "care", _("doctor or addiction centre")
    SOCIAL_WORKER = "social_worker", _("social worker")
    HELPLINE = "helpline", _("helpline")
    SELF = "self", _("the person")
    RELATIVE = "relative", _("a relative")
    OTHER = "other", _("other")


class Referrer(models.Model):
    """An office or a person who sends people."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ReferrerKind.choices)

    class Meta:
        verbose_name = _("referrer")
        verbose_name_plural = _("referrers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Mandate(models.TextChoices):
    ALTERNATIVE = "alternative", _("alternative to prosecution")
    COMPOSITION = "composition", _("penal composition")
    PLEA = "plea", _("guilty plea (CRPC)")
    JUDICIAL_CONTROL = "judicial_control", _("judicial control")
    COURSE_SENTENCE = "course_sentence", _("sentence to a course")
    PROBATION = "probation", _("probation")
    ADJUSTMENT = "adjustment", _("adjusted sentence or detention")
    CARE_ORDER = "care_order", _("order of care")
    VOLUNTEER = "volunteer", _("volunteer")


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: access.Reader) -> ReferralQuerySet:
        """The referrals of the people whose record this member of staff may open, at the
        partners that are theirs."""
        return access.referrals_visible_to(self, user)


class Referral(models.Model):
    """One person, sent to one partner for one service."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="referrals")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="referrals")
    service = models.ForeignKey(Service, models.PROTECT, related_name="referrals")
    referrer = models.ForeignKey(
        Referrer, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    mandate = models.CharField(_("mandate"), max_length=20, choices=Mandate.choices)
    referred_on = models.DateField(_("referred on"))
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("Practical only: nothing on health."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ("referred_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("participant", "partner", "service", "referred_on"),
                name="referral_once",
            ),
            models.CheckConstraint(
                name="referral_deadline_after_referral",
                condition=Q(deadline__isnull=True) | Q(deadline__gte=models.F("referred_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.participant} → {self.partner}"
