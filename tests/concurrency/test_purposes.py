"""One slot, several services, several processes; and the last seat that two partners want."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.locking import writing
from booking.models import JournalEntry, Participant, Purpose, Seat, Service, Session, User
from booking.models.partner import ServiceFamily
from booking.models.staff import Role
from booking.purposes import purpose_of
from tests import factories
from tests.booking.slots import slot
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)

_FAMILIES = (ServiceFamily.PSYCHOLOGY, ServiceFamily.ADDICTION)


def _slots(cast: Cast, rounds: int, capacity: int) -> list[Session]:
    start = timezone.now() + timedelta(days=scenes.FIRST_DAY)
    return [
        slot(cast.theirs, *_FAMILIES, starts_at=start + timedelta(days=n), capacity=capacity)
        for n in range(rounds)
    ]


@pytest.mark.parametrize("capacity", [1, 2])
def test_two_people_want_one_slot_for_two_services(cast: Cast, rounds: int, capacity: int) -> None:
    sessions = _slots(cast, rounds, capacity)

    def booking(person: Participant, service: Service) -> Runner:
        return lambda n: actions.book_seat(
            by=None,
            now=timezone.now(),
            session=Session.objects.get(pk=sessions[n].pk),
            participant=person,
            service=service,
        )

    services = [factories.service(family) for family in _FAMILIES]
    runners = [booking(factories.participant(), service) for service in services]
    told = race(*runners, rounds=rounds)
    late = "SessionFull" if capacity == 1 else "OtherPurpose"
    assert sorted(flat(told)) == sorted(["done", late] * rounds)
    for n, session in enumerate(Session.objects.filter(pk__in=[one.pk for one in sessions])):
        [winner] = [
            service for service, answers in zip(services, told, strict=True) if answers[n] == "done"
        ]
        assert session.service == winner
        assert session.seats.count() == 1
    assert promises.broken() == []


def test_the_admins_of_two_partners_take_the_last_seat_of_a_third(cast: Cast, rounds: int) -> None:
    third = factories.partner()
    sessions = [scenes.evening(third, n) for n in range(rounds)]
    people = [factories.participant(), factories.participant()]
    admins = [cast.admin, cast.stranger]
    for person, partner in zip(people, (cast.ours, cast.theirs), strict=True):
        factories.referral(person, partner)

    def booking(by: User, person: Participant) -> Runner:
        return lambda n: actions.book_seat(
            by=by, now=timezone.now(), session=sessions[n], participant=person
        )

    told = race(*map(booking, admins, people), rounds=rounds)
    assert sorted(flat(told)) == sorted(["done", "SessionFull"] * rounds)
    assert Seat.objects.active().count() == rounds
    written = JournalEntry.objects.filter(verb="seat_booked", facts__outside=True)
    assert written.count() == rounds
    assert promises.broken() == []


def test_the_session_is_closed_to_the_network_at_that_moment(cast: Cast, rounds: int) -> None:
    """What the admin has read may be old: what counts is what is held."""
    sessions = [scenes.evening(cast.theirs, n) for n in range(rounds)]
    keen = factories.user(Role.ADMIN, cast.ours)

    def close(n: int) -> object:
        return Session.objects.filter(pk=sessions[n].pk).update(open_to_network=False)

    def book(n: int) -> object:
        return actions.book_seat(
            by=keen, now=timezone.now(), session=sessions[n], participant=cast.hamel
        )

    closed, told = race(close, book, rounds=rounds)
    assert set(closed) == {"done"}
    assert set(told) <= {"done", "NotAllowed"}
    assert Seat.objects.count() == told.count("done")


def test_one_set_of_services_is_made_once(cast: Cast, rounds: int) -> None:
    services = [
        factories.service(ServiceFamily.SOCIAL, name=f"Accompagnement {n}") for n in range(rounds)
    ]

    def make(n: int) -> object:
        with writing():
            return purpose_of([*services[: n + 1], factories.service(ServiceFamily.PSYCHOLOGY)])

    told = race(make, make, make, rounds=rounds)
    assert flat(told) == ["done"] * 3 * rounds
    sizes = [purpose.services.count() for purpose in Purpose.objects.order_by("pk")]
    assert sizes == list(range(2, rounds + 2))
