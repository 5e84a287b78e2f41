from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking.models import Session
from booking.queries.agenda import with_fill
from booking.queries.seating_plan import seating_plan
from booking.queries.waiting import waiting_list
from sms.queries.outbox import last_of


@never_cache
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits there and who waits, when, where, who leads, what happened. A session that the reader may not
    open does not exist for them."""
    visible = with_fill(Session.objects.visible_to(request.user))
    found = get_object_or_404(
        visible.select_related("service", "venue", "partner").prefetch_related("practitioners"),
        pk=pk,
    )
    plan = seating_plan(found, request.user)
    waiting = waiting_list(found, request.user)
    texts = last_of(plan.seats)
    context = {
        "session": found,
        "plan": plan,
        # Each seat, until when it is held for somebody who did not answer yet, and what became of
        # the last text about it.
        "seats": [(seat, waiting.held_until(seat), texts.get(seat.pk)) for seat in plan.seats],
        "tells_texts": bool(texts),
        "waiting": waiting,
        "over": max(0, len(plan.seats) + plan.hidden - found.capacity),
    }
    return render(request, "portal/session.html", context)
