"""Two people of whom something must be known together. Only the coordination reads these rows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from booking.models.person import Participant


class AvoidancePair(models.Model):
    """Two people who must not meet (domain rule 4). `first` has the lower primary key.

    Whoever is refused because of it is told "not possible here", in the same words as for any other
    safety rule, so that nobody can find out that a pair exists.
    """

    first = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    second = models.ForeignKey(Participant, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="avoidance_pair_once"),
            models.CheckConstraint(
                name="avoidance_pair_in_order", condition=Q(first__lt=F("second"))
            ),
        )

    def __str__(self) -> str:
        return f"pair #{self.pk}"


class TwoPeople(models.Model):
    """Two records that look like one person and were checked: they are two. `first` has the lower
    primary key."""

    first = models.ForeignKey(Participant, models.CASCADE, related_name="+")
    second = models.ForeignKey(Participant, models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="two_people_once"),
            models.CheckConstraint(name="two_people_in_order", condition=Q(first__lt=F("second"))),
        )

    def __str__(self) -> str:
        return f"two people #{self.pk}"
