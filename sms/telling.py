"""Writing to the operators when an alert begins and when it ends: once each, counts and codes only.

Whoever claims `told_at` writes. When the mail server does not take it the claim is given back, and
the next watch tries again; nothing else waits for it. Who is killed between the two has not written:
the alert still stands on the pages, in the log and in the probe.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sms.models import Alert
from sms.queries.alerts import in_words

log = logging.getLogger(__name__)

#: What begins again within this time had not ended: the provider refuses us now and then, and nobody
#: wants two letters each time.
SETTLED = timedelta(minutes=15)
#: What ended longer ago is no news: mail may have been set up only now.
_NEWS = timedelta(days=1)


def tell(now: datetime) -> None:
    if not (settings.EMAIL_HOST and settings.ALERT_EMAILS):
        return
    begun = Q(ended_at=None, told_at=None)
    # Not before it is settled that it is over: it may go on.
    over = Q(ended_at__gte=now - _NEWS, ended_at__lte=now - SETTLED)
    ended = over & (Q(told_at=None) | Q(told_at__lt=F("ended_at")))
    for alert in Alert.objects.filter(begun | ended).order_by("began_at", "pk"):
        if not _tell(alert, now):
            return  # The server is away: one wait is enough.


def _tell(alert: Alert, now: datetime) -> bool:
    """False when the mail server did not take it."""
    before = alert.told_at
    if not Alert.objects.filter(pk=alert.pk, told_at=before).update(told_at=now):
        return True  # Another watcher writes it.
    try:
        with translation.override(settings.LANGUAGE_CODE):
            send_mail(_subject(alert), _words(alert), None, settings.ALERT_EMAILS)
    except (OSError, SMTPException) as error:
        # Its words may hold addresses.
        log.warning("alert %s: no e-mail was sent: %s", alert.kind, type(error).__name__)
        Alert.objects.filter(pk=alert.pk, told_at=now).update(told_at=before)
        return False
    return True


def _subject(alert: Alert) -> str:
    words = _("Jalon: %(what)s") if alert.ended_at is None else _("Jalon, over: %(what)s")
    return words % {"what": alert.get_kind_display()}


def _words(alert: Alert) -> str:
    lines = [in_words(alert)]
    if alert.ended_at is not None:
        moment = date_format(timezone.localtime(alert.ended_at), "j F Y H:i")
        lines = [_("It was over at %(moment)s.") % {"moment": moment}, "", _("It was:"), *lines]
    return "\n".join([*lines, "", settings.PUBLIC_URL, ""])
