"""Where an action's refusal becomes an answer to a browser: a calm page, never a stack trace.

An action is its own transaction, so whatever was refused has written nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from booking.errors import BookingError, Busy, NotAllowed, Warned

#: Seconds after which to try again: as long as PostgreSQL waits for a lock.
_RETRY_AFTER = 3


class Refusals:
    """Middleware. NotAllowed: 404, so that forbidden looks like missing. Busy: 409, try again.
    Warned: 409, the same request with `anyway` goes through. Whatever else was refused: 422.

    A request of htmx (header HX-Request) gets the sentence as a fragment, another one a page.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            raise Http404 from exception
        if isinstance(exception, BookingError):
            return _refused(request, exception)
        return None


def _refused(request: HttpRequest, refusal: BookingError) -> HttpResponse:
    passable = isinstance(refusal, Warned) and refusal.passable
    status = 409 if passable or isinstance(refusal, Busy) else 422
    fragment = "HX-Request" in request.headers
    template = "portal/parts/refusal.html" if fragment else "portal/refusal.html"
    context = {"sentence": str(refusal), "back": came_from(request, reverse("home"))}
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if isinstance(refusal, Busy):
        response["Retry-After"] = str(_RETRY_AFTER)
    return response


def came_from(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that the request came from; `otherwise` when it says none."""
    said = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        said, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return said if ours else otherwise
