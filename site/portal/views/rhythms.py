from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import access
from calendars.queries.at_a_glance import at_a_glance, managed_by
from calendars.queries.closures_around import closures_around
from calendars.queries.dates_ahead import dates_ahead
from portal.rhythm_days import by_month
from portal.rhythm_words import ready_until, treatments

_A_YEAR = timedelta(days=400)


@never_cache
@require_safe
def rhythms(request: HttpRequest) -> HttpResponse:
    """What repeats, what of it is next and what is not as usual. `?partenaire=<slug>` keeps to one
    partner, for those who see several."""
    user = request.user
    if not access.may_seat_people(user):
        raise Http404
    held = access.scope(user)
    partners = [
        one for one in access.partners_visible_to(user) if held.network or one.pk in held.admin_of
    ]
    slug = request.GET.get("partenaire", "")
    chosen = next((partner for partner in partners if partner.slug == slug), None)
    if slug and chosen is None:
        raise Http404
    found = at_a_glance(user, timezone.now(), partner=chosen)
    context = {
        "partners": partners,
        "chosen": chosen,
        "several": len(partners) > 1 and chosen is None,
        "going": [one for one in found if not one.ended],
        "ended": [one for one in found if one.ended],
    }
    return render(request, "portal/rhythms.html", context)


@never_cache
@require_safe
def rhythm(request: HttpRequest, pk: int) -> HttpResponse:
    """Date by date. A rhythm of another partner does not exist for the reader."""
    rows = managed_by(request.user).select_related("event__rule", "service", "venue", "partner")
    found = get_object_or_404(rows.prefetch_related("practitioners"), pk=pk)
    now = timezone.now()
    context = {
        "rhythm": found,
        "months": by_month(found, dates_ahead(found, now)),
        "closures": closures_around(found, now, now + _A_YEAR),
        "treatments": treatments(found),
        "ready_until": ready_until(found),
    }
    return render(request, "portal/rhythm.html", context)
