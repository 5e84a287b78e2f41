from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: Everything comes from here, nothing is inline, nobody frames us, forms go nowhere else.
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)

Respond = Callable[[HttpRequest], HttpResponse]


def content_security_policy(respond: Respond) -> Respond:
    """Middleware: a script that somebody smuggled into a page does not run."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware
