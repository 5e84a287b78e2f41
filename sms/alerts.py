"""What lasts and must be heard of: an alert begins, is told once, and ends.

`watch` runs each minute in the worker and in every probe (`manage.py texts_health`), so that a dead
worker is noticed by whoever looks. It may run twice at once: the database holds one open alert a
kind, and what ends is a compare-and-swap. An alert ends later than it would begin, so that it does
not flicker, and what begins again a few minutes later is the same one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Q

from sms import lateness, telling
from sms.models import Alert, AlertKind, Sending, Text, TextState

log = logging.getLogger(__name__)

#: Fewer texts than this say nothing about a share.
ENOUGH: Final = 10
DAY: Final = timedelta(days=1)
#: The look-up asks every few minutes: what it cannot clear up in an hour needs somebody.
UNCERTAIN_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """`begins`: bad enough to raise an alert; `lasts`: bad enough to keep one that stands."""

    begins: bool
    lasts: bool
    facts: dict[str, object] = field(default_factory=dict)


def watch(now: datetime) -> list[Alert]:
    """Begin and end alerts, write to the operators, and return those that stand. Never inside a
    transaction: it may speak to the mail server."""
    sending = Sending.objects.filter(pk=1).first() or Sending(pk=1)
    standing = {alert.kind: alert for alert in Alert.objects.filter(ended_at=None)}
    for kind, look in _LOOKS.items():
        finding = look(now, sending)
        alert = standing.get(kind)
        if alert is not None and finding.lasts:
            _keep(alert, finding)
        elif alert is not None:
            _end(alert, now)
        elif finding.begins:
            _begin(kind, finding, now)
    telling.tell(now)
    return list(Alert.objects.filter(ended_at=None).order_by("began_at", "pk"))


def _begin(kind: AlertKind, finding: Finding, now: datetime) -> None:
    try:
        with transaction.atomic():
            if _goes_on(kind, finding, now):
                return
            Alert.objects.create(kind=kind, began_at=now, facts=finding.facts)
    except IntegrityError:
        return  # Another watcher was faster, and has said so.
    log.error("alert begins: %s %s", kind.value, finding.facts)


def _goes_on(kind: AlertKind, finding: Finding, now: datetime) -> bool:
    recent = Alert.objects.filter(kind=kind, ended_at__gt=now - telling.SETTLED).order_by(
        "-ended_at"
    )
    last = recent.first()
    if last is None:
        return False
    same = Alert.objects.filter(pk=last.pk, ended_at=last.ended_at)
    again = bool(same.update(ended_at=None, facts=finding.facts))
    if again:
        log.info("alert goes on: %s %s", kind.value, finding.facts)
    return again


def _keep(alert: Alert, finding: Finding) -> None:
    if finding.facts and finding.facts != alert.facts:
        Alert.objects.filter(pk=alert.pk, ended_at=None).update(facts=finding.facts)


def _end(alert: Alert, now: datetime) -> None:
    if Alert.objects.filter(pk=alert.pk, ended_at=None).update(ended_at=now):
        log.info("alert ends: %s", alert.kind)


def _refused(now: datetime, sending: Sending) -> Finding:
    halted = sending.halted_at is not None
    facts: dict[str, object] = {"code": sending.halted_code} if halted else {}
    return Finding(halted, halted, facts)


def _failures(now: datetime, sending: Sending) -> Finding:
    """Of the texts of the last 24 hours that were sent and are not in doubt, how many failed. Those
    of which nothing more was heard count as good ones: without delivery reports only what was
    refused at once would be known, and look like everything."""
    known = Text.objects.filter(
        Q(sent_at__gte=now - DAY) | Q(state=TextState.FAILED, ended_at__gte=now - DAY),
        # One that left in another's words is not one more.
        leader=None,
        state__in=(TextState.SENT, TextState.DELIVERED, TextState.FAILED),
    )
    failed = Q(state=TextState.FAILED)
    counted = known.aggregate(all=Count("pk"), failed=Count("pk", filter=failed))
    total, bad = counted["all"], counted["failed"]
    limit = total * settings.SMS_ALERT_FAILED_PERCENT
    begins = total >= ENOUGH and bad * 100 >= limit
    lasts = total >= ENOUGH // 2 and bad * 100 >= limit * 3 / 4
    if not begins and not lasts:
        return Finding(False, False)
    codes = known.filter(failed).values_list("problem").annotate(times=Count("pk"))
    worst = dict(sorted(codes.order_by("problem"), key=lambda one: -one[1])[:3])
    return Finding(begins, lasts, {"failed": bad, "of": total, "codes": worst})


def _late(now: datetime, sending: Sending) -> Finding:
    late = lateness.of_all(now, sending)
    limit = timedelta(minutes=settings.SMS_ALERT_LATE_MINUTES)
    if late is None:
        return Finding(False, False)
    waited = now - late.since
    if sending.halted_at is not None:
        # Nothing leaves, and that alert says so: this one neither begins nor ends.
        begins, lasts = False, True
    elif late.paused:
        # Somebody's will; after a day it was forgotten.
        begins = lasts = waited >= DAY
    else:
        begins, lasts = waited >= limit, waited >= limit / 2
    facts = {"texts": late.texts, "since": late.since.isoformat(), "paused": late.paused}
    return Finding(begins, lasts, facts)


def _uncertain(now: datetime, sending: Sending) -> Finding:
    def since(wait: timedelta) -> dict[str, object]:
        open_ = Text.objects.filter(state=TextState.UNCERTAIN, leader=None, sent_at__lte=now - wait)
        open_ = open_.exclude(to="")  # Erased: nobody can find out any more.
        return open_.aggregate(texts=Count("pk"), since=Min("sent_at"))

    lasts = since(UNCERTAIN_FOR / 2)
    if not isinstance(oldest := lasts["since"], datetime):
        return Finding(False, False)
    facts = {"texts": lasts["texts"], "since": oldest.isoformat()}
    return Finding(oldest <= now - UNCERTAIN_FOR, True, facts)


_LOOKS: Final[dict[AlertKind, Callable[[datetime, Sending], Finding]]] = {
    AlertKind.REFUSED: _refused,
    AlertKind.FAILURES: _failures,
    AlertKind.LATE: _late,
    AlertKind.UNCERTAIN: _uncertain,
}
