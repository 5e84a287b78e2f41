"""Letters, for those whom no text reaches. To look at one changes nothing; to write one is a form that
is sent, and the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.errors import Invalid, NotActive
from booking.models import Seat
from booking.queries.to_call import Call
from portal.documents.letter import compose, printed
from portal.keys import key_of
from portal.managed import managed_partners, named_partner
from sms.actions import write_letters
from sms.queries.letters import Matter, matters, need_a_letter, written_at

#: Says nothing of anybody: it stays among the downloads of a machine that others use.
_NAME = "courrier.pdf"


@dataclass(frozen=True)
class Row:
    """Somebody who needs a letter. `refusal`: why there is none to print."""

    call: Call
    written_at: datetime | None
    refusal: str

    @property
    def address(self) -> bool:
        return bool(self.call.seat.participant.postal_address.strip())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter about one seat, for those who manage its partner: it has the address, which a
    practitioner has no need to know. GET shows it; POST writes it, for the journal too."""
    seats = Seat.objects.visible_to(request.user)
    ours = seats.filter(session__partner__in=managed_partners(request.user))
    seat = get_object_or_404(ours, pk=pk)
    return _pdf(request, [seat], timezone.now())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """Who needs a letter within 14 days. POST writes those that were ticked (`place`), as one
    document with a page for each."""
    partners = managed_partners(request.user)
    chosen = named_partner(request, partners)
    now = timezone.now()
    calls = need_a_letter(request.user, now, [chosen] if chosen else partners)
    if request.method == "POST":
        ticked = set(request.POST.getlist("place"))
        if seats := [call.seat for call in calls if str(call.seat.pk) in ticked]:
            return _pdf(request, seats, now)
    context = {
        "partners": partners,
        "chosen": chosen,
        "whose": chosen.slug if chosen else "",
        "several": len(partners) > 1 and chosen is None,
        "rows": _rows(calls, now),
        "nothing_ticked": request.method == "POST",
    }
    return render(request, "portal/letters.html", context, status=_status(request))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _pdf(request: HttpRequest, seats: list[Seat], now: datetime) -> HttpResponse:
    pages = printed([compose(one, now=now) for one in matters(seats, now)])
    writes = request.method == "POST"
    if writes:
        by: Any = request.user  # Signed in: every view without an exception is.
        write_letters(by=by, now=now, seats=seats, key=key_of(request))
    how = "attachment" if writes else "inline"
    return HttpResponse(
        pages,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{how}; filename="{_NAME}"',
            "X-Robots-Tag": "noindex",
        },
    )


def _rows(calls: list[Call], now: datetime) -> list[Row]:
    written = written_at(call.seat for call in calls)
    found = matters([call.seat for call in calls], now)
    return [
        Row(call, written.get(call.seat.pk), _refusal(matter, now))
        for call, matter in zip(calls, found, strict=True)
    ]


def _refusal(matter: Matter, now: datetime) -> str:
    try:
        compose(matter, now=now)
    except (Invalid, NotActive) as refusal:
        return str(refusal)
    return ""
