"""What the operators should know, in words. No personal data: counts and codes."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sms import problems
from sms.models import Alert, AlertKind


def open_alerts() -> list[Alert]:
    """The alerts that stand, the oldest first: at most one a kind. One query."""
    return list(Alert.objects.filter(ended_at=None).order_by("began_at", "pk"))


def in_words(alert: Alert) -> str:
    """One sentence that says what is wrong and since when."""
    return {
        AlertKind.REFUSED: _refused,
        AlertKind.FAILURES: _failures,
        AlertKind.LATE: _late,
        AlertKind.UNCERTAIN: _uncertain,
    }[AlertKind(alert.kind)](alert)


def _refused(alert: Alert) -> str:
    code = str(alert.facts.get("code", ""))
    return _(
        "The provider has refused our texts since %(since)s: %(why)s. Nothing leaves until it takes "
        "them again."
    ) % {"since": _moment(alert.began_at), "why": problems.of(code).words}


def _failures(alert: Alert) -> str:
    failed, total = int(alert.facts.get("failed", 0)), int(alert.facts.get("of", 0))
    codes = alert.facts.get("codes", {})
    why = ", ".join(f"{problems.of(code).words} ({times})" for code, times in codes.items())
    words = ngettext(
        "Of the %(total)s text of the last 24 hours %(failed)s did not arrive: %(why)s.",
        "Of the %(total)s texts of the last 24 hours %(failed)s did not arrive: %(why)s.",
        total,
    )
    return words % {"total": total, "failed": failed, "why": why or "?"}


def _late(alert: Alert) -> str:
    texts, since = int(alert.facts.get("texts", 0)), _since(alert)
    if alert.facts.get("paused"):
        words = ngettext(
            "Sending has been paused since %(since)s, and %(texts)s text waits.",
            "Sending has been paused since %(since)s, and %(texts)s texts wait.",
            texts,
        )
    else:
        words = ngettext(
            "%(texts)s text should have left, the first at %(since)s. Does a worker run?",
            "%(texts)s texts should have left, the first at %(since)s. Does a worker run?",
            texts,
        )
    return words % {"texts": texts, "since": since}


def _uncertain(alert: Alert) -> str:
    texts = int(alert.facts.get("texts", 0))
    words = ngettext(
        "What became of %(texts)s text is not known; it was sent at %(since)s.",
        "What became of %(texts)s texts is not known; the first was sent at %(since)s.",
        texts,
    )
    return words % {"texts": texts, "since": _since(alert)}


def _since(alert: Alert) -> str:
    kept = alert.facts.get("since")
    return _moment(datetime.fromisoformat(kept) if isinstance(kept, str) else alert.began_at)


def _moment(at: datetime) -> str:
    """Paris wall-clock."""
    return date_format(timezone.localtime(at), "j F Y H:i")
