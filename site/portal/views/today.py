from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import access
from booking.models import Session
from booking.queries.agenda import Day, agenda
from portal.todo import todo
from sms import sending
from sms.queries.alerts import open_alerts
from sms.queries.planned import planned

#: Today and the seven days after it.
_DAYS = 8


@never_cache
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What needs somebody first, then today's sessions and those of the coming week.

    `?partenaire=<slug>` keeps to one partner, for those who see several.
    """
    user = request.user
    if not access.may_see_people(user) and access.scope(user).figures:
        return redirect("figures")
    now = timezone.now()
    partners = list(access.partners_visible_to(user))
    slug = request.GET.get("partenaire", "")
    chosen = next((partner for partner in partners if partner.slug == slug), None)
    if slug and chosen is None:
        raise Http404
    ids = None if chosen is None else [chosen.pk]
    first, *coming = agenda(user, timezone.localdate(now), days=_DAYS, partner=chosen)
    context = {
        "now": now,
        "partners": partners,
        "chosen": chosen,
        "several": len(partners) > 1 and chosen is None,
        "todo": todo(user, now, partner=chosen),
        "today": first,
        "coming": [day for day in coming if day.sessions],
        "next": _next_to_start([first, *coming]),
        "tomorrow": planned(user, now, ids)[1],
        "runs_texts": (runs_texts := access.may_seat_people(user)),
        # For those who then must call, or let texts leave again.
        "sending": sending.state() if runs_texts else None,
        "alerts": open_alerts() if runs_texts else [],
    }
    return render(request, "portal/today.html", context)


def _next_to_start(days: list[Day]) -> Session | None:
    now = timezone.now()
    ahead = (session for day in days for session in day.sessions if not session.cancelled)
    return next((session for session in ahead if session.starts_at > now), None)
