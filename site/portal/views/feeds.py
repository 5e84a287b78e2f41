"""`/feeds/<token>.ics`: what calendar programs fetch, with the address as the only key."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calendars import feeds
from calendars.models import Feed

_PRIVATE = {
    "Cache-Control": "private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """An unknown, a revoked and a suspended address answer alike: one learns nothing from them."""
    found = feeds.find_feed(token)
    response = _missing() if found is None else _served(request, found)
    for header, value in _PRIVATE.items():
        response.headers[header] = value
    return response


def _served(request: HttpRequest, found: Feed) -> HttpResponseBase:
    now = timezone.now()
    rendered = feeds.render(found, now)
    feeds.mark_read(found, rendered, now)
    file_name = slugify(rendered.name) or "jalon"
    response = HttpResponse(
        rendered.body,
        content_type="text/calendar; charset=utf-8",
        headers={
            **_PRIVATE,
            "Content-Disposition": f'inline; filename="{file_name}.ics"',
            "ETag": f'"{rendered.etag}"',
            "Last-Modified": http_date(rendered.last_modified.timestamp()),
        },
    )
    return (
        get_conditional_response(
            request,
            etag=response.headers["ETag"],
            last_modified=int(rendered.last_modified.timestamp()),
            response=response,
        )
        or response
    )


def _missing() -> HttpResponse:
    return HttpResponse(
        _("There is no calendar at this address, or no longer."),
        status=404,
        content_type="text/plain; charset=utf-8",
    )
