"""Staff accounts and what each may do where. Participants have no account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account. `password=None` makes one that cannot log in until it is set.

        Raises ValueError when the address is empty.
        """
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create the account that `manage.py createsuperuser` asks for: a coordinator."""
        user = self.create_user(email, password, is_superuser=True, **fields)
        Membership.objects.create(user=user, role=Role.COORDINATOR)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """One member of staff, known by e-mail address (stored in lower case)."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("members of staff")
        constraints = (
            models.CheckConstraint(
                name="user_email_lower_case",
                condition=Q(email=Lower("email")),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("coordinator")
    ADMIN = "admin", _("partner admin")
    PRACTITIONER = "practitioner", _("practitioner")
    OBSERVER = "observer", _("observer")


NETWORK_ROLES = (Role.COORDINATOR, Role.OBSERVER)


class Membership(models.Model):
    """What one person may do: for the whole network, or for one partner."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(
        "booking.Partner",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    may_overbook = models.BooleanField(
        _("may overbook"),
        default=False,
        help_text=_("May seat people beyond the capacity, within a session’s allowance."),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(fields=("user", "partner", "role"), name="membership_once"),
            # A NULL partner equals no other, so the network's own roles need their own rule.
            models.UniqueConstraint(
                fields=("user", "role"),
                condition=Q(partner__isnull=True),
                name="membership_of_network_once",
            ),
            models.CheckConstraint(
                name="membership_partner_fits_role",
                condition=Q(role__in=NETWORK_ROLES, partner__isnull=True)
                | (~Q(role__in=NETWORK_ROLES) & Q(partner__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
