"""What our templates may say: seat pips, days and hours, phone numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking import phones
from booking.models import Session
from booking.queries.finder import Place
from calendars.models import Closure, Rhythm, RhythmDate
from portal import keys, rhythm_words, wording
from portal import pips as geometry

register = template.Library()


@register.inclusion_tag("portal/parts/pips.html")
def pips(taken: int, capacity: int, held: int = 0) -> dict[str, Any]:
    """`{% pips taken capacity held %}`: the dots and the figure, with words for who cannot see."""
    drawing = geometry.draw(taken, capacity, held)
    # Numbers as text: a decimal comma of the reader's language would break the drawing.
    return {
        "circles": [(pip.kind, f"{pip.x:g}", f"{pip.y:g}") for pip in drawing.pips],
        "radius": f"{drawing.radius:g}",
        "width": f"{drawing.width:g}",
        "height": f"{drawing.height:g}",
        "bar": drawing.bar and [f"{length:g}" for length in drawing.bar],
        "words": in_words(taken, capacity, held),
        "figure": f"{taken}/{capacity}",
        "over": taken + held > capacity,
    }


@register.simple_tag
def form_key() -> SafeString:
    """`{% form_key %}` beside `{% csrf_token %}`: portal.keys."""
    return format_html('<input type="hidden" name="{}" value="{}">', keys.FIELD, keys.new_key())


def in_words(taken: int, capacity: int, held: int = 0) -> str:
    """“7 places prises sur 10, 1 proposée”."""
    text = ngettext(
        "%(taken)s seat taken out of %(capacity)s",
        "%(taken)s seats taken out of %(capacity)s",
        taken,
    ) % {"taken": taken, "capacity": capacity}
    if held:
        offered = ngettext("%(held)s offered", "%(held)s offered", held) % {"held": held}
        text = _("%(taken)s, %(offered)s") % {"taken": text, "offered": offered}
    if taken + held > capacity:
        text = _("%(taken)s, over the number of seats") % {"taken": text}
    return text


@register.filter
def day(value: date | datetime) -> str:
    return wording.day(value)


@register.filter
def short_day(value: date | datetime) -> str:
    return wording.day(value, weekday=False)


@register.filter
def brief_day(value: date | datetime) -> str:
    return wording.brief(value)


@register.filter
def moment(value: datetime) -> str:
    return wording.moment(value)


@register.filter
def coming(value: datetime) -> str:
    return wording.coming(value, now=timezone.now())


@register.filter
def hour(value: datetime) -> str:
    return wording.hour(value)


@register.filter
def clock(value: datetime) -> str:
    """09:30, Paris: for a column of times."""
    return f"{timezone.localtime(value):%H:%M}"


@register.filter
def length_of(session: Session) -> str:
    return wording.duration(session.starts_at, session.ends_at)


@register.filter
def sittings(place: Place) -> str:
    return wording.sittings(place.sessions, place.first, place.last)


@register.filter
def minutes(value: int) -> str:
    return wording.length(value)


@register.filter
def repeats(rhythm: Rhythm) -> str:
    return rhythm_words.words(rhythm)


@register.filter
def lasts(closure: Closure) -> str:
    return rhythm_words.lasts(closure)


@register.filter
def odd(row: RhythmDate) -> str:
    return rhythm_words.odd(row.why, row.name)


@register.filter
def phone(e164: str) -> str:
    return phones.display(e164)


@register.filter
def tel(written: str) -> str:
    """The address behind a number as a partner writes it; "" when it is none (a short code is)."""
    try:
        return f"tel:{phones.parse(written)}"
    except ValueError:
        return ""


@register.filter
def first_capital(text: object) -> str:
    """“Lundi 23 novembre” at the start of a line; the rest as it is, unlike `capfirst` on None."""
    words = str(text)
    return words[:1].upper() + words[1:]
