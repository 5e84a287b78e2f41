"""The partners whose choices somebody may make, and which of them a page is about."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from booking import access
from booking.models import Partner


def managed_partners(user: access.Reader) -> list[Partner]:
    """All of them for the coordination; one's own for a partner admin. Raises Http404 for whoever
    manages none. One query."""
    held = access.scope(user)
    if not access.may_seat_people(user):
        raise Http404
    visible = access.partners_visible_to(user)
    return [one for one in visible if held.network or one.pk in held.admin_of]


def named_partner(request: HttpRequest, partners: list[Partner]) -> Partner | None:
    """The one of these that `?partenaire=<slug>` names, None without it. Raises Http404 for any
    other name."""
    slug = request.GET.get("partenaire", "")
    chosen = next((partner for partner in partners if partner.slug == slug), None)
    if slug and chosen is None:
        raise Http404
    return chosen


def one_partner(request: HttpRequest) -> tuple[Partner, list[Partner]]:
    """For a page that is about one partner: the one that is named, else the first; and all among
    whom one may choose. Raises Http404 where there is none."""
    partners = managed_partners(request.user)
    chosen = named_partner(request, partners) or next(iter(partners), None)
    if chosen is None:
        raise Http404
    return chosen, partners
