"""What a session has become while somebody waited for it is what counts."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from booking import actions
from booking.locking import writing
from booking.models import Seat, Session
from booking.models.partner import ServiceFamily
from tests import factories
from tests.booking.slots import slot
from tests.cast import Cast
from tests.concurrency import scenes
from tests.concurrency.processes import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("waiting", [False, True])
def test_nobody_sits_down_where_the_session_has_just_moved_to(cast: Cast, waiting: bool) -> None:
    """Into a venue kept for victims, while somebody waits for the lock: to sit down the short way,
    or to be put on the list and offered the place."""
    kept = factories.venue(cast.ours, victims_only=True)
    session = scenes.evening(cast.ours)

    def move(_n: int) -> None:
        with writing():
            actions.move_session(by=None, now=timezone.now(), session=session, venue=kept)
            time.sleep(0.4)

    def sit_down(_n: int) -> object:
        time.sleep(0.2)
        take = scenes.wait if waiting else scenes.book
        return take(session, cast.hamel)

    assert race(move, sit_down) == [["done"], ["VictimsOnly"]]
    assert Seat.objects.count() == 0


def test_a_slot_that_has_just_become_something_else_is_still_there(cast: Cast) -> None:
    session = slot(cast.ours, ServiceFamily.PSYCHOLOGY, ServiceFamily.ADDICTION, capacity=2)
    addiction = factories.service(ServiceFamily.ADDICTION)
    others = [factories.participant(), factories.participant()]

    def first(_n: int) -> None:
        with writing():
            actions.book_seat(
                by=None,
                now=timezone.now(),
                session=session,
                participant=others[0],
                service=addiction,
            )
            time.sleep(0.4)

    def second(_n: int) -> object:
        time.sleep(0.2)
        return actions.book_seat(
            by=None,
            now=timezone.now(),
            session=session,
            participant=others[1],
            service=addiction,
        )

    assert race(first, second) == [["done"], ["done"]]
    assert Session.objects.get(pk=session.pk).service == addiction
