from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import access
from booking.errors import Invalid, Merged
from booking.models import Seat
from booking.models.partner import ServiceFamily
from booking.models.seat import SeatState
from booking.queries.finder import Place, find, first_days
from portal.forms.facets import facets, searched
from portal.forms.finder import FinderForm

#: Rhythms are published no further ahead: "whenever it may be".
_HORIZON = timedelta(days=400)
_NEAREST = 3


@dataclass(frozen=True)
class Row:
    place: Place
    #: Whether the session's page is the reader's to open; else its partner is the one to call.
    ours: bool

    @property
    def capacity(self) -> int:
        return self.place.taken + self.place.free


@dataclass(frozen=True)
class Day:
    date: date
    rows: list[Row]


@never_cache
@require_safe
def finder(request: HttpRequest) -> HttpResponse:
    """The next free places, for one person or for anybody. `?suite=` is the next page."""
    if not access.may_seat_people(request.user):
        raise Http404
    form = FinderForm(request.user, request.GET or None)
    context: dict[str, Any] = {"form": form, "found": None}
    if form.is_valid():
        try:
            context |= _answer(form, request.GET.get("suite", ""), timezone.now())
        except Merged as refusal:
            form.add_error("person", str(refusal))
        except Invalid as refusal:
            form.add_error(None, str(refusal))
    context["facets"] = facets(form, context["found"])
    context["searched"] = searched(context["facets"])
    return render(request, "portal/finder.html", context)


def _answer(form: FinderForm, cursor: str, now: datetime) -> dict[str, Any]:
    """Five queries; at most nine when nothing was found."""
    by, person, search = form.by, form.found, form.search
    found = find(by, person, search, now=now, cursor=cursor)
    firsts = first_days(by, person, search, now=now)
    whenever = timezone.localdate(now) + _HORIZON
    later: tuple[Place, ...] = ()
    if found.latest and not found.places and not cursor:
        later = find(by, person, replace(search, latest=whenever), now=now, size=_NEAREST).places
    return {
        "found": found,
        "days": _by_day(by, found.places),
        "later": _by_day(by, later),
        "first_days": [one for one in firsts if one.day],
        "without_place": [one.partner.name for one in firsts if not one.day],
        "interviews": [] if found.places else _interviews(form),
        "paged": bool(cursor),
        "whenever": whenever.isoformat(),
        "several": len(access.partners_visible_to(by)) > 1,
    }


def _interviews(form: FinderForm) -> list[int]:
    """The services that must come before one of those that were searched for this person, who had
    none of them yet. One query at most."""
    chosen = [one for one in form.catalogue if one.pk in form.search.services]
    interviews = [one.pk for one in form.catalogue if one.family == ServiceFamily.INTERVIEW]
    if form.found is None or not any(one.interview_first for one in chosen):
        return []
    had = Seat.objects.filter(
        participant=form.found,
        session__service__in=interviews,
        state__in=(SeatState.BOOKED, SeatState.PRESENT, SeatState.LATE),
    )
    return [] if set(interviews) & form.search.services or had.exists() else interviews


def _by_day(by: access.Reader, places: Iterable[Place]) -> list[Day]:
    held = access.scope(by)

    def row(place: Place) -> Row:
        return Row(place, held.network or place.session.partner_id in held.admin_of)

    days = groupby(places, key=lambda place: place.first)
    return [Day(day, [row(place) for place in group]) for day, group in days]
