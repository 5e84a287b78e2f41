"""The rules of texts that count for one partner and one service: its own for the service, else its
own for all, else the network's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import time, timedelta

from django.conf import settings

from sms.models import TextPolicy


@dataclass(frozen=True, slots=True)
class Rules:
    """The names are those of TextPolicy, where the bounds stand. Hours: Europe/Paris wall-clock."""

    week_before: bool
    week_before_days: int
    booked_ahead_days: int
    hours_before: int
    missed: bool
    missed_after_minutes: int
    offers: bool
    held_minutes: int
    reminder_time: time
    opens: time
    closes: time
    rest_days: bool
    daily_cap: int

    @property
    def held(self) -> timedelta:
        return timedelta(minutes=self.held_minutes)


NAMES = tuple(one.name for one in fields(Rules))


def network_rules() -> Rules:
    """What counts where nobody chose otherwise: domain.md, "Text messages"."""
    opens, closes = settings.SMS_HOURS
    return Rules(
        week_before=True,
        week_before_days=7,
        booked_ahead_days=10,
        hours_before=0,
        missed=True,
        missed_after_minutes=60,
        offers=True,
        # A third of wrong cancellations are undone within a minute, half within five.
        held_minutes=5,
        reminder_time=time(9),
        opens=opens,
        closes=closes,
        rest_days=settings.SMS_REST_DAYS,
        daily_cap=settings.SMS_DAILY_CAP,
    )


class RuleBook:
    """The rules of some partners, read at once."""

    def __init__(self, policies: Iterable[TextPolicy]) -> None:
        self._network = network_rules()
        self._chosen = {(one.partner_id, one.service_id): one for one in policies}

    def of(self, partner_id: int, service_id: int | None = None) -> Rules:
        """Without a service: what counts for the partner as a whole."""
        layers = [self._chosen.get((partner_id, one)) for one in dict.fromkeys((None, service_id))]
        chosen = {
            name: value
            for layer in layers
            if layer is not None
            for name in NAMES
            if (value := getattr(layer, name)) is not None
        }
        return self._network if not chosen else _with(self._network, chosen)


def _with(rules: Rules, chosen: dict[str, object]) -> Rules:
    values = {name: chosen.get(name, getattr(rules, name)) for name in NAMES}
    return Rules(**values)  # type: ignore[arg-type]


def rules_for(partner_ids: Iterable[int]) -> RuleBook:
    """One query."""
    return RuleBook(TextPolicy.objects.filter(partner__in=set(partner_ids)))
