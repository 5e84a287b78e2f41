"""What templates say of texts: their life, and what leaves next."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal import texts_words
from sms import life as lives
from sms.models import Alert, Text
from sms.queries import alerts, planned

register = template.Library()


@register.simple_tag
def life(text: Text) -> SafeString:
    """`{% life text %}`: in words, with a mark whose shape says the same."""
    found = lives.of(text)
    return format_html('<span class="life life-{}">{}</span>', found.tone.value, found.words)


@register.filter
def moment_of(value: datetime) -> str:
    return lives.when(value, timezone.now())


@register.filter
def alert_words(alert: Alert) -> str:
    return alerts.in_words(alert)


@register.filter
def leaving(day: planned.Day) -> str:
    return texts_words.leaving(day)


@register.filter
def stands(text: Text) -> bool:
    return planned.stands(text)
