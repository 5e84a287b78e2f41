"""What the pages about the words of texts may say."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sms.variables import SLOT

register = template.Library()


@register.filter
def slotted(body: str) -> SafeString:
    """The words with what stands in braces set apart."""
    pieces = SLOT.split(body)
    marked = (
        format_html('<code class="slot">{{{}}}</code>', piece) if at % 2 else piece
        for at, piece in enumerate(pieces)
    )
    return format_html_join("", "{}", ((piece,) for piece in marked))


@register.filter
def euros(thousandths: int) -> str:
    """“0,07 €”, “0,075 €”: cents, and thousandths only where there are any."""
    places = 3 if thousandths % 10 else 2
    amount = number_format(thousandths / 1000, decimal_pos=places)
    return _("€%(amount)s") % {"amount": amount}
