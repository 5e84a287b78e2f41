"""The rules of texts that count for one partner and one service: its own for the service, else its
own for all, else the network's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

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
        if not self._chosen:
            return self._network
        layers = [self._chosen.get((partner_id, one)) for one in dict.fromkeys((None, service_id))]
        chosen = {
            name: value
            for layer in layers
            if layer is not None
            for name in NAMES
            if (value := getattr(layer, name)) is not None
        }
        return replace(self._network, **chosen) if chosen else self._network


def rules_for(partner_ids: Iterable[int]) -> RuleBook:
    """One query, written by hand because every booking asks; most partners have no row."""
    ids = sorted(set(partner_ids))
    if not ids:
        return RuleBook(())
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM sms_textpolicy WHERE partner_id IN ({marks})",  # noqa: S608
            ids,
        )
        return RuleBook(map(_policy, cursor.fetchall()))


_COLUMNS = ("partner_id", "service_id", *NAMES)


def _policy(row: Sequence[Any]) -> TextPolicy:
    """SQLite gives numbers for truths, and text for times."""
    return TextPolicy(
        **{
            column: value if value is None else _FIELDS[column].to_python(value)
            for column, value in zip(_COLUMNS, row, strict=True)
        }
    )


_FIELDS = {one.attname: one for one in TextPolicy._meta.concrete_fields}  # noqa: SLF001 - documented
