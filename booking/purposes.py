"""What a slot may be used for: its own service, or every one of its `Purpose`. The first person who
sits down decides; while somebody sits there, it stays so."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.models import Purpose, Referral, Seat, Service, Session

_MOST = 12


def purpose_of(services: Iterable[Service]) -> Purpose | None:
    """The one row for this set of services, made if there was none; None for one service, which
    needs no row. Call inside `writing`: two who make the same one at once wait for each other.

    Raises Invalid for none and for more than a dozen.
    """
    ids = sorted({service.pk for service in services})
    if not ids:
        raise Invalid(_("Choose what the slot is for."))
    if len(ids) > _MOST:
        raise Invalid(_("A slot is for at most %(most)s services.") % {"most": _MOST})
    if len(ids) == 1:
        return None
    key = ",".join(map(str, ids))
    # Whoever sees the row sees its services: they are written in the same transaction.
    with transaction.atomic():
        purpose, made = Purpose.objects.get_or_create(key=key)
        if made:
            purpose.services.set(ids)
    return purpose


def services_of(session: Session) -> frozenset[int]:
    """The services for which one may sit down here, by primary key. A session of a programme is
    for the programme's. No query when the purpose was read with the session."""
    if session.purpose is None or session.programme_id is not None:
        return frozenset({session.service_id})
    return frozenset({session.service_id, *map(int, session.purpose.key.split(","))})


def serves(session: Session, service: Service) -> bool:
    """Whether one may sit down here for this service."""
    return service.pk in services_of(session)


def chosen(session: Session, service: Service | None, referral: Referral | None) -> Service:
    """What a seat here is for, as the row is now: the `service` that was said, else the referral's
    if the slot serves it, else the session's own. Raises Invalid."""
    if service is not None and not serves(session, service):
        raise Invalid(_("This slot is not for that service."))
    said = service.pk if service is not None else referral.service_id if referral else None
    if said is None or said == session.service_id or said not in services_of(session):
        return session.service
    return Service.objects.get(pk=said)


def carried(seat: Seat, to: Session) -> Service:
    """What a seat that is moved is for: the same as before or as its referral if the slot serves
    that, else the slot's own service."""
    if serves(to, seat.session.service):
        return chosen(to, seat.session.service, None)
    return chosen(to, None, seat.referral)


def follow(session: Session, service: Service) -> dict[str, int]:
    """Write down what a locked, empty session has become; returns the facts for the journal of
    the seat that decided, none when it was so before."""
    if service.pk == session.service_id:
        return {}
    session.service = service
    session.save(update_fields=["service"])
    return {"service": service.pk}
