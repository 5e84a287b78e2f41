from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Partner, Service
from booking.models.journal import Verb
from booking.once import once
from sms import limits
from sms.limits import AS_IT_IS
from sms.models import TextPolicy
from sms.policies import RuleBook


@once
def set_text_policy(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service | None = None,
    week_before: bool | None = AS_IT_IS,
    week_before_days: int | None = AS_IT_IS,
    booked_ahead_days: int | None = AS_IT_IS,
    hours_before: int | None = AS_IT_IS,
    missed: bool | None = AS_IT_IS,
    missed_after_minutes: int | None = AS_IT_IS,
    offers: bool | None = AS_IT_IS,
    held_minutes: int | None = AS_IT_IS,
    reminder_time: time | None = AS_IT_IS,
    opens: time | None = AS_IT_IS,
    closes: time | None = AS_IT_IS,
    rest_days: bool | None = AS_IT_IS,
    daily_cap: int | None = AS_IT_IS,
    key: str = "",
) -> TextPolicy:
    """Choose which texts of a partner leave, how early, and at which hours: for all its services, or
    for one. What is left out stays as it is; None is as inherited, by a service from the partner and
    by the partner from the network. The texts that wait follow, soon after.

    For whoever manages the partner. Raises NotAllowed, Busy, Invalid for a value out of bounds, for
    one that does not fit the others, and for a service that the partner does not offer.
    """
    access.must_manage(by, partner.pk)
    given = {
        "week_before": week_before,
        "week_before_days": week_before_days,
        "booked_ahead_days": booked_ahead_days,
        "hours_before": hours_before,
        "missed": missed,
        "missed_after_minutes": missed_after_minutes,
        "offers": offers,
        "held_minutes": held_minutes,
        "reminder_time": reminder_time,
        "opens": opens,
        "closes": closes,
        "rest_days": rest_days,
        "daily_cap": daily_cap,
    }
    chosen = {name: value for name, value in given.items() if value is not AS_IT_IS}
    limits.refuse_out_of_bounds(chosen)
    with writing():
        current = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        if service is not None and not current.services.filter(pk=service.pk).exists():
            raise Invalid(_("This partner does not offer this service."))
        rows = {one.service_id: one for one in TextPolicy.objects.filter(partner=current)}
        row = rows.setdefault(
            service.pk if service else None, TextPolicy(partner=current, service=service)
        )
        before = {name: getattr(row, name) for name in chosen if getattr(row, name) != chosen[name]}
        for name in before:
            setattr(row, name, chosen[name])
        _refuse_misfit(rows.values(), row, before)
        if before or row.pk is None:
            row.save()
        if before:
            after = {name: chosen[name] for name in before}
            facts = {
                "service": row.service_id,
                "before": _plain(before),
                "after": _plain(after),
            }
            verb = Verb.TEXT_POLICY_CHANGED
            entry = JournalEntry(at=now, actor=by, verb=verb, partner=current, facts=facts)
            journal.write([entry])
    return row


def _refuse_misfit(rows: Iterable[TextPolicy], changed: TextPolicy, names: Iterable[str]) -> None:
    """What is chosen for all services counts for those too that chose something else beside it."""
    policies = list(rows)
    book = RuleBook(policies)
    for one in policies:
        if changed.service_id in (None, one.service_id):
            limits.refuse_misfit(book.of(one.partner_id, one.service_id), set(names))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON."""
    return {
        name: value.isoformat("minutes") if isinstance(value, time) else value
        for name, value in values.items()
    }
